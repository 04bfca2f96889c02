"""Of overlapping candidates one is reported: the most specific, then the longest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from palint import secrets
from palint.secrets.candidate import Candidate, Source, by_specificity
from palint.secrets.judge import judge
from palint.secrets.synthetic import generate

TEXT = generate("{base62:200}", "overlaps")
candidates = st.builds(
    lambda start, length, source, name: Candidate(start, start + length, source, "quoted", name),
    st.integers(0, 160),
    st.integers(8, 40),
    st.sampled_from([Source.ASSIGNMENT, Source.USE, Source.PLUGIN]),
    st.sampled_from(["api_key", "password", ""]),
)


@given(st.lists(candidates, max_size=7))  # eight of one name may be records
def test_no_two_secrets_overlap_and_none_is_lost_without_one_that_overlaps(found: list[Candidate]) -> None:
    kept: list[Candidate] = []
    for each in sorted(found, key=by_specificity):
        free = all(each.end <= other.start or other.end <= each.start for other in kept)
        if free and judge(TEXT, each, "a.py").is_secret:
            kept.append(each)
    made = secrets.select(TEXT, found, "a.py")
    assert [(s.start, s.end, s.name) for s in made] == sorted((c.start, c.end, c.name) for c in kept)
