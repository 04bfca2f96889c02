"""Languages without a parser: their environment variables and values, found by patterns over the text."""

from __future__ import annotations

import re

from palint.languages.value import Value
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Grammar(NamedTuple):
    """What a search of the text must know about a language.

    environment: the call that reads an environment variable, up to the variable's name, which is group 1.
    nothing: the expressions without a value, beside empty strings. interpolation: what starts an expression
    in a string; "" for none.
    """

    environment: re.Pattern[str]
    nothing: tuple[str, ...]
    interpolation: str = ""


# By `Language.syntax`.
GRAMMARS = {
    # https://learn.microsoft.com/dotnet/api/system.environment.getenvironmentvariable
    "csharp": Grammar(lazy_re.compile(r"GetEnvironmentVariable\(\s*[\"']([A-Za-z_]\w*)"), ("null",)),
    # https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/System.html#getenv(java.lang.String)
    "kotlin": Grammar(lazy_re.compile(r"getenv\(\s*[\"']([A-Za-z_]\w*)"), ("null",), "${"),
    # `getenv()`, `$_ENV[]`, and Laravel's `env()`: https://laravel.com/docs/configuration
    "php": Grammar(lazy_re.compile(r"(?:_ENV\[|env\()\s*[\"']([A-Za-z_]\w*)"), ("null",), "${"),
    # https://docs.ruby-lang.org/en/master/ENV.html
    "ruby": Grammar(lazy_re.compile(r"ENV(?:\.fetch)?[\[(]\s*:?[\"']([A-Za-z_]\w*)"), ("nil",), "#{"),
    # https://doc.rust-lang.org/std/env/
    "rust": Grammar(lazy_re.compile(r"env::var\(\s*[\"']([A-Za-z_]\w*)"), ("None",)),
}
ANY_GRAMMAR = Grammar(
    lazy_re.compile(
        r"(?:get_?env|fetch_env!?|environ(?:\.get)?|ENV(?:\.fetch)?|sys\.env|env)[\[({.]\s*[\"':]?([A-Za-z_]\w*)",
        re.I,
    ),
    ("null", "nil", "None", "nullptr"),
    "${",
)

# Comments and strings of Python, in the order of the text: https://docs.python.org/3/reference/lexical_analysis.html
PYTHON_NO_CODE = lazy_re.compile(
    r"#[^\n]*|\"{3}(?s:.*?)(?:\"{3}|\Z)|'{3}(?s:.*?)(?:'{3}|\Z)"
    r"|\"(?:\\(?s:.)|[^\"\\\n])*\"?|'(?:\\(?s:.)|[^'\\\n])*'?"
)


def in_comment(text: str, at: int) -> bool:
    """Whether the line before an offset begins as a comment does, in any language."""
    line = text.rfind("\n", 0, at) + 1
    return text[line : min(at, line + _INDENTATION)].lstrip().startswith(_COMMENT_STARTS)


_INDENTATION = 400  # characters before a comment, and its start
_COMMENT_STARTS = ("#", "//", "*", "/*", "--", ";", "<!--", "'''", '"""')


def closing(text: str, opening: int, end: int) -> int:
    """The offset of the bracket that closes the one at an offset; `end` if it is not before that."""
    depth = 0
    for index in range(opening, min(len(text), end)):
        depth += (text[index] in "([{") - (text[index] in ")]}")
        if depth == 0:
            return index
    return end


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
