"""Secrets: from the places of keywords in a file to spans with a verdict.

`candidates` finds what may be a secret, `filters` drop what is certainly not one, `classifier` decides the
rest; of those that overlap the most specific is kept. A value is judged by its text, name and syntax. Work
is linear in the file's length, and no value's text is kept: a `Secret` is offsets and palint's own words.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Sequence
from functools import cache, lru_cache

from palint import prefilter
from palint.findings import Confidence
from palint.secrets import candidates as candidate_finder
from palint.secrets import documented_examples, filters
from palint.secrets.candidates import KEYWORDS, Candidate
from palint.secrets.candidates.phrases import judged_part
from palint.secrets.classifier import Verdict, classify, looks_random
from palint.secrets.filters.syntax import Place
from palint.text.encoding import code_points
from palint.text.source import KeywordMatch, SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

__all__ = ["KEYWORDS", "Secret", "cache_key", "detect", "in_line", "redact_line"]


class Secret(NamedTuple):
    """A value that is believed to be a secret: text[start:end], code points, without its quotes.

    detector: what found it: a format's id, detect-secrets' class, or a syntax ("assigned", "url-credentials",
    …). name: what the value is given to, "" if to none. confidence: high for a vendor's format, key material
    and random values, else low. looks_random: whether the value does.
    public_prefix_len: how many characters of its start only say what it is (`ghp_`).
    """

    start: int
    end: int
    detector: str
    name: str
    confidence: Confidence
    looks_random: bool
    public_prefix_len: int = 0


def detect(file: SourceFile, matches: Sequence[KeywordMatch]) -> list[Secret]:
    """The secrets in a file, ascending, none over another.

    matches: of KEYWORDS, ascending by end, `KeywordMatch.keyword` an index into KEYWORDS.
    """
    return _select(file.text, candidate_finder.find(file.text, matches, file.path), file.path)


def cache_key(path: str) -> str:
    """What anything here looks at of a path: the file's name, whose ending tells the syntax."""
    return path[path.rfind("/") + 1 :]


def _in_line(line: str, path: str) -> set[Candidate]:
    data = line.encode("utf-8", "surrogatepass")
    matches = _matcher().scan(data)
    places = code_points(data, [end for _, end in matches])
    return candidate_finder.find(line, zip([k for k, _ in matches], places, strict=True), path)


def in_line(line: str, path: str) -> list[Secret]:
    """The secrets in a short text, such as a line, which may stand alone."""
    return _select(line, _in_line(line, path), path)


# Data in base64, by what precedes it or by how PNG, JPEG, GIF, WebP, SVG, PDF, WOFF and zip files start.
_SMALLEST = 24  # characters: one pixel has more
_HEAD = len(";base64,")
_PICTURE = lazy_re.compile(
    r".{0,8}?(?:;base64,|(?<![\w/+])(?:iVBORw0KG|/9j/4|R0lGOD|UklGR|PHN2Zy|JVBERi|d09G|UEsDB))", re.DOTALL
)


def _select(text: str, found: Collection[Candidate], path: str) -> list[Secret]:
    """Those candidates that are secrets; of overlapping ones the most specific, then the longest."""
    secrets: list[Secret] = []
    for c in sorted(found, key=lambda c: (c.rank, c.start - c.end, c.start, c.syntax)):
        place = bisect(secrets, (c.start,))
        near = secrets[max(0, place - 1) : place + 1]
        if near and any(s.start < c.end and c.start < s.end for s in near):
            continue
        if c.rank and c.end - c.start >= _SMALLEST and _PICTURE.match(text, max(0, c.start - _HEAD), c.end):
            continue
        verdict = judge(text, c, path)
        if verdict.is_secret:
            detector = c.syntax.partition(":")[2] or c.syntax
            secrets.insert(
                place,
                Secret(
                    c.start,
                    c.end,
                    detector,
                    c.name,
                    verdict.confidence,
                    verdict.looks_random,
                    c.public_prefix_len,
                ),
            )
    return secrets


def judge(text: str, c: Candidate, path: str) -> Verdict:
    """The verdict on one candidate of this text."""
    start = c.start + c.vendor_prefix_len
    value = text[start : c.end]
    if filters.is_filtered(Place(text, start, c.end, c.name, c.syntax, path)):
        return Verdict(False)
    before = text[start - 1 : start]
    judged = judged_part(value, c.name, c.syntax)
    if judged is not value and filters.is_filtered_value(judged):
        return Verdict(False)
    verdict = classify(judged, c.name, c.syntax, before if before in "\"'`" else "")
    if c.syntax.startswith("format:") and not c.public_prefix_len and not value.startswith("-----BEGIN"):
        # A format without a distinctive mark says little of a password that someone chose.
        random = looks_random(value)
        verdict = Verdict(True, Confidence.HIGH if random else Confidence.LOW, random)
    if verdict.is_secret and documented_examples.is_documented(value):
        return Verdict(False)
    return verdict


@cache
def _matcher() -> prefilter.Matcher:
    return prefilter.subset_matcher(KEYWORDS)


_INSIDE_KEY = lazy_re.compile(r"[ \t\"'+]*[A-Za-z0-9+/=]{40,}(?:\\n)?[\"',+ \t\\]*")


@lru_cache(maxsize=1024)
def redact_line(line: str, path: str) -> str:
    """A line, without its end, with every value that `detect` would find on it as stars of the same width.

    To be on the safe side it hides what no filter drops, whatever the classifier says. A line that is nothing
    but base64 may be the inside of a key and is stars altogether.
    """
    if _INSIDE_KEY.fullmatch(line):
        return "*" * len(line)
    shown = list(line)
    for c in _in_line(line, path):
        if not filters.is_filtered(Place(line, c.start + c.vendor_prefix_len, c.end, c.name, c.syntax, path)):
            shown[c.start : c.end] = "*" * (c.end - c.start)
    return "".join(shown)
