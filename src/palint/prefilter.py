"""One pass over a file's bytes that finds every rule's keywords at once.

The engine is hyperscan, which searches for all patterns in one linear scan; where it has no wheel, `re` does
the same, one pattern after the other. Patterns are in the syntax that both share: literals, classes, groups,
alternatives and repeats, no references. A keyword may end in look-aheads, which hyperscan does not support:
they are checked at each match, so that most matches of a frequent keyword are dropped early.

    matcher = prefilter.compile(["boto3", r"token=(?=[\"'])"])
    matcher.scan(b"import boto3") == [(0, 12)]

Both engines give the same matches because `re` defines them: hyperscan reports every end of every match, and
an end counts only where `re`, with bounded repeats (`bounded`), also ends a match. A pattern of fixed width
has one end per start and needs no second check.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from palint.util import compiled_patterns, hyperscan_database
from palint.util.named_tuple import NamedTuple

ENGINE = "PALINT_PREFILTER"  # environment: "re" or "hyperscan" selects that engine
MAX_MATCHES = 20_000  # matches of one keyword in one text; beyond, those close to another are dropped
THIN_DISTANCE = 64  # bytes; a dropped match ends less than this after one that is kept
BEFORE = 192  # bytes before a keyword in which `requires_before` is searched
LONGEST_BLANK = 64  # of a part repeated with `*`; no relevant name or whitespace is longer
LONGEST_MATCH = 4200  # bytes
_NEAR = 32  # bytes before a match's end in which its start is searched first
_SMALL = 2 * MAX_MATCHES  # bytes; a text up to this size cannot have too many matches

Hits = list[tuple[int, int]]
_Kept = tuple[Hits, dict[int, int], dict[int, int]]  # matches; the last end and the count of each pattern
_END = itemgetter(1)


class Keyword(NamedTuple):
    """A keyword with conditions.

    confirm: called with the bytes and the end of a match in them; a false result drops the match.
    requires_before: a pattern, of at most BEFORE bytes, that must match directly before; "": no condition.
    """

    pattern: str
    confirm: Callable[[bytes, int], object] | None = None
    requires_before: str = ""


class LateConfirm:
    """A `Keyword.confirm` that is imported when its keyword first matches. load: gives the function."""

    def __init__(self, load: Callable[[], Callable[[bytes, int], object]]) -> None:
        self.load = load

    def __call__(self, data: bytes, at: int) -> object:
        return self.load()(data, at)


class Matcher:
    """Compiled keywords. Survives a fork; one scan at a time."""

    __slots__ = ("_confirms", "keywords")

    def __init__(self, keywords: Sequence[str | Keyword]) -> None:
        self.keywords = tuple(keywords)
        self._confirms: dict[int, Callable[[bytes, int], object] | None] = {}  # of the keywords that matched

    def scan(self, data: bytes) -> Hits:
        """[(index of a keyword, end of a match in bytes)], ascending by end; letter case does not count."""
        hits = self._ends(data)
        if not hits:
            return hits
        confirms = self._confirms
        for index in {index for index, _ in hits}.difference(confirms):
            confirms[index] = _confirm(self.keywords[index])
        hits = [hit for hit in hits if (confirm := confirms[hit[0]]) is None or confirm(data, hit[1])]
        hits = self._exact(data, hits)
        hits.sort(key=_END)  # hyperscan does not always report different patterns in order
        return hits

    def _ends(self, data: bytes) -> Hits:
        """Every match's end, not yet confirmed, in any order."""
        return []  # each engine has its own

    def _exact(self, data: bytes, hits: Hits) -> Hits:
        """The confirmed ones among `_ends` that are also ends for `re`."""
        return hits


_LOOK_AHEAD = re.compile(r"\(\?[=!]")
_STAR = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<star>[*])", re.DOTALL)
_LITERAL = re.compile(r"(?:[^\\.\[\](){}*+?|^$]|\\[^\w\s])+")


_LITERALS = re.compile(r"\(\?:(\w+(?:\|\w+)+)\)")


def _literals(keyword: Keyword) -> list[bytes]:
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


def _searched(keyword: str | Keyword) -> str:
    """The whole pattern that hyperscan searches for."""
    if isinstance(keyword, str):
        return head_of(keyword)
    return keyword.requires_before + head_of(keyword)


def bounded(pattern: str) -> str:
    """The pattern with `*` bounded: otherwise `re` would read from every start to the end of the text."""
    return _STAR.sub(lambda found: f"{{0,{LONGEST_BLANK}}}" if found["star"] else found[0], pattern)


def _confirm(keyword: str | Keyword) -> Callable[[bytes, int], object] | None:
    """The check of a keyword's matches, if it has any condition."""
    plain = as_keyword(keyword)
    look_aheads = plain.pattern[len(head_of(keyword)) :]
    if plain.confirm is None and look_aheads:
        return _compiled(look_aheads).match
    return plain.confirm.load() if isinstance(plain.confirm, LateConfirm) else plain.confirm


_FLAGS = re.IGNORECASE | re.MULTILINE


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return compiled_patterns.compile(pattern.encode(), _FLAGS)


class _Head:
    """One keyword's pattern without its look-aheads, for `re`."""

    __slots__ = ("_before", "_longest", "_pattern", "_seen", "_shortest")

    def __init__(self, keyword: Keyword) -> None:
        source = bounded(head_of(keyword))
        self._pattern = _compiled(source)
        self._seen: set[bytes] = set()  # windows that end in a match
        self._shortest, longest = compiled_patterns.width(source.encode(), _FLAGS)
        self._longest = min(longest, LONGEST_MATCH)
        self._before = _compiled(rf"(?:{keyword.requires_before})\Z") if keyword.requires_before else None

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
        window = data[max(0, end - _NEAR - 1) : end + 1]  # with the bytes that an anchor sees
        if window in self._seen:
            return True
        furthest = max(0, end - self._longest)
        near = max(furthest, end - _NEAR)  # most matches are short: this decides nine in ten
        if self._ends_from(data, near, end):
            if self._before is None and len(self._seen) < 1000:
                self._seen.add(window)  # lines repeat
            return True
        return near > furthest and self._ends_from(data, furthest, end)

    def _ends_from(self, data: bytes, first: int, end: int) -> bool:
        """Whether a match that starts at `first` or later ends at `end`."""
        match = self._pattern.search(data, first)
        while match and match.start() <= end - self._shortest:
            if match.end() == end and self._follows(data, match.start()):
                return True
            match = self._pattern.search(data, match.start() + 1)
        return False

    def _follows(self, data: bytes, start: int) -> bool:
        return self._before is None or bool(self._before.search(data, max(0, start - BEFORE), start))

    def has_one_end(self) -> bool:
        """Whether a start and the pattern's width determine the end."""
        return self._before is None and self._shortest == self._longest


class HyperscanMatcher(Matcher):
    """All keywords in one hyperscan database."""

    __slots__ = ("_database", "_heads", "_scratch")

    def __init__(self, keywords: Sequence[str | Keyword], outside: str = "") -> None:
        """`outside`: the tree being checked; a saved database that is inside it is not used."""
        import hyperscan

        super().__init__(keywords)
        patterns = [_searched(keyword) for keyword in keywords]
        self._database = hyperscan_database.load(patterns, outside)
        # A loaded database has no scratch space: scanning without it would crash.
        self._scratch = hyperscan.Scratch(self._database)
        self._heads: dict[int, _Head | None] = {}  # of the keywords that matched; None where each end counts

    def _ends(self, data: bytes) -> Hits:
        kept: _Kept = ([], {}, {})
        if len(data) <= _SMALL:
            self._database.scan(data, _collect, 0, kept[0].append, self._scratch)
        else:
            self._database.scan(data, _collect_thinned, 0, kept, self._scratch)
        return kept[0]

    def _exact(self, data: bytes, hits: Hits) -> Hits:
        return [hit for hit in hits if self._is_end(data, *hit)]

    def _is_end(self, data: bytes, index: int, end: int) -> bool:
        if index not in self._heads:
            keyword = as_keyword(self.keywords[index])
            head = None if _literals(keyword) else _Head(keyword)
            self._heads[index] = None if head is None or head.has_one_end() else head
        known = self._heads[index]
        return known is None or known.ends_at(data, end)


def _collect(index: int, _start: int, end: int, _flags: int, append: object) -> None:
    append((index, end))  # type: ignore[operator]


def _collect_thinned(index: int, _start: int, end: int, _flags: int, kept: _Kept) -> None:
    hits, last, count = kept
    seen = count.get(index, 0)
    if seen < MAX_MATCHES or end - last.get(index, -THIN_DISTANCE) >= THIN_DISTANCE:
        hits.append((index, end))
        last[index], count[index] = end, seen + 1


class ReMatcher(Matcher):
    """Search with the standard library, one keyword after the other; literals with `bytes.find`."""

    __slots__ = ("_literals", "_others")

    def __init__(self, keywords: Sequence[str | Keyword], outside: str = "") -> None:
        super().__init__(keywords)
        self._literals: list[tuple[int, list[bytes]]] = []
        self._others: list[tuple[int, _Head]] = []
        for index, keyword in enumerate(map(as_keyword, keywords)):
            literals = _literals(keyword)
            if literals:
                self._literals.append((index, literals))
            else:
                self._others.append((index, _Head(keyword)))

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
            found += [(index, end) for end in ends]
        for index, head in self._others:
            found += [(index, end) for end in head.ends(data)]
        if len(data) <= _SMALL:
            return found
        found.sort(key=_END)
        kept: _Kept = ([], {}, {})
        for index, end in found:
            _collect_thinned(index, 0, end, 0, kept)
        return kept[0]


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
    """The keyword with its function itself, which tells it from another one."""
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
