"""Calls and constructions in Python, JavaScript, TypeScript, Java and Go, in one shape."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from palint.files import languages
from palint.languages import go, java, javascript, python, python_scopes, treesitter
from palint.languages.value import INTERPOLATION, Value, of_source
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple

_NAMES = frozenset(["identifier", "type_identifier", "field_identifier", "property_identifier"])
_CALLS = frozenset(["call_expression", "new_expression", "method_invocation", "object_creation_expression"])


_READERS = {"java": (java.parse, java.values), "go": (go.parse, go.values)}


class Call(NamedTuple):
    """A call or `new`.

    name: the function or class, without `new` and `.Builder`; in Python resolved through imports.
    start, end: of the expression, code points. given: the possible values of each positional argument.
    """

    name: str
    start: int
    end: int
    given: list[list[Value]]


def calls(file: SourceFile, ends: Iterable[int]) -> Iterator[Call]:
    """Yield the calls whose names end at `ends`: offsets right after a name, its bracket or its dot.

    In Python every call of the file, since `ast` has them all. Raises ParseError.
    """
    language = languages.find(file.path).id
    if language == "python":
        module = file.parsed_with(python.module)
        for call, scope in module.calls:
            given = [[python_value(file, module, argument, scope)] for argument in call.args]
            yield Call(module.dotted(call.func, scope), *module.offsets(call), given)
        return
    parse, read = _READERS.get(language, (javascript.parse, javascript.values))
    tree = file.parsed_with(parse)
    for end in ends:
        while tree.text[end - 1] in "(. \t":
            end -= 1
        path = tree.path(end - 1)
        call_node = next((node for node in path[:5] if node.type in _CALLS), None)
        if call_node is not None and path[0].type in _NAMES:
            name = re.sub(r"^new\s+|\s+|\.Builder$", "", tree.text[call_node.start_byte : path[0].end_byte])
            given = [read(tree, argument) for argument in treesitter.arguments(call_node)]
            yield Call(name, call_node.start_byte, call_node.end_byte, given)


def python_value(
    file: SourceFile, module: python.Module, node: ast.expr, scope: python_scopes.Scope
) -> Value:
    """Return the possible values of a Python expression; a name with one binding is resolved once."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        bound = scope.bindings(node)
        if len(bound) == 1 and bound[0].value is not None:
            node = bound[0].value
    start, end = module.offsets(node)
    text = python_scopes.literal(node)
    if text is not None:
        return Value("text", text, *python.inside_quotes(file.text, start, end))
    text = _python_template(node)
    if text is not None:
        inside = (
            python.inside_quotes(file.text, start, end) if isinstance(node, ast.JoinedStr) else (start, end)
        )
        return Value("template" if INTERPOLATION in text else "text", text, *inside)
    source = file.text[start:end]
    called = module.dotted(node.func if isinstance(node, ast.Call) else node, scope, follow=False)
    reads = called in ("os.getenv", "os.environ.get") or source.startswith("os.environ[")
    return of_source(source, start, end, source if reads else "")


def _python_template(node: ast.expr) -> str | None:
    """The text of an f-string, a sum, `"…".format(…)` or `"…" % …`, with interpolations; None for others."""
    if isinstance(node, ast.JoinedStr):
        return "".join(python_scopes.literal(part) or INTERPOLATION for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        text = python_scopes.literal(node.left)
        return None if text is None else re.sub(r"%(\(\w+\))?[sd]", INTERPOLATION, text)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        text = python_scopes.literal(node.func.value)
        return None if text is None else re.sub(r"\{[^{}]*\}", INTERPOLATION, text)
    parts: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts.append(_python_template(node.right) or python_scopes.literal(node.right) or INTERPOLATION)
        node = node.left
    if not parts:
        return None
    parts.append(_python_template(node) or python_scopes.literal(node) or INTERPOLATION)
    return None if all(part == INTERPOLATION for part in parts) else "".join(reversed(parts))
