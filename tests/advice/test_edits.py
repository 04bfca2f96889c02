"""What palint's own edits leave works: it is run against moto's server, or read by the language's tools."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from moto.server import ThreadedMotoServer

from palint import registry
from palint.testing import apply_fixes, check, substitute
from tests.advice.tools import schema_errors, syntax_errors

RULES = registry.load()
SDK = ("@aws-sdk/client-secrets-manager@3", "@aws-sdk/client-s3@3")


def edited(rule: str, path: str, text: str) -> str:
    """The text after the edits of its findings."""
    made = apply_fixes({path: substitute(text)}, check(RULES[rule], {path: text}))[path]
    assert made != substitute(text)
    return made


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """The environment of a program whose AWS is moto's server, with the keys of a session."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        **os.environ, "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "of-the-session",
    }  # fmt: skip
    server.stop()


def output(program: list[str], folder: Path, environment: dict[str, str]) -> str:
    made = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


PYTHON = {
    "client": (
        "import boto3\nclient = boto3.client('s3', aws_access_key_id='{aws_access_key_id}',\n"
        "    aws_secret_access_key='{aws_secret_access_key}')\nclient.list_buckets()\n"
    ),
    "resource with a region": (
        "import boto3\nclient = boto3.resource('s3', region_name='us-east-1',\n"
        "    aws_access_key_id='{aws_access_key_id}', aws_secret_access_key=KEY).meta.client\n"
        "client.list_buckets()\n"
    ),
    "session by position": (
        "from boto3 import Session\nclient = Session('{aws_access_key_id}', '{aws_secret_access_key}'"
        ").client('sqs')\nclient.list_queues()\n"
    ),
    "unpacked arguments": (
        "import boto3\nclient = boto3.client('sns', **{'aws_access_key_id': '{aws_access_key_id}',\n"
        "    'aws_secret_access_key': '{aws_secret_access_key}'})\nclient.list_topics()\n"
    ),
    "botocore": (
        "import botocore.session\nclient = botocore.session.get_session().create_client('s3', 'eu-west-2',\n"
        "    aws_access_key_id='{aws_access_key_id}', aws_secret_access_key='{aws_secret_access_key}')\n"
        "client.list_buckets()\n"
    ),
}


@pytest.mark.parametrize("name", PYTHON)
def test_a_python_client_without_its_keys_uses_the_session(
    moto: dict[str, str], tmp_path: Path, name: str
) -> None:
    shown = "print(client._request_signer._credentials.token)\n"
    (tmp_path / "a.py").write_text(edited("boto3-access-key", "a.py", PYTHON[name] + shown))
    assert output([sys.executable, "a.py"], tmp_path, moto) == "of-the-session"


KEYS = 'accessKeyId: "{aws_access_key_id}", secretAccessKey: "{aws_secret_access_key}"'
CLIENT = (
    f'new S3Client({{\n  region: "eu-west-2",\n  forcePathStyle: true,\n  credentials: {{ {KEYS} }},\n}})'
)
USE = (
    "client.send(new ListBucketsCommand({})).then(async () =>\n"
    "  console.log((await client.config.credentials()).sessionToken));\n"
)
NODE = {
    "a.mjs": (
        'import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";\n'
        f"const client = {CLIENT};\n{USE}"
    ),
    "a.cjs": (
        'const { ListBucketsCommand, S3Client } = require("@aws-sdk/client-s3");\n'
        f"const client = {CLIENT};\n{USE}"
    ),
    "b.mjs": (
        'import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";\n'
        f"const client = new SecretsManagerClient({{ credentials: {{ {KEYS} }} }});\n"
        + USE.replace("Buckets", "Secrets")
    ),
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text("{}")
    environment = {**os.environ, "npm_config_cache": str(folder / "cache")}
    subprocess.run(["npm", "install", "--silent", *SDK], cwd=folder, env=environment, check=True, timeout=300)
    return folder


@pytest.mark.skipif("PALINT_TEST_NPM" not in os.environ, reason="needs npm: `make migrate-node`")
@pytest.mark.parametrize("name", NODE)
def test_a_node_client_without_its_keys_uses_the_session(
    moto: dict[str, str], modules: Path, name: str
) -> None:
    (modules / name).write_text(edited("aws-sdk-access-key", name, NODE[name]))
    assert output(["node", name], modules, moto) == "of-the-session"


@pytest.mark.parametrize(
    ("grammar", "rule", "path", "text"),
    [
        *(("javascript", "aws-sdk-access-key", path, text) for path, text in NODE.items()),
        ("typescript", "aws-sdk-access-key", "a.ts", f"const client: S3Client = {CLIENT};\n"),
        ("javascript", "aws-sdk-access-key", "a.js", f'AWS.config.update({{ region: "x", {KEYS} }});\n'),
        (
            "hcl", "infrastructure-access-key", "main.tf",
            'provider "aws" {\n  region     = "eu-west-2"\n  access_key = "{aws_access_key_id}"\n'
            '  secret_key = "{aws_secret_access_key}"\n}\n',
        ),
    ],
    ids=lambda value: value if len(value) < 12 else "",
)  # fmt: skip
def test_the_language_s_parser_reads_what_is_left(grammar: str, rule: str, path: str, text: str) -> None:
    made = edited(rule, path, text)
    assert not syntax_errors(grammar, made), made
    assert "AKIA" not in made


def test_a_workflow_that_signs_in_is_valid_for_its_schema_and_zizmor(tmp_path: Path) -> None:
    text = (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    permissions: {contents: read}\n    steps:\n"
        "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
        "          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"
        "          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"
        "          aws-region: eu-west-2\n"
    )
    path = tmp_path / ".github/workflows/a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(made := edited("workflow-access-key", ".github/workflows/a.yml", text))
    assert schema_errors("github-workflows", made) == [], made
    zizmor = Path(sys.executable).with_name("zizmor")
    options = ["--offline", "--no-progress", "--format=json", "--min-severity=high"]
    shown = subprocess.run([zizmor, *options, tmp_path], capture_output=True, text=True, check=False).stdout
    assert {finding["ident"] for finding in json.loads(shown)} <= {"unpinned-uses"}, shown


def test_a_described_example_sets_nothing_in_a_shell(tmp_path: Path) -> None:
    text = "DB_PASSWORD={password}\nPORT=1 # where it listens\nAWS_ACCESS_KEY_ID={aws_access_key_id}\n"
    (tmp_path / "example").write_text(edited("env-example-value", ".env.example", text))
    command = ["env", "-i", "sh", "-c", "set -ae; . ./example; echo $DB_PASSWORD$PORT$AWS_ACCESS_KEY_ID"]
    assert output(command, tmp_path, {"PATH": os.environ["PATH"]}) == ""


def test_the_serverless_framework_s_settings_stay_yaml() -> None:
    text = "service: api\nuseDotenv: true\nprovider:\n  name: aws\n"
    made = edited("env-file-loaded", "serverless.yml", text)
    assert yaml.safe_load(made) == {"service": "api", "provider": {"name": "aws"}}
