"""Possible values of an expression, in one form for every language. Plain data."""

from __future__ import annotations

from palint.util.typing import NamedTuple

INTERPOLATION = "\0"  # in a template's text: a part that is known only at run time


class Value(NamedTuple):
    """One value that an expression may have.

    kind: "text" a literal; "template" a literal with interpolations; "environment" an environment variable's
        value; "nothing" null, undefined, None; "other" everything else.
    text: the literal, with INTERPOLATION for each interpolation; the variable's name; else the source.
    start, end: its offsets, code points; of a literal its content without the quotes.
    """

    kind: str
    text: str
    start: int
    end: int


def of_source(text: str, start: int, end: int, variable: str = "") -> Value:
    """The value of an expression that is no text. variable: the environment variable that it reads, or ""."""
    if variable:
        return Value("environment", variable, start, end)
    return Value("nothing" if text in ("null", "nil", "undefined", "None") else "other", text, start, end)
