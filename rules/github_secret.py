"""The rule `github-secret`: workflows read secrets from AWS Secrets Manager, not from GitHub."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator

from palint.github import expressions, graph, secret_names, token_users
from palint.github.aws_keys import find_key_sources
from palint.github.graph import Graph
from palint.github.workflows import Action, Job, Workflow, steps_by_job
from palint.languages.yaml import Node
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, Option, Related, Rule, Severity
from palint.text.source import ParseError, SourceFile
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.findings import Violation
    from palint.tree.project import Project

_JOB = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"


class GithubSecret(Rule):
    """A workflow that uses a secret stored in GitHub.

    ## Why

    AWS Secrets Manager is the one place to rotate, audit and revoke a secret. A copy in GitHub's secrets is
    missed by all three. It is a warning, since some tools need a secret before a role can be assumed.

    ## Do this instead

    Assume a role with OIDC, and read the secret in the job:

    ```yaml
    - uses: aws-actions/aws-secretsmanager-get-secrets@v2
      with:
        secret-ids: |
          ,api/production
        parse-json-secrets: true
    ```

    The secret's keys are variables of the next steps, without a prefix: `env.DATABASE_URL`.

    What is not secret (a region, a host, a role's ARN, an id) belongs in the repository's variables:
    `${{ vars.AWS_REGION }}`. A package is published to PyPI, npm, crates.io, RubyGems or NuGet without a
    token, by trusted publishing, an image to `ghcr.io` with the job's own `github.token`. What signs in to a
    service that accepts GitHub's OIDC token (Google Cloud, Azure, Vault, Codecov and others) needs no secret:
    the finding says so.

    ## Settings

    `allow`: names of secrets that may stay in GitHub. `GITHUB_TOKEN` is always allowed: GitHub creates it for
    each job.

    ## Limits

    One finding for each secret and file, at its first use. AWS keys, and the session token beside them, are
    reported by `workflow-access-key`: they must be deleted, not moved. A name counts if it has a word for a
    secret (`key`, `token`, `DATABASE_URL`, …), or if the secret is decoded or given to an input for a
    credential (`publish-profile`). Not reported: a name whose last word says configuration (a role or ARN, a
    region, an id, a host, port, user, rate or mode) or what is public (`CA_CERT`); what is
    passed to `role-to-assume`; comparisons (`secrets.X != ''`), which reveal nothing; jobs whose `if:` is
    always false; `secrets: inherit` to a workflow of this repository, which is checked itself.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    severity = Severity.WARNING
    since = "0.1.0"
    files = WORKFLOWS | ACTIONS
    options = {"allow": Option(list[str], [], "Names of secrets that may stay in GitHub.")}

    bad = (
        Example(
            _JOB + "      - run: make deploy\n        env:\n          TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n",
            path=".github/workflows/build.yml", location="secrets.DEPLOY_TOKEN",
        ),
        Example(
            "on: push\njobs:\n  a:\n    uses: acme/flows/.github/workflows/ci.yml@v1\n    secrets: inherit\n",
            path=".github/workflows/build.yml", location="inherit",
            note="every secret, to another repository",
        ),
        Example(
            _JOB
            + "      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n",
            path=".github/workflows/build.yml", location="secrets.NPM_TOKEN",
            note="npm has trusted publishing",
        ),
        Example(
            _JOB + "      - uses: docker/login-action@v3\n        with:\n          registry: ghcr.io\n"
            "          username: ${{ github.actor }}\n          password: ${{ secrets.GHCR_TOKEN }}\n",
            path=".github/workflows/build.yml", location="secrets.GHCR_TOKEN",
            note="GitHub's registry accepts the job's own token",
        ),
        Example(
            _JOB + "      - uses: google-github-actions/auth@v3\n        with:\n"
            "          credentials_json: ${{ secrets.GCP_SA_KEY }}\n",
            path=".github/workflows/build.yml", location="secrets.GCP_SA_KEY",
            note="Google Cloud accepts GitHub's OIDC token",
        ),
        Example(
            _JOB + "      - run: deploy '${{ toJSON(secrets) }}'\n", path=".github/workflows/build.yml",
            location="secrets)",
        ),
    )  # fmt: skip
    good = (
        Example(
            _JOB + "      - run: gh pr list\n        env:\n          GH_TOKEN: ${{ secrets.GITHUB_TOKEN }}\n",
            path=".github/workflows/build.yml",
        ),
        Example(
            _JOB + "      - run: make deploy\n        env:\n          TOKEN: ${{ secrets.LICENCE }}\n",
            path=".github/workflows/build.yml", options={"allow": ["LICENCE"]},
        ),
        Example(
            _JOB + "      - run: ssh ${{ secrets.DEPLOY_USER }}@${{ secrets.DEPLOY_HOST }}\n"
            "        env: {AZURE_CLIENT_ID: '${{ secrets.AZURE_CLIENT_ID }}', B: '${{ secrets.BUCKET }}'}\n",
            path=".github/workflows/build.yml", note="configuration, better kept in `vars`",
        ),
        Example(
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/deploy.yml\n    secrets: inherit\n",
            path=".github/workflows/build.yml",
        ),
        Example(
            _JOB + "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          role-to-assume: ${{ secrets.ROLE_ARN }}\n          aws-region: eu-west-2\n",
            path=".github/workflows/build.yml",
        ),
        Example(
            _JOB + "      - run: make deploy\n        env:\n"
            "          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"
            "          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"
            "          AWS_SESSION_TOKEN: ${{ secrets.AWS_SESSION_TOKEN }}\n",
            path=".github/workflows/build.yml", note="an AWS key, which `workflow-access-key` reports",
        ),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        known = project.cached(graph)
        try:
            workflow = known.workflow(file.path)
        except ParseError:
            if not known.is_template(file):
                raise
            file.add_notice("parse-fallback", "a workflow template, not valid YAML: secrets not checked")
            return
        known.note_escapes(file)
        allowed = {"github_token", *(str(name).lower() for name in self.option("allow"))}  # type: ignore[attr-defined]
        sources = find_key_sources(known, file.path)
        keys = sorted({(r.start, r.end) for source in sources for r in source.references})
        inputs = (secret_names.decoded(action.file.text) for action in known.actions.values())
        credentials = secret_names.given_as_credentials(file.text, frozenset().union(*inputs))
        uses: dict[tuple[str, bool], list[tuple[Scope, int, int]]] = {}
        for scope in _scopes(workflow, known.actions.get(file.path.rpartition("/")[0])):
            for name, start, end in _reads(file.text, scope.nodes):
                is_setting = name not in credentials and not secret_names.is_secret(name)
                is_of_key = bool(keys) and name.upper().endswith("AWS_SESSION_TOKEN")
                if not (_inside(start, keys) or is_of_key or name.lower() in allowed or is_setting):
                    key = "" if name.endswith("*") else name  # a computed name may be that of any secret
                    uses.setdefault((key, scope.calls), []).append((scope, start, end))
        for (name, _), found in uses.items():
            yield self._report(file, project, name, found)
        for job in workflow.jobs if workflow is not None else ():
            if not job.never_runs:
                yield from self._check_inherited(file, project, known, job)

    def _report(
        self, file: SourceFile, project: Project, name: str, found: list[tuple[Scope, int, int]]
    ) -> Violation:
        from palint.advice import Place, secrets

        (scope, start, end), *others = found
        subject = scope.subject
        starts = [start for _, start, _ in found]
        place = Place(file, project, self.config.environments)
        steps = (step for _, steps in steps_by_job(file) for step in steps)
        instead = token_users.instead_of(name, starts, steps, file.text)
        what = f"the GitHub secret `{name}`" if name else "all GitHub secrets"
        if instead is not None:
            message = f"{subject} uses {what}: {instead.says}"
            if isinstance(instead, token_users.Registry):
                hint = secrets.in_registry(instead)
            elif isinstance(instead, token_users.OwnRegistry):
                hint = secrets.in_own_registry()
            else:
                hint = secrets.with_oidc(place.at(start), instead)
        else:
            message = f"{subject} uses {what}: keep {'it' if name else 'them'} in AWS Secrets Manager"
            hint = secrets.in_github(place, name, starts)
        related = [
            Related(file.span(start, end), f"{other.subject} uses it, too") for other, start, end in others
        ]
        return self.violation(file.span(start, end), message, fix_hint=hint, related=related)

    def _check_inherited(
        self, file: SourceFile, project: Project, known: Graph, job: Job
    ) -> Iterator[Violation]:
        """`secrets: inherit` passes every secret to a workflow of another repository."""
        node = job.node.get("secrets")
        used = job.uses
        if node is None or node.value != "inherit":
            return
        if used is None or used.kind != "remote" or known.is_own(used):
            return
        from palint.advice import Place, secrets

        yield self.violation(
            file.span(node.start, node.end),
            f"job `{job.id}` passes all GitHub secrets to `{used.repo}`",
            fix_hint=secrets.inherited(Place(file, project, self.config.environments, node.start)),
        )


_KEYS_WITHOUT_SECRETS = ("role-to-assume", "role-arn", "if")


class Scope(NamedTuple):
    """A scope in which uses of a secret are one finding: a job, or everything outside the jobs.

    calls: whether it is a job that calls a workflow, so that no step of it can read a secret.
    """

    subject: str
    nodes: tuple[Node, ...]
    calls: bool = False


def _scopes(workflow: Workflow | None, action: Action | None) -> Iterator[Scope]:
    if workflow is not None:
        env = workflow.node.get("env")
        if env is not None:
            yield Scope("the workflow", (env,))
        for job in workflow.jobs:
            if not job.never_runs:
                yield Scope(f"job `{job.id}`", (job.node,), job.uses is not None)
    elif action is not None:
        yield Scope("the action", (action.node,))


def _reads(text: str, nodes: tuple[Node, ...]) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each use of a secret; the name is "" for all secrets at once."""
    for value in (v for node in nodes for v in _scalars(node)):
        for read in expressions.reads(text, value.start, value.end):
            if read.context == "secrets" and not read.compared:
                yield "" if read.whole else read.name, read.start, read.end


def _inside(offset: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether an offset is in one of the ranges, which are in ascending order."""
    row = bisect_right(ranges, (offset, sys.maxsize)) - 1
    return row >= 0 and ranges[row][0] <= offset < ranges[row][1]


def _scalars(node: Node) -> Iterator[Node]:
    """The scalars below a node, except conditions and roles: `role-to-assume`, `role-arn`."""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.alias is not None:
            continue
        if node.kind == "scalar":
            yield node
        stack.extend(reversed(node.elements))
        stack.extend(value for key, value in reversed(node.items) if key.value not in _KEYS_WITHOUT_SECRETS)
