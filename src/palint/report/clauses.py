"""What was found of the standard, clause by clause: nothing, violations, or not checked."""

from __future__ import annotations

from collections.abc import Mapping

from palint.findings import Finding, Results, Severity
from palint.report.summary import pluralize, ungrouped
from palint.rule import Clause, Rule
from palint.util.typing import NamedTuple


class ClauseStatus(NamedTuple):
    """One clause. state: "broken", "warned", "known", "unknown" or "clean". summary: the same in words.

    findings: those to show, which may have others.
    """

    clause: Clause
    state: str
    summary: str
    findings: tuple[Finding, ...]


def clause_statuses(results: Results, rules: Mapping[str, type[Rule]]) -> list[ClauseStatus]:
    """Every clause of the standard in order, then palint's own if it has findings."""
    ran = {rules[rule].clause for rule in results.rules}
    statuses = [_status(results, clause, clause in ran) for clause in Clause]
    return [s for s in statuses if s.clause is not Clause.NONE or s.findings]


def _status(results: Results, clause: Clause, ran: bool) -> ClauseStatus:
    findings = tuple(f for f in ungrouped(results.findings) if f.clause == clause.label)
    errors = sum(1 for f in findings if f.severity is Severity.ERROR)
    baselined = sum(1 for f in results.baselined if f.clause == clause.label)
    silenced = sum(1 for s in results.suppressed if s.finding.clause == clause.label)
    parts = [pluralize(n, noun) for n, noun in ((errors, "error"), (len(findings) - errors, "warning")) if n]
    if baselined:
        parts.append(f"{baselined:,} in the baseline")
    if silenced:
        parts.append(f"{silenced:,} suppressed")
    state = "broken" if errors else "warned" if findings else "known" if baselined else "clean"
    if state == "clean" and not ran:
        state, parts = "unknown", ["not checked", *parts]
    elif state == "clean" and not results.complete:
        state, parts = "unknown", ["nothing found, but not everything was checked", *parts]
    elif state == "clean":
        parts = ["nothing found in the files checked", *parts]
    shown = tuple(f for f in results.findings if f.clause == clause.label)
    return ClauseStatus(clause, state, ", ".join(parts), shown)
