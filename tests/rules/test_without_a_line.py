"""What a rule finds in each of its files when one line is missing, compared whole.

A line is an import, a key's other part, a permission, a comment, the end of a block: without it a finding
must go, stay, or say something else. Only what the line changes is in the snapshot.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from palint import registry
from palint.findings import Results
from palint.testing import example_files, results_of
from tests.rules.snapshot_inputs import FURTHER
from tests.snapshots import check_snapshot

RULES = registry.load()
FINDINGS = Path(__file__).with_name("without_a_line.txt")
LONGEST = 40  # lines of a file


def found(results: Results, path: str, missing: int) -> list[str]:
    """Findings and notices in short, in lines as they were before one of `path` was left out."""
    rows = [f"{notice.kind} {notice.message}" for notice in results.notices]
    for f in results.findings:
        line = f.span.start.line + (f.span.path == path and f.span.start.line >= missing)
        place = f"{f.span.path}:{line}:{f.span.start.column}"
        rows.append(f"{f.severity.label} {f.confidence.label} {place} {f.message} [{f.why}]")
    return rows


@pytest.mark.parametrize("name", RULES)
def test_one_line_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "palindrom/shop")  # else the name of a new folder
    rule = RULES[name]
    runs = [(example_files(rule, each), each.options) for each in (*rule.bad, *rule.good)]
    for number, (files, options) in enumerate([*runs, *FURTHER.get(name, [])], 1):
        shown = []
        whole = found(results_of(rule, files, options), "", 0)
        for path, text in files.items():
            lines = text.splitlines(keepends=True)
            for missing in range(1, len(lines) + 1 if 1 < len(lines) <= LONGEST else 0):
                rest = "".join([*lines[: missing - 1], *lines[missing:]])
                there = found(results_of(rule, {**files, path: rest}, options), path, missing)
                gone = [row for row in whole if row not in there]
                new = [row for row in there if row not in whole]
                if gone or new:
                    shown.append(f"{path} without {lines[missing - 1].strip()[:80]!r}: {len(gone)} less")
                    shown += [f"  {row}" for row in new]
        check_snapshot(FINDINGS, f"{name} {number}", "\n".join(shown))
