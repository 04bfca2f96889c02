"""GitLab's secret-detection report: the findings that hold a secret, for the vulnerability report.

https://docs.gitlab.com/development/integrations/secure/#report: the fields of version 15.0.7 of
`secret-detection-report-format.json`, with which GitLab validates artifacts. Other findings are in Code
Quality (`gitlab`): a missing permission is not a leaked secret.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping

from palint import __version__
from palint.findings import Finding, Results, Severity
from palint.report import Format
from palint.report.escape import escape_controls, json_text
from palint.util.typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format(origin=True)

_SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.0.7/dist/"
    "secret-detection-report-format.json"
)
_SEVERITIES = {Severity.ERROR: "Critical", Severity.WARNING: "Medium"}
_NO_COMMIT = "0000000"  # what GitLab's own analyzer writes if there is none
_MAX_NAME, _MAX_SOLUTION = 255, 7000  # characters, from the schema


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write the JSON document. The scan's messages list what was not fully checked."""
    tool = {
        "id": "palint",
        "name": "palint",
        "url": "https://github.com/palindrom/palint",
        "version": __version__,
        "vendor": {"name": "palindrom"},
    }
    unchecked = [n for n in results.notices if not n.complete]
    started = results.started or time.time()
    document = {
        "version": "15.0.7",
        "schema": _SCHEMA,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": _utc(started),
            "end_time": _utc(started + results.seconds),
            "status": "failure" if unchecked else "success",
            "messages": [
                {"level": "warn", "value": escape_controls(f"{n.path}: {n.message}")} for n in unchecked
            ],
        },
        "vulnerabilities": [
            _vulnerability(finding, rules[finding.rule], results.commit or _NO_COMMIT)
            for finding in results.findings
            if finding.value_bits is not None
        ],
    }
    out.write(json_text(json.dumps(document, indent=1)) + "\n")


def _vulnerability(finding: Finding, rule: type[Rule], commit: str) -> dict[str, Any]:
    identifier = {"type": "palint_rule", "name": f"palint rule {finding.rule}", "value": finding.rule}
    if rule.url():
        identifier["url"] = rule.url()
    description = [finding.message, "", finding.why] if finding.why else [finding.message]
    return {
        "id": str(uuid.UUID(finding.fingerprint[:32].rjust(32, "0"))),
        "name": rule.summary()[:_MAX_NAME],
        "description": "\n".join(map(escape_controls, description)),
        "solution": "\n".join(map(escape_controls, finding.fix_hint.splitlines()))[:_MAX_SOLUTION],
        "severity": _SEVERITIES[finding.severity],
        "identifiers": [identifier],
        "location": {
            "file": escape_controls(finding.span.path),
            "start_line": finding.span.start.line,
            "end_line": finding.span.end.line,
            "commit": {"sha": commit},
        },
    }


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
