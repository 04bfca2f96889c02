"""The arguments of a Python call, the items of dicts among them, and the values that each may have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from palint.languages.python_scopes import Scope, dict_items
from palint.util.named_tuple import NamedTuple


class Argument(NamedTuple):
    """One argument: its parameter's name, its value, and the node that holds both.

    place: its index among the call's arguments, in text order. items: the number of items in the dict that
    it came from; 1 for a plain argument, 0 if it cannot be removed.
    """

    name: str
    value: ast.expr
    node: ast.AST
    place: int = 0
    items: int = 1


def arguments(call: ast.Call, scope: Scope) -> Iterator[Argument]:
    """Yield a call's arguments. A positional one is named by its index; `**` yields its dict's items."""
    nodes: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    starred = False
    for index, node in enumerate(nodes):
        if not isinstance(node, ast.keyword):
            starred = starred or isinstance(node, ast.Starred)
            if not starred:
                yield Argument(str(index), node, node, index)
        elif node.arg is not None:
            yield Argument(node.arg, node.value, node, index)
        else:
            yield from from_dict(node, node.value, index, scope)


def from_dict(node: ast.AST, value: ast.expr, place: int, scope: Scope) -> Iterator[Argument]:
    """Yield the items of a dict that is an argument. Only a dict written in the call is known completely."""
    items = list(dict_entries(value, scope))
    called = value.func if isinstance(value, ast.Call) else None
    written_here = isinstance(value, ast.Dict) or (isinstance(called, ast.Name) and called.id == "dict")
    count = len(items) if written_here else 0
    yield from (Argument(name, item, node, place, count) for name, item in items)


def dict_entries(node: ast.expr, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """Yield the items of a dict: a display, `dict(…)`, a call of a function that returns one, or a name.

    For a name, items that are added to its dict later are included.
    """
    for value in [node, *scope.values(node)]:
        yield from dict_items(value)
        for returned in scope.returned_dicts(value):
            yield from dict_items(returned)
    yield from scope.items_of(node)


def possible_values(node: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    """Yield possible values of an expression: both sides of `or` and `if`, and values assigned to a name."""
    todo: list[tuple[ast.expr, bool]] = [(node, True)]
    while todo:
        node, follow = todo.pop()
        if isinstance(node, ast.BoolOp):
            todo.extend((value, follow) for value in node.values)
        elif isinstance(node, ast.IfExp):
            todo.extend(((node.body, follow), (node.orelse, follow)))
        elif follow and (values := scope.values(node)):
            # A name that is first None and set later has the later value.
            todo.extend((value, False) for value in values)
        else:
            yield node
