"""Source lines for a terminal: line numbers, marks under the spans, wide characters, long lines cut."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from palint.findings import ExcerptLine, Finding, Span
from palint.report.escape import escape_controls
from palint.report.summary import location, short_message
from palint.util.typing import NamedTuple

_TAB = 4  # cells
Paint = Callable[[str, str], str]  # (style's name, text) -> text


class Mark(NamedTuple):
    """A range to underline; the primary one is a finding's own span."""

    span: Span
    message: str
    primary: bool


class MarkedFile(NamedTuple):
    """The ranges of one file that explain a finding, and the lines that contain them."""

    path: str
    lines: dict[int, ExcerptLine]
    marks: list[Mark]


def marked_files(findings: Sequence[Finding]) -> list[MarkedFile]:
    """The files that findings shown as one mark: that of the first, then the others, in order.

    The first finding's message is the block's title; the others' are notes at their marks, unless the title
    begins with them.
    """
    first = findings[0]
    files = {first.span.path: MarkedFile(first.span.path, {}, [])}
    for finding in findings:
        marked = files.setdefault(finding.span.path, MarkedFile(finding.span.path, {}, []))
        for line in finding.excerpt:
            marked.lines.setdefault(line.number, line)
        note = "" if finding is first or first.message.startswith(finding.message) else finding.message
        marked.marks.append(Mark(finding.span, note, True))
        for number, related in enumerate(finding.related):
            marked = files.setdefault(related.span.path, MarkedFile(related.span.path, {}, []))
            mark = Mark(related.span, related.message, False)
            if mark not in marked.marks:  # several findings of a group may have it
                marked.marks.append(mark)
            if number < len(finding.related_excerpts):
                for line in finding.related_excerpts[number]:
                    marked.lines.setdefault(line.number, line)
    return list(files.values())


def where(marked: MarkedFile) -> str:
    """`path:line:column` of the first mark in a file; only the path for a finding about the whole file."""
    span = marked.marks[0].span
    whole = not marked.lines and span.is_whole_file
    return location(marked.path) if whole else location(marked.path, *span.start)


def shown_lines(marked: MarkedFile) -> list[int]:
    """The numbers of the lines to show: those with marks and context, without blank lines at either end."""
    starts = {mark.span.start.line for mark in marked.marks}
    numbers = sorted(marked.lines)
    shown = [n for n, number in enumerate(numbers) if number in starts or marked.lines[number].text.strip()]
    return numbers[shown[0] : shown[-1] + 1] if shown else []


def cells(text: str, begin: int = 0) -> tuple[str, list[int]]:
    """(`text` as shown, the cell at which each character starts and, last, where the text ends).

    Cells count from 0 at `begin`; a tab reaches to the next multiple of 4, a wide character takes two cells,
    a combining one none, an invisible one as many as its escape.
    """
    if text.isascii() and text.isprintable():
        return text, list(range(len(text) + 1))
    shown: list[str] = []
    starts: list[int] = []
    column = 0
    for character in text:
        starts.append(column)
        if " " <= character <= "~":
            shown.append(character)
            column += 1
            continue
        piece = " " * (_TAB - (begin + column) % _TAB) if character == "\t" else escape_controls(character)
        shown.append(piece)
        column += len(piece) if len(piece) > 1 or piece.isascii() else _width(piece)
    return "".join(shown), [*starts, column]


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def render(marked: MarkedFile, gutter: int, width: int, paint: Paint, box: dict[str, str]) -> Iterator[str]:
    """The marked lines of one file, marks below each. gutter: cells for line numbers; width: total."""
    room = max(width - gutter - 4, 20)
    for number in sorted({mark.span.start.line for mark in marked.marks} & marked.lines.keys()):
        yield from _line(marked, marked.lines[number], gutter, room, paint, box)


def _line(
    marked: MarkedFile, line: ExcerptLine, gutter: int, room: int, paint: Paint, box: dict[str, str]
) -> Iterator[str]:
    bar = paint("frame", box["bar"])
    marks = sorted((m for m in marked.marks if m.span.start.line == line.number), key=lambda m: m.span.start)
    ranges = [characters(m.span, line) for m in marks]
    first, last = _window(line.text, ranges[0], room)
    before = box["cut"] if first or line.column > 1 else ""
    after = box["cut"] if last < len(line.text) else ""
    text = line.text[first:last]
    shown, starts = cells(text, len(before))
    number = paint("frame", f"{line.number:>{gutter}}")
    yield f"{number} {bar} {before}{shown}{after}".rstrip()
    for mark, (begin, end) in zip(marks, ranges, strict=True):
        start, stop = (starts[min(max(offset - first, 0), len(text))] for offset in (begin, end))
        sign = ("^" if mark.primary else "~") * max(stop - start, 1)
        note = f" {escape_controls(short_message(mark.message))}" if mark.message else ""
        style = "mark" if mark.primary else "related"
        yield f"{' ' * gutter} {bar} {' ' * (len(before) + start)}{paint(style, sign + note)}"


def characters(span: Span, line: ExcerptLine) -> tuple[int, int]:
    """The range of a span in an excerpt line's text; up to the line's end if the span continues."""
    begin = span.start.column - line.column
    end = span.end.column - line.column if span.end.line == line.number else len(line.text)
    return max(begin, 0), max(end, begin, 0)


def _window(text: str, around: tuple[int, int], room: int) -> tuple[int, int]:
    """The range [first, last) of characters to show in `room` cells: the marked ones and those around."""
    if len(text) <= room and text.isascii() and text.isprintable():
        return 0, len(text)
    _, starts = cells(text)
    if starts[-1] <= room:
        return 0, len(text)
    begin, end = starts[min(around[0], len(text))], starts[min(around[1], len(text))]
    spare = max(room - 2 - (end - begin), room // 3)  # 2: an ellipsis for each cut
    left = max(min(begin - spare // 2, starts[-1] - (room - 2)), 0)
    first = bisect_left(starts, left)
    last = max(bisect_right(starts, starts[first] + room - 2) - 1, first + 1)
    return first, min(last, len(text))
