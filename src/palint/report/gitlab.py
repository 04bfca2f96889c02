"""GitLab's Code Quality report (a subset of Code Climate's), for the merge request's widget and diff."""

from __future__ import annotations

import json
from collections.abc import Mapping

from palint.findings import Finding, Notice, Results, Severity
from palint.report import Format
from palint.report.escape import escape_controls, json_text
from palint.report.summary import details
from palint.util.typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor"}


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write a JSON array. It includes what was not fully checked: the format has no other place for it."""
    issues = [_issue(f, rules) for f in results.findings]
    issues += [_unchecked(n) for n in results.notices if not n.complete]
    out.write(json_text(json.dumps(issues, indent=1)) + "\n")


def _issue(finding: Finding, rules: Mapping[str, type[Rule]]) -> dict[str, Any]:
    return {
        "description": escape_controls(finding.message),
        "content": {"body": _body(finding, rules)},
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": escape_controls(finding.span.path),
            "lines": {"begin": finding.span.start.line, "end": finding.span.end.line},
        },
    }


def _body(finding: Finding, rules: Mapping[str, type[Rule]]) -> str:
    parts = [*details(finding), rules[finding.rule].url()]
    return "\n".join(escape_controls(line) for part in parts for line in part.splitlines())


def _unchecked(notice: Notice) -> dict[str, Any]:
    import hashlib

    about = f"{notice.kind}\0{notice.path}\0{notice.message}"
    return {
        "description": f"Not checked in full: {escape_controls(notice.message)}",
        "check_name": f"palint-{notice.kind}",
        "fingerprint": hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": "major",
        "location": {"path": escape_controls(notice.path) or ".", "lines": {"begin": 1}},
    }
