"""`palint init --global`: each commit of the user is checked, and every hook that was there still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from palint.testing import substitute
from tests.conftest import Repository

SECRET = substitute('token = "{github_token}"\n')
RUNS = '#!/bin/sh\necho "$0 $*" >> ran\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with git's settings, which the tests' own git reads."""
    place = tmp_path / "home of me"
    place.mkdir()
    (place / ".gitconfig").write_text("[user]\n\tname = t\n\temail = t@example.com\n")
    for name in ("GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(place))
    return place


def commit(repo: Repository) -> tuple[bool, str]:
    """Whether `git commit` went through, and what it printed."""
    repo.add()
    made = subprocess.run(
        ["git", "commit", "-qm", "c"], cwd=repo.path, capture_output=True, text=True, check=False
    )
    return made.returncode == 0, made.stdout + made.stderr


def hook(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(RUNS)
    (folder / name).chmod(0o755)


def test_commits_of_every_repository_are_checked_and_own_hooks_run(repo: Repository, home: Path) -> None:
    for name in ("pre-commit", "commit-msg"):
        hook(repo.path / ".git/hooks", name)
    assert "core.hooksPath" in repo.palint("init", "--global", "--dry-run").stdout
    assert not (home / ".config").exists()
    for _ in range(2):  # the second time it is there
        assert repo.palint("init", "--global", "--yes").returncode == 0
    repo.write("app.py", SECRET)
    passed, out = commit(repo)
    assert not passed and "hardcoded GitHub personal access token" in out
    assert not (repo.path / "ran").exists()
    repo.write("app.py", "x = 1\n")
    assert commit(repo)[0]
    ran = (repo.path / "ran").read_text()
    assert "hooks/pre-commit" in ran and "hooks/commit-msg .git/COMMIT_EDITMSG" in ran


def test_pre_commit_that_is_installed_runs_as_well(repo: Repository, home: Path) -> None:
    local = {
        "repo": "local",
        "hooks": [{"id": "x", "name": "x", "language": "fail", "entry": "no", "files": "y"}],
    }
    repo.write(".pre-commit-config.yaml", f"repos: [{local}]\n".replace("'", '"'))
    program = [str(Path(sys.executable).parent / "pre-commit"), "install"]
    subprocess.run(program, cwd=repo.path, check=True, capture_output=True)
    assert repo.palint("init", "--global", "--yes").returncode == 0
    repo.write("y", "")
    passed, out = commit(repo)
    assert not passed and "Failed" in out


@pytest.mark.parametrize("name", ["commit-msg", "pre-commit"])
def test_a_folder_of_hooks_and_its_hooks_are_kept(repo: Repository, home: Path, name: str) -> None:
    hook(home / "hooks", name)
    subprocess.run(["git", "config", "--global", "core.hooksPath", "~/hooks"], check=True, env=os.environ)
    made = repo.palint("init", "--global", "--yes")
    assert (home / "hooks" / name).read_text() == RUNS
    if name == "pre-commit":
        assert made.returncode == 2 and "add the line" in made.stderr
        return
    hook(repo.path / ".git/hooks", "pre-commit")  # which git has not run so far, either
    repo.write("app.py", "x = 1\n")
    assert commit(repo)[0]
    assert (repo.path / "ran").read_text().count("\n") == 1
    repo.write("app.py", SECRET)
    assert not commit(repo)[0]
