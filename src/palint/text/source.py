"""One file: bytes -> text -> lines, and memos of what upper layers make of it. Knows no language."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import accumulate, count
from operator import add
from typing import NamedTuple, TypeVar

from palint.findings import Notice, Position, Span
from palint.util import lazy_re

T = TypeVar("T")

# Only these end a line; str.splitlines() would also split at U+2028, form feeds and others.
_LINE_END = lazy_re.compile("\r\n|\r|\n")
_BOMS = (  # the longer ones first: the UTF-32 mark begins like the UTF-16 one
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_SHAPE_SAMPLE = 4096  # bytes looked at to tell UTF-16/32 without a mark

# What is known of earlier files, by a hash of their bytes. SipHash under a key that nobody knows gives two
# texts the same 64 bits by chance alone; where the key may be known, nothing is remembered.
_known: dict[tuple[Hashable, ...], object] = {}
_MOST_KNOWN = 20_000  # entries
_SMALLEST_KNOWN = 1000  # bytes; to look at less takes no longer than to remember it
_HASHES = (
    sys.hash_info.algorithm.startswith("siphash")
    and sys.hash_info.width == 64
    and os.environ.get("PYTHONHASHSEED", "random") in ("random", "")
)


class ParseError(Exception):
    """A file that a parser refuses. `message` is built from kind and position, never from source text.

    `line` is 1-based.
    """

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def __reduce__(self) -> tuple[type[ParseError], tuple[str, int]]:
        return type(self), (self.message, self.line)


class KeywordMatch(NamedTuple):
    """Where a keyword was found: the keyword's index in the rule's `keywords`, and the match's end.

    `end` is a code-point offset into the file's text. The pass reports every end of a match; where several
    ends belong to one place, the last counts.
    """

    keyword: int
    end: int


class SourceFile:
    """A file's bytes and everything that is computed from them, each at most once.

    path: relative to the root, `/` between parts, undecodable bytes as surrogate escapes.
    data: the bytes, from the disk, the index or a commit. For a symbolic link: its target.
    link: whether the file is a symbolic link.
    first_line, first_column, first_offset: where this text begins in the file, when it is one window of a
    file too large to hold.
    """

    __slots__ = (
        "_line_starts", "_text", "_views", "bom", "data", "encoding", "first_column", "first_line",
        "first_offset", "keyword_matches", "link", "notices", "path",
    )  # fmt: skip

    def __init__(
        self,
        path: str,
        data: bytes,
        *,
        link: bool = False,
        encoding: str | None = None,
        first_line: int = 1,
        first_column: int = 1,
        first_offset: int = 0,
    ) -> None:
        self.path = path
        self.data = data
        self.link = link
        self.keyword_matches: tuple[
            KeywordMatch, ...
        ] = ()  # of the rule that is being asked, set by the engine
        self.notices: list[Notice] = []
        self.first_line, self.first_column, self.first_offset = first_line, first_column, first_offset
        self._text: str | None = None
        self._line_starts: list[int] | None = None
        self._views: dict[object, object] = {}
        self.encoding, self.bom = ("", b"") if encoding is None else (encoding, b"")
        if encoding is None:
            self.encoding, self.bom = detect_encoding(data)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def text(self) -> str:
        """The decoded text without its byte order mark. Decoding never fails and never drops a file."""
        if self._text is None:
            self._text, self.encoding = decode(self.data[len(self.bom) :], self.encoding)
        return self._text

    @property
    def utf8(self) -> bytes:
        """What the keywords are searched in: the bytes without their mark; UTF-16 and UTF-32 as UTF-8."""
        if self.encoding not in ("utf-8", "latin-1"):
            text = self.text  # which may turn out to be Latin-1 after all
            if self.encoding != "latin-1":
                return text.encode("utf-8", "surrogatepass")
        return self.data[len(self.bom) :] if self.bom else self.data

    def offsets(self, byte_offsets: Iterable[int]) -> list[int]:
        """Code-point offsets into the text for ascending byte offsets into `scanned`."""
        if self.text.isascii() or self.encoding == "latin-1":
            return list(byte_offsets)
        return code_points(self.utf8, byte_offsets)

    @property
    def line_starts(self) -> list[int]:
        """The code-point offset at which each line begins."""
        if self._line_starts is None:
            if "\r" in self.text:
                self._line_starts = [0, *(m.end() for m in _LINE_END.finditer(self.text))]
            else:
                lengths = map(len, self.text.split("\n"))
                self._line_starts = list(map(add, accumulate(lengths, initial=0), count()))[:-1]
        return self._line_starts

    def position(self, offset: int) -> Position:
        """The 1-based line and column (code points) of an offset (code points) into the text."""
        starts = self.line_starts
        row = bisect_right(starts, offset) - 1
        column = offset - starts[row] + 1
        return Position(self.first_line + row, column + (self.first_column - 1 if row == 0 else 0))

    def offset(self, line: int, column: int = 1) -> int:
        """The code-point offset of a 1-based line and column of this text, held inside the text."""
        starts = self.line_starts
        row = min(max(line - self.first_line, 0), len(starts) - 1)
        return min(starts[row] + column - 1, len(self.text))

    def span(self, start: int, end: int) -> Span:
        """The span of text[start:end], offsets in code points."""
        return Span(
            self.path,
            self.position(start),
            self.position(end),
            start + self.first_offset,
            end + self.first_offset,
        )

    def full_span(self) -> Span:
        """The span for a finding about the file as such: its very begin, of no width."""
        return Span(self.path, Position(1, 1), Position(1, 1))

    def line_at(self, offset: int) -> tuple[int, int]:
        """The [start, end) of the line that holds an offset, without its line end; code points."""
        starts = self.line_starts
        row = bisect_right(starts, offset) - 1
        end = starts[row + 1] if row + 1 < len(starts) else len(self.text)
        while end > starts[row] and self.text[end - 1] in "\r\n":
            end -= 1
        return starts[row], end

    def parsed_with(self, parse: Callable[[SourceFile], T]) -> T:
        """What `parse` makes of this file: called once, remembered, an `ParseError` it raises included.

        Raises ParseError, where `parse` does.
        """
        if parse not in self._views:
            try:
                self._views[parse] = parse(self)
            except ParseError as error:
                self._views[parse] = error
        made = self._views[parse]
        if isinstance(made, ParseError):
            raise made.with_traceback(None)
        return made  # type: ignore[return-value]

    def cache_get(self, question: Hashable) -> object | None:
        """The answer that was remembered for a file of the same bytes, or None.

        Trees hold copies: of a vendored library, of a build, of an example.
        """
        data = self.data
        if not _HASHES or len(data) < _SMALLEST_KNOWN:
            return None
        return _known.get((question, self.encoding, self.bom, len(data), hash(data)))

    def cache_put(self, question: Hashable, answer: object) -> None:
        """Keep an answer for all files of these bytes. It must be small, and hold nothing of the text."""
        data = self.data
        if _HASHES and len(data) >= _SMALLEST_KNOWN:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[question, self.encoding, self.bom, len(data), hash(data)] = answer

    def release(self) -> None:
        """Forget what `view` remembers: a syntax tree takes fifty times its text."""
        self._views.clear()

    def add_notice(self, kind: str, message: str) -> None:
        """Tell the reader something about how this file was checked; once for the same words."""
        notice = Notice(self.path, kind, message)
        if notice not in self.notices:
            self.notices.append(notice)


def clear_cache() -> None:
    """Forget all that is remembered of earlier files; for who measures, or compares."""
    _known.clear()


def detect_encoding(data: bytes) -> tuple[str, bytes]:
    """(codec, byte order mark) of some bytes: by the mark, else UTF-16/32 by where NULs stand, else UTF-8.

    UTF-8 is a first guess: `decode` falls back to Latin-1.
    """
    if data.find(b"\0", 0, _SHAPE_SAMPLE) < 0 and data[:1] not in (b"\xff", b"\xfe", b"\xef"):
        return "utf-8", b""  # nearly all
    head = data[:_SHAPE_SAMPLE]
    if head[:1] in (b"\xff", b"\xfe", b"\xef", b"\0"):
        for bom, codec in _BOMS:
            if head.startswith(bom) and not (codec != "utf-8" and _is_plain(head[len(bom) :])):
                return codec, bom
    if b"\0" not in head:
        return "utf-8", b""
    codec = _shape(head)
    # What only begins like UTF-16 must not hide the plain text that follows.
    if codec != "utf-8" and len(data) > _SHAPE_SAMPLE and _is_plain(data[-_SHAPE_SAMPLE:]):
        return "utf-8", b""
    return codec, b""


def embedded_encodings(file: SourceFile) -> Iterable[SourceFile]:
    """The stretches of a file that are text in another encoding than the rest: UTF-16 in plain text or in a
    binary, plain text in UTF-16 (PowerShell's `>>` makes the one, a shell's the other).

    Positions in them are positions in the file. At most `_PARTS`, so that no file costs more than that.
    """
    return _foreign_parts(file) if b"\0" in file.data else ()


def _foreign_parts(file: SourceFile) -> Iterator[SourceFile]:
    wide = file.encoding not in ("utf-8", "latin-1")
    kinds = file.data.translate(_KINDS)
    run, step = (b"a" * _RUN, 1) if wide else (b"a0" * _RUN, 2)
    at = kinds.find(run, len(file.bom))
    for _ in range(_PARTS):
        if at < 0:
            return
        end = at + len(run)
        while kinds.startswith(run[:step], end):
            end += step
        before = len(decode(file.data[len(file.bom) : at], file.encoding)[0])
        line, column = file.position(before)
        yield SourceFile(
            file.path,
            file.data[at:end],
            encoding="latin-1" if wide else "utf-16-le",
            first_line=line,
            first_column=column,
            first_offset=before,
        )
        at = kinds.find(run, end)


# Bytes by kind: a is printable or a blank, 0 is NUL, everything else x.
_KINDS = bytes(
    ord("a") if 0x20 <= byte < 0x7F or byte in b"\t\n\r" else ord("0") if byte == 0 else ord("x")
    for byte in range(256)
)
_RUN, _PARTS = 24, 100  # characters of a stretch at least; stretches of a file at most


def _is_plain(sample: bytes) -> bool:
    """Whether some bytes, cut anywhere, are UTF-8 text without a NUL."""
    if len(sample) < 8 or b"\0" in sample:
        return False
    return len(sample.decode("utf-8", "ignore").encode()) > len(sample) - 7


def _shape(head: bytes) -> str:
    """Tell UTF-16 and UTF-32 without a mark: text that is mostly ASCII has its NULs in fixed places."""
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


def decode(data: bytes, codec: str) -> tuple[str, str]:
    """(text, codec used). UTF-16/32 keep lone surrogates; what is not UTF-8 is read as Latin-1."""
    if codec == "utf-8":
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            return data.decode("latin-1"), "latin-1"
    if codec == "latin-1":
        return data.decode("latin-1"), codec
    width = 4 if "32" in codec else 2
    whole = len(data) - len(data) % width
    try:
        return data[:whole].decode(codec, "surrogatepass"), codec
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def code_points(utf8: bytes, offsets: Iterable[int]) -> list[int]:
    """Code-point offsets for ascending byte offsets into UTF-8. Linear in the bytes up to the last offset."""
    if utf8.isascii():
        return list(offsets)
    made: list[int] = []
    at = points = 0
    for offset in offsets:
        if offset > at:
            # A code point is counted where it begins: continuation bytes are 10xxxxxx.
            piece = utf8[at:offset]
            points += len(piece) if piece.isascii() else len(piece.translate(None, _CONTINUATION))
            at = offset
        made.append(points)
    return made


_CONTINUATION = bytes(range(0x80, 0xC0))
