"""Ranges of a text, and texts with such ranges as stars."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Ranges = Sequence[tuple[int, int]]  # [start, end) in code points, ascending, not touching


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges and merge those that overlap or touch."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def with_stars(text: str, offset: int, ranges: Ranges) -> str:
    """The text with what is in the ranges as stars of the same width; it starts at `offset` of theirs."""
    at = max(0, bisect_right(ranges, (offset, offset)) - 1)
    parts: list[str] = []
    shown = 0
    while at < len(ranges) and ranges[at][0] < offset + len(text):
        start, end = max(shown, ranges[at][0] - offset), min(len(text), ranges[at][1] - offset)
        if start < end:
            parts += text[shown:start], "*" * (end - start)
            shown = end
        at += 1
    return "".join(parts) + text[shown:]
