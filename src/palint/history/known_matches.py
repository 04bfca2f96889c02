"""Check a match of a keyword once for all versions that have the same text around it."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable

from palint.engine.result_cache import RANDOM_KEY
from palint.rule import NEARBY
from palint.text.source import KeywordMatch

_HELD = 200_000  # matches in one generation, about 15 MB


class KnownMatches:
    """Matches at which a rule found nothing, by the text around them; those used last are kept.

    Each is one number, a hash of 64 bits with the process's random seed: for a million matches the
    probability that two are confused is below one in ten million. Where the seed is known
    (`PYTHONHASHSEED`), no match is kept, since an attacker could make two texts with one hash.
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._older: set[int] = set()

    def unknown(
        self, rule: Hashable, nearby: Container[int], text: str, matches: Iterable[KeywordMatch]
    ) -> tuple[list[KeywordMatch], list[int]]:
        """(those of the matches that must be checked, their keys for `add`).

        rule: the rule, and what it reads of the path. nearby: the keywords whose results can be reused.
        """
        if not RANDOM_KEY:
            return list(matches), []
        made: list[KeywordMatch] = []
        keys: list[int] = []
        recent, older = self._recent, self._older
        for match in matches:
            keyword, end = match
            if keyword in nearby:
                low = end - NEARBY if end > NEARBY else 0
                key = hash((rule, keyword, end - low, text[low : end + NEARBY]))
                if key in recent:
                    continue
                if key in older:
                    self._add(key)
                    continue
                keys.append(key)
            made.append(match)
        return made, keys

    def add(self, keys: Iterable[int]) -> None:
        """Record matches at which nothing was found."""
        for key in keys:
            self._add(key)

    def _add(self, key: int) -> None:
        if len(self._recent) >= _HELD:
            self._older, self._recent = self._recent, set()
        self._recent.add(key)
