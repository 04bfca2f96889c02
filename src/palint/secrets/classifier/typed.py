"""Values that a hand typed: `wertwertwegsdfbdf243w567fg8ihuon`, `dfgdfgdzfgdgdf`, `AB12-CD34-EF56-GH78`.

A hand goes to the next key, repeats what it has typed, or follows the alphabet and the digits.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

from palint.secrets.classifier.features import longest_sequence
from palint.util import lazy_re

_LONGEST = 80  # letters and digits; longer values are encoded, and repeat what they encode
# Keys by row, and how far each row is to the right, in keys. QWERTZ is the same but for `y` and `z`.
_ROWS = (("1234567890", 0.0), ("qwertyuiop", 0.5), ("asdfghjkl", 0.75), ("zxcvbnm", 1.25))
_NEXT = 1.3  # keys
_AGAIN = 2.0  # what a pair counts that was typed before, where one of keys next to each other is one
_DIGITS, _LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
_OF_HEX, _OF_BASE32 = _LETTERS[:6], _DIGITS[2:8]
_ALPHABETS = tuple(map(frozenset, (  # the smallest first
    _OF_BASE32, _DIGITS, _OF_HEX, _DIGITS + _OF_HEX, _LETTERS, _LETTERS + _OF_BASE32, _LETTERS + _DIGITS,
)))  # fmt: skip
# Standard deviations beyond random values of the same alphabet; one in 500 of those has as much
_TYPED, _TYPED_IN_PART = 3.6, 4.3
_MOST_DISTINCT = 12  # characters of a typed value, and the share of those that a random one has
_FEWEST_DISTINCT = 0.62
_OTHERS = lazy_re.compile(r"[^A-Za-z0-9]+")
_NO_LETTERS, _NO_DIGITS = lazy_re.compile(r"[^A-Za-z]+"), lazy_re.compile(r"[^0-9]+")


def is_typed(value: str) -> bool:
    """Whether the keys of a value are too near each other, or its characters too few, to be random.

    Letters and digits may be typed in turn: `1a2b3c4d5e6f7g8h`.
    """
    text = _OTHERS.sub("", value)
    if len(text) > _LONGEST:
        return False
    size = len(_alphabet(text.lower())) * (2 if _has_both_cases(text) else 1)
    distinct = len(set(text))
    if distinct <= _MOST_DISTINCT and distinct < _FEWEST_DISTINCT * size * (1 - (1 - 1 / size) ** len(text)):
        return True
    parts = _NO_LETTERS.sub("", text), _NO_DIGITS.sub("", text)
    if max(longest_sequence(text), sum(map(longest_sequence, parts))) * 2 >= len(text):
        return True
    return _beyond_random(text) >= _TYPED or max(map(_beyond_random, parts)) >= _TYPED_IN_PART


def _alphabet(lowered: str) -> frozenset[str]:
    """The smallest alphabet that a text is in."""
    return next((alphabet for alphabet in _ALPHABETS if alphabet.issuperset(lowered)), _ALPHABETS[-1])


def _has_both_cases(text: str) -> bool:
    return text.lower() != text != text.upper()


def _beyond_random(text: str) -> float:
    """How many pairs are of keys next to each other or were there before, in standard deviations."""
    lowered = text.lower()
    if len(text) < 6:
        return 0.0
    alphabet = _alphabet(lowered)
    near = _share_next_to(alphabet)
    pairs = list(pairwise(text))
    most = sum(map(_next_to().__contains__, pairwise(lowered))) + _AGAIN * (len(pairs) - len(set(pairs)))
    if most - near * len(pairs) < _TYPED * math.sqrt(near * (1 - near) * len(pairs)):
        return 0.0  # most values, in a tenth of the time
    kinds = (len(alphabet) * (2 if _has_both_cases(text) else 1)) ** 2
    seen: set[tuple[str, str]] = set()
    found = expected = variance = 0.0
    for pair, keys in zip(pairs, pairwise(lowered), strict=True):
        again = len(seen) / kinds  # the chance that a random pair is one of those
        found += _AGAIN if pair in seen else keys in _next_to()
        expected += near + again * (_AGAIN - near)
        variance += near * (1 - near) + again * (1 - again) * (_AGAIN - near) ** 2
        seen.add(pair)
    return (found - expected) / math.sqrt(variance)


@cache
def _next_to() -> frozenset[tuple[str, str]]:
    """Pairs of keys next to each other, of one key twice, and of letters in the order of the alphabet."""
    at = {key: (x + shift, y) for y, (row, shift) in enumerate(_ROWS) for x, key in enumerate(row)}
    layouts = (at, {**at, "y": at["z"], "z": at["y"]})
    near = {
        (a, b)
        for keys in layouts
        for a, (x, y) in keys.items()
        for b, (other_x, other_y) in keys.items()
        if -2 < y - other_y < 2 and -2 < x - other_x < 2 and math.dist((x, y), (other_x, other_y)) <= _NEXT
    }
    return frozenset((*near, *pairwise(_LETTERS)))


@cache
def _share_next_to(alphabet: frozenset[str]) -> float:
    return sum(a in alphabet and b in alphabet for a, b in _next_to()) / len(alphabet) ** 2
