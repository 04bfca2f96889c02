"""Merged ranges, and stars in their place."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from palint.text.source import merge_ranges, with_stars

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda r: (r[0], r[0] + r[1])))


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
