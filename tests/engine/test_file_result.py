"""The parts of one file: what two of them report is one finding, the first part's."""

from __future__ import annotations

from palint.engine.file_result import FileResult, merge_parts, only_new
from palint.engine.run import join
from palint.findings import Finding, Notice, Position, Results, Severity, Span, Suppressed
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


def test_a_finding_of_two_states_of_a_tree_counts_once() -> None:
    """Also one that only one of them accepts: it is reported."""
    a, b, c, d = (found(line, 5, line) for line in range(1, 5))
    one = Results("/", findings=(a,), suppressed=(Suppressed(b, "r"),), seconds=1.0)
    other = Results("/", (d, a), tuple(Suppressed(each, "r") for each in (c, b, a)), seconds=2.0)
    made = join(one, other)
    assert [f.identity for f in made.findings] == [1, 4] and made.seconds == 3.0
    assert [s.finding.identity for s in made.suppressed] == [2, 3]


def test_a_rewritten_text_is_not_reported_as_too_long_twice() -> None:
    """Without its escapes it has other lengths and lines."""
    whole, rewritten = (Notice("a.js", "unparsed", f"line 1: has {n} characters") for n in (12, 11))
    other = Notice("a.js", "timeout", "took too long")
    made = only_new(FileResult(notices=(rewritten, other)), FileResult(notices=(whole,)), "")
    assert made is not None and made.notices == (other,)
    made = only_new(FileResult(notices=(rewritten,)), None, "")
    assert made is not None and made.notices == (rewritten,)
