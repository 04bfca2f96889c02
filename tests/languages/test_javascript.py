"""JavaScript: what an expression may be, and what a member is called."""

from __future__ import annotations

import pytest

from palint.languages import javascript
from palint.languages.value import INTERPOLATION
from palint.text.source import SourceFile


def values(expression: str, before: str = "", path: str = "a.ts") -> list[tuple[str, str]]:
    """(kind, text) of what `f({k: expression})` is given."""
    text = f"{before}f({{ k: {expression} }});"
    tree = javascript.parse(SourceFile(path, text.encode()))
    pair = tree.path(text.rindex("k: "))[1]
    found = javascript.values(tree, javascript.member_value(pair))
    for value in found:
        if value.kind == "text" and "+" not in expression:
            assert text[value.start : value.end] == value.text
    return [(value.kind, value.text) for value in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a'", [("text", "a")]),
        ("`a`", [("text", "a")]),
        ("`a/${b}`", [("template", f"a/{INTERPOLATION}")]),
        ("'a/' + b + '/c'", [("template", f"a/{INTERPOLATION}/c")]),
        ("'a' + 'b'", [("text", "ab")]),
        ("process.env.A", [("environment", "A")]),
        ("process.env.A!", [("environment", "A")]),
        ("process.env['A'] as string", [("environment", "A")]),
        ("import.meta.env.A", [("environment", "A")]),
        ('Deno.env.get("A")', [("environment", "A")]),
        ("process.env.A || 'b'", [("environment", "A"), ("text", "b")]),
        ("process.env.A ?? ('b')", [("environment", "A"), ("text", "b")]),
        ("x ? 'a' : 'b'", [("text", "a"), ("text", "b")]),
        ("undefined", [("nothing", "undefined")]),
        ("null", [("nothing", "null")]),
        ("(/* b */ 'a')", [("text", "a")]),
        ("a - 'b'", [("other", "a - 'b'")]),
        ("a - 'b' + 'c'", [("template", f"{INTERPOLATION}c")]),
        ("config.key", [("other", "config.key")]),
        ("", [("other", "k: ")]),
    ],
)
def test_values(expression: str, expected: list[tuple[str, str]]) -> None:
    if expression:
        assert values(expression) == expected


def test_a_constant_is_followed_once() -> None:
    assert values("A", "const A = 'x'; ") == [("text", "x")]
    assert values("A", "const A: string = process.env.X!; ") == [("environment", "X")]
    assert values("B", "const A = 'x'; const B = A; ") == [("other", "A")]


@pytest.mark.parametrize(
    "before",
    [
        "let A = 'x'; A = g(); ",
        "const A = 'x'; function h(A: string) { } ",
        "const A = 'x'; { const A = 'y'; } ",
        "import { A } from 'x'; ",
        "const { A } = g(); ",
        "let A; ",
    ],
)
def test_a_name_with_another_binding_is_not_followed(before: str) -> None:
    assert values("A", before) == [("other", "A")]


def test_a_name_in_a_string_or_comment_is_no_binding() -> None:
    assert values("A", "/* A = 1 */ g('A = 2'); const A = 'x'; ") == [("text", "x")]


def test_members_have_one_name_however_they_are_written() -> None:
    text = "f({ a: 1, 'b': 2, [/* x */ \"c\"]: 3, [d]: 4, e, ...g })"
    tree = javascript.parse(SourceFile("a.js", text.encode()))
    obj = tree.path(text.index("a:"))[2]
    assert list(javascript.members(tree, obj)) == ["a", "b", "c", "", "e"]


def test_many_alternatives_are_bounded() -> None:
    assert len(values(" || ".join("abcdefghijklmnopqrstuvwxyz"))) == 16


@pytest.mark.parametrize("path", ["a.js", "a.jsx", "a.mjs", "a.cjs", "a.ts", "a.tsx", "a.mts", "a.cts"])
def test_every_suffix(path: str) -> None:
    assert values("'x'", path=path) == [("text", "x")]


def test_types_need_typescript_and_elements_need_their_suffix() -> None:
    def has_error(path: str, text: str) -> bool:
        return javascript.parse(SourceFile(path, text.encode())).root.has_error

    assert not has_error("a.ts", "const a = <T>b; const c: string = d as string;")
    assert not has_error("a.tsx", "const a: X = <A b={c}>d</A>;")
    assert not has_error("a.js", "const a = <A b={c}>d</A>;")
