"""The rule `workflow-access-key`: no long-lived AWS keys in workflows, actions and other CI pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from palint import pipelines
from palint.aws.key_names import role_variable
from palint.github import edits, graph
from palint.github.aws_keys import KeyReference, KeySource, find_key_sources, find_key_sources_in_text
from palint.rule import ACTIONS, WORKFLOWS, Clause, Example, Fix, Related, Rule, Severity
from palint.text.source import ParseError
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.findings import Violation
    from palint.pipelines.ci_provider import CiProvider, PipelineKey
    from palint.text.source import SourceFile
    from palint.tree.project import Project

_JOB = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"


class WorkflowAccessKey(Rule):
    """A long-lived AWS access key in a GitHub Actions workflow, an action or another CI system's pipeline.

    ## Why

    A key that is stored in GitHub, or written into a workflow, works from anywhere until someone deletes it.
    With OIDC GitHub signs in to AWS for one job, and there is no key to store, GitHub's own secrets included.

    ## Do this instead

    ```yaml
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}
          aws-region: eu-west-2
    ```

    The role must trust the repository's OIDC subject, and the variable `AWS_ROLE_TO_ASSUME` must exist. Then
    delete the key in IAM and the secrets in GitHub.

    ## What is checked

    `with:` and `env:` at every level, containers and services included, scripts, and the `secrets:` of a
    called workflow: where `secrets` or `vars` are read into something named like an AWS key, where the secret
    is named like one, or where a literal is one. A key is reported once, where it enters: not again where a
    composite action passes on its inputs, or a step reads `env`.

    Also under neutral names: docker/login-action and `docker login` to ECR, `Set-AWSCredential`, `serverless
    config credentials`, `terraform -var access_key=…`, a credentials file written from a secret.

    Warnings: a key that someone types in to start the workflow, a key that another step returns (from Vault,
    say), a key beside an endpoint that is not AWS's, and one named like an S3 key where nothing names AWS.

    Pipelines of other CI systems (GitLab, Travis CI, Drone …): keys in `variables`, `environment`, settings
    of plugins and scripts. In a Jenkinsfile: `credentials('aws-key')`, the bindings of `withCredentials`,
    `withAWS(credentials: …)`, `withRegistry(…, 'ecr:…')`. The finding shows that system's way to OIDC.

    ## Limits

    A key whose name has nothing of AWS or access keys is found only where the same file uses it as one.
    `secrets: inherit` names no key and is not reported here.

    ## Fix

    Replaces the key inputs of aws-actions/configure-aws-credentials by `role-to-assume`, read from the
    variable `AWS_ROLE_TO_ASSUME`, and adds the permissions: `--unsafe-fixes`, since the role must exist.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    files = WORKFLOWS | ACTIONS | pipelines.FILES
    companion_files = WORKFLOWS | ACTIONS
    supersedes = ("hardcoded-secret", "container-access-key", "aws-credentials-file", "aws-sdk-access-key")

    bad = (
        Example(
            _JOB + "    permissions:\n      contents: read\n    steps:\n"
            "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"
            "          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"
            "          aws-region: eu-west-2\n",
            path=".github/workflows/deploy.yml", location="aws-access-key-id",
            fixed=_JOB + "    permissions:\n      contents: read\n      id-token: write\n    steps:\n"
            "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
            "          role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}\n"
            "          aws-region: eu-west-2\n",
        ),
        Example(
            _JOB + "    env:\n      AWS_ACCESS_KEY_ID: ${{ secrets.PROD_KEY }}\n    steps: []\n",
            path=".github/workflows/deploy.yml", location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            _JOB + "    steps:\n      - run: |\n          export AWS_ACCESS_KEY_ID={aws_access_key_id}\n",
            path=".github/workflows/deploy.yml", location="{aws_access_key_id}",
        ),
        Example(
            "on: push\njobs:\n  deploy:\n    uses: acme/flows/.github/workflows/deploy.yml@v1\n    secrets:\n"
            "      aws-access-key-id: ${{ secrets['AWS_CDK_KEY'] }}\n",
            path=".github/workflows/deploy.yml", location="aws-access-key-id",
        ),
        Example(
            "deploy:\n  variables:\n    AWS_ACCESS_KEY_ID: $PROD_KEY\n  script: aws s3 ls\n",
            path=".gitlab-ci.yml", location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            "pipeline {\n  environment {\n    AWS_ACCESS_KEY_ID     = credentials('aws-id')\n"
            "    AWS_SECRET_ACCESS_KEY = credentials('aws-secret')\n  }\n}\n",
            path="Jenkinsfile", location="AWS_ACCESS_KEY_ID",
        ),
    )  # fmt: skip
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
            path=".github/workflows/test.yml", note="moto and LocalStack accept any value",
        ),
        Example(
            "runs:\n  using: composite\n  steps:\n    - uses: aws-actions/configure-aws-credentials@v4\n"
            "      with:\n        aws-access-key-id: ${{ inputs.key }}\n",
            path=".github/actions/sign-in/action.yml",
            note="the action passes on its input: its callers are checked",
        ),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        provider = pipelines.provider(file.path)
        known = project.cached(graph)
        try:
            if provider is not None:
                from palint.pipelines.keys import find_keys as find_pipeline_keys

                for keys in find_pipeline_keys(file, provider):
                    yield self._report_pipeline(file, project, provider, keys)
                return
            known.workflow(file.path)
            known.note_escapes(file)
            sources = find_key_sources(known, file.path)
        except ParseError as error:
            if not known.is_template(file):
                raise
            message = f"line {error.line}: {error.message}, a template: searched as plain text"
            file.add_notice("parse-fallback", message)
            sources = find_key_sources_in_text(known, file)
        for source in sources:
            yield self._report(file, project, source)

    def _report_pipeline(
        self, file: SourceFile, project: Project, provider: CiProvider, keys: list[PipelineKey]
    ) -> Violation:
        first, *others = keys
        from palint.advice import Place, aws_keys

        values = [(k.start, k.end) for k in keys if k.literal]
        what = "uses a hardcoded AWS key" if first.literal else f"uses a long-lived AWS key (`{first.name}`)"
        return self.violation(
            file.span(first.start, first.end),
            f"this pipeline {what}",
            fix_hint=aws_keys.pipeline(Place(file, project), provider, values, first.start),
            related=[Related(file.span(k.start, k.end), "another part of the key") for k in others],
            values=values,
        )

    def _report(self, file: SourceFile, project: Project, source: KeySource) -> Violation:
        from palint.advice import Place, aws_keys

        first, *others = source.references
        weak = source.uncertainty or all(r.kind in ("input", "output") for r in source.references)
        values = [(r.start, r.end) for r in source.references if r.kind == "literal"]
        return self.violation(
            file.span(first.start, first.end),
            _message(source, first),
            why=source.uncertainty,
            fix_hint=aws_keys.workflow(Place(file, project), source, values),
            severity=Severity.WARNING if weak else Severity.ERROR,
            related=[Related(file.span(r.start, r.end), "another part of the key") for r in others],
            fix=_fix(file, project, source),
            values=values,
        )


def _message(source: KeySource, first: KeyReference) -> str:
    if source.step is not None:
        subject = f"step {source.step.label}"
    else:
        subject = f"job `{source.job.id}`" if source.job else "this workflow"
    if first.kind == "literal":
        return f"{subject} contains a hardcoded AWS key"
    key = f"a long-lived AWS key (`{first.name}`)"
    if first.kind == "output":
        return f"{subject} uses an AWS key from another step (`{first.name}`)"
    if first.kind == "input":
        return f"{subject} uses a typed-in AWS key (`{first.name}`)"
    if source.place == "secrets":
        callee = source.job.uses.text.partition("@")[0] if source.job and source.job.uses else ""
        name = callee.rpartition("/")[2]
        return f"{subject} passes {key} to {f'`{name}`' if name else 'a called workflow'}"
    return f"{subject} uses {key}"


def _fix(file: SourceFile, project: Project, source: KeySource) -> Fix | None:
    """Replace the inputs of configure-aws-credentials by a role, and grant the job the permissions."""
    from palint.advice import Place, aws_keys, id_tokens

    if source.place != "with" or not source.configures_aws:
        return None
    if source.step is None or source.job is None or source.workflow is None:
        return None  # an action's steps have no `vars`
    variable = role_variable(source.references[0].name)
    replaced = edits.replace_keys_by_role(file, source.step, variable)
    if not replaced:
        return None
    permissions = source.workflow.effective_permissions(source.job)
    if permissions is None:
        replaced += edits.add_permissions(file, source.job, edits.OIDC_SCOPES)
    elif permissions.id_token != "write":
        named = permissions.entry[1].get("contents") is not None
        replaced += edits.grant(file, permissions, edits.OIDC_SCOPES[: 1 if named else 2])
    values = [(r.start, r.end) for r in source.references if r.kind == "literal"]
    keeps_scopes = permissions is not None and permissions.entry[1].kind == "map"
    steps = (
        aws_keys.role_must_exist(variable),
        *(() if keeps_scopes else (id_tokens.OTHER_SCOPES,)),
        *aws_keys.after_fix(Place(file, project), values),
    )
    return Fix(replaced, follow_up=steps)
