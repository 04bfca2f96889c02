"""The three trees that `make cost` counts: made from a seed, the same bytes every time.

    python bench/cost_corpora.py FOLDER     writes them, to look at

The names, words and shapes of a file come from `Random(its path)`. The secrets are generated from their
shapes (`palint.secrets.synthetic`), so this repository contains none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from palint.secrets.synthetic import generate

MIXED_FILES = 1_500
FINDINGS = 200
STAGED = 3
_OLD = 1_600_000_000  # seconds: git reads a file again whose time is not before the index's

_NOUNS = """
    account address archive asset balance batch billing branch bucket budget buffer button cache calendar
    campaign cart catalog category channel checkout chunk client cluster column comment company config
    connection contact content context counter coupon currency customer dashboard dataset delivery device
    discount document domain driver email endpoint engine entry event feature feed field filter folder form
    gateway group handler header host image index input instance invoice item job journal key label language
    layout ledger library license line link list location log manager map member menu message metric model
    module monitor node note notice object offer option order owner page panel parser partner payload
    payment period permission pipeline plan plugin policy pool post price printer process product profile
    project property provider proxy queue quota quote range rating record region release report request
    resource response result review role route row rule sample schedule schema scope screen search segment
    sensor series server service session setting shipment signal site snapshot source stage state status
    step storage store stream summary supplier table tag target task team template tenant theme ticket timer
    title token topic trace track transfer trigger tunnel unit update upload user value vendor version view
    volume warehouse webhook widget
""".split()  # noqa: SIM905
_VERBS = """
    add apply build cancel check clear close collect commit compare compute convert copy count create decode
    detect encode extract fetch filter find flush format get handle insert list load lock log map mark match
    merge move normalize notify open order pack parse post prepare print process publish pull push read
    record refresh register release remove render replace report request reset resolve restore retry run
    save schedule search select send set sort split start stop store sync take test track transform unlock
    update upload validate verify wait watch write
""".split()  # noqa: SIM905
# Code that names a secret and holds no value of one: what most matches of palint's keywords are.
_NEAR_PYTHON = (
    '{name} = os.environ["{NAME}_API_KEY"]',
    "password = form.cleaned_data.get('password')",
    "token: str | None = None",
    'headers = {{"Authorization": f"Bearer {{self.{name}_token}}"}}',
    "self.{name}_secret = settings.{NAME}_SECRET",
    'key = f"{name}-{{{verb}_id}}"',
    'cache_key = "{name}:{verb}:all"',
    "if not user.check_password(raw_password):",
    'PASSWORD_FIELD = "{name}_password"',
    'url = f"https://{{user}}:{{password}}@{{host}}/{name}"',
    "secret_name = '{name}/production'",
    'digest = "{digest}"',
    "checkout_url = reverse('checkout:{verb}', kwargs={{'pk': {name}.pk}})",
    'assert token != {name}_{verb}, "the token of another {name}"',
)
_NEAR_JAVASCRIPT = (
    "const apiKey = process.env.{NAME}_API_KEY;",
    "const token = localStorage.getItem('{name}-token');",
    "headers.Authorization = `Bearer ${{{name}Token}}`;",
    "const key = '{name}.{verb}.title';",
    "if (password.length < minimum) {{ errors.password = '{name}.{verb}.short'; }}",
    "const checkout = await {verb}Checkout({{ {name}Id, currency: 'EUR' }});",
    "export const SECRET_NAME = '{name}/production';",
    '<input type="password" name="{name}Password" />;',
)


class Command(NamedTuple):
    """A run of palint that is counted: its arguments, and the folder below the corpora in which it starts."""

    folder: str
    arguments: tuple[str, ...]


def _check(folder: str) -> Command:
    return Command(folder, ("check", "--no-cache", "--jobs", "1", "."))


COMMANDS: dict[str, tuple[Command, ...]] = {
    "start": (
        _check("start"),
        Command("start", ("hook", "--jobs", "1", "--", *(f"src/staged{n}.py" for n in range(STAGED)))),
    ),
    "mixed": (_check("mixed"),),
    "findings": (_check("findings"),),
}


class _Words:
    """Words and lines for one file."""

    def __init__(self, path: str) -> None:
        self.random = Random(path)

    def noun(self) -> str:
        return self.random.choice(_NOUNS)

    def verb(self) -> str:
        return self.random.choice(_VERBS)

    def sentence(self) -> str:
        words = (self.random.choice((*_NOUNS, *_VERBS)) for _ in range(self.random.randint(6, 14)))
        return " ".join(words).capitalize() + "."

    def near(self, lines: tuple[str, ...]) -> str:
        noun = self.noun()
        digest = f"{self.random.getrandbits(160):040x}"
        return self.random.choice(lines).format(name=noun, NAME=noun.upper(), verb=self.verb(), digest=digest)

    def times(self, least: int, most: int) -> range:
        return range(self.random.randint(least, most))


def _python(words: _Words) -> str:
    lines = [
        f'"""{words.sentence()}"""',
        "",
        "import os",
        "import logging",
        "",
        "log = logging.getLogger()",
        "",
    ]
    for _ in words.times(2, 8):
        name = words.noun()
        lines += [f"class {name.title()}{words.noun().title()}:", f'    """{words.sentence()}"""', ""]
        for _ in words.times(1, 5):
            verb, noun = words.verb(), words.noun()
            lines += [f"    def {verb}_{noun}(self, {noun}: str, limit: int = {len(noun)}) -> None:"]
            lines += [f'        """{words.sentence()}"""']
            for _ in words.times(2, 7):
                lines += [f"        self.{words.noun()} = {words.verb()}_{words.noun()}({noun}, limit=limit)"]
            if words.random.random() < 0.4:
                near = words.near(_NEAR_PYTHON)
                lines += [f"        {near}", *(["            return"] if near.endswith(":") else [])]
            lines += [f'        log.info("{words.sentence()}")', ""]
    return "\n".join(lines) + "\n"


def _boto3(words: _Words) -> str:
    lines = ["import json", "import os", "", "import boto3", "from botocore.config import Config", ""]
    lines += ["RETRIES = Config(retries={'max_attempts': 5})", ""]
    for _ in words.times(3, 9):
        service = words.random.choice(("s3", "sqs", "sns", "dynamodb", "secretsmanager", "lambda"))
        noun = words.noun()
        lines += [f"def {words.verb()}_{noun}(name: str, region: str = 'eu-west-2') -> dict:"]
        lines += [
            f'    """{words.sentence()}"""',
            f"    client = boto3.client('{service}', region_name=region)",
        ]
        if service == "secretsmanager":
            lines += [f"    found = client.get_secret_value(SecretId='{noun}/production')['SecretString']"]
            lines += ["    return json.loads(found)", ""]
        else:
            lines += [f"    {noun} = client.{words.verb()}_{words.noun()}(Name=name, Limit={len(noun)})"]
            lines += [
                f"    {words.near(_NEAR_PYTHON[:3])}",
                f"    return {noun}['{words.noun().title()}']",
                "",
            ]
    lines += ["", "def session(key_id: str, secret: str) -> boto3.Session:"]
    if words.random.random() < 0.05:  # keys that a caller passes: the file is parsed to see where from
        lines += ["    return boto3.Session(aws_access_key_id=key_id, aws_secret_access_key=secret)"]
    else:
        lines += ["    return boto3.Session(profile_name=os.environ.get('AWS_PROFILE'))"]
    return "\n".join(lines) + "\n"


def _javascript(words: _Words) -> str:
    lines = [f"// {words.sentence()}", f"import {{ {words.verb()} }} from './{words.noun()}';", ""]
    for _ in words.times(2, 9):
        verb, noun = words.verb(), words.noun()
        lines += [f"export async function {verb}{noun.title()}({noun}Id, minimum = {len(noun)}) {{"]
        for _ in words.times(1, 6):
            one = words.noun()
            lines += [f"  const {one}{len(lines)} = await {words.verb()}({noun}Id, '{words.noun()}');"]
        if words.random.random() < 0.4:
            lines += [f"  {words.near(_NEAR_JAVASCRIPT)}"]
        lines += [f"  return {{ {noun}Id, title: '{words.sentence()}' }};", "}", ""]
    return "\n".join(lines) + "\n"


def _sdk_javascript(words: _Words) -> str:
    lines = ["import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';", ""]
    for _ in words.times(1, 4):
        noun = words.noun()
        lines += [f"export async function {words.verb()}{noun.title()}(Key, Body) {{"]
        lines += ["  const client = new S3Client({ region: process.env.AWS_REGION });"]
        lines += [f"  return client.send(new PutObjectCommand({{ Bucket: '{noun}', Key, Body }}));", "}", ""]
    return "\n".join(lines) + "\n"


def _workflow(words: _Words) -> str:
    lines = [f"name: {words.verb()} {words.noun()}", "on:", "  push:", "    branches: [main]", "permissions:"]
    lines += ["  contents: read", "jobs:"]
    for number in words.times(1, 4):
        lines += [f"  {words.verb()}-{number}:", "    runs-on: ubuntu-24.04", "    permissions:"]
        lines += ["      id-token: write", "      contents: read", "    steps:"]
        lines += ["      - uses: actions/checkout@v4"]
        lines += ["      - uses: aws-actions/configure-aws-credentials@v4", "        with:"]
        lines += [
            "          role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}",
            "          aws-region: eu-west-2",
        ]
        for _ in words.times(1, 6):
            lines += [f"      - name: {words.sentence()}", f"        run: make {words.verb()}-{words.noun()}"]
    return "\n".join(lines) + "\n"


def _yaml(words: _Words) -> str:
    lines = ["apiVersion: apps/v1", "kind: Deployment", "metadata:", f"  name: {words.noun()}", "spec:"]
    for _ in words.times(3, 20):
        noun = words.noun()
        lines += [f"  {noun}{len(lines)}:", f"    {words.verb()}: {words.sentence()}"]
        lines += [f"    {noun}Key: {words.noun()}.{words.noun()}"]
    return "\n".join(lines) + "\n"


def _json(words: _Words) -> str:
    lines = [f'  "{words.noun()}.{n}": "{words.sentence()}",' for n in words.times(10, 60)]
    return "\n".join(["{", *lines, f'  "passwordHint": "{words.sentence()}"', "}"]) + "\n"


def _markdown(words: _Words) -> str:
    lines = [f"# {words.noun().title()}", ""]
    for _ in words.times(3, 12):
        lines += [f"## {words.verb().title()} the {words.noun()}", "", words.sentence(), words.sentence(), ""]
        lines += [
            "```sh",
            f"export {words.noun().upper()}_TOKEN=<token>",
            f"{words.verb()} --key $KEY",
            "```",
            "",
        ]
    return "\n".join(lines) + "\n"


def _terraform(words: _Words) -> str:
    lines = []
    for number in words.times(2, 8):
        noun = words.noun()
        lines += [f'resource "aws_sqs_queue" "{noun}_{number}" {{', f'  name = "{noun}-${{var.environment}}"']
        lines += [f'  tags = {{ owner = "{words.noun()}", key = "{words.noun()}" }}', "}", ""]
    return "\n".join(lines) + "\n"


def _shell(words: _Words) -> str:
    lines = ["#!/usr/bin/env bash", "set -euo pipefail"]
    lines += [
        f'{words.verb()}_{words.noun()} --token "$API_TOKEN" "{words.noun()}"' for _ in words.times(3, 25)
    ]
    return "\n".join(lines) + "\n"


# (share, folder, suffix, text): shares of 100.
_KINDS: tuple[tuple[int, str, str, Callable[[_Words], str]], ...] = (
    (36, "app", ".py", _python),
    (8, "cloud", ".py", _boto3),
    (20, "web", ".js", _javascript),
    (3, "web/cloud", ".mjs", _sdk_javascript),
    (4, ".github/workflows", ".yml", _workflow),
    (8, "deploy", ".yaml", _yaml),
    (8, "locales", ".json", _json),
    (6, "docs", ".md", _markdown),
    (3, "infrastructure", ".tf", _terraform),
    (4, "scripts", ".sh", _shell),
)
# (suffix, line): what a file of the findings ends with.
_SECRETS = (
    (".py", 'STRIPE_KEY = "{stripe_key}"'),
    (".py", 'GITHUB_TOKEN = "{github_token}"'),
    (".py", 'DATABASE_URL = "{database_url}"'),
    (".py", 'db_password = "{password}"'),
    (".py", 'SIGNING_SECRET = "{base64url:43}"'),
    (".py", 's3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")'),
    (".js", "const webhook = '{slack_webhook_url}';"),
    (".js", "const apiKey = '{base62:32}';"),
    (".js", "const bearer = '{jwt}';"),
    (".yaml", "client_secret: {base62:40}"),
    (".json", '{"gitlab_token": "{gitlab_token}"}'),
    (".sh", "export NPM_TOKEN={npm_token}"),
    (".tf", 'locals { api_token = "{hex:40}" }'),
)  # fmt: skip


def _mixed() -> dict[str, str]:
    files = {}
    for share, folder, suffix, make in _KINDS:
        for number in range(MIXED_FILES * share // 100):
            path = f"{folder}/part{number // 40}/{number}{suffix}"
            if folder == ".github/workflows":  # only a workflow's own folder makes it one
                path = f"{folder}/{number}{suffix}"
            files[path] = make(_Words(path))
    return files


def _findings() -> dict[str, str]:
    """One secret a file, after an ordinary beginning of that language."""
    openings = {suffix: make for _, _, suffix, make in _KINDS}
    files = {}
    for number in range(FINDINGS):
        suffix, line = _SECRETS[number % len(_SECRETS)]
        path = f"part{number // 20}/{number}{suffix}"
        opening = "" if suffix == ".json" else openings[suffix](_Words(path))
        files[path] = opening + generate(line, path) + "\n"
    return files


def _start() -> dict[str, str]:
    return {f"src/staged{n}.py": _python(_Words(f"staged{n}")) for n in range(STAGED)}


def write(folder: Path) -> None:
    """Write the corpora below `folder`: start (a repository with staged files), mixed and findings.

    Raises CalledProcessError where git fails.
    """
    # valgrind takes up to fifty times as long, and a limit reached would change what is counted.
    slow = {"palint.toml": "[limits]\nseconds = 600\n"}
    for name, files in (("start", _start()), ("mixed", _mixed() | slow), ("findings", _findings() | slow)):
        for path, text in files.items():
            place = folder / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
            os.utime(place, (_OLD, _OLD))
    git = ["git", "-C", str(folder / "start")]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments in (["init", "-q"], ["add", "--all"]):
        subprocess.run([*git, *arguments], check=True, env=environment)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
