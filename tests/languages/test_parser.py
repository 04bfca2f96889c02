"""A language's row names its parser."""

from __future__ import annotations

import pytest

from palint.files import languages
from palint.languages import parser
from palint.text.source import ParseError, SourceFile

BROKEN = {  # a text that each parser refuses or marks
    "python": "def (:\n",
    "notebook": "[",
    "javascript": "const = {;",
    "jsx": "const = {;",
    "typescript": "let x: = ;;{",
    "tsx": "let x: = ;;{",
    "java": "class { (",
    "go": "func ( {",
    "terraform": "resource {{{",
    "hcl": "resource {{{",
    "yaml": "a: [",
    "json": "{",
    "jsonc": "{",
    "terraform-json": "{",
    "cloudformation": "a: [",
    "workflow": "a: [",
    "action": "a: [",
    "compose": "a: [",
}
WITH_PARSER = [row for row in languages.LANGUAGES if row.parser]


def _path(row: languages.Language) -> str:
    names = {
        "workflow": ".github/workflows/a.yml",
        "compose": "compose.yml",
        "dockerfile": "Dockerfile",
        "ebextensions": ".ebextensions/a.config",
    }
    return names.get(row.id) or (f"a{row.suffixes[0]}" if row.suffixes else row.names[0])


@pytest.mark.parametrize("row", WITH_PARSER, ids=lambda row: row.id)
def test_a_row_with_a_parser_parses_its_files(row: languages.Language) -> None:
    path = _path(row)
    assert languages.find(path) is row
    parse = parser(row)
    assert parse is not None
    text = '{"cells": []}' if row.id == "notebook" else "{}" if row.syntax == "json" else ""
    assert parse(SourceFile(path, text.encode())) is not None


@pytest.mark.parametrize("name", BROKEN)
def test_a_text_in_another_form_does_not_parse(name: str) -> None:
    row = languages.get(name)
    parse = parser(row)
    assert parse is not None
    file = SourceFile(_path(row), BROKEN[name].encode())
    try:
        tree = parse(file)
    except ParseError:
        return
    assert tree.root.has_error


def test_a_language_may_have_no_parser() -> None:
    assert parser(languages.get("rust")) is None
    assert parser(languages.UNKNOWN) is None
