"""A value that may be a secret: where it was found, and the text that it is in."""

from __future__ import annotations

from enum import IntEnum

from palint.util.typing import NamedTuple

_NEAR = 120  # characters before the value that are read


class Source(IntEnum):
    """What found a candidate, the most specific first."""

    FORMAT = 0  # a vendor's format
    PLUGIN = 1  # a plugin of detect-secrets
    USE = 2  # a random value that the same file signs in with
    ASSIGNMENT = 3  # a form of assignment


class Candidate(NamedTuple):
    """A range text[start:end] that may be a secret.

    syntax: the format's id, the plugin's class, or the form of the assignment. name: the name that the value
    is assigned to, "" if none. public_prefix_len: number of characters at its start that only identify its
    kind (`ghp_`). vendor_prefix_len: number of characters at its start that the vendor prescribes.
    """

    start: int
    end: int
    source: Source
    syntax: str
    name: str
    public_prefix_len: int = 0
    vendor_prefix_len: int = 0


def by_specificity(candidate: Candidate) -> tuple[object, ...]:
    """Sort key: the most specific first, then the longest; the rest makes the order unique."""
    return (
        candidate.source,
        candidate.start - candidate.end,
        candidate.start,
        candidate.syntax,
        candidate.name,
    )


class Place(NamedTuple):
    """What filters read: a candidate's value, text[start:end] without the vendor's prefix, in its file.

    before: the text before the value on its line, at most `_NEAR` characters.
    """

    text: str
    start: int
    end: int
    name: str
    syntax: str
    path: str
    source: Source
    value: str
    before: str


def place_of(text: str, candidate: Candidate, path: str) -> Place:
    """The place of a candidate of this text."""
    start, end = candidate.start + candidate.vendor_prefix_len, candidate.end
    low = max(0, start - _NEAR)
    before = text[max(low, text.rfind("\n", low, start) + 1) : start]
    return Place(
        text, start, end, candidate.name, candidate.syntax, path, candidate.source, text[start:end], before
    )
