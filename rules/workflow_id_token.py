"""A job that assumes a role through OIDC needs `id-token: write`, all along the chain of its callers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from palint.github import edits, graph
from palint.github.oidc import Evidence, MissingPermission, find_missing_permissions
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, Fix, Related, Rule, Severity, Span
from palint.text.source import ParseError

if TYPE_CHECKING:
    from palint.findings import Finding
    from palint.text.source import SourceFile
    from palint.tree.project import Project

SCOPES = (("id-token", "write"), ("contents", "read"))
_ASSUMES = """\
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::111122223333:role/deploy
          aws-region: eu-west-2
"""


class WorkflowIdToken(Rule):
    """A workflow job that assumes an AWS role through OIDC without the permission `id-token: write`.

    ## Why

    The standard signs GitHub Actions in to AWS through OIDC. GitHub gives a job the token for that only with
    `id-token: write`, and no default ever grants it. A missing line shows up at run time, after the merge, as
    "Credentials could not be loaded".

    ## Do this instead

    Give the job that needs it, and each job that calls its workflow, both scopes:

    ```yaml
    permissions:
      id-token: write
      contents: read
    ```

    A job's `permissions` replace the workflow's, they never merge, and what a map does not name is none. A
    called workflow can lower what its caller grants, never raise it.

    ## What it looks at

    Steps that run aws-actions/configure-aws-credentials with `role-to-assume` and nothing else to sign in
    with, vault-action with `method: jwt`, and scripts that read `ACTIONS_ID_TOKEN_REQUEST_URL`; in the job
    itself, in composite actions of this repository, and in workflows that it calls, here or as
    `owner/this-repo/…@ref`.

    Warnings: what depends on the repository's token setting (a caller without `permissions`), on who calls (a
    called workflow with no caller here), or on credentials that the action may fall back to (a self-hosted
    runner, static keys beside it); `id-token: write` without `contents: read`, and `write-all`.

    ## What it looks like

    The caller bounds what the called workflow may have, so the caller is what to change:

    ```text
    error[workflow-id-token] (C4): job `ship` calls `deploy.yml`, whose job `deploy` assumes an AWS
    role through OIDC, but the `permissions` of `ship` do not grant `id-token: write` [*]
      ╭─ .github/workflows/release.yml:4:5
    3 │   ship:
      │   ~~~~ the job `ship`
    4 │     permissions: {contents: read}
      │     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    5 │     uses: ./.github/workflows/deploy.yml
      │           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ this call is bound by the caller's permissions
      ├─ .github/workflows/deploy.yml:9:9
    9 │       - uses: aws-actions/configure-aws-credentials@v4
      │         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ this step assumes an AWS role through OIDC
      ╰─ do this instead: Add to the `permissions` of job `ship`:

           id-token: write
    ```

    ## The fix

    Where a map governs the job, the key is added there: safe. Where none does, the job gets a map of its own,
    and every scope that the map does not name becomes none: `--unsafe-fixes`.

    ## Limits

    Workflows and actions of other repositories are not read, so nothing is said about them.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    files = WORKFLOWS | ACTIONS
    companion_files = WORKFLOWS | ACTIONS

    bad = (
        Example(
            "on: push\npermissions:\n  contents: read\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
            "    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml",
            location="permissions:",
            fixed="on: push\npermissions:\n  contents: read\n  id-token: write\njobs:\n  deploy:\n"
            "    runs-on: ubuntu-latest\n    steps:\n" + _ASSUMES,
            severity=Severity.ERROR,
        ),
        Example(
            "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml",
            location="deploy:",
            fixed="on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    permissions:\n"
            "      id-token: write\n      contents: read\n    steps:\n" + _ASSUMES,
            severity=Severity.ERROR,
            note="No permissions at all: the default never grants id-token.",
        ),
        Example(
            files={
                ".github/workflows/release.yml": "on: push\njobs:\n  ship:\n"
                "    permissions: {contents: read}\n    uses: ./.github/workflows/deploy.yml\n",
                ".github/workflows/deploy.yml": "on: workflow_call\njobs:\n  deploy:\n"
                "    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n      contents: read\n"
                "    steps:\n" + _ASSUMES,
            },
            location=(".github/workflows/release.yml", "permissions:"),
            fixed={
                ".github/workflows/release.yml": "on: push\njobs:\n  ship:\n    permissions: "
                "{contents: read, id-token: write}\n    uses: ./.github/workflows/deploy.yml\n"
            },
            severity=Severity.ERROR,
            note="The caller bounds what the called workflow may have.",
        ),
        Example(
            "on: push\npermissions:\n  id-token: write\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
            "    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml",
            location="permissions:",
            severity=Severity.WARNING,
            note="The standard wants `contents: read` beside it.",
        ),
    )
    good = (
        Example(
            "on: push\npermissions:\n  id-token: write\n  contents: read\njobs:\n  deploy:\n"
            "    runs-on: ubuntu-latest\n    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml",
        ),
        Example(
            "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
            "      - run: make test\n",
            path=".github/workflows/test.yml",
            note="Nothing here asks for a token.",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        known = project.cached(graph)
        try:
            known.workflow(file.path)
        except ParseError:
            if not known.is_template(file):
                raise
            file.add_notice(
                "parse-fallback", "is a template of a workflow: permissions are checked in what it makes"
            )
            return
        for lack in project.cached(find_missing_permissions).get(file.path, ()):
            yield self._report(file, lack)
        for unchecked, message in known.diagnostics(file.path):
            file.add_notice("unparsed" if unchecked else "note", message)

    def _report(self, file: SourceFile, lack: MissingPermission) -> Finding:
        weak = lack.cause in ("default", "uncalled", "contents", "everything") or lack.uncertainty
        return self.finding(
            _place(file, lack),
            _message(lack),
            fix_hint=_help(lack),
            severity=Severity.WARNING if weak else Severity.ERROR,
            related=_related(file, lack),
            fix=_fix(file, lack),
        )


def _place(file: SourceFile, lack: MissingPermission) -> Span:
    """Where to change something: the permissions that govern the job, else the job's key."""
    if lack.permissions is None:
        return file.span(lack.job.key.start, lack.job.key.end)
    key, value = lack.permissions.entry
    return file.span(key.start, value.end if value.end <= file.line_at(key.start)[1] else key.end)


def _message(lack: MissingPermission) -> str:
    job, reason = lack.job.id, lack.reasons[0]
    mine, has = "its `permissions`", "has"
    does = reason.need.what
    if reason.callee and reason.job:
        does = f"calls `{reason.callee.file.name}`, whose job `{reason.job.id}` {reason.need.what}"
        mine, has = f"the `permissions` of `{job}`", f"`{job}` has"
    if lack.permissions and lack.permissions.level == "workflow":
        mine = "the workflow's `permissions`"
    but = {
        "invalid": f"but GitHub refuses {mine}: {_invalid(lack)}",
        "map": f"but {mine} do not grant `id-token: write`",
        "silent": f"but {has} no `permissions`, and the default never grants `id-token: write`",
        "default": f"but {has} no `permissions`: whether that one gets the `id-token: write` that it asks "
        "for depends on the repository's token setting",
        "uncalled": "but neither this workflow nor a caller in this repository grants `id-token: write`",
        "everything": f"and {mine}, `write-all`, grant far more than that",
        "contents": f"but {mine} lack `contents: read` beside `id-token: write`",
    }[lack.cause]
    doubt = (
        f" ({lack.uncertainty})" if lack.uncertainty and lack.cause not in ("everything", "contents") else ""
    )
    return f"job `{job}` {does}, {but}{doubt}"


def _invalid(lack: MissingPermission) -> str:
    value = lack.permissions.entry[1] if lack.permissions else None
    if value is None or value.null:
        return "nothing stands after it"
    if value.kind == "map":
        return "`id-token` takes `write` or `none`"
    return "it takes a map, `read-all` or `write-all`, no expression"


def _help(lack: MissingPermission) -> str:
    job = lack.job.id
    both = "    permissions:\n      id-token: write\n      contents: read"
    if lack.cause == "contents":
        return "Add `contents: read` to it."
    if lack.cause == "everything":
        return f"Name what job `{job}` needs and no more:\n{both}"
    if lack.cause == "uncalled":
        return f"Declare it here, on job `{job}`, or in the workflow that calls this one:\n{both}"
    if lack.cause == "map" and lack.permissions:
        missing = "" if lack.permissions.names_contents else "\n    contents: read"
        whose = f"of job `{job}`" if lack.permissions.level == "job" else f"that govern job `{job}`"
        return f"Add to the `permissions` {whose}:\n    id-token: write{missing}"
    if lack.cause == "invalid":
        return f"Write:\n{both}"
    return (
        f"Give job `{job}` permissions of its own. They replace the default: every scope that is not named "
        f"becomes none, so name what else the job needs.\n{both}"
    )


def _related(file: SourceFile, lack: MissingPermission) -> Iterator[Related]:
    if lack.permissions is not None:
        yield Related(file.span(lack.job.key.start, lack.job.key.end), f"the job `{lack.job.id}`")
    if lack.job.uses is not None:
        node = lack.job.uses.node
        yield Related(file.span(node.start, node.end), "this call is bound by the caller's permissions")
    for reason in lack.reasons:
        yield from _why(file, reason)


def _why(file: SourceFile, reason: Evidence) -> Iterator[Related]:
    """The step that asks for the token, and where it lies in another file, the way there."""
    at = reason.need.at
    for step in (*at.uses_chain, at.step):
        node = step.uses.node if step.uses else step.node
        span = step.file.span(step.node.start, step.file.line_at(node.start)[1])
        if step is at.step:
            yield Related(span, f"this step {reason.need.what}")
        else:
            yield Related(span, "through this action")


def _fix(file: SourceFile, lack: MissingPermission) -> Fix | None:
    if lack.cause == "uncalled":
        return None
    if lack.permissions is None:
        made = edits.add_permissions(file, lack.job, SCOPES)
        return Fix(made, safe=False) if made else None
    scopes = SCOPES[1:] if lack.cause == "contents" else SCOPES
    if lack.permissions.names_contents:
        scopes = SCOPES[:1]
    made = edits.grant(file, lack.permissions, scopes)
    is_map = lack.permissions.entry[1].kind == "map"
    return Fix(made, safe=is_map and not lack.uncertainty) if made else None
