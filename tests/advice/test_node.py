"""JavaScript in fix texts with the real AWS SDK against moto's server; `make migrate-node` (npm, network)."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from palint import registry
from palint.testing import check
from tests.advice.test_code import code_of

pytestmark = pytest.mark.skipif("PALINT_TEST_NPM" not in os.environ, reason="needs npm: `make migrate-node`")
RULES = registry.load()
SDK = ("@aws-sdk/client-secrets-manager@3", "@aws-sdk/client-s3@3")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text("{}")
    environment = {**os.environ, "npm_config_cache": str(folder / "cache")}
    subprocess.run(["npm", "install", "--silent", *SDK], cwd=folder, env=environment, check=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """The environment of a program whose AWS is moto's server, with the keys of a session."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing",
    }  # fmt: skip
    server.stop()


def run_node(folder: Path, name: str, code: str, environment: dict[str, str]) -> str:
    (folder / name).write_text(code)
    made = subprocess.run(
        ["node", name],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr + code
    return made.stdout.strip()


@pytest.mark.parametrize(
    ("name", "print_"),
    [
        ("app.mjs", "console.log(JSON.stringify(secret));"),
        ("app.cjs", "readSecret().then((secret) => console.log(JSON.stringify(secret)));"),
    ],
)
def test_node_reads_the_secret(moto: dict[str, str], modules: Path, name: str, print_: str) -> None:
    manifest = '{"dependencies": {"@aws-sdk/client-secrets-manager": "3"}}'
    files = {name: 'const token = "{github_token}";\n', "package.json": manifest}
    (finding,) = check(RULES["hardcoded-secret"], files)
    code = code_of(finding.fix_hint)
    found = re.search(r'SecretId: "([^"]+)"', code)
    assert found is not None
    client = boto3.client(
        "secretsmanager", "eu-west-2", endpoint_url=moto["AWS_ENDPOINT_URL"], aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )  # fmt: skip
    client.create_secret(Name=found[1], SecretString='{"A": 1}')
    assert json.loads(run_node(modules, name, f"{code}\n{print_}\n", moto)) == {"A": 1}


def test_a_client_without_keys_signs_in(moto: dict[str, str], modules: Path) -> None:
    text = (
        "new S3Client({\n  region,\n  forcePathStyle: true,\n"
        "  credentials: { accessKeyId: k, secretAccessKey: s },\n});\n"
    )
    (finding,) = check(RULES["aws-sdk-access-key"], {"a.mjs": text})
    program = (
        'import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";\nconst region = "eu-west-2";\n'
        f"const client = {code_of(finding.fix_hint)};\n"
        "console.log((await client.send(new ListBucketsCommand({}))).Buckets?.length ?? 0);\n"
    )
    assert run_node(modules, "client.mjs", program, moto) == "0"
