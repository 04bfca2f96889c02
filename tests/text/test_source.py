"""Bytes, text and lines agree on every place; ranges of a text are merged and masked."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.text.source import SourceFile, merge_ranges, with_stars

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda r: (r[0], r[0] + r[1])))


@pytest.mark.parametrize("mark", [b"\xff\xfe\0\0", b"\0\0\xfe\xff"])
def test_a_file_that_only_begins_like_utf_32_is_latin_1(mark: bytes) -> None:
    file = SourceFile("a.txt", mark + b"\0\0\xffplain \xe9t\xe9")
    searched = file.utf8
    assert file.encoding == "latin-1"
    assert searched == file.data[4:] and len(file.text) == len(searched)


@given(st.text("a\r\n\u2028é", max_size=30))
def test_lines_begin_behind_each_end(text: str) -> None:
    file = SourceFile("a.txt", text.encode())
    ends = re.finditer("\r\n|\r|\n", text)
    assert file.line_starts == [0, *(end.end() for end in ends)]


@given(RANGES)
def test_merged_ranges_hold_the_same_places_and_do_not_touch(ranges: list[tuple[int, int]]) -> None:
    merged = merge_ranges(ranges)
    places = {place for start, end in ranges for place in range(start, end)}
    assert [place for start, end in merged for place in range(start, end)] == sorted(places)
    assert all(before[1] < after[0] for before, after in pairwise(merged))


@given(RANGES, st.integers(0, 40), st.integers(0, 40))
def test_stars_are_where_the_ranges_are(ranges: list[tuple[int, int]], start: int, size: int) -> None:
    text = "abcdefghij" * 8
    part = text[start : start + size]
    places = {place for a, b in ranges for place in range(a, b)}
    expected = "".join("*" if start + at in places else c for at, c in enumerate(part))
    assert with_stars(part, start, merge_ranges(ranges)) == expected
