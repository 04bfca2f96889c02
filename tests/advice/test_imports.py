"""Advice is in one home, and imported only when there is a finding."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

RULES = sorted((Path(__file__).parents[2] / "rules").glob("*.py"))


def _top_level(tree: ast.Module) -> set[str]:
    return {
        f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_imports_advice_when_it_has_found_something(path: Path) -> None:
    imported = _top_level(ast.parse(path.read_text("utf-8")))
    assert not [name for name in imported if name.startswith("palint.advice")]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_contains_no_fix_text(path: Path) -> None:
    """What `violation` gets as `fix_hint` is made by `palint.advice`: no string, and no f-string."""
    tree = ast.parse(path.read_text("utf-8"))
    given = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in ("fix_hint", "follow_up")
    ]
    assert given or path.stem == "__init__"
    texts = [part for value in given for part in ast.walk(value) if isinstance(part, ast.JoinedStr)]
    texts += [v for v in given if isinstance(v, ast.Constant)]
    assert not [ast.unparse(text) for text in texts if len(ast.unparse(text)) > 20]
