"""Steps that request an OIDC token from GitHub, and why some of them may work without one.

When configure-aws-credentials requests one: https://github.com/aws-actions/configure-aws-credentials
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.github import expressions, token_users
from palint.github.graph import ExpandedStep, Graph
from palint.github.workflows import Job, Permissions, Uses, Workflow
from palint.languages.yaml import Node
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_HOSTED = ("ubuntu", "windows", "macos")
_SELF_HOSTED = ("self-hosted", "codebuild-", "runs-on=", "runner=")  # may run in an AWS account
# Not where it is set to nothing: `echo "ACTIONS_ID_TOKEN_REQUEST_TOKEN=" >> "$GITHUB_ENV"`
_FETCH = lazy_re.compile(
    r"^[^#\n]*\bACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)\b(?!=(?:[\"'\s]|\Z))|\bgetIDToken\s*\(", re.M
)
_GUARD = lazy_re.compile(r"(?:-[nz]\s+|:[-=?+]|==|!=)[^\n]*|\bif\b")


class TokenRequest(NamedTuple):
    """A step that requests an OIDC token, or a job of a called workflow that declares the permission.

    action: what the step does, as a clause ("assumes an AWS role"). at: the step; None for a declaration,
    which has `permissions` instead, and for a call of another repository's workflow. uncertainty: why the
    step may work without a token; "" if it cannot.
    """

    at: ExpandedStep | None
    action: str
    uncertainty: str = ""
    permissions: Permissions | None = None

    @property
    def is_aws(self) -> bool:
        """Whether the step signs in to AWS."""
        return self.action == ASSUMES_ROLE


ASSUMES_ROLE = "assumes an AWS role with OIDC"


def token_requests(graph: Graph, workflow: Workflow, job: Job) -> Iterator[TokenRequest]:
    """Yield the steps of a job, and of its composite actions, that request an OIDC token."""
    called = token_users.CALLED.get(job.uses.repo.lower()) if job.uses is not None else None
    if called is not None:
        yield TokenRequest(None, called)
    keys = _static_keys(workflow.node) or _static_keys(job.node)
    for at in graph.steps(workflow, job):
        step = at.step
        if _configures_aws(at, graph):
            key = at.given("aws-access-key-id")
            has_key = _is_given(key, workflow, job, at)
            has_role = _role_is_given(graph, workflow, at) and not _without_token(workflow, job, at)
            if has_key and not (has_role and _may_be_empty(key)):
                keys = "an earlier step sets static keys that the action can use"
            elif has_role:
                unsure = "its `aws-access-key-id` may be empty" if has_key else ""
                others = keys or _static_keys(step.node) or _self_hosted(job) or _conditional(at)
                yield TokenRequest(at, ASSUMES_ROLE, others or unsure)
        elif step.run is not None and _exports_keys(step.run.value):
            keys = "an earlier step exports AWS keys that the action can use"
        else:
            yield from _other_requests(graph, at)


_SET_BY_THE_OWNER = frozenset({"secrets", "vars", "steps", "needs", "env"})


def _is_given(value: str, workflow: Workflow, job: Job, step: ExpandedStep) -> bool:
    """Whether an input has a value: it is not empty, and no expression that is always empty.

    A variable of `env` that no `env:` and no script sets is always empty.
    """
    if "${{" not in value:
        return bool(value)
    constant = expressions.constant(value)
    if constant is not None:
        return bool(constant.strip())
    return any(
        read.context not in expressions.LITERALS
        and (read.context != "env" or _sets(read.name, workflow, job, step))
        for read in expressions.reads(value)
    )


def _sets(name: str, workflow: Workflow, job: Job, step: ExpandedStep) -> bool:
    """Whether anything sets a variable of `env` for a step."""
    for node in (step.step.node, job.node, workflow.node):
        env = node.get("env")
        if env is not None and (
            env.kind != "map" or any(k.value.lower() == name.lower() for k, _ in env.entries())
        ):
            return True
    return any("GITHUB_ENV" in file.text for file in (workflow.file, step.step.file))


def _may_be_empty(value: str) -> bool:
    """Whether who starts or calls the workflow decides whether an input has a value."""
    reads = list(expressions.reads(value))
    return bool(reads) and not any(read.context in _SET_BY_THE_OWNER for read in reads)


def _configures_aws(step: ExpandedStep, graph: Graph) -> bool:
    """Whether a step is aws-actions/configure-aws-credentials, a fork of it, or `./` in its repository."""
    used = step.step.uses
    if used is None or used.kind == "docker":
        return False
    if used.kind == "remote":
        return "configure-aws-credentials" in used.text.lower() and not is_own_composite(graph, used)
    action = graph.actions.get(used.path)
    return (
        action is not None and not action.composite and {"role-to-assume", "aws-region"} <= set(action.inputs)
    )


def _role_is_given(graph: Graph, workflow: Workflow, step: ExpandedStep) -> bool:
    """Whether there is a role to assume. A role from an input counts only if a caller can pass one."""
    role = step.given("role-to-assume")
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


def _without_token(workflow: Workflow, job: Job, step: ExpandedStep) -> bool:
    """Whether the inputs make the action assume the role without GitHub's token."""
    if _is_given(step.given("web-identity-token-file"), workflow, job, step):
        return True
    return any(step.given(name).lower() == "true" for name in ("role-chaining", "force-skip-oidc"))


def is_own_composite(graph: Graph, used: Uses) -> bool:
    """Whether a `uses:` names a composite action of this repository, the steps of which are read instead."""
    return graph.own_action(used) and graph.actions[used.path].composite


def _other_requests(graph: Graph, step: ExpandedStep) -> Iterator[TokenRequest]:
    """The token request of a step other than AWS's action, if it makes one."""
    used = step.step.uses
    known = token_users.ACTIONS.get(used.repo.lower()) if used is not None and not used.path else None
    if used is not None and known is not None:
        given = all(map(step.given, known.inputs)) and not any(map(step.given, known.unless))
        if given and all(step.given(name).lower() == value for name, value in known.equals):
            yield TokenRequest(step, known.does, _conditional(step))
        return
    script = step.step.run
    for command in token_users.COMMANDS if script is not None else ():
        match = command.pattern.search(script.value)  # type: ignore[union-attr]
        if match is not None and not _signs_in_otherwise(command, step):
            yield TokenRequest(step, command.does, command.uncertainty or _conditional(step))
            return
    yield from _fetches(step)


def _signs_in_otherwise(command: token_users.TokenCommand, step: ExpandedStep) -> bool:
    """Whether the step, its file or the job's file has another way for the command to sign in."""
    node = step.step.node
    text = step.step.file.text if command.whole_file else step.step.file.text[node.start : node.end]
    return command.unless.search(text) is not None


def _fetches(step: ExpandedStep) -> Iterator[TokenRequest]:
    """The token request of a script, if it makes one."""
    for node in (step.step.run, step.step.given_node("script")):
        if node is not None and (match := _FETCH.search(node.value)):
            begin = node.value.rfind("\n", 0, match.end()) + 1
            guarded = _GUARD.search(node.value[begin:].partition("\n")[0]) is not None
            uncertainty = (
                "its script first checks whether a token is available" if guarded else _conditional(step)
            )
            yield TokenRequest(step, "requests an OIDC token", uncertainty)


def _static_keys(node: Node) -> str:
    for key, value in node.under("env"):
        if key.value.upper() == "AWS_ACCESS_KEY_ID" and value.value:
            return "its `env` has static keys that the action can use"
    return ""


def _exports_keys(script: str) -> bool:
    """Whether a script exports AWS keys to later steps."""
    return "AWS_ACCESS_KEY_ID=" in script and "GITHUB_ENV" in script


def _self_hosted(job: Job) -> str:
    """Why a self-hosted runner may have AWS credentials; "" for a GitHub-hosted one."""
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


def _conditional(step: ExpandedStep) -> str:
    return "" if step.certain else "an `if:` in the action decides whether that step runs"
