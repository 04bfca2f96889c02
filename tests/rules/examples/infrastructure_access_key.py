"""Further examples of `infrastructure-access-key`."""

from __future__ import annotations

from palint.rule import Example

BAD = (
    Example(
        """provider "aws" {
  secret_key = var.aws_secret_key
  access_key = var.aws_access_key
  region     = var.region
}
""",
        location="secret_key",
        fixed="""provider "aws" {
  region     = var.region
}
""",
        path="main.tf",
    ),
    Example(
        'provider "aws" {\n  access_key = var.a\n  secret_key = var.b\n  token = ""\n}\n',
        location="access_key",
        path="main.tf",
    ),
    Example(
        'provider "aws" {\n  access_key = var.a\n  secret_key = var.b\n  token      = null\n}\n',
        location="access_key",
        path="main.tf",
    ),
    Example(
        'provider "aws" {\n  access_key = var.a\n  secret_key = var.b\n  endpoints {\n    s3 = ""\n  }\n}\n',
        location="access_key",
        path="main.tf",
    ),
    Example(
        '{"provider": {"aws": {"access_key": "${var.a}", "secret_key": "${var.b}", "token": ""}}}\n',
        location='"access_key"',
        path="main.tf.json",
    ),
    Example(
        'access_key = "{aws_access_key_id}"\nsecret_key = "{aws_secret_access_key}"\n',
        location="access_key",
        path="backend.tfvars",
    ),
    Example(
        """terraform {
  backend "s3" {
    bucket     = "state"
    access_key = "{aws_access_key_id}"
    secret_key = "{aws_secret_access_key}"
    key        = "a"
  }
}
""",
        location="access_key",
        fixed="""terraform {
  backend "s3" {
    bucket     = "state"
    key        = "a"
  }
}
""",
        path="backend.tf",
    ),
    Example(
        '{"terraform": {"backend": {"s3": {"access_key": "${var.a}", "secret_key": "${var.b}"}}}}\n',
        location='"access_key"',
        path="backend.tf.json",
    ),
    Example(
        "Resources:\n  K:\n    Type: AWS::IAM::AccessKey\n",
        location="AWS::IAM::AccessKey",
        path="stack.template",
    ),
    Example(
        '{"resource": {"aws_iam_access_key": {"ci": {"user": "ci"}}}}\n',
        location="aws_iam_access_key",
        path="iam.tf.json",
    ),
    Example(
        """resources:
  - Resources:
      CiKey: {Type: "AWS::IAM::AccessKey", Properties: {UserName: ci}}
""",
        location="AWS::IAM::AccessKey",
        path="serverless.yml",
    ),
    Example(
        '{"Resources": {\n\t"K": {"Type": "AWS::IAM::AccessKey"}}}\n',
        location="AWS::IAM::AccessKey",
        path="template.json",
    ),
    Example(
        "{% if keys %}\nCiKey:\n  Type: AWS::IAM::AccessKey\n{% endif %}\n",
        location="AWS::IAM::AccessKey",
        path="template.yaml",
        note="a template of a template, searched as text",
    ),
    Example(
        """import { CfnAccessKey } from "aws-cdk-lib/aws-iam";
new CfnAccessKey(this, "Key", { userName: user.userName });
""",
        location="new CfnAccessKey",
        path="stack.js",
    ),
    Example(
        """import * as aws from "@pulumi/aws";
const key = new aws.iam.AccessKey("ci", { user: user.name });
""",
        location="new aws.iam.AccessKey",
        path="index.ts",
    ),
    Example(
        "from aws_cdk.aws_iam import AccessKey\n\nkey = AccessKey(self, 'Key', user=user)\n",
        location="AccessKey(",
        path="stack.py",
    ),
    Example(
        "import pulumi_aws as aws\n\nkey = aws.iam.AccessKey('ci', user=user.name)\n",
        location="aws.iam.AccessKey(",
        path="__main__.py",
    ),
    Example(
        """import software.amazon.awscdk.services.iam.*;
class S { void f() { AccessKey k = AccessKey.Builder.create(this, "Key").user(user).build(); } }
""",
        location="AccessKey.Builder.create",
        path="Stack.java",
    ),
)

GOOD = (
    Example('# resource "aws_iam_access_key" "ci" was here\n', path="iam.tf"),
    Example('provider "aws" {\n  access_key = ""\n  secret_key = ""\n}\n', path="main.tf"),
    Example('provider "alicloud" {\n  access_key = var.id\n  secret_key = var.key\n}\n', path="main.tf"),
    Example("actions:\n  - AWS::IAM::AccessKey\n", path="config-rules.yaml"),
    Example('import "aws-cdk-lib";\nconst k = new Storage.AccessKeyList();\n', path="stack.ts"),
    Example("Resources:\n  R:\n    Type: AWS::IAM::Role\n  # AWS::IAM::AccessKey is gone\n", path="t.yaml"),
    Example("const key = new AccessKey(id);\n", path="model.ts", note="no library that makes infrastructure"),
)
