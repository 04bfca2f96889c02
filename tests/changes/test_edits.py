"""Edits and whole texts: what is in conflict, and that encodings and line ends stay."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.changes.edits import ChangeError, combine, line_end, whole
from palint.findings import Edit
from palint.text.source import SourceFile

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1")
Place = tuple[int, int, str]


def groups_of(file: SourceFile, groups: Sequence[Sequence[Place]]) -> list[list[Edit]]:
    size = len(file.text)
    return [
        [Edit(file.span(*sorted((min(a, size), min(b, size)))), text) for a, b, text in group]
        for group in groups
    ]


def conflict(one: Edit, other: Edit) -> bool:
    """Whether two edits cannot both be made, character by character."""
    mine, theirs = ((e.span.offset, e.span.end_offset) for e in (one, other))
    if mine == theirs:
        return one.text != other.text
    return bool(set(range(*mine)) & set(range(*theirs))) or any(
        start == end and other_start < start < other_end
        for (start, end), (other_start, other_end) in ((mine, theirs), (theirs, mine))
    )


PLACES = st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from(["", "x", "yy"]))


@given(st.text("ab", max_size=12), st.lists(st.lists(PLACES, max_size=3), max_size=6))
def test_a_group_is_left_out_only_for_a_conflict_and_then_whole(text: str, wanted: list[list[Place]]) -> None:
    file = SourceFile("a.txt", text.encode())
    groups = groups_of(file, wanted)
    made = combine(groups, {"a.txt": file}.get)
    accepted: list[Edit] = []
    for group, reason in zip(groups, made.rejected, strict=True):
        clash = any(conflict(one, other) for one in group for other in [*accepted, *group])
        assert bool(reason) == clash, (group, accepted)
        accepted += [] if clash else group
    written = {(e.span.offset, e.span.end_offset, e.text) for change in made.changes for e in change.edits}
    assert written == {(e.span.offset, e.span.end_offset, e.text) for e in accepted}


@given(
    st.lists(st.text("ab é", max_size=5), min_size=1, max_size=5),
    st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n", "\r"]), st.data(),
)  # fmt: skip
def test_bytes_outside_an_edit_stay_and_its_lines_end_as_the_file_s(
    lines: list[str], encoding: str, end: str, data: st.DataObject
) -> None:
    before = end.join(["first", *lines])
    file = SourceFile("a.txt", before.encode(encoding))
    if file.text != before:  # without a mark, another encoding may be recognised
        return
    start = data.draw(st.integers(0, len(before)))
    stop = data.draw(st.integers(start, len(before)))
    made = combine([[Edit(file.span(start, stop), "x\ny\n")]], {"a.txt": file}.get)
    first_end = line_end(before)
    after = f"{before[:start]}x{first_end}y{first_end}{before[stop:]}"
    assert [c.data for c in made.changes] == [file.bom + after.encode(file.encoding)]
    assert whole("a.txt", file, after).data == made.changes[0].data
    assert whole("a.txt", file, before).data == file.data


@pytest.mark.parametrize(
    ("text", "end"),
    [("a", "\n"), ("", "\n"), ("a\nb\r\n", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb\n", "\r"), ("\r", "\r")],
)
def test_the_line_end_is_that_of_the_first_line(text: str, end: str) -> None:
    assert line_end(text) == end


def test_a_whole_text_that_the_encoding_cannot_hold_is_an_error_that_names_the_file() -> None:
    old = SourceFile("a.txt", "café".encode("latin-1"))
    with pytest.raises(ChangeError, match=r"^a\.txt: .*latin-1.*UTF-8"):
        whole("a.txt", old, "日本")


def test_a_cut_character_at_the_end_is_kept_by_a_whole_text() -> None:
    old = SourceFile("a.txt", "one".encode("utf-16") + b"\x41")
    assert whole("a.txt", old, "two").data == "two".encode("utf-16") + b"\x41"


@pytest.mark.parametrize(
    ("file", "place", "reason"),
    [
        (None, (0, 0, ""), "its file cannot be read"),
        (SourceFile("a.txt", b"b.txt", link=True), (0, 1, ""), "its file cannot be read"),
        (SourceFile("a.txt", b"ab"), (1, 3, ""), "its place is not in the file"),
        (SourceFile("a.txt", b"ab"), (2, 1, ""), "its place is not in the file"),
        (SourceFile("a.txt", "é".encode("latin-1")), (0, 1, "€"), "the file's encoding (latin-1)"),
        (SourceFile("a.txt", b"ab"), (1, 2, "€"), ""),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(file: SourceFile | None, place: Place, reason: str) -> None:
    start, end, text = place
    span = SourceFile("a.txt", b"abcdef").span(0, 1)._replace(offset=start, end_offset=end)
    made = combine([[Edit(span, text)]], {"a.txt": file}.get)
    assert made.rejected[0].startswith(reason) and bool(made.rejected[0]) == bool(reason)
    assert bool(made.changes) is not bool(reason)
