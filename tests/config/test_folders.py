"""Settings in subfolders: what a package of a monorepo may set, and for which files."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.config.folders import glob_below
from palint.secrets.synthetic import generate
from palint.testing import substitute
from palint.tree.gitignore import compile_globs
from tests.conftest import Repository, findings, palint

PRINTED = True  # see the fixture `repo`
SECRET = substitute('token = "{github_token}"\n')
ALLOW = '[[allow]]\npaths = ["{}"]\nrules = ["hardcoded-secret"]\nreason = "a fixture"\n'
PACKAGE = "packages/[a b]*"
PACKAGES = (PACKAGE, "packages/b")


@pytest.fixture
def monorepo(repo: Repository) -> Repository:
    """Two packages, each with a secret."""
    for package in PACKAGES:
        repo.write(f"{package}/keys/up.py", SECRET)
    return repo


def check(repo: Repository, *args: str) -> dict[str, list[str]]:
    """{path: [rule and severity]} of the findings."""
    found: dict[str, list[str]] = {}
    for each in findings(repo.palint("--format", "json", *(args or (".",)))):
        found.setdefault(each["path"], []).append(f"{each['rule']} {each['severity']}")
    return found


def flat(text: str) -> str:
    """A text without the ends of its lines."""
    return " ".join(text.split())


@pytest.mark.parametrize("glob", ["*.py", "keys/", "/keys/up.py", "keys/*", "**/up.py"])
@pytest.mark.parametrize("name", ["palint.toml", ".palint.toml"])
def test_allow_reaches_its_folder_only(monorepo: Repository, name: str, glob: str) -> None:
    monorepo.write(f"{PACKAGE}/{name}", ALLOW.format(glob))
    for args in ((".",), (PACKAGE, "packages/b/keys/up.py")):
        assert check(monorepo, *args) == {"packages/b/keys/up.py": ["hardcoded-secret error"]}


def test_severity_and_environments_are_those_of_the_nearest_file(monorepo: Repository) -> None:
    named = 'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="api/{}")\n'
    monorepo.write("palint.toml", "")
    monorepo.write("packages/palint.toml", '[severity]\ngithub-secret = "error"\n')
    monorepo.write(f"{PACKAGE}/palint.toml", 'environments = ["qa"]\n[severity]\nsecret-name = "error"\n')
    for package, environment in itertools.product(PACKAGES, ("qa", "staging")):
        monorepo.write(f"{package}/{environment}.py", named.format(environment))
    found = check(monorepo, "--select", "secret-name", ".")
    assert found == {
        f"{PACKAGE}/staging.py": ["secret-name error"],
        "packages/b/qa.py": ["secret-name warning"],
    }
    inside = palint("config", cwd=monorepo.path / PACKAGE).stdout
    assert 'environments = ["qa"]' in inside and 'github-secret = "error"' in inside
    assert 'environments = ["production"' in monorepo.palint("config").stdout


def test_settings_above_are_not_weakened(monorepo: Repository) -> None:
    monorepo.write("palint.toml", 'environments = ["production"]\n[rules.github-secret]\nallow = ["A"]\n')
    monorepo.write(
        f"{PACKAGE}/palint.toml",
        'min-confidence = "high"\nenvironments = ["qa"]\n[severity]\nhardcoded-secret = "warning"\n'
        '[rules.github-secret]\nallow = ["B"]\n',
    )
    made = monorepo.palint("--format", "concise", ".").stdout
    assert f"{PACKAGE}/keys/up.py:1:10: error" in made
    for key in ("min-confidence", "environments", "severity", "allow` of github-secret"):
        assert f"{PACKAGE}/palint.toml:1:1: error: setting rejected by the settings above: `{key}" in made


def test_an_allow_that_accepts_nothing_is_reported_where_it_is(monorepo: Repository) -> None:
    monorepo.write("packages/b/palint.toml", ALLOW.format("elsewhere"))
    assert check(monorepo)["packages/b/palint.toml"] == ["unused-suppression warning"]


TOKEN = generate("{github_token}", "settings of a folder")


@pytest.mark.parametrize("text", ['fail-on = "warning"\n', 'exclude = ["*"]\n', f"{TOKEN} = 1\n", "["])
def test_settings_that_cannot_be_used_make_the_run_incomplete(monorepo: Repository, text: str) -> None:
    monorepo.write(f"{PACKAGE}/palint.toml", text)
    for args in ((".",), (f"{PACKAGE}/keys/up.py",)):
        made = monorepo.palint(*args)
        assert made.returncode == 2
        assert f"{PACKAGE}/palint.toml:1" in made.stdout
        assert "hardcoded-secret" in made.stdout and TOKEN not in made.stdout


@pytest.mark.parametrize("given", [("--isolated",), ("--config", "other.toml"), ("--exclude", "palint.toml")])
def test_settings_that_are_left_out_do_not_count(monorepo: Repository, given: tuple[str, ...]) -> None:
    monorepo.write("other.toml", "")
    monorepo.write(f"{PACKAGE}/palint.toml", ALLOW.format("*"))
    assert f"{PACKAGE}/keys/up.py" in check(monorepo, *given, PACKAGE)


def test_the_roots_settings_in_a_folder_are_not_the_folders(monorepo: Repository) -> None:
    monorepo.write(".config/palint.toml", f'exclude = ["/{PACKAGES[1]}"]\nfail-on = "warning"\n')
    monorepo.write(".config/up.py", SECRET)
    for args in ((".",), (".config/up.py", ".config/palint.toml")):
        assert monorepo.palint(*args).returncode == 1
    assert ".config/up.py" in check(monorepo)


def test_settings_that_git_ignores_do_not_count(monorepo: Repository) -> None:
    monorepo.write(f"{PACKAGE}/palint.toml", ALLOW.format("*"))
    monorepo.write(".gitignore", "packages/*/palint.toml\n")
    for args in ((".",), (PACKAGE,)):
        assert f"{PACKAGE}/keys/up.py" in check(monorepo, *args)


def test_settings_of_an_installed_package_do_not_count(repo: Repository) -> None:
    """They are for the package's own repository. Of a change, the base must show that it is one."""
    folder = "vendor/acme.org/lib"
    repo.write("vendor/modules.txt", "# acme.org/lib v1.0.0\n")
    repo.write("go.mod", "module x\n")
    repo.write(f"{folder}/up.go", f"package lib\nvar {SECRET}")
    repo.write(f"{folder}/palint.toml", ALLOW.format("*"))
    repo.add()
    assert f"{folder}/up.go" in check(repo)
    repo.write(f"{folder}/palint.toml", 'exclude = ["*"]\n')  # nor do they make the run incomplete
    made = repo.palint("--format", "json", ".")
    assert made.returncode == 0 and [f["path"] for f in findings(made)] == [f"{folder}/up.go"]
    repo.git("rm", "-q", "-r", "-f", "--cached", "vendor")
    repo.commit()
    repo.write(f"{folder}/palint.toml", '[severity]\nhardcoded-secret = "error"\n' + ALLOW.format("*"))
    repo.add()
    made = repo.palint("check", "--staged")
    assert made.returncode == 0 and "this change accepts 1 finding" in flat(made.stdout)
    repo.commit()
    repo.write(f"{folder}/up.go", f"package lib\nvar old_{SECRET}")
    repo.add()
    assert repo.palint("check", "--staged").returncode == 1


HOOK = ("hook", "--", f"{PACKAGE}/keys/up.py")
PUSHED = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}


@pytest.mark.parametrize("arguments", [("check", "--staged"), HOOK])
def test_settings_of_a_folder_are_those_of_the_index(repo: Repository, arguments: tuple[str, ...]) -> None:
    repo.write("README", "x\n")
    repo.add()
    repo.commit()
    repo.write(f"{PACKAGE}/keys/up.py", SECRET)
    repo.add()
    settings = repo.write(f"{PACKAGE}/palint.toml", ALLOW.format("*"))
    assert repo.palint(*arguments).returncode == 1  # it is not staged
    repo.add()
    made = repo.palint(*arguments)
    assert made.returncode == 0
    assert f"{PACKAGE}/palint.toml" in made.stdout
    assert "this change edits palint's settings: `allow`" in flat(made.stdout)
    assert "this change accepts 1 finding" in flat(made.stdout)
    settings.write_text("nonsense = 1\n")
    assert repo.palint(*arguments).returncode == 0  # what the disk has does not count
    repo.commit()
    repo.write(f"{PACKAGE}/keys/other.py", SECRET)
    repo.add(f"{PACKAGE}/keys/other.py")
    made = repo.palint(*arguments[:2], *([f"{PACKAGE}/keys/other.py"] if "hook" in arguments else []))
    assert made.returncode == 0 and "edits palint's settings" not in made.stdout


def test_settings_of_a_folder_are_those_of_the_pushed_commit(repo: Repository) -> None:
    repo.write("README", "x\n")
    repo.add()
    repo.commit()
    repo.write(f"{PACKAGE}/keys/up.py", SECRET)
    repo.write(f"{PACKAGE}/palint.toml", ALLOW.format("*"))
    repo.add()
    repo.commit()
    assert repo.palint(*HOOK, env=PUSHED).returncode == 0
    refusing = repo.write("../policy.toml", "allow-new-suppressions = false\n")
    assert repo.palint("hook", "--policy", str(refusing), *HOOK[1:], env=PUSHED).returncode == 1


def test_a_policy_holds_in_every_folder(monorepo: Repository, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('allow-suppressing = ["secret-name"]\n')
    monorepo.write(f"{PACKAGE}/palint.toml", ALLOW.format("*"))
    found = check(monorepo, "--policy", str(policy), ".")
    assert found[f"{PACKAGE}/keys/up.py"] == ["hardcoded-secret error"]
    assert found[f"{PACKAGE}/palint.toml"] == ["unused-suppression error"]


def test_files_that_were_clean_are_checked_again_under_new_settings(monorepo: Repository) -> None:
    """The cache of clean files does not outlive settings of their folder."""
    named = 'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="api/staging")\n'
    monorepo.write(f"{PACKAGE}/up.py", named)
    arguments = ("--cache", "--select", "secret-name", ".")
    assert check(monorepo, *arguments) == {}
    settings = monorepo.write(f"{PACKAGE}/palint.toml", 'environments = ["qa"]\n')
    assert f"{PACKAGE}/up.py" in check(monorepo, *arguments)
    settings.unlink()
    assert check(monorepo, *arguments) == {}


FOLDERS = st.sampled_from(("a", "a b", "[ab]", "a*", "a?", "!a", "#a", "a\\b", "ü"))
GLOBS = st.sampled_from(
    ("*", "*.pem", "/x", "x/", "x/*", "**/y", "x/**", "!x/y", "!y", "\\!x", "\\#x", "[xy]")
)
PATHS = ("x", "y", "x/y", "x/z/y", "!x", "#x", "k.pem", "x/k.pem")


@given(folders=st.lists(FOLDERS, min_size=1, max_size=3), globs=st.lists(GLOBS, min_size=1, max_size=3))
def test_a_glob_means_below_its_folder_what_it_means_in_the_root(
    folders: list[str], globs: list[str]
) -> None:
    folder = "/".join(folders)
    root, below = compile_globs(globs), compile_globs([glob_below(folder, glob) for glob in globs])
    for path in PATHS:
        assert below(f"{folder}/{path}") == root(path), path
        assert not below(path) and not below(f"other/{folder}/{path}")
