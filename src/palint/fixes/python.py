"""Edits of Python source, by its tokens: comments, blanks and quotes stay as they are."""

from __future__ import annotations

import ast
import tokenize
from io import StringIO

from palint.util import lazy_re

_LONGEST = 10_000  # code points of a call that is mended
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_BLANK = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_LONE_CR = lazy_re.compile(r"\r(?!\n)")  # the tokenizer knows no such line end


def without_arguments(call: str, indices: set[int]) -> list[tuple[int, int]]:
    """The stretches [start, end) to delete from the source of a call, so that it loses some arguments.

    indices: which arguments, 0-based in the order of the source. Commas and comments on the lines of a
    removed argument go with it. An empty list where the call is too large, or no call that Python can read.
    """
    if len(call) > _LONGEST:
        return []
    try:
        arguments = _arguments(call)
    except (SyntaxError, tokenize.TokenError, ValueError, RecursionError, MemoryError):
        return []
    removed = sorted(indices)
    if not removed or removed[-1] >= len(arguments):
        return []
    if len(removed) == len(arguments):
        return [(call.rindex("(", 0, arguments[0][0]) + 1, len(call) - 1)]
    cuts: list[tuple[int, int]] = []
    run: list[int] = []
    for index in removed:
        run.append(index)
        if index + 1 not in indices:
            cuts.append(_cut(call, arguments, run[0], index))
            run = []
    return cuts


def _arguments(call: str) -> list[tuple[int, int, int]]:
    """(start, end, end of the comma behind it or else the same) of each argument of a call.

    Raises SyntaxError, TokenError, ValueError, RecursionError or MemoryError for what Python cannot read.
    """
    node = ast.parse(f"({call}\n)", mode="eval").body
    text = _LONE_CR.sub("\n", call)
    lines = [0]  # where each begins
    while (end := text.find("\n", lines[-1])) >= 0:
        lines.append(end + 1)
    depth, groups = 0, list[list[tuple[int, int, str]]]()
    for token in tokenize.generate_tokens(StringIO(text, newline="").readline):
        if token.type in _BLANK:
            continue
        if token.string in _CLOSING:
            depth -= 1
        start, stop = (lines[row - 1] + column for row, column in (token.start, token.end))
        if depth == 0 and token.string == "(":
            groups.append([])
        elif depth and groups:
            groups[-1].append((start, stop, token.string if depth == 1 else ""))
        if token.string in _OPENING:
            depth += 1
    found = _separated(groups[-1] if groups else [])
    # A comma of a lambda or a comprehension stands at the same depth.
    known = isinstance(node, ast.Call) and len(found) == len(node.args) + len(node.keywords)
    return found if known else []


def _separated(tokens: list[tuple[int, int, str]]) -> list[tuple[int, int, int]]:
    """The stretches between commas: (start, end, end of the comma or else the same)."""
    found: list[tuple[int, int, int]] = []
    first = last = -1
    for start, stop, string in tokens:
        if string == ",":
            found.append((first, last, stop))
            first = -1
            continue
        first, last = (start if first < 0 else first), stop
    return [*found, (first, last, last)] if first >= 0 else found


def _cut(call: str, arguments: list[tuple[int, int, int]], first: int, last: int) -> tuple[int, int]:
    """What to delete for a run of arguments: whole lines where they have lines of their own."""
    start, end = arguments[first][0], arguments[last][2]
    begin = call.rfind("\n", 0, start) + 1
    behind = _REST.match(call, end)
    if begin and not call[begin:start].strip() and behind is not None:
        return begin, behind.end()
    if last + 1 < len(arguments):
        return start, arguments[last + 1][0]
    return arguments[first - 1][1], arguments[last][1]


_REST = lazy_re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
