"""Every command that docs/ shows runs, and shows what the page says."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable

import jsonschema
import pytest

from palint import registry
from palint.config import Config
from palint.config.schema import schema as settings_schema
from palint.config.settings import load
from palint.secrets.synthetic import generate

from . import sessions
from .conftest import ROOT, Repository

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def shop(repo: Repository, page: str) -> None:
    """The repository of the pages: an old service with five violations, its clone URL at GitHub."""
    repo.write(".env", f"STRIPE_KEY={generate('{stripe_key}')}\nLOG_LEVEL=debug\n")
    repo.write(
        "app/s3.py",
        "import boto3\n\ns3 = boto3.client(\n"
        f'    "s3",\n    aws_access_key_id="{generate("{aws_access_key_id}")}",\n'
        f'    aws_secret_access_key="{generate("{aws_secret_access_key}")}",\n)\n',
    )
    repo.write(
        "app/settings.py",
        f'import os\n\nLEVEL = os.environ["LOG_LEVEL"]\nTOKEN = "{generate("{github_token}")}"\n',
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


PAGES = ["start.md", "accept.md", "baseline.md", "policy.md", "migration.md", "ci.md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page(page: str, make_repo: Callable[[str], Repository]) -> None:
    """`make docs` writes into the pages what the commands print now."""
    repo = make_repo("shop")
    shop(repo, page)
    repo.git("config", "user.name", "Ada")
    repo.git("config", "user.email", "ada@example.com")
    step = sessions.refresh if os.environ.get("PALINT_REFRESH_PAGES") else sessions.run
    step(ROOT / "docs" / page, repo.path)


def _settings() -> list[tuple[str, str]]:
    """(page, text) of every TOML block of README.md and docs/. `write-a-rule.md` has its own test."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    pages = [page for page in pages if page.name not in ("write-a-rule.md", "release.md", "editors.md")]
    return [
        (page.name, block)
        for page in pages
        for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    ]


@pytest.mark.parametrize(("page", "text"), _settings(), ids=lambda x: x if x.endswith(".md") else "")
def test_the_settings_that_a_page_shows_are_settings(page: str, text: str) -> None:
    """By the reader of the program, and by the JSON Schema that it publishes."""
    rules = registry.load()
    options = {name: {o: tuple(v) for o, v in rule.options.items()} for name, rule in rules.items()}
    data = tomllib.loads(text)
    name = "pyproject.toml" if "tool" in data else "palint.toml"
    made = load(name, text.encode(), options, lambda named, place: Config())  # type: ignore[arg-type]
    assert made.file == name
    schema = settings_schema(options)  # type: ignore[arg-type]
    jsonschema.Draft202012Validator(schema).validate(data["tool"]["palint"] if "tool" in data else data)
