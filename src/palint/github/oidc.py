"""Find jobs that need an OIDC token but do not get `id-token: write`.

How permissions reach a job of a called workflow: they "can only be maintained or reduced, not elevated" along
the chain, and a caller without `permissions` passes on the default of the repository.
https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
"""

from __future__ import annotations

from collections import deque

from palint.github.edits import OIDC_SCOPES, Scopes
from palint.github.graph import MAX_NESTING, Graph, graph
from palint.github.token_requests import TokenRequest, token_requests
from palint.github.workflows import Job, Permissions, Workflow
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.tree.project import Project

MAX_SHOWN = 5  # steps or calls that one finding shows as its evidence


class Evidence(NamedTuple):
    """Why a job needs the token: one of its steps, or a call of a workflow with a job that needs it."""

    request: TokenRequest
    callee: Workflow | None = None
    job: Job | None = None  # of the callee


class MissingPermission(NamedTuple):
    """A job that needs an OIDC token and does not get one, or gets more permissions than it needs.

    cause: a key of CAUSES. evidence: at most MAX_SHOWN, one of them certain if any is. scopes: those to write
    into the map that applies to the job, or into a new one, with what the workflow that it calls requests.
    """

    workflow: Workflow
    job: Job
    cause: str
    evidence: list[Evidence]
    scopes: Scopes = OIDC_SCOPES

    @property
    def permissions(self) -> Permissions | None:
        """The permissions that apply to the job."""
        return self.workflow.effective_permissions(self.job)

    @property
    def uncertainty(self) -> str:
        """Why the job may work without a token; "" if it cannot."""
        uncertain = [each.request.uncertainty for each in self.evidence]
        return uncertain[0] if all(uncertain) else ""


# Ordered by priority: only the first cause is reported per job.
CAUSES = {
    "invalid": "GitHub rejects the permissions",
    "map": "the permissions leave id-token out",
    "silent": "no permissions anywhere",
    "default": "a caller without permissions: the repository's setting decides",
    "uncalled": "a called workflow without permissions, and without a caller here",
    "everything": "write-all",
    "contents": "id-token: write without contents: read",
}


def find_missing_permissions(project: Project) -> dict[str, list[MissingPermission]]:
    """The jobs that need a token and have wrong permissions, by the path of the job's file.

    Linear in the number of jobs and calls: a called workflow is checked once at each of its callers, however
    many of its jobs need a token.
    """
    return _Search(project.cached(graph)).run()


class _Search:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: dict[int, MissingPermission] = {}
        self.checked_calls: dict[tuple[int, bool], list[Evidence]] = {}
        self.requested: dict[str, dict[str, str]] = {}  # by the path of a called workflow
        # How many callers of a workflow were checked with evidence, and whether any of it was certain.
        self.given: dict[tuple[str, bool], tuple[int, bool]] = {}
        # A job, why it needs a token, and whether a workflow that it calls declares `id-token: write`.
        self.queue: deque[tuple[Workflow, Job, list[Evidence], bool]] = deque()

    def run(self) -> dict[str, list[MissingPermission]]:
        for workflow in self.graph.workflows.values():
            for job in workflow.jobs:
                self._check_declaration(workflow, job)  # also of a job that never runs
                if job.never_runs:
                    continue
                evidence: list[Evidence] = []
                for request in token_requests(self.graph, workflow, job):
                    collect_requests(evidence, Evidence(request))
                if evidence:
                    self.queue.append((workflow, job, evidence, False))
        while self.queue:
            self._check(*self.queue.popleft())
        found: dict[str, list[MissingPermission]] = {}
        for missing in self.found.values():
            found.setdefault(missing.job.file.path, []).append(missing)
        return found

    def _check_declaration(self, workflow: Workflow, job: Job) -> None:
        """GitHub rejects a called workflow that requests more than its caller grants, whatever its steps."""
        permissions = workflow.effective_permissions(job)
        if workflow.is_reusable and permissions is not None and permissions.id_token == "write":
            request = TokenRequest(None, "requests `id-token: write`", permissions=permissions)
            self._check_callers(workflow, job, [Evidence(request)], declared=True)

    def _check(self, workflow: Workflow, job: Job, evidence: list[Evidence], declared_below: bool) -> None:
        permissions = workflow.effective_permissions(job)
        if permissions is not None:
            if permissions.id_token != "write":
                cause = "map" if permissions.id_token == "none" else "invalid"
                self._add(MissingPermission(workflow, job, cause, evidence))
                return
            if permissions.entry[1].value == "write-all":
                self._add(MissingPermission(workflow, job, "everything", evidence))
            elif permissions.entry[1].get("contents") is None and any(e.request.is_aws for e in evidence):
                self._add(MissingPermission(workflow, job, "contents", evidence))
            self._check_callers(workflow, job, evidence, declared=True)
            return
        if workflow.has_direct_trigger:
            self._add(MissingPermission(workflow, job, "default" if declared_below else "silent", evidence))
        elif workflow.file.path not in self.graph.callers:
            self._add(MissingPermission(workflow, job, "uncalled", evidence))
        self._check_callers(workflow, job, evidence, declared_below)

    def _check_callers(self, workflow: Workflow, job: Job, evidence: list[Evidence], declared: bool) -> None:
        """The permissions of each job that calls a workflow limit those of its jobs."""
        if not workflow.is_reusable:
            return
        # Callers keep MAX_SHOWN reasons: more would take time and change nothing.
        times, certain = self.given.get((workflow.file.path, declared), (0, False))
        adds_certainty = not certain and any(not each.request.uncertainty for each in evidence)
        if times >= MAX_SHOWN and not adds_certainty:
            return
        self.given[workflow.file.path, declared] = times + 1, certain or adds_certainty
        for call in self.graph.callers.get(workflow.file.path, ()):
            key = (id(call.job.node), declared)
            known = self.checked_calls.get(key)
            if known is None:
                known = self.checked_calls[key] = []
                self.queue.append((call.caller, call.job, known, declared))
            for each in evidence:
                collect_requests(known, Evidence(each.request, workflow, job))

    def _add(self, missing: MissingPermission) -> None:
        callee = self.graph.callee(missing.workflow, missing.job)
        requested = self._requested(callee) if callee is not None else {}
        granted = missing.permissions.entry[1].items if missing.permissions is not None else ()
        has = {scope.value: access.value for scope, access in granted}
        scopes = {scope: access for scope, access in OIDC_SCOPES if scope == "id-token" or scope not in has}
        scopes = {s: a for s, a in {**scopes, **requested}.items() if has.get(s) not in (a, "write")}
        self.found.setdefault(id(missing.job.node), missing._replace(scopes=tuple(scopes.items())))

    def _requested(self, workflow: Workflow, depth: int = 0) -> dict[str, str]:
        """The access that jobs of a called workflow request for each scope, and what they call requests."""
        path = workflow.file.path
        if path in self.requested or depth > MAX_NESTING:
            return self.requested.get(path, {})
        scopes = self.requested[path] = {}
        for job in workflow.jobs:
            permissions, callee = workflow.effective_permissions(job), self.graph.callee(workflow, job)
            declared = permissions.entry[1].items if permissions is not None else ()
            below = self._requested(callee, depth + 1) if callee is not None else {}
            for scope, access in (*((s.value, a.value) for s, a in declared), *below.items()):
                if access in ("read", "write") and scopes.get(scope) != "write":
                    scopes[scope] = access
        return scopes


def collect_requests(evidence: list[Evidence], new: Evidence) -> None:
    """Keep MAX_SHOWN; a certain one replaces the last if all are uncertain."""
    if len(evidence) < MAX_SHOWN:
        evidence.append(new)
    elif not new.request.uncertainty and all(each.request.uncertainty for each in evidence):
        evidence[-1] = new
