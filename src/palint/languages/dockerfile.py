"""Dockerfiles -> instructions with their words and offsets: continuations, comments in them, here-documents.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re
from bisect import bisect_right

from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Word(NamedTuple):
    """A word of an instruction: its text without quotes and escapes, and its offsets in the file."""

    text: str
    start: int
    end: int


class Pair(NamedTuple):
    """`NAME=value` of an ENV or ARG. value: None if an ARG has none.

    value_start, value_end: the range of the value without quotes."""

    name: str
    value: str | None
    start: int
    end: int
    value_start: int
    value_end: int


class Instruction:
    """One instruction. name: in upper case, without ONBUILD. text: its arguments, continuations joined.

    start, end: offsets in the file. heredocs: the [start, end) of the bodies of its here-documents.
    """

    def __init__(self, name: str, text: str, pieces: list[tuple[int, int]], escape: str) -> None:
        self.name, self.text, self.escape = name, text, escape
        self.start, self.end = pieces[0][0], pieces[-1][1]
        self.heredocs: list[tuple[int, int]] = []
        self._file = [start for start, _ in pieces]
        self._text = [0]
        for start, end in pieces[:-1]:
            self._text.append(self._text[-1] + end - start)

    def place(self, offset: int) -> int:
        """The offset in the file for an offset into `text`."""
        index = bisect_right(self._text, offset) - 1
        return self._file[index] + offset - self._text[index]

    def words(self) -> list[Word]:
        """The words, or the strings of a JSON array, including flags (`--from=build`)."""
        array = _ARRAY.match(self.text)
        if array:
            strings = re.compile(r'"((?:[^"\\]|\\.)*)"').finditer(self.text, array.end())
            return [Word(m[1], self.place(m.start(1)), self._end(m.end(1))) for m in strings]
        return [
            Word(self._plain(m[0]), self.place(m.start()), self._end(m.end()))
            for m in self._word().finditer(self.text)
        ]

    def copied(self) -> list[Word]:
        """The sources of a COPY or ADD, without flags and the destination; [] for other instructions."""
        return self.operands()[:-1] if self.name in ("COPY", "ADD") else []

    def operands(self) -> list[Word]:
        """The words that are not flags."""
        return [word for word in self.words() if not word.text.startswith("--")]

    def variables(self) -> list[Pair]:
        """The variables that an ENV or ARG sets; [] for other instructions."""
        if self.name not in ("ENV", "ARG"):
            return []
        matches = list(self._word().finditer(self.text))
        if self.name == "ENV" and matches and "=" not in matches[0][0]:
            start = matches[1].start() if len(matches) > 1 else matches[0].end()
            return [self._pair(matches[0].start(), matches[0].end(), start, len(self.text.rstrip()))]
        variables = []
        for match in matches:
            name, equals, _ = match[0].partition("=")
            behind = match.start() + len(name)
            variables.append(self._pair(match.start(), behind, behind + 1 if equals else None, match.end()))
        return variables

    def _pair(self, start: int, name_end: int, value_start: int | None, end: int) -> Pair:
        name = self._plain(self.text[start:name_end])
        if value_start is None:
            return Pair(name, None, self.place(start), self._end(end), self._end(end), self._end(end))
        raw = self.text[value_start:end]
        value = self._plain(raw)
        if len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0]:
            value_start, last = value_start + 1, end - 1
        else:
            last = end
        places = (self.place(value_start), self._end(last)) if last > value_start else (self._end(last),) * 2
        return Pair(name, value, self.place(start), self._end(end), *places)

    def _end(self, offset: int) -> int:
        return self.place(offset - 1) + 1

    def _word(self) -> re.Pattern[str]:
        return _PATTERNS[self.escape][0]

    def _plain(self, raw: str) -> str:
        """A word without its quotes and escapes."""
        return _PATTERNS[self.escape][1].sub(lambda m: m[1] or m[2] or m[3] or "", raw)


def _patterns(escape: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(pattern of a word, pattern of an escape or quoted text in a word)."""
    sign = re.escape(escape)
    double, single = rf'"(?:[^"{sign}]|{sign}.)*"?', r"'[^']*'?"
    word = rf"(?:[^\s\"'{sign}]|{sign}.|{double}|{single})+"
    quoted = rf"{sign}(.)|\"((?:[^\"{sign}]|{sign}.)*)\"|'([^']*)'"
    return lazy_re.compile(word, re.DOTALL), lazy_re.compile(quoted, re.DOTALL)


_PATTERNS = {escape: _patterns(escape) for escape in "\\`"}
_ARRAY = lazy_re.compile(r"\s*(?:--\S+\s+)*\[(?=\s*\")")
_DIRECTIVE = lazy_re.compile(r"#\s*([A-Za-z]\w*)\s*=\s*(\S+)\s*$")
_NAME = lazy_re.compile(r"\s*(?:ONBUILD\s+)?([A-Za-z]+)(?:\s+|$)", re.IGNORECASE)
_HEREDOC = lazy_re.compile(r"(?<![<\w])\d*<<(-?)([\"']?)([A-Za-z_][\w.-]*)\2")


def parse(file: SourceFile) -> list[Instruction]:
    """The instructions of a Dockerfile, in order.

    Never fails: other text becomes an instruction with an unknown name."""
    text = file.text
    lines = [file.line_at(start) for start in file.line_starts]
    escape = _escape(text, lines)
    more = lazy_re.compile(rf"{re.escape(escape)}[ \t]*$")
    instructions: list[Instruction] = []
    offset = 0
    while offset < len(lines):
        if _skipped(text, lines[offset]):
            offset += 1
            continue
        pieces: list[tuple[int, int]] = []
        while offset < len(lines):
            start, end = lines[offset]
            offset += 1
            if pieces and _skipped(text, (start, end)):
                continue
            continued = more.search(text[start:end])
            pieces.append((start, start + continued.start() if continued else end))
            if not continued:
                break
        instruction = _instruction(text, pieces, escape)
        if instruction.name in ("RUN", "COPY", "ADD"):
            offset = _heredocs(text, lines, offset, instruction)
        instructions.append(instruction)
    return instructions


def _skipped(text: str, line: tuple[int, int]) -> bool:
    stripped = text[slice(*line)].strip()
    return not stripped or stripped.startswith("#")


def _escape(text: str, lines: list[tuple[int, int]]) -> str:
    """The escape character, which a parser directive at the top of the file may change."""
    for start, end in lines:
        directive = _DIRECTIVE.match(text, start, end)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            return directive[2] if directive[2] in _PATTERNS else "\\"
    return "\\"


def _instruction(text: str, pieces: list[tuple[int, int]], escape: str) -> Instruction:
    joined = "".join(text[start:end] for start, end in pieces)
    head = _NAME.match(joined)
    if head is None:
        return Instruction("", joined, pieces, escape)
    rest, cut = list[tuple[int, int]](), head.end()
    for start, end in pieces:  # the arguments' part of the pieces
        if end - start > cut:
            rest.append((start + cut, end))
        cut = max(0, cut - (end - start))
    instruction = Instruction(head[1].upper(), joined[head.end() :], rest or [(pieces[-1][1],) * 2], escape)
    instruction.start = pieces[0][0]
    return instruction


def _heredocs(text: str, lines: list[tuple[int, int]], index: int, instruction: Instruction) -> int:
    for mark in _HEREDOC.finditer(instruction.text):
        start = end = lines[index][0] if index < len(lines) else len(text)
        while index < len(lines):
            line = text[slice(*lines[index])]
            end = lines[index][0]
            index += 1
            if (line.lstrip("\t") if mark[1] else line) == mark[3]:
                break
            end = lines[index - 1][1]
        instruction.heredocs.append((start, max(start, end)))
        instruction.end = max(instruction.end, end)
    return index
