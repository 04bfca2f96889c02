"""What each commit changed, listed by one process or by two."""

from __future__ import annotations

import pytest

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
        monkeypatch.setattr(history, "_MANY", most)
        assert list(history.changes(root, commits)) == once
