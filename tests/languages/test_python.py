"""`ast` with offsets in code points, names followed, and no input that breaks or prints anything."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import python
from palint.languages.python import Module
from palint.text.source import ParseError, SourceFile


def module(text: str) -> Module:
    return SourceFile("a.py", text.encode("utf-8", "surrogatepass"), encoding="utf-8").parsed_with(
        python.module
    )


def dotted(text: str) -> str:
    """What the last call of a text calls."""
    made = module(text)
    call, scope = made.calls[-1]
    return made.dotted(call.func, scope)


LINES = st.sampled_from(
    [
        "name = other",
        'x = "é\u2028\x0c"; name(other)',
        "# ü\x0b",
        "f'{name}'",
        '"""\r\n\x85"""',
        "\x0cname",
        "",
    ]
)


@given(st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])), max_size=8))
def test_offsets_are_the_text_of_the_node(lines: list[tuple[str, str]]) -> None:
    text = "".join(line + end for line, end in lines)
    file = SourceFile("a.py", text.encode(), encoding="utf-8")
    for node in ast.walk(file.parsed_with(python.parse)):
        if isinstance(node, ast.JoinedStr):
            break  # names in f-strings have no exact position before Python 3.12
        if isinstance(node, ast.Name):
            start, end = python.offsets(file, node)
            assert file.text[start:end] == node.id


def test_a_lone_surrogate_is_read() -> None:
    (statement,) = python.tree("x = 'é\ud800'").body
    assert isinstance(statement, ast.Assign) and ast.unparse(statement.value) == "'é\ufffd'"


def test_a_null_character_keeps_positions() -> None:
    file = SourceFile("a.py", b'x = "\0"; y = 1\nz = 2\n')
    last = file.parsed_with(python.parse).body[-1]
    assert python.offsets(file, last) == (15, 20)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["1"] * 300_000),
        "x = " + "-" * 100_000 + "1",
        "x = " + "[" * 3_000 + "]" * 3_000,
        "if 1: pass\n" + "elif 2: pass\n" * 50_000,
        "x = " + "9" * 100_000,
        "x = 1\n" * 200_000,
        "x = = 1",
        "x = '''",
        "x = 1\\",
    ],
)
def test_unparsable_code_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ParseError):
        module(text)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "text",
    [
        "if 1: pass\n" + "elif 2: pass\n" * 5_000,
        "x = " + "+".join(["1"] * 50_000) + "\n",
        "x = a" + ".b" * 100_000 + "\n",
    ],
)
def test_a_deep_tree_is_read_whole_or_refused(text: str) -> None:
    """Python 3.13 parses the first, 3.14 all three; earlier versions do not."""
    try:
        read = module(f"import boto3\n{text}boto3.client()\n")
    except ParseError as error:
        assert "nested too deep" in error.message and error.incomplete
    else:
        assert [read.dotted(call.func, scope) for call, scope in read.calls] == ["boto3.client"]


def test_a_message_holds_no_source() -> None:
    with pytest.raises(ParseError) as caught:
        module("x = 1\ncorrect horse battery staple")
    assert caught.value.line == 2
    assert "horse" not in caught.value.message


def test_the_checked_code_causes_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    module('x = "\\d"\nassert (1, "x")\nx is 1\n')
    assert not [w for w in recwarn if issubclass(w.category, (DeprecationWarning, SyntaxWarning))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import boto3\nboto3.client()", "boto3.client"),
        ("import boto3.session as s\ns.Session()", "boto3.session.Session"),
        ("from boto3 import client as c\nc()", "boto3.client"),
        ("from . import boto3\nboto3.client()", "..boto3.client"),
        ("import boto3\nmake = boto3.client\nmake()", "boto3.client"),
        ("import boto3\ndef f():\n    s = boto3.Session()\n    s.client()", "boto3.Session().client"),
        ("import a\nclass C:\n    x = a.b\n    def f(self):\n        self.x.y()", "a.b.y"),
        ("import boto3\ndef f(boto3):\n    boto3.client()", "boto3.client"),
        ("f[0].client()", "[].client"),
        ("async def f():\n    (await g).h()", "g.h"),
        ("x = x.y\nx.z()", "x.y.z"),
    ],
)
def test_dotted(text: str, name: str) -> None:
    assert dotted(text) == name


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("K = 'a'\nf(K)", ["'a'"]),
        ("K = 'a'\ndef g(K):\n    f(K)", []),
        ("K = None\nK = 'b'\nf(K)", ["None", "'b'"]),
        ("a, b = 'x', 'y'\nf(b)", ["'y'"]),
        ("a, *b = g\nf(b)", ["g"]),
        ("with g() as h:\n    f(h)", ["g()"]),
        ("for h in g:\n    f(h)", ["g"]),
        ("if (h := g):\n    f(h)", ["g"]),
        ("class C:\n    def s(self):\n        self.k = 'v'\n    def t(self):\n        f(self.k)", ["'v'"]),
    ],
)
def test_names_are_followed_one_step(text: str, values: list[str]) -> None:
    made = module(text)
    call, scope = next((c, s) for c, s in made.calls if isinstance(c.func, ast.Name) and c.func.id == "f")
    assert [ast.unparse(value) for value in scope.values(call.args[0])] == values


@pytest.mark.parametrize("text", ["'key'", '"key"', "'''key'''", 'r"key"', "Rb'key'", "'key", "key"])
def test_inside_quotes(text: str) -> None:
    start, end = python.inside_quotes(text, 0, len(text))
    assert text[start:end] == "key"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("getattr(boto3, 'client')()", "boto3.client"),
        ("__import__('boto3').client()", "boto3.client"),
        ("getattr(__import__('dotenv'), 'load_dotenv')()", "dotenv.load_dotenv"),
        ("getattr(boto3, name)()", "getattr()"),
        ("getattr(boto3)('client')", "getattr()"),
        ("class A:\n  b = 1\n  def f(self): self.b.c()", "self.b.c"),
        ("getattr(boto3, 'not a name')()", "getattr()"),
    ],
)
def test_a_name_that_is_given_as_a_literal(code: str, name: str) -> None:
    made = module(f"import boto3\n{code}\n")
    assert name in {made.dotted(call.func, scope) for call, scope in made.calls}
