"""Drop findings for which a more specific rule reports the same place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate

from palint.findings import Severity, Violation
from palint.rule import Rule


def superseded_rules(
    rules: Iterable[Rule], allow_suppressing: Collection[str] | None
) -> dict[str, Sequence[str]]:
    """{rule: the rules whose findings it supersedes}, without those that supersede none.

    allow_suppressing: the rules whose findings may be suppressed; None: every rule. Their findings do not
    supersede those of other rules: suppressing the one would also hide the other.
    """
    return {r.id(): _superseded_by(r, allow_suppressing) for r in rules if r.supersedes}


def drop_superseded(
    supersedes: Mapping[str, Sequence[str]], violations: list[Violation], path: str
) -> list[Violation]:
    """Drop violations where a more specific rule, of at least the same severity, reports the same value.

    supersedes: see `superseded_rules`.
    """
    superseding = [v for v in violations if v.rule in supersedes]
    if not superseding:
        return violations
    spans = SupersededSpans(
        (start, end, silent, v.severity)
        for v in superseding
        if v.span.path == path
        for start, end in _places(v)
        for silent in supersedes[v.rule]
    )
    return [v for v in violations if v.span.path != path or not spans.covers(v)]


def _superseded_by(rule: Rule, allow_suppressing: Collection[str] | None) -> Sequence[str]:
    if allow_suppressing is None or rule.id() not in allow_suppressing:
        return rule.supersedes
    return [other for other in rule.supersedes if other in allow_suppressing]


class SupersededSpans:
    """Index of ranges whose findings are superseded: (start, end, superseded rule, severity)."""

    def __init__(self, places: Iterable[tuple[int, int, str, Severity]]) -> None:
        self._ends: dict[tuple[str, Severity], tuple[list[int], list[int]]] = {}
        self._places: dict[str, list[tuple[int, int, Severity]]] = {}
        for start, end, rule, severity in sorted(places):
            self._places.setdefault(rule, []).append((start, end, severity))

    def covers(self, violation: Violation) -> bool:
        """Whether a violation of at least the same severity covers this one or one of its values."""
        if violation.rule not in self._places:
            return False
        starts, ends = self._reaching(violation.rule, violation.severity)
        for start, end in _places(violation):
            before = bisect_left(starts, end)
            if before and ends[before - 1] > start:
                return True
        return False

    def _reaching(self, rule: str, severity: Severity) -> tuple[list[int], list[int]]:
        """The starts of a rule's ranges, and the furthest end up to each; of at least a severity."""
        key = rule, severity
        if key not in self._ends:
            places = [place for place in self._places[rule] if place[2] >= severity]
            self._ends[key] = [p[0] for p in places], list(accumulate((p[1] for p in places), max))
        return self._ends[key]


def _places(violation: Violation) -> list[tuple[int, int]]:
    """The ranges of a violation: its span and its values."""
    return [(violation.span.offset, violation.span.end_offset), *violation.values]
