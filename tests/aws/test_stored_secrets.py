"""Secrets in SSM Parameter Store that programs and scripts write or read at run time."""

from __future__ import annotations

import pytest

from palint import registry
from palint.testing import results_of

RULE = registry.load()["infrastructure-secret"]
READ, WRITE = "reads a secret from SSM", "stores a secret in SSM"


@pytest.mark.parametrize(
    ("path", "text", "at", "message"),
    [
        ("a.py", "x = ssm.get_parameter(Name=n, WithDecryption=True)\n", "WithDecryption", READ),
        ("a.ts", "await c.send(new GetParameterCommand({ Name, WithDecryption: true }));\n",
         "WithDecrypt", READ),
        ("a.go", "in := &ssm.GetParameterInput{\n\tWithDecryption: aws.Bool(true),\n}\n",
         "WithDecryption", READ),
        ("A.java", "class A { Object r = GetParameterRequest.builder().withDecryption(true).build(); }\n",
         "withDecryption", READ),
        ("a.rb", "resp = ssm.get_parameter(name: name, with_decryption: true)\n", "with_decryption", READ),
        ("a.php", "<?php $ssm->getParameter(['Name' => $n, 'WithDecryption' => true]);\n",
         "WithDecryption", READ),
        ("a.sh", "v=$(aws ssm get-parameter --name /a --with-decryption --query x)\n", "aws ssm", READ),
        ("a.sh", "aws ssm put-parameter --name /a --type SecureString --value \"$V\"\n", "aws ssm", WRITE),
        (".gitlab-ci.yml", "d:\n  script:\n    - aws ssm get-parameters --with-decryption --names a\n",
         "aws ssm", READ),
        ("Dockerfile", "FROM a\nRUN aws ssm get-parameter --name a --with-decryption\n", "aws ssm", READ),
        ("a.py", "ssm.put_parameter(Name=n, Value=v, Type='SecureString')\n", "Type", WRITE),
        ("a.ts", "new PutParameterCommand({ Name, Value, Type: ParameterType.SECURE_STRING });\n",
         "Type", WRITE),
        ("t.yml", "A:\n  Password: '{{resolve:ssm-secure:/a:1}}'\n", "{{resolve", READ),
    ],
)  # fmt: skip
def test_a_secure_string_is_found(path: str, text: str, at: str, message: str) -> None:
    (finding,) = results_of(RULE, {path: text}).findings
    assert text[finding.span.offset :].startswith(at) and message in finding.message
    assert "Secrets Manager" in finding.fix_hint


# A SecureString's literal value, `@`, which no word beside it tells
WRITTEN = [
    (
        "template.yml",
        "R:\n  P: {Type: AWS::SSM::Parameter, Properties: {Type: SecureString, Value: @, Name: a}}\n",
    ),
    (
        "template.yml",
        "R:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Value: @\n"
        "      Type: SecureString\n",
    ),
    ("a.tf", 'resource "aws_ssm_parameter" "a" {\n  type  = "SecureString"\n  value = "@"\n}\n'),
    ("a.tf.json", '{"resource": {"aws_ssm_parameter": {"a": {"value": "@", "type": "SecureString"}}}}'),
    ("a.sh", "aws ssm put-parameter --name /a --type SecureString --value '@'\n"),
    ("a.sh", "aws ssm put-parameter --value=@ --name /a --type SecureString\n"),
    ("a.py", 'ssm.put_parameter(Name="a", Value="@", Type="SecureString")\n'),
    (
        "stack.ts",
        'import * as s from "aws-cdk-lib/aws-ssm";\n'
        'new s.CfnParameter(t, "a", { value: "@", type: "SecureString" });\n',
    ),
]


@pytest.mark.parametrize(("path", "text"), WRITTEN)
def test_the_value_of_a_secure_string_is_masked_where_it_is_shown(path: str, text: str) -> None:
    for value in ("Hunter2-blue-cat", "correcthorse"):
        findings = results_of(RULE, {path: text.replace("@", value)}).findings
        assert findings and not [each for each in findings if value in repr(each)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "x = ssm.get_parameter(Name=n)\n# WithDecryption=True\n"),
        ("a.py", "x = ssm.get_parameter(Name=n, WithDecryption=False)\n"),
        ("tests/test_a.py", "x = ssm.get_parameter(Name=n, WithDecryption=True)\n"),
        (
            "a.sh",
            "aws ssm get-parameter --name /a\naws ssm put-parameter --name /a --type String --value x\n",
        ),
        ("a.sh", "# aws ssm get-parameter --with-decryption\n"),
        ("a.py", "x = 'ssm.get_parameter(Name=n, WithDecryption=True)'\n"),
        ("a.py", '"""`aws ssm get-parameter --with-decryption` reads one."""\n'),
        ("a.tf", 'data "aws_ssm_parameter" "a" {\n  name            = "/a"\n  with_decryption = true\n}\n'),
    ],
)
def test_other_parameters_are_not_reported(path: str, text: str) -> None:
    assert not results_of(RULE, {path: text}).findings
