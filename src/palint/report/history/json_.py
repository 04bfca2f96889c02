"""The history as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping

from palint.history.results import CommitInfo, HistoryResults, HistorySecret
from palint.report import Format
from palint.report.escape import escape_controls, json_text
from palint.report.history.wording import fingerprints, fix, repository_uri
from palint.util.typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()

VERSION = 1


def write(results: HistoryResults, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write everything that the other formats show; see `document`."""
    out.write(json_text(json.dumps(document(results), ensure_ascii=True, indent=2)) + "\n")


def document(results: HistoryResults) -> dict[str, Any]:
    """The document: version, repository, summary, secrets (in the order of the text report) and notices."""
    names = fingerprints(results.secrets)
    return {
        "version": VERSION,
        "repository": {"uri": repository_uri(results.origin, results.root), "head": results.head},
        "complete": results.complete,
        "summary": {
            "commits": results.commits,
            "new_commits": results.new_commits,
            "versions": results.versions,
            "seconds": round(results.seconds, 3),
            "baselined": results.known,
            "suppressed": results.accepted,
            "older": results.older,
        },
        "secrets": [_secret(s, name) for s, name in zip(results.secrets, names, strict=True)],
        "notices": [
            {"path": escape_controls(n.path), "kind": n.kind, "message": n.message, "complete": n.complete}
            for n in results.notices
        ],
    }


def _secret(secret: HistorySecret, fingerprint: str) -> dict[str, Any]:
    finding = secret.finding
    start, end = finding.span.start, finding.span.end
    return {
        "rule": finding.rule,
        "clause": finding.clause,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "detector": finding.detector,
        "message": finding.message,
        "path": escape_controls(finding.span.path),
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
        "blob": secret.oid,
        "at_head": secret.at_head,
        "first": _commit(secret.first),
        "last": _commit(secret.last),
        "versions": secret.versions,
        "paths": [escape_controls(path) for path in secret.paths],
        "names": list(secret.names),
        "fix_hint": fix(secret),
        "fingerprint": fingerprint,
    }


def _commit(commit: CommitInfo) -> dict[str, str]:
    return {"commit": commit.commit, "author": escape_controls(commit.author), "date": commit.date}
