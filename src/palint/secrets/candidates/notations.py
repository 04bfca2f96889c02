"""Strings without plain quotes: here-documents, brackets, what a shell prints.

`<<~EOS`, `[[…]]`, `%q(…)`, `R"(…)"`, `$(echo …)`. A string over several lines is a value if only one of them
has text, without blanks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from palint.util import lazy_re

_LINE = r"(?P<line>[^\s]{1,1024}?)"
_TAG = r"[\"'\\]?(?P<tag>[A-Za-z_]\w{0,30})[\"']?"
# Bash's and Terraform's `<<-X`, Ruby's `<<~X.strip`, PHP's `<<<'X'`, PowerShell's `@"`, Elixir's `~S\"\"\"`
_BODY = rf"[^\n]{{0,120}}\r?\n\s{{0,80}}{_LINE}\s{{0,80}}\n[ \t]{{0,80}}(?P=tag)(?!\w)"
_DOCUMENT = rf"<<[<~-]?[ \t]{{0,64}}{_TAG}{_BODY}"
# What may be before it: `$(cat `, `"$(cat `, a backtick, a function of Terraform, a parenthesis
_WRAPPED = r"(?:[\"']?\$\(\s{0,8}(?:cat\s{0,8})?|`cat\s{0,8}|[a-z_]{0,20}\(\s{0,80}){0,2}"
_BEFORE_TAG = 128  # characters of `_WRAPPED`
_HEREDOC = lazy_re.compile(_WRAPPED + _DOCUMENT)
_HERE_STRING = lazy_re.compile(
    r"@(?P<quote>[\"'])[ \t]{0,8}\r?\n(?P<line>[^\s]{1,1024})[ \t]{0,8}\r?\n(?P=quote)@"
)
_STRING = (
    r"(?:'(?P<single>[^'\s]{1,1024})'|\"(?P<double>[^\"\s]{1,1024})\"|(?P<bare>[^\s\"'`$()|;&<>]{1,1024}))"
)
_PRINTS = r"(?:echo|printf)(?:\s{1,8}-\w{1,4})?(?:\s{1,8}[\"']?%s(?:\\n)?[\"']?)?\s{1,8}"
_PRINTED = lazy_re.compile(rf"[\"']?(?:\$\(|`)\s{{0,8}}{_PRINTS}{_STRING}\s{{0,8}}[)`|]")
_FROM_STRING = lazy_re.compile(rf"<<<[ \t]{{0,64}}{_STRING}")
# What a shell takes where a variable is not set: `${X:-…}`
_EXPANDED = lazy_re.compile(r"[\"']?\$\{\w{1,60}:?[-=](?P<line>[^}\s\"'$]{4,256})\}")
_BRACKETS = {
    suffixes: lazy_re.compile(pattern)
    for suffixes, pattern in {
        (".lua",): rf"\[(?P<level>=*)\[\s{{0,80}}{_LINE}\s{{0,80}}\](?P=level)\]",
        (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".ino", ".cu", ".mm"): (
            rf"(?:u8|[LuU])?R\"(?P<delimiter>[^()\\\s\"]{{0,16}})\(\s{{0,80}}{_LINE}\s{{0,80}}\)(?P=delimiter)\""
        ),
        (".rb", ".pl", ".pm", ".t", ".ex", ".exs", ".cr", ".rake", ".gemspec"): (
            rf"(?:%[qQ]?|qq?|~[sS])\s?(?:\"\"\"|[(\[{{<|/!])\s{{0,80}}{_LINE}\s{{0,80}}(?:\"\"\"|[)\]}}>|/!])"
        ),
        (".ml", ".mli"): rf"\{{(?P<id>[a-z_]{{0,16}})\|\s{{0,80}}{_LINE}\s{{0,80}}\|(?P=id)\}}",
        (".jsonnet", ".libsonnet"): rf"\|\|\|-?\s{{1,80}}{_LINE}\s{{1,80}}\|\|\|",
        (".nix", ".dhall"): r"''\s{0,80}(?P<line>[^\s']{1,1024})\s{0,80}''(?!['$])",
    }.items()
}


def find(text: str, at: int, high: int, path: str) -> tuple[int, int] | None:
    """The value of the string in such a notation that starts at `at`."""
    mark = text[at : at + 1]
    if mark in ('"', "'") and text[at + 1 : at + 2] not in ("$", "'"):  # a string with plain quotes
        return None
    expanded = _EXPANDED.match(text, at, high) if text.find("${", at, at + 3) >= 0 else None
    if expanded:
        return expanded.span("line")
    found: re.Match[str] | None = None
    if mark == "@":
        found = _HERE_STRING.match(text, at, high)
    else:
        found = _HEREDOC.match(text, at, high) if text.find("<<", at, at + _BEFORE_TAG) >= 0 else None
        if not found and (mark in "`$" or text.startswith("$(", at + 1)):
            printed = _PRINTED.match(text, at, high)
            return lazy_re.last_span(printed) if printed else None
    if found is None:
        form = _brackets(path)
        found = form.match(text, at, high) if form else None
    return found.span("line") if found else None


@lru_cache(maxsize=64)
def _brackets(path: str) -> re.Pattern[str] | None:
    """The notation with brackets of a file's language."""
    return next((form for suffixes, form in _BRACKETS.items() if path.endswith(suffixes)), None)


def standard_input(text: str, at: int) -> tuple[int, int] | None:
    """The only line of what a command reads from `<<` at `at`: a here-document or a here-string."""
    document = _HEREDOC.match(text, at)
    if document:
        return document.span("line")
    found = _FROM_STRING.match(text, at)
    return lazy_re.last_span(found) if found else None
