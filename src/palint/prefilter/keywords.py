"""Keywords: their patterns, the conditions before and after a match, and where matches end."""

from __future__ import annotations

import re
from collections.abc import Callable

from palint.util import compiled_patterns
from palint.util.named_tuple import NamedTuple

BEFORE = 192  # bytes before a keyword in which `requires_before` is searched
LONGEST_BLANK = 64  # of a part repeated with `*`; no relevant name or whitespace is longer
LONGEST_MATCH = 4200  # bytes
_LONGEST_EXTENSION = (
    8  # characters of a look-ahead that the engines search for: more would drop hardly any more matches
)
_NEAR = 12  # bytes before a match's end in which its start is searched first


class Keyword(NamedTuple):
    """A keyword with conditions.

    confirm: called with the bytes and the end of a match in them; a false result drops the match.
    requires_before: a pattern, of at most BEFORE bytes, that must match directly before; "": no condition.
    """

    pattern: str
    confirm: Callable[[bytes, int], object] | None = None
    requires_before: str = ""


class LateConfirm:
    """A `Keyword.confirm` that is imported when its keyword first matches. load: returns the function."""

    def __init__(self, load: Callable[[], Callable[[bytes, int], object]]) -> None:
        self.load = load

    def __call__(self, data: bytes, at: int) -> object:
        return self.load()(data, at)


_LOOK_AHEAD = re.compile(r"\(\?[=!]")
_STAR = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<star>[*])", re.DOTALL)
_LITERAL = re.compile(r"(?:[^\\.\[\](){}*+?|^$]|\\[^\w\s])+")


_LITERALS = re.compile(r"\(\?:(\w+(?:\|\w+)+)\)")


def literals(keyword: Keyword) -> list[bytes]:
    """The literals that a keyword is made of (`abc`, `(?:abc|def)`), lower-cased; [] for other patterns."""
    head = head_of(keyword)
    several = _LITERALS.fullmatch(head)
    if keyword.requires_before or not (several or _LITERAL.fullmatch(head)):
        return []
    found = several[1].split("|") if several else [head]
    return [re.sub(r"\\(.)", r"\1", literal).lower().encode() for literal in found]


def as_keyword(keyword: str | Keyword) -> Keyword:
    """The keyword as plain data."""
    return keyword if isinstance(keyword, Keyword) else Keyword(keyword)


def head_of(keyword: str | Keyword) -> str:
    """A keyword's pattern without its look-aheads, which the engines search for."""
    pattern = keyword if isinstance(keyword, str) else keyword.pattern
    ahead = _LOOK_AHEAD.search(pattern) if "(?" in pattern else None  # the search takes three times as long
    return pattern[: ahead.start()] if ahead else pattern


# One character of a look-ahead with its repetition: (pattern, times, more times, `*+?`).
_CHARACTER = re.compile(
    r"(\\[^bBAZxu\d]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}*+?|^$.])(?:\{(\d+)(,\d*)?\}|([*+?])\??)?"
)
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def extension_of(keyword: str | Keyword) -> tuple[str, int]:
    """(pattern, width in bytes) of the text that must follow a keyword's match; ("", 0) if unknown.

    It is the start of a keyword's look-ahead: `cs_` of `cs_(?=[0-9a-f]{40})` is searched with eight
    hexadecimal digits, so that the engine itself drops most matches.
    """
    plain = as_keyword(keyword)
    look_ahead = plain.pattern[len(head_of(keyword)) :]
    if plain.confirm is not None or not look_ahead.startswith("(?=") or not look_ahead.isascii():
        return "", 0
    starts = [_fixed_start(alternative) for alternative in _alternatives(look_ahead)]
    width = min(map(len, starts))
    joined = "|".join("".join(start[:width]) for start in starts) if width else ""
    return (f"(?:{joined})" if len(starts) > 1 and width else joined), width


def _alternatives(look_ahead: str) -> list[str]:
    """The alternatives of the look-ahead at the start of the text, up to its closing bracket."""
    found, start, depth = [], len("(?="), 0
    for token in _TOKEN.finditer(look_ahead):
        depth += (token[0] == "(") - (token[0] == ")")
        if not depth or (depth == 1 and token[0] == "|"):
            found.append(look_ahead[start : token.start()])
            start = token.end()
        if not depth:
            break
    return found


def _fixed_start(pattern: str) -> list[str]:
    """Patterns of the single characters at the start of every match, as far as they are fixed."""
    found: list[str] = []
    at = 0
    while len(found) < _LONGEST_EXTENSION and (character := _CHARACTER.match(pattern, at)):
        one, times, more, repeat = character.groups()
        if repeat in ("*", "?"):
            break
        found += [one] * int(times or 1)
        if more or repeat:
            break
        at = character.end()
    return found[:_LONGEST_EXTENSION]


def bounded(pattern: str) -> str:
    """The pattern with `*` bounded: otherwise `re` would read from every start to the end of the text."""
    return _STAR.sub(lambda found: f"{{0,{LONGEST_BLANK}}}" if found["star"] else found[0], pattern)


def confirmation(keyword: str | Keyword) -> Callable[[bytes, int], object] | None:
    """The check of a keyword's matches, if it has any condition."""
    plain = as_keyword(keyword)
    look_aheads = plain.pattern[len(head_of(keyword)) :]
    if plain.confirm is None and look_aheads:
        return compiled(look_aheads).match
    return plain.confirm.load() if isinstance(plain.confirm, LateConfirm) else plain.confirm


_FLAGS = re.IGNORECASE | re.MULTILINE


def compiled(pattern: str) -> re.Pattern[bytes]:
    """The pattern for bytes of any letter case."""
    return compiled_patterns.compile(pattern.encode(), _FLAGS)


class Head:
    """One keyword's pattern for `re`, with only `extension_of` of its look-aheads."""

    __slots__ = ("_before", "_longest", "_pattern", "_shortest")

    def __init__(self, keyword: Keyword) -> None:
        source = bounded(head_of(keyword))
        extension = extension_of(keyword)[0]
        self._pattern = compiled(f"(?:{source})(?={extension})" if extension else source)
        self._shortest, longest = compiled_patterns.width(source.encode(), _FLAGS)
        self._longest = min(longest, LONGEST_MATCH)
        self._before = compiled(rf"(?:{keyword.requires_before})\Z") if keyword.requires_before else None

    def ends(self, data: bytes) -> set[int]:
        """The end of the match at each place where one starts."""
        found = set()
        match = self._pattern.search(data)
        while match:
            start = match.start()
            if match.end() - start <= self._longest and self._follows(data, start):
                found.add(match.end())
            match = self._pattern.search(data, start + 1)
        return found

    def ends_at(self, data: bytes, end: int) -> bool:
        """Whether `end` is one of `ends(data)`."""
        for reach in (_NEAR, 8 * _NEAR, self._longest):  # most matches are short
            if self._ends_from(data, max(0, end - min(reach, self._longest)), end):
                return True
            if reach >= min(end, self._longest):
                break
        return False

    def _ends_from(self, data: bytes, first: int, end: int) -> bool:
        """Whether a match that starts at `first` or later ends at `end`.

        The search stops soon after `end`, since one without a match would read the whole text. A match that
        it finds counts only if it is the same without that limit.
        """
        last = end + _LONGEST_EXTENSION + 1  # with the bytes that a look-ahead and an anchor see
        match = self._pattern.search(data, first, last)
        while match and match.start() <= end - self._shortest:
            if match.end() in (end, last) and self._follows(data, match.start()):
                whole = self._pattern.match(data, match.start())
                if whole and whole.end() == end:
                    return True
            match = self._pattern.search(data, match.start() + 1, last)
        return False

    def _follows(self, data: bytes, start: int) -> bool:
        return self._before is None or bool(self._before.search(data, max(0, start - BEFORE), start))

    def has_one_end(self) -> bool:
        """Whether a start and the pattern's width determine the end."""
        return self._before is None and self._shortest == self._longest
