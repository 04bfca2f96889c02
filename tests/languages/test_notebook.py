"""Notebooks: each cell's source, and each character's place in the file, past JSON's escapes."""

from __future__ import annotations

import ast
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import notebook
from palint.text.source import ParseError, SourceFile

LINES = st.lists(st.text(st.sampled_from('a"\\\n\té😀\u2028/{}[],: '), max_size=8), max_size=4)


def made(cells: list[dict[str, object]], **dumps: object) -> SourceFile:
    whole = {"cells": cells, "metadata": {"kernelspec": {"language": "python"}}}
    return SourceFile("a.ipynb", json.dumps(whole, **dumps).encode())  # type: ignore[arg-type]


def code(source: object, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, **more}


@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_sources_and_places(cells: list[list[str]], indent: int | None, ascii_only: bool) -> None:
    file = made([code(lines) for lines in cells], indent=indent, ensure_ascii=ascii_only)
    book = file.parsed_with(notebook.parse)
    assert [book.source(cell) for cell in book.cells] == ["".join(lines) for lines in cells]
    for cell in book.cells:
        for offset in range(cell.start, cell.end):
            start, end = book.place(offset, offset + 1)
            assert json.loads(f'"{file.text[start:end]}"') == book.text[offset]


def test_outputs_and_metadata_are_not_looked_at() -> None:
    outputs = [{"data": {"image/png": "iVBORw0", "text/plain": ["x"]}, "source": {"input": "y"}}]
    book = made([code(["a = 1"], outputs=outputs, metadata={"name": "n"})]).parsed_with(notebook.parse)
    assert book.text == "a = 1\n"


def test_only_what_a_cell_printed_is_an_output() -> None:
    printed = {"output_type": "stream", "text": ["x"], "data": {"text/plain": "y", "k" * 50: "z"}}
    cells = [code("f()", outputs=[printed], metadata={"text": "n", "a/b": "n", "list": [["n"]]})]
    file = made([*cells, {"cell_type": "code", "input": "g()"}, {"cell_type": "code"}])
    content = notebook.read(file)
    assert [file.text[slice(*each)] for part in content.outputs for each in part.strings] == ["y", "x"]
    book = file.parsed_with(notebook.parse)
    assert [book.source(cell) for cell in book.cells] == ["f()", "g()", ""]


def test_an_empty_notebook_and_an_empty_range_have_places() -> None:
    book = made([]).parsed_with(notebook.parse)
    assert book.place(0, 1) == (0, 0)
    book = made([code("ab")]).parsed_with(notebook.parse)
    start, end = book.place(1, 1)
    assert start == end == book.place(1, 2)[0]


def test_what_is_behind_a_notebook_and_an_escape_that_is_none_are_survived() -> None:
    file = SourceFile("a.ipynb", b'{"cells": [{"cell_type": "code", "source": "\\uZ"}]}} "a"')
    assert file.parsed_with(notebook.parse).text == "uZ\n"


def test_a_notebook_of_too_many_tokens_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "_MAX_TOKENS", 10)
    with pytest.raises(ParseError, match="too large"):
        made([code("a")]).parsed_with(notebook.parse)


def test_a_call_has_its_position_in_the_notebook() -> None:
    markdown = {"cell_type": "markdown", "source": ["# f(0)"]}
    file = made(
        [markdown, code(["x = 1\n", 'f("é", x)']), code("%env A=b\n!ls \\\n  -l\ny = !pwd\nx?\ng(x)")]
    )
    module = file.parsed_with(notebook.module)
    (f, scope), (g, _) = module.calls
    start, end = module.offsets(f)
    assert json.loads(f'"{file.text[start:end]}"') == 'f("é", x)'
    assert module.where(f) == " (cell 2, line 2)"
    assert module.where(g) == " (cell 3, line 6)"
    assert [ast.unparse(v) for v in module.scope.values(g.args[0])] == ["1"], "a name of another cell"
    assert scope is module.scope


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ("%%time\nf()", 1),
        ("# note\n%%bash\nf()", 0),
        ("%%writefile a.py\nf()", 1),
        ("%%writefile a.txt\nf()", 0),
        ("if x:\n    !ls\nf()", 1),
        ("f(a\n  % b)", 1),
    ],
)
def test_ipython_syntax_is_not_python(source: str, calls: int) -> None:
    assert len(made([code(source)]).parsed_with(notebook.module).calls) == calls


def test_a_cell_that_does_not_parse_is_said_and_the_others_count() -> None:
    file = made([code("x = = 1"), code("f()")])
    assert len(file.parsed_with(notebook.module).calls) == 1
    assert [(n.kind, "cell 1 (line 1)" in n.message) for n in file.notices] == [("parse-fallback", True)]
    file = made([code("x = = 1")] * 5)
    assert not file.parsed_with(notebook.module).calls
    assert "cell 3 (line 1) and 2 more" in file.notices[0].message


@pytest.mark.parametrize("text", ["[]", "", "not json", '{"cells": [', "{" * 300, '{"a":1,' * 300_000])
def test_invalid_notebooks_are_refused(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ParseError):
        SourceFile("a.ipynb", text.encode()).parsed_with(notebook.parse)
    assert time.process_time() - began < 20


def test_another_language() -> None:
    file = SourceFile("a.ipynb", b'{"cells": [], "metadata": {"language_info": {"name": "R"}}}')
    with pytest.raises(ParseError):
        file.parsed_with(notebook.module)
