"""Rewrite Python 2 and templates of Python as Python 3 text of equal width.

Modules in Python 2, and those that Jinja (cookiecutter, Ansible, Salt) renders, then have a syntax tree, too.
Positions in it are positions in the original text. Of the 1,778 modules of six repositories 151 were not
Python 3; five of them do not parse afterwards, and no rule needs those.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

_STRING = (
    r"(?P<prefix>\b[uU][rR])?"
    r"(?:\"\"\"[^\\\"]*(?:(?:\\.|\"(?!\"\"))[^\\\"]*)*(?:\"\"\"|\Z)"
    r"|'''[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*(?:'''|\Z)"
    r"|\"[^\\\"\n]*(?:\\.[^\\\"\n]*)*\"?|'[^\\'\n]*(?:\\.[^\\'\n]*)*'?)"
)
# `print x` and `exec code`, but not `print(x)`, `print = x` or `print.x`; `raise Error, "text"`.
_OPERATORS = r"(?!(?:is|in|if|and|or|else|for)\b)"
_STATEMENT = (
    rf"\b(?<![.\w])(?:print(?=[ \t]*(?:>>|[\"'`{{~])|[ \t]+{_OPERATORS}\w)"
    rf"|exec(?=[ \t]*[\"']|[ \t]+{_OPERATORS}\w)|raise(?=[ \t]+[\w.]+[ \t]*,))(?P<chevron>[ \t]*>>)?"
)
# Template tags. They must not contain arguments of a call, which would be hidden.
_TAG = r"\{%[^\n]{0,500}?%\}|\{#[^\n]{0,500}?#\}"
_VARIABLE = r"\{\{-?[ \t]*[A-Za-z_][^(){}=:\n]*\}\}"
# What each of the alternatives starts with: with this check first a text takes a third of the time.
_FIRST = r"(?=[\"'#{`<]|\b[0-9uUpera])"
_TOKEN = lazy_re.compile(
    rf"{_FIRST}(?:(?P<string>{_STRING})|(?P<tag>{_TAG})|(?P<variable>{_VARIABLE})|#[^\n]*|(?P<statement>{_STATEMENT})"
    r"|\bexcept[ \t]+(?:[\w.]+|\([\w., \t\n]*\))[ \t]*(?P<comma>,)(?=[ \t]*(?:[\w.]+|\([\w., \t]*\))[ \t]*:)"
    r"|(?P<quoted>`[^`\n]*`)|(?P<unequal><>)"
    r"|(?<![\w.])(?:(?P<octal>0)(?=0*[1-7][0-7]*\b)|[0-9]+(?P<long>[lL])\b|0[xX][0-9a-fA-F]+(?P<hexlong>[lL])\b)"
    r"|(?P<word>\b(?:async|await)(?=[ \t]*[=,)])))",
    re.MULTILINE | re.DOTALL,
)
_REPLACED = {
    "comma": "|",  # `except Error | error:` is an expression, too
    "unequal": "!=",
    "octal": "1",
    "long": " ",
    "hexlong": " ",
    "word": "name_",
    "prefix": " r",
}


def as_python_3(text: str) -> str:
    """A text of equal width in which Python 2 statements and template tags are replaced by Python 3.

    `print x` becomes an assignment, for example. Strings and comments stay. Linear.
    """
    return _TOKEN.sub(_rewrite, text)


def _rewrite(token: re.Match[str]) -> str:
    if token["tag"]:
        return " " * len(token[0])
    if token["variable"]:
        return "_" * len(token[0])
    if token["statement"]:
        keyword = len(token["statement"]) - len(token["chevron"] or "")
        return f"{'_':{keyword - 1}}=".ljust(len(token[0]))
    if token["quoted"]:
        return f"({token[0][1:-1]})"
    for group, replacement in _REPLACED.items():
        if token[group] is not None:
            start, end = (offset - token.start() for offset in token.span(group))
            return token[0][:start] + replacement + token[0][end:]
    return token[0]
