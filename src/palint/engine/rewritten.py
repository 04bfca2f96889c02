"""Other readings of a file's bytes, which are checked beside its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from palint.engine.file_result import Extent
from palint.text.embedded import embedded_text
from palint.text.escapes import unescaped
from palint.text.source import SourceFile


def rewritten(
    file: SourceFile, scan: Callable[[SourceFile], Sequence[tuple[int, int]]]
) -> Iterator[tuple[SourceFile, Extent]]:
    """Yield the parts in another encoding, and the file without escapes where these hide a keyword.

    scan: returns the keywords of a file: (index, end).
    """
    embedded = embedded_text(file)
    if embedded is not None:
        yield embedded, Extent.EMBEDDED
    for text, extent in ((file, Extent.UNESCAPED), (embedded, Extent.EMBEDDED)):
        part = None if text is None else unescaped(text)
        if text is not None and part is not None and not _counts(scan(part)) <= _counts(scan(text)):
            yield part, extent


def _counts(hits: Sequence[tuple[int, int]]) -> Counter[int]:
    return Counter(keyword for keyword, _ in hits)
