"""Other readings of a file's bytes, which are checked beside its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from palint.engine.file_result import Extent
from palint.rule import REACH
from palint.text.difference import changed_ranges
from palint.text.embedded import embedded_text
from palint.text.escapes import KEYWORDS, REFERENCE, unescaped
from palint.text.source import SourceFile

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
    if embedded is None and not has_escape(scan(file)):  # nearly every file
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


def has_escape(found: Hits) -> bool:
    """Whether any of a file's keywords is an escape."""
    return bool(found) and min(found)[0] < len(KEYWORDS)


def _may_hide(file: SourceFile, scan: Callable[[SourceFile], Hits]) -> bool:
    """Whether there is any keyword near an escape once it is written out: large files seldom have one."""
    escapes = [(keyword, end) for keyword, end in scan(file) if keyword < len(KEYWORDS)]
    data = file.utf8
    if len(data) <= len(escapes) * _AROUND or any(keyword == REFERENCE for keyword, _ in escapes):
        return bool(escapes)
    for _, end in escapes:
        around = data[max(0, end - _AROUND) : end + _AROUND]
        part = unescaped(SourceFile(file.path, around, encoding=file.encoding))
        if part is not None and any(keyword >= len(KEYWORDS) for keyword, _ in scan(part)):
            return True
    return False
