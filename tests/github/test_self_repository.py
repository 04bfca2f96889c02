"""`uses: $/…`: this repository at the commit that runs.

https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/
"""

from __future__ import annotations

import pytest

from palint import registry
from palint.testing import check

from ..conftest import Repository, findings

CALLEE = """\
on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::123456789012:role/deploy", aws-region: eu-west-2}
"""


@pytest.mark.parametrize("prefix", ["./", "$/", "$/./"])
def test_a_called_workflow(prefix: str) -> None:
    rule = registry.load()["workflow-id-token"]
    caller = (
        f"on: push\npermissions:\n  contents: read\njobs:\n  a:\n    uses: {prefix}.github/workflows/d.yml\n"
    )
    (found,) = check(rule, {".github/workflows/a.yml": caller, ".github/workflows/d.yml": CALLEE})
    assert found.span.path == ".github/workflows/a.yml"
    assert found.severity.label == "error"


@pytest.mark.parametrize("prefix", ["./", "$/"])
def test_a_composite_action(prefix: str) -> None:
    rule = registry.load()["workflow-id-token"]
    action = (
        "runs:\n  using: composite\n  steps:\n    - uses: aws-actions/configure-aws-credentials@v4\n"
        "      with: {role-to-assume: x, aws-region: eu-west-2}\n"
    )
    caller = (
        "on: push\npermissions: {contents: read}\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        f"      - uses: {prefix}actions/login\n"
    )
    (found,) = check(rule, {".github/workflows/a.yml": caller, "actions/login/action.yml": action})
    assert found.span.path == ".github/workflows/a.yml"


ACTION = "runs:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n"


@pytest.mark.parametrize(
    ("uses", "broad"),
    [
        ("owner/repo/actions/x@main", True),
        ("other/tool@v1", False),
        ("other/tool/actions/x@v1", False),
        ("owner/repo/actions/gone@main", False),
        ("owner/repo/actions/js@main", False),
        ("actions/cache@v4", True),
    ],
)
def test_only_a_foreign_action_may_use_the_workflows_token(repo: Repository, uses: str, broad: bool) -> None:
    """One of two jobs signs in; the other one needs no token if its action is this repository's own."""
    repo.git("remote", "add", "origin", "https://github.com/owner/repo.git")
    repo.write("actions/x/action.yml", ACTION)
    repo.write("actions/js/action.yml", "runs: {using: node24, main: x.js}\n")
    repo.write(
        ".github/workflows/a.yml",
        "on: push\npermissions: {id-token: write, contents: read}\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        "      - uses: aws-actions/configure-aws-credentials@v4\n"
        "        with: {role-to-assume: x, aws-region: eu-west-2}\n"
        f"  b:\n    runs-on: x\n    steps:\n      - uses: {uses}\n",
    )
    found = findings(repo.palint("--format=json", "--select=workflow-id-token"))
    assert bool(found) == broad
