"""Read findings accepted by detect-secrets (its baseline) and gitleaks (a report, its ignore file)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from palint.findings import Finding
from palint.init.plan import InitDraft
from palint.util import lazy_re
from palint.util.typing import Any, NamedTuple

DETECT_SECRETS = ".secrets.baseline"
GITLEAKS_IGNORE = ".gitleaksignore"
_FINGERPRINT = lazy_re.compile(r"(?:[0-9a-f]{40}:)?(?P<path>[^:#][^:]*):[\w-]+:(?P<line>\d{1,9})")


class Accepted(NamedTuple):
    """One accepted finding: a file with a line (from 1), the SHA-1 of the value in hex, or both."""

    path: str
    line: int = 0
    sha1: str = ""


def sources(draft: InitDraft) -> Iterable[tuple[str, Sequence[Accepted]]]:
    """(path, its entries) of each file in the root with accepted findings."""
    readers = {DETECT_SECRETS: detect_secrets, GITLEAKS_IGNORE: gitleaks_ignore}
    for path in draft.project.files():
        of_gitleaks = "gitleaks" in path and path.endswith(".json") and "/" not in path
        read = gitleaks_report if of_gitleaks else readers.get(path)
        if read is not None:
            yield path, list(dict.fromkeys(read(draft.text(path))))


def detect_secrets(text: str) -> Iterable[Accepted]:
    """Entries of a baseline of detect-secrets: `results` by file, each with a SHA-1 and a line."""
    data = _json(text)
    results = data.get("results") if isinstance(data, dict) else None
    for path, found in results.items() if isinstance(results, dict) else ():
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict):
                line, sha1 = one.get("line_number"), one.get("hashed_secret")
                yield Accepted(
                    _path(path), line if isinstance(line, int) else 0, sha1 if isinstance(sha1, str) else ""
                )


def gitleaks_report(text: str) -> Iterable[Accepted]:
    """Entries of a report, as `--baseline-path` reads it: objects with `File` and `StartLine`."""
    report = _json(text)
    for one in report if isinstance(report, list) else ():
        if isinstance(one, dict) and isinstance(one.get("StartLine"), int):
            yield Accepted(_path(str(one.get("File"))), one["StartLine"])


def gitleaks_ignore(text: str) -> Iterable[Accepted]:
    """Entries of a `.gitleaksignore`: a fingerprint a line, `file:rule:line` or `commit:file:rule:line`."""
    for line in text.splitlines():
        if match := _FINGERPRINT.fullmatch(line.strip()):
            yield Accepted(_path(match["path"]), int(match["line"]))


def matches(
    entries: Iterable[Accepted], findings: Iterable[Finding], draft: InitDraft
) -> dict[Accepted, list[Finding]]:
    """{entry: the findings that it accepts}: same file, and the same line or the same value."""
    by_place: dict[tuple[str, int], list[Finding]] = {}
    by_value: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        path = finding.span.path
        by_place.setdefault((path, finding.span.start.line), []).append(finding)
        for value in values(finding, draft):
            digest = hashlib.sha1(value.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
            by_value.setdefault((path, digest), []).append(finding)
    return {
        entry: [*by_place.get((entry.path, entry.line), ()), *by_value.get((entry.path, entry.sha1), ())]
        for entry in entries
    }


def values(finding: Finding, draft: InitDraft) -> list[str]:
    """The secrets of a finding, as they are in its file."""
    file = draft.project.open(finding.span.path) if finding.value_ranges else None
    return [] if file is None else [file.text[start:end] for start, end in finding.value_ranges]


def _json(text: str) -> Any:
    """The parsed JSON; None if the text is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _path(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
