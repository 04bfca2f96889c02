"""A change that adds a violation does not pass in silence, and one that adds none passes.

Checked with `--since` (committed, staged or neither), with the index and by the hook, with and without a
policy that allows no new suppressions. `make fuzz` runs ten times as many changes.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from . import changes

EXAMPLES = int(os.environ.get("PALINT_CHANGES", "200"))
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


@pytest.mark.parametrize(("how", "policy"), WAYS, ids=lambda x: x if x in changes.HOW else str(bool(x)))
@settings(each, max_examples=max(1, EXAMPLES // len(WAYS) // 5))
@given(chance=CHANCE)
def test_a_change_without_a_violation_passes(how: str, policy: str | None, chance: random.Random) -> None:
    """What the base accepts, by a comment, the settings or the baseline, stays accepted where it is."""
    change = changes.make_honest(chance)
    outcome = changes.run(change, how, policy)
    assert outcome.code == 0, (change.disguises, outcome)
