"""A long-lived AWS key in a workflow, a composite action or another system's pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from palint import pipelines
from palint.findings import Edit, summarize_secret
from palint.github import edits, graph
from palint.github.aws_keys import KeyReference, KeySource, entries, entries_in_text
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, FileFilter, Fix, Related, Rule, Severity
from palint.text.source import ParseError

if TYPE_CHECKING:
    from palint.findings import Finding
    from palint.text.source import SourceFile
    from palint.tree.project import Project

ROLE = "${{ vars.AWS_ROLE_TO_ASSUME }}"
_KEY_INPUTS = ("aws-access-key-id", "aws-secret-access-key", "aws-session-token")
SCOPES = (("id-token", "write"), ("contents", "read"))
_JOB = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"


class WorkflowAccessKey(Rule):
    """A long-lived AWS access key in a GitHub Actions workflow, an action or another system's pipeline.

    ## Why

    A key that is stored in GitHub, or written down, works from anywhere and until somebody remembers to
    delete it. The standard allows none, GitHub's own secrets included: workflows sign in through OIDC.

    ## Do this instead

    ```yaml
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::111122223333:role/deploy
          aws-region: eu-west-2
    ```

    Then delete the key in IAM and the secrets in GitHub.

    ## What it looks at

    `with:` and `env:` at every level, containers and services included, scripts, and the `secrets:` of a
    called workflow: where `secrets` or `vars` are read into something that is called like an AWS key, where
    the secret is called so, or where a literal stands. A key is told once, where it enters: not again where
    a composite action passes on its inputs, or a step reads `env`.

    Warnings: a key that somebody types in to start the workflow, one beside an endpoint that is not AWS's,
    and one that is called like an S3 key where nothing says AWS.

    Pipelines of GitLab CI, Bitbucket, CircleCI and Azure: keys in `variables`, `environment` and scripts, and
    the system's own way to OIDC.

    ## Limits

    A key under a name that says nothing about AWS or access keys is seen only where something in the same
    file uses it as one. `secrets: inherit` names no key and is not told here.

    ## The fix

    Replaces the inputs of aws-actions/configure-aws-credentials by `role-to-assume`, read from the variable
    `AWS_ROLE_TO_ASSUME`, and adds the permissions: `--unsafe-fixes`, for the role must exist first.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    files = WORKFLOWS | ACTIONS | FileFilter(predicate=pipelines.is_pipeline, path_literals=pipelines.CLUES)
    companion_files = WORKFLOWS | ACTIONS
    supersedes = ("hardcoded-secret", "container-access-key", "aws-credentials-file")

    bad = (
        Example(
            _JOB + "    permissions:\n      contents: read\n    steps:\n"
            "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"
            "          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"
            "          aws-region: eu-west-2\n",
            path=".github/workflows/deploy.yml",
            location="aws-access-key-id",
            fixed=_JOB + "    permissions:\n      contents: read\n      id-token: write\n    steps:\n"
            "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}\n"
            "          aws-region: eu-west-2\n",
        ),
        Example(
            _JOB + "    env:\n      AWS_ACCESS_KEY_ID: ${{ secrets.PROD_KEY }}\n    steps: []\n",
            path=".github/workflows/deploy.yml",
            location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            _JOB + "    steps:\n      - run: |\n          export AWS_ACCESS_KEY_ID={aws_access_key_id}\n",
            path=".github/workflows/deploy.yml",
            location="{aws_access_key_id}",
        ),
        Example(
            "on: push\njobs:\n  deploy:\n    uses: acme/flows/.github/workflows/deploy.yml@v1\n    secrets:\n"
            "      aws-access-key-id: ${{ secrets['AWS_CDK_KEY'] }}\n",
            path=".github/workflows/deploy.yml",
            location="aws-access-key-id",
        ),
        Example(
            "deploy:\n  variables:\n    AWS_ACCESS_KEY_ID: $PROD_KEY\n  script: aws s3 ls\n",
            path=".gitlab-ci.yml",
            location="AWS_ACCESS_KEY_ID",
        ),
    )
    good = (
        Example(
            "deploy:\n  id_tokens:\n    AWS_TOKEN:\n      aud: https://gitlab.com\n  variables:\n"
            "    AWS_ROLE_ARN: arn:aws:iam::111122223333:role/deploy\n  script: aws s3 ls\n",
            path=".gitlab-ci.yml",
        ),
        Example(
            _JOB + "    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          role-to-assume: arn:aws:iam::111122223333:role/deploy\n"
            "          aws-region: eu-west-2\n",
            path=".github/workflows/deploy.yml",
        ),
        Example(
            _JOB + "    steps:\n      - run: pytest\n        env:\n          AWS_ACCESS_KEY_ID: testing\n",
            path=".github/workflows/test.yml",
            note="What moto and LocalStack take is no key.",
        ),
        Example(
            "runs:\n  using: composite\n  steps:\n    - uses: aws-actions/configure-aws-credentials@v4\n"
            "      with:\n        aws-access-key-id: ${{ inputs.key }}\n",
            path=".github/actions/sign-in/action.yml",
            note="The action passes on what its caller gives; it is told there.",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        pipeline = pipelines.system(file.path)
        known = project.cached(graph)
        try:
            if pipeline is not None:
                yield from [self._report_pipeline(file, pipeline, keys) for keys in pipelines.keys(file)]
                return
            known.workflow(file.path)
            found = entries(known, file)
        except ParseError as error:
            if not known.is_template(file):
                raise
            file.add_notice(
                "parse-fallback", f"{error.message} (line {error.line}): a template, searched as text"
            )
            found = entries_in_text(known, file)
        for entry in found:
            yield self._report(file, entry)

    def _report_pipeline(
        self, file: SourceFile, pipeline: pipelines.CiProvider, keys: list[pipelines.Key]
    ) -> Finding:
        first, *others = keys
        what = summarize_secret(file.text[first.start : first.end]) if first.literal else f"`{first.name}`"
        steps = pipeline.oidc.replace("\n", "\n    ")
        return self.finding(
            file.span(first.start, first.end),
            f"this pipeline signs in to AWS with a long-lived key, {what}",
            fix_hint=f"Sign in through OIDC, the way of {pipeline.name}, then delete the key:\n    " + steps,
            related=[Related(file.span(k.start, k.end), "and the rest of the key") for k in others],
            values=[(k.start, k.end) for k in keys if k.literal],
        )

    def _report(self, file: SourceFile, entry: KeySource) -> Finding:
        first, *others = entry.mentions
        weak = entry.uncertainty or all(m.kind == "input" for m in entry.mentions)
        values = [(m.start, m.end) for m in entry.mentions if m.kind == "literal"]
        return self.finding(
            file.span(first.start, first.end),
            _message(file, entry, first),
            fix_hint=_help(entry),
            severity=Severity.WARNING if weak else Severity.ERROR,
            related=[Related(file.span(m.start, m.end), "and the rest of the key") for m in others],
            fix=_fix(file, entry),
            values=values,
        )


def _message(file: SourceFile, entry: KeySource, first: KeyReference) -> str:
    if entry.step is not None:
        who = f"step {entry.step.label}"
    else:
        who = f"job `{entry.job.id}`" if entry.job else "this workflow"
    if first.kind == "literal":
        value = file.text[first.start : first.end]
        what = f"holds a long-lived AWS key, {summarize_secret(value, 4 if value.startswith('AKIA') else 0)}"
    elif first.kind == "input":
        what = f"takes an AWS key that somebody types in, `{first.name}`"
    else:
        where = {"env": " into its environment", "secrets": " to the workflow that it calls"}.get(
            entry.place, ""
        )
        what = f"reads a long-lived AWS key{where}, `{first.name}`"
    return f"{who} {what}" + (f" ({entry.uncertainty})" if entry.uncertainty else "")


def _help(entry: KeySource) -> str:
    region = entry.step.given("aws-region") if entry.step else None
    uses = entry.step.uses.text if entry.step and _configures(entry) and entry.step.uses else ""
    text = (
        "Sign in through OIDC, then delete the key in IAM and in GitHub:\n"
        "    permissions:\n      id-token: write\n      contents: read\n    steps:\n"
        f"      - uses: {uses or 'aws-actions/configure-aws-credentials@v4'}\n        with:\n"
        "          role-to-assume: arn:aws:iam::<account>:role/<role>\n"
        f"          aws-region: {region or 'eu-west-2'}"
    )
    if any(m.kind == "literal" for m in entry.mentions):
        return f"Deactivate this key in IAM now: it is in the history. {text}"
    return text


def _configures(entry: KeySource) -> bool:
    used = entry.step.uses if entry.step else None
    return used is not None and used.repo.lower() == "aws-actions/configure-aws-credentials"


def _fix(file: SourceFile, entry: KeySource) -> Fix | None:
    """Replace the inputs of configure-aws-credentials by a role, and give the job the permissions."""
    if entry.place != "with" or not _configures(entry) or entry.step is None:
        return None
    inputs = entry.step.node.get("with")
    if inputs is None or inputs.alias is not None or inputs.kind != "map":
        return None
    wanted = [
        pair
        for pair in inputs.items
        if pair[0].value.lower().startswith(("aws-access", "aws-secret", "aws-session"))
    ]
    if not wanted:
        return None
    made: list[Edit] = []
    has_role = bool(entry.step.given("role-to-assume"))
    for index, pair in enumerate(wanted):
        if index == 0 and not has_role:
            span = file.span(pair[0].start, pair[1].end)
            made.append(
                Edit(span, f"role-to-assume: {ROLE}" if not inputs.flow else f'role-to-assume: "{ROLE}"')
            )
        else:
            made += edits.remove(file, inputs, pair)
    if entry.workflow is not None and entry.job is not None:
        governing = entry.workflow.effective_permissions(entry.job)
        if governing is None:
            made += edits.add_permissions(file, entry.job, SCOPES)
        elif governing.id_token != "write":
            made += edits.grant(file, governing, SCOPES[:1] if governing.names_contents else SCOPES)
    return Fix(tuple(made), safe=False)
