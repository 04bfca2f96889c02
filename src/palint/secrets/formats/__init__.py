"""Vendors' token formats: the table and the one function that finds them.

Each family is a module of plain data. Nothing is compiled on import: a pattern is when a candidate needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from palint.secrets.formats import cloud, messaging, source_control
from palint.secrets.formats.format import Format

__all__ = ["FORMATS", "Format", "matches"]

FORMATS: tuple[Format, ...] = source_control.FORMATS + cloud.FORMATS + messaging.FORMATS

# How far a value may run past the window in which it begins: a JWT or a PEM key of 4096 bits.
REACH = 4096


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(text: str, start: int, end: int, fmt: Format) -> Iterator[tuple[int, int]]:
    """The spans (start, end; code points) of the format's values whose match begins in `text[start:end]`.

    What stands outside the window is seen, so a window that cuts a longer word does not make it a token.
    """
    regex = _compiled(fmt.pattern)
    group = "value" if "value" in regex.groupindex else 0
    for match in regex.finditer(text, start, min(len(text), end + REACH)):
        if match.start() >= end:
            return
        if fmt.valid is None or fmt.valid(match[group]):
            yield match.span(group)
