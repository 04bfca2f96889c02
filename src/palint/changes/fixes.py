"""Choose the fixes of a run's findings."""

from __future__ import annotations

from collections.abc import Iterable

from palint.changes.edits import Change, Opener, combine
from palint.findings import Finding
from palint.util.typing import NamedTuple


class Skipped(NamedTuple):
    """A finding whose fix is not applied, and why."""

    finding: Finding
    reason: str


class Plan(NamedTuple):
    """The changes sorted by path, the findings that they fix, and the skipped ones."""

    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def plan(findings: Iterable[Finding], open_file: Opener, *, unsafe: bool = False) -> Plan:
    """Choose the fixes to apply: safe ones, with `unsafe` all. Of two that overlap, the first finding's wins.

    Findings without a fix to apply are in neither list of the result.
    """
    fixes = [(f, f.fix.edits) for f in findings if f.fix is not None and (unsafe or f.fix.safe)]
    combined = combine((edits for _, edits in fixes), open_file)
    results = [(finding, reason) for (finding, _), reason in zip(fixes, combined.rejected, strict=True)]
    return Plan(
        combined.changes,
        tuple(finding for finding, reason in results if not reason),
        tuple(Skipped(finding, reason) for finding, reason in results if reason),
    )
