"""Every command that docs/ shows runs, and shows what the page says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from palint.secrets.shapes import make

from . import sessions
from .conftest import ROOT, Repository


def shop(repo: Repository, page: str) -> None:
    """The repository of the pages: an old service with five violations, its clone URL at GitHub."""
    repo.write(".env", f"STRIPE_KEY={make('{stripe_key}')}\nLOG_LEVEL=debug\n")
    repo.write(
        "app/s3.py",
        "import boto3\n\ns3 = boto3.client(\n"
        f'    "s3",\n    aws_access_key_id="{make("{aws_access_key_id}")}",\n'
        f'    aws_secret_access_key="{make("{aws_secret_access_key}")}",\n)\n',
    )
    repo.write(
        "app/settings.py",
        f'import os\n\nLEVEL = os.environ["LOG_LEVEL"]\nTOKEN = "{make("{github_token}")}"\n',
    )
    repo.write(
        ".github/workflows/deploy.yml",
        "on: push\npermissions:\n  contents: read\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - uses: aws-actions/configure-aws-credentials@v4\n"
        "        with:\n          role-to-assume: arn:aws:iam::123456789012:role/deploy\n"
        "          aws-region: eu-west-2\n",
    )
    if page == "migration.md":
        accepted = {"RuleID": "github-pat", "File": "app/settings.py", "StartLine": 4, "Secret": "REDACTED"}
        repo.write("gitleaks-baseline.json", json.dumps([accepted]) + "\n")
    repo.git("remote", "add", "origin", "git@github.com:palindrom/shop.git")
    repo.add()
    repo.commit()


PAGES = ["start.md", "baseline.md", "policy.md", "migration.md", "ci.md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page(page: str, make_repo: Callable[[str], Repository]) -> None:
    repo = make_repo("shop")
    shop(repo, page)
    repo.git("config", "user.name", "Ada")
    repo.git("config", "user.email", "ada@example.com")
    sessions.run(ROOT / "docs" / page, repo.path)
