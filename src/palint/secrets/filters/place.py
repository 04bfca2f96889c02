"""A value's place, and filters on it."""

from __future__ import annotations

from collections.abc import Callable

from palint.util.named_tuple import NamedTuple

_NEAR = 120  # characters before the value that are read


class Place(NamedTuple):
    """A value text[start:end] of a file, the name it belongs to, and its syntax (`Candidate.syntax`)."""

    text: str
    start: int
    end: int
    name: str
    syntax: str
    path: str

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The text before the value on its line, at most `_NEAR` characters."""
        low = max(0, self.start - _NEAR)
        return self.text[max(low, self.text.rfind("\n", low, self.start) + 1) : self.start]


class SyntaxFilter(NamedTuple):
    """Like `Filter`, for a place. drops, keeps: (path, text with the value in «…», name, syntax)."""

    id: str
    reason: str
    matches: Callable[[Place], object]
    drops: tuple[tuple[str, str, str, str], ...]
    keeps: tuple[tuple[str, str, str, str], ...]
