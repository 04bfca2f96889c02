"""Shell text -> simple commands with their words, redirections and here-documents, all with offsets.

A lexer, not a parser: it serves scripts, Makefile recipes, a Dockerfile's RUN and a workflow's `run:`
alike, in any state of being edited, in linear time. POSIX quoting:
https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Word(NamedTuple):
    """One word. text: without quotes and escapes. start, end: its offsets, quotes included.

    literal: whether the shell expands nothing in it (`$`, a command's output).
    """

    text: str
    start: int
    end: int
    literal: bool


class Command(NamedTuple):
    """A simple command. words: including leading assignments. redirects: (operator, target).

    heredocs: the range [start, end) of each here-document's body."""

    words: list[Word]
    redirects: list[tuple[str, Word]]
    heredocs: list[tuple[int, int]]

    @property
    def start(self) -> int:
        """The start of the first word."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """The end of the last word."""
        return self.words[-1].end

    def name(self) -> str:
        """The command's name, without its prefixes (assignments, `sudo`, `exec`, `then`)."""
        arguments = self.arguments()
        return arguments[0].text if arguments else ""

    def arguments(self) -> list[Word]:
        """The words from the command's name on, including it."""
        for index, word in enumerate(self.words):
            if not ASSIGNMENT.match(word.text) and word.text not in _PREFIXES:
                return self.words[index:]
        return []


ASSIGNMENT = lazy_re.compile(r"([A-Za-z_]\w*)\+?=")
_PREFIXES = frozenset(
    ["sudo", "exec", "then", "do", "else", "elif", "if", "while", "!", "{", "time", "command", "nohup", "@"]
)

_SPACE = lazy_re.compile(r"(?:[ \t]|\\\r?\n)+")
_COMMENT = lazy_re.compile(r"#[^\r\n]*")
_PLAIN = lazy_re.compile(r"[^ \t\r\n\\'\"`$;&|()<>]+")
_SINGLE = lazy_re.compile(r"'[^']*'?")
_QUOTED = lazy_re.compile(r'[^"\\$`]+')
_BACKQUOTE = lazy_re.compile(r"`(?:[^`\\]|\\.)*`?", re.DOTALL)
_VARIABLE = lazy_re.compile(r"\$(?:\{[^}\n]*\}?|\w+|[@*#?$!-])?")
_REDIRECT = lazy_re.compile(r"\d*(?:<<-?|>>|>\||<>|[<>]&?)")
_MAX_DEPTH = 50  # of `$( … )` inside each other


def commands(text: str, start: int = 0, end: int | None = None) -> Iterator[Command]:
    """The simple commands in text[start:end], also those in `$( … )` and backquotes; never fails."""
    todo = [(start, len(text) if end is None else end, 0)]
    while todo:
        begin, stop, depth = todo.pop()
        reader = _Reader(text, begin, stop)
        yield from reader.commands()
        if depth < _MAX_DEPTH:
            todo.extend((inner, outer, depth + 1) for inner, outer in reader.inner)


class _Reader:
    """Reads one range; `inner` collects the ranges of command substitutions in it."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.at, self.end = text, start, end
        self.inner: list[tuple[int, int]] = []
        self.waiting: list[tuple[str, bool, Command]] = []  # here-documents that start on the next line

    def commands(self) -> Iterator[Command]:
        command = Command([], [], [])
        commands = [command]
        while self.at < self.end:
            sign = self.text[self.at]
            if blank := _SPACE.match(self.text, self.at, self.end):
                self.at = blank.end()
            elif sign == "#":
                self.at = _COMMENT.match(self.text, self.at, self.end).end()  # type: ignore[union-attr]
            elif sign in "\r\n;&|()" and not self.text.startswith("&>", self.at):
                self.at += 1
                if sign in "\r\n":
                    self._heredocs()
                if command.words or command.redirects:
                    command = Command([], [], [])
                    commands.append(command)
            elif sign == "&" or _REDIRECT.match(self.text, self.at, self.end):
                self._redirect(command)
            else:
                command.words.append(self._word())
        self._heredocs()
        yield from (command for command in commands if command.words)

    def _redirect(self, command: Command) -> None:
        if self.text.startswith("&>", self.at):
            self.at += 1
        operator = _REDIRECT.match(self.text, self.at, self.end)
        assert operator is not None  # it matches each `<` and `>`
        self.at = operator.end()
        if blank := _SPACE.match(self.text, self.at, self.end):
            self.at = blank.end()
        if self.at >= self.end or self.text[self.at] in "\r\n;&|()<>":
            return  # `<(…)`, `>(…)`, `<<<` and half a line
        target = self._word()
        sign = operator[0].lstrip("0123456789")
        if sign.startswith("<<"):
            self.waiting.append((target.text, sign.endswith("-"), command))
        else:
            command.redirects.append((sign, target))

    def _heredocs(self) -> None:
        for delimiter, tabs, command in self.waiting:
            start = self.at
            while self.at < self.end:
                newline = self.text.find("\n", self.at, self.end)
                stop = self.end if newline < 0 else newline
                line = self.text[self.at : stop].rstrip("\r")
                begin, self.at = self.at, min(stop + 1, self.end)
                if (line.lstrip("\t") if tabs else line).strip(" ") == delimiter:
                    command.heredocs.append((start, begin))
                    break
            else:
                command.heredocs.append((start, self.end))
        self.waiting.clear()

    def _word(self) -> Word:
        start, parts, literal = self.at, list[str](), True
        quoted = False  # inside double quotes
        while self.at < self.end:
            sign = self.text[self.at]
            if sign == '"':
                quoted = not quoted
                self.at += 1
            elif sign in " \t\r\n;&|()<>" and not quoted:
                break
            elif sign == "\\":
                kept = "\\" if quoted and self.text[self.at + 1 : self.at + 2] not in '$`"\\\n' else ""
                parts.append(kept + self.text[self.at + 1 : self.at + 2])
                self.at = min(self.at + 2, self.end)
            elif sign in "$`":
                literal = False
                parts.append(self._expansion(sign))
            elif sign == "'" and not quoted:
                match = _SINGLE.match(self.text, self.at, self.end)
                parts.append(match[0][1:].removesuffix("'"))  # type: ignore[index]
                self.at = match.end()  # type: ignore[union-attr]
            else:
                match = (_QUOTED if quoted else _PLAIN).match(self.text, self.at, self.end)
                parts.append(match[0])  # type: ignore[index]
                self.at = match.end()  # type: ignore[union-attr]
        return Word("".join(parts), start, self.at, literal)

    def _expansion(self, sign: str) -> str:
        """Skip `$NAME`, `${…}`, `$(…)` or backquotes; return its text, with `$()` for a command."""
        if sign == "`":
            match = _BACKQUOTE.match(self.text, self.at, self.end)
            self.inner.append((self.at + 1, max(self.at + 1, match.end() - 1)))  # type: ignore[union-attr]
            self.at = match.end()  # type: ignore[union-attr]
            return "$()"
        if self.text.startswith("$(", self.at, self.end):
            start, depth = self.at + 2, 0
            for token in _NESTING.finditer(self.text, self.at + 1, self.end):
                depth += {"(": 1, ")": -1}.get(token[0], 0)
                if depth == 0:
                    self.inner.append((start, token.start()))
                    self.at = token.end()
                    return "$()"
            self.at = self.end
            return "$()"
        match = _VARIABLE.match(self.text, self.at, self.end)
        self.at = match.end()  # type: ignore[union-attr]
        return match[0]  # type: ignore[index]


_NESTING = lazy_re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|[()]", re.DOTALL)
