"""CPU time of 10,800 findings in 2,800 files, in a tree of made-up secrets, by report.

    python bench/findings.py            times the palint of this environment
    python bench/findings.py FOLDER     only makes the tree there

The cost of a finding is the difference to the same tree without secrets, divided by their number.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from palint.secrets.synthetic import SHAPES, generate

COPIES = 400  # of each kind of file, no two the same
ROUNDS = 3
FORMATS = ("text", "concise", "json", "sarif")

# Each «SHAPE» becomes a secret of its own, or, in the tree without them, an empty string.
FILES = {
    "service.py": """class Service:
    def __init__(self, region):
        self.region = region
        self.api_key = "«github_token»"
        self.password = "«password»"

    def connect(self):
        client_secret = "«hex40»"
        return connect(self.region, token="«stripe_key»", retries=3)
""",
    "values.yaml": """database:
  host: db.internal
  password: «password»
  replicas: 2
cache:
  auth_token: «hex64»
payments:
  secret_key: «stripe_key»
  webhook: «slack_webhook_url»
""",
    "settings.json": """{
  "name": "shop",
  "apiKey": "«openai_key»",
  "clientSecret": "«hex32»",
  "database": {"user": "app", "password": "«password»"},
  "gitlabToken": "«gitlab_token»"
}
""",
    "deploy.sh": """#!/bin/sh
set -eu
export API_TOKEN=«github_token»
export DB_PASSWORD='«password»'
curl -H "Authorization: Bearer «hex64»" https://api.internal/deploy
""",
    "main.tf": """variable "region" { default = "eu-west-2" }
locals {
  db_password = "«password»"
  npm_token   = "«npm_token»"
  bot_token   = "«slack_bot_token»"
  signing_key = "«hex40»"
}
""",
    "client.js": """const options = {
  apiKey: "«stripe_key»",
  password: "«password»",
  token: "«npm_token»",
};
export const secret = "«hex64»";
""",
    "application.properties": """server.port=8080
spring.datasource.password=«password»
app.api-key=«hex32»
app.webhook=«slack_webhook_url»
app.token=«gitlab_token»
""",
}


def fill(text: str, seed: str, secrets: bool) -> str:
    """The text with its secrets; the same ones for the same seed."""
    parts = text.split("«")
    made = [parts[0]]
    for number, part in enumerate(parts[1:]):
        shape, _, rest = part.partition("»")
        made.append((generate(SHAPES[shape], f"{seed}/{number}") if secrets else "") + rest)
    return "".join(made)


def make(folder: Path, *, secrets: bool = True) -> int:
    """Make the tree, and give the number of secrets in it."""
    for name, text in FILES.items():
        for number in range(COPIES):
            place = folder / f"app{number:03}" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(fill(text, f"{name}/{number}", secrets), "utf-8")
    return COPIES * sum(text.count("«") for text in FILES.values())


def seconds(command: list[str]) -> float:
    """CPU of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = subprocess.DEVNULL
    subprocess.run(command, stdout=quiet, stderr=quiet, env=corpus.ENVIRONMENT, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print the CPU time of each report."""
    program = str(Path(sys.executable).parent / "palint")
    with tempfile.TemporaryDirectory() as made:
        full, empty = Path(made, "full"), Path(made, "empty")
        count = make(full)
        make(empty, secrets=False)
        check = [program, "check", "--isolated", "--no-cache", "--format"]
        for form in FORMATS:
            took = min(seconds([*check, form, str(full)]) for _ in range(ROUNDS))
            base = min(seconds([*check, form, str(empty)]) for _ in range(ROUNDS))
            sys.stdout.write(
                f"{form:8} {took:5.2f} s of CPU, {base:.2f} s without secrets: "
                f"{1e6 * (took - base) / count:.0f} µs a finding\n"
            )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(f"{make(Path(sys.argv[1]))} secrets\n")
    else:
        main()
