"""The mutants of a module: small faults in its syntax tree, one at a time.

Comparisons, `and` and `or`, `not`, conditions, arithmetic, constants, returned values, and statements left
out. Left alone: words for people, annotations, docstrings, f-strings, and a rule's examples, which are its
tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

_COMPARE = {ast.Eq: ast.NotEq, ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.Is: ast.IsNot, ast.In: ast.NotIn}
_COMPARE |= {new: old for old, new in _COMPARE.items()}
_ARITHMETIC = {ast.Add: ast.Sub, ast.Mult: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.RShift: ast.LShift}
_ARITHMETIC |= {new: old for old, new in _ARITHMETIC.items()}
_PROSE = re.compile(r"[A-Za-z,.;:)`] [A-Za-z(`]")  # words for people: what they say is no test's business
_SKIPPED = {"annotation", "returns", "bad", "good"}  # a rule's examples are its tests


class Mutant(NamedTuple):
    """`setattr(parent, field, new)`, or of the field's list the item at `index`, makes it."""

    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST
    line: int
    what: str

    def apply(self) -> None:
        """Change the tree in place."""
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.index] = self.new


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    stack: list[ast.AST] = [tree]
    while stack:
        parent = stack.pop()
        if isinstance(parent, ast.JoinedStr) or _is_example(parent):
            continue
        children: list[ast.AST] = []
        for field, value in ast.iter_fields(parent):
            items = value if isinstance(value, list) else [value]
            for number, node in enumerate(items):
                if isinstance(node, ast.AST) and field not in _SKIPPED:
                    at = number if isinstance(value, list) else None
                    for new, what in _changes(node, parent, field):
                        ast.fix_missing_locations(ast.copy_location(new, node))
                        yield Mutant(parent, field, at, new, getattr(node, "lineno", 0), what)
                    children.append(node)
        stack.extend(reversed(children))


def _is_example(node: ast.AST) -> bool:
    """Whether it is a rule's example or a guard for type checkers."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        names = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(name, ast.Name) and name.id in _SKIPPED for name in names)
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[tuple[ast.AST, str]]:
    """What may stand in a node's place, and in words how it differs."""
    text = ast.unparse(node)
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            ops = [*node.ops[:number], _COMPARE[type(operator)](), *node.ops[number + 1 :]]
            made: ast.AST = ast.Compare(node.left, ops, node.comparators)
            yield made, f"{text} -> {ast.unparse(made)}"
    elif isinstance(node, ast.BoolOp):
        made = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield made, f"{text} -> {ast.unparse(made)}"
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC and not _is_text(node):
        made = ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
        yield made, f"{text} -> {ast.unparse(made)}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand, f"{text} -> {ast.unparse(node.operand)}"
    elif isinstance(node, ast.Constant):
        yield from _constants(node, parent)
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None)), f"{text} -> return None"
    elif isinstance(node, (ast.AugAssign, ast.Raise, ast.Continue, ast.Break)) or (
        isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ):
        yield ast.Pass(), f"{text} -> pass"
    plain = isinstance(node, (ast.Compare, ast.UnaryOp, ast.Constant))
    if (field == "test" or (field == "ifs" and isinstance(parent, ast.comprehension))) and not plain:
        assert isinstance(node, ast.expr)
        yield ast.UnaryOp(ast.Not(), node), f"{text} -> not ({text})"


def _constants(node: ast.Constant, parent: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    value, new = node.value, None
    if isinstance(parent, ast.Expr):  # a docstring
        return
    if isinstance(value, bool):
        new = ast.Constant(not value)
    elif isinstance(value, int):
        new = ast.Constant(value + 1)
    elif isinstance(value, str) and not _PROSE.search(value):
        new = ast.Constant(value + "~")
    elif isinstance(value, bytes):
        new = ast.Constant(value + b"~")
    if new is not None:
        yield new, f"{value!r} -> {new.value!r}"


def _is_text(node: ast.BinOp) -> bool:
    """Whether it plainly joins strings; `-` there fails at once and tells nothing."""
    sides = (node.left, node.right)
    return any(isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str))
               or (isinstance(s, ast.BinOp) and _is_text(s)) for s in sides)  # fmt: skip
