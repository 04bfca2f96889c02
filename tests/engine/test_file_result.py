"""The parts of one file: what two of them report is one finding, the first part's."""

from __future__ import annotations

from palint.engine.file_result import FileResult, merge_parts
from palint.findings import Finding, Notice, Position, Severity, Span
from palint.tree.project import Project
from palint.tree.worktree import WorkTree


def found(line: int, column: int, identity: int, rule: str = "a-rule") -> Finding:
    span = Span("a.txt", Position(line, column), Position(line, column + 1))
    return Finding(rule, "C2", Severity.ERROR, "m", "h", span, identity=identity)


def merged(*parts: FileResult | None) -> FileResult | None:
    return merge_parts(parts, Project("/nowhere", WorkTree("/", repository=False)))


def test_of_two_parts_with_one_finding_the_first_decides_its_place() -> None:
    first, second = FileResult((found(3, 5, 1),)), FileResult((found(3, 9, 1),))
    made = merged(first, None, second)
    assert made is not None and made.findings == (found(3, 5, 1),)


def test_another_rule_line_or_value_is_another_finding() -> None:
    several = {found(3, 5, 1), found(4, 5, 1), found(3, 5, 2), found(3, 5, 1, "b-rule")}
    made = merged(*(FileResult((each,)) for each in several))
    assert made is not None and set(made.findings) == several


def test_notices_and_suppressions_of_all_parts_are_kept() -> None:
    one, two = Notice("a.txt", "note", "one"), Notice("a.txt", "note", "two")
    parts = (
        FileResult(notices=(one,), allowed={0: frozenset("a")}),
        FileResult(notices=(two,), allowed={0: frozenset("b"), 1: frozenset("c")}),
    )
    made = merged(*parts)
    assert made is not None and made.notices == (one, two)
    assert made.allowed == {0: frozenset("ab"), 1: frozenset("c")}


def test_parts_without_a_result_have_none() -> None:
    assert merged(None, None) is None
