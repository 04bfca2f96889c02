"""Random values that the same file signs in with, under any name: `x = "…"`, and `f"Bearer {x}"`.

The use says what the value is: an `Authorization` header, a client's constructor, the password of an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.secrets.candidates.literals import Found
from palint.util import lazy_re

# Each ends on the first character of the variable, the last one after it.
# `Bearer ${x}`, `"Bearer " + x`, `"Bearer", x`, `"Bearer %s" % x`
_HEADER = r"bearer(?:\s%s)?\s*(?:[$#]?\{|\$|[\"'`]\s*[+.,%]\s*)\$?[a-z_]"
# `Client(api_key=x`, `new Client({ host, apiKey: x`, `connect(host="…", password=x`
_CONSTRUCTOR = (
    r"(?:client|connect|connection|session|\bnew\s[\w.]+)\(\s*\{?[^\n(){}]*"
    r"\b(?:api_?key|(?:access_?|auth_?)?token|(?:client_?|api_?)?secret|password)[\"']?\s*[:=]\s*\$?[a-z_]"
)
_ADDRESS = r"://[\w.-]*:[$#]?\{?\$?[a-z_]\w*\}?@"
KEYWORDS = (_HEADER, _CONSTRUCTOR, _ADDRESS)
_REACH = 2048  # characters before a use in which its variable is set
_VARIABLE = lazy_re.compile(r"[A-Za-z_]\w{0,60}(?![\w.(\[])")
_IN_ADDRESS = lazy_re.compile(r"([A-Za-z_]\w{0,60})\}?@\Z")
_PARAMETER = lazy_re.compile(r"(\w{1,40})[\"']?\s{0,8}[:=]\s{0,8}\$?\Z")
_SET = lazy_re.compile(
    r"(?<![\w.])(?P<name>[A-Za-z_]\w{0,60})(?:\s{0,4}:\s{0,4}\w{1,20})?\s{0,40}:?=\s{0,40}"
    r"(?:[\"'`](?P<quoted>[^\s\"'`]{16,256})[\"'`]|(?P<bare>[\w+/.~-]{16,256}=?(?=[\s;])))"
)


def find(text: str, at: int, path: str) -> Iterator[Found]:
    """The value that the variable at a match of KEYWORDS, which ends at `at`, was last set to."""
    in_address = text[at - 1] == "@"
    if in_address:
        variable = _IN_ADDRESS.search(text, max(0, at - 80), at)
        name = variable[1] if variable else ""
    else:
        variable = _VARIABLE.match(text, at - 1)
        name = variable[0] if variable else ""
    found = _last_set(text, name, max(0, at - _REACH), at) if name else None
    if found is not None:
        parameter = None if in_address else _PARAMETER.search(text, max(0, at - 80), at - 1)
        key = parameter[1] if parameter else "" if in_address else "Authorization"
        from palint.secrets.formats.format import is_random  # 1 ms

        start, end = lazy_re.last_span(found)
        if is_random(text[start:end]):
            yield Found(start, end, key, "used")


def _last_set(text: str, name: str, low: int, high: int) -> re.Match[str] | None:
    """The last place in text[low:high] that sets the variable. Only its own name is looked at."""
    end = high
    while (at := text.rfind(name, low, end)) >= 0:
        found = _SET.match(text, at, high)
        if found is not None and found["name"] == name:
            return found
        end = at + len(name) - 1
    return None
