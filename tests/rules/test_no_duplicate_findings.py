"""A value is reported once: every rule runs on every bad example, and no two findings lie over one value.

So it does on files where several rules look; and no message there shows the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from palint import registry
from palint.findings import Finding, Span
from palint.rule import Example, Rule
from palint.secrets.synthetic import SHAPES
from palint.testing import example_files, results_of, substitute

RULES = registry.load()

# Rules that may speak of one place, and why a reader wants to hear both.
BOTH = {
    frozenset(("env-file-loaded", "hardcoded-secret")): "without the command that writes the dotenv file its "
    "value is still known to the history",
    frozenset(("env-example-value", "hardcoded-secret")): "the file is one finding: accepting it must not "
    "accept the secrets that someone adds to it",
}


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, example) for rule in RULES.values() for example in rule.bad],
    ids=lambda part: "" if isinstance(part, Example) else part.id(),
)
def test_examples(rule: type[Rule], example: Example) -> None:
    files = example_files(rule, example)
    results = results_of(rule, files, example.options, ignored=example.ignored, others=RULES.values())
    assert results.findings
    assert not _twice(results.findings)


ID, KEY = "{aws_access_key_id}", "{aws_secret_access_key}"
# A key or a secret where several rules look: {path: (text, how many findings)}.
MANY = {
    "kept_in_a_name.py": (
        f'import boto3\nSECRET = "{KEY}"\nboto3.client("s3", aws_access_key_id="{ID}", '
        "aws_secret_access_key=SECRET)\n",
        1,
    ),
    "unpacked.py": (
        'import boto3\nconfig = {"aws_access_key_id": s.get("AWS_ACCESS_KEY_ID"), "aws_secret_access_key": '
        's.get("AWS_SECRET_ACCESS_KEY")}\nboto3.client("s3", **config)\n',
        1,
    ),
    "set_and_unpacked.py": (
        'import boto3\nkw = {}\nkw["aws_access_key_id"] = settings.AWS_ACCESS_KEY_ID\n'
        'kw["aws_secret_access_key"] = settings.AWS_SECRET_ACCESS_KEY\nboto3.client("s3", **kw)\n',
        1,
    ),
    "kept_in_a_name.ts": (
        f'import {{S3Client}} from "@aws-sdk/client-s3";\nconst secretKey = "{KEY}";\n'
        f'new S3Client({{credentials: {{accessKeyId: "{ID}", secretAccessKey: secretKey}}}});\n',
        1,
    ),
    "Kept.java": (
        "import software.amazon.awssdk.auth.credentials.*;\nclass Kept { static final String SECRET_KEY = "
        f'"{KEY}"; Object o = AwsBasicCredentials.create("{ID}", SECRET_KEY); }}\n',
        1,
    ),
    "main.tf": (f'provider "aws" {{\n  access_key = "{ID}"\n  secret_key = "{KEY}"\n}}\n', 1),
    "secret.tf": (
        'resource "aws_secretsmanager_secret_version" "v" {\n  secret_string = jsonencode({ password = '
        '"{password}", stripe = "{stripe_key}" })\n}\n',
        2,
    ),
    "stack.ts": (
        'import {SecretValue, aws_secretsmanager as sm} from "aws-cdk-lib";\nnew sm.Secret(this, "S", '
        '{secretStringValue: SecretValue.unsafePlainText("{password}")});\n',
        1,
    ),
    "secret.yaml": (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  config.ini: |\n"
        "    password = {password}\n    token = {github_token}\n",
        1,
    ),
    "pod.yaml": (
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    env:\n"
        f"    - name: AWS_SECRET_ACCESS_KEY\n      value: {KEY}\n",
        1,
    ),
    "Dockerfile": (f"FROM a\nENV AWS_SECRET_ACCESS_KEY={KEY}\nRUN export AWS_ACCESS_KEY_ID={ID} && b\n", 2),
    "compose.yaml": (f"services:\n  a:\n    environment:\n      - AWS_SECRET_ACCESS_KEY={KEY}\n", 1),
    ".devcontainer/devcontainer.json": (f'{{"containerEnv": {{"AWS_SECRET_ACCESS_KEY": "{KEY}"}}}}\n', 1),
    ".gitlab-ci.yml": (
        f'deploy:\n  variables:\n    AWS_SECRET_ACCESS_KEY: {KEY}\n    AWS_ACCESS_KEY_ID: "{ID}"\n'
        f"  script:\n    - export AWS_SECRET_ACCESS_KEY={KEY}\n",
        1,  # the parts of a key on nearby lines
    ),
    ".github/workflows/a.yml": (
        f"on: push\nenv:\n  AWS_SECRET_ACCESS_KEY: {KEY}\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        f"      - run: |\n          aws configure set aws_access_key_id {ID}\n"
        '          echo "TOKEN=${{ secrets.TOKEN }}" >> .env\n',
        3,
    ),
    "setup.sh": (f"export AWS_SECRET_ACCESS_KEY={KEY}\naws configure set aws_access_key_id {ID}\n", 2),
    ".env.example": (f"AWS_SECRET_ACCESS_KEY={KEY}\nTOKEN={{github_token}}\nDB={{database_url}}\n", 4),
    "application.properties": (f"cloud.aws.credentials.secret-key={KEY}\n", 1),
    "settings.py": (f'import os\nos.environ["AWS_SECRET_ACCESS_KEY"] = "{KEY}"\n', 1),
    "no_name.py": ('client.get_secret_value(SecretId="{github_token}")\n', 1),
    "writes.sh": ('echo "TOKEN={github_token}" >> .env\n', 2),
    "a.ipynb": (
        f'{{"cells": [{{"cell_type": "code", "source": ["%env AWS_SECRET_ACCESS_KEY={KEY}\\n", '
        '"import boto3\\n",'
        f' "boto3.client(\\"s3\\", aws_access_key_id=\\"{ID}\\")"]}}], "metadata": {{}}}}\n',
        2,
    ),
}


@pytest.mark.parametrize("path", MANY)
def test_many(path: str) -> None:
    text, count = MANY[path]
    results = results_of(RULES["hardcoded-secret"], {path: text}, others=RULES.values())
    assert not _twice(results.findings)
    assert len(results.findings) == count
    known = [substitute(f"{{{name}}}") for name in SHAPES]
    assert not [f for f in results.findings for value in known if value in f.message + f.fix_hint]


def _twice(findings: Sequence[Finding]) -> list[tuple[str, str, Span]]:
    return [
        (a.rule, b.rule, a.span)
        for a, b in combinations(findings, 2)
        if _overlap(a, b) and frozenset((a.rule, b.rule)) not in BOTH
    ]


def _overlap(a: Finding, b: Finding) -> bool:
    return a.span.path == b.span.path and any(
        start < other_end and other_start < end
        for start, end in _places(a)
        for other_start, other_end in _places(b)
    )


def _places(finding: Finding) -> list[tuple[int, int]]:
    return [(finding.span.offset, finding.span.end_offset), *finding.value_ranges]
