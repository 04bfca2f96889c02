"""Redact findings before the file's text is released: excerpts with every secret masked, and hashes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise, takewhile

from palint.baseline import line_hash, value_bits
from palint.findings import ExcerptLine, Finding, Span
from palint.text.escapes import written_out
from palint.text.ranges import Ranges, merge_ranges, with_stars
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util import lazy_re

_CONTEXT = 1  # lines shown above and below a finding
_LINES = 8  # lines of a finding shown at most
_SHOWN = 400  # characters of a line shown at most
_COPIED = 8  # characters: shorter values are masked at their own place only
_WORD = 9  # characters: shorter all-letter values count as ordinary words
_SEARCHED = 200_000_000  # characters searched for copies in a file at most
_VALUES = 100  # values near a finding that are searched for in its message, why and fix
_LOOKED_AT = 1500  # characters around the shown ones that detectors also see, so that no cut hides a value
_PART = 12  # characters of a value that a message must not quote, where it cuts the value
_RANDOM = lazy_re.compile(r"[A-Za-z0-9+/_-]{24,512}")


_CUT_BEFORE = lazy_re.compile(r"\n\r?\\([\w.:-]+)")  # read backwards: a search would try each start
_CUT_AFTER = lazy_re.compile(r"\r?\n[ \t]*([\w.:-]+)")


def redact_line(line: str, path: str) -> str:
    """The line with every value on it that may be a secret as stars."""
    from palint import secrets  # when the first line is shown: most commits have none to show

    return secrets.redact_line(line, path)


def _redact_part(file: SourceFile, start: int, end: int) -> str:
    from palint import secrets

    return secrets.redact_part(file, start, end)


def with_other_occurrences(file: SourceFile, ranges: Iterable[tuple[int, int]]) -> Ranges:
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


def redact_finding(
    finding: Finding,
    file: SourceFile | None,
    project: Project,
    values: Ranges,
    *,
    excerpts: bool = True,
    context: bool = True,
) -> Finding:
    """The finding with its line's hash, its value's twelve bits, and, if wanted, its excerpts.

    file: the file that was checked; a finding may be in another one.
    values: the ranges of `file` that hold a secret, found by any rule (from `merge_ranges`).
    """
    own = file if file is not None and file.path == finding.span.path else project.open(finding.span.path)
    hidden = values if own is file else merge_ranges(finding.values)
    related = []
    for each in finding.related if excerpts else ():
        there = file if file is not None and file.path == each.span.path else project.open(each.span.path)
        related.append(() if there is None else _excerpt(there, each.span, hidden if there is own else (), 0))
    texts = f"{finding.message}\0{finding.why}\0{finding.fix_hint}"
    near = () if own is None else [v for v in set(_near(own, finding.span, hidden)) if _quoted(v, texts)]
    # Python's hash is keyed with a random number for each run: it reveals nothing about a value.
    value_ids = (
        () if own is None else tuple(hash(written_out(own.text[start:end])) for start, end in finding.values)
    )
    return finding._replace(
        message=_without(finding.message, near),
        why=_without(finding.why, near),
        fix_hint=_without(finding.fix_hint, near),
        excerpt=()
        if own is None or not excerpts
        else _excerpt(own, finding.span, hidden, _CONTEXT if context else 0),
        related_excerpts=tuple(related),
        line_hash=_line_hash(own, finding.span, hidden),
        value_bits=_value_bits(own, finding.values),
        value_ids=value_ids,
        identity=_identity(own, finding, value_ids),
    )


def redact_unread(finding: Finding) -> Finding:
    """The finding without anything from the text, for text that takes too long to mask."""
    return finding._replace(
        message="excerpt omitted: masking took longer than `limits.seconds`",
        why="",
        fix_hint="",
        fix=None,
        values=(),
        line_hash=_place_hash(finding.span),
    )


def _near(file: SourceFile, span: Span, hidden: Ranges) -> list[str]:
    """The values near a span, or in the whole file if that is what it is about, and each of their lines.

    A rule may have quoted one in its message, or a line of one that it took for something else.
    """
    first, last = 0, len(hidden)
    if span.start != span.end or span.offset:
        start, end = span.offset - file.first_offset, span.end_offset - file.first_offset
        first = bisect_right(hidden, (start - _LOOKED_AT, 0))
        last = min(bisect_right(hidden, (end + _LOOKED_AT, 0)), first + _VALUES)
    values = [file.text[a:b] for a, b in hidden[first:last]]
    lines = [line.strip() for value in values if "\n" in value for line in value.split("\n")]
    return [v for v in (*values, *lines) if _is_distinctive(v)]


def _quoted(value: str, words: str) -> bool:
    """Whether a text quotes a value, or enough of its start or end: long names are cut."""
    return value in words or value[:_PART] in words or value[-_PART:] in words


def _without(words: str, values: Iterable[str]) -> str:
    for value in values:
        words = words.replace(value, "*" * len(value))
        if len(value) > _PART:
            words = _without_start(words, value)
            words = _without_start(words[::-1], value[::-1])[::-1]
    return words


def _without_start(words: str, value: str) -> str:
    """The text with what it quotes of a value's start as stars."""
    at = words.find(value[:_PART])
    while at >= 0:
        pairs = zip(words[at:], value, strict=False)
        size = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        words = f"{words[:at]}{'*' * size}{words[at + size :]}"
        at = words.find(value[:_PART], at + size)
    return words


def _excerpt(file: SourceFile, span: Span, hidden: Ranges, context: int) -> tuple[ExcerptLine, ...]:
    if span.start == span.end and span.offset == 0:
        return ()  # about the file as a whole
    first = max(file.first_line, span.start.line - context)
    last = min(span.end.line + context, first + _LINES + 2 * context)
    last = min(last, file.first_line + len(file.line_starts) - 1)
    lines = [_line(file, number, span, hidden) for number in range(first, last + 1)]
    # The first line of a multi-line key is enough: lines of stars show nothing.
    return tuple(
        line for line in lines if line.number <= span.start.line or not line.text or line.text.strip("*")
    )


def _line(file: SourceFile, number: int, span: Span, hidden: Ranges) -> ExcerptLine:
    """One masked line; if it is very long, the part around the span."""
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
    """text[start:end] with every value replaced by stars of the same width."""
    left, right = max(line[0], start - _LOOKED_AT), min(line[1], end + _LOOKED_AT)
    if right - left < line[1] - line[0]:  # the same part of a long line for findings that are neighbours
        left = line[0] + (left - line[0]) // _LOOKED_AT * _LOOKED_AT
        right = min(line[1], line[0] + -((line[0] - right) // _LOOKED_AT) * _LOOKED_AT)
    parts = file.parsed_with(_redacted_parts)
    if (left, right) not in parts:
        parts.clear()
        parts[left, right] = _without_cut_words(file, left, right)
    return with_stars(parts[left, right][start - left : end - left], start, hidden)


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
        return _RANDOM.sub(_stars, _redact_part(file, left, right))
    start = len(line) - len(line.lstrip()) if before else 0
    end = len(line) - 1 if after else len(line)
    head = before[1][::-1] if before else ""
    tail = after[1] if after else ""
    redacted = _RANDOM.sub(_stars, redact_line(f"{head}{line[start:end]}{tail}", file.path))
    return f"{line[:start]}{redacted[len(head) : len(redacted) - len(tail)]}{line[end:]}"


def _redacted_parts(file: SourceFile) -> dict[tuple[int, int], str]:
    """{(start, end): the part of a text as detectors redact it}, for `parsed_with`: the last one only."""
    return {}


def _stars(found: re.Match[str]) -> str:
    """Stars for text that alternates between upper case, lower case and digits as often as random text does.

    No rule reported it, and it is shown only as context, so masking it loses nothing.
    """
    text = found.group()
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "" for c in text]
    changes = sum(a != b for a, b in pairwise(kinds))
    return "*" * len(text) if len({*kinds} - {""}) == 3 and changes > 0.4 * len(text) else text


def _line_hash(file: SourceFile | None, span: Span, hidden: Ranges) -> str:
    """The hash of the finding's first line with values masked; of the path for a finding about the file."""
    if span.start == span.end and span.offset == 0:
        return line_hash(span.path)
    if file is None:
        return _place_hash(span)
    offset = span.offset - file.first_offset
    line = file.line_at(offset)
    start, end = max(line[0], offset - _LOOKED_AT), min(line[1], offset + _LOOKED_AT)
    return line_hash(_masked(file, start, end, line, hidden))


def _place_hash(span: Span) -> str:
    """The hash for a line whose text is not available: unique to its place."""
    return line_hash(f"{span.path}:{span.start.line}:{span.start.column}")


def _identity(file: SourceFile | None, finding: Finding, value_ids: tuple[int, ...]) -> int:
    """A hash that tells a finding from others of its rule and file: of its values, or else of its lines."""
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
