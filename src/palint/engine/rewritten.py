"""Other readings of a file's bytes, checked beside its text: embedded encodings, escapes written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from palint.engine.file_result import Extent
from palint.rule import REACH
from palint.text.difference import changed_ranges
from palint.text.escapes import KEYWORDS, REFERENCE, is_always_compared, is_sign, unescaped
from palint.text.source import SourceFile
from palint.util import lazy_re

_AROUND = REACH + 512  # bytes on each side of an escape, with room for the keyword itself
Hits = Sequence[tuple[int, int]]  # (index of a keyword, end of its match in bytes)


def rewritten(
    file: SourceFile, scan: Callable[[SourceFile], Hits]
) -> Iterator[tuple[SourceFile, Extent, Hits]]:
    """Yield the parts in another encoding, and the file without escapes, each with the keywords to check.

    scan: returns the keywords of a file; the first ones are `escapes.KEYWORDS`. Of the file without escapes
    those count that are near one.
    """
    embedded = embedded_text(file)
    if embedded is None and not has_sign(scan(file), file.path):  # nearly every file
        return
    if embedded is not None:
        yield embedded, Extent.EMBEDDED, scan(embedded)
    for text, extent in ((file, Extent.UNESCAPED), (embedded, Extent.EMBEDDED)):
        if text is None or not _may_hide(text, scan):
            continue
        part = unescaped(text)
        if part is not None:
            changed = changed_ranges(text.utf8, part.utf8)
            near = [hit for hit in scan(part) if any(a - REACH <= hit[1] <= b + REACH for a, b in changed)]
            if any(keyword >= len(KEYWORDS) for keyword, _ in near):
                yield part, extent, near


def has_sign(hits: Hits, path: str) -> bool:
    """Whether any of a file's keywords says that it may be spelled in another way than it is read."""
    if is_always_compared(path):
        return True
    if not hits or min(hits)[0] >= len(KEYWORDS):
        return False
    return any(is_sign(keyword, path) for keyword in {k for k, _ in hits if k < len(KEYWORDS)})


def _may_hide(file: SourceFile, scan: Callable[[SourceFile], Hits]) -> bool:
    """Whether there is any keyword near an escape once it is written out: large files seldom have one."""
    if is_always_compared(file.path):
        return True
    escapes = [hit for hit in scan(file) if hit[0] < len(KEYWORDS) and is_sign(hit[0], file.path)]
    data = file.utf8
    if len(data) <= len(escapes) * _AROUND or any(keyword == REFERENCE for keyword, _ in escapes):
        return bool(escapes)
    for _, end in escapes:
        around = data[max(0, end - _AROUND) : end + _AROUND]
        part = unescaped(SourceFile(file.path, around, encoding=file.encoding))
        if part is not None and any(keyword >= len(KEYWORDS) for keyword, _ in scan(part)):
            return True
    return False


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
