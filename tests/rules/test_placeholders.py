"""A placeholder is not a literal, for every rule and at every place of a key or a secret."""

from __future__ import annotations

import pytest

from palint import registry
from palint.testing import results_of, substitute

RULES = registry.load()

TEMPLATES = """{shape_name} {aws.access_key} {0} <name> %(name)s %NAME% @NAME@ #{secret} #{secret}# [[name]]
    __SECRET__ {{name}} %s **************** AKIA**************** ••••••••••••••••••••"""
VARIABLES = ["${NAME}", "$NAME", "${{ vars.NAME }}"]  # a key that is read may be told, but is no literal
PLACEHOLDERS = [*TEMPLATES.split(), "*" * 40, "<AWS SECRET ACCESS KEY>"]

# {path: text}, with `VALUE` for the value.
FILES = {
    "docs/sign-in.md": "```\nexport AWS_SECRET_ACCESS_KEY=VALUE\n[default]\naws_access_key_id = VALUE\n"
    "aws_secret_access_key=VALUE\n```\n",
    "run.sh": 'export AWS_SECRET_ACCESS_KEY=VALUE\nexport AWS_ACCESS_KEY_ID="VALUE"\n'
    "AWS_SECRET_ACCESS_KEY='VALUE' aws s3 ls\naws configure set aws_secret_access_key 'VALUE'\n",
    ".aws/credentials": "[default]\naws_access_key_id = VALUE\naws_secret_access_key=VALUE\n",
    "a.py": 'import boto3, os\nos.environ["AWS_SECRET_ACCESS_KEY"] = "VALUE"\npassword = "VALUE"\n'
    'boto3.client("s3", aws_access_key_id="VALUE", aws_secret_access_key="VALUE")\n',
    "a.ts": 'process.env.AWS_SECRET_ACCESS_KEY = "VALUE";\n'
    'new S3Client({credentials: {accessKeyId: "VALUE", secretAccessKey: "VALUE"}});\n',
    "main.tf": 'provider "aws" {\n  access_key = "VALUE"\n  secret_key = "VALUE"\n}\n'
    'resource "aws_secretsmanager_secret_version" "v" {\n  secret_string = "VALUE"\n}\n',
    "Dockerfile": 'FROM a\nENV AWS_SECRET_ACCESS_KEY="VALUE"\n',
    "compose.yaml": 'services:\n  a:\n    environment:\n      - "AWS_SECRET_ACCESS_KEY=VALUE"\n'
    '      - "DB_PASSWORD=VALUE"\n',
    "secret.yaml": 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  token: "VALUE"\n',
    ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n"
    '      AWS_SECRET_ACCESS_KEY: "VALUE"\n    steps:\n      - run: export AWS_ACCESS_KEY_ID=VALUE\n',
    ".gitlab-ci.yml": 'deploy:\n  variables:\n    AWS_SECRET_ACCESS_KEY: "VALUE"\n  script: x\n',
    "stack.yaml": "Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n"
    '      Name: api/production\n      SecretString: "VALUE"\n',
    "application.properties": "cloud.aws.credentials.secret-key=VALUE\nspring.datasource.password=VALUE\n",
    "a.ipynb": '{"cells": [{"cell_type": "code", "source": ["%env AWS_SECRET_ACCESS_KEY=VALUE\\n", "x"]}]}',
    "A.java": "import software.amazon.awssdk.auth.credentials.*;\n"
    'class A { Object o = AwsBasicCredentials.create("VALUE", "VALUE"); }\n',
    "a.go": 'package a\nimport "github.com/aws/aws-sdk-go-v2/credentials"\n'
    'var p = credentials.NewStaticCredentialsProvider("VALUE", "VALUE", "")\n',
}


@pytest.mark.parametrize("value", [*PLACEHOLDERS, *VARIABLES])
def test_is_no_literal(value: str) -> None:
    files = {path: text.replace("VALUE", value) for path, text in FILES.items()}
    found = results_of(RULES["hardcoded-secret"], files, others=RULES.values()).findings
    assert not [f for f in found if f.value_ranges or (value in PLACEHOLDERS and f.rule != "env-file")]


def test_a_key_there_is_one() -> None:
    files = {
        path: text.replace("VALUE", substitute("{aws_secret_access_key}")) for path, text in FILES.items()
    }
    found = results_of(RULES["hardcoded-secret"], files, others=RULES.values()).findings
    assert {f.span.path for f in found if f.value_ranges} == set(FILES)
