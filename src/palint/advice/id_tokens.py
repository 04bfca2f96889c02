"""Advice on the OIDC token of a job: who needs it, and who must not have it."""

from __future__ import annotations

from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.github.broad_grants import BroadGrant
    from palint.github.oidc import MissingPermission
    from palint.github.workflows import Job
    from palint.pipelines.role_assumption import MissingToken

# For `Fix.follow_up`, where a job had the default scopes, or all of them
OTHER_SCOPES = (
    "Add the other scopes that the job uses to its new `permissions`: those that it does not name are `none`."
)


def missing(found: MissingPermission) -> str:
    """For a job of GitHub Actions that needs a token and gets none."""
    job = f"job `{found.job.id}`"
    lines = [f"{scope}: {access}" for scope, access in found.scopes]
    block = "\n      ".join(("    permissions:", *lines))
    if found.cause == "everything":
        called = ", and so in the workflow that it calls, which gets no more" if found.job.uses else ""
        return (
            f"grant {job} only what it uses{called}. Unnamed scopes become `none`: add the others:\n{block}"
        )
    if found.cause == "uncalled":
        return f"set the permissions on {job}, or in the workflow that calls this one:\n{block}"
    if found.permissions is None:
        return f"set the permissions of {job}. Unnamed scopes become `none`: add the others it uses:\n{block}"
    if found.permissions.entry[1].kind != "map" and found.cause == "invalid":
        return f"write:\n{block}"
    level = f"of {job}" if found.permissions.level == "job" else "of the workflow"
    verb = "write in" if found.cause == "invalid" else "add to"
    return "\n    ".join((f"{verb} the `permissions` {level}:", *lines))


def too_broad(grant: BroadGrant) -> str:
    """For a grant of `id-token: write` that reaches more than what uses it."""
    if grant.job is not None:
        user = "the job" if grant.job.uses is None else "the workflow that it calls"  # takes no `environment`
        return (
            f"request the token in a workflow that only `push` or `workflow_dispatch` starts, or let {user}\n"
            "use a protected `environment`, let what it signs in to trust that environment only, and end\n"
            "this line with `# palint: ignore[workflow-id-token] reason`: no file says what is protected"
        )
    if not grant.users:
        return "remove `id-token: write` here: a job that assumes a role needs it in its own `permissions`"
    scopes = [f"{key.value}: {value.value}" for key, value in grant.permissions.entry[1].items]
    block = "\n      ".join(("    permissions:", *scopes))
    return (
        f"move it to the jobs that use it ({list_jobs(grant.users)}). Their `permissions` replace the "
        f"workflow's: keep the other scopes that they need:\n{block}"
    )


def list_jobs(jobs: tuple[Job, ...]) -> str:
    """The first job and the number of the others."""
    shown = ", ".join(f"`{job.id}`" for job in jobs[:1])
    return shown if len(jobs) == 1 else f"{shown} and {len(jobs) - 1} more"


def pipeline(found: MissingToken) -> str:
    """For a role that a pipeline of another CI system assumes without a token."""
    steps = found.recipe or f"sign in with the token of {found.provider.name}:\n{found.provider.oidc}"
    return steps.replace("\n", "\n    ")
