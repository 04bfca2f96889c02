"""The conditions of a module, each with a probe that notes whether it was true and whether it was false.

A condition that all tests leave true (or false) is a mutant that none of them can notice: code that nothing
needs, or a case without a test. `bench/mutation.py --conditions` lists them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple


class Condition(NamedTuple):
    """A test of `if`, `while` or a comprehension, or an operand of `and`, `or` and `not`. line: 1-based."""

    path: str
    line: int
    text: str


def with_probes(source: bytes, path: str, known: list[Condition]) -> bytes:
    """A module that calls `_condition(NUMBER, VALUE)` for each condition in its functions, on the same lines.

    The conditions are added to `known`: their numbers are their places there.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    inserted: list[tuple[int, int, bytes]] = []
    for node in _conditions(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        # At one offset, what ends there comes first; of those that start there the longest.
        inserted.append((start, 1 + len(source) - end, b"_condition(%d, (" % len(known)))
        inserted.append((end, 0, b"))"))
        known.append(Condition(path, node.lineno, ast.unparse(node)))
    made, last = [], 0
    for offset, _, text in sorted(inserted):
        made += [source[last:offset], text]
        last = offset
    return b"".join([*made, source[last:]])


def _conditions(tree: ast.AST) -> Iterator[ast.expr]:
    """Each condition once; without those of f-strings, whose places Python gives from 3.12 on."""
    found: dict[int, ast.expr] = {}
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in function.body:
                found |= {id(each): each for each in _inside(statement) if not isinstance(each, ast.Constant)}
    yield from found.values()


def _inside(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield node.test
    elif isinstance(node, ast.comprehension):
        yield from node.ifs
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _inside(child)
