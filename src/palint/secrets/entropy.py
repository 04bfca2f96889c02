"""Quoted strings of base64 or hexadecimal that look random: the territory of detect-secrets' entropy plugins.

The entropy and its limits are theirs, so that a repository that moves over sees the same strings judged.
Their plugins report each; here it is a candidate that the verdict has yet to believe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log2

# A string of n distinct characters has at most log2(n) bits: 4.5 need 23 of them, 3.0 need nine.
NEEDLES = (r"[\"'][\w+/\\=-]{23}", r"[\"'][0-9a-f]{9}")
BASE64_LIMIT = 4.5  # bits a character
HEX_LIMIT = 3.0
MOST = 4096  # characters of a string that is looked at

_STRING = re.compile(rf"([\"'])(?:([0-9a-fA-F]{{9,{MOST}}})|([A-Za-z0-9+/\\_=-]{{23,{MOST}}}))\1")
_NAME = re.compile(r"([\w.-]{1,60})[\"'\])]{0,2}\s{0,4}[:=]{1,2}>?\s{0,4}\Z")


def find(text: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, name it is given to, upstream's plugin) of random strings beginning in text[start:end]."""
    for match in _STRING.finditer(text, start, min(len(text), end + MOST)):
        if match.start() >= end:
            return
        kinds = kind(match[2] or match[3])
        if kinds:
            name = _NAME.search(text, max(0, match.start() - 70), match.start())
            yield match.start() + 1, match.end() - 1, name[1] if name else "", kinds


def kind(value: str) -> str:
    """The class of upstream's plugin that reports this string, "" if none does."""
    distinct = len(set(value))
    if distinct > 22 and shannon(value) > BASE64_LIMIT:
        return "Base64HighEntropyString"
    if distinct > 8 and all(c in "0123456789abcdefABCDEF" for c in value) and hex_entropy(value) > HEX_LIMIT:
        return "HexHighEntropyString"
    return ""


def shannon(value: str) -> float:
    """Bits of entropy a character."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in map(value.count, set(value)))


def hex_entropy(value: str) -> float:
    """The same, less a share for text that is a decimal number, the smaller the longer it is."""
    bits = shannon(value)
    return bits - 1.2 / log2(len(value)) if value.isdecimal() and len(value) > 1 else bits
