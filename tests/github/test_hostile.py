"""Workflows that are made to be slow: every rule that reads them takes time in proportion to their size."""

from __future__ import annotations

import time

import pytest
from palint_rules.env_file_loaded import EnvFileLoaded
from palint_rules.github_secret import GithubSecret
from palint_rules.secret_to_slack import SecretToSlack
from palint_rules.workflow_access_key import WorkflowAccessKey
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.rule import Rule
from palint.testing import results_of

SIZE = 250_000
HEAD = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
PIECES = [
    "$a",
    "$a ",
    "a" * 118 + "$",
    "=$a",
    "AWS_ACCESS_KEY_ID=",
    "aws_access_key_id ",
    "endpoint",
    "endpoint: x\n          ",
    "slack",
    "curl slack ",
    "curl -d '",
    "${{ secrets.A }}",
    "${{ secrets.AWS_KEY }}",
    "${{ 'a",
    "AWS_KEY=${{ secrets.K }} ",
    "> .env\n          ",
    "cat > .env <<EOF\n          ",
    "ACTIONS_ID_TOKEN_REQUEST_URL ",
    "AKIA",
    "a/+9" * 10 + " ",
    '"',
    "(",
]
RULES = [WorkflowIdToken, WorkflowAccessKey, GithubSecret, SecretToSlack, EnvFileLoaded]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id())
def test_one_long_script(rule: type[Rule]) -> None:
    for piece in PIECES:
        body = piece * (SIZE // len(piece))
        begin = time.process_time()
        results_of(
            rule, {".github/workflows/a.yml": f"{HEAD}      - run: |\n          # slack\n          {body}\n"}
        )
        assert time.process_time() - begin < 20, (rule.id(), piece)


STEPS = [
    "      - run: echo ${{ secrets.A }}\n",
    "      - env: {AWS_ACCESS_KEY_ID: '${{ secrets.A }}'}\n",
    "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: x}\n",
    "      - uses: ./.github/actions/x\n",
    "      - uses: a/slack@v1\n        with: {text: '${{ secrets.A }}'}\n",
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id())
def test_many_steps(rule: type[Rule]) -> None:
    for step in STEPS:
        begin = time.process_time()
        results_of(rule, {".github/workflows/a.yml": HEAD + step * 2_500})
        assert time.process_time() - begin < 20, (rule.id(), step)


def test_pipelines() -> None:
    for line in (
        "    - export AWS_ACCESS_KEY_ID=$K\n",
        "    - $a$a$a\n",
        "    - aws configure set aws_access_key_id x\n",
    ):
        begin = time.process_time()
        results_of(WorkflowAccessKey, {".gitlab-ci.yml": "a:\n  script:\n" + line * 5_000})
        assert time.process_time() - begin < 20, line
