"""`palint init --global`: each commit of the user is checked, and every hook that was there still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from palint.findings import PalintError
from palint.init import machine
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
        ["git", "commit", "-qm", "c"],
        cwd=repo.path,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
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


@pytest.mark.parametrize("named", [".githooks", "./hooks", "~/hooks ", "%(prefix)/hooks", "~absent/hooks"])
def test_the_folder_is_the_one_that_git_takes(home: Path, named: str) -> None:
    """A relative one is another folder in each repository, where a hook of palint's would never run."""
    subprocess.run(["git", "config", "--global", "core.hooksPath", named], check=True)
    asked = ["git", "config", "--global", "--type=path", "--null", "core.hooksPath"]
    taken = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.removesuffix("\0")
    if os.path.isabs(taken):
        assert machine.plan("palint").folder == taken
    else:
        with pytest.raises(PalintError, match=r"hooksPath|absent"):
            machine.plan("palint")


def test_hooks_that_an_included_file_or_the_system_names_are_kept(home: Path) -> None:
    (home / "theirs").write_text("[core]\n\thooksPath = /opt/theirs\n")
    for environment in ({"HOME": str(home), "GIT_CONFIG_SYSTEM": str(home / "theirs")}, {"HOME": str(home)}):
        assert machine.plan("palint", environment).folder == "/opt/theirs"
        with (home / ".gitconfig").open("a") as file:
            file.write("[include]\n\tpath = theirs\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_what_is_no_regular_file_is_refused(home: Path) -> None:
    with pytest.raises(PalintError, match=r"/dev/null is not a regular file"):  # git would replace the device
        machine.plan("palint", {"HOME": str(home), "GIT_CONFIG_GLOBAL": "/dev/null"})
    (home / ".config/palint/hooks").mkdir(parents=True)
    os.mkfifo(home / ".config/palint/hooks/pre-push")
    with pytest.raises(PalintError, match=r"pre-push is there and is not palint's"):
        machine.plan("palint")


def test_a_repository_with_a_link_to_the_hook_runs_it_and_ends(repo: Repository, home: Path) -> None:
    assert repo.palint("init", "--global", "--yes").returncode == 0
    for name in ("post-commit", "pre-commit"):
        (repo.path / ".git/hooks").mkdir(exist_ok=True)
        (repo.path / ".git/hooks" / name).symlink_to(home / ".config/palint/hooks" / name)
    repo.write("app.py", "x = 1\n")
    assert commit(repo)[0]


@pytest.mark.parametrize(
    ("given", "folder"),
    [("", ".config"), ("/srv/settings", "/srv/settings"), ("settings", ".config")],
)
def test_the_folder_of_settings_is_the_user_s(home: Path, given: str, folder: str) -> None:
    """A relative one is not followed: https://specifications.freedesktop.org/basedir-spec/latest/"""
    for environment in ({"HOME": str(home)}, {}):
        made = machine.plan("palint", {**environment, "XDG_CONFIG_HOME": given})
        assert made.folder == str(home / folder / "palint/hooks")
    (home / ".gitconfig").unlink()
    assert machine.plan("palint", {"HOME": str(home)}).file == str(home / ".gitconfig")
