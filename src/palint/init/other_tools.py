"""What detect-secrets and gitleaks were told to accept, turned into palint's baseline and comments.

detect-secrets' own comment (`pragma: allowlist secret`) counts for palint as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from palint import baseline
from palint.findings import Finding, Results
from palint.init.plan import PlanBuilder
from palint.report.summary import pluralize
from palint.util import lazy_re

DETECT_SECRETS = ".secrets.baseline"
GITLEAKS_IGNORE = ".gitleaksignore"
_ALLOW = lazy_re.compile(r"(?<=[#/*;%-])(?P<space>[ \t]*)gitleaks:allow")


class Accepted(NamedTuple):
    """Findings that another scanner was told to accept.

    hashes: (path, SHA-1 of the value). places: (path, 1-based line).
    """

    hashes: frozenset[tuple[str, str]] = frozenset()
    places: frozenset[tuple[str, int]] = frozenset()


def add(draft: PlanBuilder, check: Callable[[], Results]) -> None:
    """Plan the baseline and the comments, where such a file or comment exists."""
    accepted = [(name, read(draft.text(name))) for name, read in _sources(draft)]
    comments = _files_with_comments(draft)
    if not accepted and not comments:
        return
    left = _replace_comments(draft, comments, check().findings)
    by = [(f, [name for name, one in accepted if _is_accepted(draft, f, one)]) for f in left]
    mine = baseline.entries(finding for finding, names in by if names)
    known = set(baseline.load(draft.text(baseline.NAME)))
    if known.issuperset(mine):
        return
    draft.put(baseline.NAME, baseline.dump(known.union(mine)))
    for name, number in Counter(name for _, names in by for name in names).items():
        draft.notes.append(
            f"{name}: {pluralize(number, 'finding')} accepted there, copied to {baseline.NAME}; "
            "delete the file when nothing else reads it"
        )


def _sources(draft: PlanBuilder) -> Iterable[tuple[str, Callable[[str], Accepted]]]:
    """The files at the root that hold accepted findings, and what reads each."""
    for path in draft.project.files():
        if path == DETECT_SECRETS:
            yield path, detect_secrets
        elif path == GITLEAKS_IGNORE:
            yield path, gitleaks_ignore
        elif re.fullmatch(r"[^/]*gitleaks[^/]*\.json", path):
            yield path, gitleaks_report


def detect_secrets(text: str) -> Accepted:
    """A baseline of detect-secrets: `results` by file, each with a SHA-1 and a line."""
    hashes, places = set(), set()
    results = _json(text)
    results = results.get("results") if isinstance(results, dict) else None
    for path, found in results.items() if isinstance(results, dict) else ():
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict):
                hashes.add((_path(path), str(one.get("hashed_secret"))))
                if isinstance(one.get("line_number"), int):
                    places.add((_path(path), one["line_number"]))
    return Accepted(frozenset(hashes), frozenset(places))


def gitleaks_report(text: str) -> Accepted:
    """A report of gitleaks, as its `--baseline-path` reads it: objects with `File` and `StartLine`."""
    report = _json(text)
    found = [one for one in report if isinstance(one, dict)] if isinstance(report, list) else []
    places = {
        (_path(str(one.get("File"))), one["StartLine"])
        for one in found
        if isinstance(one.get("StartLine"), int)
    }
    return Accepted(places=frozenset(places))


def gitleaks_ignore(text: str) -> Accepted:
    """A `.gitleaksignore`: a fingerprint a line, `file:rule:line` or `commit:file:rule:line`."""
    fingerprint = re.compile(r"(?:[0-9a-f]{40}:)?(?P<path>[^:#][^:]*):[\w-]+:(?P<line>\d{1,9})")
    found = (fingerprint.fullmatch(line.strip()) for line in text.splitlines())
    return Accepted(places=frozenset((_path(m["path"]), int(m["line"])) for m in found if m))


def _json(text: str) -> Any:
    """None for what is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _path(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _is_accepted(draft: PlanBuilder, finding: Finding, accepted: Accepted) -> bool:
    path = finding.span.path
    if (path, finding.span.start.line) in accepted.places:
        return True
    file = draft.project.open(path) if finding.values else None
    if file is None:
        return False
    values = (file.text[start:end].encode("utf-8", "surrogatepass") for start, end in finding.values)
    return any((path, hashlib.sha1(v, usedforsecurity=False).hexdigest()) in accepted.hashes for v in values)


def _files_with_comments(draft: PlanBuilder) -> list[str]:
    found = []
    for path in draft.project.files():
        file = draft.project.open(path)
        if file is not None and not file.link and b"gitleaks:allow" in file.utf8:
            found.append(path)
    return found


def _replace_comments(draft: PlanBuilder, paths: Iterable[str], findings: Iterable[Finding]) -> list[Finding]:
    """`gitleaks:allow` becomes palint's own comment, on the lines that palint has a finding on.

    Gives the findings that no such comment silences.
    """
    left, lines = [], {path: re.split(r"(?<=\n)|(?<=\r)(?!\n)", draft.text(path)) for path in paths}
    rules: dict[tuple[str, int], set[str]] = {}
    for finding in findings:
        path, number = finding.span.path, finding.span.start.line
        if path in lines and _ALLOW.search(lines[path][number - 1]):
            rules.setdefault((path, number), set()).add(finding.rule)
        else:
            left.append(finding)
    for (path, number), names in rules.items():
        words = f"palint: ignore[{', '.join(sorted(names))}] accepted under gitleaks"
        lines[path][number - 1] = _ALLOW.sub(rf"\g<space>{words}", lines[path][number - 1])
    for path in {path for path, _ in rules}:
        draft.put(path, "".join(lines[path]))
    return left
