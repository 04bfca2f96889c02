"""Edits that insert a `palint: ignore[…]` comment where one is possible."""

from __future__ import annotations

from collections.abc import Sequence

from palint.findings import Edit
from palint.text.source import SourceFile
from palint.util import lazy_re

_COMMENTS = {  # {suffix of a file's name: (start, end) of a one-line comment}
    ending: comment
    for comment, endings in (
        (("#", ""), "py pyi sh bash zsh yml yaml toml tf tfvars hcl rb pl conf cfg ini env properties mk"),
        (("#", ""), "dockerfile containerfile envrc"),
        (("//", ""), "js jsx mjs cjs ts tsx mts cts java go rs c h cpp cs kt swift scala php jsonc"),
        (("<!--", " -->"), "html htm xml md vue svelte"),
        (("/*", " */"), "css scss less"),
        (("--", ""), "sql lua hs"),
    )
    for ending in endings.split()
}
_HASH_NAMES = ("dockerfile", "containerfile", "makefile", "gemfile", "procfile", "jenkinsfile")
_MARKUP = (".jsx", ".tsx", ".vue", ".svelte", ".mdx")  # between tags a comment would be text
_QUOTES = {  # delimiters of multi-line strings
    **dict.fromkeys(("py", "pyi"), ('"""', "'''")),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go"), ("`",)),
}
_HEREDOC = lazy_re.compile(r"<<[-~]?\s*[\"']?(\w+)")
_BLOCK_SCALAR = lazy_re.compile(r"(?:^|[:\-]\s+)[|>][-+0-9]*\s*(?:#.*)?$")
_MAX_LINES_ABOVE = 2000  # lines above a finding that are searched for an open string, block or here-document


def insertion(file: SourceFile, line: int, rules: Sequence[str], reason: str) -> Edit | None:
    """An edit that inserts a suppression above a 1-based line; None if no comment is possible there.

    Not in a continued line, a multi-line string, a here-document, a YAML block scalar, or markup.
    """
    comment = _comment(file)
    if comment is None or _is_inside_something(file, line):
        return None
    start, end = file.line_at(file.offset(line))
    text = file.text[start:end]
    indent = text[: len(text) - len(text.lstrip())]
    words = f"{comment[0]} palint: ignore[{', '.join(rules)}] {' '.join(reason.split())}{comment[1]}"
    return Edit(file.span(start, start), f"{indent}{words}\n")


def _comment(file: SourceFile) -> tuple[str, str] | None:
    name = file.name.lower()
    return ("#", "") if name.startswith(_HASH_NAMES) else _COMMENTS.get(name.rpartition(".")[2])


def _is_inside_something(file: SourceFile, line: int) -> bool:
    """Whether a comment above a line would become part of a string, block or markup."""
    start, end = file.line_at(file.offset(line))
    text, above = file.text[start:end], file.text[:start].splitlines()[-_MAX_LINES_ABOVE:]
    before = above[-1].rstrip() if above else ""
    name = file.name.lower()
    suffix = name.rpartition(".")[2]
    if before.endswith(("\\", "`")) or (name.endswith(_MARKUP) and _in_markup(text, before)):
        return True
    whole = "\n".join(above)
    return (
        any(whole.count(quote) % 2 for quote in _QUOTES.get(suffix, ()))
        or _in_heredoc(above)
        or (suffix in ("yml", "yaml") and _in_block_scalar(text, above))
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
