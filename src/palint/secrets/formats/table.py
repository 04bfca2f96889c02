"""The table of vendors' token formats, and the function that finds their values.

Each module is plain data: vendors by the first letter of a format's id, and `keys`, which standards define.
Patterns are compiled when a candidate needs them, not on import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from palint.secrets.formats import a_to_b, c_to_d, e_to_g, h_to_m, keys, n_to_p, q_to_s, t_to_z
from palint.secrets.formats.format import LEFT, LEFT64, NAMES_CREDENTIAL, Format
from palint.util import compiled_patterns, lazy_re

__all__ = ["FORMATS", "keywords", "literal_of", "matches"]

FORMATS: tuple[Format, ...] = (
    *a_to_b.FORMATS,
    *c_to_d.FORMATS,
    *e_to_g.FORMATS,
    *h_to_m.FORMATS,
    *n_to_p.FORMATS,
    *q_to_s.FORMATS,
    *t_to_z.FORMATS,
    *keys.FORMATS,
)

# How far a value may extend past the window in which it starts, if its pattern starts with no literal.
REACH = 512

# The literal at the start of a pattern, without a last letter that a quantifier makes optional.
_BEGINS = lazy_re.compile(r"(?:\(\?P<value>)?((?:[0-9A-Za-z_~:/ -]|\\\.)+)(?![?*{])")


def keywords(fmt: Format) -> list[str]:
    """The alternatives of the format's keyword, which are searched for separately."""
    if "(" not in fmt.keyword:
        return fmt.keyword.split("|")
    if fmt.keyword.endswith(NAMES_CREDENTIAL) and "|" not in fmt.keyword[: -len(NAMES_CREDENTIAL)]:
        return [fmt.keyword]
    found, start, depth = [], 0, 0
    for at, character in enumerate(fmt.keyword):
        depth += (character in "([") - (character in ")]")
        if character == "|" and not depth:
            found.append(fmt.keyword[start:at])
            start = at + 1
    return [*found, fmt.keyword[start:]]


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], str, int | str]:
    """(pattern, literal at the start of its matches or "", group of the value)."""
    regex = compiled_patterns.compile(pattern)
    return regex, literal_of(pattern), "value" if "value" in regex.groupindex else 0


def literal_of(pattern: str) -> str:
    """The literal at the start of a format's values; "" if there is none."""
    left = next((left for left in (LEFT, LEFT64) if pattern.startswith(left)), "")
    begins = _BEGINS.match(pattern, len(left))
    return begins[1].replace("\\", "") if begins else ""


def matches(text: str, start: int, end: int, fmt: Format) -> Iterator[tuple[int, int]]:
    """The spans (start, end; code points) of the format's values whose match starts in `text[start:end]`.

    The pattern also sees the text around the window, so that part of a longer word is not taken for a token.
    """
    regex, literal, group = _compiled(fmt.pattern)
    for match in _from_literal(regex, literal, text, start, end) if literal else _in(regex, text, start, end):
        if fmt.valid is None or fmt.valid(match[group]):
            yield match.span(group)


def _from_literal(
    regex: re.Pattern[str], literal: str, text: str, start: int, end: int
) -> Iterator[re.Match[str]]:
    """Search for the literal first: `str.find` is fifty times as fast as a pattern with a look-behind."""
    at = text.find(literal, start, end + len(literal) - 1)
    while at >= 0:
        match = regex.match(text, at)
        if match:
            yield match
        at = text.find(literal, match.end() if match else at + 1, end + len(literal) - 1)


def _in(regex: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for match in regex.finditer(text, start, min(len(text), end + REACH)):
        if match.start() >= end:
            return
        yield match
