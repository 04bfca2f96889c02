"""A tree with planned changes: what a check of a plan sees, and the draft that collects them."""

from __future__ import annotations

import pytest

from palint.changes.draft import Draft
from palint.changes.tree import ChangedTree
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import Repository


def project(repo: Repository) -> Project:
    return Project(str(repo.path), WorkTree(str(repo.path), repository=True))


def test_a_check_sees_the_planned_tree_and_the_disk_stays(repo: Repository) -> None:
    repo.write("a.txt", "one\n")
    repo.write("b.txt", "two\n")
    repo.write("kept.txt", "kept\n")
    before = project(repo)
    draft = Draft(before)
    draft.put("a.txt", "1\n", ["counts"])
    draft.append("new/c.txt", "three\n")
    draft.put("b.txt", "two\n")  # as it is: no change
    changes = draft.changes()
    assert [(c.path, c.what) for c in changes] == [("a.txt", ("counts",)), ("new/c.txt", ())]
    after = ChangedTree(before.tree, changes, ["b.txt"])
    assert after.list() == ["a.txt", "kept.txt", "new/c.txt"]
    assert [after.read(p, 100).data for p in ("a.txt", "b.txt", "new/c.txt")] == [b"1\n", None, b"three\n"]
    assert after.read("new/c.txt", 3).data is None and after.read("new/c.txt", 3).size == 6
    assert b"".join(after.stream("a.txt", 1)) == b"1"
    assert b"".join(after.stream("kept.txt", 2)) == b"ke"
    assert list(project(repo).files()) == ["a.txt", "b.txt", "kept.txt"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_appended_lines_end_as_the_file_s_do(repo: Repository, end: str) -> None:
    (repo.path / "a.txt").write_bytes(f"one{end}two".encode())
    draft = Draft(project(repo))
    draft.append("a.txt", "three\nfour\n")
    draft.append("a.txt", "five\n")
    assert draft.text("a.txt") == end.join(["one", "two", "three", "four", "five", ""])
    assert "a.txt" in draft and draft.exists("a.txt") and not draft.exists("b.txt")
