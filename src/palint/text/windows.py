"""Windows of a file too large to hold, with positions in the whole file."""

from __future__ import annotations

from collections.abc import Iterator

from palint.text.encoding import detect_encoding
from palint.text.source import SourceFile

_WINDOW = 8 << 20  # bytes that are checked at once
_OVERLAP = 4096  # bytes that two windows share, so that a value at the boundary is complete in one of them


def windows(path: str, pieces: Iterator[bytes]) -> Iterator[SourceFile]:
    """Cut a stream into windows of one encoding; each has its first line, column and offset in the file."""
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) >= _WINDOW:
            break
    encoding, bom = detect_encoding(bytes(data[:8192]))
    del data[: len(bom)]
    line, column, offset = 1, 1, 0
    more = True
    while data:
        while len(data) < _WINDOW and more:
            piece = next(pieces, b"")
            data += piece
            more = bool(piece)
        cut = _cut(data, encoding) if more else len(data)
        window = SourceFile(
            path,
            bytes(data[:cut]),
            encoding=encoding,
            first_line=line,
            first_column=column,
            first_offset=offset,
        )
        yield window
        if not more:
            return
        begin = _begin(data, cut, encoding)
        window.text  # noqa: B018 - decides the encoding
        passed = len(data[:begin].decode(window.encoding, "surrogatepass"))
        line, column = window.position(passed)
        offset += passed
        del data[:begin]


def _cut(data: bytearray, encoding: str) -> int:
    """Where a window ends: after a line, else at whitespace or a quote, else between characters."""
    for ends in (b"\n", b"\r", b" ", b'"', b"'", b","):
        at = data.rfind(ends, max(len(data) // 2, len(data) - _OVERLAP * 16), len(data) - 8)
        if at > 0:
            return boundary(
                data, at + 4 if "32" in encoding else at + 2 if "16" in encoding else at + 1, encoding
            )
    return boundary(data, len(data) - 8, encoding)


def _begin(data: bytearray, cut: int, encoding: str) -> int:
    """Where the next window starts: 4 KiB before this one's end, at the start of a line if possible."""
    early = max(8, cut - _OVERLAP)
    line_end = data.find(b"\n", early, cut - 8)
    return boundary(data, early if line_end < 0 else line_end + 1, encoding)


def boundary(data: bytearray, at: int, encoding: str) -> int:
    """`at`, or a little before it, so that no character is cut."""
    if "32" in encoding:
        return at - at % 4
    if "16" in encoding:
        at -= at % 2
        high = data[at + 1] if encoding == "utf-16-le" else data[at]
        return at - 2 if 0xDC <= high < 0xE0 else at
    lowest = at - 3
    while at > lowest and 0x80 <= data[at] < 0xC0:
        at -= 1
    return at
