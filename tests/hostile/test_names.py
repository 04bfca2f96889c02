"""Nothing that leaves palint shows a secret, whatever the name in which it is.

Rules quote names: of jobs, steps, variables, resources, services, settings. Each of PLACES has a token, or a
password's value, in one of them. All are in one repository, which every command reads; what they print, the
files that they write and the server's messages must show neither. `test_no_word_of_an_example` draws further
places: each word of each rule's examples.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import re
from collections.abc import Iterator

import pytest

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.run import select
from palint.report import FORMATS
from palint.secrets.synthetic import generate
from palint.testing import substitute
from palint.tree.project import Project
from tests.conftest import Repository
from tests.hostile.test_leaks import TOKEN as T
from tests.hostile.test_leaks import leaks
from tests.hostile.test_properties import SEEDS, targets
from tests.lsp.test_server import serve
from tests.rules import examples, test_further_examples

# ruff: noqa: E501  # files of one line
PW = generate("{password}", "leak")
LETTERS = generate("{letters:12}key{letters:15}", "leak")  # of a token in the place of a name
RANDOM = generate("{letters:4}7{base62:9}K{digits:2}q{base62:14}", "leak")
# {place: {path: text}}; `@` is a workflow
PLACES = {
    "job id": {
        "@": f"on: push\njobs:\n  {T}:\n    runs-on: x\n    env: {{AWS_ACCESS_KEY_ID: '${{{{ secrets.A }}}}'}}\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with: {{role-to-assume: a, aws-region: b}}\n"
    },
    "job key": {"@": f"on: push\njobs:\n  a:\n    runs-on: x\n    {T}: x\n    steps: []\n"},
    "step key": {"@": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {T}: x\n"},
    "workflow key": {"@": f"on: push\n{T}: x\njobs:\n  a:\n    runs-on: x\n    steps: []\n"},
    "step name": {
        "@": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - name: {T}\n        run: aws s3 ls\n        env: {{AWS_ACCESS_KEY_ID: '${{{{ secrets.A }}}}'}}\n"
    },
    "github secret": {
        "@": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        env: {{A: '${{{{ secrets.{T} }}}}'}}\n"
    },
    "permission": {
        "@": f"on: push\npermissions: {{{T}: write, id-token: {T}}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with: {{role-to-assume: a, aws-region: b}}\n"
    },
    "called": {
        "@": f"on: push\njobs:\n  a:\n    uses: ./.github/workflows/{T}.yml\n    secrets: {{AWS_ACCESS_KEY_ID: '${{{{ secrets.A }}}}'}}\n"
    },
    "remote action": {
        "@": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: o/{T}@v1\n        with: {{aws-access-key-id: '${{{{ secrets.A }}}}'}}\n"
    },
    "environment of a job": {
        "@": f"on: push\njobs:\n  a:\n    runs-on: x\n    environment: {T}\n    steps:\n      - run: x\n        env: {{DB_PASSWORD: '${{{{ secrets.DB_PASSWORD }}}}'}}\n"
    },
    "output": {
        "@": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - id: {T}\n        run: x\n      - run: x\n        env: {{AWS_SECRET_ACCESS_KEY: '${{{{ steps.{T}.outputs.secret_key }}}}'}}\n"
    },
    "typed input": {
        "@": f"on:\n  workflow_dispatch:\n    inputs:\n      {T}_access_key: {{}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        env: {{AWS_SECRET_ACCESS_KEY: '${{{{ inputs.{T}_access_key }}}}'}}\n"
    },
    "boto3 default": {
        # palint: ignore[aws-sdk-access-key] the test writes this program
        "a.py": f'import boto3, os\nboto3.client("s3", aws_access_key_id=os.getenv("K", "{T}"), aws_secret_access_key=os.getenv("S", "{PW}"))\n'
    },
    "boto3 f-string": {
        "a.py": f'import boto3, os\nx = 1\nboto3.client("s3", aws_access_key_id=f"{{x}}{T}", aws_secret_access_key=f"{PW}")\n'
    },
    "boto3 function": {
        "a.py": f'import boto3\nboto3.client("s3", aws_access_key_id={T}, aws_secret_access_key=a.{T})\n'
    },
    "boto3 profile": {
        "a.py": f'import boto3\nboto3.client("s3", aws_access_key_id="x", aws_secret_access_key="{T}", endpoint_url="https://{T}.example")\n'
    },
    "variable": {"a.py": f'{T} = "{PW}"\nmy_{T}_password = "{PW}"\n'},
    "js sdk": {
        "a.js": f'const s = new S3Client({{credentials: {{accessKeyId: "{T}", secretAccessKey: {T} }} }});\n'
    },
    "load": {"a.py": f'from dotenv import load_dotenv\nload_dotenv("{T}.env")\n'},
    "shell env": {"a.sh": f"source ./{T}.env\nexport AWS_SECRET_ACCESS_KEY={T}\n"},
    "compose": {
        "compose.yml": f"services:\n  {T}:\n    env_file: {T}.env\n    environment:\n      AWS_ACCESS_KEY_ID: ${{{T}}}\n      {T}_PASSWORD: {PW}\n"
    },
    "dockerfile": {
        "Dockerfile": f"FROM a AS {T}\nARG {T}_PASSWORD={PW}\nENV AWS_ACCESS_KEY_ID=${T}\nCOPY {T}.env .\n"
    },
    "terraform": {
        "a.tf": f'resource "aws_ssm_parameter" "{T}" {{\n  type = "SecureString"\n  value = "{PW}"\n  name = "/{T}"\n}}\nvariable "{T}_password" {{ default = "{PW}" }}\nprovider "aws" {{\n  alias = "{T}"\n  access_key = var.{T}\n}}\n'
    },
    "secret name": {
        "a.tf": f'resource "aws_secretsmanager_secret" "x" {{\n  name = "{T}"\n}}\n',
        "b.py": f'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="{T}/x")\n',
    },
    "k8s": {"a.yaml": f"kind: Secret\nmetadata: {{name: {T}, namespace: {T}}}\nstringData:\n  {T}: {PW}\n"},
    "kubectl": {"a.sh": f"kubectl create secret generic {T} --from-literal={T}={PW}\n"},
    "package": {
        "package.json": f'{{"name": "{T}", "scripts": {{"{T}": "env-cmd -f {T}.env node a"}}, "dependencies": {{"dotenv": "1"}}}}\n'
    },
    "suppression": {
        "a.py": f'password = "{PW}"  # palint: ignore[hardcoded-secret] {T} or {PW}\nx = 1  # palint: ignore[hardcoded-secret] {T} {PW}\ny = 1  # palint: ignore[{T}] x\n'
    },
    "environment elsewhere": {
        "deploy.yml": f"environment: {T}\n",
        "a.py": f'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="api/{T}")\npassword = "{PW}"\n',
    },
    "dotenv": {".env": f"{T}=x\nDB_PASSWORD={PW}\nDB_{T}={PW}\n"},
    "dotenv example": {".env.example": f"{T}=x\nDB_PASSWORD={PW}\n"},
    "gitlab": {".gitlab-ci.yml": f"{T}:\n  script: aws s3 ls\n  variables: {{AWS_ACCESS_KEY_ID: ${T}}}\n"},
    "jenkins": {
        "Jenkinsfile": f"withCredentials([string(credentialsId: '{T}', variable: 'AWS_SECRET_ACCESS_KEY')]) {{ sh 'x' }}\n"
    },
    "slack": {"a.py": f'import slack\nclient.chat_postMessage(channel="{T}", text=f"password {{{T}}}")\n'},
    "credentials file": {
        ".aws/credentials": f"[{T}]\naws_access_key_id = {T}\naws_secret_access_key = {T}\n"
    },
    "cloudformation": {
        "template.yaml": f"Resources:\n  {T}:\n    Type: AWS::IAM::AccessKey\n    Properties: {{UserName: {T}}}\n  B:\n    Type: AWS::SSM::Parameter\n    Properties: {{Type: SecureString, Name: {T}}}\n"
    },
    "cut name": {
        "a.py": f'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="api/some-longer-words-yet/x/{RANDOM}")\n'
    },
    "part of a path": {"a.py": f'# see {RANDOM}/configure-aws-credentials\npassword = "{PW}"\n'},
    "part of a name": {"a.js": f'process.env.{LETTERS}7{LETTERS}_TOKEN || "{PW}";\n'},
    "broken compose": {"docker-compose.yml": f"services: [{T}\n  environment:\n    DB_PASSWORD: {PW}\n"},
    "broken yaml": {"@": f"on: push\njobs: [{T}\n  AWS_ACCESS_KEY_ID: ${{{{ secrets.{T} }}}}\n"},
    "broken python": {"a.py": f'import boto3\nboto3.client("s3", aws_access_key_id={T} {T}\n'},
    "detector": {"a.yml": f"assigned: {T}\nhooks: [{{repo: {T}}}]\npassword: {PW}\n"},
}
QUIET = frozenset[str]()  # places that only notices name
FILES = {
    f".github/workflows/{number}.yml" if path == "@" else f"{number}/{path}": text
    for number, files in enumerate(PLACES.values())
    for path, text in files.items()
}


def shown(text: str) -> list[str]:
    """Lines with a part of a token or the password."""
    parts = {value[at : at + 12] for value in (PW, LETTERS, RANDOM) for at in range(len(value) - 11)}
    return [line[:300] for line in text.splitlines() if leaks(line) or any(part in line for part in parts)]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repo = Repository(tmp_path_factory.mktemp("names") / "repo")
    for path, text in FILES.items():
        repo.write(path, text)
    repo.git("add", "--all", "--force")
    repo.commit()
    return repo


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--diff", "--unsafe-fixes"], ["check", "--show-fixes"], ["check", "--staged", "--verbose"],
        ["migrate"], ["migrate", "--format", "shell"], ["init", "--dry-run"], ["config"],
        *(["history", "--state", "../state", "--format", name] for name in ("text", "json", "markdown", "html", "sarif")),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_command_prints_it(named: Repository, words: list[str]) -> None:
    made = named.palint(*words)
    assert made.returncode in (0, 1, 2), made.stderr
    assert not shown(made.stdout + made.stderr)


def test_no_report_and_no_stored_file_has_it(named: Repository) -> None:
    files = {name: named.path.parent / f"{name}.report" for name in FORMATS}
    outputs = [part for name, file in files.items() for part in ("--output", f"{name}:{file}")]
    state = named.path.parent / "state"
    made = [named.palint("check", "--verbose", *outputs), named.palint("history", "--state", str(state))]
    # No baseline is written beside what cannot be read.
    broken = {text for place in PLACES if place.startswith("broken") for text in PLACES[place].values()}
    for path, text in FILES.items():
        if text in broken:
            (named.path / path).unlink()
    assert named.palint("baseline").returncode == 0
    named.git("checkout", "-q", "--", ".")
    for each in made:
        assert not shown(each.stdout + each.stderr)
    for name, file in {**files, "baseline": named.path / "palint-baseline.jsonl", "state": state}.items():
        assert not shown(file.read_text()), name
    found = {finding["path"] for finding in json.loads(files["json"].read_text())["findings"]}
    quiet = {place for place, number in zip(PLACES, range(len(PLACES)), strict=True)
             if not any(path in found for path in FILES if f"/{number}.yml" in path or path.startswith(f"{number}/"))}  # fmt: skip
    assert quiet <= QUIET, "a place without a finding proves nothing"


@pytest.mark.asyncio
async def test_no_message_of_the_server_has_it(repo: Repository) -> None:
    async with serve(repo) as session:
        for path, text in FILES.items():
            found = await session.open(path, text)
            actions = [action for one in found for action in await session.actions(path, one)]
            assert not shown(repr((found, [action.title for action in actions]))), path


WORD = re.compile(r"[A-Za-z_][\w-]{2,}")
SHARE = 1.0 if "PALINT_CHANGES" in os.environ else 0.4  # of the words that are drawn


def _examples() -> Iterator[tuple[str, str]]:
    """(path, text) of each example, on the rules' pages or beside them."""
    yield from SEEDS
    names = (f"{examples.__name__}.{module.name}" for module in pkgutil.iter_modules(examples.__path__))
    for module in (test_further_examples, *map(importlib.import_module, names)):
        for table in vars(module).values():
            rows = table if isinstance(table, list) else []
            yield from ((row[0], substitute(row[1])) for row in rows if isinstance(row, tuple))


def test_no_word_of_an_example_that_is_a_token_is_shown() -> None:
    chance = random.Random(1)
    checker = FileChecker(Project("/nowhere", targets.Memory({})), Config(), select(Config(), targets.RULES))
    checked = 0
    for path, text in sorted(set(_examples())):
        for word in sorted(set(WORD.findall(text))):
            if chance.random() > SHARE:
                continue
            put = chance.choice((T, RANDOM))
            hostile = re.sub(rf"\b{re.escape(word)}\b", lambda _: put, text)  # noqa: B023
            checker.project = Project("/nowhere", targets.Memory({path: hostile.encode()}))
            result = checker.check(path)
            if result is None:
                continue
            findings = (*result.findings, *(each.finding for each in result.suppressed))
            texts = [repr(finding._replace(fix=None)) for finding in findings]
            texts += [repr(finding.fix.follow_up) for finding in findings if finding.fix]
            assert not shown("\n".join((*texts, repr(result.notices)))), (path, word, put)
            checked += bool(findings)
    assert checked > 300
