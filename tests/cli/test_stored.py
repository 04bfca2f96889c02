"""Whole runs: what git has and the disk has not, what is ignored, and what the last run found clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from palint import registry
from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.testing import substitute
from palint.tree.git_tree import GitTree
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import Repository, findings

PRINTED = True  # see the fixture `repo`

SECRET = substitute('token = "{github_token}"\n')
ACCEPTED = SECRET.rstrip() + "  # palint: ignore[hardcoded-secret] revoked\n"


def test_a_file_that_only_git_has_is_checked_once(repo: Repository) -> None:
    for name in ("a.py", "b.py", "c.py"):
        repo.write(name, ACCEPTED if name == "b.py" else SECRET)
    repo.add()
    repo.commit()
    repo.git("sparse-checkout", "set", "--no-cone", "/a.py")
    assert not (repo.path / "c.py").exists()
    report = json.loads(repo.palint("--format", "json").stdout)
    assert [f["path"] for f in report["findings"]] == ["a.py", "c.py"]
    assert [s["path"] for s in report["suppressed"]] == ["b.py"]


def test_what_git_ignores_can_be_excluded(repo: Repository) -> None:
    repo.write(".gitignore", ".env\n")
    for path in (".env", "app/.env"):
        repo.write(path, "A=1\n")
    repo.add(".gitignore")
    assert [f["path"] for f in findings(repo.palint("--format", "json"))] == [".env", "app/.env"]
    made = repo.palint("--format", "json", "--exclude", "/.env")
    assert [f["path"] for f in findings(made)] == ["app/.env"]


def test_files_below_settings_of_a_folder_are_checked_each_time(repo: Repository) -> None:
    for path in ("a.py", "app/a.py"):
        repo.write(path, substitute("password = '{password}'\n"))
    repo.write("app/palint.toml", 'min-confidence = "low"\n')
    repo.write("clean.py", "x = 1\n")
    repo.add()
    for level in ("error", "warning", "error"):
        repo.write("app/palint.toml", f'[severity]\nhardcoded-secret = "{level}"\n')
        made = repo.palint("--cache", "--format", "json")
        levels = [f["severity"] for f in findings(made) if f["rule"] == "hardcoded-secret"]
        assert levels == ["error", "error"]  # a folder weakens nothing, and says so
        assert ("unused-suppression" in made.stdout) is (level == "warning")
    repo.write("app/palint.toml", "nonsense = 1\n")
    for _ in range(2):
        assert repo.palint("--cache").returncode == 2


@pytest.mark.parametrize(
    ("tree", "extended", "sent"), [("disk", False, True), ("git", False, False), ("disk", True, False)]
)
def test_what_a_new_interpreter_can_be_given(tmp_path: Path, tree: str, extended: bool, sent: bool) -> None:
    files = WorkTree(str(tmp_path), repository=False) if tree == "disk" else GitTree(str(tmp_path), ())
    rules = [registry.load()["env-file"](Config())]
    checker = FileChecker(Project(str(tmp_path), files), Config(), rules)
    checker.extend = (lambda result, path: result) if extended else None
    assert checker.can_be_sent() is sent
