"""A value that occurs often in one file, as one finding with its places.

The engine reports each place, since a suppression, a baseline entry and a change are about one of them. A
reader needs the value once, and how often it occurs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from palint.findings import ExcerptLine, Finding, Related, Results

MAX_PLACES = 100  # places named of a value; GitHub shows as many related locations of a result
_SAME = "the same value"


def group_repeats(findings: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """(finding to report, the others of its rule, file and value), both in the order of `findings`.

    The one to report is the first of the most severe. A finding with a fix, one that has related places and
    one without a value are reported by themselves.
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
    """The results with one finding for each rule, file and value; the message says how often it occurs."""
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
