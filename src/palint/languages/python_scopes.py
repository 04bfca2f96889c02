"""Names in Python: what is assigned to each, by scope, and the items of dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from palint.util.typing import NamedTuple

_MAX_BINDINGS = 30  # maximum number of one name that are resolved


def literal(node: ast.AST | None) -> str | None:
    """The text of a string literal (adjacent ones are one), else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class Binding(NamedTuple):
    """An assignment to a name. target: the assigned node. value: the expression.

    The value is None for a parameter; for unpacking, `for` and `with` it is the whole expression.
    """

    target: ast.AST
    value: ast.expr | None


class Scope:
    """The names bound in a function or at module level, and the attributes of the class around it."""

    __slots__ = ("attributes", "functions", "items", "names", "outer")

    def __init__(
        self, outer: Scope | None = None, attributes: dict[str, list[Binding]] | None = None
    ) -> None:
        self.names: dict[str, list[Binding]] = {}
        self.items: dict[
            str, list[tuple[str, ast.expr]]
        ] = {}  # `name["key"] = value`, `name.update(key=value)`
        self.outer = outer
        # All functions of the module; all scopes share this list.
        self.functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = outer.functions if outer else []
        self.attributes = {} if attributes is None else attributes

    def bindings(self, node: ast.expr) -> list[Binding]:
        """The assignments to a name or `self.name`, in this scope or the nearest outer one that has any."""
        if isinstance(node, ast.Attribute):
            return self.attributes.get(node.attr, []) if _is_self(node.value) else []
        scope: Scope | None = self if isinstance(node, ast.Name) else None
        while scope is not None:
            if node.id in scope.names:  # type: ignore[attr-defined]
                return scope.names[node.id]  # type: ignore[attr-defined]
            scope = scope.outer
        return []

    def items_of(self, node: ast.expr) -> list[tuple[str, ast.expr]]:
        """Items added to a name's dict after its creation, in this or an outer scope."""
        scope: Scope | None = self if isinstance(node, ast.Name) else None
        while scope is not None:
            if node.id in scope.items:  # type: ignore[attr-defined]
                return scope.items[node.id][:_MAX_BINDINGS]  # type: ignore[attr-defined]
            scope = scope.outer
        return []

    def values(self, node: ast.expr) -> list[ast.expr]:
        """The expressions assigned to a name or `self.name`, if any."""
        return [bound.value for bound in self.bindings(node)[:_MAX_BINDINGS] if bound.value is not None]

    def returned_dicts(self, call: ast.expr) -> Iterator[ast.expr]:
        """Yield the dicts that a function of this module returns, if `call` calls it by name or on self."""
        func = call.func if isinstance(call, ast.Call) else None
        name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
        if not name or (isinstance(func, ast.Attribute) and not _is_self(func.value)):
            return
        for function in self.functions:
            if function.name == name:
                yield from _returned_dicts(function)


def _returned_dicts(function: ast.AST) -> Iterator[ast.expr]:
    assigned: dict[str, list[ast.expr]] = {}
    returned: list[ast.expr] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            returned.append(node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for value in returned:
        yield value
        if isinstance(value, ast.Name):
            yield from assigned.get(value.id, [])


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _parameters(args: ast.arguments) -> Iterator[ast.arg]:
    yield from args.posonlyargs + args.args + args.kwonlyargs
    yield from (arg for arg in (args.vararg, args.kwarg) if arg is not None)


BINDING = frozenset(
    {ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem}
)


def bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield (target, value) for each assignment that a node makes."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield node.target, node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr


def bind(target: ast.expr, value: ast.expr, scope: Scope) -> None:
    todo = [(target, value)]
    while todo:
        target, value = todo.pop()
        if isinstance(target, ast.Name):
            scope.names.setdefault(target.id, []).append(Binding(target, value))
        elif isinstance(target, ast.Attribute) and _is_self(target.value):
            scope.attributes.setdefault(target.attr, []).append(Binding(target, value))
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            if (key := literal(target.slice)) is not None:
                scope.items.setdefault(target.value.id, []).append((key, value))
        elif isinstance(target, ast.Starred):
            todo.append((target.value, value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            if len(parts) != len(target.elts) or any(isinstance(part, ast.Starred) for part in parts):
                parts = [value] * len(target.elts)
            todo.extend(zip(target.elts, parts, strict=True))


def record_items(call: ast.Call, scope: Scope) -> None:
    """Record the items that `name.update(…)` and `name.setdefault(key, value)` add to a dict."""
    func = call.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return
    items: list[tuple[str, ast.expr]] = []
    if func.attr == "update":
        items = [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None]
        for argument in call.args:
            items += dict_items(argument)
    elif func.attr == "setdefault" and len(call.args) == 2 and (key := literal(call.args[0])) is not None:
        items = [(key, call.args[1])]
    if items:
        scope.items.setdefault(func.value.id, []).extend(items)


def dict_items(node: ast.expr) -> list[tuple[str, ast.expr]]:
    """The items of a dict display, or of a `dict(…)` call, whose keys are literals."""
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [(name, value) for key, value in pairs if (name := literal(key)) is not None]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg is not None]
    return []


SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})


def inner_scope(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
) -> Scope:
    """The scope inside a function or class."""
    if isinstance(node, ast.ClassDef):
        inner = Scope(scope, {})
        _bind_class(node, inner)
        return inner
    inner = Scope(scope, scope.attributes)
    for arg in _parameters(node.args):
        inner.names[arg.arg] = [Binding(arg, None)]
    return inner


def _bind_class(node: ast.ClassDef, scope: Scope) -> None:
    """Bind a class's own names as attributes of `self`."""
    for statement in node.body:
        for target, value in bound(statement):
            if isinstance(target, ast.Name):
                scope.attributes.setdefault(target.id, []).append(Binding(target, value))
