"""Each technology's own form of passing an AWS key or loading a .env file is found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from palint import registry
from palint.rule import Clause
from palint.testing import results_of
from tests.grouped import grouped
from tests.rules.technologies import MISSED, NEAR_MISSES, TECHNOLOGIES, NearMiss, Technology
from tests.rules.test_snapshots import brief
from tests.snapshots import check_snapshot

RULES = registry.load()
FINDINGS = Path(__file__).with_name("technologies.txt")


def by_clause(label: str) -> list[str]:
    return [name for name, rule in RULES.items() if rule.clause.label == label]


@grouped("case", TECHNOLOGIES, key=lambda case: case.rule)
def test_a_key_or_file_is_found(case: Technology, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "palindrom/shop")
    results = results_of(RULES[case.rule], {case.path: case.text})
    assert bool(results.findings) == (case.name not in MISSED)
    check_snapshot(FINDINGS, case.name, brief(results))


@grouped("case", NEAR_MISSES, key=lambda case: f"{case.clause}, {os.path.splitext(case.path)[1]}")
def test_a_near_miss_is_not_reported(case: NearMiss) -> None:
    first, *others = [RULES[name] for name in by_clause(case.clause)]
    results = results_of(first, {case.path: case.text}, others=others)
    assert [f.message for f in results.findings if f.clause == case.clause] == []


def test_each_technology_is_named_once_and_by_a_rule_of_its_clause() -> None:
    names = [case.name for case in TECHNOLOGIES]
    assert len(set(names)) == len(names) and set(names) >= MISSED
    clauses = {Clause.NO_ENV_FILES, Clause.NO_LONG_LIVED_CREDENTIALS, Clause.SECRETS_MANAGER_ONLY}
    assert {RULES[case.rule].clause for case in TECHNOLOGIES} <= clauses
