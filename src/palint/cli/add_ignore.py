"""`--add-ignore REASON`: a suppression above every line that has a finding, where a comment is possible."""

from __future__ import annotations

import sys

from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK
from palint.cli.plan import RunPlan
from palint.findings import Finding, Fix, Results, Severity
from palint.fixes import ignore_comment
from palint.fixes import plan as fix_plan
from palint.fixes import write as fix_writer
from palint.report.escape import terminal
from palint.report.summary import pluralize


def add_suppressions(plan: RunPlan, results: Results, reason: str) -> int:
    """Write a suppression above every line with a finding, and list the findings where this is impossible."""
    lines: dict[tuple[str, int], list[str]] = {}
    for finding in results.findings:
        if finding.excerpt:  # otherwise it is about the whole file
            rules = lines.setdefault((finding.span.path, finding.span.start.line), [])
            if finding.rule not in rules:
                rules.append(finding.rule)
    suppressed = {place: _comment(plan, *place, rules, reason) for place, rules in sorted(lines.items())}
    comments = [comment for comment in suppressed.values() if comment is not None]
    planned = fix_plan.plan(comments, plan.project.open, unsafe=True)
    for change in planned.changes:
        fix_writer.write(plan.project.root, change)
    print(
        f"{pluralize(len(planned.fixed), 'suppression')} written in {pluralize(len(planned.changes), 'file')}"
    )
    impossible = [
        f for f in results.findings if not f.excerpt or suppressed[f.span.path, f.span.start.line] is None
    ]
    for finding in impossible:
        print(
            f"palint: {terminal(finding.span.path)}:{finding.span.start.line}: no comment is possible here; "
            f"accept {finding.rule} with [[allow]] in the settings",
            file=sys.stderr,
        )
    return EXIT_ERROR if impossible else EXIT_OK


def _comment(plan: RunPlan, path: str, line: int, rules: list[str], reason: str) -> Finding | None:
    """A dummy finding whose fix inserts the comment, so that the code for fixes can write it."""
    file = plan.project.open(path)
    edit = None if file is None else ignore_comment.insertion(file, line, rules, reason)
    return None if edit is None else Finding("", "", Severity.WARNING, "", "", edit.span, fix=Fix((edit,)))
