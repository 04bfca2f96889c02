"""Merge findings of a value that occurs repeatedly in one file.

The engine reports each place, since suppressions, baseline entries and changes apply to one of them. A reader
needs the value once, with the number of its occurrences.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from palint.findings import ExcerptLine, Finding, Related, Results

MAX_PLACES = 100  # places listed for a value; GitHub shows as many related locations of a result
_SAME = "the same value"


def group_repeats(findings: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """(finding to report, the others with its rule, file and value), both in the order of `findings`.

    The first of the most severe is reported. Findings with a fix, with related places or without a value are
    reported separately.
    """
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        alone = finding.fix or finding.related or not finding.value_ids
        key = number if alone else (finding.rule, finding.span.path, finding.value_ids)
        groups.setdefault(key, []).append(finding)
    made = []
    for group in groups.values():
        first = max(group, key=lambda f: (f.severity, f.confidence))  # the first of several equal ones
        made.append((first, [f for f in group if f is not first]))
    return made


def merge_repeats(results: Results) -> Results:
    """The results with one finding for each rule, file and value; the message has their number."""
    merged = [_merged(first, rest) if rest else first for first, rest in group_repeats(results.findings)]
    return results._replace(findings=tuple(sorted(merged, key=Finding.sort_key)))


def _merged(first: Finding, rest: Sequence[Finding]) -> Finding:
    shown = rest[:MAX_PLACES]
    return first._replace(
        message=f"{first.message}, {len(rest) + 1:,} times in this file",
        related=tuple(Related(f.span, _SAME if f.message == first.message else f.message) for f in shown),
        related_excerpts=tuple(map(_line, shown)),
        repeats=len(rest),
    )


def _line(finding: Finding) -> tuple[ExcerptLine, ...]:
    """The line where a finding starts."""
    return tuple(line for line in finding.excerpt if line.number == finding.span.start.line)
