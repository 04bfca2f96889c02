"""The type of a filter, what it reads, and sets of filters that are tested together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Filter(NamedTuple):
    """One certain reason why a candidate is not a secret.

    id: kebab case, unique. reason: a clause that does not quote the text. matches: of a text, a value or a
    name, a pattern that is matched at its start, or a function; of a value and its name a function of both;
    of a `Place` a function. The table that a filter is in says which. drops, keeps: examples of what it
    drops and keeps: texts, or (value, name), or (path, text with the value in «…», name, syntax). lower:
    whether the pattern is for the text in lower case, which takes a third of the time of `(?i:…)`.
    """

    id: str
    reason: str
    matches: str | Callable[..., object]
    drops: tuple[str, ...] | tuple[tuple[str, ...], ...]
    keeps: tuple[str, ...] | tuple[tuple[str, ...], ...]
    lower: bool = False


def words(text: str) -> str:
    """A pattern that matches one of these words, which may be patterns."""
    return "(?:" + "|".join(text.split()) + ")"


def with_one_of(characters: str, pattern: str) -> str:
    """The pattern anywhere in the text, tried only if the text has one of these characters of a class.

    Most values have none, which takes a tenth of the time to see.
    """
    return rf"(?=[^{characters}\n]*[{characters}]).{{0,240}}?(?:{pattern})"


class FilterSet:
    """Filters of a text tested together: patterns are joined into one, functions are called after it."""

    def __init__(self, *filters: Filter) -> None:
        self.filters = filters
        self._functions = [f.matches for f in filters if not isinstance(f.matches, str)]
        self.joined = _join(f.matches for f in filters if isinstance(f.matches, str) and not f.lower)
        self.lower = _join(f.matches for f in filters if isinstance(f.matches, str) and f.lower)

    def matches(self, text: str) -> bool:
        """Whether any filter drops this text."""
        if self.joined.match(text) or self.lower.match(text.lower()):
            return True
        for function in self._functions:  # noqa: SIM110 - `any` takes twice as long
            if function(text):
                return True
        return False


def first(filters: Iterable[Filter], *read: object) -> Filter | None:
    """The first of these filters, whose `matches` are functions, that drops what it reads."""
    for each in filters:
        if each.matches(*read):  # type: ignore[operator]
            return each
    return None


def _join(patterns: Iterable[str]) -> re.Pattern[str]:
    return lazy_re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")
