"""Which jobs an outsider can start: by their `if:`, and by the jobs that they need."""

from __future__ import annotations

import pytest
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.testing import check

_JOB = (
    "    runs-on: ubuntu-latest\n    permissions: {id-token: write, contents: read}\n"
    "    steps: [{run: make deploy}]\n"
)


def starts(events: str, *jobs: str) -> int:
    """How many jobs of a workflow an outsider can start. jobs: each one's keys besides what all have."""
    ids = "abc"
    text = f"on: {events}\njobs:\n" + "".join(
        f"  {ids[n]}:\n    {keys or 'timeout-minutes: 5'}\n{_JOB}" for n, keys in enumerate(jobs)
    )
    found = check(WorkflowIdToken, {".github/workflows/ci.yml": text})
    return sum("gets `id-token: write` on" in each.message for each in found)


@pytest.mark.parametrize(
    ("events", "condition", "expected"),
    [
        ("workflow_run", "github.event.workflow_run.head_repository.full_name == github.repository", 0),
        ("workflow_run", "github.repository != github.event.workflow_run.head_repository.full_name", 1),
        ("workflow_run", "github.event.workflow_run.event == 'push'", 0),
        ("workflow_run", "github.event.workflow_run.conclusion == 'success'", 1),
        ("pull_request_target", "${{ !github.event.pull_request.head.repo.fork }}", 0),
        ("[push, pull_request_target]", "github.event_name == 'push'", 0),
        ("[push, issue_comment]", "github.event_name == 'issue_comment'", 1),
        ("[workflow_run, issue_comment]", "github.event_name == 'issue_comment'", 1),
        ("workflow_run", "github.repository_owner == 'acme'", 1),
    ],
)
def test_a_condition_may_exclude_a_fork(events: str, condition: str, expected: int) -> None:
    assert starts(events, f"if: {condition}") == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("needs: a", 0),
        ("needs: [a]", 0),
        ("needs: a\n    if: needs.a.outputs.x != ''", 0),
        ("needs: a\n    if: ${{ always() }}", 1),
        ("needs: a\n    if: ${{ !cancelled() }}", 1),
        ("needs: c", 1),
        ("", 1),
    ],
)
def test_a_job_is_skipped_with_one_that_it_needs(keys: str, expected: int) -> None:
    assert starts("[schedule, issue_comment]", "if: github.event_name == 'schedule'", keys) == expected
    assert starts("[schedule, issue_comment]", "if: github.event_name == 'issue_comment'", keys) == 2
