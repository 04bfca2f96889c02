"""GitHub workflow commands: annotations on the lines of a pull request.

The runner shows 10 errors, 10 warnings and 10 notices of a step and drops the rest, so the errors come first,
and a notice refers to the log for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

from palint.findings import Finding, Results, Severity
from palint.report import Format
from palint.report.concise import line as concise_line
from palint.report.escape import command_data, command_property, terminal
from palint.report.groups import rules_of
from palint.report.summary import (
    confidence_mark,
    details,
    notice_line,
    paragraphs,
    pluralize,
    summary_lines,
    ungrouped,
)
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()

SHOWN = 10  # annotations of a kind in one step


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write annotations, then findings without an annotation as plain lines, the notices and the summary."""
    errors = [f for f in results.findings if f.severity is Severity.ERROR]
    warnings = [f for f in results.findings if f.severity is not Severity.ERROR]
    for finding in [*errors[:SHOWN], *warnings[:SHOWN]]:
        out.write(annotation(finding, rules[finding.rule].url()) + "\n")
    rest = [*errors[SHOWN:], *warnings[SHOWN:]]
    if rest:
        counts = [sum(1 for _ in ungrouped(group[SHOWN:])) for group in (errors, warnings)]
        kinds = zip(counts, ("error", "warning"), strict=True)
        more = " and ".join(pluralize(n, noun) for n, noun in kinds if n > 0)
        _command(out, "notice", f"{more} more: GitHub shows {SHOWN} of a kind. All are in this step's log.")
    incomplete = [n for n in results.notices if not n.complete]
    if incomplete:
        what = "; ".join(map(notice_line, incomplete[:SHOWN]))
        more = f"; {len(incomplete) - SHOWN:,} more in the log" if len(incomplete) > SHOWN else ""
        _command(out, "notice", f"Not everything was checked: {what}{more}")
    for finding in sorted(rest, key=Finding.sort_key):
        out.write(terminal(concise_line(finding)) + "\n")
    for notice in results.notices:
        out.write(terminal(notice_line(notice)) + "\n")
    for line in summary_lines(results):
        out.write(line + "\n")


def annotation(finding: Finding, url: str = "") -> str:
    """The workflow command that annotates a finding's lines. url: the address of its rule's page."""
    span = finding.span
    place = {
        "file": span.path,
        "line": span.start.line,
        "endLine": span.end.line,
        "title": f"palint: {', '.join(rules_of(finding))}",
    }
    if (
        span.start.line == span.end.line and span.start < span.end
    ):  # the runner accepts columns only for a range on one line
        place |= {"col": span.start.column, "endColumn": span.end.column}
    properties = ",".join(f"{key}={command_property(str(value))}" for key, value in place.items())
    lines = [finding.message + confidence_mark(finding)]
    lines += [line for text in details(finding) for line in paragraphs(text)]
    if url:
        lines.append(f"rule: {url}")
    return f"::{finding.severity.label} {properties}::{'%0A'.join(map(command_data, lines))}"


def _command(out: TextIO, kind: str, message: str) -> None:
    out.write(f"::{kind} title=palint::{command_data(message)}\n")
