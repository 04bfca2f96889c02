"""The type of a filter, and sets of filters."""

from __future__ import annotations

import re
from collections.abc import Callable

from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple


class Filter(NamedTuple):
    """One certain reason why a text is not a secret.

    id: kebab case, unique. reason: a clause that does not quote the text. matches: a pattern, matched at the
    text's start, or a function. drops, keeps: examples of texts that it drops and keeps.
    """

    id: str
    reason: str
    matches: str | Callable[[str], object]
    drops: tuple[str, ...]
    keeps: tuple[str, ...]


def words(text: str) -> str:
    """A pattern that matches one of these words, which may be patterns."""
    return "(?:" + "|".join(text.split()) + ")"


class FilterSet:
    """Filters tested together: patterns are joined into one, functions are called after it."""

    def __init__(self, *filters: Filter) -> None:
        self.filters = filters
        self._functions = [f.matches for f in filters if not isinstance(f.matches, str)]
        self._joined = lazy_re.compile(
            "|".join(f"(?:{f.matches})" for f in filters if isinstance(f.matches, str)) or "(?!)"
        )

    def matches(self, text: str) -> bool:
        """Whether any filter drops this text."""
        return self._joined.match(text) is not None or any(function(text) for function in self._functions)

    def first(self, text: str) -> Filter | None:
        """The first filter, in their order, that drops this text."""
        for candidate in self.filters:
            test = candidate.matches
            if re.compile(test).match(text) if isinstance(test, str) else test(text):
                return candidate
        return None
