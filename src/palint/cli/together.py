"""One report of several roots, which were checked one after the other."""

from __future__ import annotations

import os
from collections.abc import Sequence

from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions, split_outputs
from palint.cli.output import refuse_to_replace, write_reports
from palint.cli.plan import RunPlan
from palint.cli.run import exit_code
from palint.engine.run import fingerprinted
from palint.findings import Finding, Results, Span


def report_together(runs: Sequence[tuple[Results, RunPlan]], options: CheckOptions) -> int:
    """Write the reports of several roots and return the worst exit code. Raises UsageError."""
    for _, path in split_outputs(options.output):
        for results, _plan in runs:
            refuse_to_replace(results.root, path)
    together = joined([results for results, _ in runs])
    write_reports(together, {name: rule for _, plan in runs for name, rule in plan.rules.items()}, options)
    return exit_code(runs, options)


def joined(parts: Sequence[Results]) -> Results:
    """The results of several roots, with paths from the folder that holds them all. Raises UsageError."""
    try:
        root = os.path.commonpath([part.root for part in parts])
    except ValueError:
        raise UsageError("the paths are on several drives: check each in a separate run") from None
    moved = [_moved(part, os.path.relpath(part.root, root).replace(os.sep, "/")) for part in parts]
    findings = sorted((f for part in moved for f in part.findings), key=Finding.sort_key)
    suppressed = sorted((s for part in moved for s in part.suppressed), key=lambda s: s.finding.sort_key())
    return Results(
        root=root,
        findings=tuple(fingerprinted(findings)),
        suppressed=tuple(suppressed),
        baselined=tuple(f for part in moved for f in part.baselined),
        notices=tuple(sorted(n for part in moved for n in part.notices)),
        files=sum(part.files for part in parts),
        seconds=sum(part.seconds for part in parts),
        rules=tuple(sorted({rule for part in parts for rule in part.rules})),
    )


def _moved(results: Results, folder: str) -> Results:
    """The results of a root, with paths from a folder above it; what is about the run names the root."""
    return results._replace(
        findings=tuple(_moved_finding(f, folder) for f in results.findings),
        suppressed=tuple(
            s._replace(finding=_moved_finding(s.finding, folder), source=f"{folder}/{s.source}")
            for s in results.suppressed
        ),
        baselined=tuple(_moved_finding(f, folder) for f in results.baselined),
        notices=tuple(n._replace(path=f"{folder}/{n.path}".rstrip("/")) for n in results.notices),
    )


def _moved_finding(finding: Finding, folder: str) -> Finding:
    def at(span: Span) -> Span:
        return span._replace(path=f"{folder}/{span.path}")

    fix = finding.fix
    return finding._replace(
        span=at(finding.span),
        related=tuple(r._replace(span=at(r.span)) for r in finding.related),
        fix=fix and fix._replace(edits=tuple(e._replace(span=at(e.span)) for e in fix.edits)),
        package=finding.package and f"{folder}/{finding.package}",
        package_list=finding.package_list and f"{folder}/{finding.package_list}",
    )
