"""`${{ … }}`: their position, the contexts that they read, and their result."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.github.expressions import (
    constant,
    evaluate_condition,
    expressions,
    reads,
    substitute,
)


def insides(text: str) -> list[str]:
    return [text[start:end] for start, end in expressions(text)]


def test_where_they_stand() -> None:
    assert insides("a ${{ x }}b${{y}}") == [" x ", "y"]
    assert insides("${{ format('}} {0}', 'it''s') }}") == [" format('}} {0}', 'it''s') "]
    assert insides("$ {{ x }} {{ y }} ${ { z } }") == []
    assert insides("${{ never closed") == [] and insides("${{ 'x }}") == [" 'x "]


READS = [
    ("secrets.X", [("secrets", ("X",))]),
    ("secrets. X", [("secrets", ("X",))]),
    ("secrets['X']", [("secrets", ("X",))]),
    ("SECRETS.x", [("secrets", ("x",))]),
    ("secrets[matrix.k]", [("secrets", ("*",)), ("matrix", ("k",))]),
    ("toJSON(secrets)", [("secrets", ())]),
    ("a.b && secrets.X || ''", [("a", ("b",)), ("secrets", ("X",))]),
    ("steps.x.outputs['y-z']", [("steps", ("x", "outputs", "y-z"))]),
    ("format('secrets.X {0}', env.Y)", [("env", ("Y",))]),
    ("fromJSON(secrets.A).b", [("secrets", ("A",))]),
    ("needs.*.result", [("needs", ("*", "result"))]),
    ("'secrets.X'", []),
    ("always()", []),
    ("true == 1.5e3", [("true", ())]),
    ("a[0]", [("a", ("*",))]),
    ("secrets['X'", [("secrets", ())]),
    ("secrets[", [("secrets", ())]),
    ("secrets[format(", [("secrets", ("*",))]),
]


@pytest.mark.parametrize(("inside", "expected"), READS)
def test_contexts_that_expressions_read(inside: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    text = "x ${{ " + inside + " }}"
    found = list(reads(text))
    assert [(read.context, read.path) for read in found] == expected
    assert all(text[read.start : read.end].lower().startswith(read.context) for read in found)
    for read in found:
        if "*" not in read.path:  # what is read is all of the access, and nothing behind it
            (again,) = reads(f"${{{{ {text[read.start : read.end]} }}}}")
            assert again.path == read.path and again.end - again.start == read.end - read.start


def test_comparisons_and_whole_contexts() -> None:
    assert [r.compared for r in reads("${{ secrets.X != '' }}${{ '' == secrets.X }}${{ secrets.X }}")] == [
        True,
        True,
        False,
    ]
    assert [r.whole for r in reads("${{ toJSON(secrets) }}${{ secrets.X }}")] == [True, False]


DECISIONS = [
    ("true", True), ("false", False), ("${{ false }}", False), ("always()", True), ("success()", True),
    ("failure()", None), ("inputs.role != ''", True), ("inputs.none != ''", False), ("inputs.ROLE", True),
    ("!inputs.role", False), ("inputs['role'] == 'ARN'", True), ("inputs.unknown == 'x'", None),
    ("github.ref == 'x'", None), ("github.ref == 'x' && false", False), ("github.ref == 'x' || true", True),
    ("inputs.role && inputs.none", False), ("(inputs.none == '') && !(inputs.role == '')", True),
    ("contains(github.ref, 'x') && inputs.none != ''", False), ("${{ inputs.none }} == true", True),
    ("!success()", None), ("success() == false", None), ("always() && !success()", None),
    ("success() && false", None), ("null", False),
    ("'' == false", None), ("null == false", None), ("'1' == true", None), ("true != 'true'", None),
    ("!(true == 'true')", None), ("null == '0'", None), ("'a' == 'A'", True), ("true == true", True),
    ("${{ false }}\n", True), (" ${{ false }}", True), ("false\n", False), ("${{ false }}${{ false }}", True),
    ("github.ref || false", None), ("github.ref || github.actor", None), ("github.ref && true", None),
    ("github.ref && github.actor", None), ("'x' == github.ref", None), ("success() && always()", True),
    ("!" * 99 + "true", None), ("inputs.", None), ("inputs['role'", None),
    ("", None), ("(", None), ("!", None), ("'x", None), ("a b", None), ("inputs", None), ("inputs[", None),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "expected"), DECISIONS)
def test_results_of_conditions(condition: str, expected: bool | None) -> None:
    assert evaluate_condition(condition, {"role": "arn", "none": ""}) is expected


def test_a_condition_may_depend_on_other_contexts_that_are_known() -> None:
    known = {"github.event_name": "push", "github.event.head.fork": True}
    assert evaluate_condition("github.event_name != 'push'", known) is False
    assert evaluate_condition("!github.Event.head.fork || github.actor == 'x'", known) is None
    assert evaluate_condition("github.event == 'push'", known) is None
    assert evaluate_condition("inputs.event_name == 'push'", known) is None


def test_substitution() -> None:
    inputs = {"role": "arn", "none": ""}
    assert (
        substitute("a ${{ inputs.Role }}-${{inputs.none}}-${{ inputs.x }}", inputs)
        == "a arn--${{ inputs.x }}"
    )
    assert substitute("${{ inputs.role || 'x' }}", inputs) == "${{ inputs.role || 'x' }}"


@pytest.mark.parametrize(
    "text",
    [
        "${{ " * 200_000,
        "${{ '" * 100_000,
        "${{ " + "(" * 200_000 + " }}",
        "${{ " + "a." * 200_000 + " }}",
        "'" * 300_000 + "}}",
    ],
)
def test_hostile_text_costs_little(text: str) -> None:
    begin = time.process_time()
    list(reads(text))
    evaluate_condition(text[:100_000], {})
    assert time.process_time() - begin < 20


@settings(max_examples=100)
@given(st.text(alphabet=st.sampled_from("${} '.[]()!&|=asecretsinputs*,\n"), max_size=60))
def test_any_text_is_survived(text: str) -> None:
    for read in reads(text):
        assert 0 <= read.start < read.end <= len(text)
    assert evaluate_condition(text, {"s": "x"}) in (True, False, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", "x"),
        ("${{ '' }}", ""),
        ("${{ null }}", ""),
        ("${{ '' || '' }}", ""),
        ("${{ false && 'x' }}", "false"),
        ("${{ 'a' }}-${{ 'b' || 'c' }}", "a-b"),
        ("${{ secrets.KEY }}", None),
        ("${{ secrets.KEY && '' }}", None),
        ("${{ format('{0}', '') }}", None),
    ],
)
def test_constants(text: str, value: str | None) -> None:
    assert constant(text) == value
