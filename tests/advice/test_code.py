# ruff: noqa: E501 -- a line is a case
"""The code in fix texts works when it is pasted: it is run, or read by the language's own tools."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from palint import registry
from palint.testing import check
from palint.util.named_tuple import NamedTuple
from tests.advice.tools import schema_errors, syntax_errors

RULES = registry.load()
PYTHON_TOKEN, JS_TOKEN = 'TOKEN = "{github_token}"\n', 'const token = "{github_token}";\n'
AWS_ENV = "      AWS_ACCESS_KEY_ID: ${AWS_ACCESS_KEY_ID}\n"


def code_of(hint: str) -> str:
    """The first block of code in a fix text, without its indentation."""
    lines = hint.splitlines()
    start = next(row for row, line in enumerate(lines) if line.startswith("    "))
    block = []
    for line in lines[start:]:
        if line and not line.startswith("    "):
            break
        block.append(line[4:])
    return "\n".join(block)


# What a fix needs before it shows code that uses it
MANIFESTS = {
    "package.json": '{"dependencies": {"@aws-sdk/client-secrets-manager": "3"}}', "requirements.txt": "boto3\n",
    "composer.json": '{"require": {"aws/aws-sdk-php": "3"}}', "Gemfile": 'gem "aws-sdk-secretsmanager"\n',
    "a.csproj": '<PackageReference Include="AWSSDK.SecretsManager" />\n',
}  # fmt: skip


def hint(rule: str, files: dict[str, str]) -> str:
    """The fix text of the first finding."""
    return check(RULES[rule], {**files, **MANIFESTS})[0].fix_hint


class Pasted(NamedTuple):
    """A finding whose code is put into `frame` and read by a grammar of tree-sitter."""

    id: str
    grammar: str
    rule: str
    path: str
    text: str
    frame: str = "{0}\n"


SDK = "aws-sdk-access-key"
PASTED = [
    Pasted("JavaScript module", "javascript", "hardcoded-secret", "a.mjs", JS_TOKEN),
    Pasted("CommonJS", "javascript", "hardcoded-secret", "a.cjs", JS_TOKEN),
    Pasted("TypeScript", "typescript", "hardcoded-secret", "a.ts", JS_TOKEN),
    Pasted("S3 client", "typescript", SDK, "a.ts", "new S3Client({\n  region,\n  credentials: { accessKeyId: k, secretAccessKey: s },\n});\n", "const client = {0};\n"),
    Pasted("AI SDK", "typescript", SDK, "a.ts", 'createAmazonBedrock({ region: "x", accessKeyId: k, secretAccessKey: s });\n'),
    Pasted("aws4", "javascript", SDK, "a.mjs", "aws4.sign(request, { accessKeyId: k, secretAccessKey: s });\n"),
    Pasted("CDK reference", "typescript", "hardcoded-secret", "a.ts", 'import { SecretValue } from "aws-cdk-lib";\n' + JS_TOKEN, "const value = {0};\n"),
    Pasted("Pulumi reference", "typescript", "hardcoded-secret", "a.ts", 'import * as aws from "@pulumi/aws";\n' + JS_TOKEN, "const value = {0};\n"),
    Pasted("Java client", "java", SDK, "A.java", "import software.amazon.awssdk.auth.credentials.*;\nclass A { Object c = AwsBasicCredentials.create(k, s); }\n", "class A {{ Object c = {0}; }}\n"),
    Pasted("Kotlin with the SDK for Java", "kotlin", SDK, "a.kt", "import software.amazon.awssdk.x.AwsBasicCredentials\nval c = AwsBasicCredentials.create(k, s)\n", "val c = {0}\n"),
    Pasted("PHP", "php", "hardcoded-secret", "a.php", "<?php $token = '{github_token}';\n", "<?php\n{0}\n"),
    Pasted("Ruby", "ruby", "hardcoded-secret", "a.rb", "token = '{github_token}'\n"),
    Pasted("C#", "c_sharp", "hardcoded-secret", "a.cs", 'var token = "{github_token}";\n'),
    Pasted("rust-s3", "rust", SDK, "a.rs", "use s3::creds::Credentials; // aws\nlet c = Credentials::new(Some(key), Some(secret), None, None, None);\n", "fn f() -> Result<(), E> {{\nlet c = {0};\nOk(())\n}}\n"),
    Pasted("Java with version 1", "java", SDK, "A.java", "import com.amazonaws.auth.BasicAWSCredentials;\nclass A { Object c = new BasicAWSCredentials(k, s); }\n", "class A {{ Object c = {0}; }}\n"),
    Pasted("SDK for Kotlin", "kotlin", SDK, "a.kt", "import aws.sdk.kotlin.services.s3.S3Client\nval c = StaticCredentialsProvider {\n  accessKeyId = key\n  secretAccessKey = secret\n}\n", "val c = {0}\n"),
    Pasted("Terraform", "hcl", "hardcoded-secret", "a.tf", 'provider "aws" {}\nlocals {\n  token = "{github_token}"\n}\n'),
    Pasted("RDS", "hcl", "hardcoded-secret", "a.tf", 'resource "aws_db_instance" "a" {\n  password = "{password}"\n}\n', 'resource "aws_db_instance" "a" {{\n  {0}\n}}\n'),
    Pasted("secret that is set once", "bash", "infrastructure-secret", "production/a.tf", 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "{password}"\n}\n'),
]  # fmt: skip


@pytest.mark.parametrize("case", PASTED, ids=lambda case: case.id)
def test_the_language_s_parser_reads_what_was_pasted(case: Pasted) -> None:
    code = code_of(hint(case.rule, {case.path: case.text}))
    pasted = case.frame.format(code)
    assert not syntax_errors(case.grammar, pasted), pasted


# --- Python


@pytest.fixture(scope="module")
def moto_server() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(moto_server: str) -> str:
    """The address of a server that has nothing: all servers of a process share what they store."""
    urllib.request.urlopen(urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST"))
    return moto_server


def run_python(moto: str, code: str, folder: Path) -> str:
    """What a program prints with AWS's endpoint at moto, and a session's keys in the environment."""
    (folder / "program.py").write_text(code)
    environment = {
        **os.environ, "AWS_ENDPOINT_URL": moto, "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr + code
    return made.stdout.strip()


STORE = (
    "import boto3 as b\nname = {0!r}\n"
    "b.client('secretsmanager').create_secret(Name=name, SecretString='{{\"KEY\": \"1\"}}')\n"
)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("hardcoded-secret", "app.py", PYTHON_TOKEN),
        ("hardcoded-secret", "import_there.py", "import json\nimport boto3\n" + PYTHON_TOKEN),
        ("env-file-loaded", "load.py", "from dotenv import load_dotenv\nload_dotenv()\n"),
        ("infrastructure-secret", "ssm.py", 'answer = ssm.get_parameter(Name="/a", WithDecryption=True)\n'),
    ],
)
def test_python_reads_the_secret(moto: str, tmp_path: Path, rule: str, path: str, text: str) -> None:
    given = hint(rule, {path: text})
    code = code_of(given)
    name = next(
        node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and "/" in str(node.value)
    )
    there = "import json\nimport boto3\n" if path.startswith("import_there") else ""
    assert ("import json" in code) is not bool(there)
    made = run_python(moto, f"{STORE.format(name)}{there}{code}\nprint(json.dumps(secret))\n", tmp_path)
    assert json.loads(made) == {"KEY": "1"}


@pytest.mark.parametrize(
    ("text", "setup", "uses"),
    [
        ('boto3.client("s3", aws_access_key_id=k)', "import boto3", ".list_buckets()"),
        (
            'boto3.resource("s3", region_name=REGION, aws_access_key_id=k)',
            "import boto3\nREGION = 'us-east-1'",
            ".meta.client.list_buckets()",
        ),
        (
            'boto3.client("sqs", aws_access_key_id="{aws_access_key_id}")',
            "import boto3",
            ".list_queues()",
        ),
        (
            's.create_client("s3", "eu-west-2", aws_access_key_id=k)',
            "import botocore.session\ns = botocore.session.get_session()",
            ".list_buckets()",
        ),
        (
            'boto3.Session(region_name="eu-west-1", aws_access_key_id=k)',
            "import boto3",
            ".client('s3').list_buckets()",
        ),
    ],
)
def test_a_python_client_without_keys_signs_in(
    moto: str, tmp_path: Path, text: str, setup: str, uses: str
) -> None:
    code = code_of(hint("boto3-access-key", {"a.py": f"{setup}\nclient = {text}\n"}))
    answered = f"({code}{uses})['ResponseMetadata']['HTTPStatusCode']"
    assert run_python(moto, f"{setup}\nprint({answered})\n", tmp_path) == "200"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            'import pandas as pd\npd.read_csv(path, sep=";", storage_options={"key": k, "secret": s})\n',
            {"pd", "path"},
        ),
        (
            'from deltalake import DeltaTable\nDeltaTable(uri, version=3, storage_options={"AWS_ACCESS_KEY_ID": k})\n',
            {"DeltaTable", "uri"},
        ),
        ('conf.set("spark.hadoop.fs.s3a.access.key", key)\n', {"conf"}),
        (
            "from requests_aws4auth import AWS4Auth\nAWS4Auth(key, secret, region, 'es')\n",
            {"AWS4Auth", "botocore", "region"},
        ),
    ],
)
def test_other_python_code_compiles_and_names_no_key(text: str, names: set[str]) -> None:
    code = code_of(hint("boto3-access-key", {"a.py": text}))
    tree = ast.parse(code)
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} == names


@pytest.mark.parametrize("library", ["aws_cdk", "pulumi_aws"])
def test_infrastructure_in_python_refers_to_the_secret(library: str) -> None:
    code = code_of(hint("hardcoded-secret", {"a.py": f"import {library}\n{PYTHON_TOKEN}"}))
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    given = [value for call in calls for value in (*call.args, *(each.value for each in call.keywords))]
    assert str(ast.literal_eval(given[0])).endswith("/<environment>")


# --- workflows and pipelines

WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"


def job(code: str) -> str:
    """A workflow with the permissions and steps of a fix text in its job."""
    lines = code.splitlines()
    if lines[0].startswith("- "):
        lines = ["steps:", *("  " + line for line in lines)]
    elif "steps:" not in code:
        lines += ["steps:", "  - run: make"]
    return WORKFLOW + "".join(f"    {line}\n" for line in lines)


WORKFLOW_TEXTS = {
    "access key": ("workflow-access-key", f"{WORKFLOW}    env:\n      AWS_ACCESS_KEY_ID: ${{{{ secrets.PROD_AWS_ACCESS_KEY_ID }}}}\n    steps: []\n"),
    "GitHub secret": ("github-secret", f"{WORKFLOW}    steps:\n      - run: x ${{{{ secrets.STRIPE_KEY }}}}\n"),
    "dotenv file": ("env-file-loaded", f"{WORKFLOW}    steps:\n      - run: echo A=${{{{ secrets.A }}}} >> .env\n"),
    "id token": ("workflow-id-token", f"{WORKFLOW}    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: x\n          aws-region: eu-west-2\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKFLOW_TEXTS)
def test_a_workflow_is_valid_for_its_schema_and_zizmor(name: str, tmp_path: Path) -> None:
    rule, text = WORKFLOW_TEXTS[name]
    pasted = job(code_of(hint(rule, {".github/workflows/deploy.yml": text})))
    assert schema_errors("github-workflows", pasted) == [], pasted
    path = tmp_path / ".github/workflows/a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(pasted)
    zizmor = Path(sys.executable).with_name("zizmor")
    made = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--format=json", "--min-severity=high", tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = {finding["ident"] for finding in json.loads(made.stdout)}
    assert found <= {"unpinned-uses"}, made.stdout  # the version is the reader's to pin


PIPELINES = {
    "gitlab-ci": (".gitlab-ci.yml", "a:\n  variables:\n    AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\n  script: [x]\n", "a:\n{0}\n  script: [x]\n", 2),
    "bitbucket-pipelines": ("bitbucket-pipelines.yml", "pipelines:\n  default:\n    - step:\n        script:\n          - pipe: atlassian/aws-s3-deploy:1.1.0\n            variables:\n              AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\n", "pipelines:\n  default:\n{0}\n", 4),
}  # fmt: skip


@pytest.mark.parametrize("schema", PIPELINES)
def test_a_pipeline_is_valid_for_its_schema(schema: str) -> None:
    path, text, frame, margin = PIPELINES[schema]
    code = code_of(hint("workflow-access-key", {path: text})).replace("<the same pipe>", "atlassian/x:1")
    pasted = frame.format("\n".join(" " * margin + line for line in code.splitlines()))
    assert schema_errors(schema, pasted) == [], pasted


def test_circleci_s_orb_is_valid_for_its_schema() -> None:
    text = "version: 2.1\njobs:\n  a:\n    docker: [{image: x}]\n    environment:\n" + AWS_ENV.replace(
        "${", "$"
    ).replace("}", "")
    code = code_of(hint("workflow-access-key", {".circleci/config.yml": text}))
    orbs, steps = code.split("steps:\n")
    body = "".join(f"    {line}\n" for line in ("steps:", *steps.splitlines()))
    pasted = f"version: 2.1\n{orbs}jobs:\n  a:\n    docker: [{{image: x}}]\n{body}"
    assert schema_errors("circle-ci", pasted) == [], pasted


# --- Compose, Dockerfiles, CloudFormation

DB = "services:\n  db:\n    image: {0}\n    environment:\n      {1}: {{password}}\n"
LINES = """services:
  db:
    image: acme/thing
    environment:
      SETTINGS: |
        datasource:
          password: {password}
"""
ANCHOR = "x-all: &all\n  DATABASE_URL: postgres://app:{password}@db/app\nservices:\n  a:\n    build: .\n    environment: *all\n"


@pytest.mark.parametrize(
    ("path", "text", "variable"),
    [
        ("compose.yml", DB.format("postgres:16", "POSTGRES_PASSWORD"), "POSTGRES_PASSWORD"),
        ("compose.yml", DB.format("acme/thing", "ADMIN_PASSWORD"), "ADMIN_PASSWORD"),
        ("compose.yml", LINES, "NAME"),
        ("compose.yml", ANCHOR, "NAME"),
    ],
)
def test_a_value_of_a_compose_file_comes_from_the_environment(path: str, text: str, variable: str) -> None:
    """Compose puts it in wherever it is, also into a URL and a text of several lines."""
    fix = hint("hardcoded-secret", {path: text})
    assert f"write a variable here (`${{{variable}}}`)" in fix
    pasted = text.replace("{password}", f"${{{variable}}}")
    assert schema_errors("compose-spec", pasted) == [], pasted


def test_a_service_that_is_named_like_its_password_leaves_the_fix_whole() -> None:
    name = "Matter" + "most9"
    text = f"services:\n  {name}:\n    image: acme/thing\n    environment:\n      ADMIN_PASSWORD: {name}\n"
    fix = hint("hardcoded-secret", {"compose.yml": text})
    assert "*" not in fix and name not in fix


def test_a_dockerfile_is_one_that_hadolint_reads(tmp_path: Path) -> None:
    code = code_of(
        hint("container-access-key", {"Dockerfile": "FROM a\nENV AWS_ACCESS_KEY_ID={aws_access_key_id}\n"})
    )
    (tmp_path / "Dockerfile").write_text(f"FROM debian:12\n{code}\n")
    hadolint = Path(sys.executable).with_name("hadolint")
    made = subprocess.run([hadolint, tmp_path / "Dockerfile"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
