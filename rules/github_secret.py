"""A workflow that reads a secret from GitHub where Secrets Manager should hold it."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from palint.aws import secrets_manager
from palint.github import expressions, graph
from palint.github.aws_keys import entries
from palint.languages.yaml import Node
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, Option, Related, Rule, Severity
from palint.text.source import ParseError
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.findings import Finding
    from palint.text.source import SourceFile
    from palint.tree.project import Project

# What a job must know before it can read a secret, and no secret itself.
_NO_SECRET = lazy_re.compile(r"(?:role|role_?arn|account_?(?:id|number)|aws_region|aws_account)$", re.I)
_JOB = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"


class GithubSecret(Rule):
    """A workflow that reads a secret from GitHub's own store.

    ## Why

    The standard keeps every secret in AWS Secrets Manager: one place to rotate, to audit and to revoke.
    What lies in GitHub's secrets is a second copy that nobody rotates. A warning, since some tools need a
    secret before a role can be assumed.

    ## Do this instead

    Assume a role through OIDC, and read the secret in the job:

    ```yaml
    - uses: aws-actions/aws-secretsmanager-get-secrets@v2
      with:
        secret-ids: |
          DATABASE_URL, api/production
    ```

    ## Settings

    `allow`: names of secrets that may stay in GitHub. `GITHUB_TOKEN` always may: GitHub makes it for each
    job.

    ## Limits

    One finding for each secret and job. AWS keys are not told here: `workflow-access-key` wants them gone,
    not moved. Nor is what stands in `role-to-assume`, or is called a role, its ARN or an account's number:
    a job must know it before it can read anything. Comparisons (`secrets.X != ''`) give nothing away.
    `secrets: inherit` names none; the called workflow's own reads are told.
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
            file.add_notice(
                "parse-fallback", "is a template of a workflow: its secrets are checked in what it makes"
            )
            return
        allowed = {"github_token", *(str(name).lower() for name in self.option("allow"))}  # type: ignore[attr-defined]
        keys = sorted({(m.start, m.end) for entry in entries(known, file) for m in entry.mentions})
        for place in _places(file, workflow, known.actions.get(file.path.rpartition("/")[0])):
            for name, spots in _reads(file, place.nodes).items():
                spots = [s for s in spots if not _inside(s[0], keys)]
                if spots and name.lower() not in allowed and not _NO_SECRET.search(name):
                    secret = secrets_manager.secret_id(project, self.config.environments, file.path)
                    yield self._report(file, place, name, spots, secret)

    def _report(
        self, file: SourceFile, place: Place, name: str, spots: list[tuple[int, int]], secret_id: str
    ) -> Finding:
        what = f"the secret `{name}`" if name else "all secrets"
        return self.finding(
            file.span(*spots[0]),
            f"{place.who} reads {what} from GitHub, not from AWS Secrets Manager",
            fix_hint="Keep it in Secrets Manager and read it in the job, once the job has assumed its role:\n"
            "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n      with:\n        secret-ids: |\n"
            f"          {name or 'NAME'}, {secret_id}",
            related=[Related(file.span(*spot), "and here") for spot in spots[1:4]],
        )


class Place(NamedTuple):
    """Where secrets are counted together: a job, or what stands outside all jobs."""

    who: str
    nodes: tuple[Node, ...]


def _places(file: SourceFile, workflow: object, action: object) -> Iterator[Place]:
    from palint.github.model import Action, Workflow

    if isinstance(workflow, Workflow):
        env = workflow.node.get("env")
        if env is not None:
            yield Place("the workflow", (env,))
        yield from (Place(f"job `{job.id}`", (job.node,)) for job in workflow.jobs)
    elif isinstance(action, Action) and action.file.path == file.path:
        yield Place("the action", (action.node,))


def _reads(file: SourceFile, nodes: tuple[Node, ...]) -> dict[str, list[tuple[int, int]]]:
    """Where each secret is read, by its name; "" for all at once."""
    found: dict[str, list[tuple[int, int]]] = {}
    for value in (v for node in nodes for v in _values(node)):
        for read in expressions.reads(file.text, value.start, value.end):
            if read.context == "secrets" and not read.compared:
                name = "" if read.whole or read.name == "*" else read.name
                found.setdefault(name, []).append((read.start, read.end))
    return found


def _inside(offset: int, stretches: list[tuple[int, int]]) -> bool:
    """Whether an offset lies in one of some stretches, which ascend."""
    at = bisect_right(stretches, (offset, sys.maxsize)) - 1
    return at >= 0 and stretches[at][0] <= offset < stretches[at][1]


def _values(node: Node) -> Iterator[Node]:
    """The scalars below a node, but for conditions and what a job must know to sign in."""
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
