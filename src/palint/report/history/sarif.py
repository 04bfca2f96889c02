"""SARIF 2.1.0 of the history, each result with the commits that have the secret.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html, versionControlProvenance in 3.14.16.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from palint.history.results import HistoryResults, HistorySecret
from palint.report import Format
from palint.report.escape import json_text
from palint.report.history.wording import extent, fingerprints, fix, lifetime, repository_uri

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(results: HistoryResults, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write one run with a result for each secret, in the version that `location` names."""
    out.write(json_text(json.dumps(document(results, rules), ensure_ascii=True, indent=2)) + "\n")


def document(results: HistoryResults, rules: Mapping[str, type[Rule]]) -> dict[str, Any]:
    """The SARIF log."""
    used = sorted({secret.rule for secret in results.secrets})
    names = fingerprints(results.secrets)
    uri = repository_uri(results.origin, results.root)
    provenance: dict[str, Any] = {"repositoryUri": uri, "mappedTo": {"uriBaseId": "SRCROOT"}}
    if results.head:
        provenance["revisionId"] = results.head
    run = {
        "tool": {
            "driver": {
                "name": "palint",
                "semanticVersion": version("palint"),
                "rules": [_rule(rules[rule]) for rule in used],
            }
        },
        "automationDetails": {"id": "palint/history/"},
        "versionControlProvenance": [provenance],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The top level of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": results.complete,
                "toolExecutionNotifications": [
                    {
                        "level": "note" if n.complete else "error",
                        "message": {"text": f"{n.path}: {n.message}" if n.path else n.message},
                    }
                    for n in results.notices
                ],
            }
        ],
        "results": [
            _result(secret, used.index(secret.rule), name)
            for secret, name in zip(results.secrets, names, strict=True)
        ],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: type[Rule]) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"id": rule.id(), "shortDescription": {"text": rule.summary()}}
    if rule.url():
        descriptor["helpUri"] = rule.url()
    return descriptor


def _result(secret: HistorySecret, index: int, fingerprint: str) -> dict[str, Any]:
    finding = secret.finding
    text = f"{finding.message} ({lifetime(secret)}; {extent(secret)}). To do: {fix(secret)}"
    uri = quote(finding.span.path.encode("utf-8", "surrogateescape"))
    location: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}}
    start, end = finding.span.start, finding.span.end
    location["region"] = {"startLine": start.line, "startColumn": start.column}
    if (end.line, end.column) > (start.line, start.column):
        location["region"] |= {"endLine": end.line, "endColumn": end.column}
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.label,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"palintHistory/v1": fingerprint},
        "properties": {
            "atHead": secret.at_head,
            "firstCommit": secret.first.commit,
            "firstDate": secret.first.date,
            "lastCommit": secret.last.commit,
            "lastDate": secret.last.date,
            "versions": secret.versions,
        },
    }
