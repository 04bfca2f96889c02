# ruff: noqa: E501 - texts of whole files
"""Examples that a rule's page has no room for: what is found, where the finding starts, and near misses."""

from __future__ import annotations

import pytest

from palint import registry
from palint.testing import results_of, substitute

RULES = registry.load()

# fmt: off

INFRASTRUCTURE_SECRET_BAD = [
    ('secrets.tf', 'resource "aws_secretsmanager_secret_version" "db" {\n  secret_string = <<-EOF\n    {"username": "${var.user}", "api_key": "{hex32}"}\n  EOF\n}\n', '{hex32}'),
    ('template.yml', 'Resources:\n  ApiSecret:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: !Sub \'{"user":"${User}","token":"{hex32}"}\'\n', '{hex32}'),
    ('template.json', '{"Resources": {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "{\\"token\\":\\"{hex32}\\"}"}}}}\n', '{hex32}'),
    ('template.yml', 'Resources:\n  P: {Type: "AWS::SSM::Parameter", Properties: {Type: SecureString, Value: "x"}}\n', 'Type: SecureString'),
    ('stack.ts', 'import * as cdk from "aws-cdk-lib";\nnew Secret(this, "S", { secretStringValue: cdk.SecretValue.unsafePlainText(process.env.TOKEN!) });\n', 'cdk.SecretValue'),
    ('index.ts', 'import * as aws from "@pulumi/aws";\nnew aws.secretsmanager.SecretVersion("s", {\n  secretString: JSON.stringify({ user: "a", password: "{password}" }),\n});\n', '{password}'),
    ('stack.ts', 'import * as ssm from "aws-cdk-lib/aws-ssm";\nnew ssm.CfnParameter(this, "P", { type: "SecureString", value });\n', 'type:'),
    ('__main__.py', "from pulumi_aws import ssm\n\nssm.Parameter('p', type=ssm.ParameterType.SECURE_STRING)\n", 'type='),
    ('Stack.java', 'import software.amazon.awscdk.SecretValue;\nclass S { SecretValue v = SecretValue.unsafePlainText("{password}"); }\n', '{password}'),
    ('stack.go', 'package main\n\nimport "github.com/aws/aws-cdk-go/awscdk/v2"\n\nvar v = awscdk.SecretValue_UnsafePlainText(jsii.String("{password}"))\n', '{password}'),
]
INFRASTRUCTURE_SECRET_GOOD = [
    ('a.tf', 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "CHANGE_ME"\n}\n'),
    ('a.tf', 'resource "aws_ssm_parameter" "a" {\n  type = "String"\n}\n# not a SecureString\n'),
    ('template.yml', 'Parameters:\n  Token: {Type: String, NoEcho: true}\nResources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {SecretString: !Ref Token}\n  T:\n    Type: AWS::SecretsManager::Secret\n    Properties: {SecretString: !Sub \'{"password":"${Token}"}\'}\n  G:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      GenerateSecretString: {SecretStringTemplate: \'{"username": "app"}\', GenerateStringKey: password}\n'),
    ('stack.ts', 'import { SecretValue } from "aws-cdk-lib";\nconst secret = new Secret(this, "S", { secretObjectValue: {\n  username: SecretValue.unsafePlainText("app"),\n  password: SecretValue.unsafePlainText(props.password),\n} });\n'),
    ('a.ts', 'const s: SecureString = read();\n'),
]
SECRET_NAME_BAD = [
    ('app.py', 'client.get_secret_value(SecretId="{}/{}/db".format(service, env))\n', '{}/{}/db'),
    ('app.py', 'client.create_secret(Name="/api/production", SecretString=s)\n', '/api/production'),
    ('app.py', 'get(**{"SecretId": "database"})\n', 'database'),
    ('a.ts', 'await client.send(new GetSecretValueCommand({ SecretId: "my-api-prod" }));\n', 'my-api-prod'),
    ('a.js', 'const data = await client.getSecretValue({ SecretId: `${service}-${env}` }).promise();\n', '${service}-${env}'),
    ('a.js', 'const SecretId = process.env.SECRET_ID || "api-secrets";\nsend(new GetSecretValueCommand({ SecretId }));\n', 'api-secrets'),
    ('a.ts', 'new GetSecretValueCommand({ SecretId: "app/" + service + "/" + env });\n', 'app/" +'),
    ('a.tf', 'resource "aws_secretsmanager_secret" "db" {\n  name_prefix = "db-"\n}\n', 'db-'),
    ('a.tf', 'resource "aws_secretsmanager_secret" "db" {\n  name = "${var.project}/${var.env}/db"\n}\n', '${var.project}'),
    ('a.tf', 'data "aws_secretsmanager_secret_version" "db" {\n  secret_id = "database"\n}\n', 'database'),
    ('template.yaml', 'Resources:\n  DbSecret:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      Name: !Sub "${AWS::StackName}-db"\n', '${AWS::StackName}-db'),
    ('stack.ts', 'import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";\nnew secretsmanager.Secret(this, "Db", { secretName: "db-password" });\n', 'db-password'),
    ('stack.py', "from aws_cdk import aws_secretsmanager as sm\n\nsm.Secret(self, 'D', secret_name='db-secret')\n", 'db-secret'),
]
SECRET_NAME_GOOD = [
    ('app.py', 'client.get_secret_value(SecretId=secret_id)\n'),
    ('app.py', 'get(SecretId="arn:aws:secretsmanager:eu-west-2:123456789012:secret:api/staging")\n'),
    ('tencent.py', 'cos = Config(SecretId="id", SecretKey=key)\n'),
    ('a.ts', 'new GetSecretValueCommand({ SecretId: props.secret });\n'),
    ('a.ts', "const volume = { secretName: 'tls' };\n"),
    ('template.yaml', 'Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {Name: !Sub "api/${Environment}"}\n  T:\n    Type: AWS::SecretsManager::Secret\n    Properties: {Name: !Ref Name}\n  U:\n    Type: AWS::SecretsManager::Secret\n'),
    ('.github/workflows/a.yml', 'steps:\n  - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n    with: {secret-ids: "API, ${{ vars.service }}/production"}\n'),
    ('ingress.yaml', 'spec:\n  tls:\n    - secretName: tls\n'),
]
KUBERNETES_SECRET_BAD = [
    ('list.yaml', 'apiVersion: v1\nkind: List\nitems:\n  - kind: ConfigMap\n    data: {a: b}\n  - kind: Secret\n    stringData: {"token": "{hex32}"}\n', '{hex32}'),
    ('all.yaml', 'kind: Service\nmetadata: {name: api}\n---\nkind: Secret\nmetadata: {name: api}\ndata:\n  tls.key: {hex64}\n', '{hex64}'),
]
KUBERNETES_SECRET_GOOD = [
]
# fmt: on
BAD = {
    "infrastructure-secret": INFRASTRUCTURE_SECRET_BAD,
    "secret-name": SECRET_NAME_BAD,
    "kubernetes-secret": KUBERNETES_SECRET_BAD,
}
GOOD = {
    "infrastructure-secret": INFRASTRUCTURE_SECRET_GOOD,
    "secret-name": SECRET_NAME_GOOD,
    "kubernetes-secret": KUBERNETES_SECRET_GOOD,
}


@pytest.mark.parametrize(
    ("rule", "path", "text", "location"), [(rule, *case) for rule, cases in BAD.items() for case in cases]
)
def test_a_finding_starts_at_its_text(rule: str, path: str, text: str, location: str) -> None:
    finding, *_ = results_of(RULES[rule], {path: text}).findings
    written = substitute(text)
    assert written[finding.span.offset :].startswith(substitute(location))
    assert len(finding.message) <= 100


@pytest.mark.parametrize(
    ("rule", "path", "text"), [(r, *case) for r, cases in GOOD.items() for case in cases]
)
def test_it_is_not_reported(rule: str, path: str, text: str) -> None:
    assert not results_of(RULES[rule], {path: text}).findings
