"""What is assigned to a name, to `self.name`, to a dict's item, and what a function returns."""

from __future__ import annotations

import ast

import pytest

from palint.languages import python
from palint.text.source import SourceFile


def parts(text: str) -> tuple[ast.Call, python.Scope]:
    """The last call of a text, with its scope."""
    return SourceFile("a.py", text.encode()).parsed_with(python.module).calls[-1]


def values(text: str) -> list[str]:
    """The expressions assigned to the argument of the last call."""
    call, scope = parts(text)
    return [ast.unparse(value) for value in scope.values(call.args[0])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\na = 2\nf(a)", ["1", "2"]), ("a: int\nf(a)", []), ("a: int = 1\nf(a)", ["1"]),
        ("a, b = 1, 2\nf(b)", ["2"]), ("a, *b = 1, 2\nf(b)", ["2"]), ("[a, b] = x\nf(b)", ["x"]),
        ("a, b = *x, 2\nf(b)", ["(*x, 2)"]), ("a, b = x, 1, 2\nf(b)", ["(x, 1, 2)"]),
        ("for a in x: f(a)", ["x"]), ("with x as a: f(a)", ["x"]), ("with x: f(a)", []),
        ("[f(a) for a in x]", ["x"]), ("if (a := 1): f(a)", ["1"]),
        ("a = 1\ndef g(b, *c, **a): f(a)", []), ("a = 1\ndef g(b): f(a)", ["1"]),
        ("a = 1\ng = lambda a: f(a)", []), ("class A:\n  b = 1\n  def g(self): f(self.b)", ["1"]),
        ("class A:\n  x.b = c.d = 1\n  def g(self): f(self.b)", []),
        ("class A:\n  def g(self): self.b = 1; o.b = 2; f(self.b)", ["1"]),
        ("class A:\n  def g(self): self.b = 1; f(o.b)", []), ("f(1)", []),
    ],
)  # fmt: skip
def test_the_values_of_a_name(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a['b'] = 1\nf(a)", {"b": "1"}), ("a[b] = 1\nf(a)", {}), ("x.a['b'] = 1\nf(a)", {}),
        ("a.update(b=1, **c)\nf(a)", {"b": "1"}), ("a.update({'b': 1, c: 2, **d})\nf(a)", {"b": "1"}),
        ("a.update(dict(b=1, **c))\nf(a)", {"b": "1"}), ("a.update(x.dict(b=1))\nf(a)", {}),
        ("a.setdefault('b', 1)\nf(a)", {"b": "1"}), ("a.setdefault(b, 1)\nf(a)", {}),
        ("a.setdefault('b')\nf(a)", {}), ("update(b=1)\nf(a)", {}), ("x.a.update(b=1)\nf(a)", {}),
        ("a.pop('b', 1)\nf(a)", {}), ("a['b'] = 1\ndef g(): f(a)", {"b": "1"}), ("f(1)", {}),
    ],
)  # fmt: skip
def test_the_items_of_a_dict(text: str, expected: dict[str, str]) -> None:
    call, scope = parts(text)
    assert {key: ast.unparse(value) for key, value in scope.items_of(call.args[0])} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def g(): return {'a': 1}\nf(g())", ["{'a': 1}"]),
        ("def g():\n  x = {}\n  y.z = 2\n  return x\nf(g())", ["x", "{}"]),
        ("def g(): return\nf(g())", []), ("def h(): return 1\nf(g())", []), ("f(g)", []),
        ("class A:\n  def g(self): return 1\n  def h(self): f(self.g())", ["1"]),
        ("class A:\n  def g(self): return 1\n  def h(self): f(o.g())", []),
        ("def g(): return 1\nf(x()())", []),
    ],
)  # fmt: skip
def test_what_a_function_of_the_module_returns(text: str, expected: list[str]) -> None:
    call, scope = max(
        SourceFile("a.py", text.encode()).parsed_with(python.module).calls,
        key=lambda each: getattr(each[0].func, "id", "") == "f",
    )
    assert [ast.unparse(value) for value in scope.returned_dicts(call.args[0])] == expected
