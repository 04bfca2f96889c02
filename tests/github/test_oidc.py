"""The evidence of a job that gets no token: few are kept, and a certain one is never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from palint.github.oidc import MAX_SHOWN, Evidence, MissingPermission, collect_requests
from palint.github.token_requests import TokenRequest


@given(st.lists(st.sampled_from(["", "may have keys", "may be self-hosted"]), max_size=12))
def test_the_first_are_kept_and_one_that_is_certain_if_any_is(uncertainties: list[str]) -> None:
    every = [Evidence(TokenRequest(None, str(n), why)) for n, why in enumerate(uncertainties)]
    kept: list[Evidence] = []
    for each in every:
        collect_requests(kept, each)
    assert kept[: MAX_SHOWN - 1] == every[: MAX_SHOWN - 1]
    assert len(kept) == min(len(every), MAX_SHOWN)
    first_certain = next((each for each in every if not each.request.uncertainty), None)
    if first_certain is None or first_certain in every[:MAX_SHOWN]:
        assert kept == every[:MAX_SHOWN]
    else:
        assert kept[-1] == first_certain


@given(st.lists(st.sampled_from(["", "may have keys", "may be self-hosted"]), min_size=1, max_size=5))
def test_a_job_is_uncertain_only_if_all_of_its_evidence_is(uncertainties: list[str]) -> None:
    evidence = [Evidence(TokenRequest(None, "", why)) for why in uncertainties]
    missing = MissingPermission(None, None, "silent", evidence)  # type: ignore[arg-type]
    assert missing.uncertainty == ("" if "" in uncertainties else uncertainties[0])
