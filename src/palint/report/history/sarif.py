"""SARIF 2.1.0 of the history, each result with the commits that have the secret.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html, versionControlProvenance in 3.14.16.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from palint.history.results import HistoryResults, HistorySecret
from palint.report import Format, sarif
from palint.report.escape import json_text
from palint.report.history.wording import extent, fingerprints, fix, lifetime, repository_uri
from palint.util.typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()


def write(results: HistoryResults, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write one run with a result for each secret, in the version that `location` names."""
    out.write(json_text(json.dumps(document(results, rules), ensure_ascii=True, indent=2)) + "\n")


def document(results: HistoryResults, rules: Mapping[str, type[Rule]]) -> dict[str, Any]:
    """The SARIF log."""
    used = {rule: rules[rule] for rule in sorted({secret.rule for secret in results.secrets})}
    index = {rule: number for number, rule in enumerate(used)}
    names = fingerprints(results.secrets)
    provenance: dict[str, Any] = {
        "repositoryUri": repository_uri(results.origin, results.root),
        "mappedTo": {"uriBaseId": "%SRCROOT%"},
    }
    if results.head:
        provenance["revisionId"] = results.head
    return sarif.log(
        used,
        [_result(secret, index, name) for secret, name in zip(results.secrets, names, strict=True)],
        results.notices,
        complete=results.complete,
        automationDetails={"id": "palint/history/"},
        versionControlProvenance=[provenance],
    )


def _result(secret: HistorySecret, index: Mapping[str, int], fingerprint: str) -> dict[str, Any]:
    message = f"{secret.finding.message} ({lifetime(secret)}; {extent(secret)})"
    finding = secret.finding._replace(message=message, why="", fix_hint=fix(secret), related=(), fix=None)
    return {
        **sarif.result(finding, None, index),
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
