"""A workflow that uses a GitHub secret that belongs in AWS Secrets Manager."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from palint.aws import secrets_manager
from palint.github import expressions, graph
from palint.github.aws_keys import find_key_sources
from palint.languages.yaml import Node
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, Option, Related, Rule, Severity
from palint.text.source import ParseError
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.findings import Finding
    from palint.text.source import SourceFile
    from palint.tree.project import Project

# Names of what a job must know before it can read a secret; none of it is secret.
_NOT_SECRET = lazy_re.compile(r"(?:role|role_?arn|account_?(?:id|number)|aws_region|aws_account)$", re.I)
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
          DATABASE_URL, api/production
    ```

    ## Settings

    `allow`: names of secrets that may stay in GitHub. `GITHUB_TOKEN` is always allowed: GitHub creates it for
    each job.

    ## Limits

    One finding for each secret and job. AWS keys are reported by `workflow-access-key`: they must be deleted,
    not moved. Not reported: what is passed to `role-to-assume`, or named like a role, its ARN or an account
    number, since a job must know it before it can read a secret; comparisons (`secrets.X != ''`), which
    reveal nothing; `secrets: inherit`, which names no secret: the called workflow is checked.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    severity = Severity.WARNING
    files = WORKFLOWS | ACTIONS
    options = {"allow": Option(list[str], [], "Names of secrets that may stay in GitHub.")}

    bad = (
        Example(
            _JOB + "      - run: make deploy\n        env:\n          TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n",
            path=".github/workflows/build.yml",
            location="secrets.DEPLOY_TOKEN",
        ),
        Example(
            _JOB + "      - run: deploy '${{ toJSON(secrets) }}'\n",
            path=".github/workflows/build.yml",
            location="secrets)",
        ),
    )
    good = (
        Example(
            _JOB + "      - run: gh pr list\n        env:\n          GH_TOKEN: ${{ secrets.GITHUB_TOKEN }}\n",
            path=".github/workflows/build.yml",
        ),
        Example(
            _JOB + "      - run: make deploy\n        env:\n          TOKEN: ${{ secrets.LICENCE }}\n",
            path=".github/workflows/build.yml",
            options={"allow": ["LICENCE"]},
        ),
        Example(
            _JOB + "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          role-to-assume: ${{ secrets.ROLE_ARN }}\n          aws-region: eu-west-2\n",
            path=".github/workflows/build.yml",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        known = project.cached(graph)
        try:
            workflow = known.workflow(file.path)
        except ParseError:
            if not known.is_template(file):
                raise
            file.add_notice("parse-fallback", "a workflow template, not valid YAML: secrets not checked")
            return
        allowed = {"github_token", *(str(name).lower() for name in self.option("allow"))}  # type: ignore[attr-defined]
        sources = find_key_sources(known, file)
        keys = sorted({(r.start, r.end) for source in sources for r in source.references})
        secret_id = secrets_manager.secret_id(project, self.config.environments, file.path)
        for place in _places(file, workflow, known.actions.get(file.path.rpartition("/")[0])):
            for name, ranges in _reads(file, place.nodes).items():
                ranges = [r for r in ranges if not _inside(r[0], keys)]
                if ranges and name.lower() not in allowed and not _NOT_SECRET.search(name):
                    yield self._report(file, place, name, ranges, secret_id)

    def _report(
        self, file: SourceFile, place: Place, name: str, ranges: list[tuple[int, int]], secret_id: str
    ) -> Finding:
        what = f"the GitHub secret `{name[:50]}`: keep it" if name else "all GitHub secrets: keep them"
        return self.finding(
            file.span(*ranges[0]),
            f"{place.subject} uses {what} in AWS Secrets Manager",
            fix_hint=f"store it in AWS Secrets Manager as `{secret_id}`, and read it in the job after\n"
            "it has assumed its role:\n"
            "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n      with:\n        secret-ids: |\n"
            f"          {name or 'NAME'}, {secret_id}",
            related=[Related(file.span(*other), "also used here") for other in ranges[1:4]],
        )


class Place(NamedTuple):
    """Where uses of a secret are counted together: a job, or everything outside the jobs."""

    subject: str
    nodes: tuple[Node, ...]


def _places(file: SourceFile, workflow: object, action: object) -> Iterator[Place]:
    from palint.github.model import Action, Workflow

    if isinstance(workflow, Workflow):
        env = workflow.node.get("env")
        if env is not None:
            yield Place("the workflow", (env,))
        yield from (Place(f"job `{job.id[:30]}`", (job.node,)) for job in workflow.jobs if not job.never_runs)
    elif isinstance(action, Action) and action.file.path == file.path:
        yield Place("the action", (action.node,))


def _reads(file: SourceFile, nodes: tuple[Node, ...]) -> dict[str, list[tuple[int, int]]]:
    """Where each secret is read, by its name; "" for all secrets at once."""
    found: dict[str, list[tuple[int, int]]] = {}
    for value in (v for node in nodes for v in _scalars(node)):
        for read in expressions.reads(file.text, value.start, value.end):
            if read.context == "secrets" and not read.compared:
                name = "" if read.whole or read.name == "*" else read.name
                found.setdefault(name, []).append((read.start, read.end))
    return found


def _inside(offset: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether an offset is in one of some ascending ranges."""
    row = bisect_right(ranges, (offset, sys.maxsize)) - 1
    return row >= 0 and ranges[row][0] <= offset < ranges[row][1]


def _scalars(node: Node) -> Iterator[Node]:
    """The scalars below a node, except conditions and `role-to-assume`."""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.alias is not None:
            continue
        if node.kind == "scalar":
            yield node
        stack.extend(reversed(node.elements))
        stack.extend(
            value for key, value in reversed(node.items) if key.value not in ("role-to-assume", "if")
        )
