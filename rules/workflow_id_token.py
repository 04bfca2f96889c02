"""The rule `workflow-id-token`: jobs that need an OIDC token have `id-token: write`, and no others."""

from __future__ import annotations

from collections.abc import Iterator

from palint import pipelines
from palint.github import edits, graph
from palint.github.broad_grants import BroadGrant, find_broad_grants
from palint.github.oidc import Evidence, MissingPermission, find_missing_permissions
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, Fix, Related, Rule, Severity
from palint.text.source import ParseError
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.findings import Span, Violation
    from palint.github.workflows import Permissions
    from palint.pipelines.ci_provider import CiProvider
    from palint.text.source import SourceFile
    from palint.tree.project import Project

_ASSUMES = """\
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::111122223333:role/deploy
          aws-region: eu-west-2
"""
_GITLAB_ROLE = (
    "    - aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $AWS_TOKEN\n"
)


class WorkflowIdToken(Rule):
    """A workflow job that signs in with OIDC without the permission `id-token: write`.

    ## Why

    GitHub gives a job an OIDC token only with `id-token: write`, and no default ever grants it. A missing
    line shows up after the merge, at run time, as "Credentials could not be loaded".

    ## Do this instead

    Grant both scopes to the job that needs them, and to each job that calls its workflow:

    ```yaml
    permissions:
      id-token: write
      contents: read
    ```

    A job's `permissions` replace the workflow's. They do not merge, and a scope that a map does not name is
    `none`. A called workflow gets at most what its caller grants.

    ## What is checked

    Steps that need a token: aws-actions/configure-aws-credentials with `role-to-assume` and no other way to
    sign in; azure/login, google-github-actions/auth, vault-action, pypi-publish without a password,
    actions/attest, deploy-pages and others (the table is `palint.github.token_users`); `npm publish
    --provenance`, `cosign sign` without a key; scripts that read `ACTIONS_ID_TOKEN_REQUEST_URL`. They are
    found in the job, in composite actions of this repository, in `parallel:` groups, and in workflows that it
    calls, here or as `owner/this-repo/…@ref`.

    A called workflow that declares `id-token: write`, whatever its steps do: GitHub refuses the run when the
    caller does not grant it.

    In pipelines of other CI systems (GitLab CI, Azure …): a role that is assumed without `id_tokens`,
    `oidc: true` or `System.AccessToken`, and `aws sts assume-role`, which other credentials sign (a warning).

    Warnings: what depends on the repository's token setting (a caller without `permissions`), on the caller
    (a called workflow with no caller here), or on credentials that the action can use instead (a self-hosted
    runner, static keys); `id-token: write` without `contents: read`, and `write-all`; `id-token: write` for a
    whole workflow with jobs that do not use it, and for jobs of `pull_request_target`, `workflow_run` and
    `issue_comment`, which outsiders can start.

    ## Fix

    Where a map applies to the job, the scope is added there: safe. Where none does, the job gets a map, and
    every scope that the map does not name becomes `none`: `--unsafe-fixes`. So is moving `id-token: write`
    from the workflow to the jobs that use it. A call gets each scope that its workflow requests, and no new
    map for a workflow of another repository.

    ## Limits

    An unknown key of a job or step and a merge key (`<<`), which GitHub does not have, are notices. Workflows
    and actions of other repositories are not read: a job that uses one which the table does not list is never
    reported as not using its token. Jobs whose `if:` is always false are not checked.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    files = WORKFLOWS | ACTIONS | pipelines.FILES
    companion_files = WORKFLOWS | ACTIONS

    bad = (
        Example(
            "on: push\npermissions:\n  contents: read\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
            "    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml", location="permissions:",
            fixed="on: push\npermissions:\n  contents: read\n  id-token: write\njobs:\n  deploy:\n"
            "    runs-on: ubuntu-latest\n    steps:\n" + _ASSUMES,
            severity=Severity.ERROR,
        ),
        Example(
            "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml", location="deploy:",
            fixed="on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    permissions:\n"
            "      id-token: write\n      contents: read\n    steps:\n" + _ASSUMES,
            severity=Severity.ERROR, note="no permissions: the default never grants `id-token`",
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
            severity=Severity.ERROR, note="a called workflow gets at most what its caller grants",
        ),
        Example(
            "deploy:\n  script:\n" + _GITLAB_ROLE, path=".gitlab-ci.yml",
            location="assume-role-with-web-identity", severity=Severity.ERROR,
        ),
    )  # fmt: skip
    good = (
        Example(
            "on: push\npermissions:\n  id-token: write\n  contents: read\njobs:\n  deploy:\n"
            "    runs-on: ubuntu-latest\n    steps:\n" + _ASSUMES,
            path=".github/workflows/deploy.yml",
        ),
        Example(
            "deploy:\n  id_tokens:\n    AWS_TOKEN: {aud: https://gitlab.com}\n  script:\n" + _GITLAB_ROLE,
            path=".gitlab-ci.yml",
        ),
        Example(
            "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
            "      - run: make test\n",
            path=".github/workflows/test.yml", note="nothing here needs a token",
        ),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        provider = pipelines.provider(file.path)
        if provider is not None:
            yield from self._report_pipeline(file, provider)
            return
        known = project.cached(graph)
        try:
            workflow = known.workflow(file.path)
        except ParseError:
            if not known.is_template(file):
                raise
            file.add_notice(
                "parse-fallback", "a template of a workflow, not valid YAML: permissions not checked"
            )
            return
        known.note_escapes(file)
        for missing in project.cached(find_missing_permissions).get(file.path, ()):
            yield self._report(file, missing)
        for grant in find_broad_grants(known, workflow) if workflow is not None else ():
            yield self._report_broad(file, grant)
        for unchecked, message in known.diagnostics(file.path):
            file.add_notice("unparsed" if unchecked else "note", message)

    def _report_pipeline(self, file: SourceFile, provider: CiProvider) -> Iterator[Violation]:
        from palint.pipelines.role_assumption import find_missing_tokens

        for missing in find_missing_tokens(file, provider):
            from palint.advice import id_tokens

            yield self.violation(
                file.span(missing.start, missing.end),
                missing.message,
                why=missing.why,
                fix_hint=id_tokens.pipeline(missing),
                severity=Severity.ERROR if missing.certain else Severity.WARNING,
            )

    def _report(self, file: SourceFile, missing: MissingPermission) -> Violation:
        from palint.advice import id_tokens

        weak = missing.cause in ("default", "uncalled", "contents", "everything") or missing.uncertainty
        return self.violation(
            _place(file, missing),
            _message(missing),
            why=_why(missing),
            fix_hint=id_tokens.missing(missing),
            severity=Severity.WARNING if weak else Severity.ERROR,
            related=_related(file, missing),
            fix=_fix(file, missing),
        )

    def _report_broad(self, file: SourceFile, grant: BroadGrant) -> Violation:
        from palint.advice import id_tokens

        key, value = grant.permissions.entry
        entry = value.entry("id-token")
        start, end = (entry[0].start, entry[1].end) if entry else (key.start, key.end)
        users = [Related(file.span(j.key.start, j.key.end), "this job uses it, or may") for j in grant.users]
        idle = [Related(file.span(j.key.start, j.key.end), "this job does not use it") for j in grant.idle]
        narrowed = edits.narrow(file, grant.permissions, grant.users) if grant.job is None else ()
        return self.violation(
            file.span(start, end),
            _broad_message(grant),
            why=_broad_why(grant),
            fix_hint=id_tokens.too_broad(grant),
            severity=Severity.WARNING,
            related=[*users, *idle],
            fix=Fix(narrowed, safe=False) if narrowed else None,
        )


def _place(file: SourceFile, missing: MissingPermission) -> Span:
    """The place to change: the permissions that apply to the job, else the job's key."""
    key = missing.job.key
    return file.span(key.start, key.end) if missing.permissions is None else _span(missing.permissions)


def _span(permissions: Permissions) -> Span:
    """A `permissions:` key, with its value if that is on the same line."""
    key, value = permissions.entry
    end = value.end if value.end <= permissions.file.line_at(key.start)[1] else key.end
    return permissions.file.span(key.start, end)


def _related(file: SourceFile, missing: MissingPermission) -> Iterator[Related]:
    if missing.permissions is not None:
        yield Related(file.span(missing.job.key.start, missing.job.key.end), f"job `{missing.job.id}`")
    if missing.job.uses is not None:
        node = missing.job.uses.node
        yield Related(file.span(node.start, node.end), "this call gets at most the caller's permissions")
    for evidence in missing.evidence:
        yield from _path_to_step(evidence)


def _path_to_step(evidence: Evidence) -> Iterator[Related]:
    """The step that requests the token, after the actions through which it is used."""
    request, at = evidence.request, evidence.request.at
    if at is None:
        if request.permissions is not None:
            yield Related(_span(request.permissions), "the called workflow requests it here")
        return
    for step in (*at.uses_chain, at.step):
        node = step.uses.node if step.uses else step.node
        span = step.file.span(step.node.start, step.file.line_at(node.start)[1])
        what = f"this step {evidence.request.action}" if step is at.step else "through this action"
        yield Related(span, what)


def _message(missing: MissingPermission) -> str:
    first = missing.evidence[0]
    does = first.request.action
    if first.callee:
        does = f"calls `{first.callee.file.name}`, which needs `id-token: write`"
    job = f"job `{missing.job.id}`"
    whose = "the workflow's" if missing.permissions and missing.permissions.level == "workflow" else "its"
    if missing.cause == "everything":
        return f"{job} gets `id-token: write` through `write-all`, with every other scope"
    if missing.cause == "contents":
        return f"{job} has `id-token: write` without `contents: read`"
    if missing.cause == "invalid":
        return f"{job} {does}, but GitHub rejects {whose} `permissions`"
    if missing.cause == "map":
        return f"{job} {does}, but {whose} `permissions` lack {'it' if first.callee else '`id-token: write`'}"
    if missing.cause == "uncalled":
        return f"{job} {does}, but this called workflow sets no `permissions`"
    return f"{job} {does}, but sets no `permissions`"


def _why(missing: MissingPermission) -> str:
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


def _broad_message(grant: BroadGrant) -> str:
    """The message about a grant that is too broad."""
    from palint.advice.id_tokens import list_jobs

    if grant.job is not None:
        return f"job `{grant.job.id}` gets `id-token: write` on `{grant.event}`"
    if not grant.users:
        return "no job of this workflow uses its `id-token: write`"
    return f"the workflow's `id-token: write` also reaches jobs that do not use it ({list_jobs(grant.idle)})"


def _broad_why(grant: BroadGrant) -> str:
    """What an outsider can do with such a grant."""
    return {
        "": "",
        "pull_request_target": "anyone who opens a pull request starts it, with the repository's permissions",
        "workflow_run": "the run that starts it may be that of a pull request from a fork",
        "issue_comment": "anyone who comments starts it, with the repository's permissions",
    }[grant.event]


def _fix(file: SourceFile, missing: MissingPermission) -> Fix | None:
    if missing.cause == "uncalled":
        return None
    is_map = missing.permissions is not None and missing.permissions.entry[1].kind == "map"
    if not is_map and missing.job.uses is not None and missing.evidence[0].callee is None:
        return None  # what the workflow of another repository requests is not known
    if missing.permissions is None:
        added = edits.add_permissions(file, missing.job, missing.scopes)
    else:
        added = edits.grant(file, missing.permissions, missing.scopes)
    from palint.advice import id_tokens

    follow_up = () if is_map else (id_tokens.OTHER_SCOPES,)
    return Fix(added, safe=is_map and not missing.uncertainty, follow_up=follow_up) if added else None
