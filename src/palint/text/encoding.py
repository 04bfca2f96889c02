"""Detect encodings, decode bytes, and convert byte offsets to code points."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from palint.util.typing import Any

_BOMS = (  # the longer ones first: the UTF-32 mark starts like the UTF-16 one
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_MARKS = b"\xff", b"\xfe", b"\xef"  # the first bytes of the marks without a NUL
_SHAPE_SAMPLE = 4096  # bytes examined to detect UTF-16/32 without a mark


def detect_encoding(data: bytes) -> tuple[str, bytes]:
    """(codec, byte order mark) of some bytes: by the mark, else UTF-16/32 by the places of NULs, else UTF-8.

    UTF-8 is a first guess: `decode` falls back to Latin-1.
    """
    if data.find(b"\0", 0, _SHAPE_SAMPLE) < 0 and data[:1] not in _MARKS:
        return "utf-8", b""  # nearly all
    head = data[:_SHAPE_SAMPLE]
    if head[:1] in (b"\xff", b"\xfe", b"\xef", b"\0"):
        for bom, codec in _BOMS:
            if head.startswith(bom) and not (codec != "utf-8" and _is_utf8(head[len(bom) :])):
                return codec, bom
    if b"\0" not in head:
        return "utf-8", b""
    codec = _shape(head)
    # A file that only starts like UTF-16 must not hide the plain text that follows.
    if codec != "utf-8" and len(data) > _SHAPE_SAMPLE and _is_utf8(data[-_SHAPE_SAMPLE:]):
        return "utf-8", b""
    return codec, b""


def is_plain(data: bytes) -> bool:
    """Whether the bytes have no sign of an encoding other than UTF-8 and Latin-1."""
    return data.find(b"\0") < 0 and data[:1] not in _MARKS


def _is_utf8(sample: bytes) -> bool:
    """Whether some bytes, cut anywhere, are UTF-8 text without a NUL."""
    if len(sample) < 8 or b"\0" in sample:
        return False
    return len(sample.decode("utf-8", "ignore").encode()) > len(sample) - 7


def _shape(head: bytes) -> str:
    """Detect UTF-16 and UTF-32 without a mark: text that is mostly ASCII has NULs in fixed places."""
    quads = [head[i::4].count(0) for i in range(4)]
    size = len(head) // 4
    if size and len(head) % 2 == 0:
        full, empty = size * 0.9, size * 0.1
        if quads[0] <= empty and quads[1] >= full and quads[2] >= full and quads[3] >= full:
            return "utf-32-le"
        if quads[3] <= empty and quads[0] >= full and quads[1] >= full and quads[2] >= full:
            return "utf-32-be"
        most, few = size * 0.7, size * 0.1
        if quads[1] >= most and quads[3] >= most and quads[0] <= few and quads[2] <= few:
            return "utf-16-le"
        if quads[0] >= most and quads[2] >= most and quads[1] <= few and quads[3] <= few:
            return "utf-16-be"
    return "utf-8"


# What was computed of the text that is checked now, by what computed it: the check of a keyword decodes a
# file before it is opened. `SourceFile.release` clears it, since a text may take 40 MB.
of_this_text: dict[object, Any] = {}


def decode(data: bytes, codec: str) -> tuple[str, str]:
    """(text, codec used). UTF-16/32 keep lone surrogates; text that is not UTF-8 is decoded as Latin-1."""
    if codec == "utf-8":
        known, made = of_this_text.get(decode, (None, ("", "")))
        if known is not data:
            try:
                made = data.decode("utf-8"), "utf-8"
            except UnicodeDecodeError:
                made = data.decode("latin-1"), "latin-1"
            of_this_text[decode] = data, made
        return made  # type: ignore[no-any-return]
    if codec == "latin-1":
        return data.decode("latin-1"), codec
    width = 4 if "32" in codec else 2
    whole = len(data) - len(data) % width
    try:
        return data[:whole].decode(codec, "surrogatepass"), codec
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def code_points(utf8: bytes, offsets: Iterable[int]) -> list[int]:
    """Code-point offsets for byte offsets into UTF-8."""
    if utf8.isascii():
        return list(offsets)
    known, starts = of_this_text.get(code_points, (None, []))
    if known is not utf8:
        pieces = (utf8[at : at + _PIECE] for at in range(0, len(utf8), _PIECE))
        starts = list(accumulate(map(_points, pieces), initial=0))
        of_this_text[code_points] = utf8, starts
    return [starts[at // _PIECE] + _points(utf8[at - at % _PIECE : at]) for at in offsets]


def _points(utf8: bytes) -> int:
    """The number of code points, counted at their first byte: continuation bytes are 10xxxxxx."""
    return len(utf8) if utf8.isascii() else len(utf8.translate(None, _CONTINUATION))


_PIECE = 4096  # bytes
_CONTINUATION = bytes(range(0x80, 0xC0))
