"""Find the data that `curl` and `wget` send, in the text of a shell script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_COMMAND = lazy_re.compile(r"(?<![\w./-])(?:curl|wget)(?=\s)")
_BODY = lazy_re.compile(
    r"--(?:data(?:-raw|-binary|-ascii|-urlencode)?|json|form(?:-string)?|post-data|body-data)|-[a-zA-Z]*[dF]"
)
_HEREDOC = lazy_re.compile(r"<<[-~]?[ \t]*\\?[\"']?(\w+)[\"']?[^\n]{0,200}\n")
_MAX_CHARACTERS = 20_000  # characters of one command


class CurlRequest(NamedTuple):
    """One command. start, end: its offsets. bodies: the ranges [start, end) of the data that it sends.

    rest: the rest of the command: the URL, the headers.
    """

    start: int
    end: int
    bodies: tuple[tuple[int, int], ...]
    rest: str


def requests(text: str, start: int = 0, end: int | None = None) -> Iterator[CurlRequest]:
    """The commands in text[start:end], in order."""
    end = len(text) if end is None else end
    while command := _COMMAND.search(text, start, end):
        line = text[text.rfind("\n", 0, command.start()) + 1 : command.start()].lstrip()
        start = command.end()
        if line.startswith("#"):
            continue
        words = list(_words(text, command.end(), min(end, command.start() + _MAX_CHARACTERS)))
        start = words[-1][1] if words else command.end()
        bodies, rest = _sort(text, words)
        here = _HEREDOC.search(text, command.end(), min(end, start + 200))
        if here and here.start() < start + 100 and ("@-" in text[command.end() : here.end()]):
            close = re.compile(rf"^\s*{re.escape(here[1])}\s*$", re.M).search(text, here.end(), end)
            bodies.append((here.end(), close.start() if close else min(end, here.end() + _MAX_CHARACTERS)))
            start = bodies[-1][1]
        yield CurlRequest(command.start(), start, tuple(bodies), rest)


def _sort(text: str, words: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], str]:
    bodies: list[tuple[int, int]] = []
    rest: list[str] = []
    taken = False
    for first, last in words:
        word = text[first:last]
        body = _BODY.match(word)
        if taken:
            bodies.append((first, last))
            taken = False
        elif body and body.end() == len(word):
            taken = True
        elif body and word[body.end()] in "='\"$":
            bodies.append((first + body.end(), last))
        else:
            rest.append(word)
    return bodies, " ".join(rest)


def _words(text: str, offset: int, end: int) -> Iterator[tuple[int, int]]:
    """The words of a command, quotes included, up to the unquoted end of its line."""
    while offset < end:
        if text.startswith(("\\\n", "\\\r\n"), offset):
            offset += 2 if text[offset + 1] == "\n" else 3
        elif text[offset] in " \t":
            offset += 1
        elif text[offset] in "\r\n;|&)":
            return
        else:
            last = _word(text, offset, end)
            yield offset, last
            offset = last


def _word(text: str, offset: int, end: int) -> int:
    """The end of a word. GitHub's `${{ … }}` is part of it: it is substituted before a shell reads it."""
    quote = ""
    depth = 0  # nesting of `$(` in double quotes
    while offset < end:
        char = text[offset]
        if text.startswith("${{", offset) and (close := text.find("}}", offset, end)) >= 0:
            offset = close + 2
            continue
        if char == "\\" and quote != "'":
            offset += 2
            continue
        if not quote and char in " \t\r\n;|&)":
            break
        if quote == '"' and text.startswith("$(", offset):
            depth += 1
        elif depth and char == ")":
            depth -= 1
        elif char == quote and not depth:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        offset += 1
    return min(offset, end)
