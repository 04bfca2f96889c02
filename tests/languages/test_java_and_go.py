"""Java and Go: arguments, and what they may be."""

from __future__ import annotations

import pytest

from palint.languages import calls, go, java, treesitter
from palint.languages.value import Value
from palint.text.source import SourceFile


def first(path: str, text: str) -> Value:
    """What the call of `F` is given first."""
    file = SourceFile(path, text.encode())
    (call,) = calls.calls(file, [text.rindex("F(") + 2])
    (value,) = call.given[0]
    return value


@pytest.mark.parametrize(
    ("argument", "kind", "text"),
    [
        ('"a"', "text", "a"),
        ('"""\n a"""', "text", "\n a"),
        ('System.getenv("A")', "environment", "A"),
        ("null", "nothing", "null"),
        ("KEY", "text", "k"),
        ("LATER", "text", "l"),
        ("given", "other", "given"),
        ("TWICE", "other", "TWICE"),
        ("props.getKey()", "other", "props.getKey()"),
    ],
)
def test_java(argument: str, kind: str, text: str) -> None:
    source = 'class A { static final String KEY = "k"; String TWICE = "x"; { TWICE = "y"; }\n'
    source += 'String LATER; { LATER = "l"; } String COPY = KEY, OTHER; { OTHER = KEY; }\n'
    source += f"void f(String given) {{ new F({argument}); }} }}"
    value = first("A.java", source)
    assert (value.kind, value.text) == (kind, text)
    if kind == "text":
        assert source[value.start : value.end] == text


@pytest.mark.parametrize(
    ("argument", "kind", "text"),
    [
        ('"a"', "text", "a"),
        ("`a`", "text", "a"),
        ('os.Getenv("A")', "environment", "A"),
        ('aws.String("a")', "text", "a"),
        ('jsii.String("a")', "text", "a"),
        ('aws.String("a", "b")', "other", 'aws.String("a", "b")'),
        ("one", "other", "one"),
        ("empty", "other", "empty"),
        ("nil", "nothing", "nil"),
        ("key", "text", "k"),
        ("short", "text", "s"),
        ("given", "other", "given"),
        ("left", "other", "left"),
        ("twice", "other", "twice"),
    ],
)
def test_go(argument: str, kind: str, text: str) -> None:
    source = 'package a\nconst key = "k"\nvar twice = "x"\nvar empty string\nconst one, two = "1", "2"\n'
    source += "func f(given string) {\n_ = key\n"
    source += f'short := "s"\nleft, right := "l", "r"\ntwice = "y"\nF({argument})\n}}\n'
    value = first("a.go", source)
    assert (value.kind, value.text) == (kind, text)
    if kind == "text":
        assert source[value.start : value.end] == text


def test_fields_of_a_composite_literal() -> None:
    text = 'package a\nvar c = aws.Credentials{AccessKeyID: "a", SecretAccessKey: b}\n'
    tree = go.parse(SourceFile("a.go", text.encode()))
    literal = next(n for n in tree.path(text.index("aws.")) if n.type == "composite_literal")
    assert {k: tree.source(v) for k, v in go.fields(tree, literal).items()} == {
        "AccessKeyID": '"a"',
        "SecretAccessKey": "b",
    }


def test_a_constant_of_java_is_known_outside_of_methods() -> None:
    assert first("A.java", 'class A { String a = "k", c = null; B b = F(a); }').text == "k"
    assert first("A.java", "class A { String a = null; B b = F(a); }").kind == "other"
    assert first("A.java", 'class A { void a(String b) { c(a); b = "k"; F(b); } }').text == "b"


def test_comments_are_no_arguments() -> None:
    text = "class A { int a = f(/* x */ 1, // y\n 2); }"
    tree = java.parse(SourceFile("A.java", text.encode()))
    call = next(n for n in tree.path(text.index("f(")) if n.type == "method_invocation")
    assert [tree.source(n) for n in treesitter.arguments(call)] == ["1", "2"]


def test_the_fields_of_a_literal_in_go() -> None:
    text = 'package a\nvar x = T{A: /* c */ "k", B: U{C: 1}, "loose"}\n'
    tree = SourceFile("a.go", text.encode()).parsed_with(go.parse)
    literal = next(node for node in tree.path(text.index("T{") + 1) if node.type == "composite_literal")
    found = go.fields(tree, literal)
    assert {name: node.type for name, node in found.items()} == {
        "A": "interpreted_string_literal",
        "B": "composite_literal",
    }
