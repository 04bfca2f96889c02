"""The seal: what a report may show of the text, made while the text is at hand, every value masked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from palint.baseline import line_hash, value_bits
from palint.engine.redact_line import redact_line
from palint.findings import ExcerptLine, Finding, Span
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util import lazy_re

_CONTEXT = 1  # lines shown above and below a finding
_LINES = 8  # lines of a finding shown at most
_SHOWN = 400  # characters of a line shown at most
_COPIED = 8  # characters: shorter values are masked at their own place only
_WORD = 9  # characters: so are values of letters alone below this length, which are words of the text
_SEARCHED = 200_000_000  # characters searched for copies in a file at most
_VALUES = 100  # values round a finding that are looked for in its words
_LOOKED_AT = 1500  # characters round the shown ones that the detectors see, so that no cut hides a value
_RANDOM = lazy_re.compile(r"[A-Za-z0-9+/_-]{24,512}")


Ranges = Sequence[tuple[int, int]]  # [start, end) in code points, ascending, apart


def merge_ranges(stretches: Iterable[tuple[int, int]]) -> Ranges:
    """The same places as ascending stretches that lie apart, so that those on a line are found at once."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def with_other_occurrences(file: SourceFile, stretches: Iterable[tuple[int, int]]) -> Ranges:
    """Those ranges of a file and every other occurrence of the same values, merged.

    A value may be recognised by its context in one place only, and occur in an excerpt's next line, too.
    """
    found = list(stretches)
    values = sorted({v for start, end in found if _is_distinctive(v := file.text[start:end])})
    for value in values[: _SEARCHED // max(len(file.text), 1)]:
        at = file.text.find(value)
        while at >= 0:
            found.append((at, at + len(value)))
            at = file.text.find(value, at + len(value))
    return merge_ranges(found)


def _is_distinctive(value: str) -> bool:
    """Whether another occurrence of a value is a copy of it, and not just the same word (`postgres`)."""
    return len(value) >= (_WORD if value.isalpha() else _COPIED)


def redact_finding(
    finding: Finding, file: SourceFile | None, project: Project, values: Ranges, *, excerpts: bool = True
) -> Finding:
    """The finding with its line's hash, its value's twelve bits, and, if wanted, its excerpts.

    file: the file that was checked, for its text; a finding may lie in another one.
    values: every stretch of `file` known to hold a secret, whichever rule said so (`merged`).
    """
    own = file if file is not None and file.path == finding.span.path else project.open(finding.span.path)
    hidden = values if own is file else merge_ranges(finding.values)
    related = []
    for each in finding.related if excerpts else ():
        there = file if file is not None and file.path == each.span.path else project.open(each.span.path)
        related.append(() if there is None else _excerpt(there, each.span, hidden if there is own else (), 0))
    texts = f"{finding.message}\0{finding.why}\0{finding.fix_hint}"
    near = () if own is None else [v for v in set(_near(own, finding.span, hidden)) if v in texts]
    # Python's hash is keyed with a random number for each run: nothing of a value can be learnt from it.
    value_ids = () if own is None else tuple(hash(own.text[start:end]) for start, end in finding.values)
    return finding._replace(
        message=_without(finding.message, near),
        why=_without(finding.why, near),
        fix_hint=_without(finding.fix_hint, near),
        excerpt=() if own is None or not excerpts else _excerpt(own, finding.span, hidden, _CONTEXT),
        related_excerpts=tuple(related),
        line_hash=_line_hash(own, finding.span, hidden),
        value_bits=_value_bits(own, finding.values),
        value_ids=value_ids,
        identity=_identity(own, finding, value_ids),
    )


def redact_unread(finding: Finding) -> Finding:
    """The finding with nothing of the text: for one whose text takes too long to be redacted."""
    return finding._replace(
        message="found here, but what may be shown of it was not known within limits.seconds",
        why="",
        fix_hint="",
        fix=None,
        values=(),
        line_hash=_place_hash(finding.span),
    )


def _near(file: SourceFile, span: Span, hidden: Ranges) -> list[str]:
    """The values round a span, of which a rule's words may hold what the source calls something."""
    start, end = span.offset - file.first_offset, span.end_offset - file.first_offset
    first = bisect_right(hidden, (start - _LOOKED_AT, 0))
    last = min(bisect_right(hidden, (end + _LOOKED_AT, 0)), first + _VALUES)
    return [v for a, b in hidden[first:last] if _is_distinctive(v := file.text[a:b])]


def _without(words: str, values: Iterable[str]) -> str:
    for value in values:
        words = words.replace(value, "*" * len(value))
    return words


def _excerpt(file: SourceFile, span: Span, hidden: Ranges, context: int) -> tuple[ExcerptLine, ...]:
    if span.start == span.end and span.offset == 0:
        return ()  # about the file as such
    first = max(file.first_line, span.start.line - context)
    last = min(span.end.line + context, first + _LINES + 2 * context)
    last = min(last, file.first_line + len(file.line_starts) - 1)
    lines = [_line(file, number, span, hidden) for number in range(first, last + 1)]
    # Of a key of many lines the first is enough: stars on end say nothing.
    return tuple(
        line for line in lines if line.number <= span.start.line or not line.text or line.text.strip("*")
    )


def _line(file: SourceFile, number: int, span: Span, hidden: Ranges) -> ExcerptLine:
    """One line as it may be shown; of a very long one the part round the span."""
    start, end = file.line_at(file.line_starts[number - file.first_line])
    focus = min(max(span.offset - file.first_offset, start), end) if number == span.start.line else start
    shown_from, shown_to = start, end
    if end - start > _SHOWN:
        shown_from = max(start, min(focus - _SHOWN // 4, end - _SHOWN))
        shown_to = shown_from + _SHOWN
    text = _masked(file, shown_from, shown_to, (start, end), hidden)
    first_column = file.first_column if number == file.first_line else 1
    return ExcerptLine(number, text, shown_from - start + first_column)


def _masked(file: SourceFile, start: int, end: int, line: tuple[int, int], hidden: Ranges) -> str:
    """text[start:end] with every value on it as stars of the same width."""
    left, right = max(line[0], start - _LOOKED_AT), min(line[1], end + _LOOKED_AT)
    text = list(_RANDOM.sub(_stars, redact_line(file.text[left:right], file.path)))
    at = max(0, bisect_right(hidden, (left, left)) - 1)
    while at < len(hidden) and hidden[at][0] < right:
        for i in range(max(hidden[at][0], left), min(hidden[at][1], right)):
            text[i - left] = "*"
        at += 1
    return "".join(text[start - left : end - left])


def _stars(found: re.Match[str]) -> str:
    """Stars for what changes between capitals, small letters and digits as often as random text does.

    No rule reports it, and it is shown only as context of something else: masking it costs nothing.
    """
    text = found.group()
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "" for c in text]
    changes = sum(a != b for a, b in pairwise(kinds))
    return "*" * len(text) if len({*kinds} - {""}) == 3 and changes > 0.4 * len(text) else text


def _line_hash(file: SourceFile | None, span: Span, hidden: Ranges) -> str:
    """The hash of the finding's first line, values masked; of the file's path where it is about the file."""
    if span.start == span.end and span.offset == 0:
        return line_hash(span.path)
    if file is None:
        return _place_hash(span)
    offset = span.offset - file.first_offset
    line = file.line_at(offset)
    start, end = max(line[0], offset - _LOOKED_AT), min(line[1], offset + _LOOKED_AT)
    return line_hash(_masked(file, start, end, line, hidden))


def _place_hash(span: Span) -> str:
    """For a line whose text is not at hand: no other place has the same."""
    return line_hash(f"{span.path}:{span.start.line}:{span.start.column}")


def _identity(file: SourceFile | None, finding: Finding, value_ids: tuple[int, ...]) -> int:
    """What tells a finding from others of its rule and file: its values, or else its lines, unmasked."""
    span = finding.span
    if span.start == span.end and span.offset == 0:
        return hash(span.path)
    if file is None:
        return hash(span)
    if value_ids:
        return hash(value_ids)
    start, _ = file.line_at(span.offset - file.first_offset)
    _, end = file.line_at(max(span.offset, span.end_offset - 1) - file.first_offset)
    return hash("".join(file.text[start:end].split()))


def _value_bits(file: SourceFile | None, values: Iterable[tuple[int, int]]) -> int | None:
    for start, end in values:
        if file is not None:
            return value_bits(file.text[start:end])
    return None
