"""A change that causes a finding in a workflow that it leaves alone, by every way of checking a change."""

from __future__ import annotations

import pytest

from tests.conftest import Repository

WORKFLOW = (
    "on: push\npermissions: {contents: read}\njobs:\n"
    "  ship: {runs-on: ubuntu-latest, steps: [{uses: ./ship}]}\n"
)
_START = "name: a\nruns:\n  using: composite\n  steps:\n"
NEEDS_TOKEN = (
    f"{_START}    - uses: aws-actions/configure-aws-credentials@v4\n"
    "      with: {role-to-assume: 'arn:aws:iam::123456789012:role/a', aws-region: a}\n"
)
SHOWN = ".github/workflows/ship.yml:2:1: error:"


@pytest.fixture
def changed(repo: Repository) -> Repository:
    """GitHub takes action.yml; the last commit deletes it, so action.yaml is the action."""
    repo.write(".github/workflows/ship.yml", WORKFLOW)
    repo.write("ship/action.yaml", NEEDS_TOKEN)
    repo.write("ship/action.yml", f"{_START}    - run: make\n")
    repo.add()
    repo.commit()
    repo.git("rm", "-q", "ship/action.yml")
    repo.commit()
    return repo


def test_since(changed: Repository) -> None:
    made = changed.palint("check", "--since", "HEAD~1", "--format", "concise")
    assert made.returncode == 1 and SHOWN in made.stdout


def test_push(changed: Repository) -> None:
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    made = changed.palint("hook", "--format", "concise", "--", env=refs)
    assert made.returncode == 1 and SHOWN in made.stdout


def test_only_the_given_paths_are_shown(changed: Repository) -> None:
    """Whatever the change does elsewhere counts."""
    made = changed.palint("check", "--since", "HEAD~1", "--format", "concise", ".github")
    assert made.returncode == 1 and SHOWN in made.stdout
    assert changed.palint("check", "--since", "HEAD~1", "ship").returncode == 0


def test_a_finding_of_the_base_is_not_shown(changed: Repository) -> None:
    changed.write("ship/action.yaml", NEEDS_TOKEN.replace("aws-region: a", "aws-region: b"))
    changed.write("other/action.yml", NEEDS_TOKEN)
    changed.git("rm", "-q", "--cached", "ship/action.yaml")
    changed.git("add", "ship/action.yaml", "other/action.yml")
    changed.commit()
    changed.git("rm", "-q", "other/action.yml")
    made = changed.palint("check", "--staged", "--format", "concise")
    assert made.returncode == 0, made.stdout
