"""Python text -> `ast`: offsets in code points, names followed through imports and one assignment."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

TREE_LIMIT = 1 << 20  # code points of a text that is parsed
# Before 3.11 a deep enough chain (`1+1+…`) overflows the C stack while the tree is built
# (python/cpython#95185). A file with fewer of these signs in it cannot hold one that deep.
_DEEPENERS = b"+-*/%@&|^~.([" if sys.version_info < (3, 11) else b""
_DEEPEST = 20_000

_MOST_BINDINGS = 30  # of one name that are followed

# `compile` refuses NUL and lone surrogates; a sign of equal width in UTF-8 keeps every position.
_REFUSED = lazy_re.compile("[\0\ud800-\udfff]")


def parse(file: SourceFile) -> ast.Module:
    """The tree of a file's text, whatever encoding its first lines declare (`text` is decoded already).

    Raises ParseError: a syntax error (Python 2 included), nesting too deep, or more than TREE_LIMIT.
    """
    return tree(file.text)


def tree(text: str) -> ast.Module:
    """The tree of some Python. Raises ParseError."""
    if len(text) > TREE_LIMIT:
        raise ParseError("is larger than 1 MiB, too large to parse as Python")
    if "\0" in text or not text.isascii():
        text = _REFUSED.sub(lambda found: " " if found[0] == "\0" else "\ufffd", text)
    if _DEEPENERS:
        data = text.encode()
        if len(data) - len(data.translate(None, _DEEPENERS)) > _DEEPEST:
            raise ParseError("may be nested too deep to parse as Python")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        # Its message may quote names of the source.
        raise ParseError("is not valid Python 3", error.lineno or 1) from None
    except (ValueError, MemoryError, RecursionError):
        raise ParseError("is nested too deep to parse as Python") from None


def offset(file: SourceFile, line: int, column: int) -> int:
    """The code-point offset of an `ast` position: 1-based line, 0-based column in bytes of UTF-8."""
    starts = file.line_starts
    start = starts[min(line, len(starts)) - 1]
    if not file.text.isascii():
        before = file.text[start : start + column]
        if not before.isascii():
            column = len(before.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))
    return min(start + column, len(file.text))


def offsets(file: SourceFile, node: ast.AST) -> tuple[int, int]:
    """The [start, end) of a node of a file's tree in its text, in code points."""
    start = offset(file, node.lineno, node.col_offset)  # type: ignore[attr-defined]
    return start, max(start, offset(file, node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]


class Binding(NamedTuple):
    """What gives a name its value: `target` is the node that is assigned to, `value` the expression.

    The value is None for a parameter. Of an unpacked, iterated or entered value (`for`, `with`), it is the
    whole.
    """

    target: ast.AST
    value: ast.expr | None


class Scope:
    """The names bound in a function or at module level, and the attributes of the class round it."""

    __slots__ = ("attributes", "items", "names", "outer")

    def __init__(
        self, outer: Scope | None = None, attributes: dict[str, list[Binding]] | None = None
    ) -> None:
        self.names: dict[str, list[Binding]] = {}
        self.items: dict[
            str, list[tuple[str, ast.expr]]
        ] = {}  # `name["key"] = value`, `name.update(key=value)`
        self.outer = outer
        self.attributes = {} if attributes is None else attributes

    def bindings(self, node: ast.expr) -> list[Binding]:
        """What binds a name or `self.name` here, or in the nearest scope outside that does."""
        if isinstance(node, ast.Attribute):
            return self.attributes.get(node.attr, []) if _is_self(node.value) else []
        scope: Scope | None = self if isinstance(node, ast.Name) else None
        while scope is not None:
            if node.id in scope.names:  # type: ignore[attr-defined]
                return scope.names[node.id]  # type: ignore[attr-defined]
            scope = scope.outer
        return []

    def items_of(self, node: ast.expr) -> list[tuple[str, ast.expr]]:
        """What is put into the dict that a name stands for, after it was made, here or in a scope outside."""
        scope: Scope | None = self if isinstance(node, ast.Name) else None
        while scope is not None:
            if node.id in scope.items:  # type: ignore[attr-defined]
                return scope.items[node.id][:_MOST_BINDINGS]  # type: ignore[attr-defined]
            scope = scope.outer
        return []

    def values(self, node: ast.expr) -> list[ast.expr]:
        """The expressions that a name or `self.name` stands for, one step of assignment away; may be none."""
        return [bound.value for bound in self.bindings(node)[:_MOST_BINDINGS] if bound.value is not None]


class Module:
    """A parsed module with its names.

    offsets: the [start, end) of a node in the file's text, in code points. where: what to add to a message
    when the file's line does not say where a node stands, such as " (cell 3, line 2)" of a notebook.
    """

    def __init__(
        self,
        parsed: ast.Module,
        offsets: Callable[[ast.AST], tuple[int, int]],
        where: Callable[[ast.AST], str] = lambda _: "",
    ) -> None:
        self.tree, self.offsets, self.where = parsed, offsets, where
        self.imports: dict[str, str] = {}  # the local name -> what it stands for, dotted
        self.scope = Scope()
        self.calls: list[tuple[ast.Call, Scope]] = []  # in the order of the text
        self.assignments: list[tuple[ast.Assign | ast.AnnAssign, Scope]] = []
        self.dicts: list[tuple[ast.Dict, Scope]] = []
        self._read()

    def dotted(self, node: ast.expr, scope: Scope, follow: bool = True) -> str:
        """What an expression names, through imports and (`follow`) one assignment; "" where it names nothing.

        A call is `()`, any other expression `[]`: after `import boto3 as b; s = b.Session()`, `s.client` is
        `boto3.Session().client`.
        """
        parts: list[str] = []
        while not isinstance(node, ast.Name):
            if isinstance(node, ast.Attribute):
                if (
                    follow
                    and (values := scope.values(node))
                    and (head := self.dotted(values[-1], scope, False))
                ):
                    return "".join([head, *reversed(parts)])
                parts.append("." + node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Await):
                node = node.value
            else:
                return "".join(["[]", *reversed(parts)]) if parts else ""
        bound = scope.bindings(node)
        if bound:
            value = bound[-1].value
            if follow and value is not None and (head := self.dotted(value, scope, False)):
                return "".join([head, *reversed(parts)])
            head = "" if value is None else node.id
        else:
            head = self.imports.get(node.id, node.id)
        return "".join([head or node.id, *reversed(parts)])

    def _read(self) -> None:
        """One walk over the tree, without recursion: it may be thousands of nodes deep."""
        todo: list[tuple[ast.AST, Scope]] = [(self.tree, self.scope)]
        while todo:
            node, scope = todo.pop()
            inner = scope
            kind = type(node)
            if kind is ast.Call:
                self.calls.append((node, scope))  # type: ignore[arg-type]
                _fill(node, scope)  # type: ignore[arg-type]
            elif kind in _SCOPES:
                inner = _inner(node, scope)
            elif kind is ast.Dict:
                self.dicts.append((node, scope))  # type: ignore[arg-type]
            elif kind is ast.Import or kind is ast.ImportFrom:
                self._import(node)  # type: ignore[arg-type]
            elif kind in _BINDING:
                if kind is ast.Assign or kind is ast.AnnAssign:
                    self.assignments.append((node, scope))  # type: ignore[arg-type]
                for target, value in _bound(node):
                    _bind(target, value, scope)
            # Half of the time for a file goes here: what is below, without leaves, the last first.
            fields = vars(node)
            for name in _BELOW[kind]:
                below: Any = fields.get(name)
                if isinstance(below, list):
                    todo += [(item, inner) for item in reversed(below) if type(item) not in _LEAVES]
                elif type(below) not in _LEAVES:
                    todo.append((below, inner))
        for nodes in (self.calls, self.assignments, self.dicts):
            nodes.sort(key=lambda pair: (pair[0].lineno, pair[0].col_offset))

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                origin = "." * node.level + (node.module or "")
                self.imports[alias.asname or alias.name] = f"{origin}.{alias.name}"
            elif alias.asname:
                self.imports[alias.asname] = alias.name
            else:
                top = alias.name.partition(".")[0]
                self.imports[top] = top


def module(file: SourceFile) -> Module:
    """A Python file's tree and names, for `file.view`. Raises ParseError."""
    return Module(file.parsed_with(parse), lambda node: offsets(file, node))


def literal(node: ast.expr | None) -> str | None:
    """The text of a string literal (adjacent ones are one), else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def inside_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """The [start, end) of a string literal's text without its prefix and quotes (in a notebook, `\\"`)."""
    opening = _OPENING.match(text, start, end)
    if opening is None:
        return start, end
    quotes = opening[1]
    closing = end - len(quotes) if text.endswith(quotes, opening.end(), end) else end
    return opening.end(), max(opening.end(), closing)


_OPENING = lazy_re.compile(r"[A-Za-z]{0,2}(\\?(?:\"\"\"|'''|\"|'))")


# What has no children and binds nothing: half of a tree's nodes, and the other things that nodes hold.
_LEAVES = frozenset(
    kind
    for top in (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
    for kind in (top, *top.__subclasses__())
) | {int, str, bytes, bool, float, complex, type(None), type(...)}


class _Below(dict[type, tuple[str, ...]]):
    """The fields of a kind of node that can hold nodes, the last first."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        made = self[kind] = tuple(name for name in reversed(kind._fields) if name not in _NO_NODES)
        return made


_NO_NODES = frozenset({"id", "attr", "arg", "name", "names", "module", "level", "ctx", "op", "ops", "kind",
                       "conversion", "is_async", "simple", "type_comment", "kwd_attrs", "rest"})  # fmt: skip
_BELOW = _Below()


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _parameters(args: ast.arguments) -> Iterator[ast.arg]:
    yield from args.posonlyargs + args.args + args.kwonlyargs
    yield from (arg for arg in (args.vararg, args.kwarg) if arg is not None)


_BINDING = frozenset(
    {ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem}
)


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(target, value) of everything that a node binds."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield node.target, node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr


def _bind(target: ast.expr, value: ast.expr, scope: Scope) -> None:
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


def _fill(call: ast.Call, scope: Scope) -> None:
    """Remember what `name.update(…)` and `name.setdefault(key, value)` put into a dict."""
    func = call.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return
    items: list[tuple[str, ast.expr]] = []
    if func.attr == "update":
        items = [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None]
        for given in call.args:
            items += dict_items(given)
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


_SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})


def _inner(node: ast.AST, scope: Scope) -> Scope:
    """The scope inside a function or class."""
    if isinstance(node, ast.ClassDef):
        inner = Scope(scope, {})
        _bind_class(node, inner)
        return inner
    inner = Scope(scope, scope.attributes)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        for arg in _parameters(node.args):
            inner.names[arg.arg] = [Binding(arg, None)]
    return inner


def _bind_class(node: ast.ClassDef, scope: Scope) -> None:
    """A class's own names are what `self.name` reads."""
    for statement in node.body:
        for target, value in _bound(statement):
            if isinstance(target, ast.Name):
                scope.attributes.setdefault(target.id, []).append(Binding(target, value))
