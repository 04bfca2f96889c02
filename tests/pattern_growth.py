"""Texts that a pattern would stall on, made from its own alphabet, and how its time grows on them."""

from __future__ import annotations

import importlib
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_NEW = sys.version_info >= (3, 11)
codes: Any = importlib.import_module("re._constants" if _NEW else "sre_constants")
parser: Any = importlib.import_module("re._parser" if _NEW else "sre_parse")

LENGTH = 4096  # characters; the same text is a quarter as long for comparison
_PIECES = 12  # that are repeated, of a pattern
_ENOUGH = 0.002  # seconds: below it growth does not matter
_MEASURED = 0.1  # seconds of CPU in which a text is searched again and again
_SHORT = 0.01  # seconds of CPU for the longest text of a pattern that sees short ones alone
_SECONDS = 0.5  # of CPU for one text
_GROWTH = 8  # times the CPU for four times the text: n log n takes 4.8, a square 16
_PROBES = "aZ0_ -./:=\"'\n(){}é\u0d05\u4e00\x00"
_CATEGORIES = {
    codes.CATEGORY_DIGIT: "0", codes.CATEGORY_NOT_DIGIT: "a-", codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a", codes.CATEGORY_WORD: "a0", codes.CATEGORY_NOT_WORD: "- ",
}  # fmt: skip
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, getattr(codes, "POSSESSIVE_REPEAT", codes.MAX_REPEAT))


class StalledError(Exception):
    """A text took longer than `_SECONDS`."""


def slow_growth(
    pattern: str, flags: int, run: Callable[[re.Pattern[str], str], object], length: int = LENGTH
) -> str:
    """What is wrong with the growth of a pattern's time; "" when it is at most about n log n.

    run: how the program applies it. length: of the longest text that it is applied to, if that is known.
    """
    compiled = re.compile(pattern, flags)
    for lead, piece in _pumps(pattern, flags):
        for tail in ("", "\x00"):
            short, long = (_text(lead, piece, tail, size) for size in (length // 4, length))
            try:
                if _is_short(compiled, long, run):
                    continue
                before, after = (_seconds(compiled, text, run, _MEASURED) for text in (short, long))
            except StalledError:
                return f"over {_SECONDS:g} s for {length} characters of {lead!r} and {piece!r}"
            if length < LENGTH and after > _SHORT:
                return f"{after:.4f} s for {length} characters of {lead!r} and {piece!r}"
            if length == LENGTH and after > _ENOUGH and after > _GROWTH * before:
                longer = _text(lead, piece, tail, 4 * length)
                try:  # the short text may have ended early, and a bounded pattern takes no more
                    if _seconds(compiled, longer, run, _MEASURED) < 2 * after:
                        continue
                except StalledError:
                    pass
                return f"{before:.4f} s, then {after:.4f} s for four times {piece!r} after {lead!r}"
    return ""


def _text(lead: str, piece: str, tail: str, size: int) -> str:
    """A piece repeated, after what leads to it.

    At the end comes nothing, or a character that no pattern wants, so that it tries all other ways.
    """
    return lead + (piece * (size // len(piece) + 1))[:size] + tail


def _seconds(
    compiled: re.Pattern[str], text: str, run: Callable[[re.Pattern[str], str], object], total: float
) -> float:
    """CPU seconds of one run, of as many as take `total` seconds: some machines count them in steps of 4 ms.

    Raises StalledError, from a timer that `re` itself looks at.
    """
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        began, runs = time.process_time(), 0
        while (taken := time.process_time() - began) < total or not runs:
            run(compiled, text)
            runs += 1
        return taken / runs
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _is_short(compiled: re.Pattern[str], text: str, run: Callable[[re.Pattern[str], str], object]) -> bool:
    """Whether one run takes less than `_ENOUGH` even by the clock on the wall."""
    began = time.perf_counter()
    _seconds(compiled, text, run, 0.0)
    return time.perf_counter() - began < _ENOUGH


@contextmanager
def timer() -> Iterator[None]:
    """In here a text that takes too long raises StalledError."""

    def expire(*_: object) -> None:
        raise StalledError

    before = signal.signal(signal.SIGVTALRM, expire)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _pumps(pattern: str, flags: int) -> Sequence[tuple[str, str]]:
    """(what leads to it, the piece to repeat): each repeat's body, how the pattern begins, and all of it.

    Where a class leaves a choice, also with the characters that the pattern names elsewhere.
    """
    tree = parser.parse(pattern, flags)
    found: dict[tuple[str, str], None] = {}
    for lead, body in _repeats(tree, ""):
        choices = _choices(body)
        for piece in [*choices, "".join(choices), *(_sample(body, c) for c in _literals(tree)[:3])]:
            found[lead, piece] = None
    whole = _sample(tree)
    for piece in (_sample(list(tree)[:1]), whole, whole[:-1]):
        found["", piece] = None
    pumps = [pump for pump in found if pump[1]]
    return pumps[:: max(1, len(pumps) // _PIECES)]


def _literals(items: Any) -> list[str]:
    """The characters that a pattern names outside of classes, the first ones first."""
    made: dict[str, None] = {}
    for code, value in items:
        if code is codes.LITERAL:
            made[chr(value)] = None
        for inner in [value[2]] if code in _REPEATS else _inner(code, value):
            made.update(dict.fromkeys(_literals(inner)))
    return list(made)


def _repeats(items: Any, lead: str) -> Iterator[tuple[str, Any]]:
    """(the text before it, its body) of every repeat of eight or more, outer ones first."""
    for code, value in items:
        if code in _REPEATS:
            _, most, body = value
            if most >= 8:
                yield lead, body
            yield from _repeats(body, lead)
        for inner in _inner(code, value):
            yield from _repeats(inner, lead)
        lead += _sample([(code, value)])


def _inner(code: Any, value: Any) -> Iterator[Any]:
    """The sequences inside a group, an alternative or a look-around."""
    if code is codes.SUBPATTERN:
        yield value[-1]
    elif code is codes.BRANCH:
        yield from value[1]
    elif code in (codes.ASSERT, codes.ASSERT_NOT):
        yield value[1]
    elif code is getattr(codes, "ATOMIC_GROUP", None):
        yield value
    elif code is codes.GROUPREF_EXISTS:
        yield from (part for part in value[1:] if part)


def _choices(body: Any) -> list[str]:
    """Texts that a repeat's body matches: of a class some of its characters, of alternatives each."""
    body = list(body)
    if len(body) == 1:
        code, value = body[0]
        if code is codes.IN:
            return _characters(value)
        if code is codes.BRANCH:
            return [piece for part in value[1] for piece in _choices(part)][:6]
        if code is codes.SUBPATTERN:
            return _choices(value[-1])
        if code in _REPEATS:
            return _choices(value[2])
    return [_sample(body)]


def _sample(items: Any, preferred: str = "") -> str:
    """A text that a sequence matches, but for what it looks ahead at.

    preferred: the character to take of each class that has it.
    """
    made = ""
    for code, value in items:
        if code is codes.LITERAL:
            made += chr(value)
        elif code is codes.NOT_LITERAL:
            made += "a" if value != ord("a") else "b"
        elif code is codes.ANY:
            made += preferred or "a"
        elif code is codes.IN:
            made += preferred if preferred and _matches(value, preferred) else _characters(value)[0]
        elif code in _REPEATS:
            least, most, body = value
            made += _sample(body, preferred) * (min(least, 40) if least else min(most, 1))
        elif code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
            continue
        elif code is codes.BRANCH:
            made += _sample(value[1][0], preferred)
        else:
            for inner in _inner(code, value):
                made += _sample(inner, preferred)
                break
    return made


def _characters(items: Any) -> list[str]:
    """Up to six characters of a class; of a range its first, and its first letter of any language."""
    if items and items[0][0] is codes.NEGATE:
        return [c for c in _PROBES if not _has(items[1:], c)][:6] or ["~"]
    made: list[str] = []
    for code, value in items:
        if code is codes.LITERAL:
            made.append(chr(value))
        elif code is codes.RANGE:
            first, last = value
            made.append(chr(first))
            made += [chr(n) for n in range(first, min(last, first + 500) + 1) if chr(n).isalpha()][:1]
        elif code is codes.CATEGORY:
            made += _CATEGORIES.get(value, "a")
    return list(dict.fromkeys(made))[:6] or ["a"]


def _matches(items: Any, character: str) -> bool:
    """Whether a class has a character."""
    if items and items[0][0] is codes.NEGATE:
        return not _has(items[1:], character)
    return _has(items, character)


def _has(items: Any, character: str) -> bool:
    for code, value in items:
        if code is codes.LITERAL and chr(value) == character:
            return True
        if code is codes.RANGE and value[0] <= ord(character) <= value[1]:
            return True
        if code is codes.CATEGORY and _in_category(value, character):
            return True
    return False


def _in_category(category: Any, character: str) -> bool:
    word = character.isalnum() or character == "_"
    return {
        codes.CATEGORY_DIGIT: character.isdigit(), codes.CATEGORY_NOT_DIGIT: not character.isdigit(),
        codes.CATEGORY_SPACE: character.isspace(), codes.CATEGORY_NOT_SPACE: not character.isspace(),
        codes.CATEGORY_WORD: word, codes.CATEGORY_NOT_WORD: not word,
    }.get(category, False)  # fmt: skip
