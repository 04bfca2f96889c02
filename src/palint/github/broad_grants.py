"""Find `id-token: write` that applies to jobs that do not use it, or that outsiders can start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.github.expressions import evaluate_condition
from palint.github.graph import ExpandedStep, Graph
from palint.github.token_requests import is_own_composite, token_requests
from palint.github.workflows import Job, Permissions, Workflow
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# Events that a person without write access can cause, with the repository's permissions.
# https://docs.github.com/en/actions/reference/security/secure-use
UNTRUSTED = ("pull_request_target", "workflow_run", "issue_comment")
# Scripts that may use the token: package managers and signing tools read it from the environment.
_MAY_USE_TOKEN = lazy_re.compile(r"publish|release|sign|attest|deploy|provenance|twine|oidc", re.I)

# A pull request from a fork, in the payload of its event and in that of the run that it caused
_OF_FORK: dict[str, str | bool] = {
    "github.event.workflow_run.event": "pull_request",
    "github.event.workflow_run.head_repository.full_name": "outsider/name",
    "github.event.workflow_run.head_repository.fork": True,
    "github.event.pull_request.head.repo.full_name": "outsider/name",
    "github.event.pull_request.head.repo.fork": True,
}
_REPOSITORY = lazy_re.compile(r"'([\w.-]{1,100}/[\w.-]{1,100})'")
# Without one of these functions a job is skipped with a job that it needs
_RUNS_ANYWAY = lazy_re.compile(r"\b(?:always|failure|cancelled)\s{0,9}\(", re.I)


class BroadGrant(NamedTuple):
    """A grant of `id-token: write` that is too broad.

    users: the jobs that request a token, or may. idle: those that get the permission but request none.
    event: the untrusted event, for a grant to `job`; "" for a grant to a workflow.
    """

    workflow: Workflow
    permissions: Permissions
    users: tuple[Job, ...] = ()
    idle: tuple[Job, ...] = ()
    job: Job | None = None
    event: str = ""


def find_broad_grants(graph: Graph, workflow: Workflow) -> Iterator[BroadGrant]:
    """Yield the grants of a workflow that are too broad."""
    granted = workflow.permissions
    whole = granted is not None and granted.entry[1].kind == "map" and granted.id_token == "write"
    events = [event for event in UNTRUSTED if event in workflow.triggers]
    if not (whole or events):
        return
    uses = {job.id: _uses_token(graph, workflow, job) for job in workflow.jobs if not job.never_runs}
    if granted is not None and whole:
        governed = [job for job in workflow.jobs if job.permissions is None and job.id in uses]
        users = tuple(job for job in governed if uses[job.id] is not False)
        idle = tuple(job for job in governed if uses[job.id] is False)
        if idle:
            yield BroadGrant(workflow, granted, users, idle)
    skipped = {event: _skipped_for_outsiders(workflow, event) for event in events}
    for job in workflow.jobs if events else ():
        event = next((event for event in events if job.id not in skipped[event]), "")
        permissions = workflow.effective_permissions(job) if event else None
        if permissions is not None and permissions.id_token == "write" and (job.permissions or uses[job.id]):
            yield BroadGrant(workflow, permissions, job=job, event=event)


def event_of_outsiders(workflow: Workflow, job: Job, events: tuple[str, ...] = UNTRUSTED) -> str:
    """The event by which outsiders start a job, by default with the repository's permissions; "" for none."""
    events = tuple(event for event in events if event in workflow.triggers)
    return next((event for event in events if job.id not in _skipped_for_outsiders(workflow, event)), "")


def _skipped_for_outsiders(workflow: Workflow, event: str) -> set[str]:
    """The ids of jobs that `event` does not start if an outsider causes it from a fork.

    That is by their `if:`, or by that of a job that they need, unless they run whatever its status is:
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idneeds
    """
    run: dict[str, str | bool] = {"github.event_name": event, **_OF_FORK}
    needed_by: dict[str, list[str]] = {}
    pending = []
    for job in workflow.jobs:
        condition = job.node.text("if") or "true"
        # The repository may be each one that the condition names: `github.repository == 'owner/name'`.
        names = ["owner/name", *_REPOSITORY.findall(condition)]
        if all(evaluate_condition(condition, {**run, "github.repository": n}) is False for n in names):
            pending.append(job.id)
        needs = job.node.get("needs")
        if needs is not None and not _RUNS_ANYWAY.search(condition):
            for need in needs.elements or (needs,):
                needed_by.setdefault(need.value, []).append(job.id)
    skipped: set[str] = set()
    while pending:
        job_id = pending.pop()
        if job_id not in skipped:
            skipped.add(job_id)
            pending += needed_by.get(job_id, ())
    return skipped


def _uses_token(graph: Graph, workflow: Workflow, job: Job) -> bool | None:
    """Whether a job requests a token; None if an action, a script or a called workflow may request one."""
    if any(True for _ in token_requests(graph, workflow, job)):
        return True
    if job.uses is not None:
        callee = graph.callee(workflow, job)
        return None if callee is None else _callee_uses_token(graph, callee)
    return None if any(_may_use_token(graph, step) for step in graph.steps(workflow, job)) else False


def _callee_uses_token(graph: Graph, callee: Workflow) -> bool | None:
    """The same for a workflow that others call; the answer is kept, since many may call it."""
    path = callee.file.path
    if path not in graph.using_token:
        graph.using_token[path] = _any_job_uses_token(graph, callee)
    return graph.using_token[path]


def _any_job_uses_token(graph: Graph, callee: Workflow) -> bool | None:
    for job in callee.jobs:
        permissions = callee.effective_permissions(job)
        if permissions is not None and permissions.id_token == "write":
            return True
        if any(True for _ in token_requests(graph, callee, job)):
            return True
    return None


def _may_use_token(graph: Graph, step: ExpandedStep) -> bool:
    used = step.step.uses
    if used is not None:
        return not (used.repo.lower().startswith("actions/") or is_own_composite(graph, used))
    return step.step.run is not None and _MAY_USE_TOKEN.search(step.step.run.value) is not None
