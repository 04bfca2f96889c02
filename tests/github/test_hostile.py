"""Workflows that are made to be slow: every rule that reads them takes time in proportion to their size."""

from __future__ import annotations

import pytest
from palint_rules.env_file_loaded import EnvFileLoaded
from palint_rules.github_secret import GithubSecret
from palint_rules.secret_to_slack import SecretToSlack
from palint_rules.workflow_access_key import WorkflowAccessKey
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.rule import Rule
from palint.testing import results_of
from tests import growth

SIZE = 7_500  # characters, beside four times as many
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
    def use(body: str) -> None:
        text = f"{HEAD}      - run: |\n          # slack\n          {body}\n"
        results_of(rule, {".github/workflows/a.yml": text})

    for piece in PIECES:
        count = SIZE // len(piece)
        assert not growth.is_slow(use, piece * count, piece * count * 4), (rule.id(), piece)


STEPS = [
    "      - run: echo ${{ secrets.A }}\n",
    "      - env: {AWS_ACCESS_KEY_ID: '${{ secrets.A }}'}\n",
    "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: x}\n",
    "      - uses: ./.github/actions/x\n",
    "      - uses: a/slack@v1\n        with: {text: '${{ secrets.A }}'}\n",
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id())
def test_many_steps(rule: type[Rule]) -> None:
    def use(steps: str) -> None:
        results_of(rule, {".github/workflows/a.yml": HEAD + steps})

    for step in STEPS:
        assert not growth.is_slow(use, step * 250, step * 1_000), (rule.id(), step)


def test_pipelines() -> None:
    def use(script: str) -> None:
        results_of(WorkflowAccessKey, {".gitlab-ci.yml": f"a:\n  script:\n{script}"})

    for line in (
        "    - export AWS_ACCESS_KEY_ID=$K\n",
        "    - $a$a$a\n",
        "    - aws configure set aws_access_key_id x\n",
    ):
        assert not growth.is_slow(use, line * 250, line * 1_000), line


def workflows_in_a_mesh(count: int, head: str = "") -> dict[str, str]:
    """Workflows that each call every one of them, and need a token. head: further lines of each."""
    calls = "".join(f"  j{n}:\n    uses: ./.github/workflows/w{n}.yml\n" for n in range(count))
    step = "aws-actions/configure-aws-credentials@v4\n      with: {role-to-assume: x, aws-region: y}\n"
    text = f"on: workflow_call\n{head}jobs:\n{calls}  z:\n    runs-on: x\n    steps:\n    - uses: {step}"
    return {f".github/workflows/w{n}.yml": text for n in range(count)}


@pytest.mark.parametrize("head", ["", "permissions: {id-token: write}\n"])
def test_workflows_that_call_each_other_cost_in_proportion_to_their_calls(head: str) -> None:
    """Two sizes, one with four times the calls of the other: it was eight times the time."""

    def use(files: dict[str, str]) -> None:
        results_of(WorkflowIdToken, files)

    use(workflows_in_a_mesh(10, head))
    assert not growth.is_slow(use, workflows_in_a_mesh(30, head), workflows_in_a_mesh(60, head))
