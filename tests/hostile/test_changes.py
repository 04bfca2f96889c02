"""A change that adds a violation does not pass in silence, and one that adds none passes.

Checked with `--since` (committed, staged or neither), with the index and by the hook, with and without a
policy that allows no new suppressions. `make fuzz` runs 60 times as many changes.
"""

from __future__ import annotations

import os
import random
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from . import changes

EXAMPLES = int(os.environ.get("PALINT_CHANGES", "32"))
WAYS = [(how, policy) for how in changes.HOW for policy in (None, changes.REFUSING)]
each = settings(
    max_examples=max(1, EXAMPLES // len(WAYS)),
    deadline=None,
    derandomize="PALINT_CHANGES" not in os.environ,
    database=None,
    phases=[Phase.generate],  # a failure names its disguises: to shrink it would take minutes
    suppress_health_check=list(HealthCheck),
)
CHANCE = st.randoms(use_true_random=False)


@pytest.mark.parametrize(("how", "policy"), WAYS, ids=lambda x: x if x in changes.HOW else str(bool(x)))
@each
@given(chance=CHANCE)
def test_a_violation_does_not_pass_in_silence(how: str, policy: str | None, chance: random.Random) -> None:
    change = changes.make(chance)
    outcome = changes.run(change, how, policy)
    for violation in change.violations:
        problem = changes.problem(change, violation, outcome, refusing=policy is not None)
        assert not problem, changes.describe(change, violation, outcome, problem)


@pytest.mark.parametrize("how", changes.HOW)
@settings(each, max_examples=max(2, EXAMPLES // len(changes.HOW) // 4))
@given(chance=CHANCE)
def test_evidence_that_a_change_brings_lowers_nothing(how: str, chance: random.Random) -> None:
    """With lists of packages, a header or in a folder of tests, the same findings, and as complete a run."""
    base = {"README.md": (changes.FILE, b"# A project\n")}
    added, violation = changes.violations(chance)
    plain = {**base, **added}
    if chance.random() < 0.3:
        changes.broken_code(chance, base, plain, violation)
    disguised = dict(plain)
    path = changes.into_tests(chance, disguised, violation)
    disguise = path or changes.evidence(chance, base, disguised, violation)
    outcomes = [
        changes.run(changes.Change(base, head, [violation], [str(disguise)], set()), how, None)
        for head in (plain, disguised)
    ]
    without, with_evidence = (
        sorted((f["rule"], f["severity"], f["message"]) for f in _findings(outcome, place))
        for outcome, place in zip(outcomes, (violation.path, path or violation.path), strict=True)
    )
    assert with_evidence == without, (disguise, violation)
    assert outcomes[1].code == outcomes[0].code, (disguise, violation, outcomes[1])


def _findings(outcome: changes.Outcome, path: str) -> list[dict[str, str]]:
    found = cast("list[dict[str, str]]", outcome.report.get("findings", []))
    return [finding for finding in found if finding["path"] == path]


@pytest.mark.parametrize(("how", "policy"), WAYS, ids=lambda x: x if x in changes.HOW else str(bool(x)))
@settings(each, max_examples=max(1, EXAMPLES // len(WAYS) // 5))
@given(chance=CHANCE)
def test_a_change_without_a_violation_passes(how: str, policy: str | None, chance: random.Random) -> None:
    """What the base accepts, by a comment, the settings or the baseline, stays accepted where it is."""
    change = changes.make_honest(chance)
    outcome = changes.run(change, how, policy)
    assert outcome.code == 0, (change.disguises, outcome)
