"""The mutants of a module: small faults in its text, one at a time.

Comparisons and their limits, `and` and `or`, `any` and `all`, inverted conditions, arithmetic, numbers,
flags, strings, returned values, exceptions that are caught, `break` and `continue`, and statements left out.
Left alone: texts for people, annotations, docstrings, f-strings, and a rule's examples, which are its tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

_NEGATED = {ast.Eq: ast.NotEq, ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Is: ast.IsNot, ast.In: ast.NotIn}
_NEGATED |= {new: old for old, new in _NEGATED.items()}
_LIMIT = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_ARITHMETIC = {ast.Add: ast.Sub, ast.Mult: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.RShift: ast.LShift}
_ARITHMETIC |= {new: old for old, new in _ARITHMETIC.items()}
_OPPOSITES = {"any": "all", "min": "max", "startswith": "endswith", "find": "rfind", "lstrip": "rstrip"}
_OPPOSITES |= {"search": "match", "add": "discard", "extend": "append", "update": "clear"}
_SWAPPED = _OPPOSITES | {
    new: old for old, new in _OPPOSITES.items() if new not in ("append", "clear", "match")
}
_PROSE = re.compile(r"[A-Za-z,.;:)`] [A-Za-z(`]")  # texts for people: their words are not a test's business
_EXAMPLES = {"bad", "good"}
_SKIPPED = {"annotation", "returns", *_EXAMPLES}


class Mutant(NamedTuple):
    """Bytes `start` to `end` of the module are replaced by `new`.

    line: 1-based. function: the line of the innermost `def` around it, 0 outside all functions; a decorator
    is part of its function.
    """

    start: int
    end: int
    new: bytes
    line: int
    function: int
    kind: str
    what: str


def mutants(source: bytes) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    stack: list[tuple[ast.AST, int]] = [(ast.parse(source), 0)]
    while stack:
        parent, function = stack.pop()
        if isinstance(parent, ast.JoinedStr) or _is_left_alone(parent):
            continue
        children: list[tuple[ast.AST, int]] = []
        for field, value in ast.iter_fields(parent):
            for node in value if isinstance(value, list) else [value]:
                if not isinstance(node, ast.AST) or field in _SKIPPED:
                    continue
                if isinstance(node, (ast.expr, ast.stmt)):
                    start = starts[node.lineno - 1] + node.col_offset
                    end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
                    for new, kind in _changes(node, parent, field):
                        text = ast.unparse(new)
                        what = f"{ast.unparse(node)} -> {text}"
                        made = f"({text})" if isinstance(new, ast.expr) else text
                        yield Mutant(start, end, made.encode(), node.lineno, function, kind, what)
                children.append((node, node.lineno if _is_function(node) else function))
        stack.extend(reversed(children))


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _is_left_alone(node: ast.AST) -> bool:
    """Whether it is a rule's examples, a guard for type checkers or a check that cannot fail."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        names = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(n, ast.Name) and n.id in (*_EXAMPLES, "TYPE_CHECKING") for n in names)
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )


def _changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[tuple[ast.AST, str]]:
    """What may replace a node, with the kind of the change."""
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            for table in (_NEGATED, _LIMIT):
                if type(operator) in table:
                    ops = [*node.ops[:number], table[type(operator)](), *node.ops[number + 1 :]]
                    yield ast.Compare(node.left, ops, node.comparators), "comparison"
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values), "logic"
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC and not _is_text(node):
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right), "arithmetic"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand, "logic"
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Constant) and not isinstance(parent, ast.Expr):  # that would be a docstring
        yield from _constants(node.value)
    elif isinstance(node, ast.stmt):
        yield from _statements(node)
    if isinstance(parent, ast.ExceptHandler) and field == "type":
        caught = node.elts if isinstance(node, ast.Tuple) else []
        for left_out in caught or [node]:
            yield ast.Tuple([each for each in caught if each is not left_out], ast.Load()), "exception"
    plain = isinstance(node, (ast.Compare, ast.UnaryOp, ast.Constant))
    condition = field == "test" or (field == "ifs" and isinstance(parent, ast.comprehension))
    if condition and not plain and isinstance(node, ast.expr):
        yield ast.UnaryOp(ast.Not(), node), "condition"


def _calls(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in ("any", "all", "min", "max"):
        swapped: ast.expr = ast.Name(_SWAPPED[function.id], ast.Load())
    elif isinstance(function, ast.Attribute) and function.attr in _SWAPPED:
        swapped = ast.Attribute(function.value, _SWAPPED[function.attr], ast.Load())
    else:
        return
    yield ast.Call(swapped, node.args, node.keywords), "call"


def _statements(node: ast.stmt) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None)), "return"
    elif isinstance(node, (ast.Continue, ast.Break)):
        yield ast.Pass(), "statement"
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break(), "statement"
    elif isinstance(node, ast.Expr):
        if not isinstance(node.value, ast.Constant):
            yield ast.Pass(), "statement"
    elif isinstance(node, (ast.AugAssign, ast.Raise, ast.Delete)) or (
        isinstance(node, ast.Assign) and not isinstance(node.targets[0], (ast.Name, ast.Tuple))
    ):  # `self.x = …` and `found[key] = …`, but not a name's first value: without it nothing would run
        yield ast.Pass(), "statement"


def _constants(value: object) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(value, bool):
        yield ast.Constant(not value), "flag"
    elif isinstance(value, int):
        yield ast.Constant(value + 1), "number"
        yield ast.Constant(value - 1), "number"
    elif isinstance(value, str) and not _PROSE.search(value):
        yield ast.Constant(value + "~" if value else "~"), "text"
    elif isinstance(value, bytes):
        yield ast.Constant(value + b"~"), "text"


def _is_text(node: ast.BinOp) -> bool:
    """Whether it plainly joins strings: `-` would fail at once and show nothing."""
    sides = (node.left, node.right)
    return any(isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str))
               or (isinstance(s, ast.BinOp) and _is_text(s)) for s in sides)  # fmt: skip
