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
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from operator import itemgetter
from types import ModuleType

from palint.files import languages
from palint.findings import PalintError
from palint.util import compiled_patterns, lazy_re, user_cache
from palint.util.typing import Any, NamedTuple

__all__ = ["Keyword", "LateConfirm", "Matcher", "bounded", "compile", "head_of", "subset_matcher"]

ENGINE = "PALINT_PREFILTER"  # environment: "re" or "hyperscan" selects that engine
MAX_MATCHES = 20_000  # matches of one keyword in one text; beyond, those close to another are dropped
THIN_DISTANCE = 64  # bytes; a dropped match ends less than this after one that is kept

Hits = list[tuple[int, int]]
_Ends = dict[int, list[int]]  # of the keywords that matched, by index
_END = itemgetter(1)


LONGEST_BLANK = 64  # of a part repeated with `*`; no relevant name or whitespace is longer
LONGEST_MATCH = 4200  # bytes
_LONGEST_EXTENSION = (
    8  # characters of a look-ahead that the engines search for: more would drop hardly any more matches
)
_NEAR = 12  # bytes before a match's end in which its start is searched first


Confirm = Callable[[bytes, list[int], str], list[int]]


class Keyword(NamedTuple):
    """A keyword with a condition.

    confirm: called with the bytes, the ends of the matches in them and the file's path; returns the ends that
    count. languages: the syntaxes of the files in which it is searched for; none: every file.
    """

    pattern: str
    confirm: Confirm | None = None
    languages: tuple[str, ...] = ()


class LateConfirm:
    """A `Keyword.confirm` that is imported when its keyword first matches. target: (its module, its name).

    Rules with the same keyword share its pattern, so two of the same target are equal.
    """

    def __init__(self, target: tuple[str, str]) -> None:
        self.target = target

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LateConfirm) and self.target == other.target

    def __hash__(self) -> int:
        return hash(self.target)

    def load(self) -> Confirm:
        """The function itself."""
        return getattr(import_module(self.target[0]), self.target[1])  # type: ignore[no-any-return]

    def __call__(self, data: bytes, ends: list[int], path: str) -> list[int]:
        return self.load()(data, ends, path)


_LOOK_AHEAD = lazy_re.compile(r"\(\?[=!]")
_STAR = lazy_re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<star>[*])", re.DOTALL)
_LITERAL = lazy_re.compile(r"(?:[^\\.\[\](){}*+?|^$]|\\[^\w\s])+")


_LITERALS = lazy_re.compile(r"\(\?:(\w+(?:\|\w+)+)\)")


def literals(keyword: Keyword) -> list[bytes]:
    """The literals that a keyword is made of (`abc`, `(?:abc|def)`), lower-cased; [] for other patterns."""
    head = head_of(keyword)
    several = _LITERALS.fullmatch(head)
    if not (several or _LITERAL.fullmatch(head)):
        return []
    parts = several[1].split("|") if several else [head]
    return [re.sub(r"\\(.)", r"\1", literal).lower().encode() for literal in parts]


def as_keyword(keyword: str | Keyword) -> Keyword:
    """The keyword as plain data."""
    return keyword if isinstance(keyword, Keyword) else Keyword(keyword)


def head_of(keyword: str | Keyword) -> str:
    """A keyword's pattern without its look-aheads, which the engines search for."""
    pattern = keyword if isinstance(keyword, str) else keyword.pattern
    ahead = _LOOK_AHEAD.search(pattern) if "(?" in pattern else None  # the search takes three times as long
    return pattern[: ahead.start()] if ahead else pattern


# One character of a look-ahead with its repetition: (pattern, times, more times, `*+?`).
_CHARACTER = lazy_re.compile(
    r"(\\[^bBAZxu\d]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}*+?|^$.])(?:\{(\d+)(,\d*)?\}|([*+?])\??)?"
)
_TOKEN = lazy_re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


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
    parts, start, depth = [], len("(?="), 0
    for token in _TOKEN.finditer(look_ahead):
        depth += (token[0] == "(") - (token[0] == ")")
        if not depth or (depth == 1 and token[0] == "|"):
            parts.append(look_ahead[start : token.start()])
            start = token.end()
        if not depth:
            break
    return parts


def _fixed_start(pattern: str) -> list[str]:
    """Patterns of the single characters at the start of every match, as far as they are fixed."""
    parts: list[str] = []
    at = 0
    while len(parts) < _LONGEST_EXTENSION and (character := _CHARACTER.match(pattern, at)):
        one, times, more, repeat = character.groups()
        if repeat in ("*", "?"):
            break
        parts += [one] * int(times or 1)
        if more or repeat:
            break
        at = character.end()
    return parts[:_LONGEST_EXTENSION]


def bounded(pattern: str) -> str:
    """The pattern with `*` bounded: otherwise `re` would read from every start to the end of the text."""
    return _STAR.sub(lambda found: f"{{0,{LONGEST_BLANK}}}" if found["star"] else found[0], pattern)


def confirmation(keyword: str | Keyword) -> Confirm | None:
    """The check of a keyword's matches, if it has any condition."""
    plain = as_keyword(keyword)
    look_aheads = plain.pattern[len(head_of(keyword)) :]
    if plain.confirm is None and look_aheads:
        match = compiled(look_aheads).match
        return lambda data, ends, _: [end for end in ends if match(data, end)]
    return plain.confirm.load() if isinstance(plain.confirm, LateConfirm) else plain.confirm


_FLAGS = re.IGNORECASE | re.MULTILINE


def compiled(pattern: str) -> re.Pattern[bytes]:
    """The pattern for bytes of any letter case."""
    return compiled_patterns.compile(pattern.encode(), _FLAGS)


class PatternWithoutLookahead:
    """One keyword's pattern for `re`, with only `extension_of` of its look-aheads."""

    __slots__ = ("_longest", "_pattern", "_shortest")

    def __init__(self, keyword: Keyword) -> None:
        source = bounded(head_of(keyword))
        extension = extension_of(keyword)[0]
        self._pattern = compiled(f"(?:{source})(?={extension})" if extension else source)
        self._shortest, longest = compiled_patterns.width(source.encode(), _FLAGS)
        self._longest = min(longest, LONGEST_MATCH)

    def ends(self, data: bytes) -> set[int]:
        """The end of the match at each place where one starts."""
        ends = set()
        match = self._pattern.search(data)
        while match:
            start = match.start()
            if match.end() - start <= self._longest:
                ends.add(match.end())
            match = self._pattern.search(data, start + 1)
        return ends

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
            if match.end() in (end, last):
                whole = self._pattern.match(data, match.start())
                if whole and whole.end() == end:
                    return True
            match = self._pattern.search(data, match.start() + 1, last)
        return False

    def has_one_end(self) -> bool:
        """Whether a start and the pattern's width determine the end."""
        return self._shortest == self._longest


class Matcher:
    """Compiled keywords. Survives a fork; one scan at a time."""

    __slots__ = ("_by_language", "_confirms", "_wrap", "keywords")

    def __init__(self, keywords: Sequence[str | Keyword]) -> None:
        self.keywords = tuple(keywords)
        # indices by `Keyword.languages`; under "" those that are searched for in every file
        self._by_language: dict[str, list[int]] = {"": []}
        for index, keyword in enumerate(map(as_keyword, keywords)):
            for language in keyword.languages or ("",):
                self._by_language.setdefault(language, []).append(index)
        self._confirms: dict[int, Confirm | None] = {}  # of the keywords that matched
        self._wrap: Callable[[Confirm], Confirm] = lambda confirm: confirm

    def scan(self, data: bytes, path: str = "") -> Hits:
        """[(index of a keyword, end of a match in bytes)], ascending by end; letter case does not count.

        path: of the file, for `Keyword.confirm`; "" if it has none.
        """
        hits: Hits = []
        confirms = self._confirms
        for index, ends in self._ends(data, path).items():
            if index not in confirms:
                found = confirmation(self.keywords[index])
                confirms[index] = found and self._wrap(found)
            confirm = confirms[index]
            if confirm is not None:
                ends = confirm(data, ends, path)
            if ends:
                hits += [(index, end) for end in self._exact(data, index, ends)]
        if len(hits) > 1:
            hits.sort()
            hits.sort(key=_END)
        return hits

    def wrapped(self, wrap: Callable[[Confirm], Confirm]) -> Matcher:
        """The same matcher, but that `wrap` is applied to each check of a keyword's matches."""
        import copy  # for a history only

        matcher = copy.copy(self)
        matcher._confirms, matcher._wrap = {}, wrap
        return matcher

    def _ends(self, data: bytes, path: str) -> _Ends:
        """Every match's end by keyword, not yet confirmed."""
        return {}  # each engine has its own

    def _groups(self, path: str) -> Iterable[str]:
        """Those of `_by_language` that are searched for in a file of this path."""
        syntax = languages.find(path).syntax
        return {"", syntax} if syntax in self._by_language else ("",)

    def _exact(self, data: bytes, index: int, ends: list[int]) -> list[int]:
        """The confirmed ones among a keyword's `_ends` that are also ends for `re`."""
        return ends


class HyperscanMatcher(Matcher):
    """The keywords of all files in one hyperscan database, and those of each language in another."""

    __slots__ = ("_databases", "_heads", "_outside", "_widths")

    def __init__(self, keywords: Sequence[str | Keyword], outside: str = "") -> None:
        """`outside`: the tree being checked; a saved database that is inside it is not used."""
        super().__init__(keywords)
        self._outside = outside
        self._widths: dict[int, int] = {}
        self._databases = {"": self._load("")}
        # by index, of the keywords that matched; None where each end counts
        self._heads: dict[int, PatternWithoutLookahead | None] = {}

    def _load(self, group: str) -> tuple[Any, Any]:
        """(the database of a group of keywords, its scratch space, without which scanning would crash)."""
        hyperscan = _import_hyperscan()
        of_group = {index: self.keywords[index] for index in self._by_language[group]}
        database, widths = _load_database(of_group, self._outside)
        self._widths.update(zip(of_group, widths, strict=True))
        return database, hyperscan.Scratch(database)

    def _ends(self, data: bytes, path: str) -> _Ends:
        found: _Ends = defaultdict(list)
        for group in self._groups(path):
            if group not in self._databases:
                self._databases[group] = self._load(group)
            database, scratch = self._databases[group]
            database.scan(data, _collect, 0, found, scratch)
        for index, ends in found.items():
            width = self._widths[index]
            if width:
                found[index] = [end - width for end in ends]
        return found

    def _exact(self, data: bytes, index: int, ends: list[int]) -> list[int]:
        if index not in self._heads:
            keyword = as_keyword(self.keywords[index])
            head = None if literals(keyword) else PatternWithoutLookahead(keyword)
            self._heads[index] = None if head is None or head.has_one_end() else head
        known = self._heads[index]
        return ends if known is None else [end for end in ends if known.ends_at(data, end)]


def _searched(keyword: str | Keyword) -> tuple[str, int]:
    """The pattern that hyperscan searches for, and how many bytes after the keyword it ends."""
    extension, width = extension_of(keyword)
    head = head_of(keyword)
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
        self._others: list[tuple[int, PatternWithoutLookahead]] = []
        for index, keyword in enumerate(map(as_keyword, keywords)):
            parts = literals(keyword)
            if parts:
                extension = extension_of(keyword)[0]
                self._literals.append((index, parts, compiled(extension) if extension else None))
            else:
                self._others.append((index, PatternWithoutLookahead(keyword)))

    def _ends(self, data: bytes, path: str) -> _Ends:
        found: _Ends = defaultdict(list)
        lower = data.lower()
        searched = {index for group in self._groups(path) for index in self._by_language[group]}
        for index, parts, extension in self._literals:
            ends = set()
            for literal in parts:
                at = lower.find(literal)
                while at >= 0:
                    ends.add(at + len(literal))
                    at = lower.find(literal, at + 1)
            for end in sorted(ends) if index in searched else ():
                if extension is None or extension.match(data, end):
                    _collect(index, 0, end, 0, found)
        for index, head in self._others:
            for end in sorted(head.ends(data)) if index in searched else ():
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

    def scan(self, data: bytes, path: str = "") -> Hits:
        index = self._index
        return [(index[i], end) for i, end in self._whole.scan(data, path) if index[i] >= 0]


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


def shared_matcher(keywords: Sequence[str | Keyword], outside: str) -> Matcher:
    """An earlier matcher of this process for the same keywords, else a new one; `outside` as for `compile`.

    A process that checks many repositories would keep one of 0.8 MB for each.
    """
    same = (made for made in _made if made.keywords == tuple(keywords))
    return next(same, None) or compile(keywords, outside=outside)


def compile(  # noqa: A001
    keywords: Sequence[str | Keyword], *, engine: str = "", outside: str = ""
) -> Matcher:
    """A matcher for the keywords.

    engine: "hyperscan" or "re"; by default PALINT_PREFILTER, else hyperscan where it can be imported.
    outside: the tree being checked; a saved database that is inside it is not used.
    Raises PalintError for an unknown engine, ImportError if hyperscan is requested but not installed.
    """
    engine = engine or os.environ.get(ENGINE, "")
    if engine not in ("", "re", "hyperscan"):
        raise PalintError(f'{ENGINE} is {engine!r}: use "hyperscan" or "re"')
    try:
        matcher = (ReMatcher if engine == "re" or not keywords else HyperscanMatcher)(keywords, outside)
    except ImportError:
        if engine:
            raise
        matcher = ReMatcher(keywords)
    _made.append(matcher)
    return matcher


_DATABASE_VERSION = b"2"  # increase it when the same names give other patterns


def _load_database(keywords: Mapping[int, str | Keyword], outside: str) -> tuple[Any, bytes]:
    """(the `hyperscan.Database` of keywords, the `_searched` width of each).

    It is in the user's cache directory, since compiling takes 70 ms.

    keywords: by their ids. outside: the tree being checked; a saved database that is inside it is not used.
    Raises ImportError if hyperscan is not installed.
    """
    hyperscan = _import_hyperscan()
    names = [
        f"{i} {k}" if isinstance(k, str) else f"{i} {k.pattern}\0{k.confirm is None}"
        for i, k in keywords.items()
    ]
    key = _database_key(hyperscan, names)
    kept = user_cache.load("keywords", key, outside)
    if kept is not None:
        try:
            return hyperscan.loadb(kept[len(names) :], hyperscan.HS_MODE_BLOCK), kept[: len(names)]
        except hyperscan.error:  # compiled for another processor
            pass
    made = list(map(_searched, keywords.values()))
    widths = bytes(width for _, width in made)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE
    database.compile(
        expressions=[pattern.encode() for pattern, _ in made],
        ids=list(keywords),
        flags=[flags] * len(made),
    )
    user_cache.save("keywords", key, widths + hyperscan.dumpb(database), outside)
    return database, widths


def _import_hyperscan() -> Any:
    """hyperscan, without `typing`, which it imports for a class that nothing here uses."""
    stand_in = ModuleType("typing")
    stand_in.NamedTuple = object  # type: ignore[attr-defined]
    found = sys.modules.setdefault("typing", stand_in)
    try:
        return import_module("hyperscan")
    finally:
        if found is stand_in:
            del sys.modules["typing"]


def _database_key(hyperscan, names: Sequence[str]) -> bytes:  # type: ignore[no-untyped-def]
    """The cache key: the library's version, the processor's features and the names."""
    smallest = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    smallest.compile([b"a"])
    # Its description names the engine's version and the processor's features that it was built for.
    engine = smallest.info(), hyperscan.__version__.encode(), _DATABASE_VERSION
    return b"\n".join([*engine, *(name.encode() for name in names), b""])
