"""One pass over a file's bytes that finds every rule's keywords at once.

The engine is hyperscan, which searches for all patterns in one linear scan; where it has no wheel, `re` does
the same, one pattern after the other. Patterns are in the syntax that both share: literals, classes, groups,
alternatives and repeats, no references. A keyword may end in look-aheads, which hyperscan does not support:
they are checked at each match, so that most matches of a frequent keyword are dropped early. The start of a
look-ahead, as far as it has a fixed width, is searched by the engine itself (`extension_of`).

    matcher = prefilter.compile(["boto3", r"token=(?=[\"'])"])
    matcher.scan(b"import boto3") == [(0, 12)]

Both engines give the same matches because `re` defines them: hyperscan reports every end of every match, and
an end counts only where `re`, with bounded repeats (`bounded`), also ends a match. A pattern of fixed width
has one end per start and needs no second check.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import itemgetter

from palint.prefilter.keywords import (
    Head,
    Keyword,
    LateConfirm,
    as_keyword,
    bounded,
    compiled,
    confirmation,
    extension_of,
    head_of,
    literals,
)
from palint.util import hyperscan_database

__all__ = ["Keyword", "LateConfirm", "Matcher", "bounded", "compile", "head_of", "subset_matcher"]

ENGINE = "PALINT_PREFILTER"  # environment: "re" or "hyperscan" selects that engine
MAX_MATCHES = 20_000  # matches of one keyword in one text; beyond, those close to another are dropped
THIN_DISTANCE = 64  # bytes; a dropped match ends less than this after one that is kept

Hits = list[tuple[int, int]]
_Ends = dict[int, list[int]]  # of the keywords that matched, by index
_END = itemgetter(1)


class Matcher:
    """Compiled keywords. Survives a fork; one scan at a time."""

    __slots__ = ("_confirms", "keywords")

    def __init__(self, keywords: Sequence[str | Keyword]) -> None:
        self.keywords = tuple(keywords)
        self._confirms: dict[int, Callable[[bytes, int], object] | None] = {}  # of the keywords that matched

    def scan(self, data: bytes) -> Hits:
        """[(index of a keyword, end of a match in bytes)], ascending by end; letter case does not count."""
        hits: Hits = []
        confirms = self._confirms
        for index, ends in self._ends(data).items():
            if index not in confirms:
                confirms[index] = confirmation(self.keywords[index])
            confirm = confirms[index]
            if confirm is not None:
                ends = [end for end in ends if confirm(data, end)]
            if ends:
                hits += [(index, end) for end in self._exact(data, index, ends)]
        if len(hits) > 1:
            hits.sort()
            hits.sort(key=_END)
        return hits

    def _ends(self, data: bytes) -> _Ends:
        """Every match's end by keyword, not yet confirmed."""
        return {}  # each engine has its own

    def _exact(self, data: bytes, index: int, ends: list[int]) -> list[int]:
        """The confirmed ones among a keyword's `_ends` that are also ends for `re`."""
        return ends


class HyperscanMatcher(Matcher):
    """All keywords in one hyperscan database."""

    __slots__ = ("_database", "_heads", "_scratch", "_widths")

    def __init__(self, keywords: Sequence[str | Keyword], outside: str = "") -> None:
        """`outside`: the tree being checked; a saved database that is inside it is not used."""
        import hyperscan

        super().__init__(keywords)
        names = [
            k if isinstance(k, str) else f"{k.pattern}\0{k.requires_before}\0{k.confirm is None}"
            for k in keywords
        ]
        self._database, self._widths = hyperscan_database.load(
            names, lambda: map(_searched, keywords), outside
        )
        # A loaded database has no scratch space: scanning without it would crash.
        self._scratch = hyperscan.Scratch(self._database)
        self._heads: dict[int, Head | None] = {}  # of the keywords that matched; None where each end counts

    def _ends(self, data: bytes) -> _Ends:
        found: _Ends = defaultdict(list)
        self._database.scan(data, _collect, 0, found, self._scratch)
        for index, ends in found.items():
            width = self._widths[index]
            if width:
                found[index] = [end - width for end in ends]
        return found

    def _exact(self, data: bytes, index: int, ends: list[int]) -> list[int]:
        if index not in self._heads:
            keyword = as_keyword(self.keywords[index])
            head = None if literals(keyword) else Head(keyword)
            self._heads[index] = None if head is None or head.has_one_end() else head
        known = self._heads[index]
        return ends if known is None else [end for end in ends if known.ends_at(data, end)]


def _searched(keyword: str | Keyword) -> tuple[str, int]:
    """The pattern that hyperscan searches for, and how many bytes after the keyword it ends."""
    extension, width = extension_of(keyword)
    head = as_keyword(keyword).requires_before + head_of(keyword)
    return f"(?:{head}){extension}" if extension else head, width


def _collect(index: int, _start: int, end: int, _flags: int, found: _Ends) -> None:
    ends = found[index]
    if len(ends) < MAX_MATCHES or end - ends[-1] >= THIN_DISTANCE:
        ends.append(end)


class ReMatcher(Matcher):
    """Search with the standard library, one keyword after the other; literals with `bytes.find`."""

    __slots__ = ("_literals", "_others")

    def __init__(self, keywords: Sequence[str | Keyword], outside: str = "") -> None:
        super().__init__(keywords)
        self._literals: list[tuple[int, list[bytes], re.Pattern[bytes] | None]] = []
        self._others: list[tuple[int, Head]] = []
        for index, keyword in enumerate(map(as_keyword, keywords)):
            parts = literals(keyword)
            if parts:
                extension = extension_of(keyword)[0]
                self._literals.append((index, parts, compiled(extension) if extension else None))
            else:
                self._others.append((index, Head(keyword)))

    def _ends(self, data: bytes) -> _Ends:
        found: _Ends = defaultdict(list)
        lower = data.lower()
        for index, parts, extension in self._literals:
            ends = set()
            for literal in parts:
                at = lower.find(literal)
                while at >= 0:
                    ends.add(at + len(literal))
                    at = lower.find(literal, at + 1)
            for end in sorted(ends):
                if extension is None or extension.match(data, end):
                    _collect(index, 0, end, 0, found)
        for index, head in self._others:
            for end in sorted(head.ends(data)):
                _collect(index, 0, end, 0, found)
        return found


class SubsetMatcher(Matcher):
    """A matcher for some keywords of another matcher, whose scan it uses."""

    __slots__ = ("_index", "_whole")

    def __init__(self, whole: Matcher, keywords: Sequence[str | Keyword]) -> None:
        super().__init__(keywords)
        self._whole = whole
        places = {keyword: index for index, keyword in enumerate(keywords)}
        self._index = [places.get(_loaded(keyword), -1) for keyword in whole.keywords]

    def scan(self, data: bytes) -> Hits:
        index = self._index
        return [(index[i], end) for i, end in self._whole.scan(data) if index[i] >= 0]


def _loaded(keyword: str | Keyword) -> str | Keyword:
    """The keyword with its confirm function loaded, so that equal keywords compare equal."""
    if isinstance(keyword, str) or not isinstance(keyword.confirm, LateConfirm):
        return keyword
    return keyword._replace(confirm=keyword.confirm.load())


_made: list[Matcher] = []  # by `compile` in this process, for `subset_matcher`


def subset_matcher(keywords: Sequence[str | Keyword]) -> Matcher:
    """A matcher for the keywords: a subset of an earlier matcher that has them all, else a new one."""
    for whole in _made:
        if set(keywords) <= set(map(_loaded, whole.keywords)):
            return SubsetMatcher(whole, keywords)
    return compile(keywords)


def compile(  # noqa: A001
    keywords: Sequence[str | Keyword], *, engine: str = "", outside: str = ""
) -> Matcher:
    """A matcher for the keywords.

    engine: "hyperscan" or "re"; by default PALINT_PREFILTER, else hyperscan where it can be imported.
    outside: the tree being checked; a saved database that is inside it is not used.
    Raises ValueError for an unknown engine, ImportError if hyperscan is requested but not installed.
    """
    engine = engine or os.environ.get(ENGINE, "")
    if engine not in ("", "re", "hyperscan"):
        raise ValueError(f'{ENGINE} is {engine!r}: use "hyperscan" or "re"')
    try:
        matcher = (ReMatcher if engine == "re" or not keywords else HyperscanMatcher)(keywords, outside)
    except ImportError:
        if engine:
            raise
        matcher = ReMatcher(keywords)
    _made.append(matcher)
    return matcher
