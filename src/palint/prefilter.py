"""One pass over a file's bytes that finds every rule's keywords at once.

The engine is hyperscan, which looks for all patterns in one linear scan; where it has no wheel, `re` does the
same one pattern after the other. Patterns are in the syntax that both share: literals, classes, groups,
alternatives and bounded repeats, no references. A keyword may end in look-aheads, which hyperscan does not
know: `re` is asked at each hit, so that most hits of a frequent keyword go before anything is made of them.
What no regular expression can ask, a `Keyword`'s own function may; and a `Keyword` may ask for something that
stands before it, which hyperscan, unlike a look-ahead, is told.

    matcher = keywords.compile(["boto3", r"token=(?=[\"'])"])
    matcher.scan(b"import boto3") == [(0, 12)]
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from palint.util import user_cache

ENGINE = "PALINT_NEEDLES"  # environment: "re" or "hyperscan" asks for that engine
MAX_MATCHES = 20_000  # hits in one text after which hits of one keyword that stand close together are thinned
THIN_DISTANCE = 64  # bytes; what is dropped in a flood lies less than this behind a hit that is kept
BEHIND = 192  # bytes before a keyword in which what it asks for is looked for
_SMALL = 2 * MAX_MATCHES  # bytes; in a text up to this size no flood is worth looking for

Hits = list[tuple[int, int]]
_Kept = tuple[Hits, dict[int, int]]  # the hits, and the last end kept of each pattern
_END = itemgetter(1)


class Keyword(str):
    """A keyword with conditions.

    Its hits go where `keeps` says no: it is given the bytes and the end of a match in them. Directly before a
    match stands `behind`, a pattern that matches at most BEHIND bytes, or "" for anything.
    """

    confirm: Callable[[bytes, int], object]
    requires_before: str

    def __new__(cls, keyword: str, keeps: Callable[[bytes, int], object], behind: str = "") -> Keyword:
        made = super().__new__(cls, keyword)
        made.confirm, made.requires_before = keeps, behind
        return made

    def _all(self) -> tuple[object, ...]:
        return str(self), self.confirm, self.requires_before

    def __eq__(self, other: object) -> bool:  # the same text without the conditions is another keyword
        return isinstance(other, Keyword) and self._all() == other._all()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._all())


class Matcher:
    """Compiled patterns. Survives a fork; one scan at a time."""

    __slots__ = ("_confirms", "patterns")

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = tuple(patterns)
        self._confirms: dict[int, Callable[[bytes, int], object] | None] = {}  # of the patterns that hit

    def scan(self, data: bytes) -> Hits:
        """[(index of a pattern, end of a match in bytes)], ascending by end; letter case does not count.

        Both engines report an end for every place at which a match begins. A pattern that can end in several
        places after one begin should be written so that it ends in one: hyperscan reports each of them, `re`
        the one that it prefers. In a flood those close to their predecessor are dropped (`FLOOD`, `APART`).
        """
        hits = self._ends(data)
        if not hits:
            return hits
        confirms = self._confirms
        for index in {index for index, _ in hits}.difference(confirms):
            confirms[index] = _last_word(self.patterns[index])
        hits = [hit for hit in hits if (confirm := confirms[hit[0]]) is None or confirm(data, hit[1])]
        hits.sort(key=_END)  # of different patterns they come nearly, not always, in order
        return hits

    def _ends(self, data: bytes) -> Hits:
        """Every match's end, look-aheads not yet asked, in any order."""
        return []  # each engine has its own


_LOOK_AHEAD = re.compile(r"\(\?[=!]")


def split(pattern: str) -> tuple[str, str]:
    """(what hyperscan looks for, the look-aheads that follow) of a keyword."""
    ahead = _LOOK_AHEAD.search(pattern) if "(?" in pattern else None  # the search takes three times as long
    return (pattern[: ahead.start()], pattern[ahead.start() :]) if ahead else (str(pattern), "")


def _behind(keyword: str) -> str:
    return keyword.requires_before if isinstance(keyword, Keyword) else ""


def _last_word(keyword: str) -> Callable[[bytes, int], object] | None:
    """What is asked at a keyword's hits, if anything is."""
    if isinstance(keyword, Keyword):
        return keyword.confirm
    ahead = split(keyword)[1]
    return _compiled(ahead).match if ahead else None


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)


class HyperscanMatcher(Matcher):
    """All patterns in one hyperscan database."""

    __slots__ = ("_database", "_scratch")

    def __init__(self, patterns: Sequence[str], outside: str = "") -> None:
        """`outside`: the tree being checked; a saved database that lies in it is not used."""
        import hyperscan

        super().__init__(patterns)
        self._database = _load(hyperscan, [_behind(p) + split(p)[0] for p in patterns], outside)
        # A loaded database has no scratch space of its own: scanning with it would crash.
        self._scratch = hyperscan.Scratch(self._database)

    def _ends(self, data: bytes) -> Hits:
        hits: Hits = []
        if len(data) <= _SMALL:
            self._database.scan(data, _collect, 0, hits.append, self._scratch)
        else:
            self._database.scan(data, _collect_thinned, 0, (hits, {}), self._scratch)
        return hits


def _collect(index: int, _start: int, end: int, _flags: int, append: object) -> None:
    append((index, end))  # type: ignore[operator]


def _collect_thinned(
    index: int, _start: int, end: int, _flags: int, kept: tuple[Hits, dict[int, int]]
) -> None:
    hits, last = kept
    if len(hits) < MAX_MATCHES or end - last.get(index, -THIN_DISTANCE) >= THIN_DISTANCE:
        hits.append((index, end))
        last[index] = end


# A star would be read to its end from every place again; no name or blank of interest is that long.
_STAR = re.compile(r"(?<!\\)[*]")
_LITERAL = re.compile(r"(?:[^\\.\[\](){}*+?|^$]|\\[^\w\s])+")
_LITERALS = re.compile(r"\(\?:(\w+(?:\|\w+)+)\)")


def _literals(head: str) -> list[str]:
    """The literals that a pattern is made of, `abc` or `(?:abc|def)`; none if it is another pattern."""
    several = _LITERALS.fullmatch(head)
    if several:
        return several[1].split("|")
    return [head] if _LITERAL.fullmatch(head) else []


class ReMatcher(Matcher):
    """The same with the standard library, one pattern after the other; literals with `bytes.find`."""

    __slots__ = ("_literals", "_others")

    def __init__(self, patterns: Sequence[str], outside: str = "") -> None:
        super().__init__(patterns)
        heads = [split(pattern)[0] for pattern in patterns]
        self._literals = [
            (i, [re.sub(r"\\(.)", r"\1", literal).lower().encode() for literal in literals])
            for i, head in enumerate(heads)
            if (literals := _literals(head))
        ]
        self._others = [
            (
                i,
                _compiled(_STAR.sub("{0,64}", head)),
                _compiled(rf"(?:{behind})\Z") if (behind := _behind(patterns[i])) else None,
            )
            for i, head in enumerate(heads)
            if not _literals(head)
        ]

    def _ends(self, data: bytes) -> Hits:
        found: Hits = []
        lower = data.lower()
        for index, literals in self._literals:
            ends = set()
            for literal in literals:
                at = lower.find(literal)
                while at >= 0:
                    ends.add(at + len(literal))
                    at = lower.find(literal, at + 1)
            found += [(index, end) for end in sorted(ends)]
        for index, pattern, behind in self._others:
            match = pattern.search(data)
            ends = set()
            while match:
                start = match.start()
                if behind is None or behind.search(data, max(0, start - BEHIND), start):
                    ends.add(match.end())
                match = pattern.search(data, start + 1)
            found += [(index, end) for end in sorted(ends)]
        if len(data) <= _SMALL:
            return found
        found.sort(key=_END)
        kept: _Kept = ([], {})
        for index, end in found:
            _collect_thinned(index, 0, end, 0, kept)
        return kept[0]


class SubsetMatcher(Matcher):
    """Some of another matcher's patterns, by that one's scan."""

    __slots__ = ("_index", "_whole")

    def __init__(self, whole: Matcher, patterns: Sequence[str]) -> None:
        super().__init__(patterns)
        self._whole = whole
        places = {pattern: index for index, pattern in enumerate(patterns)}
        self._index = [places.get(pattern, -1) for pattern in whole.patterns]

    def scan(self, data: bytes) -> Hits:
        index = self._index
        return [(index[i], end) for i, end in self._whole.scan(data) if index[i] >= 0]


_made: list[Matcher] = []  # by `compile` in this process, for `subset`


def subset_matcher(patterns: Sequence[str]) -> Matcher:
    """A matcher for the patterns, by one that was compiled before and knows them all, else a new one."""
    for whole in _made:
        if set(patterns) <= set(whole.patterns):
            return SubsetMatcher(whole, patterns)
    return compile(patterns)


def compile(patterns: Sequence[str], *, engine: str = "", outside: str = "") -> Matcher:  # noqa: A001
    """A matcher for the patterns.

    engine: "hyperscan" or "re"; by default what PALINT_NEEDLES says, else hyperscan where it can be imported.
    outside: the tree being checked; a saved database that lies in it is not used.
    Raises ValueError for an engine of another name, ImportError where hyperscan is asked for and is absent.
    """
    engine = engine or os.environ.get(ENGINE, "")
    if engine not in ("", "re", "hyperscan"):
        raise ValueError(f'{ENGINE} is {engine!r}: say "hyperscan" or "re"')
    try:
        matcher = (ReMatcher if engine == "re" or not patterns else HyperscanMatcher)(patterns, outside)
    except ImportError:
        if engine:
            raise
        matcher = ReMatcher(patterns)
    _made.append(matcher)
    return matcher


def _load(hyperscan, patterns: Sequence[str], outside: str):  # type: ignore[no-untyped-def]
    """The database from the cache, else compiled, and then kept there."""
    key = _key(hyperscan, patterns)
    kept = user_cache.load("keywords", key, outside)
    if kept is not None:
        try:
            return hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:  # of another processor after all
            pass
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE
    database.compile(
        expressions=[p.encode() for p in patterns],
        ids=list(range(len(patterns))),
        flags=[flags] * len(patterns),
    )
    user_cache.save("keywords", key, hyperscan.dumpb(database), outside)
    return database


def _key(hyperscan, patterns: Sequence[str]) -> bytes:  # type: ignore[no-untyped-def]
    """Everything that a database depends on: the library, the processor, the patterns."""
    smallest = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    smallest.compile([b"a"])
    # Its description names the engine's version and the processor's features that it was built for.
    return b"\n".join([smallest.info(), hyperscan.__version__.encode(), *(p.encode() for p in patterns), b""])
