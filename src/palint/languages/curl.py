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
    while found := _COMMAND.search(text, start, end):
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].lstrip()
        start = found.end()
        if line.startswith("#"):
            continue
        words = list(_words(text, found.end(), min(end, found.start() + _MAX_CHARACTERS)))
        start = words[-1][1] if words else found.end()
        bodies, rest = _sort(text, words)
        here = _HEREDOC.search(text, found.end(), min(end, start + 200))
        if here and here.start() < start + 100 and ("@-" in text[found.end() : here.end()]):
            close = re.compile(rf"^\s*{re.escape(here[1])}\s*$", re.M).search(text, here.end(), end)
            bodies.append((here.end(), close.start() if close else min(end, here.end() + _MAX_CHARACTERS)))
            start = bodies[-1][1]
        yield CurlRequest(found.start(), start, tuple(bodies), rest)


def _sort(text: str, words: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], str]:
    bodies: list[tuple[int, int]] = []
    rest: list[str] = []
    taken = False
    for first, last in words:
        word = text[first:last]
        found = _BODY.match(word)
        if taken:
            bodies.append((first, last))
            taken = False
        elif found and found.end() == len(word):
            taken = True
        elif found and word[found.end()] in "='\"$":
            bodies.append((first + found.end(), last))
        else:
            rest.append(word)
    return bodies, " ".join(rest)


def _words(text: str, at: int, end: int) -> Iterator[tuple[int, int]]:
    """The words of a command, quotes included, up to the unquoted end of its line."""
    while at < end:
        if text.startswith(("\\\n", "\\\r\n"), at):
            at += 2 if text[at + 1] == "\n" else 3
        elif text[at] in " \t":
            at += 1
        elif text[at] in "\r\n;|&)":
            return
        else:
            last = _word(text, at, end)
            yield at, last
            at = last


def _word(text: str, at: int, end: int) -> int:
    """The end of a word. GitHub's `${{ … }}` is part of it: it is substituted before a shell reads it."""
    quote = ""
    depth = 0  # nesting of `$(` in double quotes
    while at < end:
        char = text[at]
        if text.startswith("${{", at) and (close := text.find("}}", at, end)) >= 0:
            at = close + 2
            continue
        if char == "\\" and quote != "'":
            at += 2
            continue
        if not quote and char in " \t\r\n;|&)":
            break
        if quote == '"' and text.startswith("$(", at):
            depth += 1
        elif depth and char == ")":
            depth -= 1
        elif char == quote and not depth:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        at += 1
    return min(at, end)
