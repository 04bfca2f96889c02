"""The hook, through real pre-commit and real prek, in repositories made by real git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from palint import registry
from palint.testing import example_files, substitute, write
from tests.conftest import ROOT, Repository, palint, rules_in

BIN = Path(sys.executable).parent
RUNNERS = ["pre-commit", "prek"]
BAD_PYTHON = 'import boto3\nc = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n'
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def settings(*, args: list[str] | None = None, env_hook: bool = False) -> str:
    """A .pre-commit-config.yaml with our published hooks, run by the palint under test."""
    hooks = []
    for published in HOOKS:
        if published["id"] == "palint-env" and not env_hook:
            continue
        command, _, rest = published["entry"].partition(" ")
        assert command == "python"
        hook = {**published, "language": "system", "entry": f"{sys.executable} {rest}"}
        if args is not None and published["id"] == "palint":
            hook["args"] = args
        hooks.append(hook)
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """{runner: a repository with one commit, in which the runner has installed our hook}."""
    made = {}
    for runner in RUNNERS:
        repo = Repository(tmp_path_factory.mktemp(runner) / "repo")
        repo.write(".pre-commit-config.yaml", settings())
        repo.add()
        repo.commit()
        install(repo, runner)
        made[runner] = repo.path
    return made


@pytest.fixture(autouse=True)
def _no_environments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Have the runners find no environment that they made for another test."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit-home"))
    monkeypatch.setenv("PREK_HOME", str(tmp_path / "prek-home"))


def copy(template: Path, runner: str, tmp_path: Path) -> Repository:
    """A repository like a template."""
    shutil.copytree(template, tmp_path / "repo", symlinks=True)
    repo = Repository(tmp_path / "repo")
    repo.runner = runner  # type: ignore[attr-defined]
    return repo


@pytest.fixture(params=RUNNERS)
def hooked(request: pytest.FixtureRequest, templates: dict[str, Path], tmp_path: Path) -> Repository:
    """A repository with one commit, in which the runner has installed our hook."""
    return copy(templates[request.param], request.param, tmp_path)


@pytest.fixture
def with_prek(templates: dict[str, Path], tmp_path: Path) -> Repository:
    """The same for the quicker runner alone, for what is palint's and not the runner's."""
    return copy(templates["prek"], "prek", tmp_path)


def install(repo: Repository, runner: str) -> None:
    types = ["-t", "pre-commit", "-t", "pre-merge-commit", "-t", "pre-push"]
    done = subprocess.run(
        [BIN / runner, "install", *types], cwd=repo.path, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    repo.runner = runner  # type: ignore[attr-defined]


def commit(repo: Repository, *args: str) -> tuple[bool, str]:
    """Whether `git commit` went through, with what the hook printed."""
    before = repo.git("rev-parse", "--verify", "-q", "HEAD", check=False)
    out = repo.git("commit", "-m", "c", *args, check=False)
    return repo.git("rev-parse", "--verify", "-q", "HEAD", check=False) != before, out


def run(repo: Repository, *args: str) -> tuple[int, str]:
    """The runner's `run`."""
    done = subprocess.run(
        [BIN / repo.runner, "run", *args],  # type: ignore[attr-defined]
        cwd=repo.path,
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    )
    return done.returncode, done.stdout + done.stderr


def test_the_commands_that_it_advises_work_outside_of_it(with_prek: Repository) -> None:
    """A hook manager puts the hook's environment on PATH, where the user does not have it."""
    with_prek.write("app.py", substitute(BAD_PYTHON))
    with_prek.add()
    out = with_prek.git(
        "commit", "-m", "c", env={"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}, check=False
    )
    advised = re.search(r"`(\S+) explain RULE`", out)
    assert advised is not None, out
    environment = {"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}
    done = subprocess.run([advised[1], "explain", "env-file"], env=environment, check=False)
    assert done.returncode == 0


def test_clean_commit_passes(hooked: Repository) -> None:
    hooked.write("app.py", "x = 1\n")
    hooked.add()
    passed, out = commit(hooked)
    assert passed, out


RULES = {name: rule for name, rule in registry.load().items() if rule.severity.label == "error"}


def test_each_rule_blocks(with_prek: Repository) -> None:
    for name, rule in RULES.items():
        example = next(
            e for e in rule.bad if not e.ignored and e.severity is not rule.severity.WARNING and not e.options
        )
        for path, text in example_files(rule, example).items():
            at_the_top = path.startswith(".github/")
            write(
                str(with_prek.path),
                path.replace(".yml", f"-{name}.yml") if at_the_top else f"{name}/{path}",
                text,
            )
    with_prek.add()
    passed, out = commit(with_prek)
    assert not passed
    assert rules_in(out) >= set(RULES), out


def test_staged_then_deleted(with_prek: Repository) -> None:
    place = with_prek.write("s3.py", substitute(BAD_PYTHON))
    with_prek.add()
    place.unlink()
    passed, out = commit(with_prek)
    assert not passed and "boto3-access-key" in out


def test_staged_then_changed(hooked: Repository) -> None:
    hooked.write("s3.py", substitute(BAD_PYTHON))
    hooked.add()
    hooked.write("s3.py", "x = 1\n")
    passed, out = commit(hooked)
    assert not passed and "boto3-access-key" in out


def test_unstaged_violation_does_not_block(hooked: Repository) -> None:
    hooked.write("s3.py", "x = 1\n")
    hooked.add()
    hooked.write("s3.py", substitute(BAD_PYTHON))
    passed, out = commit(hooked)
    assert passed, out


def test_renamed_to_env(with_prek: Repository) -> None:
    with_prek.write("settings.txt", "PORT=80\n" * 20)
    with_prek.add()
    with_prek.commit()
    with_prek.git("mv", "settings.txt", ".env")
    passed, out = commit(with_prek)
    assert not passed and "env-file" in out


def test_symlink_named_env(with_prek: Repository) -> None:
    (with_prek.path / ".env").symlink_to("elsewhere")
    with_prek.add()
    passed, out = commit(with_prek)
    assert not passed and "env-file" in out


def test_deleting_a_violation_passes(with_prek: Repository) -> None:
    with_prek.write(".env", "A=1\n")
    with_prek.add()
    with_prek.commit()
    with_prek.git("rm", "-q", ".env")
    passed, out = commit(with_prek)
    assert passed, out


def test_deleting_a_file_that_a_workflow_needs(with_prek: Repository) -> None:
    """The runner has no name to pass, but `action.yaml` is now the action, and it needs a token."""
    with_prek.write(
        ".github/workflows/ship.yml",
        "on: push\npermissions: {contents: read}\njobs:\n"
        "  ship: {runs-on: ubuntu-latest, steps: [{uses: ./ship}]}\n",
    )
    start = "name: a\nruns:\n  using: composite\n  steps:\n    - "
    action = (
        "uses: aws-actions/configure-aws-credentials@v4\n"
        "      with: {role-to-assume: 'arn:aws:iam::1:role/a'}"
    )
    with_prek.write("ship/action.yaml", f"{start}{action}\n")
    with_prek.write("ship/action.yml", f"{start}run: make\n")
    with_prek.add()
    with_prek.commit()
    with_prek.git("rm", "-q", "ship/action.yml")
    passed, out = commit(with_prek)
    assert not passed and "ship.yml:2:1" in out and "[workflow-id-token]" in out, out


@pytest.mark.parametrize("runner", RUNNERS)
def test_first_commit_in_an_empty_repository(repo: Repository, runner: str) -> None:
    repo.write(".pre-commit-config.yaml", settings())
    repo.write(".env", "A=1\n")
    repo.add()
    install(repo, runner)
    passed, out = commit(repo)
    assert not passed and "env-file" in out
    repo.git("rm", "-q", "-f", "--cached", ".env")
    (repo.path / ".env").unlink()
    passed, out = commit(repo)
    assert passed, out


def test_merge(with_prek: Repository) -> None:
    with_prek.git("checkout", "-q", "-b", "side")
    with_prek.write("s3.py", substitute(BAD_PYTHON))
    with_prek.add()
    with_prek.commit()
    with_prek.git("checkout", "-q", "main")
    with_prek.write("other.py", "x = 1\n")
    with_prek.add()
    with_prek.commit()
    out = with_prek.git("merge", "--no-ff", "--no-edit", "side", check=False)
    assert "boto3-access-key" in out
    assert len(with_prek.git("log", "--merges", "--oneline")) == 0


def test_partial_commit(hooked: Repository) -> None:
    """`git commit -- path` uses a temporary index, which GIT_INDEX_FILE names."""
    hooked.write("good.py", "x = 1\n")
    hooked.write("bad.py", "y = 1\n")
    hooked.add()
    hooked.commit()
    hooked.write("good.py", "x = 2\n")
    hooked.write("bad.py", substitute(BAD_PYTHON))
    hooked.add()
    passed, out = commit(hooked, "--", "good.py")
    assert passed, out
    passed, out = commit(hooked, "--", "bad.py")
    assert not passed and "boto3-access-key" in out


def test_worktree(with_prek: Repository, tmp_path: Path) -> None:
    with_prek.git("worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    other = Repository.__new__(Repository)
    other.path = tmp_path / "wt"
    other.write("s3.py", substitute(BAD_PYTHON))
    other.add()
    passed, out = commit(other)
    assert not passed and "boto3-access-key" in out


def test_submodule(with_prek: Repository, make_repo) -> None:  # type: ignore[no-untyped-def]
    inner = make_repo("inner")
    inner.write(".env", "A=1\n")
    inner.add()
    inner.commit()
    with_prek.git("submodule", "--quiet", "add", str(inner.path), "vendor")
    made = with_prek.palint("hook", "--", ".gitmodules")
    assert made.returncode == 0 and "vendor: note: submodule: not checked here" in made.stdout + made.stderr
    passed, out = commit(with_prek)
    assert passed, out
    pushed = with_prek.palint("hook", "--", ".gitmodules", env={"PRE_COMMIT_TO_REF": "HEAD"})
    assert "vendor: note: submodule: not checked here" in pushed.stdout + pushed.stderr


ODD_NAMES = ["--help", "--select=env-file", "-", "--", "a b.py", "ü\n.py"]
NOT_UTF_8 = b"caf\xe9.py"


def test_odd_names(hooked: Repository) -> None:
    for number, name in enumerate(ODD_NAMES):
        hooked.write(name, substitute('key = "{aws_access_key_id}"\n', number))
    hooked.git("add", "-A")
    passed, out = commit(hooked)
    assert not passed, out
    assert out.count("error[") == len(ODD_NAMES), out


def test_a_name_that_is_not_utf_8(templates: dict[str, Path], tmp_path: Path) -> None:
    """prek itself refuses it."""
    hooked = copy(templates["pre-commit"], "pre-commit", tmp_path)
    hooked.write(NOT_UTF_8, substitute('key = "{aws_access_key_id}"\n'))
    hooked.git("add", "-A")
    passed, out = commit(hooked)
    assert not passed, out


def test_run_all_files_checks_committed_ones(with_prek: Repository) -> None:
    with_prek.write("s3.py", substitute(BAD_PYTHON))
    with_prek.add()
    with_prek.commit()
    code, out = run(with_prek, "--all-files")
    assert code == 1 and "boto3-access-key" in out


def test_run_files_takes_untracked_ones_from_the_disk(hooked: Repository) -> None:
    hooked.write("s3.py", substitute(BAD_PYTHON))
    code, out = run(hooked, "--files", "s3.py")
    assert code == 1 and "boto3-access-key" in out


def test_from_ref_reads_the_commit(hooked: Repository) -> None:
    """The bytes are the pushed commit's, though a later commit and the disk are clean."""
    base = hooked.git("rev-parse", "HEAD").strip()
    hooked.write("s3.py", substitute(BAD_PYTHON))
    hooked.add()
    hooked.commit()
    bad = hooked.git("rev-parse", "HEAD").strip()
    hooked.write("s3.py", "x = 1\n")
    hooked.add()
    hooked.commit()
    code, out = run(hooked, "--from-ref", base, "--to-ref", bad)
    assert code == 1 and "boto3-access-key" in out
    code, out = run(hooked, "--from-ref", base, "--to-ref", "HEAD")
    assert code == 0, out


def test_push(hooked: Repository, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    hooked.git("remote", "add", "origin", str(remote))
    hooked.git("push", "-q", "origin", "main")
    hooked.write("s3.py", substitute(BAD_PYTHON))
    hooked.add()
    hooked.commit()
    hooked.write("s3.py", "x = 1\n")
    out = hooked.git("push", "origin", "main", check=False)
    assert "boto3-access-key" in out
    assert hooked.git("rev-parse", "origin/main") != hooked.git("rev-parse", "HEAD")


def test_a_branch_that_is_not_checked_out(hooked: Repository, tmp_path: Path) -> None:
    """The runner passes only names of files on disk, where the pushed branch's are not."""
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    hooked.git("remote", "add", "origin", str(remote))
    hooked.git("checkout", "-q", "--orphan", "other")
    hooked.write("s3.py", substitute(BAD_PYTHON))
    hooked.add()
    hooked.commit()
    hooked.git("checkout", "-q", "main")
    hooked.write("s3.py", "x = 1\n")  # on disk, and no file of this branch
    out = hooked.git("push", "origin", "other", check=False)
    assert "boto3-access-key" in out and not hooked.git("ls-remote", "origin").strip()
    (hooked.path / "s3.py").unlink()
    hooked.git("push", "-q", "origin", "main")
    hooked.git("checkout", "-q", "-b", "third")
    hooked.write("s3.py", substitute(BAD_PYTHON))
    hooked.add()
    hooked.commit()
    hooked.git("checkout", "-q", "main")
    out = hooked.git("push", "origin", "third", check=False)
    assert "boto3-access-key" in out and "third" not in hooked.git("ls-remote", "origin")


@pytest.mark.parametrize("on_disk", ["nothing", "a folder", "a FIFO"])
def test_a_file_that_is_not_on_disk(with_prek: Repository, on_disk: str) -> None:
    place = with_prek.write("s3.py", substitute(BAD_PYTHON))
    with_prek.add()
    with_prek.git("update-index", "--skip-worktree", "s3.py")
    place.unlink()
    if on_disk == "a folder":
        place.mkdir()
    elif on_disk == "a FIFO":
        os.mkfifo(place)
    passed, out = commit(with_prek)
    assert not passed and "boto3-access-key" in out


def test_first_push_of_everything(hooked: Repository, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    hooked.git("remote", "add", "origin", str(remote))
    hooked.write("s3.py", substitute(BAD_PYTHON))
    hooked.add()
    hooked.commit()
    out = hooked.git("push", "origin", "main", check=False)
    assert "boto3-access-key" in out
    assert not hooked.git("ls-remote", "origin").strip()


@pytest.mark.slow
def test_many_files_are_split_and_judged_alike(hooked: Repository) -> None:
    """3,000 such names exceed an argument list, so the runner calls palint several times.

    pre-commit passes 128 KiB at once, prek one MiB.
    """
    repeated = 4 if hooked.runner == "pre-commit" else 8  # type: ignore[attr-defined]
    folder = "/".join(["some/rather/long/folder/name/to/fill/the/argument/list"] * repeated)
    for number in range(3000):
        hooked.write(f"{folder}/file_{number:05}.py", "x = 1\n")
    hooked.write(f"{folder}/file_01444.py", substitute(BAD_PYTHON))
    # The caller and the callee of one missing permission come into different calls.
    hooked.write(".github/workflows/call.yml", CALLER)
    hooked.write("zz/.github/workflows/keep.yml", "on: push\njobs: {}\n")
    hooked.write(".github/workflows/deploy.yml", CALLEE)
    hooked.git("add", "-A")
    code, out = run(hooked, "--all-files")
    assert code == 1
    assert out.count("error[boto3-access-key]") == 1
    assert "workflow-id-token" in out


CALLER = """\
on: push
permissions:
  contents: read
jobs:
  deploy:
    uses: ./.github/workflows/deploy.yml
"""
CALLEE = """\
on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-west-2
"""


def test_without_the_separator_it_refuses(repo: Repository) -> None:
    repo.write("a.py", "x = 1\n")
    repo.add()
    done = palint("hook", "a.py", cwd=repo.path)
    assert done.returncode == 2
    assert 'end `args` with "--"' in done.stderr


def test_arguments_before_the_separator(with_prek: Repository) -> None:
    with_prek.write(".pre-commit-config.yaml", settings(args=["--fail-on=warning", "--"]))
    with_prek.write(".env.example", "NAME=\n")
    with_prek.add()
    passed, out = commit(with_prek)
    assert not passed and "env-example-value" in out


def test_a_change_cannot_exchange_the_policy(with_prek: Repository) -> None:
    with_prek.write(".pre-commit-config.yaml", settings(args=["--policy=policy.toml", "--"]))
    with_prek.write("policy.toml", "allow-new-suppressions = false\n")
    with_prek.write("lax.toml", "")
    with_prek.add()
    with_prek.commit()
    (with_prek.path / "policy.toml").unlink()
    (with_prek.path / "policy.toml").symlink_to("lax.toml")
    line = '"{github_token}"  # palint: ignore[hardcoded-secret] let me through\n'
    with_prek.write("app.py", substitute(f"token = {line}"))
    with_prek.add()
    passed, out = commit(with_prek)
    assert not passed and "error[hardcoded-secret]" in out, out


@pytest.mark.parametrize("staged", ["", "ignore = []\n"])
def test_settings_that_are_not_staged_silence_nothing(hooked: Repository, staged: str) -> None:
    """The runners put unstaged changes of tracked files away, and leave untracked files."""
    hooked.write("app.py", substitute('token = "{github_token}"\n'))
    if staged:
        hooked.write("palint.toml", staged)
    hooked.add()
    hooked.write("palint.toml", 'ignore = ["hardcoded-secret"]\n')
    passed, out = commit(hooked)
    assert not passed and "error[hardcoded-secret]" in out, out


@pytest.mark.skipif(
    "PALINT_TEST_PACKAGING" not in os.environ, reason="installs from the package index: `make packaging`"
)
@pytest.mark.parametrize("runner", RUNNERS)
def test_the_runner_installs_the_hook_and_runs_it_isolated(
    repo: Repository, runner: str, tmp_path: Path
) -> None:
    """`python` of the published entry is the one of the environment that the runner makes."""
    published = [{**hook, "additional_dependencies": [str(ROOT)]} for hook in HOOKS]
    repo.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": published}]}))
    repo.write("src/sitecustomize.py", "import os\nopen(os.environ['RAN'], 'w').close()\n")
    repo.write("app.env", "A=1\n")
    repo.add()
    env = {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "PREK_HOME": str(tmp_path / "home"),
        "RAN": str(tmp_path / "ran"),
    }
    subprocess.run([BIN / runner, "install", "--install-hooks"], cwd=repo.path, env=env, check=True)
    env["PYTHONPATH"] = str(repo.path / "src")
    command = [sys.executable, "-I", "-m", "pre_commit"] if runner == "pre-commit" else [BIN / runner]
    done = subprocess.run(
        [*command, "run", "--all-files"], cwd=repo.path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stdout.count("error[env-file]") == 2, done.stdout
    assert not (tmp_path / "ran").exists()


def test_env_hook_finds_ignored_files(hooked: Repository) -> None:
    hooked.write(".pre-commit-config.yaml", settings(env_hook=True))
    hooked.write(".gitignore", ".env\n")
    hooked.add()
    passed, out = commit(hooked)
    assert passed, out
    hooked.write(".env", "A=1\n")
    hooked.write("x.py", "x = 1\n")
    hooked.add("x.py")
    passed, out = commit(hooked)
    assert not passed and "env-file" in out


def test_subdirectory(with_prek: Repository) -> None:
    """git runs hooks at the top level, but a person may call `palint hook` from below."""
    with_prek.write("deep/s3.py", substitute(BAD_PYTHON))
    with_prek.add()
    done = palint("hook", "--", "s3.py", cwd=with_prek.path / "deep")
    assert done.returncode == 1
    assert "deep/s3.py" in done.stdout
