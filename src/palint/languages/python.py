"""Python text -> `ast`: offsets in code points, names resolved through imports and one assignment."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Sequence

from palint.languages.python_scopes import (
    BINDING,
    SCOPES,
    Scope,
    bind,
    bound,
    inner_scope,
    record_items,
)
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import Any

TREE_LIMIT = 1 << 20  # code points of a text that is parsed
# Before 3.11 a deep enough chain (`1+1+…`) overflows the C stack while the tree is built
# (python/cpython#95185). A file with fewer of these characters cannot contain one that deep.
_DEEPENERS = b"+-*/%@&|^~.([" if sys.version_info < (3, 11) else b""
_MAX_DEPTH = 20_000

# `compile` rejects NUL and lone surrogates; a character of equal width in UTF-8 keeps every position.
_REFUSED = lazy_re.compile("[\0\ud800-\udfff]")


def parse(file: SourceFile) -> ast.Module:
    """The tree of a file's text, whatever encoding its first lines declare (`text` is decoded already).

    Python 2 and templates of Python are read as Python 3 (`python_dialects`). Raises ParseError: a syntax
    error, nesting too deep, or more than TREE_LIMIT.
    """
    return any_dialect(file.text)


def any_dialect(text: str) -> ast.Module:
    """The tree of a text in Python 3, Python 2 or a template of Python. Raises ParseError."""
    try:
        return tree(text)
    except ParseError:
        from palint.languages.python_dialects import as_python_3

        rewritten = as_python_3(text) if len(text) <= TREE_LIMIT else text
        if rewritten == text:
            raise
    return tree(rewritten)


def tree(text: str) -> ast.Module:
    """The tree of a text in Python 3. Raises ParseError."""
    if len(text) > TREE_LIMIT:
        raise ParseError("is larger than 1 MiB, too large to parse as Python", incomplete=True)
    if "\0" in text or not text.isascii():
        text = _REFUSED.sub(lambda match: " " if match[0] == "\0" else "\ufffd", text)
    if _DEEPENERS:
        data = text.encode()
        if len(data) - len(data.translate(None, _DEEPENERS)) > _MAX_DEPTH:
            raise ParseError("may be nested too deep to parse as Python", incomplete=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        # Its message may quote names in the source.
        raise ParseError(
            "is not valid Python for the version that runs palint", error.lineno or 1, incomplete=True
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ParseError("is nested too deep to parse as Python", incomplete=True) from None


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


class Module:
    """A parsed module with its names.

    offsets: the [start, end) of a node in the file's text, in code points. where: what to add to a message
    where a file's line is not the place of a node, such as " (cell 3, line 2)" of a notebook. left_out: code
    that is not in the tree, since it is not valid: cells of a notebook.
    """

    def __init__(
        self,
        parsed: ast.Module,
        offsets: Callable[[ast.AST], tuple[int, int]],
        where: Callable[[ast.AST], str] = lambda _: "",
        left_out: Sequence[str] = (),
    ) -> None:
        self.tree, self.offsets, self.where, self.left_out = parsed, offsets, where, left_out
        self.imports: dict[str, str] = {}  # local name -> dotted name
        self.scope = Scope()
        self.calls: list[tuple[ast.Call, Scope]] = []  # in the order of the text
        self.assignments: list[tuple[ast.Assign | ast.AnnAssign, Scope]] = []
        self.dicts: list[tuple[ast.Dict, Scope]] = []
        self._read()

    def dotted(self, node: ast.expr, scope: Scope, follow: bool = True) -> str:
        """The dotted name of an expression, through imports and (`follow`) one assignment; "" if it has none.

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
            elif isinstance(node, ast.Call) and (given := _literal_name(node, "getattr", 1)):
                parts.append("." + given)
                node = node.args[0]
            elif isinstance(node, ast.Call) and (given := _literal_name(node, "__import__", 0)):
                return "".join([given, *reversed(parts)])
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
                record_items(node, scope)  # type: ignore[arg-type]
            elif kind in SCOPES:
                inner = inner_scope(node, scope)  # type: ignore[arg-type]
                if kind is ast.FunctionDef or kind is ast.AsyncFunctionDef:
                    scope.functions.append(node)  # type: ignore[arg-type]
            elif kind is ast.Dict:
                self.dicts.append((node, scope))  # type: ignore[arg-type]
            elif kind is ast.Import or kind is ast.ImportFrom:
                self._import(node)  # type: ignore[arg-type]
            elif kind in BINDING:
                if kind is ast.Assign or kind is ast.AnnAssign:
                    self.assignments.append((node, scope))  # type: ignore[arg-type]
                for target, value in bound(node):
                    bind(target, value, scope)
            # Half of a file's time is spent here: the child nodes except leaves, the last first.
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
    """A Python file's tree and names, for `file.parsed_with`. Raises ParseError."""
    return Module(file.parsed_with(parse), lambda node: offsets(file, node))


def inside_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """The [start, end) of a string literal's text without its prefix and quotes (in a notebook, `\\"`)."""
    opening = _OPENING.match(text, start, end)
    if opening is None:
        return start, end
    quotes = opening[1]
    closing = end - len(quotes) if text.endswith(quotes, opening.end(), end) else end
    return opening.end(), max(opening.end(), closing)


_OPENING = lazy_re.compile(r"[A-Za-z]{0,2}(\\?(?:\"\"\"|'''|\"|'))")


# Nodes without children and bindings: half of a tree's nodes, and the other values in nodes.
_LEAVES = frozenset(
    kind
    for top in (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
    for kind in (top, *top.__subclasses__())
) | {int, str, bytes, bool, float, complex, type(None), type(...)}


class _Below(dict[type, tuple[str, ...]]):
    """The fields of a node type that can contain nodes, the last first."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        made = self[kind] = tuple(name for name in reversed(kind._fields) if name not in _NO_NODES)
        return made


_NO_NODES = frozenset({"id", "attr", "arg", "name", "names", "module", "level", "ctx", "op", "ops", "kind",
                       "conversion", "is_async", "simple", "type_comment", "kwd_attrs", "rest"})  # fmt: skip
_BELOW = _Below()


def _literal_name(call: ast.Call, function: str, position: int) -> str:
    """The name that `getattr(x, "name")` or `__import__("name")` gives as a literal; "" for other calls."""
    if not (isinstance(call.func, ast.Name) and call.func.id == function and len(call.args) > position):
        return ""
    argument = call.args[position]
    given = argument.value if isinstance(argument, ast.Constant) else None
    return given if isinstance(given, str) and given.isidentifier() else ""
