"""The text of a file as reports may show it: every value that may be a secret is stars of the same width."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from palint.findings import ExcerptLine, Span
from palint.text.source import Ranges, SourceFile, merge_ranges, with_stars
from palint.util import lazy_re

_LINES = 8  # lines of a finding shown at most
_SHOWN = 400  # characters of a line shown at most
_COPIED = 8  # characters: shorter values are masked at their own place only
_WORD = 9  # characters: shorter all-letter values count as ordinary words
_SEARCHED = 200_000_000  # characters searched for copies in a file at most
_VALUES = 100  # values near a finding that are searched for in its texts
_LOOKED_AT = 1500  # characters around the shown ones that detectors also see, so that no cut hides a value
_RANDOM = lazy_re.compile(r"[A-Za-z0-9+/_-]{24,512}")
_CUT_BEFORE = lazy_re.compile(r"\n\r?\\([\w.:-]+)")  # of reversed text: a search would try each start
_CUT_AFTER = lazy_re.compile(r"\r?\n[ \t]*([\w.:-]+)")


def redact_line(line: str, path: str) -> str:
    """The line with every value on it that may be a secret as stars."""
    from palint import secrets  # when the first line is shown: most commits have none to show

    return secrets.redact_line(line, path)


def _redact_part(file: SourceFile, start: int, end: int) -> str:
    from palint import secrets

    return secrets.redact_part(file, start, end)


class MaskedText:
    """One file's text with its values masked.

    values: the ranges of the text, in code points, that rules found to hold a secret. Other occurrences of
    the same values are masked, too, and what detectors find in the lines that are shown.
    """

    def __init__(self, file: SourceFile, values: Iterable[tuple[int, int]] = ()) -> None:
        self.file = file
        self._hidden = _with_other_occurrences(file, values)
        self._part: tuple[int, int, str] = 0, 0, ""  # the last part of a line that detectors have redacted

    def excerpt(self, span: Span, context: int) -> tuple[ExcerptLine, ...]:
        """The lines of a span, and `context` lines above and below; none where it is about the file."""
        if span.start == span.end and span.offset == 0:
            return ()
        file = self.file
        first = max(file.first_line, span.start.line - context)
        last = min(span.end.line + context, first + _LINES + 2 * context)
        last = min(last, file.first_line + len(file.line_starts) - 1)
        lines = [self._line(number, span) for number in range(first, last + 1)]
        # The first line of a multi-line key is enough: lines of stars show nothing.
        return tuple(
            line for line in lines if line.number <= span.start.line or not line.text or line.text.strip("*")
        )

    def line_near(self, span: Span, reach: int) -> str:
        """The first line of a span; if it is long, `reach` characters before and after the span's start."""
        offset = span.offset - self.file.first_offset
        start, end = self.file.line_at(offset)
        return self._masked(max(start, offset - reach), min(end, offset + reach), (start, end))

    def lines(self, span: Span) -> str:
        """The lines of a span as they are in the file, not masked."""
        start, _ = self.file.line_at(span.offset - self.file.first_offset)
        _, end = self.file.line_at(max(span.offset, span.end_offset - 1) - self.file.first_offset)
        return self.file.text[start:end]

    def values_near(self, span: Span, reach: int) -> list[str]:
        """The distinctive values at most `reach` characters from a span, and each of their lines.

        All of the file's where the span is about the file as a whole.
        """
        if span.start == span.end and span.offset == 0:
            return self.distinctive_values
        start, end = span.offset - self.file.first_offset, span.end_offset - self.file.first_offset
        first = bisect_right(self._hidden, (start - reach, 0))
        last = min(bisect_right(self._hidden, (end + reach, 0)), first + _VALUES)
        return self._distinctive(self._hidden[first:last])

    @cached_property
    def distinctive_values(self) -> list[str]:
        """The values of the file that are too unusual to recur by chance, and each of their lines."""
        return self._distinctive(self._hidden)

    def _distinctive(self, ranges: Ranges) -> list[str]:
        values = {self.file.text[start:end] for start, end in ranges}
        lines = [line.strip() for value in values if "\n" in value for line in value.split("\n")]
        return [value for value in (*values, *lines) if _is_distinctive(value)]

    def _line(self, number: int, span: Span) -> ExcerptLine:
        """One masked line; if it is very long, the part around the span."""
        file = self.file
        start, end = file.line_at(file.line_starts[number - file.first_line])
        focus = min(max(span.offset - file.first_offset, start), end) if number == span.start.line else start
        shown_from, shown_to = start, end
        if end - start > _SHOWN:
            shown_from = max(start, min(focus - _SHOWN // 4, end - _SHOWN))
            shown_to = shown_from + _SHOWN
        text = self._masked(shown_from, shown_to, (start, end))
        first_column = file.first_column if number == file.first_line else 1
        return ExcerptLine(number, text, shown_from - start + first_column)

    def _masked(self, start: int, end: int, line: tuple[int, int]) -> str:
        """text[start:end], a part of a line, with every value masked."""
        left, right = max(line[0], start - _LOOKED_AT), min(line[1], end + _LOOKED_AT)
        if right - left < line[1] - line[0]:  # the same part of a long line for findings that are neighbours
            left = line[0] + (left - line[0]) // _LOOKED_AT * _LOOKED_AT
            right = min(line[1], line[0] + -((line[0] - right) // _LOOKED_AT) * _LOOKED_AT)
        if self._part[:2] != (left, right):
            self._part = left, right, _without_cut_words(self.file, left, right)
        return with_stars(self._part[2][start - left : end - left], start, self._hidden)


def _with_other_occurrences(file: SourceFile, ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges and every other occurrence of their values in the file, merged.

    A value may be recognised in one place only, by its context, and also occur on an excerpt's next line.
    """
    found = list(ranges)
    values = sorted({v for start, end in found if _is_distinctive(v := file.text[start:end])})
    for value in values[: _SEARCHED // max(len(file.text), 1)]:
        at = file.text.find(value)
        while at >= 0:
            found.append((at, at + len(value)))
            at = file.text.find(value, at + len(value))
    return merge_ranges(found)


def _is_distinctive(value: str) -> bool:
    """Whether a value is too unusual to recur by chance as an ordinary word does (`postgres`)."""
    return len(value) >= (_WORD if value.isalpha() else _COPIED)


def _without_cut_words(file: SourceFile, left: int, right: int) -> str:
    """text[left:right], a line or part of one, as detectors redact it.

    A word that a backslash cuts at the end of a line is redacted with its rest.
    """
    text, line = file.text, file.text[left:right]
    before = after = None  # most lines have neither, and the search takes 40 µs
    if text.endswith(("\\\n", "\\\r\n"), max(0, left - 3), left):
        before = _CUT_BEFORE.match(text[max(0, left - _LOOKED_AT) : left][::-1])
    if line.endswith("\\"):
        after = _CUT_AFTER.match(text, right)
    if not (before or after):
        return _RANDOM.sub(stars_if_random, _redact_part(file, left, right))
    start = len(line) - len(line.lstrip()) if before else 0
    end = len(line) - 1 if after else len(line)
    head = before[1][::-1] if before else ""
    tail = after[1] if after else ""
    redacted = _RANDOM.sub(stars_if_random, redact_line(f"{head}{line[start:end]}{tail}", file.path))
    return f"{line[:start]}{redacted[len(head) : len(redacted) - len(tail)]}{line[end:]}"


def stars_if_random(found: re.Match[str]) -> str:
    """Stars for text that alternates between upper case, lower case and digits as often as random text does.

    No rule reported it, and it is shown only as context, so masking it loses nothing.
    """
    text = found.group()
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "" for c in text]
    changes = sum(a != b for a, b in pairwise(kinds))
    return "*" * len(text) if len({*kinds} - {""}) == 3 and changes > 0.4 * len(text) else text
