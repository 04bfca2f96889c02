"""Fixes: which are chosen, and what the bytes become."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.changes.fixes import Plan, plan
from palint.findings import Edit, Finding, Fix, Severity
from palint.text.source import SourceFile


def edit(file: SourceFile, old: str, new: str) -> Edit:
    """Replace the first `old` in a file by `new`."""
    start = file.text.index(old)
    return Edit(file.span(start, start + len(old)), new)


def finding(*edits: Edit, safe: bool = True, values: tuple[tuple[int, int], ...] = ()) -> Finding:
    return Finding(
        "r", "C2", Severity.ERROR, "m", "h", edits[0].span, fix=Fix(edits, safe), value_ranges=values
    )


def planned(*findings: Finding, files: list[SourceFile], unsafe: bool = False) -> Plan:
    return plan(findings, {f.path: f for f in files}.get, unsafe=unsafe)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encoding_mark_and_line_ends_are_kept(encoding: str, line_end: str) -> None:
    before = line_end.join(["# café", "key = 1", "", "end"])
    data = before.encode(encoding)
    file = SourceFile("a.py", data)
    after = planned(finding(edit(file, "key = 1", "a: 1\nb: 2")), files=[file]).changes[0].data
    assert after == before.replace("key = 1", f"a: 1{line_end}b: 2").encode(encoding)


def test_a_cut_character_at_the_end_is_kept() -> None:
    data = "key = 1\nrest of it".encode("utf-16") + b"\x41"
    file = SourceFile("a.txt", data)
    assert planned(finding(edit(file, "1", "2")), files=[file]).changes[0].data == data.replace(b"1", b"2")


def test_text_outside_the_files_encoding_is_not_written() -> None:
    file = SourceFile("a.py", "# café\nkey = 1\n".encode("latin-1"))
    made = planned(finding(edit(file, "1", "日本")), files=[file])
    assert made.changes == () and "latin-1" in made.skipped[0].reason


def test_safe_fixes_alone_unless_asked() -> None:
    file = SourceFile("a.py", b"a b")
    safe, unsafe = finding(edit(file, "a", "1")), finding(edit(file, "b", "2"), safe=False)
    assert planned(safe, unsafe, files=[file]).changes[0].data == b"1 b"
    assert planned(safe, unsafe, files=[file], unsafe=True).changes[0].data == b"1 2"


def test_of_two_that_overlap_the_first_wins_and_the_other_is_said() -> None:
    file = SourceFile("a.py", b"abcdef")
    one, two, three = (finding(edit(file, old, "-")) for old in ("cd", "bcde", "f"))
    made = planned(one, two, three, files=[file])
    assert made.changes[0].data == b"ab-e-"
    assert made.fixed == (one, three)
    assert [(s.finding, s.reason) for s in made.skipped] == [(two, "another fix changes the same place")]


def test_the_same_edit_of_two_findings_is_made_once() -> None:
    file = SourceFile("a.yml", b"permissions:\n")
    add = Edit(file.span(13, 13), "  id-token: write\n")
    made = planned(finding(add), finding(add), files=[file])
    assert made.changes[0].data == b"permissions:\n  id-token: write\n"
    assert len(made.fixed) == 2


def test_two_different_insertions_at_one_place_are_a_guess_and_touching_edits_are_not() -> None:
    file = SourceFile("a.py", b"abcd")
    here = file.span(2, 2)
    made = planned(finding(Edit(here, "1")), finding(Edit(here, "2")), files=[file])
    assert made.changes[0].data == b"ab1cd" and len(made.skipped) == 1
    made = planned(finding(edit(file, "ab", "x")), finding(edit(file, "cd", "y")), files=[file])
    assert made.changes[0].data == b"xy" and not made.skipped


def test_a_fix_over_two_files_is_made_whole_or_not_at_all() -> None:
    one, two = SourceFile("a.py", b"aa"), SourceFile("b.py", b"bb")
    both = finding(edit(one, "aa", "1"), edit(two, "bb", "2"))
    blocked = finding(edit(two, "b", "3"))
    assert [c.data for c in planned(both, files=[one, two]).changes] == [b"1", b"2"]
    made = planned(blocked, both, files=[one, two])
    assert [(c.path, c.data) for c in made.changes] == [("b.py", b"3b")]
    assert planned(both, files=[one]).changes == ()


def test_a_fix_whose_own_edits_overlap_is_refused() -> None:
    file = SourceFile("a.py", b"abc")
    assert planned(finding(edit(file, "ab", "1"), edit(file, "bc", "2")), files=[file]).changes == ()


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.text(max_size=4))))
def test_whatever_is_chosen_never_overlaps_and_is_applied_exactly(
    text: str, wanted: list[tuple[int, int, str]]
) -> None:
    file = SourceFile("a.txt", text.encode("utf-8", "surrogatepass"))
    text = file.text
    made = planned(
        *(
            finding(Edit(file.span(*sorted((min(a, len(text)), min(b, len(text))))), new.replace("\n", "")))
            for a, b, new in wanted
        ),
        files=[file],
    )
    for change in made.changes:
        expected = text
        places = [(e.span.offset, e.span.end_offset, e.text) for e in change.edits]
        assert all(a[1] <= b[0] for a, b in pairwise(places))
        for start, end, new in reversed(places):
            expected = expected[:start] + new + expected[end:]
        assert change.data == expected.encode(file.encoding)
    assert len(made.fixed) + len(made.skipped) == len(wanted)
