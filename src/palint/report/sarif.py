"""SARIF 2.1.0, as GitHub code scanning takes it.

Sources: the OASIS standard; GitHub's "SARIF support for code scanning" for the properties that it reads and
for its limits. The only fingerprint is our own: GitHub's upload adds `primaryLocationLineHash`, and in this
file that unsalted hash of a whole line would let anyone verify guesses of a secret in it.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote_from_bytes

from palint import __version__
from palint.findings import Edit, Finding, Notice, Results, Severity, Span
from palint.report import Format
from palint.report.escape import escape_controls, json_text
from palint.report.summary import details, paragraphs
from palint.util.typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format(edits=True)

HOME = "https://github.com/palindrom/palint"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 25_000  # GitHub rejects a run with more, and shows the 5,000 most severe
MAX_RELATED = 100  # locations of a result that GitHub shows
MAX_GZIPPED = 10_000_000  # bytes of an upload, compressed
FINGERPRINT = "palintFingerprint/v1"
_SECURITY_SEVERITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.0"}  # GitHub: 7.0 is high, 4.0 medium


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write one SARIF log with one run. A notification names what is omitted because of GitHub's limits."""
    limit = MAX_RESULTS
    while True:
        text = json.dumps(_log(results, rules, limit), separators=(",", ":"))
        if len(text) <= MAX_GZIPPED or len(zlib.compress(text.encode(), 6)) <= MAX_GZIPPED:
            break
        limit = min(limit, len(results.findings) + len(results.suppressed)) * 3 // 4
    out.write(json_text(text) + "\n")


def _log(results: Results, rules: Mapping[str, type[Rule]], limit: int) -> dict[str, Any]:
    everything = [(f, None) for f in results.findings] + [(s.finding, s.reason) for s in results.suppressed]
    shown = _most_severe(everything, limit)
    ids = sorted({*results.rules, *(finding.rule for finding, _ in shown)})
    index = {rule: number for number, rule in enumerate(ids)}
    notices = list(results.notices)
    if len(shown) < len(everything):
        left = len(everything) - len(shown)
        message = (
            f"{left:,} of {len(everything):,} results are left out, the least severe ones: "
            "GitHub code scanning accepts no more in one file"
        )
        notices.append(Notice("", "note", message))
    found = [result(finding, reason, index) for finding, reason in shown]
    return log({rule: rules.get(rule) for rule in ids}, found, notices, complete=results.complete)


def log(
    rules: Mapping[str, type[Rule] | None],
    found: Sequence[Mapping[str, Any]],
    notices: Iterable[Notice],
    *,
    complete: bool,
    **more: object,
) -> dict[str, Any]:
    """A log with one run. rules: in the order of `ruleIndex`. found: each from `result`. more: of the run."""
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "palint",
                        "informationUri": HOME,
                        "version": __version__,
                        "rules": [_rule(name, rule) for name, rule in rules.items()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": complete,
                        "toolExecutionNotifications": [_notification(notice) for notice in notices],
                    }
                ],
                "results": found,
                **more,
            }
        ],
    }


def _most_severe(
    everything: Sequence[tuple[Finding, str | None]], limit: int
) -> Sequence[tuple[Finding, str | None]]:
    """At most `limit` results in their order: unsuppressed ones are preferred, then the most severe."""
    if len(everything) <= limit:
        return everything
    ranked = sorted(enumerate(everything), key=lambda x: (x[1][1] is not None, -x[1][0].severity, x[0]))
    return [result for _, result in sorted(ranked[:limit], key=lambda x: x[0])]


def _rule(rule_id: str, rule: type[Rule] | None) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"id": rule_id, "name": "".join(w.title() for w in rule_id.split("-"))}
    if rule is None:
        return descriptor
    import inspect

    documentation = inspect.cleandoc(str(rule.__doc__))
    return {
        **descriptor,
        "shortDescription": {"text": _words(rule.summary())},
        "fullDescription": {"text": _words(f"{rule.clause.label}: {rule.clause.sentence}")},
        "help": {"text": documentation, "markdown": documentation},
        **({"helpUri": rule.url()} if rule.url() else {}),
        "defaultConfiguration": {"level": rule.severity.label},
        "properties": {
            "tags": ["security", rule.clause.label],
            "precision": "high",
            "security-severity": _SECURITY_SEVERITY[rule.severity],
        },
    }


def result(finding: Finding, reason: str | None, index: Mapping[str, int]) -> dict[str, Any]:
    """A finding. reason: why it is accepted, None if it is not. index: of each rule in the log."""
    message = _words(finding.message)
    for text in details(finding, "Why", "Fix"):
        message += "\n\n" + "\n".join(map(_words, paragraphs(text)))
    found: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity.label,
        "message": {"text": message},
        "locations": [{"physicalLocation": _location(finding.span)}],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"confidence": finding.confidence.label},
    }
    if finding.related:
        found["relatedLocations"] = [
            {"id": n, "physicalLocation": _location(r.span), "message": {"text": _words(r.message)}}
            for n, r in enumerate(finding.related[:MAX_RELATED], 1)
        ]
    if finding.fix:
        found["fixes"] = [{"artifactChanges": _changes(finding.fix.edits)}]
    if reason is not None:
        found["suppressions"] = [{"kind": "inSource", "justification": _words(reason)}]
    return found


def _changes(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    by_path: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        by_path.setdefault(edit.span.path, []).append(replacement)
    return [{"artifactLocation": _artifact(path), "replacements": r} for path, r in by_path.items()]


def _notification(notice: Notice) -> dict[str, Any]:
    notification: dict[str, Any] = {
        "descriptor": {"id": notice.kind},
        "level": "note" if notice.complete else "error",
        "message": {"text": _words(notice.message)},
    }
    if notice.path:
        notification["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(notice.path)}}]
    return notification


def _location(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span.path), "region": _region(span)}


def _artifact(path: str) -> dict[str, str]:
    """A relative URI reference (RFC 3986) of the path's bytes."""
    return {"uri": quote_from_bytes(os.fsencode(path), safe="/"), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    if span.is_whole_file:
        return {"startLine": 1}
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _words(text: str) -> str:
    """Text of a message: `[words](target)` would be a link (SARIF 3.11.6), and `{0}` a placeholder."""
    return escape_controls(text).replace("](", "] (")
