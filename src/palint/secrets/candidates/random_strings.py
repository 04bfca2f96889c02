"""Quoted strings of base64 or hexadecimal that look random, as detect-secrets' entropy plugins find them.

The entropy and its limits are theirs, so that a repository that migrates sees the same strings checked.
Their plugins report each; here each is only a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import log2

from palint.prefilter import Keyword
from palint.secrets import vocabulary
from palint.secrets.candidates.literals import Found
from palint.util import lazy_re

# The string's name, or the expression that it is part of: no other string is between them.
_NAME = rf"(?:{'|'.join(vocabulary.PLAIN)}|auth|(?:{vocabulary.OPENS}).?key)"
_REST = r"[^\r\n\"'`]{0,40}(?:[\"'][^\r\n\"'`\w]{0,16})?"
# A string of n distinct characters has at most log2(n) bits: 4.5 need 23 of them, 3.0 need nine.
KEYWORD = Keyword(r"[\"'](?:[\w+/\\=-]{23,}|[0-9a-f]{9,})[\"']", requires_before=_NAME + _REST)
BASE64_LIMIT = 4.5  # bits a character
HEX_LIMIT = 3.0
MOST = 4096  # characters of a string that are read

_BASE64 = lazy_re.compile(r"[A-Za-z0-9+/\\_=-]+")
_HEX = lazy_re.compile(r"[0-9a-fA-F]+")
# The name, a closing quote or bracket, an operator
_NAMED = lazy_re.compile(r"([\w.-]{1,60})[\"'\])]{0,2}[ \t]{0,4}[:=]{1,2}>?[ \t]{0,4}\Z")
_NEAR = 120  # characters before the string in which the expression that it is part of starts
_LONGEST = 24  # characters of a word before and after the part that names a secret
_WORD = lazy_re.compile(rf"([\w.-]{{0,{_LONGEST}}}{_NAME}[\w.-]{{0,{_LONGEST}}}){_REST}\Z", re.IGNORECASE)
_HASHED = lazy_re.compile(
    r"hash|digest|checksum|fingerprint|md5|sha-?(?:1|2|256|512)\b|[cx]srf|public|etag|signature|"
    r"\bmac[\"']?\s{0,4}[:=]",
    re.IGNORECASE,
)


def find(text: str, at: int, path: str) -> Iterator[Found]:
    """The random string whose closing quote ends at `at`; its syntax is detect-secrets' class.

    Its key is "" if nothing near it names a secret, or if it is a hash; the filters drop those.
    """
    quote, end = text[at - 1], at - 1
    start = text.rfind(quote, max(0, end - MOST), end) + 1
    plugin = kind(text[start:end]) if start else ""
    if plugin:
        yield Found(start, end, _key(text[max(0, start - _NEAR) : start - 1]), plugin)


@lru_cache(maxsize=256)  # lines repeat
def _key(before: str) -> str:
    """The name in the text before a string; "" if it names no secret, or a hash."""
    expression = _WORD.search(before)
    if expression is None or _HASHED.search(before):
        return ""
    name = _NAMED.search(before, max(0, len(before) - 80))
    return str(name[1] if name else expression[1])


def kind(value: str) -> str:
    """The class of upstream's plugin that reports this string of its alphabet, "" if none does."""
    distinct = len(set(value))
    if distinct > 22 and shannon(value) > BASE64_LIMIT:
        return "Base64HighEntropyString"
    if 22 >= distinct > 8 and _HEX.fullmatch(value) and hex_entropy(value) > HEX_LIMIT:
        return "HexHighEntropyString"
    return ""


def shannon(value: str) -> float:
    """Bits of entropy a character."""
    size = len(value)
    # The order of a set differs between processes, and with it the sum's last bit.
    return -sum(n / size * log2(n / size) for n in map(value.count, dict.fromkeys(value)))


def hex_entropy(value: str) -> float:
    """The same, minus a penalty for decimal numbers, smaller for longer ones."""
    bits = shannon(value)
    return bits - 1.2 / log2(len(value)) if value.isdecimal() else bits
