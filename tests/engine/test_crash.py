"""A rule that raises: the notice names the rule, its package and the line, the traceback needs `-v`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from palint.config import Config
from palint.engine.run import run
from palint.rule import Rule
from palint.secrets.synthetic import generate
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

from ..report.factories import written

TOKEN = generate("{github_token}", 5)


class Crashing(Rule):
    """Raises."""

    keywords = ("boom",)

    def check(self, file, project):  # type: ignore[no-untyped-def]
        raise KeyError(file.text)

    @classmethod
    def id(cls) -> str:
        return "crashing"


def test_the_notice_names_rule_package_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"boom {TOKEN}\n", "utf-8")
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
    results = run(project, Config(), {"crashing": Crashing}, jobs=1)
    (notice,) = results.notices
    assert notice.kind == "crashed" and not results.complete
    assert notice.message.startswith("crashing (tests) crashed: KeyError at tests/engine/test_crash.py:")
    assert "report it to the authors of `tests`" in notice.message
    assert "boom" not in notice.message and TOKEN not in notice.detail
    assert notice.detail.splitlines()[-1].startswith("KeyError: 'boom ")
    assert "in check" not in written("text", results)
    assert "test_crash.py" in written("text", results, verbose=True)
    assert " in check" in written("text", results, verbose=True)


@pytest.mark.parametrize("code", [None, 0, "done"])
def test_a_rule_that_ends_the_program_crashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: object
) -> None:
    def check(self, file, project):  # type: ignore[no-untyped-def]
        sys.exit(code)

    monkeypatch.setattr(Crashing, "check", check)
    (tmp_path / "a.py").write_text("boom\n", "utf-8")
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
    results = run(project, Config(), {"crashing": Crashing}, jobs=1)
    assert not results.complete and "crashed: SystemExit" in results.notices[0].message
