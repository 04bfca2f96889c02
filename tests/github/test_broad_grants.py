# ruff: noqa: E501 - texts of whole files
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


def test_a_job_is_skipped_with_any_that_it_needs() -> None:
    assert (
        starts(
            "[schedule, issue_comment]", "if: github.event_name == 'schedule'", "needs: a", "needs: [a, b]"
        )
        == 0
    )


ASSUME = "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: a, aws-region: b}\n"
WRITE, READ = "permissions: {id-token: write, contents: read}\n", "permissions: {contents: read}\n"
CALLED = "  a: {uses: ./.github/workflows/b.yml}\n"


@pytest.mark.parametrize(
    ("top", "job", "expected"),
    [
        # on issue_comment: the workflow's permission counts for a job that uses it, its own always
        (WRITE, f"  a:\n    runs-on: x\n    steps:\n{ASSUME}", ["gets"]),
        (WRITE, "  a: {runs-on: x, steps: [{run: ls}]}\n", ["no job"]),
        (READ, f"  a:\n    runs-on: x\n    {READ}    steps: [{{run: ls}}]\n", []),
        (READ, f"  a:\n    runs-on: x\n    {WRITE}    steps: [{{run: ls}}]\n", ["gets"]),
        # jobs that never run, that call others, steps that neither use nor run anything
        (WRITE, "  a: {runs-on: x, if: false, steps: [{run: ls}]}\n", []),
        (WRITE, "  a: {runs-on: x, steps: [{wait: b}]}\n", ["no job"]),
        (WRITE, "  a: {uses: other/repo/.github/workflows/b.yml@v1}\n", []),
        (WRITE, CALLED, []),
    ],
)
def test_who_gets_the_permission_of_a_workflow(top: str, job: str, expected: list[str]) -> None:
    called = "on: workflow_call\njobs:\n  b: {runs-on: x, steps: [{run: ls}]}\n"
    files = {"a": f"on: issue_comment\n{top}jobs:\n{job}", "b": called}
    found = check(WorkflowIdToken, {f".github/workflows/{name}.yml": text for name, text in files.items()})
    assert [each.message for each in found if not any(word in each.message for word in expected)] == []
    assert len(found) == len(expected)
