"""Jobs that need an OIDC token, and those of them that do not get `id-token: write`.

How permissions reach a job of a called workflow: they "can only be maintained or reduced, not elevated" along
the chain, and a caller without `permissions` passes on the default of the repository.
https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
When the action requests a token: https://github.com/aws-actions/configure-aws-credentials
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from palint.github import expressions
from palint.github.graph import ExpandedStep, Graph, graph
from palint.github.model import Job, Permissions, Workflow
from palint.languages.yaml import Node
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

_HOSTED = ("ubuntu", "windows", "macos")
_SELF_HOSTED = ("self-hosted", "codebuild-", "runs-on=", "runner=")  # may run in an AWS account
_FETCH = lazy_re.compile(r"^[^#\n]*\bACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)\b|\bgetIDToken\s*\(", re.M)
_GUARD = lazy_re.compile(r"(?:-[nz]\s+|:[-=?+]|==|!=)[^\n]*|\bif\b")
MAX_SHOWN = 5  # steps or calls that one finding shows as its evidence


class TokenRequest(NamedTuple):
    """A step that requests an OIDC token. action: what it does, as a clause ("assumes an AWS role").

    uncertainty: why the step may work without a token; "" where it cannot.
    """

    at: ExpandedStep
    action: str
    uncertainty: str = ""


class Evidence(NamedTuple):
    """Why a job needs the token: one of its steps, or a call to a job that needs it."""

    request: TokenRequest
    callee: Workflow | None = None
    job: Job | None = None  # of the callee


class MissingPermission(NamedTuple):
    """A job that needs an OIDC token and does not get one, or gets more permissions than it needs.

    cause: a key of CAUSES. evidence: some of it, a certain one included where there is one.
    """

    workflow: Workflow
    job: Job
    cause: str
    evidence: list[Evidence]

    @property
    def permissions(self) -> Permissions | None:
        """The permissions that apply to the job."""
        return self.workflow.effective_permissions(self.job)

    @property
    def uncertainty(self) -> str:
        """Why the job may work without a token; "" where it cannot."""
        uncertain = [each.request.uncertainty for each in self.evidence]
        return uncertain[0] if all(uncertain) else ""


# Ordered by priority: only the first cause is reported per job.
CAUSES = {
    "invalid": "GitHub rejects the permissions",
    "map": "the permissions leave id-token out",
    "silent": "no permissions anywhere",
    "default": "a caller without permissions: it depends on the repository's setting",
    "uncalled": "a called workflow without permissions, and without a caller here",
    "everything": "write-all",
    "contents": "id-token: write without contents: read",
}


def token_requests(graph: Graph, workflow: Workflow, job: Job) -> Iterator[TokenRequest]:
    """Yield the steps of a job that request an OIDC token, those of composite actions included."""
    keys = _static_keys(workflow.node) or _static_keys(job.node)
    for at in graph.steps(workflow, job):
        step = at.step
        if _configures_aws(at, graph):
            if _may_hold_key(at.given("aws-access-key-id")):
                keys = "an earlier step sets static keys that the action can use"
            elif _role_is_given(graph, workflow, at) and not _without_token(at):
                uncertainty = keys or _static_keys(step.node) or _self_hosted(job) or _conditional(at)
                yield TokenRequest(at, "assumes an AWS role with OIDC", uncertainty)
        elif step.run is not None and _exports_keys(step.run.value):
            keys = "an earlier step exports AWS keys that the action can use"
        elif _is_vault(at):
            yield TokenRequest(at, "signs in to Vault with OIDC", _conditional(at))
        else:
            yield from _fetches(at)


def _may_hold_key(given: str) -> bool:
    """Whether an input can hold an access key: neither an empty expression nor one that reads nothing can."""
    if "${{" not in given:
        return bool(given)
    value = expressions.constant(given)
    return expressions.reads_context(given) if value is None else bool(value.strip())


def _configures_aws(at: ExpandedStep, graph: Graph) -> bool:
    """Whether a step is aws-actions/configure-aws-credentials, a fork of it, or `./` in its repository."""
    used = at.step.uses
    if used is None or used.kind == "docker":
        return False
    if used.kind == "remote":
        return "configure-aws-credentials" in used.text.lower() and not graph.own_action(used)
    action = graph.actions.get(used.path)
    return (
        action is not None and not action.composite and {"role-to-assume", "aws-region"} <= set(action.inputs)
    )


def _role_is_given(graph: Graph, workflow: Workflow, at: ExpandedStep) -> bool:
    """Whether there is a role to assume. A role from an input counts only where a caller can pass one."""
    role = at.given("role-to-assume")
    read = next(expressions.reads(role), None)
    calls = graph.callers.get(workflow.file.path, ())
    if (
        not role
        or workflow.has_direct_trigger
        or not calls
        or read is None
        or role[3:-2].strip() != f"inputs.{read.name}"
    ):
        return bool(role)
    declared = workflow.triggers["workflow_call"].get("inputs")
    entry = declared.get(read.name) if declared is not None else None
    if entry is None or entry.text("default") or entry.text("required") == "true":
        return True
    given = (call.job.node.get("with") for call in calls)
    return any(inputs is not None and inputs.text(read.name) for inputs in given)


def _without_token(at: ExpandedStep) -> bool:
    """Whether the inputs make the action assume the role without GitHub's token."""
    if at.given("web-identity-token-file"):
        return True
    return any(at.given(name).lower() == "true" for name in ("role-chaining", "force-skip-oidc"))


def _is_vault(at: ExpandedStep) -> bool:
    used = at.step.uses
    return (
        used is not None
        and used.repo.lower() == "hashicorp/vault-action"
        and at.given("method").lower() == "jwt"
        and not at.given("jwtprivatekey")
    )


def _fetches(at: ExpandedStep) -> Iterator[TokenRequest]:
    """A script that requests the token."""
    for node in (at.step.run, at.step.given_node("script")):
        if node is not None and node.kind == "scalar" and (found := _FETCH.search(node.value)):
            begin = node.value.rfind("\n", 0, found.end()) + 1
            guarded = _GUARD.search(node.value[begin:].partition("\n")[0]) is not None
            uncertainty = "its script first checks whether there is one" if guarded else _conditional(at)
            yield TokenRequest(at, "requests an OIDC token", uncertainty)


def _static_keys(node: Node) -> str:
    env = node.get("env")
    for key, value in env.entries() if env else ():
        if key.value.upper() == "AWS_ACCESS_KEY_ID" and not value.null and value.value:
            return "its `env` has static keys that the action can use"
    return ""


def _exports_keys(script: str) -> bool:
    """Whether a script exports AWS keys to later steps."""
    if "AWS_ACCESS_KEY_ID=" in script and "GITHUB_ENV" in script:
        return True
    return "aws_access_key_id" in script and ".aws/credentials" in script


def _self_hosted(job: Job) -> str:
    """Why a runner other than GitHub's may have AWS credentials; "" for GitHub's."""
    node, strategy = job.node.get("runs-on"), job.node.get("strategy")
    if node is None:
        return ""
    labels = [n.value for n in node.walk() if n.kind == "scalar"]
    text = " ".join(labels).lower()
    if "matrix." in text and strategy is not None:
        text += " ".join(n.value for n in strategy.walk() if n.kind == "scalar").lower()
    hosted = "matrix." in text or any(word in text for word in _HOSTED)
    if node.kind == "map" or not hosted or any(word in text for word in _SELF_HOSTED):
        return "its runner may have AWS credentials that the action can use"
    return ""


def _conditional(at: ExpandedStep) -> str:
    return "" if at.certain else "an `if:` in the action decides whether that step runs"


def find_missing_permissions(project: Project) -> dict[str, list[MissingPermission]]:
    """What is wrong with the permissions of the jobs that need a token, by the path of the job's file.

    Linear in the number of jobs and calls: a called workflow is checked once at each of its callers, however
    many of its jobs need a token.
    """
    return _Search(project.cached(graph)).run()


class _Search:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: dict[int, MissingPermission] = {}
        self.checked_calls: dict[tuple[int, bool], list[Evidence]] = {}
        # A job, why it needs a token, and whether a workflow that it calls declares `id-token: write`.
        self.queue: deque[tuple[Workflow, Job, list[Evidence], bool]] = deque()

    def run(self) -> dict[str, list[MissingPermission]]:
        for workflow in self.graph.workflows.values():
            for job in workflow.jobs:
                evidence: list[Evidence] = []
                for request in token_requests(self.graph, workflow, job):
                    _collect(evidence, Evidence(request))
                if evidence:
                    self.queue.append((workflow, job, evidence, False))
        while self.queue:
            self._check(*self.queue.popleft())
        found: dict[str, list[MissingPermission]] = {}
        for missing in self.found.values():
            found.setdefault(missing.job.file.path, []).append(missing)
        return found

    def _check(self, workflow: Workflow, job: Job, evidence: list[Evidence], declared_below: bool) -> None:
        permissions = workflow.effective_permissions(job)
        if permissions is not None:
            if permissions.id_token != "write":
                cause = "map" if permissions.id_token == "none" else "invalid"
                self._add(MissingPermission(workflow, job, cause, evidence))
                return
            if permissions.grants_everything:
                self._add(MissingPermission(workflow, job, "everything", evidence))
            elif not permissions.names_contents:
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
        for call in self.graph.callers.get(workflow.file.path, ()):
            key = (id(call.job.node), declared)
            known = self.checked_calls.get(key)
            if known is None:
                known = self.checked_calls[key] = []
                self.queue.append((call.caller, call.job, known, declared))
            for each in evidence:
                _collect(known, Evidence(each.request, workflow, job))

    def _add(self, missing: MissingPermission) -> None:
        key = id(missing.job.node)
        order = list(CAUSES)
        known = self.found.get(key)
        if known is None or order.index(missing.cause) < order.index(known.cause):
            self.found[key] = missing


def _collect(evidence: list[Evidence], new: Evidence) -> None:
    """Keep a few; a certain one replaces the last where all are uncertain."""
    if len(evidence) < MAX_SHOWN:
        evidence.append(new)
    elif not new.request.uncertainty and all(each.request.uncertainty for each in evidence):
        evidence[-1] = new
