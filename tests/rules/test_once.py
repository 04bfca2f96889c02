"""A value is reported once: every rule runs on every bad example, and no two findings lie over one value."""

from __future__ import annotations

from itertools import combinations

import pytest

from palint import registry
from palint.findings import Finding
from palint.rule import Example, Rule
from palint.testing import _files, results_of

RULES = registry.load()

# Rules that may speak of one place, and why a reader wants to hear both.
BOTH: dict[frozenset[str], str] = {}


def _cases() -> list[tuple[type[Rule], Example]]:
    return [(rule, example) for rule in RULES.values() for example in rule.bad]


@pytest.mark.parametrize(
    ("rule", "example"), _cases(), ids=lambda part: part.id() if isinstance(part, type) else ""
)
def test_once(rule: type[Rule], example: Example) -> None:
    files = _files(rule, example)
    results = results_of(rule, files, example.options, ignored=example.ignored, others=RULES.values())
    assert results.findings
    twice = [
        (a.rule, b.rule, a.span)
        for a, b in combinations(results.findings, 2)
        if _overlap(a, b) and frozenset((a.rule, b.rule)) not in BOTH
    ]
    assert not twice


def _overlap(a: Finding, b: Finding) -> bool:
    return a.span.path == b.span.path and any(
        start < other_end and other_start < end
        for start, end in _places(a)
        for other_start, other_end in _places(b)
    )


def _places(finding: Finding) -> list[tuple[int, int]]:
    return [(finding.span.offset, finding.span.end_offset), *finding.values]
