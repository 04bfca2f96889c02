"""Edits that insert a `palint: ignore[…]` comment where one is possible."""

from __future__ import annotations

from collections.abc import Sequence

from palint.files import HEAD, languages
from palint.files.languages import Language
from palint.findings import Edit
from palint.text.source import SourceFile
from palint.util import lazy_re

# https://spec.commonmark.org/0.31.2/#fenced-code-blocks
_FENCE = lazy_re.compile(r"\s{0,3}(`{3,}|~{3,})\s{0,4}([\w+#-]*)")
_HEREDOC = lazy_re.compile(r"<<[-~]?\s*[\"']?(\w+)")
_BLOCK_SCALAR = lazy_re.compile(r"(?:^|[:\-]\s+)[|>][-+0-9]*\s*(?:#.*)?$")
_MAX_LINES_ABOVE = 2000  # lines above a finding that are searched for an open string, block or here-document


def insertion(file: SourceFile, line: int, rules: Sequence[str], reason: str) -> Edit | None:
    """An edit that inserts a suppression above a 1-based line; None if no comment is possible there.

    Not in a continued line, a multi-line string, a here-document, a YAML block scalar, or markup. In a
    document's block of code it is a comment of the block's language.
    """
    language = languages.find(file.path, file.data[:HEAD])
    start, end = file.line_at(file.offset(line))
    text, above = file.text[start:end], file.text[:start].splitlines()
    if language.type == "prose":
        language, above = _in_block(language, above)
    comment = language.comment
    if comment is None or _is_inside_something(text, above[-_MAX_LINES_ABOVE:], language):
        return None
    indent = text[: len(text) - len(text.lstrip())]
    words = f"{comment[0]} palint: ignore[{', '.join(rules)}] {' '.join(reason.split())}{comment[1]}"
    return Edit(file.span(start, start), f"{indent}{words}\n")


def _in_block(document: Language, lines: list[str]) -> tuple[Language, list[str]]:
    """(the language of the block of code that is open after these lines of a document, its lines so far).

    Outside of a block the document, and the lines since the last block.
    """
    opened, language, first = "", document, 0
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if opened and fence and fence[1].startswith(opened) and not fence[2]:
            opened, language, first = "", document, number
        elif fence and not opened:
            named = fence[2].lower()
            by_id = (each for each in languages.LANGUAGES if each.id == named)
            opened, language, first = fence[1], next(by_id, languages.find(f"a.{named}")), number
    return language, lines[first:]


def _is_inside_something(text: str, above: Sequence[str], language: Language) -> bool:
    """Whether a comment above a line of this text would become part of a string, block or markup."""
    before = above[-1].rstrip() if above else ""
    if before.endswith(("\\", "`")) or (language.tags and _in_markup(text, before)):
        return True
    whole = "\n".join(above)
    return (
        any(whole.count(quote) % 2 for quote in language.multiline)
        or _in_heredoc(above)
        or (language.syntax == "yaml" and _in_block_scalar(text, above))
    )


def _in_markup(text: str, before: str) -> bool:
    return text.lstrip().startswith("<") or before.endswith(">") or before.lstrip().startswith("<")


def _in_heredoc(above: Sequence[str]) -> bool:
    """Whether a `<<WORD` above is not yet closed by a line with only its word."""
    word = ""
    for line in above:
        if word:
            word = "" if line.strip() == word else word
        elif opened := _HEREDOC.search(line):
            word = opened[1]
    return bool(word)


def _in_block_scalar(text: str, above: Sequence[str]) -> bool:
    """Whether the nearest line above that is less indented starts a block scalar."""
    indent = len(text) - len(text.lstrip())
    for line in reversed(above):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return _BLOCK_SCALAR.search(line) is not None
    return False
