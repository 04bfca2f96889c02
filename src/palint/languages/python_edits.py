"""Edits of Python source through libcst, which is slow to import and to run: only for a finding that is
mended."""

from __future__ import annotations

import re

from palint.lazy import pattern

# libcst dies of a signal on deep nesting and is quadratic in long chains; a call within these bounds is safe.
_LONGEST = 10_000  # code points
_BRACKETS = 150
_OPERATORS = 400


def without_arguments(call: str, indices: set[int]) -> list[tuple[int, int]]:
    """The stretches [start, end) to delete from the source of a call, so that it loses some arguments.

    indices: which arguments, 0-based in the order of the source. Commas and comments on the lines of a
    removed argument go with it. An empty list where the call is too large, or libcst reads it otherwise
    than it stands.
    """
    if len(call) > _LONGEST or len(re.findall(r"[(\[{]", call)) > _BRACKETS:
        return []
    if len(re.findall(r"[-+*/%@&|^~.<>]|\b(?:not|and|or|if|lambda|await)\b", call)) > _OPERATORS:
        return []
    arguments = _arguments(call)
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
    """(start, end, end of the comma behind it or else the same) of each argument of a call."""
    import libcst as cst

    newline = "\r\n" if "\r\n" in call else "\r" if "\r" in call else "\n"
    try:
        node = cst.parse_expression(call)
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return []
    module = cst.Module([], default_newline=newline)
    if not isinstance(node, cst.Call) or module.code_for_node(node) != call:
        return []
    at = len(call) - 1 - sum(len(module.code_for_node(arg)) for arg in node.args)
    found = []
    for arg in node.args:
        bare = arg.with_changes(
            comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace("")
        )
        end = comma = at + len(module.code_for_node(bare))
        if isinstance(arg.comma, cst.Comma):
            comma = end + len(
                module.code_for_node(arg.comma.with_changes(whitespace_after=cst.SimpleWhitespace("")))
            )
        found.append((at, end, comma))
        at += len(module.code_for_node(arg))
    return found


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


_REST = pattern(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
