"""What each commit changed, listed by one process or by two."""

from __future__ import annotations

import pytest

from palint.history.versions import list_versions
from palint.tree.git import history
from tests.history.conftest import Past


def test_two_processes_list_what_one_does(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(7):
        past.save(a_py=f"x = {n}\n", **{f"b{n}_py": "y = 1\n"})
    past.save(a_py=None)
    root = str(past.path)
    commits = history.commits(root)
    once = list(history.changes(root, commits))
    assert len(commits) >= 8 and [c.commit for c in once] == sorted(c.commit for c in once)
    for most in (1, 2, len(commits) - 1):
        monkeypatch.setattr(history, "_MIN_COMMITS_TO_SHARE", most)
        assert list(history.changes(root, commits)) == once


def test_versions_are_read_by_path_the_newest_first(past: Past) -> None:
    for n in range(3):
        past.save(b_py=f"x = {n}\n", a_py=f"y = {n}\n")
    past.save(a_py="x = 0\n")  # a version that b.py had before
    root = str(past.path)
    order = list_versions(root, history.commits(root)).reading_order()
    revs = ["HEAD:b.py", "HEAD~2:b.py", "HEAD~3:b.py"]
    expected = past.git("rev-parse", "HEAD~1:a.py", "HEAD~2:a.py", "HEAD~3:a.py", *revs).split()
    assert order == expected
