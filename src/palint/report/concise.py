"""One line per finding, as editors and `grep` expect it: `path:line:column: error: message [rule]`."""

from __future__ import annotations

from collections.abc import Mapping

from palint.findings import Finding, Results
from palint.report import Format
from palint.report.escape import escape_controls, log_line
from palint.report.summary import (
    collapse_notices,
    confidence_mark,
    fix_mark,
    location,
    next_steps,
    notice_line,
    short_message,
    summary_lines,
)
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format(for_terminal=True, options=("quiet",), advice=False)


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO, *, quiet: bool = False) -> None:
    """Write findings and notices, one line each, then the summary unless `quiet`."""
    for finding in results.findings:
        out.write(log_line(line(finding)) + "\n")
    for notice in collapse_notices(results.notices):
        out.write(log_line(notice_line(notice)) + "\n")
    if not quiet:
        for closing in (*summary_lines(results, verbose=False), *next_steps(results)):
            out.write(closing + "\n")


def line(finding: Finding) -> str:
    """One finding in one line of visible text."""
    where = location(finding.span.path, *finding.span.start)
    return (
        f"{where}: {finding.severity.label}: {escape_controls(short_message(finding.message))} "
        f"[{finding.rule}]{confidence_mark(finding)}{fix_mark(finding.fix)}"
    )
