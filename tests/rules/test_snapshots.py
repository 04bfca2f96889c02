"""Snapshots of the findings of each rule: its bad examples and the files of `snapshot_inputs`.

A change of a message, a position, a why, a fix text or an edit shows up as a difference in `snapshots/`.
`make snapshots` rewrites them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint import registry, testing
from palint.findings import Finding, Results, Span
from tests.rules.snapshot_inputs import FURTHER

RULES = registry.load()
SNAPSHOTS = Path(__file__).with_name("snapshots")


def snapshot(name: str) -> str:
    """Every finding of a rule's bad examples and further files, as text."""
    rule = RULES[name]
    runs = [(dict(testing.example_files(rule, e)), e.options, e.ignored) for e in rule.bad]
    runs += [(files, options, ()) for files, options in FURTHER.get(name, [])]
    lines: list[str] = []
    hints: dict[str, int] = {}  # the number of each fix text, which is printed once
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_REPOSITORY", "palindrom/shop")
        for number, (files, options, ignored) in enumerate(runs, 1):
            lines.append(f"=== {name} {number}: {', '.join(files)}\n")
            lines.extend(render(testing.results_of(rule, files, options, ignored=ignored), hints))
    return "".join(lines)


def render(results: Results, hints: dict[str, int]) -> Iterator[str]:
    """Notices and findings, with the redacted lines of each."""
    for notice in results.notices:
        yield f"notice {notice.kind} {notice.path}: {notice.message}\n"
    for finding in results.findings:
        level = finding.severity.label
        if finding.confidence.label == "low":
            level += " (low confidence)"
        yield f"{level} {place(finding.span)} {finding.message}\n"
        lines = range(finding.span.start.line, finding.span.end.line + 1)
        yield from (f"  | {line.text}\n" for line in finding.excerpt if line.number in lines)
        if finding.why:
            yield f"  why {finding.why}\n"
        new = finding.fix_hint not in hints
        yield f"  fix {hints.setdefault(finding.fix_hint, len(hints) + 1)}\n"
        yield from (f"    {line}\n" for line in finding.fix_hint.splitlines() if new)
        yield from (f"  and {place(other.span)} {other.message}\n" for other in finding.related)
        yield from edits(finding)


def brief(results: Results) -> str:
    """The findings with their edits, and of each fix text the first line."""
    made = []
    for f in results.findings:
        made.append(f"{f.severity.label} {place(f.span)} {f.message}\n  {f.fix_hint.splitlines()[0]}\n")
        made.extend(edits(f))
    return "".join(made) or "nothing\n"


def edits(finding: Finding) -> Iterator[str]:
    """A finding's edits, one a line."""
    if finding.fix is not None:
        yield f"  edits{' (safe)' if finding.fix.safe else ''}\n"
        yield from (f"    {place(edit.span)} -> {edit.text!r}\n" for edit in finding.fix.edits)


def place(span: Span) -> str:
    """A span as path and positions."""
    start, end = span.start, span.end
    return f"{span.path}:{start.line}:{start.column}-{end.line}:{end.column}"


@pytest.mark.parametrize("name", RULES)
def test_findings_match_the_snapshot(name: str) -> None:
    expected = (SNAPSHOTS / f"{name}.txt").read_text("utf-8")
    assert snapshot(name) == expected, "`make snapshots` rewrites the snapshots; read the difference"


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in SNAPSHOTS.iterdir()} == set(RULES)


if __name__ == "__main__":
    for rule_name in sys.argv[1:] or RULES:
        made = snapshot(rule_name)
        if "took longer than" in made:
            raise SystemExit(f"{rule_name}: a check reached its time limit. Try again on a less busy machine")
        (SNAPSHOTS / f"{rule_name}.txt").write_text(made, "utf-8")
