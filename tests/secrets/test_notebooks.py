"""Secrets in notebooks: found once, at their position in the file, and nothing in an image."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import registry
from palint.findings import Results
from palint.secrets.synthetic import SHAPES, generate
from palint.testing import results_of

RULE = registry.load()["hardcoded-secret"]
PASSWORD, KEY, TOKEN = (
    generate(SHAPES[name], "notebooks") for name in ("password", "aws_access_key_id", "github_token")
)


def made(*cells: dict[str, object], indent: int | None = 1, **more: object) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, **more}, indent=indent)


def code(source: object, *outputs: dict[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def run(text: str) -> tuple[Results, list[tuple[str, str]]]:
    """The results, and for each finding the marked text and the place that the message names."""
    results = results_of(RULE, {"a.ipynb": text})
    assert results.complete
    found = results.findings
    return results, [
        (text[f.span.offset : f.span.end_offset], f.message.partition("characters)")[2]) for f in found
    ]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    ("source", "line"),
    [
        ([f'api_key = "{PASSWORD}"\n', "x = 1"], 1),
        (["import db\n", "\n", f'db.connect(password="{PASSWORD}")\n'], 3),
        (f'"é"\n# it\'s\ndb_password = f"{PASSWORD}"\n', 3),
        (["config = {\n", '  "password":\n', f'    "{PASSWORD}",\n', "}"], 3),
    ],
)
def test_code(source: object, line: int, indent: int | None) -> None:
    above = {"cell_type": "markdown", "metadata": {}, "source": ["# A report"]}
    _, found = run(made(above, code(source), indent=indent))
    assert found == [(PASSWORD, f" (cell 2, line {line})")]


def test_an_escape_in_the_value_belongs_to_the_span() -> None:
    value = PASSWORD[:8] + "\\t\\\\" + PASSWORD[8:]
    text = made(code([f"db_password = '{value}'"]))
    results, found = run(text)
    assert [json.loads(f'"{marked}"') for marked, _ in found] == [value]
    assert len(results.findings) == 1


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": ["ok\n", f'token: "{TOKEN}"\n']},
        {"output_type": "execute_result", "data": {"text/plain": f"\nToken('{TOKEN}')"}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["at\n", f"E: {TOKEN} refused"]},
        {"output_type": "pyout", "html": f"<b>\n<i>{TOKEN}</i>"},
    ],
)
def test_a_token_in_a_cells_output_is_found(output: dict[str, object]) -> None:
    _, found = run(made(code("1"), code("show()", output)))
    assert found == [(TOKEN, " (output of cell 2, line 2)")]


def test_an_image_holds_nothing() -> None:
    base64 = f"iVBORw0KGgoAAAANSUhEUg/{KEY}"
    data = {"image/png": [base64, f"\n{KEY}\n"], "text/plain": ["<Figure>"]}
    image = {"output_type": "display_data", "data": data}
    old = {"output_type": "display_data", "png": base64 + "\n"}
    attached = {"cell_type": "markdown", "attachments": {"a.png": {"image/png": base64}}, "source": ""}
    _, found = run(made(code("plot()", image, old), attached))
    assert found == []


def test_text_labelled_as_an_image_is_searched() -> None:
    image = {"output_type": "display_data", "data": {"image/png": f'password = "{PASSWORD}"'}}
    _, found = run(made(code("plot()", image)))
    assert len(found) == 1


def test_a_token_outside_the_cells_is_found() -> None:
    _, found = run(made(code("1"), metadata={"widgets": {"api_token": TOKEN}}))
    assert found == [(TOKEN, "")]


@pytest.mark.parametrize("text", [f'{{"cells": [{{"token": "{TOKEN}"', f"<html>{TOKEN}"])
def test_a_broken_notebook_is_searched_as_text(text: str) -> None:
    results, found = run(text)
    assert found == [(TOKEN, "")]
    assert [n.kind for n in results.notices] == ["parse-fallback"]


def test_a_large_notebook_is_text() -> None:
    text = made(code(["x = 1\n"] * 300_000), code(f"token = '{TOKEN}'"))
    results, found = run(text)
    assert found == [(TOKEN, "")]
    assert [(n.kind, "limits.tree" in n.message) for n in results.notices] == [("parse-fallback", True)]


@pytest.mark.parametrize(
    "text",
    [
        made(code([f'password = "{PASSWORD}"\n'] * 1_500)),
        made(*[code("x")] * 2_000, code([f'password = "{PASSWORD}"\n'] * 500)),
        made(code("\n" * 120_000 + f"'{TOKEN}'")),
        made(*[code("", {"output_type": "stream", "text": "\\"})] * 6_000, metadata={"token": TOKEN}),
    ],
)
def test_time(text: str) -> None:
    began = time.process_time()
    assert run(text)[1]
    assert time.process_time() - began < 5


@settings(max_examples=30)
@given(st.lists(st.sampled_from(['"', "\\", "\n", "é", "😀", "\u2028", " ", f"\n'{TOKEN}'\n", f" {KEY} "])))
def test_every_span_is_exact(parts: list[str]) -> None:
    source = "".join(parts)
    for ascii_only in (True, False):
        text = json.dumps({"cells": [code(source)], "metadata": {}}, ensure_ascii=ascii_only)
        results = results_of(RULE, {"a.ipynb": text})
        assert all(text[f.span.offset : f.span.end_offset] in (TOKEN, KEY) for f in results.findings)
        assert len(results.findings) >= source.count(f"\n'{TOKEN}'\n")
