"""A docstring's list of fields (`name: …`) names fields or parameters that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT
from tests.grouped import grouped

MODULES = sorted(p for folder in ("src", "rules", "bench", "fuzz") for p in (ROOT / folder).rglob("*.py"))

# `name: text` or `one, other: text` at the start of a line or after a sentence.
_FIELDS = re.compile(r"(?:\A|\n\s*\n|\.\s+)([a-z_][a-z_0-9]*(?:, [a-z_][a-z_0-9]*)*): ")


def described(docstring: str) -> list[str]:
    """The names that a docstring describes, apart from those in backticks."""
    text = re.sub(r"`[^`]*`", lambda m: "`" * len(m[0]), docstring)
    return [name for match in _FIELDS.finditer(text) for name in match[1].split(", ")]


def names_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """The parameters of a function; the fields, methods and constructor's parameters of a class."""
    if not isinstance(node, ast.ClassDef):
        args = node.args
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
        return {arg.arg for arg in every if arg is not None}
    names: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(each.name)
            if each.name == "__init__":
                names |= names_of(each)
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            names.add(each.id)
        elif isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store):
            names.add(each.attr)
    return names


def unknown_names(source: str) -> Iterator[str]:
    """`line: name` of each name that a docstring describes and its class or function does not have."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            known = names_of(node)
            for name in described(ast.get_docstring(node) or ""):
                if name not in known:
                    yield f"{node.lineno} {node.name}: {name}"


@grouped("path", MODULES, key=lambda path: str(path.parent.relative_to(ROOT)))
def test_fields_in_docstrings_exist(path: Path) -> None:
    assert list(unknown_names(path.read_text("utf-8"))) == []


def test_renamed_fields_are_found() -> None:
    source = '''
class Place:
    """A place. path: relative to the root.

    old, end: the range, e.g. of `gone: x`. Whatever
    holds: this continues a sentence; none: so does this.
    """

    path: str
    end: int

def find(text: str) -> None:
    """Find it.

    text: where. at: from where.
    """
'''
    assert list(unknown_names(source)) == ["2 Place: old", "12 find: at"]
