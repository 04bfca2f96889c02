"""Secrets: from the places of keywords in a file to spans with a verdict.

To each keyword belong finders, which look at a bounded window round the keyword's hits and yield candidates;
`verdict` judges them; of those that overlap the most specific one stays. The work is linear in the file's
length, and no value's text is kept: a `Secret` is offsets, and words of ours.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from palint import prefilter
from palint.prefilter import Keyword
from palint.secrets import keyword_prefilter
from palint.secrets.candidates import assignments, default_values, other_syntax, random_strings
from palint.secrets.classifier.model import Verdict, classify
from palint.secrets.detect_secrets import adapter as detect_secrets_adapter
from palint.secrets.filters import filter_reason, is_translated
from palint.secrets.formats import FORMATS, Format, keywords, matches, vendors
from palint.text.encoding import code_points
from palint.text.source import KeywordMatch, SourceFile
from palint.util import lazy_re


class Secret(NamedTuple):
    """A value that is believed to be a secret: text[start:end], code points, without its quotes.

    detector: what found it: a format's id, upstream's class, or a kind of assignment ("keyword",
    "url-credentials", …). reason: why it was kept, a sentence's end without a character of the value.
    public_prefix_len: how many of its first characters only say what it is (`ghp_`). name: what it is
    assigned to, "" if to nothing.
    """

    start: int
    end: int
    detector: str
    reason: str
    public_prefix_len: int = 0
    name: str = ""


class Candidate(NamedTuple):
    """A stretch text[start:end] that may be a secret, and what is known of it."""

    start: int
    end: int
    rank: int  # 0 a vendor's format, 1 upstream's own, 2 assignments, 3 entropy: the lower the more specific
    detector: str
    key: str
    public_prefix_len: int = 0
    vendor_prefix_len: int = (
        0  # characters of its begin that are the vendor's words, and say nothing of a placeholder
    )


# A finder is given the text, the ends of its keyword's hits, ascending, and the file's path.
CandidateFinder = Callable[[str, Sequence[int], str], Iterable[Candidate]]

_BEFORE = 512  # characters before a hit at which a vendor's token may begin
_AFTER = 64  # and after it
_AROUND = 2048  # characters on each side of a hit that an assignment may reach to
_LINE = 300  # characters on each side of a value that the verdict sees
_FLOOD = 2000  # candidates in one file
_LINE_ENDS = ("\n", "\r")


def _of_format(fmt: Format) -> CandidateFinder:
    def find(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        for start, end in _stretches(ends):
            for at, stop in matches(text, start, end, fmt):
                public = _prefix(fmt.keyword).match(text, at, stop)
                label = _LABEL.match(text, at, stop)
                yield Candidate(
                    at,
                    stop,
                    0,
                    f"format:{fmt.id}",
                    "",
                    len(public[0]) if public else 0,
                    label.end() - at if label else 0,
                )

    return find


# The vendor's own words, as in `sk_test_` and `sb_secret_`
_LABEL = lazy_re.compile(r"(?:[A-Za-z]{2,12}[-_.]){1,3}")


def _stretches(ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of text round the hits, overlapping ones merged, so that nothing is read twice."""
    start, stop = max(0, ends[0] - _BEFORE), ends[0] + _AFTER
    for end in ends:
        if end - _BEFORE > stop:
            yield start, stop
            start = end - _BEFORE
        stop = end + _AFTER
    yield start, stop


# The begin of a keyword that is the same in every value, or one of a few letters: `xox[bp]-`
_PREFIX = lazy_re.compile(r"(?:(?:[A-Za-z0-9_-]|\\[.-]|\[[A-Za-z]{2,6}\])(?![?*+{])){2,4}")


@cache
def _prefix(keyword: str) -> re.Pattern[str]:
    """What a value of this keyword's format begins with, whoever owns it; nothing where that is not known."""
    match = _PREFIX.match(keyword)
    return re.compile(match[0] if match else "", re.IGNORECASE)


def _of_upstream(plugin: detect_secrets_adapter.Plugin) -> CandidateFinder:
    def find(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        for start, end in _stretches(ends):
            for at, stop in detect_secrets_adapter.find(text, start, end + _BEFORE, plugin):
                yield Candidate(at, stop, 1, f"upstream:{plugin.name}", "")

    return find


def _assigned(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in sorted(set(ends)):  # a strong and a weak name may end in one place
        window = max(0, at - _AROUND), min(len(text), at + _AROUND)
        for found in assignments.find(text, at, window, path):
            yield Candidate(found.start, found.end, 2, found.detector, found.key)


def _of_named(find_at: Callable[[str, int], other_syntax.Found | None]) -> CandidateFinder:
    def find(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        for at in ends:
            found = find_at(text, at)
            if found:
                yield Candidate(found.start, found.end, 2, "keyword", found.key)

    return find


def _of_vendor(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in ends:
        found = vendors.find(text, at)
        if found:
            start, end, name = found
            yield Candidate(start, end, 2, "format:vendor-credential", name)


def _random(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in ends:
        found = random_strings.find(text, at)
        if found:
            yield Candidate(found.start, found.end, 3, f"upstream:{found.plugin}", found.key)


def _finders() -> dict[str | Keyword, list[CandidateFinder]]:
    finders: dict[str | Keyword, list[CandidateFinder]] = {}
    for keyword in keyword_prefilter.KEYWORDS:
        finders.setdefault(keyword, []).append(_assigned)
    for named in (other_syntax, default_values):
        finder = _of_named(named.find)
        for keyword in named.KEYWORDS:
            finders.setdefault(keyword, []).append(finder)
    for keyword in random_strings.KEYWORDS:
        finders.setdefault(keyword, []).append(_random)
    for fmt in FORMATS:
        for keyword in keywords(fmt):
            finders.setdefault(keyword, []).append(_of_format(fmt))
    finders[vendors.KEYWORD] = [_of_vendor]
    for plugin in detect_secrets_adapter.active_plugins():
        finder = _of_upstream(plugin)
        for keyword in plugin.keywords:
            finders.setdefault(keyword, []).append(finder)
    return finders


_BY_NEEDLE = _finders()
KEYWORDS: tuple[str | Keyword, ...] = tuple(_BY_NEEDLE)
_FINDERS = tuple(_BY_NEEDLE.values())


def detect(file: SourceFile, hits: Sequence[KeywordMatch]) -> list[Secret]:
    """The secrets in a file, ascending, none over another.

    hits: where KEYWORDS stand, ascending by end, `Hit.keyword` an index into KEYWORDS.
    """
    return _select(file.text, candidates(file.text, hits, file.path), file.path)


def cache_key(path: str) -> str:
    """What of a path anything here looks at: the name, and whether translations lie there."""
    return ("locales/" if is_translated(path) else "") + path[path.rfind("/") + 1 :]


def candidates(text: str, hits: Iterable[tuple[int, int]], path: str) -> set[Candidate]:
    """What the verdict is asked about. hits: (index into KEYWORDS, end in code points), ascending by end."""
    ends: dict[CandidateFinder, list[int]] = {}
    for keyword, end in hits:
        for finder in _FINDERS[keyword]:
            ends.setdefault(finder, []).append(end)
    return {candidate for finder, places in ends.items() for candidate in finder(text, places, path)}


def _in_line(line: str, path: str) -> set[Candidate]:
    data = line.encode("utf-8", "surrogatepass")
    hits = _matcher().scan(data)
    places = code_points(data, [end for _, end in hits])
    return candidates(line, zip([keyword for keyword, _ in hits], places, strict=True), path)


def in_line(line: str, path: str) -> list[Secret]:
    """The secrets on one line, which may stand alone."""
    return _select(line, _in_line(line, path), path)


# Data in base64, by what stands before it or by how PNG, JPEG, GIF, WebP, SVG, PDF, WOFF and zip files begin.
_SMALLEST = 24  # characters: one pixel has more
_HEAD = len(";base64,")
_PICTURE = lazy_re.compile(
    r".{0,8}?(?:;base64,|(?<![\w/+])(?:iVBORw0KG|/9j/4|R0lGOD|UklGR|PHN2Zy|JVBERi|d09G|UEsDB))", re.DOTALL
)


def _select(text: str, found: Collection[Candidate], path: str) -> list[Secret]:
    """Those candidates that the verdict keeps; of overlapping ones the most specific, then the longest."""
    secrets: list[Secret] = []
    known: dict[tuple[str, str, str], Verdict] = {}
    flood = len(found) > _FLOOD  # then the same value for the same name is judged once, whatever its line
    for c in sorted(found, key=lambda c: (c.rank, c.start - c.end, c.start, c.detector)):
        place = bisect(secrets, (c.start,))
        near = secrets[max(0, place - 1) : place + 1]
        if near and any(s.start < c.end and c.start < s.end for s in near):
            continue
        if c.rank and c.end - c.start >= _SMALLEST and _PICTURE.match(text, max(0, c.start - _HEAD), c.end):
            continue
        value = text[c.start + c.vendor_prefix_len : c.end]
        verdict = known.get((value, c.key, c.detector))
        if verdict is None:
            verdict = classify(*_classifier_args(text, c, path))
            if flood:
                known[value, c.key, c.detector] = verdict
        if verdict.is_secret:
            name = c.detector.partition(":")[2] or c.detector
            secrets.insert(place, Secret(c.start, c.end, name, verdict.reason, c.public_prefix_len, c.key))
    return secrets


def _classifier_args(text: str, c: Candidate, path: str) -> tuple[str, str, str, int, str, str]:
    """What `judge` is given: the value, its name, its line, its place in that, the path, the detector."""
    start = c.start + c.vendor_prefix_len
    low, high = _line(text, start, c.end)
    return text[start : c.end], c.key, text[low:high], start - low, path, c.detector


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """The line of text[start:end], or the part of it that lies within `_LINE` characters."""
    low, high = max(0, start - _LINE), min(len(text), end + _LINE)
    for line_end in _LINE_ENDS:
        low = max(low, text.rfind(line_end, low, start) + 1)
        at = text.find(line_end, start, high)
        high = at if at >= 0 else high
    return low, max(high, end)


@cache
def _matcher() -> prefilter.Matcher:
    return prefilter.subset_matcher(KEYWORDS)


_INSIDE_KEY = lazy_re.compile(r"[ \t\"'+]*[A-Za-z0-9+/=]{40,}(?:\\n)?[\"',+ \t\\]*")


@lru_cache(maxsize=1024)
def redact_line(line: str, path: str) -> str:
    """A line, without its end, with every value that `detect` would find on it as stars of the same width.

    To be on the safe side it hides what no plain rule drops, whatever its score. A line that is nothing but
    base64 may be the inside of a key and is stars altogether.
    """
    if _INSIDE_KEY.fullmatch(line):
        return "*" * len(line)
    shown = list(line)
    for candidate in _in_line(line, path):
        if not filter_reason(*_classifier_args(line, candidate, path)):
            shown[candidate.start : candidate.end] = "*" * (candidate.end - candidate.start)
    return "".join(shown)
