"""`--format json`: stable and versioned; its JSON Schema is `schema.json` beside this module.

The output is ASCII: bytes of a path that are not UTF-8 are lone surrogates (`\\udce9`), as Python's
`os.fsdecode` returns them and `os.fsencode` converts back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from palint.findings import Finding, Position, Results, Span, Suppressed
from palint.report import Format
from palint.report.escape import json_text
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format(edits=True, unit="finding")

VERSION = 2


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write one JSON object, with one finding or notice per line so that it is easy to read and diff."""
    out.write(f'{{"version": {VERSION}, "complete": {json.dumps(results.complete)},\n')
    out.write(f' "summary": {json.dumps(summary(results))},\n')
    _write_list(out, "findings", findings(results, rules))
    out.write(",\n")
    _write_list(out, "suppressed", suppressed(results))
    out.write(",\n")
    _write_list(out, "notices", notices(results))
    out.write("}\n")


def _write_list(out: TextIO, key: str, objects: Iterable[object]) -> None:
    out.write(f' "{key}": [')
    encode = json.JSONEncoder(check_circular=False).encode
    for number, value in enumerate(objects):
        out.write((",\n  " if number else "\n  ") + json_text(encode(value)))
    out.write("]")


def summary(results: Results) -> dict[str, object]:
    """The counts of a run."""
    return {
        "files": results.files,
        "findings": len(results.findings),
        "repeats": sum(len(rest) for _, rest in _repeats(results.findings)),
        "suppressed": len(results.suppressed),
        "baselined": len(results.baselined),
    }


def _repeats(findings: Sequence[Finding]) -> list[tuple[Finding, list[Finding]]]:
    if not findings:
        return []
    from palint.report.groups import group_repeats  # 7 of 178 million instructions of an empty tree

    return group_repeats(findings)


def findings(results: Results, rules: Mapping[str, type[Rule]]) -> Iterator[dict[str, object]]:
    """Each finding as plain data, with the fingerprint of the finding that it repeats."""
    repeats = {id(f): first.fingerprint for first, rest in _repeats(results.findings) for f in rest}
    urls = {name: rule.url() for name, rule in rules.items()}
    for finding in results.findings:
        plain = finding_object(finding, urls.get(finding.rule, ""))
        yield {**plain, "repeat_of": repeats.get(id(finding))}


def suppressed(results: Results) -> Iterator[dict[str, object]]:
    """Each suppressed finding as plain data."""
    return map(_suppressed_object, results.suppressed)


def notices(results: Results) -> Iterator[dict[str, object]]:
    """Each notice as plain data."""
    for notice in results.notices:
        yield {
            "path": notice.path,
            "kind": notice.kind,
            "complete": notice.complete,
            "message": notice.message,
        }


def _suppressed_object(suppressed: Suppressed) -> dict[str, object]:
    finding = suppressed.finding
    return {
        "rule": finding.rule,
        "path": finding.span.path,
        "start": _position(finding.span.start),
        "reason": suppressed.reason,
        "source": suppressed.source,
        "new": suppressed.new,
    }


def finding_object(finding: Finding, url: str = "") -> dict[str, object]:
    """A finding as plain data, ready for `json`. url: the address of its rule's page."""
    return {
        "rule": finding.rule,
        "clause": finding.clause,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": finding.message,
        "why": finding.why,
        "fix_hint": finding.fix_hint,
        "url": url,
        "package": finding.package or None,
        **_span(finding.span),
        "detector": finding.detector,
        "fingerprint": finding.fingerprint,
        "related": [{**_span(r.span), "message": r.message} for r in finding.related],
        "fix": None
        if finding.fix is None
        else {
            "safe": finding.fix.safe,
            "edits": [{**_span(e.span), "text": e.text} for e in finding.fix.edits],
            "follow_up": list(finding.fix.follow_up),
        },
    }


def _span(span: Span) -> dict[str, object]:
    return {"path": span.path, "start": _position(span.start), "end": _position(span.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
