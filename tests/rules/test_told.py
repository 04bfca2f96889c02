"""What a reader is told: `told.txt` holds every finding of the rules' bad examples, and of further files.

A change of a message, a place, a help or a fix shows there as a difference to read. `make docs` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint import registry, testing
from palint.findings import Finding, Results, Span

from .further import FURTHER

RULES = registry.load()
_REASON = re.compile("Reported because .*?[.] Replace")  # changes whenever the verdict learns anew
TOLD = Path(__file__).with_name("told.txt")


def told(name: str) -> str:
    """Every finding of a rule's bad examples and further files, as text."""
    rule = RULES[name]
    runs = [(dict(testing._files(rule, e)), e.options, e.ignored) for e in rule.bad]
    runs += [(files, options, ()) for files, options in FURTHER.get(name, [])]
    made: list[str] = []
    helps: dict[str, int] = {}  # the number of each text, which is shown once
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_REPOSITORY", "palindrom/shop")
        for number, (files, options, ignored) in enumerate(runs, 1):
            made.append(f"=== {name} {number}: {', '.join(files)}\n")
            made.extend(shown(testing.results_of(rule, files, options, ignored=ignored), helps))
    return "".join(made)


def shown(results: Results, helps: dict[str, int]) -> Iterator[str]:
    """Notices and findings, with the masked lines of each."""
    for notice in results.notices:
        yield f"notice {notice.kind} {notice.path}: {notice.message}\n"
    for finding in results.findings:
        yield f"{finding.severity.label} {place(finding.span)} {finding.message}\n"
        lines = range(finding.span.start.line, finding.span.end.line + 1)
        yield from (f"  | {line.text}\n" for line in finding.excerpt if line.number in lines)
        advice = _REASON.sub("Reported because …. Replace", finding.fix_hint)
        new = advice not in helps
        yield f"  help {helps.setdefault(advice, len(helps) + 1)}\n"
        yield from (f"    {line}\n" for line in advice.splitlines() if new)
        yield from (f"  and {place(other.span)} {other.message}\n" for other in finding.related)
        yield from fix(finding)


def fix(finding: Finding) -> Iterator[str]:
    """A finding's edits, one a line."""
    if finding.fix is not None:
        yield f"  fix{' (safe)' if finding.fix.safe else ''}\n"
        yield from (f"    {place(edit.span)} -> {edit.text!r}\n" for edit in finding.fix.edits)


def place(span: Span) -> str:
    """A span as path and positions."""
    start, end = span.start, span.end
    return f"{span.path}:{start.line}:{start.column}-{end.line}:{end.column}"


@pytest.mark.parametrize("name", RULES)
def test_what_is_told(name: str) -> None:
    whole = TOLD.read_text("utf-8")
    parts = ["=== " + part for part in whole.split("=== ")[1:] if part.startswith(f"{name} ")]
    assert told(name) == "".join(parts), "`make docs` writes what rules tell anew; read the difference"


if __name__ == "__main__":
    TOLD.write_text("".join(map(told, RULES)), "utf-8")
