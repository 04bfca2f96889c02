"""Vendors' tokens in base64 or hexadecimal: `Z2hwX…` for `ghp_…`, whatever their name.

The encoded starts of tokens are keywords: in base64 a start has three spellings, by the place of its first
byte. What is decoded around a match is judged by the same formats.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from functools import cache

from palint.prefilter import Keyword
from palint.secrets.candidate import Candidate, Source
from palint.secrets.formats.format import Format
from palint.secrets.formats.table import FORMATS, literal_of, matches
from palint.util import lazy_re

_SHORTEST, _LONGEST = 3, 6  # characters of a token's start that are searched for
_LEAST = 4  # characters of an encoded start
_BEFORE, MOST = 256, 3584  # characters before and after a match that are decoded
# A start that only this kind of token has: a word and a sign. `api_` and `https://` are of many texts.
_MARK = lazy_re.compile(
    r"(?!(?:access|api|live|test|secret|private|standard|https?|token)[_:.-])[\w.-]*\w[_.-]|A[KS]IA|AIza"
)
_BASE64, _HEX = lazy_re.compile(r"[A-Za-z0-9+/_-]*={0,2}"), lazy_re.compile(r"[0-9A-Fa-f]*")


@cache
def starts() -> dict[str, list[Format]]:
    """The formats by the start of their values."""
    starts: dict[str, list[Format]] = {}
    for fmt in FORMATS:
        literal = literal_of(fmt.pattern)
        if len(literal) >= _SHORTEST and _MARK.match(literal):
            starts.setdefault(literal[:_LONGEST], []).append(fmt)
    return starts


@cache
def _in_base64() -> dict[str, tuple[str, int]]:
    """{a start in base64: (the start, bytes before it in a group of three)}."""
    found = {}
    for start in starts():
        for before in range(3):
            text = b64encode(b"\0" * before + start.encode() + b"\0\0\0").decode()
            encoded = text[-(-8 * before // 6) : 8 * (before + len(start)) // 6]
            if len(encoded) >= _LEAST:
                found[encoded] = start, before
    return found


@cache
def _in_hex() -> dict[str, list[str]]:
    """{the first bytes in hexadecimal: the starts that have them}."""
    found: dict[str, list[str]] = {}
    for start in starts():
        found.setdefault(start[:4].encode().hex(), []).append(start)
    return found


def _of_base64(data: bytes, ends: list[int], path: str) -> list[int]:
    """The matches whose letter case is right, and after which enough follows for a token."""
    return [
        at
        for at in ends
        if _BASE64_WORD.match(data, at)
        and any(data[at - size : at].decode("latin-1") in _in_base64() for size in _base64_sizes())
    ]


def _of_hex(data: bytes, ends: list[int], path: str) -> list[int]:
    return [at for at in ends if _HEX_WORD.match(data, at)]


_BASE64_WORD, _HEX_WORD = lazy_re.compile(rb"[A-Za-z0-9+/_-]{16}"), lazy_re.compile(rb"[0-9A-Fa-f]{24}")


@cache
def _base64_sizes() -> list[int]:
    return sorted({len(text) for text in _in_base64()}, reverse=True)


@cache
def keywords() -> tuple[Keyword, Keyword]:
    """The keywords for base64 and for hexadecimal."""
    base64 = "|".join(sorted(map(re.escape, _in_base64())))
    hexadecimal = "|".join(sorted(_in_hex()))
    return Keyword(f"(?:{base64})", _of_base64), Keyword(f"(?:{hexadecimal})", _of_hex)


def in_base64(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    """The tokens in base64 at whose start, or the start of one, a match ends."""
    for at in ends:
        for size in _base64_sizes():
            found = _in_base64().get(text[at - size : at])
            if not found:
                continue
            start, before = found
            group = at - size - -(-8 * before // 6)  # where the four characters with the first byte start
            word = _word(_BASE64, text, at - size, at)
            first = group - (group - word[0]) // 4 * 4
            encoded = text[first : word[1]].rstrip("=").translate(_URL_SAFE)
            yield from _judged(b64decode(encoded + "A" * (-len(encoded) % 4)), start, word, group + 4)


def in_hex(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    """The same for hexadecimal."""
    for at in ends:
        head = text[max(0, at - 8) : at].lower()
        for start in (*_in_hex().get(head, ()), *_in_hex().get(head[-6:], ())):
            low, high = _word(_HEX, text, at, at)
            low += (at - low) % 2
            high -= (high - low) % 2
            yield from _judged(bytes.fromhex(text[low:high]), start, (low, high), at)


_URL_SAFE = str.maketrans("-_", "+/")


def _word(characters: re.Pattern[str], text: str, start: int, at: int) -> tuple[int, int]:
    """The run of characters around text[start:at]; `=` can only end it, after at."""
    before = text[max(0, start - _BEFORE) : start].rpartition("=")[2]
    last = next((n for n, c in enumerate(reversed(before)) if not characters.fullmatch(c)), len(before))
    return start - last, characters.match(text, at, at + MOST).end()  # type: ignore[union-attr]


def _judged(decoded: bytes, start: str, span: tuple[int, int], body: int) -> Iterator[Candidate]:
    """The span, if one of the formats with this start matches in what it encodes. body: offset after it."""
    made = decoded.decode("latin-1")
    for fmt in starts()[start]:
        if any(matches(made, 0, len(made), fmt)):
            yield Candidate(*span, Source.FORMAT, fmt.id, "", 0, body - span[0])
            return
