"""Three forms that stand apart: `"value" == password`, `secret "value";` and `char password[] = "value"`.

The second is how BIND, DHCP and other servers write their keys, the third is C.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from palint.util import lazy_re

_NAME = "(?:pass|pwd|secret|token|contrase|key)"

KEYWORDS = (
    rf"[\"'`]\s*[!=]==?\s*[\w.]*{_NAME}",  # ends in the name
    rf"{_NAME}[^\s;]*\s*[\"'`][^\"'`\n]+[\"'`];",  # ends with the semicolon
    rf"{_NAME}\w*\[\d*\]\s*[!=]=?\s*@?\"",  # ends with the quote
)
_AROUND = 320  # characters that are looked at before a hit

_SPEAKS = lazy_re.compile(_NAME, re.I)
_COMPARED = lazy_re.compile(
    r"([\"'`])(?P<value>[^\"'`\n]{1,256})\1\s{0,8}[!=]==?\s{0,8}(?P<name>[\w.$]{1,60})"
)
_STATED = lazy_re.compile(
    r"(?P<name>[\w.-]{1,60})[^\s;\"'`]{0,50}\s{0,40}([\"'`])(?P<value>[^\"'`\n]{1,256})\2;"
)
_ARRAY = lazy_re.compile(r"(?P<name>\w{1,60})\[\d{0,9}\]\s{0,40}[!=]=?\s{0,40}@?\"(?P<value>[^\"\n]{1,1024})")


class Found(NamedTuple):
    """A value, text[start:end] without its quotes, and the name that it belongs to."""

    start: int
    end: int
    key: str


def find(text: str, at: int) -> Found | None:
    """The value at the keyword that ends at `at`."""
    form, high = {";": (_STATED, at), '"': (_ARRAY, at + 1024)}.get(text[at - 1], (_COMPARED, at + 60))
    for match in form.finditer(text, max(0, at - _AROUND), high):
        if match.end() >= at and _SPEAKS.search(match["name"]):
            return Found(*match.span("value"), match["name"])
    return None
