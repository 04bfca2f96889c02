"""Drop findings for which a more specific rule reports the same place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from palint.findings import Finding, Severity
from palint.rule import Rule


def drop_superseded(
    rules: Sequence[Rule], findings: list[Finding], path: str, allow_suppressing: Collection[str] | None
) -> list[Finding]:
    """Drop findings where a more specific rule, of at least the same severity, reports the same value.

    allow_suppressing: the rules whose findings may be suppressed; None: every rule. Their findings do not
    supersede those of other rules: suppressing the one would also hide the other.
    """
    supersedes = {r.id(): _superseded_by(r, allow_suppressing) for r in rules if r.supersedes}
    superseding = [f for f in findings if f.rule in supersedes]
    if not superseding:
        return findings
    spans = SupersededSpans(
        (start, end, silent, f.severity)
        for f in superseding
        if f.span.path == path
        for start, end in _places(f)
        for silent in supersedes[f.rule]
    )
    return [f for f in findings if f.span.path != path or not spans.covers(f)]


def _superseded_by(rule: Rule, allow_suppressing: Collection[str] | None) -> Sequence[str]:
    if allow_suppressing is None or rule.id() not in allow_suppressing:
        return rule.supersedes
    return [other for other in rule.supersedes if other in allow_suppressing]


class SupersededSpans:
    """Index of ranges whose findings are superseded: (start, end, superseded rule, severity)."""

    def __init__(self, places: Iterable[tuple[int, int, str, Severity]]) -> None:
        self._places = sorted(places)
        self._starts = [p[0] for p in self._places]
        self._longest = max((p[1] - p[0] for p in self._places), default=0)

    def covers(self, finding: Finding) -> bool:
        """Whether a finding of at least the same severity covers the finding or one of its values."""
        for start, end in _places(finding):
            at = bisect_left(self._starts, start - self._longest)
            while at < len(self._starts) and self._starts[at] < end:
                _, spoken_end, rule, severity = self._places[at]
                if spoken_end > start and rule == finding.rule and severity >= finding.severity:
                    return True
                at += 1
        return False


def _places(finding: Finding) -> list[tuple[int, int]]:
    """The ranges of a finding: its span and its values."""
    return [(finding.span.offset, finding.span.end_offset), *finding.values]
