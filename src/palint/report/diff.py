"""The output of `--diff`: the changes of fixes for reading; secrets are masked, so it is not a patch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from palint.changes.edits import Change, apply_to_text
from palint.findings import Edit, Finding, redact
from palint.report.escape import escape_controls, log_line
from palint.secrets import redact_line, value_ranges
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple, TextIO

_CONTEXT = 3  # lines
_STYLES = {"-": "31", "+": "32", "@": "36"}
_SHORTEST = 4  # characters: shorter lines of a value are not searched for in other lines


class Hunk(NamedTuple):
    """Lines [start, end) of the old text (0-based), and the lines that replace them."""

    start: int
    end: int
    lines: list[str]


def write(
    changes: Iterable[Change], findings: Collection[Finding], out: TextIO, *, color: bool = False
) -> None:
    """Write a unified diff of each change. findings: those of the run, whose values are masked, too."""
    for change in changes:
        file = change.old or SourceFile(change.path, b"")
        old = split_lines(file.text)
        hunks = _hunks(file, change.edits, old) if change.edits else _compared(change, old)
        mask = masker(file, findings)
        source = f"a/{change.path}" if change.old else "/dev/null"
        _write(source, change.path, old, hunks, mask, out, color)


def _compared(change: Change, old: list[str]) -> list[Hunk]:
    """The lines that differ, for a change without edits."""
    from difflib import SequenceMatcher

    new = split_lines(change.text)
    codes = SequenceMatcher(None, old, new).get_opcodes()
    return [Hunk(i, j, new[k:m]) for kind, i, j, k, m in codes if kind != "equal"]


def _write(
    source: str,
    path: str,
    old: list[str],
    hunks: list[Hunk],
    mask: Callable[[str], str],
    out: TextIO,
    color: bool,
) -> None:
    lines = [("1", f"--- {escape_controls(source)}"), ("1", f"+++ b/{escape_controls(path)}")]
    lines += [(_STYLES.get(line[0], ""), line) for line in _body(old, hunks, mask)]
    for style, line in lines:
        text = log_line(line)
        out.write(f"\x1b[{style}m{text}\x1b[0m\n" if color and style else text + "\n")


def masker(file: SourceFile, findings: Collection[Finding]) -> Callable[[str], str]:
    """A function that masks the secrets on a line, old or new."""
    reported = [value for f in findings if f.span.path == file.path for value in f.value_ranges]
    values = {
        part
        # Values of several lines are found in the whole file only.
        for start, end in (*reported, *value_ranges(file))
        for part in file.text[start:end].splitlines()
        if len(part) >= _SHORTEST
    }
    longest_first = sorted(values, key=len, reverse=True)

    def mask(line: str) -> str:
        for value in longest_first:
            line = line.replace(value, redact(value))
        return escape_controls(redact_line(line, file.path)).replace("\\t", "    ")

    return mask


def _body(old: list[str], hunks: list[Hunk], mask: Callable[[str], str]) -> Iterator[str]:
    shift = 0
    for group in _groups(hunks):
        begin = max(group[0].start - _CONTEXT, 0)
        end = min(group[-1].end + _CONTEXT, len(old))
        grown = sum(len(h.lines) - (h.end - h.start) for h in group)
        size, new_size = end - begin, end - begin + grown
        yield f"@@ -{begin + (size > 0)},{size} +{begin + shift + (new_size > 0)},{new_size} @@"
        shift += grown
        position = begin
        for hunk in group:
            yield from (" " + mask(line) for line in old[position : hunk.start])
            yield from ("-" + mask(line) for line in old[hunk.start : hunk.end])
            yield from ("+" + mask(line) for line in hunk.lines)
            position = hunk.end
        yield from (" " + mask(line) for line in old[position:end])


def _hunks(file: SourceFile, edits: Sequence[Edit], old: list[str]) -> list[Hunk]:
    """The lines that the edits change, without unchanged lines at either end."""
    hunks: list[Hunk] = []
    start = 0
    while start < len(edits):
        first, last = edits[start].span.start.line - 1, edits[start].span.end.line
        stop = start + 1
        while stop < len(edits) and edits[stop].span.start.line <= last:
            last = max(last, edits[stop].span.end.line)
            stop += 1
        hunk = _trimmed(first, min(last, len(old)), _new_lines(file, edits[start:stop], first, last), old)
        if hunks and hunks[-1].end == hunk.start:
            hunk = Hunk(hunks[-1].start, hunk.end, [*hunks.pop().lines, *hunk.lines])
        hunks.append(hunk)
        start = stop
    return hunks


def _new_lines(file: SourceFile, edits: Iterable[Edit], first: int, last: int) -> list[str]:
    """The lines [first, last) (0-based) after the edits in them."""
    begin = file.line_starts[first]
    end = file.line_starts[last] if last < len(file.line_starts) else len(file.text)
    moved = (
        e._replace(span=e.span._replace(offset=e.span.offset - begin, end_offset=e.span.end_offset - begin))
        for e in edits
    )
    return split_lines(apply_to_text(file.text[begin:end], moved))


def _trimmed(first: int, last: int, lines: list[str], old: list[str]) -> Hunk:
    """A hunk without unchanged lines at its start and end."""
    top = 0
    while top < len(lines) and first < last and lines[top] == old[first]:
        top, first = top + 1, first + 1
    end = len(lines)
    while end > top and first < last and lines[end - 1] == old[last - 1]:
        end, last = end - 1, last - 1
    return Hunk(first, last, lines[top:end])


def _groups(hunks: list[Hunk]) -> Iterator[list[Hunk]]:
    """Group hunks whose contexts touch, to print them as one."""
    group: list[Hunk] = []
    for hunk in hunks:
        if group and hunk.start - group[-1].end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(hunk)
    if group:
        yield group


def split_lines(text: str) -> list[str]:
    r"""The lines of a text, without their line ends (`\n`, `\r\n` or `\r`)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
