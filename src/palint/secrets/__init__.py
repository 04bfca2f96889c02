"""Find secrets in a file: from matches of keywords to classified spans.

`candidates` finds values that may be secrets, and `judge` decides on each, with `filters` and `classifier`;
of overlapping ones the most specific is kept. A value is judged by its text, name and syntax. Work is linear
in the file's length. A `Secret` has only offsets and names, never a value's text.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache

from palint import prefilter
from palint.findings import Confidence
from palint.secrets import candidates as candidate_finder
from palint.secrets import filters
from palint.secrets.candidate import Candidate, Source, by_specificity, place_of
from palint.secrets.candidates import KEYWORDS, max_reach
from palint.secrets.judge import judge
from palint.secrets.names import is_password
from palint.text.encoding import code_points
from palint.text.source import KeywordMatch, Ranges, SourceFile, merge_ranges, with_stars
from palint.util import lazy_re
from palint.util.typing import NamedTuple

__all__ = [
    "KEYWORDS",
    "Secret",
    "at_matches",
    "detect",
    "in_line",
    "max_reach",
    "redact_line",
    "redact_part",
    "value_ranges",
]


class Secret(NamedTuple):
    """A value that was classified as a secret: text[start:end], code points, without its quotes.

    detector: a format's id, detect-secrets' class, or a syntax ("assigned", "url-credentials", …).
    name: the name that the value is assigned to, "" if none. confidence: high for a vendor's format, key
    material and random values, else low. looks_random: whether the value looks random.
    public_prefix_len: number of characters at its start that only identify its kind (`ghp_`).
    """

    start: int
    end: int
    detector: str
    name: str
    confidence: Confidence
    looks_random: bool
    public_prefix_len: int = 0


def detect(file: SourceFile, matches: Sequence[KeywordMatch]) -> list[Secret]:
    """The secrets in a file, ascending, without overlaps.

    matches: of KEYWORDS, ascending by end, `KeywordMatch.keyword` an index into KEYWORDS.
    """
    found = candidate_finder.find(file.text, matches, file.path)
    secrets = select(file.text, found, file.path)
    file.keep(_search, (found, secrets))
    return secrets


def at_matches(text: str, matches: Sequence[KeywordMatch], path: str) -> list[Secret]:
    """The secrets at some of the matches of KEYWORDS in a text."""
    return select(text, candidate_finder.find(text, matches, path), path)


def _in_line(line: str, path: str) -> set[Candidate]:
    data = line.encode("utf-8", "surrogatepass")
    matches = _matcher().scan(data, path)
    places = code_points(data, [end for _, end in matches])
    return candidate_finder.find(line, zip([k for k, _ in matches], places, strict=True), path)


def in_line(line: str, path: str) -> list[Secret]:
    """The secrets in a short text that may come without its file, such as a line."""
    return select(line, _in_line(line, path), path)


# Data in base64, by its prefix or by the first bytes of PNG, JPEG, GIF, WebP, SVG, PDF, WOFF and zip files.
_SMALLEST = 24  # characters: one pixel has more
_HEAD = len(";base64,")
_PICTURE = lazy_re.compile(
    r".{0,8}?(?:;base64,|(?<![\w/+])(?:iVBORw0KG|/9j/4|R0lGOD|UklGR|PHN2Zy|JVBERi|d09G|UEsDB))", re.DOTALL
)


def select(text: str, found: Collection[Candidate], path: str) -> list[Secret]:
    """The candidates that are secrets; of overlapping ones the most specific, then the longest."""
    secrets: list[Secret] = []
    for c in sorted(found, key=by_specificity):
        place = bisect(secrets, (c.start,))
        near = secrets[max(0, place - 1) : place + 1]
        if near and any(s.start < c.end and c.start < s.end for s in near):
            continue
        if (
            c.source is not Source.FORMAT
            and c.end - c.start >= _SMALLEST
            and _PICTURE.match(text, max(0, c.start - _HEAD), c.end)
        ):
            continue
        result = judge(text, c, path)
        if result.is_secret:
            secrets.insert(
                place,
                Secret(
                    c.start,
                    c.end,
                    c.syntax,
                    c.name,
                    result.confidence,
                    result.looks_random,
                    c.public_prefix_len,
                ),
            )
    return _without_records(text, secrets)


_RECORDS = 8  # values of one name in a text; of 58 names with as many low ones, one was not of ids: `totp`


def _without_records(text: str, secrets: list[Secret]) -> list[Secret]:
    """The secrets without those of low confidence of which each record of a text has another.

    The `secret` of each of 30 photos is a part of its address. Passwords of users are kept.
    """
    values: dict[str, set[str]] = {}
    if len(secrets) >= _RECORDS:
        for s in secrets:
            values.setdefault(s.name, set()).add(text[s.start : s.end])
    ids = {name for name, of in values.items() if name and len(of) >= _RECORDS and not is_password(name)}
    return [s for s in secrets if s.name not in ids or s.confidence is not Confidence.LOW]


@cache
def _matcher() -> prefilter.Matcher:
    return prefilter.subset_matcher(KEYWORDS)


_INSIDE_KEY = lazy_re.compile(  # the parts begin with characters that the one before cannot have at its end
    r"[ \t\"'+]*[A-Za-z0-9/=][A-Za-z0-9+/=]{39,}(?:\\n)?(?:[\"', \t\\][\"',+ \t\\]*)?"
)


@lru_cache(maxsize=1024)
def redact_line(line: str, path: str) -> str:
    """A line, without its end, with every value that `detect` would find on it as stars of the same width.

    To be safe, it masks every candidate that no filter drops, whatever the classifier decides. A line of
    base64 only may be part of a key and is masked completely.
    """
    return _redacted(line, 0, merge_ranges(_unfiltered(line, _in_line(line, path), path)))


def redact_part(file: SourceFile, start: int, end: int) -> str:
    """`redact_line` for text[start:end] of a file, a line or part of one, by one search of the whole file."""
    return _redacted(file.text[start:end], start, file.parsed_with(value_ranges))


def _redacted(line: str, offset: int, values: Ranges) -> str:
    return "*" * len(line) if _INSIDE_KEY.fullmatch(line) else with_stars(line, offset, values)


def _search(file: SourceFile) -> tuple[set[Candidate], list[Secret]]:
    """The candidates of a file, and, where `detect` has run, the secrets among them."""
    return _in_line(file.text, file.path), []


def value_ranges(file: SourceFile) -> Ranges:
    """The ranges of a file that may be secrets; code points."""
    found, secrets = file.parsed_with(_search)
    known = {(secret.start, secret.end) for secret in secrets}
    others = [c for c in found if (c.start, c.end) not in known]
    return merge_ranges((*known, *_unfiltered(file.text, others, file.path)))


def _unfiltered(text: str, found: Iterable[Candidate], path: str) -> list[tuple[int, int]]:
    """The ranges of the candidates that no filter drops."""
    return [(c.start, c.end) for c in found if not filters.is_filtered(place_of(text, c, path))]
