"""Inputs of configure-aws-credentials that are always, or may be, empty silence nothing."""

from __future__ import annotations

import pytest
from palint_rules.workflow_access_key import WorkflowAccessKey
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.run import select
from palint.testing import check
from palint.tree.project import Project
from tests.hostile.test_properties import targets

ROLE = """\
on: push
{top}jobs:
  ship:
    runs-on: ubuntu-latest
{job}    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/ship
          aws-region: eu-west-2
          {decoy}
"""


def labels(decoy: str, *, top: str = "", job: str = "") -> list[str]:
    text = ROLE.format(decoy=decoy, top=top, job=job)
    return [f.severity.label for f in check(WorkflowIdToken, {".github/workflows/a.yml": text})]


@pytest.mark.parametrize(
    "decoy",
    [
        "aws-access-key-id: ${{ env.NONE }}",
        "aws-access-key-id: ${{ '' }}",
        "web-identity-token-file: ${{ env.NONE }}",
        "web-identity-token-file: ''",
    ],
)
def test_what_is_always_empty_is_not_given(decoy: str) -> None:
    assert labels(decoy) == ["error"]


@pytest.mark.parametrize("decoy", ["inputs.key", "matrix.key", "github.event.client_payload.key"])
def test_a_key_that_may_be_empty_makes_it_uncertain(decoy: str) -> None:
    assert labels(f"aws-access-key-id: ${{{{ {decoy} }}}}") == ["warning"]


@pytest.mark.parametrize(
    ("decoy", "top", "job"),
    [
        ("aws-access-key-id: ${{ secrets.KEY }}", "", ""),
        ("aws-access-key-id: ${{ steps.a.outputs.key }}", "", ""),
        ("aws-access-key-id: ${{ env.KEY }}", "env: {KEY: x}\n", ""),
        ("aws-access-key-id: ${{ env.key }}", "", "    env: {KEY: x}\n"),
        ("aws-access-key-id: ${{ env.KEY }}", "", "    env: ${{ fromJSON(vars.ENV) }}\n"),
        ("web-identity-token-file: /token", "", ""),
    ],
)
def test_what_is_given_is(decoy: str, top: str, job: str) -> None:
    assert labels(decoy, top=top, job=job) == []


def keys(text: str) -> list[str]:
    return [f.message for f in check(WorkflowAccessKey, {".github/workflows/a.yml": text})]


JOBS = """\
on: {{repository_dispatch: {{}}, push: {{}}}}
jobs:
  get:
    runs-on: ubuntu-latest
    outputs:
      access_key: ${{{{ steps.a.outputs.access_key }}}}
    steps:
      - id: a
        run: {run}
  ship:
    needs: get
    runs-on: ubuntu-latest
    env:
      AWS_ACCESS_KEY_ID: ${{{{ {read} }}}}
      {more}
    steps: [{{run: aws s3 ls}}]
"""


def test_a_key_of_another_job_or_event_is_long_lived() -> None:
    run = "fetch >> $GITHUB_OUTPUT"
    assert keys(JOBS.format(run=run, read="needs.get.outputs.access_key", more=""))
    assert keys(JOBS.format(run=run, read="github.event.client_payload.id", more=""))


@pytest.mark.parametrize(
    ("run", "more"),
    [("aws sts assume-role x", ""), ("fetch", "AWS_SESSION_TOKEN: ${{ needs.get.outputs.session_token }}")],
)
def test_a_temporary_key_of_another_job_is_not(run: str, more: str) -> None:
    assert not keys(JOBS.format(run=run, read="needs.get.outputs.access_key", more=more))


def test_a_key_under_another_name_in_the_environment_file() -> None:
    found = keys(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        '      - run: echo "K=${{ secrets.FOO }}" >> $GITHUB_ENV\n'
        "      - run: aws s3 ls\n        env: {AWS_SECRET_ACCESS_KEY: '${{ env.K }}'}\n"
    )
    assert found and "secrets.FOO" in found[0]


E = "'${{ secrets.K }}'"
ONE_JOB = "on: push\njobs:\n  a:\n    runs-on: x\n"
WAYS_OF_A_KEY = {
    "a step's output": f"    steps:\n      - id: s\n        run: echo k={E} >> $GITHUB_OUTPUT\n"
    "      - run: x\n        env: {AWS_SECRET_ACCESS_KEY: '${{ steps.s.outputs.k }}'}\n",
    "another job's output": f"    outputs: {{k: {E}}}\n    steps: []\n  b:\n    needs: a\n    runs-on: x\n"
    "    env: {AWS_SECRET_ACCESS_KEY: '${{ needs.a.outputs.k }}'}\n    steps: []\n",
    "a registry": "    container:\n      image: x\n"
    "      credentials: {username: a, password: '${{ secrets.AWS_SECRET_ACCESS_KEY }}'}\n    steps: []\n",
    "a parallel group in another": "    steps:\n      - parallel:\n          - parallel:\n"
    f"              - run: x\n                env: {{AWS_SECRET_ACCESS_KEY: {E}}}\n",
    "standard input": f"    steps:\n      - run: read -r AWS_SECRET_ACCESS_KEY <<< {E}\n",
    "pulumi": "    steps: [{run: 'pulumi config set aws:secretKey ${{ secrets.K }}'}]\n",
    "s3cmd": "    steps: [{run: 's3cmd --access_key=${{ secrets.A }} --secret_key=${{ secrets.K }} ls'}]\n",
}


@pytest.mark.parametrize("way", WAYS_OF_A_KEY)
def test_a_key_is_found_on_its_way(way: str) -> None:
    text = ONE_JOB + WAYS_OF_A_KEY[way]
    found = check(WorkflowAccessKey, {".github/workflows/a.yml": text})
    assert found, text


@pytest.mark.parametrize(
    "name", ["AWS_SECRET_\\\n          ACCESS_KEY", 'AWS_"SECRET"_ACCESS_KEY', "A'WS_SECRET_ACCESS_KEY'"]
)
def test_a_name_that_only_a_shell_reads_is_named(name: str) -> None:
    text = f"{ONE_JOB}    steps:\n      - run: |\n          export {name}=$X\n"
    project = Project("/nowhere", targets.Memory({".github/workflows/a.yml": text.encode()}))
    rules = [rule for rule in select(Config(), targets.RULES) if rule.id() == "workflow-access-key"]
    checker = FileChecker(project, Config(), rules)
    result = checker.check(".github/workflows/a.yml")
    assert result is not None
    assert [n.message for n in result.notices if not n.complete and "`AWS_SECRET_ACCESS_KEY`" in n.message]
