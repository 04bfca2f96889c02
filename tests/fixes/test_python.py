"""Arguments leave a call with their commas, and nothing else changes."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.fixes.python import without_arguments


def cut(call: str, indices: set[int]) -> str:
    for start, end in sorted(without_arguments(call, indices), reverse=True):
        call = call[:start] + call[end:]
    return call


@pytest.mark.parametrize(
    ("call", "indices", "left"),
    [
        ("f(a, b)", {0}, "f(b)"),
        ("f(a, b)", {1}, "f(a)"),
        ("f(a, b,)", {1}, "f(a,)"),
        ("f( a, b )", {0, 1}, "f()"),
        ("f(a, k=(1), j=2)", {1}, "f(a, j=2)"),
        ("f(a, (b), c)", {1, 2}, "f(a)"),
        ("f(\n    a,  # one\n    b,  # two\n    c,\n)", {1}, "f(\n    a,  # one\n    c,\n)"),
        ("f(\n    a,  # one\n    b,  # two\n)", {1}, "f(\n    a,  # one\n)"),
        (
            "f(\n    a,\n    # of c\n    b,\n    # of d\n    c)",
            {1},
            "f(\n    a,\n    # of c\n    # of d\n    c)",
        ),
        ("f(\r\n    a,\r\n    b,\r\n)", {0}, "f(\r\n    b,\r\n)"),
        ("f(a, **{'k': 1}, b=2)", {1}, "f(a, b=2)"),
        ("g(1).f(a)", {0}, "g(1).f()"),
        ("g(1, 2)(a, b)", {0}, "g(1, 2)(b)"),
        ("f(f'{a, 1}, {b}', k)", {1}, "f(f'{a, 1}, {b}')"),
        ('f("""a,\n(""", k)', {1}, 'f("""a,\n(""")'),
        ("f(\ra,\rk)", {1}, "f(\ra)"),
        ("f(a, \\\n  b)", {0}, "f(b)"),
        ("f(x[1, 2], {3: 4}, k)", {1}, "f(x[1, 2], k)"),
    ],
)
def test_cut(call: str, indices: set[int], left: str) -> None:
    assert cut(call, indices) == left


ARGUMENTS = st.sampled_from(["a", "(a)", "'x,y'", "g(1, 2)", "[a,\n b]", "a if b else c", "lambda: 0"])
GAPS = st.sampled_from([", ", ",", ",\n    ", ",  # note\n    ", " ,\t"])


@given(
    st.lists(st.tuples(ARGUMENTS, GAPS), min_size=1, max_size=5), st.sets(st.integers(0, 4)), st.booleans()
)
def test_the_other_arguments_stay(parts: list[tuple[str, str]], indices: set[int], broken: bool) -> None:
    indices = {index for index in indices if index < len(parts)}
    call = "f(" + "\n    " * broken + "".join(a + gap for a, gap in parts) + ")"
    before = ast.parse(call, mode="eval").body
    after = ast.parse(cut(call, indices), mode="eval").body
    assert isinstance(before, ast.Call)
    assert isinstance(after, ast.Call)
    kept = [ast.dump(a) for index, a in enumerate(before.args) if index not in indices]
    assert [ast.dump(a) for a in after.args] == kept


@pytest.mark.parametrize(
    "argument", ["(" * 180 + "1" + ")" * 180, "+".join(["1"] * 2_000), "a" + ".b" * 2_000]
)
def test_a_large_argument_costs_little(argument: str) -> None:
    began = time.process_time()
    assert cut(f"f({argument}, k)", {1}) == f"f({argument})"
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "call",
    [
        "f(lambda a, b: 0, k)",  # a comma of its own
        "f(a, k",
        "f(" + "(" * 300 + ")" * 300 + ", k)",  # deeper than Python reads
        "f(a, k) + 1",
        "f(a b, k)",
        "f(" + "a, " * 5_000 + "k)",
    ],
)
def test_what_is_not_read_for_certain_is_left_alone(call: str) -> None:
    assert without_arguments(call, {1}) == []
