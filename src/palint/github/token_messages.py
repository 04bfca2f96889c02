"""Texts about missing and about broad `id-token` permissions: message, why and fix."""

from __future__ import annotations

from palint.github.broad_grants import BroadGrant
from palint.github.model import Job
from palint.github.oidc import MissingPermission


def message(missing: MissingPermission) -> str:
    first = missing.evidence[0]
    does = first.request.action
    if first.callee:
        does = f"calls `{first.callee.file.name}`, which needs `id-token: write`"
    job = f"job `{missing.job.id[:30]}`"
    whose = "the workflow's" if missing.permissions and missing.permissions.level == "workflow" else "its"
    if missing.cause == "everything":
        return f"{job} has `write-all`, but needs only `id-token: write`"
    if missing.cause == "contents":
        return f"{job} has `id-token: write` without `contents: read`"
    if missing.cause == "invalid":
        return f"{job} {does}, but GitHub rejects {whose} `permissions`"
    if missing.cause == "map":
        return f"{job} {does}, but {whose} `permissions` lack {'it' if first.callee else '`id-token: write`'}"
    if missing.cause == "uncalled":
        return f"{job} {does}, but this called workflow sets no `permissions`"
    return f"{job} {does}, but sets no `permissions`"


def why(missing: MissingPermission) -> str:
    """The evidence for a finding that a reader could doubt."""
    reasons = {
        "invalid": _invalid(missing),
        "silent": "the default permissions never include `id-token: write`",
        "default": "the repository's token setting decides what the call gets",
        "uncalled": "no workflow of this repository calls it and grants `id-token: write`",
    }
    uncertain = "" if missing.cause in ("everything", "contents") else missing.uncertainty
    return "; ".join(filter(None, (reasons.get(missing.cause, ""), uncertain)))


def _invalid(missing: MissingPermission) -> str:
    value = missing.permissions.entry[1] if missing.permissions else None
    if value is None or value.null:
        return "the key has no value"
    if value.kind == "map":
        return "`id-token` must be `write` or `none`"
    return "the value must be a map, `read-all` or `write-all`; expressions are not allowed"


def fix_hint(missing: MissingPermission) -> str:
    job = f"job `{missing.job.id}`"
    both = "    permissions:\n      id-token: write\n      contents: read"
    if missing.cause == "contents":
        return "add `contents: read`"
    if missing.cause == "everything":
        return f"grant {job} only what it needs:\n{both}"
    if missing.cause == "uncalled":
        return f"set the permissions on {job}, or in the workflow that calls this one:\n{both}"
    if missing.cause == "invalid":
        return f"write:\n{both}"
    if missing.cause == "map" and missing.permissions:
        contents = "" if missing.permissions.names_contents else "\n    contents: read"
        level = f"of {job}" if missing.permissions.level == "job" else "of the workflow"
        return f"add to the `permissions` {level}:\n    id-token: write{contents}"
    return f"set the permissions of {job}. Unnamed scopes become `none`: add the others it uses:\n{both}"


def broad_message(grant: BroadGrant) -> str:
    """The message about a grant that is too broad."""
    if grant.job is not None:
        return f"job `{grant.job.id[:40]}` gets `id-token: write` on `{grant.event}`"
    if not grant.users:
        return "no job of this workflow uses its `id-token: write`"
    return f"the workflow's `id-token: write` also reaches jobs that do not use it ({_names(grant.idle)})"


def broad_why(grant: BroadGrant) -> str:
    """What an outsider can do with such a grant."""
    return {
        "": "",
        "pull_request_target": "anyone who opens a pull request starts it, with the repository's permissions",
        "workflow_run": "the run that starts it may be that of a pull request from a fork",
        "issue_comment": "anyone who comments starts it, with the repository's permissions",
    }[grant.event]


def broad_fix_hint(grant: BroadGrant) -> str:
    """How to narrow such a grant."""
    if grant.job is not None:
        return (
            "sign in to AWS in a workflow that only `push` or `workflow_dispatch` starts, or let the job\n"
            "use a protected `environment`, and restrict the role's trust policy to that environment"
        )
    if not grant.users:
        return "remove `id-token: write`"
    return (
        f"move it to the jobs that use it ({_names(grant.users)}), with the other scopes that they need:\n"
        "    permissions:\n      id-token: write\n      contents: read"
    )


def _names(jobs: tuple[Job, ...]) -> str:
    shown = ", ".join(f"`{job.id[:20]}`" for job in jobs[:1])
    return shown if len(jobs) == 1 else f"{shown} and {len(jobs) - 1} more"
