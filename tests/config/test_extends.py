"""`extends` and `extend-exclude`: settings under the repository's own, of a file or an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.cli import target
from palint.config import Config, ConfigError
from palint.testing import substitute
from tests.conftest import Repository, findings

PRINTED = True  # see the fixture `repo`
SECRET = substitute('token = "{github_token}"\n')
ALLOW = '[[allow]]\npaths = ["{}"]\nrules = ["hardcoded-secret"]\nreason = "a fixture"\n'
PATTERN = """\
[[pattern]]
id = "acme-token"
message = "hardcoded Acme token"
keyword = "acme_"
regex = 'acme_[a-z]{8}'
bad = ["acme_abcdefgh"]
good = ["acme_"]
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The settings of a package that fails when it is imported."""
    folder = tmp_path / "site" / "acme_standards"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('imported')\n")
    return folder / "palint.toml"


def installed(package: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(package.parent.parent)}


def paths(repo: Repository, *args: str, env: dict[str, str] | None = None) -> list[str]:
    return [f["path"] for f in findings(repo.palint("--format", "json", *(args or (".",)), env=env or {}))]


def test_own_settings_count_over_those_of_a_file(repo: Repository) -> None:
    repo.write("ci/shared.toml", 'fail-on = "warning"\nexclude = ["a/"]\n[severity]\nenv-file = "warning"\n')
    repo.write("palint.toml", 'extends = "ci/shared.toml"\nextend-exclude = ["b/"]\nfail-on = "error"\n')
    for folder in "abc":
        repo.write(f"{folder}/x.py", SECRET)
    assert paths(repo) == ["c/x.py"]
    shown = repo.palint("config").stdout
    for line in (
        'extends = "ci/shared.toml"  # palint.toml:1',
        'exclude = ["a/", "b/"]  # ci/shared.toml:2',
        'fail-on = "error"  # palint.toml:3',
        'env-file = "warning"',
    ):
        assert line in shown
    repo.write("palint.toml", 'extends = "ci/shared.toml"\nexclude = ["b/"]\n')
    assert paths(repo) == ["a/x.py", "c/x.py"]


def test_extend_exclude_adds_to_exclude_and_is_an_option_too(repo: Repository) -> None:
    for folder in "abc":
        repo.write(f"{folder}/x.py", SECRET)
    repo.write("palint.toml", 'exclude = ["a/"]\nextend-exclude = ["b/"]\n')
    assert paths(repo) == ["c/x.py"]
    assert paths(repo, "--extend-exclude", "c/") == []


def test_a_package_is_read_and_not_imported(repo: Repository, package: Path) -> None:
    package.write_text('[rules.github-secret]\nallow = ["A"]\n' + ALLOW.format("old.py") + PATTERN)
    repo.write("palint.toml", 'extends = "acme-standards"\nselect = ["acme-token", "hardcoded-secret"]\n')
    repo.write("old.py", SECRET)
    repo.write("new.py", 'x = "acme_zzzzzzzz"\n')
    made = repo.palint("--format", "json", ".", env=installed(package))
    assert [(f["rule"], f["path"]) for f in findings(made)] == [("acme-token", "new.py")]
    assert (
        'allow = ["A"]  # acme-standards/palint.toml:2'
        in repo.palint("config", env=installed(package)).stdout
    )


def test_what_is_shared_may_be_unused(repo: Repository, package: Path) -> None:
    package.write_text(ALLOW.format("elsewhere"))
    repo.write("palint.toml", 'extends = "acme-standards"\n' + ALLOW.format("nowhere"))
    made = repo.palint("--format", "concise", ".", env=installed(package)).stdout
    assert "nowhere" in made and "elsewhere" not in made


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('extends = "absent.toml"', "palint.toml:1: extends: absent.toml: cannot be read"),
        ('extends = "../shared.toml"', "palint.toml:1: extends: ../shared.toml is not in the repository"),
        ('extends = "/etc/shared.toml"', "palint.toml:1: extends: /etc/shared.toml is not in the repository"),
        ('extends = "nothing-of-it"', "no package nothing-of-it with a `palint.toml` in it is installed"),
        ('extends = "os.path"', "no package os.path"),
        ('extends = "twice.toml"', "twice.toml:2: `extends` is for the settings in the root"),
        ('extends = "wrong.toml"', "wrong.toml:1: no setting is called 'nonsense'"),
        ('extends = "link.toml"', "link.toml: is a symbolic link"),
        (
            'extends = "pattern.toml"\n' + PATTERN,
            "pattern.toml has a pattern 'acme-token': choose another id",
        ),
        ("extends = 1", "palint.toml:1: extends: must be a text, not a whole number"),
        (r'extends = "a\u0000\n::error::.toml"', r"extends: 'a\x00\n::error::.toml' has control characters"),
    ],
)
def test_what_cannot_be_extended_is_an_error(repo: Repository, text: str, says: str) -> None:
    repo.write("palint.toml", text)
    repo.write("twice.toml", '\nextends = "wrong.toml"\n')
    repo.write("wrong.toml", "nonsense = 1\n")
    repo.write("pattern.toml", PATTERN)
    (repo.path / "link.toml").symlink_to("wrong.toml")
    made = repo.palint(".")
    assert made.returncode == 2 and says in made.stderr, made.stderr


def test_a_package_of_the_tree_is_refused(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an editable installation of the checked repository itself would have it."""
    monkeypatch.syspath_prepend(str(repo.path))
    repo.write("ours/palint.toml", "ignore = []\n")

    def load() -> Config:
        read = target.beside_file("palint.toml")
        return target.load("palint.toml", b'extends = "ours"', {}, read, str(repo.path))

    with pytest.raises(ConfigError, match="ours is a package of this repository: name its file, ours/palint"):
        load()
    repo.write(".gitignore", "ours/\n")  # as an environment in the repository's folder is
    assert load().provenance["ignore"] == "ours/palint.toml:1"


def test_a_folders_settings_extend_nothing(repo: Repository) -> None:
    repo.write("a/palint.toml", 'extends = "shared.toml"\n')
    repo.write("a/x.py", SECRET)
    made = repo.palint(".")
    assert (
        made.returncode == 2 and "a/palint.toml:1: `extends` is for the settings in the root" in made.stdout
    )


def test_a_policy_extends_the_files_beside_it(repo: Repository) -> None:
    repo.write("../shared.toml", 'fail-on = "warning"\nallow-suppressing = []\n')
    repo.write("../policy.toml", 'extends = "shared.toml"\n')
    repo.write("palint.toml", 'fail-on = "error"\n')
    made = repo.palint("config", "--policy", "../policy.toml").stdout
    assert 'fail-on = "warning"  # ../shared.toml:1 (policy)' in made and "allow-suppressing = []" in made
    repo.write("policy.toml", 'extends = "shared.toml"\n')
    repo.write("shared.toml", 'fail-on = "warning"\n')
    repo.add()
    repo.commit()
    repo.write("shared.toml", 'fail-on = "error"\n')  # it is HEAD's that counts, or the run ends
    made = repo.palint("--policy", "policy.toml")
    assert made.returncode == 2 and "shared.toml: the policy differs from HEAD" in made.stderr


@pytest.mark.parametrize("how", ["since", "staged", "hook"])
@pytest.mark.parametrize("edited", ["shared.toml", "other.toml", "palint.toml"])
def test_extended_settings_are_those_of_the_base_and_are_shown(
    repo: Repository, how: str, edited: str
) -> None:
    """A change may edit the extended file, point to another one, or also exchange the one that it leaves."""
    repo.write("shared.toml", 'fail-on = "warning"\n')
    repo.write("palint.toml", 'extends = "shared.toml"\n')
    repo.add()
    repo.commit()
    repo.write("x.py", SECRET)
    lax = ALLOW.format("x.py")
    repo.write("shared.toml", lax)
    if edited == "other.toml":
        repo.write("other.toml", lax)
    if edited != "shared.toml":
        repo.write("palint.toml", 'extends = "other.toml"\n' if edited == "other.toml" else lax)
    repo.add()
    policy = str(repo.write("../policy.toml", "allow-new-suppressions = false\n"))
    words = {
        "since": ("check", "--since", "HEAD"),
        "staged": ("check", "--staged"),
        "hook": ("hook", "--", "x.py", "shared.toml", "palint.toml"),
    }[how]
    free = repo.palint(*words)
    said = " ".join((free.stdout + free.stderr).split())
    assert free.returncode == 0
    assert "this change edits palint's settings" in said and "`allow`" in said
    assert "this change accepts 1 finding: x.py:1" in said
    file = "shared.toml" if edited == "shared.toml" else "palint.toml"
    assert f"{file}: note: this change edits" in said
    refused = repo.palint(words[0], "--policy", policy, *words[1:])
    assert refused.returncode == 1 and "hardcoded-secret" in refused.stdout
