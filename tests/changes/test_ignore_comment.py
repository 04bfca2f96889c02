"""A suppression is inserted as a comment of the file's language, and is found again."""

from __future__ import annotations

import pytest

from palint import suppressions
from palint.changes import ignore_comment
from palint.files.languages import LANGUAGES, Language, find
from palint.text.source import SourceFile

PATHS = {
    "workflow": ".github/workflows/a.yml",
    "compose": "compose.yml",
    "jenkinsfile": "Jenkinsfile",
    "makefile": "Makefile",
    "ebextensions": ".ebextensions/a.config",
    "requirements": "requirements.txt",
}


def _inserted(path: str, text: str, line: int) -> str | None:
    """The text with a suppression above a line; None if there can be none."""
    file = SourceFile(path, text.encode())
    edit = ignore_comment.insertion(file, line, ["hardcoded-secret"], "a reason")
    if edit is None:
        return None
    return text[: edit.span.offset] + edit.text + text[edit.span.offset :]


@pytest.mark.parametrize("row", LANGUAGES, ids=lambda row: row.id)
def test_a_comment_of_the_language_suppresses_the_line_below(row: Language) -> None:
    path = PATHS.get(row.id) or (f"a{row.suffixes[0]}" if row.suffixes else row.names[0])
    assert find(path) is row
    text = _inserted(path, "first\nsecond\n", 2)
    if row.comment is None:
        assert text is None
        return
    assert text is not None
    line = text.splitlines()[1]
    assert line.startswith(f"{row.comment[0]} palint: ignore[") and line.endswith(row.comment[1])
    (found,) = suppressions.find(SourceFile(path, text.encode()))
    assert (found.rules, found.problem) == (("hardcoded-secret",), "")
    assert found.first <= 3 <= found.last
    assert found.reason == "a reason"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", '"""\nsecret\n"""\n', 2),
        ("a.go", "x := `\nsecret\n`\n", 2),
        ("a.java", 'x = """\nsecret\n""";\n', 2),
        ("a.sh", "cat <<EOF\nsecret\nEOF\n", 2),
        ("a.yml", "a: |\n  secret\n", 2),
        *((path, "<p>\nsecret\n</p>\n", 2) for path in ("a.tsx", "a.jsx", "a.vue", "a.svelte", "a.mdx")),
        ("a.tsx", "x = <p\n  a={b}>\nsecret\n", 3),
        ("a.tsx", "  <p>\nsecret {x}\n", 2),
        ("a.tsx", "<p a={b}\nc={secret}\n", 2),
        ("a.json", "{}\n", 1),
        ("template.template", '{"Resources": {}}\n', 1),
    ],
)
def test_no_comment_where_it_would_be_text(path: str, text: str, line: int) -> None:
    assert _inserted(path, text, line) is None


@pytest.mark.parametrize(
    ("text", "line", "comment"),
    [
        ("```ts\nx = {\n  secret\n}\n```\n", 3, "  // palint: "),
        ("~~~~ python\n```ts\nsecret\n~~~~\n", 3, "# palint: "),
        ("```bash\nx\n```\nsecret\n", 4, "<!-- palint: "),
        ("```\nsecret\n```\n", 2, None),
        ("```json\nsecret\n```\n", 2, None),
    ],
)
def test_a_block_of_code_has_the_comment_of_its_language(text: str, line: int, comment: str | None) -> None:
    new = _inserted("a.md", text, line)
    assert (new is None) == (comment is None)
    if new is not None:
        assert new.splitlines()[line - 1].startswith(comment or "")
        (found,) = suppressions.find(SourceFile("a.md", new.encode()))
        assert found.first <= line + 1 <= found.last


def test_a_script_without_a_suffix_has_the_comment_of_its_interpreter() -> None:
    assert _inserted("bin/run", "#!/usr/bin/env bash\nx=1\n", 2) is not None
    assert _inserted("bin/run", "x=1\n", 1) is None
