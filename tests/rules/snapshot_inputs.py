"""Files beyond the rules' examples whose findings the snapshots show: (files, settings), by rule."""

from __future__ import annotations

from collections.abc import Mapping

# ruff: noqa: E501 -- each line here is one file

ID, KEY = "{aws_access_key_id}", "{aws_secret_access_key}"
ON = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"
CONFIGURE = "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
ROLE = "          role-to-assume: arn:aws:iam::123456789012:role/ci\n          aws-region: eu-west-2\n"
KEYS = (
    "          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"
    "          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"
)
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: api\n"
PARAMETER = 'resource "aws_ssm_parameter" "token" {\n  type  = "SecureString"\n  value = var.x\n}\n'

SUFFIXES = [
    "PY", "bash", "cjs", "cs", "go", "hcl", "ipynb", "java", "js", "jsx", "kt", "mjs", "php", "py", "pyi", "rb", "scala", "sh", "tf",
    "tfvars", "ts", "tsx", "x", "zsh",
]  # fmt: skip


def flow(text: str, path: str = "ci.yml") -> dict[str, str]:
    """A workflow."""
    return {f".github/workflows/{path}": text}


_FILES: Mapping[str, list[dict[str, str]]] = {
    "aws-credentials-file": [
        {"action.yml": f"export AWS_SECRET_ACCESS_KEY={KEY}\n"},
        {"action.yaml": f"export AWS_SECRET_ACCESS_KEY={KEY}\n"},
        {".env.example": f"export AWS_SECRET_ACCESS_KEY={KEY}\n"},
        {"broken.ipynb": f'{{"cells": [ "export AWS_SECRET_ACCESS_KEY={KEY}\\n" ]\n'},
        {"a.sh": f"aws configure set aws_secret_access_key $K\naws configure set aws_access_key_id {ID}\n"},
        {"a.txt": f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = $KEY\n"},
        {"a.py": f'import os\nos.environ["AWS_SECRET_ACCESS_KEY"] = "{KEY}"\n'},
        {"Makefile": f"export AWS_SECRET_ACCESS_KEY={KEY}\n"},
        {"run": f"#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY={KEY}; export AWS_SECRET_ACCESS_KEY={KEY}\n"},
        {"README.md": "[default]\naws_access_key_id = $ID\naws_secret_access_key = $KEY\n"},
    ],
    "aws-sdk-access-key": [
        {"node_modules/a/a.js": f'new S3({{ accessKeyId: "{ID}", secretAccessKey: "{KEY}" }})\n'},
        {"broken.ts": f'new S3Client(((({{ accessKeyId: "{ID}", x: "secretAccessKey: \'{KEY}\'" }}\n' * 3},
        {"a.ts": 'new S3Client({ endpoint: "http://minio:9000", credentials: { accessKeyId: a.id, secretAccessKey: a.key } });\n'},
        {"a.ts": "new S3Client({ credentials: { accessKeyId: process.env.R2_KEY, secretAccessKey: process.env.R2_SECRET } });\n"},
        {"a.ts": "new S3Client({ credentials: { accessKeyId: process.env.A, secretAccessKey: process.env.B, sessionToken: process.env.C } });\n"},
        {"a.ts": "new S3Client({ credentials: { accessKeyId: a.id, secretAccessKey: a.key, sessionToken: a.token } });\n"},
        {"a.ts": "new S3Client({ credentials: { accessKeyId: fakeId, secretAccessKey: fakeKey } });\n"},
        {"test/a.test.ts": "new S3Client({ credentials: { accessKeyId: id, secretAccessKey: key } });\n"},
        {"a.ts": f'new S3Client({{ credentials: {{ accessKeyId: "test", secretAccessKey: "{KEY}" }} }});\n'},
        {"a.ts": f'new S3Client({{ credentials: {{ accessKeyId: "{ID}", secretAccessKey: "x" }} }});\n'},
        {"A.java": f'class A {{ Object c = new BasicAWSCredentials("{ID}", "{KEY}"); }}\n'},
        {"a.go": f'package a\nvar c = credentials.NewStaticCredentials("{ID}", "{KEY}", "")\n'},
    ],
    "boto3-access-key": [
        {"a.py": 'import botocore.session\ns = botocore.session.get_session()\ns.create_client("s3", aws_access_key_id=a, aws_secret_access_key=b)\n'},
        {"a.py": "import boto\nboto.connect_s3(a, b)\n"},
        {"a.py": "import s3fs\ns3fs.S3FileSystem(key=a, secret=b)\n"},
        {"a.py": 'import pandas as pd\npd.read_csv("s3://b/x", storage_options={"key": a, "secret": b})\n'},
        {"a.py": "from requests_aws4auth import AWS4Auth\nAWS4Auth(a, b, 'eu-west-2', 'es')\n"},
        {"a.py": "import fsspec\nfsspec.filesystem('s3', key=a, secret=b)\n"},
        {"a.py": "import pyarrow.fs\npyarrow.fs.S3FileSystem(access_key=a, secret_key=b)\n"},
        {"broken.py": f'x = = 1\nboto3.client("s3", aws_access_key_id="{ID}", aws_secret_access_key="{KEY}")\n'},
        {"broken.py": f'x = = 1\nAWS_SECRET_ACCESS_KEY = "{KEY}"\n'},
        {"settings.py": f"{{% if s3 %}}\nAWS_STORAGE_BUCKET_NAME = 'b'\nAWS_ACCESS_KEY_ID = env('K')\nAWS_SECRET_ACCESS_KEY = '{KEY}'\n{{% endif %}}\n"},
        {"settings.py": f'AWS_ACCESS_KEY_ID = "{ID}"\nAWS_S3_SECRET_ACCESS_KEY = "{KEY}"\n'},
        {"a.py": 'import boto3\nboto3.client("s3", endpoint_url="https://x.example", aws_access_key_id=a, aws_secret_access_key=b)\n'},
        {"a.py": f'import boto3\nboto3.client("s3", endpoint_url="https://x.example", aws_access_key_id="{ID}")\n'},
        {"a.py": f'import boto3\nKEY = "{KEY}"\nboto3.client("s3", "eu-west-2", aws_secret_access_key=KEY)\n'},
        {"a.py": "import boto3\nboto3.Session(a, b)\nboto3.resource(name, aws_access_key_id=a)\n"},
        {"a.py": 'import boto3\nboto3.client("S3 x", aws_access_key_id=a, aws_secret_access_key=b, region_name="x")\n'},
        {"tests/test_a.py": 'import boto3\nboto3.client("s3", aws_access_key_id="k", aws_secret_access_key="s")\n'},
        {"tests/test_a.py": f'import boto3\nboto3.client("s3", aws_access_key_id="{ID}")\n'},
        {"site-packages/a.py": f'import boto3\nboto3.client("s3", aws_access_key_id="{ID}")\n'},
        {"a.ipynb": '{"cells": [{"cell_type": "code", "source": ["import boto3\\n", "boto3.client(\\"s3\\", aws_access_key_id=a)"]}]}'},
    ],
    "container-access-key": [
        {"Dockerfile": f"FROM x\nARG AWS_ACCESS_KEY_ID\nENV AWS_SECRET_ACCESS_KEY={KEY} A=b\nENV AWS_ACCESS_KEY_ID=\n"},
        {"compose.yml": "services:\n  a:\n    environment:\n      - AWS_SECRET_ACCESS_KEY\n      - AWS_ACCESS_KEY_ID=\n"},
        {"compose.yml": "services:\n  a:\n    environment:\n      AWS_SECRET_ACCESS_KEY: ${AWS_SECRET_ACCESS_KEY}\n      AWS_ACCESS_KEY_ID:\n"},
        {"compose.yml": f"services:\n  a:\n    build:\n      args:\n        - 'AWS_SECRET_ACCESS_KEY={KEY}'\n        - AWS_ACCESS_KEY_ID=$K\n"},
        {"values.yml": f"env:\n  - name: AWS_SECRET_ACCESS_KEY\n    value: '{KEY}'\n  - name: AWS_ACCESS_KEY_ID\n    value: $(K)\n"},
        {"values.yml": f"env:\n  aws_secret_key: {KEY}\n  awsAccessKeyId: {ID}\n  secretAccessKey: {KEY}\n"},
        {"chart.yml": f"{{{{ if x }}}}\nenv:\n  - name: AWS_SECRET_ACCESS_KEY\n    value: {KEY}\nAWS_ACCESS_KEY_ID: {ID}\n"},
        {"chart.yml": "{{ if x }}\nAWS_SECRET_ACCESS_KEY: ${X}\n"},
        {"values.yml": "environment:\n  AWS_SECRET_ACCESS_KEY: ${X}\nservices: []\n"},
        {"compose.yml": "services:\n  a:\n    labels:\n      AWS_SECRET_ACCESS_KEY: ${X}\n"},
        {"list.yml": f"- AWS_SECRET_ACCESS_KEY={KEY}\n- [AWS_ACCESS_KEY_ID={ID}]\n"},
        {"compose.yml": "services:\n  a:\n    build:\n      args:\n        aws_secret_key: $K\n        AWS_SESSION_TOKEN: $T\n"},
        {"s.yml": f"kind: Secret\nstringData:\n  AWS_SECRET_ACCESS_KEY: {KEY}\n"},
        {"task.json": f'[{{"name": "AWS_SECRET_ACCESS_KEY", "value": "{KEY}"}}, {{"value": "{ID}", "name": "AWS_ACCESS_KEY_ID"}}]\n'},
        {"task.json": f'{{"AWS_SECRET_ACCESS_KEY": "{KEY}", // "AWS_ACCESS_KEY_ID": "{ID}"\n}}\n'},
        {".devcontainer/devcontainer.json": '{"remoteEnv": {"AWS_SECRET_ACCESS_KEY": "${localEnv:AWS_SECRET_ACCESS_KEY}"}}\n'},
        {"task.json": '{"remoteEnv": {"AWS_SECRET_ACCESS_KEY": "${localEnv:AWS_SECRET_ACCESS_KEY}"}}\n'},
        {"action.yml": f"env:\n  AWS_SECRET_ACCESS_KEY: {KEY}\n"},
    ],
    "env-example-value": [
        {".env.example": f"A=\nB=changeme\nC=1\nAWS_SECRET_ACCESS_KEY={KEY}\nAPI_TOKEN={{hex32}}  # said\nPUBLIC_KEY=x1y2z3\n"},
        {".envrc.example": "export AWS_PROFILE=x\nexport A=$B\nexport C=value1\n"},
    ],
    "env-file": [
        {".env": "".join(f"NAME_{n}={n}\n" for n in range(5))},
        {".env": "a=1\nB2=2\n"},
        {".env": 'A="encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt+Z9HPMfLEIRVz50hmLXPXRuDBXaJi"\nB_C=2\nD_E=3\n'},
        {".envrc": "export AWS_PROFILE=x\nuse nix\n"},
        {".envrc": "export A=$B\nexport TOKEN=abc12345\nOWN=abc12345\nexport OTHER='$B'\n"},
        {".envrc": "set -a\nTOKEN=abc12345\n"},
        {".envrc": "set -o allexport\nTOKEN=abc12345\n"},
        {"x.env": "prose and nothing else\n"},
        {"x.env": "# a comment\n"},
        {"x.env": "\n"},
    ],
    "env-file-loaded": [
        {"a.sh": "cat .env | grep X > .env\nsource .env\n"},
        {"Dockerfile": "FROM x\nCOPY .env /app/\n"},
        {"serverless.yml": "service: a\nuseDotenv: true\n"},
    ],
    "github-secret": [
        flow("on: push\njobs: [\n  ${{ secrets.A_TOKEN }}\n"),
        flow("on: push\njobs:\n  a:\n    uses: palindrom/shop/.github/workflows/x.yml@v1\n    secrets: inherit\n"),
        flow("env:\n  A: ${{ secrets.A_TOKEN }}\n" + ON + "      - run: a ${{ secrets.B_TOKEN }} ${{ secrets.B_TOKEN }}\n"),
        flow(ON + "      - run: a\n        if: secrets.X_TOKEN != ''\n        env: {A: \"${{ secrets['X_TOKEN'] }}\"}\n"),
        flow(ON + CONFIGURE + ROLE + "      - run: a ${{ secrets.DEPLOY_ROLE }} ${{ secrets.* }}\n"),
        flow("{% if x %}\non: push\njobs: {{ x }}\n        a: ${{ secrets.A_TOKEN }}\n"),
        {"deploy/action.yml": "runs:\n  using: composite\n  steps:\n    - run: a ${{ secrets.A_TOKEN }}\n      shell: sh\n"},
        flow(ON + "      - run: a\n        env: &e\n          A: ${{ secrets.A_TOKEN }}\n      - run: b\n        env: *e\n"),
        flow(ON + "      - run: export AWS_SECRET_ACCESS_KEY=${{ secrets.AWS_SECRET_ACCESS_KEY }}; a ${{ secrets.A_TOKEN }}\n"),
        flow(ON + "      - run: a\n        env: {AWS_ACCESS_KEY_ID: '${{ secrets.AWS_ACCESS_KEY_ID }}'}\n"),
        {"action.yml": "runs:\n  using: composite\n  steps:\n    - run: a ${{ secrets.A_TOKEN }}\n      shell: sh\n"},
        flow(ON + CONFIGURE + KEYS),
    ],
    "hardcoded-secret": [
        {f"a.{suffix}": 'token = "{github_token}"\n' for suffix in SUFFIXES},
        {"Jenkinsfile": 'token = "{github_token}"\n'},
        {"a.yml": "password: {password}\n"},
    ],
    "infrastructure-access-key": [
        {"a.tf": 'resource "aws_iam_access_key" "ci" {\n  user = aws_iam_user.ci.name\n}\nresource "aws_iam_access_key" "b" {\n}\n'},
        {"a.tf": 'provider "aws" {\n  region     = "eu-west-2"\n  access_key = var.id\n  secret_key = var.key\n}\n'},
        {"a.tf": 'provider "aws" {\n  access_key = var.id\n  secret_key = var.key\n  token = var.t\n}\n'},
        {"a.tf": 'provider "aws" {\n  access_key = var.id\n  secret_key = var.key\n  endpoints {\n    s3 = "http://x"\n  }\n}\n'},
        {"a.tf": f'provider "aws" {{\n  access_key = "{ID}"\n  secret_key = "{KEY}"\n  token = "x"\n  endpoint = "x"\n}}\n'},
        {"a.tf": f'terraform {{\n  backend "s3" {{\n    secret_key = "{KEY}"\n    key = "{70 * "k"}"\n  }}\n}}\n'},
        {"s3.tfbackend": f'bucket = "b"\nsecret_key = "{KEY}"\n', "b.tfvars": f'secret_key = "{KEY}"\nother_secret_key = "x"\n'},
        {"a.tf.json": '{"resource": {"aws_iam_access_key": {"ci": {}}, "x": {"aws_iam_access_key": {}}}}\n'},
        {"t.yml": "Resources:\n  Key:\n    Type: AWS::IAM::AccessKey\n"},
        {"broken.tf": 'resource "aws_iam_access_key" "ci" {\n  user = {{{\n'},
        {"broken.yml": "{{ x }}\n  Type: AWS::IAM::AccessKey\n"},
        {"a.ts": 'import * as iam from "aws-cdk-lib/aws-iam";\nnew iam.AccessKey(this, "Ci", { user });\nnew AccessKey(this, x);\n'},
        {"a.ts": "new AccessKey(this, x);\nnew aws.iam.AccessKey(n);\n"},
    ],
    "infrastructure-secret": [
        {"a.tf": 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "{password}"\n}\n' + PARAMETER},
        {"a.tf": 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "first"\n  lifecycle {\n    ignore_changes = [secret_string]\n  }\n}\n'},
        {"a.tf": 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "{hex32}"\n  lifecycle {\n    ignore_changes = [secret_string]\n  }\n}\n'},
        {"a.tf": 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = jsonencode({ user = "app", password = "{password}", api_token = "{hex32}" })\n}\n'},
        {"t.yml": "Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: {password}\n  P:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Type: SecureString\n  Q:\n    Type: AWS::SSM::Parameter\n"},
        {"a.ts": 'import * as cdk from "aws-cdk-lib";\nconst a = { password: cdk.SecretValue.unsafePlainText("{password}"), username: cdk.SecretValue.unsafePlainText("app"), b: cdk.SecretValue.unsafePlainText(process.env.X) };\nnew CfnSecret(this, "a", { secretString: "{password}" });\nnew CfnParameter(this, "p", { type: "SecureString" });\n'},
        {"a.py": 'import aws_cdk\naws_cdk.SecretValue.unsafe_plain_text("{password}")\nCfnSecret(self, "a", secret_string="{password}")\nStringParameter(self, "a", type=ParameterType.SECURE_STRING)\n'},
        {"a.ts": 'new CfnSecret(this, "a", { secretString: "{password}" });\n'},
        {"broken.tf": 'resource "a" "b" {\n  secret_string = "{password}"\n  x = {{{\n'},
    ],
    "kubernetes-secret": [
        {"s.yml": SECRET + "stringData:\n" + "".join(f"  KEY_{n}: {{password}}{n}\n" for n in range(5))},
        {"s.yml": SECRET.replace("  name: api\n", "  labels: {}\n") + "data:\n  PASSWORD: {hex32}\n"},
        {"s.yml": SECRET + "data:\n  PASSWORD: '!'\n  OTHER_SECRET: cGFzc3dvcmQ=\n  FLAG: dHJ1ZQ==\n"},
        {"s.yml": SECRET + "stringData:\n  PASSWORD: password\n  PUBLIC_KEY: abc\n  a.conf: |\n    password = {password}\n  b.conf: |\n    port = 80\n"},
        {"s.yml": SECRET + "stringData:\n  URL: postgres://a:{password}@db/x\n  FLAG: 'True'\n  REF: ${X}\n"},
        {"s.yml": "{{ if .x }}\n" + SECRET + "stringData:\n  PASSWORD: {password}\n{{ end }}\n"},
    ],
    "secret-name": [
        {"a.py": f'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="{name}")\n'}
        for name in (
            "prod_api_key", "api/prod", "api/production", "/production", "api/", "a/b/production", "prod", "x",
            "arn:aws:secretsmanager:eu-west-2:123456789012:secret:api/production-AbCdEf",
            "arn:aws:secretsmanager:eu-west-2:123456789012:secret:my.db-stg-AbCdEf", "arn:aws:iam::1:role/x",
            "rds!db-1", "api-staging-eu/token",
        )
    ] + [
        {"tests/test_a.py": 'c.get_secret_value(SecretId="prod_api_key")\n'},
        {"a.py": 'c.get_secret_value(SecretId=f"{service}/{stage}")\nc.get_secret_value(SecretId=f"{service}-key")\n'},
        {"broken.py": 'x = = 1\nc.get_secret_value(SecretId="prod_api_key")\n'},
        {"a.js": 'new GetSecretValueCommand({ SecretId: "prod_api_key" });\n'},
        {"a.tf": 'resource "aws_secretsmanager_secret" "a" {\n  name = "prod_api_key"\n}\n'},
        {"t.yml": "Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      Name: prod_api_key\n"},
        {"t.yml": "a: '{{resolve:secretsmanager:prod_api_key:SecretString:x}}'\n"},
        flow(ON + "      - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n        with:\n          secret-ids: |\n            A, prod_api_key\n"),
    ],
    "secret-to-slack": [
        flow(ON + "      - uses: slackapi/slack-github-action@v2\n        with:\n          token: ${{ secrets.SLACK_TOKEN }}\n          payload: |\n            text: ${{ secrets.DB_PASSWORD }}\n"),
        flow(ON + "      - run: |\n          X_TOKEN=${{ secrets.X_TOKEN }}\n          curl -H 'Authorization: ${{ secrets.SLACK }}' -d \"text=$X_TOKEN\" https://slack.com/api/chat.postMessage\n"),
        flow(ON + "      - name: Say\n        run: curl -d \"$P ${P}\" https://hooks.slack.com/services/x\n        env:\n          P: ${{ secrets.DB_PASSWORD }}\n"),
        {"a.sh": "DB_PASSWORD=$1\ncurl -d \"text=$DB_PASSWORD $USER\" https://hooks.slack.com/services/x\n"},
        {"a.py": "client.chat_postMessage(channel='a', text=f'{password}')\nimport os\nclient.chat_postMessage(text=os.environ['API_TOKEN'])\n"},
        {"a.js": "const { WebClient } = require('@slack/web-api');\nweb.chat.postMessage({ text: process.env.API_TOKEN });\n"},
        {"broken.py": "import slack_sdk\nclient.chat_postMessage(text=os.environ['API_TOKEN']\n"},
        flow("{% if x %}\njobs: {{ y }}\n        - slack: ${{ secrets.X }}\n"),
    ],
    "workflow-access-key": [
        flow(ON + CONFIGURE + KEYS + "          aws-region: us-east-1\n"),
        flow(ON + CONFIGURE + KEYS + ROLE),
        flow("permissions:\n  contents: read\n" + ON + CONFIGURE + KEYS),
        flow("permissions: {id-token: write}\n" + ON + CONFIGURE + KEYS),
        flow("permissions:\n  issues: write\n" + ON + CONFIGURE + f"          aws-access-key-id: {ID}\n"),
        flow(ON + "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {aws-access-key-id: '${{ secrets.A }}', aws-secret-access-key: '${{ secrets.B }}'}\n"),
        flow("env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n" + ON + "      - run: a\n"),
        flow(ON.replace("    steps", "    env:\n      AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n    steps") + "      - run: a\n"),
        flow(ON + f"      - name: Say\n        run: export AWS_SECRET_ACCESS_KEY={KEY}\n"),
        flow("on:\n  workflow_dispatch:\n    inputs:\n      aws_access_key_id: {}\njobs:" + ON.partition("jobs:")[2] + CONFIGURE + "          aws-access-key-id: ${{ inputs.aws_access_key_id }}\n"),
        flow("on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets:\n      AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"),
        flow("{% if x %}\n" + ON + CONFIGURE + KEYS),
        {".gitlab-ci.yml": f"variables:\n  AWS_ACCESS_KEY_ID: {ID}\n  AWS_SECRET_ACCESS_KEY: {KEY}\na:\n  script: b\n"},
        {"bitbucket-pipelines.yml": "pipelines:\n  default:\n    - step:\n        script:\n          - export AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID\n          - export AWS_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY\n"},
    ],
    "workflow-id-token": [
        flow("on: push\njobs:\n  a: {runs-on: x, steps: [{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: r, aws-region: eu-west-2}}]}\n"),
        flow(ON + CONFIGURE + ROLE),
        flow("permissions:\n  contents: read\n" + ON + CONFIGURE + ROLE),
        flow("permissions: {issues: write}\n" + ON + CONFIGURE + ROLE),
        flow(ON.replace("    steps", "    permissions:\n      issues: write\n    steps") + CONFIGURE + ROLE),
        flow("permissions: write-all\n" + ON + CONFIGURE + ROLE),
        flow("permissions:\n  id-token: write\n" + ON + "      - uses: actions/checkout@v4\n" + CONFIGURE + ROLE),
        flow("permissions:\n" + ON + CONFIGURE + ROLE),
        flow("permissions:\n  id-token: read\n" + ON + CONFIGURE + ROLE),
        flow("permissions: ${{ x }}\n" + ON + CONFIGURE + ROLE),
        flow("on: workflow_call\njobs:" + ON.partition("jobs:")[2] + CONFIGURE + ROLE),
        flow(ON.replace("ubuntu-latest", "self-hosted") + CONFIGURE + ROLE),
        flow("{% if x %}\n" + ON + CONFIGURE + ROLE),
        {
            **flow("on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n"),
            **flow("on: workflow_call\njobs:" + ON.partition("jobs:")[2] + CONFIGURE + ROLE, "b.yml"),
        },
        {
            **flow("on: push\npermissions: {contents: read}\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n"),
            **flow("on: workflow_call\npermissions: {id-token: write}\njobs:" + ON.partition("jobs:")[2] + CONFIGURE + ROLE, "b.yml"),
        },
        {
            **flow(ON + "      - uses: ./deploy\n"),
            "deploy/action.yml": "runs:\n  using: composite\n  steps:\n    - uses: aws-actions/configure-aws-credentials@v4\n      with:\n        role-to-assume: arn:aws:iam::123456789012:role/ci\n        aws-region: eu-west-2\n",
        },
    ],
}  # fmt: skip

FURTHER = {rule: [(files, dict[str, object]()) for files in several] for rule, several in _FILES.items()}
FURTHER["env-example-value"] += [(files, {"strict": False}) for files, _ in FURTHER["env-example-value"]]
FURTHER["github-secret"].append(
    (flow(ON + "      - run: a ${{ secrets.A_TOKEN }}\n"), {"allow": ["a_token"]})
)
