"""Which jobs need an OIDC token, and which of those do not get `id-token: write`: `project.memo(lacks)`.

How permissions reach a job of a called workflow: they "can only be maintained or reduced, not elevated" along
the chain, and a caller without `permissions` passes on the default of the repository.
https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
The action's rules for when it asks for a token: https://github.com/aws-actions/configure-aws-credentials
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
_OWN = ("self-hosted", "codebuild-", "runs-on=", "runner=")  # runners in somebody's own AWS account
_FETCH = lazy_re.compile(r"^[^#\n]*\bACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)\b|\bgetIDToken\s*\(", re.M)
_GUARD = lazy_re.compile(r"(?:-[nz]\s+|:[-=?+]|==|!=)[^\n]*|\bif\b")
MAX_SHOWN = 5  # steps, or calls, that one finding shows as its reasons


class TokenRequest(NamedTuple):
    """A step that asks GitHub for an OIDC token. doubt: why it may do without; "" where it cannot."""

    at: ExpandedStep
    what: str
    uncertainty: str = ""


class Evidence(NamedTuple):
    """Why a job needs the token: a step of its own, or a call to a job that needs it."""

    need: TokenRequest
    callee: Workflow | None = None
    job: Job | None = None  # of the callee


class MissingPermission(NamedTuple):
    """A job that needs an OIDC token and does not get one, or gets one in a way that the standard forbids.

    cause: a key of CAUSES. reasons: some of them, one that leaves no doubt among them where there is one.
    """

    workflow: Workflow
    job: Job
    cause: str
    reasons: list[Evidence]

    @property
    def permissions(self) -> Permissions | None:
        """The permissions that govern the job."""
        return self.workflow.effective_permissions(self.job)

    @property
    def uncertainty(self) -> str:
        """Why the job may do without a token; "" where it cannot."""
        doubts = [reason.need.uncertainty for reason in self.reasons]
        return doubts[0] if all(doubts) else ""


# Of two that hold for one job, the first is told.
CAUSES = {
    "invalid": "GitHub refuses the permissions",
    "map": "the permissions leave id-token out",
    "silent": "no permissions anywhere",
    "default": "a caller without permissions: it depends on the repository's setting",
    "uncalled": "a called workflow without permissions, and without a caller here",
    "everything": "write-all",
    "contents": "id-token: write without contents: read",
}


def needs(graph: Graph, workflow: Workflow, job: Job) -> Iterator[TokenRequest]:
    """The steps of a job that ask for an OIDC token, composite actions included."""
    keys = _static_keys(workflow.node) or _static_keys(job.node)
    for at in graph.steps(workflow, job):
        step = at.step
        if _configures_aws(at, graph):
            if _may_hold_key(at.given("aws-access-key-id")):
                keys = "an earlier step sets static keys, to which the action falls back"
            elif _role_is_given(graph, workflow, at) and not _without_token(at):
                doubt = keys or _static_keys(step.node) or _runner_doubt(job) or _condition_doubt(at)
                yield TokenRequest(at, "assumes an AWS role through OIDC", doubt)
        elif step.run is not None and _exports_keys(step.run.value):
            keys = "an earlier step exports AWS keys, to which the action falls back"
        elif _is_vault(at):
            yield TokenRequest(at, "signs in to Vault with a JWT from GitHub", _condition_doubt(at))
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
    """Whether there is a role to assume; one that only callers could give is not where none of them does."""
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
    """Whether the inputs make the action assume the role with something else than GitHub's token."""
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
    """A script that asks for the token by hand."""
    for node in (at.step.run, at.step.given_node("script")):
        if node is not None and node.kind == "scalar" and (found := _FETCH.search(node.value)):
            begin = node.value.rfind("\n", 0, found.end()) + 1
            guarded = _GUARD.search(node.value[begin:].partition("\n")[0]) is not None
            doubt = "its script looks first whether there is one" if guarded else _condition_doubt(at)
            yield TokenRequest(at, "fetches an OIDC token", doubt)


def _static_keys(node: Node) -> str:
    env = node.get("env")
    for key, value in env.entries() if env else ():
        if key.value.upper() == "AWS_ACCESS_KEY_ID" and not value.null and value.value:
            return "static keys are in its `env`, to which the action falls back"
    return ""


def _exports_keys(script: str) -> bool:
    """Whether a script leaves AWS keys behind for later steps."""
    if "AWS_ACCESS_KEY_ID=" in script and "GITHUB_ENV" in script:
        return True
    return "aws_access_key_id" in script and ".aws/credentials" in script


def _runner_doubt(job: Job) -> str:
    """Runners other than GitHub's may hold AWS credentials of their own, to which the action falls back."""
    node, strategy = job.node.get("runs-on"), job.node.get("strategy")
    if node is None:
        return ""
    labels = [n.value for n in node.walk() if n.kind == "scalar"]
    text = " ".join(labels).lower()
    if "matrix." in text and strategy is not None:
        text += " ".join(n.value for n in strategy.walk() if n.kind == "scalar").lower()
    hosted = "matrix." in text or any(word in text for word in _HOSTED)
    if node.kind == "map" or not hosted or any(word in text for word in _OWN):
        return "its runner may have AWS credentials of its own, to which the action falls back"
    return ""


def _condition_doubt(at: ExpandedStep) -> str:
    return "" if at.certain else "whether that step runs depends on an `if:` in the action"


def find_missing_permissions(project: Project) -> dict[str, list[MissingPermission]]:
    """What is wrong with the permissions of the jobs that need a token, by the path of the job's file.

    `project.memo(lacks)`. Linear in the number of jobs and calls: what a called workflow needs is judged
    once at each of its callers, however many of its jobs need it and through however many ways.
    """
    return _Judge(project.cached(graph)).all()


class _Judge:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.made: dict[int, MissingPermission] = {}
        self.asked: dict[tuple[int, bool], list[Evidence]] = {}
        # A job, why it needs the token, and whether a workflow that it calls declares `id-token: write`.
        self.queue: deque[tuple[Workflow, Job, list[Evidence], bool]] = deque()

    def all(self) -> dict[str, list[MissingPermission]]:
        for workflow in self.graph.workflows.values():
            for job in workflow.jobs:
                reasons: list[Evidence] = []
                for need in needs(self.graph, workflow, job):
                    _collect(reasons, Evidence(need))
                if reasons:
                    self.queue.append((workflow, job, reasons, False))
        while self.queue:
            self._judge(*self.queue.popleft())
        found: dict[str, list[MissingPermission]] = {}
        for lack in self.made.values():
            found.setdefault(lack.job.file.path, []).append(lack)
        return found

    def _judge(self, workflow: Workflow, job: Job, reasons: list[Evidence], declared_below: bool) -> None:
        permissions = workflow.effective_permissions(job)
        if permissions is not None:
            if permissions.id_token != "write":
                cause = "map" if permissions.id_token == "none" else "invalid"
                self._lack(MissingPermission(workflow, job, cause, reasons))
                return
            if permissions.grants_everything:
                self._lack(MissingPermission(workflow, job, "everything", reasons))
            elif not permissions.names_contents:
                self._lack(MissingPermission(workflow, job, "contents", reasons))
            self._ask_callers(workflow, job, reasons, declared=True)
            return
        if workflow.has_direct_trigger:
            self._lack(MissingPermission(workflow, job, "default" if declared_below else "silent", reasons))
        elif workflow.file.path not in self.graph.callers:
            self._lack(MissingPermission(workflow, job, "uncalled", reasons))
        self._ask_callers(workflow, job, reasons, declared_below)

    def _ask_callers(self, workflow: Workflow, job: Job, reasons: list[Evidence], declared: bool) -> None:
        """What bounds a job of a called workflow is the permissions of each job that calls it."""
        if not workflow.is_reusable:
            return
        for call in self.graph.callers.get(workflow.file.path, ()):
            key = (id(call.job.node), declared)
            known = self.asked.get(key)
            if known is None:
                known = self.asked[key] = []
                self.queue.append((call.caller, call.job, known, declared))
            for reason in reasons:
                _collect(known, Evidence(reason.need, workflow, job))

    def _lack(self, lack: MissingPermission) -> None:
        key = id(lack.job.node)
        order = list(CAUSES)
        known = self.made.get(key)
        if known is None or order.index(lack.cause) < order.index(known.cause):
            self.made[key] = lack


def _collect(reasons: list[Evidence], reason: Evidence) -> None:
    """Keep a few reasons; one that leaves no doubt takes the last place where there is none yet."""
    if len(reasons) < MAX_SHOWN:
        reasons.append(reason)
    elif not reason.need.uncertainty and all(r.need.uncertainty for r in reasons):
        reasons[-1] = reason
