"""Other readings of a file's bytes, checked beside its text: embedded encodings, escapes written out."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from palint.engine.file_result import Extent
from palint.files import languages
from palint.rule import REACH
from palint.text.difference import changed_ranges
from palint.text.escapes import KEYWORDS, after_operator, before_operator, is_always_compared, unescaped
from palint.text.source import SourceFile, merge_ranges
from palint.util import lazy_re

_BESIDE = 512  # bytes beyond those that rules read on each side of an escape: room for the keyword itself
_LONGEST_RUN = 64  # backslashes
Hits = Sequence[tuple[int, int]]  # (index of a keyword, end of its match in bytes)


def rewritten(
    file: SourceFile, hits: Hits, scan: Callable[[SourceFile], Hits]
) -> Iterator[tuple[SourceFile, Extent, Hits]]:
    """Yield the parts in another encoding, and the file without escapes, each with the keywords to check.

    hits: the keywords of the file, as `scan` returns them for another; the first ones are `escapes.KEYWORDS`.
    Of the file without escapes those count that are near one.
    """
    embedded = embedded_text(file)
    if embedded is None and not has_sign(hits) and not is_always_compared(file.path):  # nearly every file
        return
    texts = [(file, hits, Extent.UNESCAPED)]
    if embedded is not None:
        texts.append((embedded, scan(embedded), Extent.EMBEDDED))
        yield embedded, Extent.EMBEDDED, texts[1][1]
    for text, hits, extent in texts:
        part, near = _without_escapes(text, hits, scan)
        if near:
            yield part, extent, near


def has_sign(hits: Hits) -> bool:
    """Whether any of a file's keywords says that it may be spelled in another way than it is read."""
    return len(hits) > 0 and min(hits)[0] < len(KEYWORDS)


def _without_escapes(
    file: SourceFile, hits: Hits, scan: Callable[[SourceFile], Hits]
) -> tuple[SourceFile, Hits]:
    """The file with the escapes near a keyword written out, and the keywords there."""
    data = file.utf8
    parts: list[bytes] = []
    read_hits: list[tuple[int, int]] = []
    done = size = 0
    for start, end in _windows(data, file.path, hits):
        window = data[start:end]
        read = unescaped(window, file.path, data)
        if read == window:
            continue
        near = near_changes(scan(_with_text(file, read)), changed_ranges(window, read))
        if not any(keyword >= len(KEYWORDS) for keyword, _ in near):
            continue
        parts += data[done:start], read
        size += start - done
        read_hits += [(keyword, size + at) for keyword, at in near]
        done, size = end, size + len(read)
    return _with_text(file, b"".join((*parts, data[done:]))), read_hits


def _windows(data: bytes, path: str, hits: Hits) -> Sequence[tuple[int, int]]:
    """The ranges in bytes that may have an escape; they do not touch."""
    if is_always_compared(path):
        return [(0, len(data))]
    ends = [end for keyword, end in hits if keyword < len(KEYWORDS)]
    if not ends:
        return []
    if languages.find(path).syntax == "yaml":  # an anchor may be far from its aliases
        return [(0, len(data))]
    return merge_ranges((_window_start(data, end), _window_end(data, end)) for end in ends)


def _window_start(data: bytes, end: int) -> int:
    """The offset from which to read for an escape that ends at `end`: not in an escape, before a name."""
    at = max(0, before_operator(data, end - REACH) - _BESIDE)
    before = data[max(0, at - _LONGEST_RUN) : at]
    return at - len(before) + len(before.rstrip(b"\\"))


def _window_end(data: bytes, end: int) -> int:
    """The offset up to which to read for an escape that ends at `end`: after a value behind blanks."""
    return min(len(data), after_operator(data, end) + REACH + _BESIDE)


def near_changes(hits: Hits, changed: Sequence[tuple[int, int]]) -> Hits:
    """The hits that are near a change. A file of 8 MB may have thousands of both."""
    reached = merge_ranges((start - REACH, end + REACH) for start, end in changed)
    before = (bisect_right(reached, (end, sys.maxsize)) - 1 for _, end in hits)
    return [hit for hit, at in zip(hits, before, strict=True) if at >= 0 and hit[1] <= reached[at][1]]


def _with_text(file: SourceFile, text: bytes) -> SourceFile:
    """A file with another text of as many lines; columns and offsets are those of the text."""
    return SourceFile(
        file.path,
        text,
        encoding="latin-1" if file.encoding == "latin-1" else "utf-8",
        first_line=file.first_line,
        first_column=file.first_column,
    )


# Characters separated by NULs, as in UTF-16 and UTF-32, in either byte order and at any offset.
WIDE_RUN = lazy_re.compile(rb"(?:[^\0]\0{1,3}){4,}[^\0]?|(?:\0{1,3}[^\0]){4,}")
# Every run has this at most 3 bytes after its start. `re` is fastest for a pattern that starts with one byte.
_IN_RUN = lazy_re.compile(rb"\0[^\0]\0{1,3}[^\0]\0{1,3}[^\0]\0")
_IN_RUN_AFTER = 3
# Eight printable characters in a row in UTF-16 or UTF-32: a name and a value have more, and a table of small
# numbers, as in a catalogue of translations, seldom has as many. It starts with a NUL, which `re` finds fast;
# what comes before is a lookbehind.
_PRINTABLE = rb"[\t\n\r -~]"
_16, _32 = _PRINTABLE + rb"\0", _PRINTABLE + rb"\0\0\0"
IN_TEXT = lazy_re.compile(
    rb"\0(?:"
    + 7 * _16
    + rb"(?:"
    + _PRINTABLE
    + rb"|(?<="
    + 8 * _16
    + rb"))|\0\0"
    + 7 * _32
    + rb"(?<="
    + _PRINTABLE
    + rb".{31}))",
    re.DOTALL,
)


def embedded_text(file: SourceFile) -> SourceFile | None:
    """The file with its parts in UTF-16 or UTF-32 rewritten as plain bytes; None if no part is, or all is.

    For a file that mixes encodings, at any offsets. Lines are counted as in the file; columns and offsets are
    those of the rewritten text.
    """
    data = file.data
    if data.find(b"\0") < 0:  # `in` tries a number first, which takes 0.5 µs
        return None
    wide = file.encoding not in ("utf-8", "latin-1")
    if wide and file.text.isascii():  # plain text decoded as UTF-16 gives other characters
        return None
    if not wide and IN_TEXT.search(data) is None:
        return None
    text = narrow(data[len(file.bom) :])
    return SourceFile(
        file.path, text, encoding="utf-8", first_line=file.first_line, first_column=file.first_column
    )


def narrow(data: bytes) -> bytes:
    """The bytes without the NULs of wide runs."""
    parts: list[bytes] = []
    done = at = 0
    while inside := _IN_RUN.search(data, at):
        run = _run_near(data, done, inside.start())
        if run is None:
            at = inside.start() + 1
        else:
            parts += (data[done : run.start()], run[0].replace(b"\0", b""))
            done = at = run.end()
    return b"".join([*parts, data[done:]])


def _run_near(data: bytes, low: int, inside: int) -> re.Match[bytes] | None:
    """The first wide run that starts at most `_IN_RUN_AFTER` bytes before `inside`, but not before `low`."""
    for start in range(max(low, inside - _IN_RUN_AFTER), inside + 1):
        run = WIDE_RUN.match(data, start)
        if run:
            return run
    return None
