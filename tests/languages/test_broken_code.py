"""Code that does not parse, as while it is typed: the parsers find what there is, within the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from palint.languages import go, hcl, java, javascript
from palint.languages.toml import KeyLocator
from palint.languages.treesitter import Tree
from palint.text.source import SourceFile

PIECES = {
    "a.go": (
        go, ["package a\n", "const ", "var ", "a", "b", " := ", " = ", ", ", '"k"', "`k`", "nil", "T{", "}",
             "A: ", "aws.String(", ")", 'os.Getenv("A")', "func f(", "a string) {", "\n"],
    ),
    "A.java": (
        java, ["class A {", "}", "String ", "a", "b", " = ", ";", '"k"', '"""k"""', "null", "void f(", ") {",
               'System.getenv("A")', "final ", ", ", "\n"],
    ),
    "a.ts": (
        javascript, ["const ", "a", "b", " = ", ";", "'k'", "`k${", "}", "`", " || ", " ?? ", " + ", " ? ",
                     ": ", "process.env.A", "{", "[", "]", "(", ")", " as A", "!", "null", "new ", "=> "],
    ),
    "a.tf": (
        hcl, ['resource "a" "b" {', "b {", "}", "a", "b", " = ", '"k"', '"${', "null", "coalesce(", ")",
              " ? ", " : ", "<<E\n", "\nE\n", "<<-E\n", "[", "]", "{", ", ", "\n", "jsonencode("],
    ),
}  # fmt: skip


def nodes(tree: Tree) -> Iterable[Any]:
    stack: list[Any] = [tree.root]
    while stack:
        node = stack.pop()
        yield node
        stack += node.named_children


def look(module: Any, tree: Tree) -> None:
    """Ask for everything about each node."""
    for node in nodes(tree):
        for value in module.values(tree, node):
            assert 0 <= value.start <= value.end <= len(tree.text), value
        if module is go:
            assert all(tree.source(each) in tree.text for each in go.fields(tree, node).values())
        elif module is javascript:
            assert javascript.key(tree, node) in tree.text and javascript.callee(tree, node) in tree.text
            assert all(javascript.member_value(each) for each in javascript.members(tree, node).values())
        elif module is hcl:
            assert hcl.call(tree, node) in tree.text and hcl.attributes(tree, node) is not None
            for block in hcl.blocks(tree, node):
                start, end = block.header
                assert start <= end <= len(tree.text) and block.kind in tree.text


@pytest.mark.parametrize("path", PIECES)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_values_are_within_the_text(path: str, data: st.DataObject) -> None:
    module, pieces = PIECES[path]
    parse: Callable[[SourceFile], Tree] = module.parse
    text = "".join(data.draw(st.lists(st.sampled_from(pieces), max_size=14)))
    look(module, parse(SourceFile(path, text.encode())))


@example(["a", "=", "[", "b"])
@example(["["])
@given(st.lists(st.sampled_from([*"ab.=[]{}\"'#\n,\\u0", '"""', "'''", "[[", "]]"]), max_size=16))
def test_a_text_that_is_not_toml_has_lines_all_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert 1 <= KeyLocator(text).line(("a", "b")) <= 1 + text.count("\n")
