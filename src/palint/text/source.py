"""One file: bytes -> text -> lines, and its parse results while it is checked."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from palint.findings import Notice, Position, Span
from palint.text.encoding import code_points, decode, detect_encoding, of_this_text
from palint.util.typing import NamedTuple, TypeVar

T = TypeVar("T")
_LARGE = 1 << 20  # bytes of a file of which the text, four times as large with an emoji, is decoded again


Ranges = Sequence[tuple[int, int]]  # [start, end) in code points, ascending, not touching


class ParseError(Exception):
    """A file that cannot be parsed. `message` is built from kind and position, never from source text.

    `line` is 1-based. `incomplete`: whether the file counts as not fully checked, whatever a rule does
    instead: a limit of ours refuses a file which may well be valid, or only a tree shows what matters in it.
    """

    def __init__(self, message: str, line: int = 1, *, incomplete: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.incomplete = incomplete


class KeywordMatch(NamedTuple):
    """A match of a keyword: the keyword's index in the rule's `keywords`, and the match's end.

    `end` is a code-point offset into the file's text. The scan reports every end of a match; if several ends
    belong to one start, use the last.
    """

    keyword: int
    end: int


class SourceFile:
    """A file's bytes and everything that is computed from them, each at most once.

    path: relative to the root, `/` between parts, undecodable bytes as surrogate escapes.
    data: the bytes, from the disk, the index or a commit. For a symbolic link: its target.
    link: whether the file is a symbolic link.
    stat: of a regular file on the disk, taken before it was read.
    first_line, first_column, first_offset: where this text starts in the file, if it is one window of a
    file too large to hold.
    """

    __slots__ = (
        "_line_starts", "_text", "_views", "bom", "data", "encoding", "first_column", "first_line",
        "first_offset", "keyword_matches", "link", "notices", "path",
        "stat",
    )  # fmt: skip

    def __init__(
        self,
        path: str,
        data: bytes,
        *,
        link: bool = False,
        stat: os.stat_result | None = None,
        encoding: str | None = None,
        first_line: int = 1,
        first_column: int = 1,
        first_offset: int = 0,
    ) -> None:
        self.path = path
        self.data = data
        self.link = link
        self.stat = stat
        self.keyword_matches: tuple[KeywordMatch, ...] = ()  # of the rule that runs now, set by the engine
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
        """The bytes that are searched for keywords: without their mark; UTF-16 and UTF-32 as UTF-8."""
        if self.encoding not in ("utf-8", "latin-1"):
            text = self.text  # which may turn out to be Latin-1
            if self.encoding != "latin-1":
                return text.encode("utf-8", "surrogatepass")
        return self.data[len(self.bom) :] if self.bom else self.data

    def offsets(self, byte_offsets: Iterable[int]) -> list[int]:
        """Code-point offsets into the text for ascending byte offsets into `utf8`."""
        if self.text.isascii() or self.encoding == "latin-1":
            return list(byte_offsets)
        return code_points(self.utf8, byte_offsets)

    @property
    def line_starts(self) -> list[int]:
        """The code-point offset at which each line starts. LF, CR and CRLF end a line, U+2028 does not."""
        if self._line_starts is None:
            text = self.text
            if "\r" in text:
                text = text.replace("\r\n", " \n").replace("\r", "\n")
            self._line_starts = list(accumulate([len(line) + 1 for line in text.split("\n")], initial=0))[:-1]
        return self._line_starts

    def position(self, offset: int) -> Position:
        """The 1-based line and column (code points) of an offset (code points) into the text."""
        starts = self.line_starts
        row = bisect_right(starts, offset) - 1
        column = offset - starts[row] + 1
        return Position(self.first_line + row, column + (self.first_column - 1 if row == 0 else 0))

    def offset(self, line: int, column: int = 1) -> int:
        """The code-point offset of a 1-based line and column of this text, clamped to the text."""
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
        """The span for a finding about the whole file: its start, with no width."""
        return Span(self.path, Position(1, 1), Position(1, 1))

    def line_at(self, offset: int) -> tuple[int, int]:
        """The range [start, end) of the line at an offset, without its line end; code points."""
        starts = self.line_starts
        row = bisect_right(starts, offset) - 1
        end = starts[row + 1] if row + 1 < len(starts) else len(self.text)
        while end > starts[row] and self.text[end - 1] in "\r\n":
            end -= 1
        return starts[row], end

    def near(self, reach: int) -> Ranges:
        """What is within `reach` code points of a match of the rule that runs now; all without a match."""
        ends = [match.end for match in self.keyword_matches]
        return merge_ranges((max(0, end - reach), end + reach) for end in ends) or [(0, len(self.text))]

    def parsed_with(self, parse: Callable[[SourceFile], T]) -> T:
        """The result of `parse` for this file, computed once; a `ParseError` that it raises is cached, too.

        Raises ParseError where `parse` does. An `incomplete` one also becomes a notice: otherwise padding or
        a broken line could hide, unreported, what only a syntax tree shows.
        """
        if parse not in self._views:
            try:
                self._views[parse] = parse(self)
            except ParseError as error:
                self._views[parse] = error
        result = self._views[parse]
        if isinstance(result, ParseError):
            if result.incomplete:
                self.add_notice("unparsed", f"line {result.line}: {result.message}")
            raise result.with_traceback(None)
        return result  # type: ignore[return-value]

    def keep(self, parse: Callable[[SourceFile], T], result: T) -> None:
        """Keep a result of `parse` that was computed elsewhere, for `parsed_with`."""
        self._views[parse] = result

    def release(self) -> None:
        """Drop what was computed of the text: a syntax tree takes fifty times the memory of its text."""
        self._views.clear()
        of_this_text.clear()
        if len(self.data) > _LARGE:
            self._text = self._line_starts = None

    def note_fallback(self, error: ParseError) -> None:
        """Add a notice that this file is searched as text, unless `error` is `incomplete`: it has one."""
        if not error.incomplete:
            self.add_notice("parse-fallback", f"line {error.line}: {error.message}; searched as plain text")

    def add_notice(self, kind: str, message: str) -> None:
        """Add a notice about how this file was checked; equal notices are added once."""
        notice = Notice(self.path, kind, message)
        if notice not in self.notices:
            self.notices.append(notice)


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges and merge those that overlap or touch."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def matches_in(ranges: Ranges, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern that are inside the ranges of a text."""
    return (match for start, end in ranges for match in pattern.finditer(text, start, end))


def with_stars(text: str, offset: int, ranges: Ranges) -> str:
    """Replace each character in the ranges by a star. offset: where the text starts, as the ranges count."""
    index = max(0, bisect_right(ranges, (offset, offset)) - 1)
    parts: list[str] = []
    shown = 0
    while index < len(ranges) and ranges[index][0] < offset + len(text):
        start, end = max(shown, ranges[index][0] - offset), min(len(text), ranges[index][1] - offset)
        if start < end:
            parts += text[shown:start], "*" * (end - start)
            shown = end
        index += 1
    return "".join(parts) + text[shown:]
