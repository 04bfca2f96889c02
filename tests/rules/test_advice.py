"""The secret's name that a help gives is one that secret-name accepts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from palint.secrets.synthetic import generate

from ..conftest import Repository, findings

FILES = {
    ".env": "KEY={stripe_key}\n",
    ".env.example": "STRIPE_KEY={stripe_key}\n",
    "load.py": "from dotenv import load_dotenv\n\nload_dotenv()\n",
    "key.py": 'TOKEN = "{github_token}"\n',
    ".github/workflows/tell.yml": "on: push\njobs:\n  tell:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - uses: slackapi/slack-github-action@v2\n        with:\n          token: ${{ secrets.BOT }}\n"
    '          payload: "{\\"text\\": \\"${{ secrets.DB_PASSWORD }}\\"}"\n',
}
RULES = {
    "env-file",
    "env-example-value",
    "env-file-loaded",
    "hardcoded-secret",
    "github-secret",
    "secret-to-slack",
}


@pytest.mark.parametrize(
    ("environments", "local"),
    [
        (None, "development"),
        ('["prod", "dev", "uat"]', "dev"),
        ('["live", "uat"]', ""),
        ('["staging", "production"]', ""),
    ],
)
def test_the_advice_names_a_configured_environment_or_none(
    environments: str | None, local: str, make_repo: Callable[[str], Repository]
) -> None:
    repo = make_repo("shop")
    for path, text in FILES.items():
        repo.write(path, re.sub(r"(?<!\$)\{(stripe_key|github_token)\}", lambda m: generate(m[0]), text))
    if environments:
        repo.write("palint.toml", f"environments = {environments}\n")
    found = {f["rule"]: f["fix_hint"] for f in findings(repo.palint("check", "--format=json"))}
    named = {rule: set(re.findall(r"\bshop/([\w<>-]+)", help_)) for rule, help_ in found.items()}
    assert named == {rule: {"<environment>"} for rule in RULES} | {"env-file": {local or "<environment>"}}
