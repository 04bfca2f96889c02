"""Languages without a parser: their arguments, comments and values, found by patterns over the text.

A module for each (`rust`, `php`, `ruby`, `csharp`, `kotlin`) has its `GRAMMAR`.
"""

from __future__ import annotations

import re

from palint.languages.value import Value
from palint.util.named_tuple import NamedTuple

# One argument: a string, or an expression with a pair of brackets and calls after it: `env("X").unwrap()`.
ARGUMENT = (
    r"(?:\"[^\"\n]{0,300}\"(?:\.\w{1,20}\(\))?|'[^'\n]{0,300}'|[^\s,()\[\]{}\"'][^,()\[\]{}\"'\n]{0,119}"
    r"(?:\([^()\n]{0,120}\)|\[[^\]\n]{0,120}\])?(?:[?!]|\.\w{1,40}(?:\([^()\n]{0,60}\))?){0,3})"
)
BLANK = r"\s{0,80}"
_MAX_LINE = 500  # code points of a line in which a comment is looked for


class Grammar(NamedTuple):
    """What a search of the text must know about a language.

    comment: a pattern for a line up to an offset, found if the offset is in a comment. environment: the call
    that reads an environment variable, up to the variable's name, which is group 1. nothing: the expressions
    without a value, beside empty strings. interpolation: what starts an expression in a string; "" for none.
    """

    comment: re.Pattern[str]
    environment: re.Pattern[str]
    nothing: tuple[str, ...]
    interpolation: str = ""


def in_comment(text: str, at: int, grammar: Grammar) -> bool:
    """Whether a comment starts on an offset's line before it; at most 500 code points are searched."""
    start = text.rfind("\n", max(0, at - _MAX_LINE), at) + 1
    line = text[max(start, at - _MAX_LINE) : at]
    return grammar.comment.search(line) is not None if start or at <= _MAX_LINE else "//" in line


def is_nothing(source: str, grammar: Grammar) -> bool:
    """Whether an expression has no value: `null`, `nil`, `""`."""
    return source in ("", "''", '""') or source in grammar.nothing


def value(text: str, start: int, end: int, grammar: Grammar) -> Value:
    """Parse text[start:end]: a literal without its quotes, an environment variable, or another expression."""
    source = text[start:end]
    start += len(source) - len(source.lstrip())
    source = source.strip()
    end = start + len(source)
    if len(source) > 1 and source[0] == source[-1] and source[0] in "\"'" and source[0] not in source[1:-1]:
        template = bool(grammar.interpolation) and grammar.interpolation in source
        return Value("template" if template else "text", source[1:-1], start + 1, end - 1)
    variable = grammar.environment.search(source)
    if variable is not None:
        return Value("environment", variable[1], start, end)
    bare = source.strip("<%= >")  # ERB's `<%= … %>`
    return Value("nothing" if is_nothing(bare, grammar) else "other", bare, start, end)
