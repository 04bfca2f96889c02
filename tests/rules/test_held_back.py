"""The cases of `held_back`, each with its rule alone."""

from __future__ import annotations

from palint import registry
from palint.testing import results_of
from tests.grouped import grouped
from tests.rules.held_back import CASES, Case

RULES = registry.load()


def observed(case: Case) -> tuple[str, ...]:
    """The severities of the rule's findings, then its notices."""
    results = results_of(RULES[case.rule], case.files)
    found = [f.severity.label for f in results.findings if f.rule == case.rule]
    return (*found, *(f"note {notice.message}" for notice in results.notices))


def is_expected(case: Case, seen: tuple[str, ...]) -> bool:
    """Whether the findings and notices are the expected ones."""
    if len(seen) != len(case.expected):
        return False
    for wanted, got in zip(case.expected, seen, strict=True):
        if wanted.startswith("note "):
            if not got.startswith("note ") or wanted[5:] not in got:
                return False
        elif wanted.startswith("~"):
            if got not in ("error", "warning"):
                return False
        elif wanted != got:
            return False
    return True


@grouped("case", CASES, key=lambda case: case.subject)
def test_each_case(case: Case) -> None:
    seen = observed(case)
    assert is_expected(case, seen), seen
