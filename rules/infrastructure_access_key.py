from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint.aws import cloudformation
from palint.aws.key_values import is_key
from palint.findings import Edit, Finding, Fix, Severity
from palint.languages import calls, hcl, treesitter
from palint.languages import yaml as yaml_
from palint.rule import GO, JAVA, JAVASCRIPT, JSON, PYTHON, TERRAFORM, YAML, Clause, Example, Rule
from palint.secrets import redact_line
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from tree_sitter import Node

    from palint.tree.project import Project

_CONSTRUCT_NEEDLES = (r"[^a-z_]AccessKey\s*\(", r"(cfn|iam|new)AccessKey\s*\(", r"AccessKey\.Builder\.")
_CONSTRUCT = lazy_re.compile(r"(?:New)?(?:Cfn|Iam)?AccessKey")
_LOOSE = lazy_re.compile(
    r"""["']?Type["']?\s*:\s*["']?(AWS::IAM::AccessKey)\b|resource\s+"(aws_iam_access_key)"|\b(iam\.(?:Cfn)?AccessKey)\("""
)
_SETTING = lazy_re.compile(r"(aws_)?(access|secret)_key")
_ADVICE = (
    "Give what uses the key a role: GitHub Actions assumes one through OIDC, a workload has that of its pod, "
    "task or function, people sign in with `aws sso login`. Then delete the key.\n    "
)
_ROLE = {  # by the file's suffix, with the reader's own name for the thing
    "tf": 'resource "aws_iam_role" "{name}" {{ assume_role_policy = … }}',
    "yaml": "{name}: {{ Type: AWS::IAM::Role, Properties: {{ AssumeRolePolicyDocument: … }} }}",
    "ts": "new iam.Role(this, {name}, {{ assumedBy: new iam.OpenIdConnectPrincipal(github) }})",
    "py": "iam.Role(self, {name}, assumed_by=iam.OpenIdConnectPrincipal(github))",
    "java": "Role.Builder.create(this, {name}).assumedBy(new OpenIdConnectPrincipal(github)).build()",
    "go": "awsiam.NewRole(stack, jsii.String({name}), &awsiam.RoleProps{{AssumedBy: github}})",
}
_SAME = {"yml": "yaml", "json": "yaml", "js": "ts", "tsx": "ts", "mjs": "ts", "cjs": "ts", "mts": "ts"}


def _help(file: SourceFile, name: str) -> str:
    suffix = file.path.lower().rpartition(".")[2]
    return _ADVICE + _ROLE.get(_SAME.get(suffix, suffix), _ROLE["tf"]).format(name=name)


class InfrastructureAccessKey(Rule):
    """Long-lived AWS keys that infrastructure code makes or uses.

    ## Why

    `aws_iam_access_key` and its like make a key that nobody sees and nothing ends, and that lies readable in
    the state file or the stack's outputs. A key in a `provider` or `backend` block is kept by somebody.

    ## Do this instead

    A role in place of the user and the key.

    ```hcl
    provider "aws" {
      region = "eu-west-2"   # credentials: AWS SSO on a laptop, OIDC in CI
    }

    resource "aws_iam_role" "deploy" {
      assume_role_policy = data.aws_iam_policy_document.github_oidc.json
    }
    ```

    ```yaml
    DeployRole:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: …   # Federated: the account's GitHub OIDC provider
    ```

    ```typescript
    const role = new iam.Role(this, "Deploy", { assumedBy: new iam.OpenIdConnectPrincipal(github) });
    ```

    ```python
    role = iam.Role(self, "Deploy", assumed_by=iam.OpenIdConnectPrincipal(github))
    ```

    ```java
    Role.Builder.create(this, "Deploy").assumedBy(new OpenIdConnectPrincipal(github)).build();
    ```

    ```go
    awsiam.NewRole(stack, jsii.String("Deploy"), &awsiam.RoleProps{AssumedBy: github})
    ```

    ## Fix

    `access_key` and `secret_key` are removed from a `provider` or `backend` block (unsafe: the default chain
    must find a role). A resource that makes a key is explained, never deleted: deleting it revokes the key.

    ## Limits

    Terraform and OpenTofu (`.tf`, `.tf.json`), CloudFormation and SAM in YAML and JSON, CDK, cdktf and Pulumi
    in Python, JavaScript, TypeScript, Java and Go. Keys that a module makes inside are not seen. A provider
    with endpoints of its own is a warning when its keys are not literals. LocalStack's `test`, AWS's
    documented example keys and placeholders are not findings.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    files = TERRAFORM | YAML | JSON | PYTHON | JAVASCRIPT | JAVA | GO
    keywords = (
        "aws_iam_access_key",
        r"secret_key\s*=",
        "AWS::IAM::AccessKey",
        *_CONSTRUCT_NEEDLES,
    )
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            """resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}
""",
            location='resource "aws_iam_access_key"',
            path="iam.tf",
        ),
        Example(
            """provider "aws" {
  region     = "eu-west-2"
  access_key = "{aws_access_key_id}"
  secret_key = "{aws_secret_access_key}"
}
""",
            location="access_key",
            fixed="""provider "aws" {
  region     = "eu-west-2"
}
""",
            path="main.tf",
        ),
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
            'bucket     = "state"\nsecret_key = "{aws_secret_access_key}"\n',
            location="secret_key",
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
            """provider "aws" {
  access_key = var.key_id
  secret_key = var.key
  endpoints { s3 = "https://minio.internal" }
}
""",
            location="access_key",
            path="minio.tf",
            severity=Severity.WARNING,
        ),
        Example(
            '{"resource": {"aws_iam_access_key": {"ci": {"user": "ci"}}}}\n',
            location='"aws_iam_access_key"',
            path="iam.tf.json",
        ),
        Example(
            """Resources:
  CiKey:
    Type: AWS::IAM::AccessKey
    Properties: {UserName: !Ref Ci}
""",
            location="AWS::IAM::AccessKey",
            path="template.yaml",
        ),
        Example(
            """resources:
  - Resources:
      CiKey: {Type: "AWS::IAM::AccessKey", Properties: {UserName: ci}}
""",
            location='"AWS::IAM::AccessKey"',
            path="serverless.yml",
        ),
        Example(
            '{"Resources": {\n\t"K": {"Type": "AWS::IAM::AccessKey"}}}\n',
            location='"AWS::IAM::AccessKey"',
            path="template.json",
        ),
        Example(
            "{% if keys %}\nCiKey:\n  Type: AWS::IAM::AccessKey\n{% endif %}\n",
            location="AWS::IAM::AccessKey",
            path="template.yaml",
            note="a template of a template: its text is looked at",
        ),
        Example(
            """import * as iam from "aws-cdk-lib/aws-iam";
const key = new iam.AccessKey(this, "Key", { user });
""",
            location="new iam.AccessKey",
            path="stack.ts",
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
            "from aws_cdk import aws_iam as iam\n\nkey = iam.CfnAccessKey(self, 'Key', user_name='ci')\n",
            location="iam.CfnAccessKey(",
            path="stack.py",
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
        Example(
            """package main

import "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

var key = awsiam.NewAccessKey(stack, jsii.String("Key"), &awsiam.AccessKeyProps{User: user})
""",
            location="awsiam.NewAccessKey(",
            path="stack.go",
        ),
    )
    good = (
        Example('provider "aws" {\n  region = "eu-west-2"\n}\n', path="main.tf"),
        Example(
            """provider "aws" {
  access_key = "test"
  secret_key = "test"
  endpoints { s3 = "http://localhost:4566" }
}
""",
            path="localstack.tf",
        ),
        Example('# resource "aws_iam_access_key" "ci" was here\n', path="iam.tf"),
        Example('provider "aws" {\n  access_key = ""\n  secret_key = ""\n}\n', path="main.tf"),
        Example(
            'provider "aws" {\n  access_key = var.a\n  secret_key = var.b\n  token = var.c\n}\n',
            path="main.tf",
        ),
        Example('provider "alicloud" {\n  access_key = var.id\n  secret_key = var.key\n}\n', path="main.tf"),
        Example(
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n  # AWS::IAM::AccessKey is gone\n", path="t.yaml"
        ),
        Example("actions:\n  - AWS::IAM::AccessKey\n", path="config-rules.yaml"),
        Example('import "aws-cdk-lib";\nconst k = new Storage.AccessKeyList();\n', path="stack.ts"),
        Example(
            "const key = new AccessKey(id);\n", path="model.ts", note="no library that makes infrastructure"
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        path = file.path.lower()
        find = self.code
        if path.endswith(TERRAFORM.suffixes):
            find = self.terraform
        elif path.endswith(".tf.json"):
            find = self.terraform_json
        elif path.endswith(YAML.suffixes + JSON.suffixes):
            find = self.cloudformation
        try:
            return list(find(file))
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message}; searched as text for what makes a key")
            return self.in_text(file)

    def in_text(self, file: SourceFile) -> Iterator[Finding]:
        for found in _LOOSE.finditer(file.text):
            start, end = found.span(found.lastindex or 0)
            message = f"`{file.text[start:end]}` makes a long-lived AWS key"
            yield self.finding(file.span(start, end), message, fix_hint=_help(file, "deploy"))

    def terraform(self, file: SourceFile) -> Iterator[Finding]:
        tree = file.parsed_with(hcl.parse)
        seen: set[int] = set()
        for hit in file.keyword_matches:
            path = tree.path(hit.end - 1)
            around = hcl.enclosing_blocks(tree, path)
            if not around:
                yield from self.setting(file, tree, path)
            if not around or around[0].node.start_byte in seen:
                continue
            block = around[0]
            if block.labels[:1] == ("aws_iam_access_key",):
                seen.add(block.node.start_byte)
                user = hcl.attributes(tree, block.node).get("user")
                whose = f" for `{tree.source(hcl.expression(user))}`" if user is not None else ""
                name = ".".join(block.labels)
                message = f"`{name}` makes a long-lived AWS key{whose}"
                yield self.finding(file.span(*block.header), message, fix_hint=_help(file, block.labels[-1]))
            elif (block.kind, block.labels[:1]) in (("provider", ("aws",)), ("backend", ("s3",))):
                seen.add(block.node.start_byte)
                yield from self.keys(file, tree, block)

    def setting(self, file: SourceFile, tree: treesitter.Tree, path: list[Node]) -> Iterator[Finding]:
        """`secret_key = "…"` outside of a block: a backend's settings in a file of their own."""
        for node in path:
            name = tree.source(node.named_children[0]) if node.type == "attribute" else ""
            if not _SETTING.fullmatch(name):
                continue
            value = hcl.values(tree, hcl.expression(node))[0]
            if value.kind == "text" and is_key(value.text):
                yield self.finding(
                    file.span(node.start_byte, node.end_byte),
                    f"`{name}` is a literal AWS key",
                    fix_hint="Leave it out: Terraform finds the SSO profile or the OIDC role by itself.",
                    values=[(value.start, value.end)],
                )

    def keys(self, file: SourceFile, tree: treesitter.Tree, block: hcl.Block) -> Iterator[Finding]:
        """`access_key` and `secret_key` of a provider or a backend."""
        own = hcl.attributes(tree, block.node)
        given = [own[name] for name in ("access_key", "secret_key") if name in own]
        values = [v for node in given for v in hcl.values(tree, hcl.expression(node))]
        literals = [v for v in values if v.kind == "text" and is_key(v.text)]
        if not literals and not any(v.kind in ("other", "template") for v in values):
            return
        if not literals and "token" in own:
            return  # only temporary credentials have a session token
        elsewhere = "endpoint" in own or "endpoints" in own
        elsewhere = elsewhere or any(inner.kind == "endpoints" for inner in hcl.blocks(tree, block.node))
        source = redact_line(file.text[values[0].start : values[0].end], file.path)
        how = "a literal AWS key" if literals else f"a static AWS key from `{source}`"
        doubt = "; its endpoints suggest that this is not AWS: check it" if elsewhere and not literals else ""
        what = f'{block.kind} "{block.labels[0]}"'
        kept = " ".join(tree.source(n) for name, n in own.items() if n not in given and name != "token")
        kept = "…" if len(kept) > 70 or "\n" in kept else redact_line(kept, file.path)
        edits = tuple(Edit(file.span(*cut), "") for cut in treesitter.removal_ranges(tree, given))
        yield self.finding(
            file.span(min(n.start_byte for n in given), max(n.end_byte for n in given)),
            f"`{what}` has {how}{doubt}",
            fix_hint="Leave the keys out: Terraform finds the SSO profile or the OIDC role by itself.\n"
            f"    {what} {{ {kept} }}",
            severity=Severity.WARNING if doubt else Severity.ERROR,
            fix=None if elsewhere else Fix(edits),
            values=[(v.start, v.end) for v in literals],
        )

    def terraform_json(self, file: SourceFile) -> Iterator[Finding]:
        for document in file.parsed_with(yaml_.parse):
            for node in document.walk():
                for key, made in node.items:
                    if key.value == "aws_iam_access_key":
                        name = made.items[0][0].value if made.items else "deploy"
                        message = f"`aws_iam_access_key.{name}` makes a long-lived AWS key"
                        yield self.finding(file.span(key.start, key.end), message, fix_hint=_help(file, name))

    def cloudformation(self, file: SourceFile) -> Iterator[Finding]:
        for resource in cloudformation.resources(file.parsed_with(yaml_.parse), "AWS::IAM::AccessKey"):
            span = file.span(resource.kind.start, resource.kind.end)
            message = f"`{resource.name}` makes a long-lived AWS key"
            yield self.finding(span, message, fix_hint=_help(file, resource.name))

    def code(self, file: SourceFile) -> Iterator[Finding]:
        ends = [hit.end for hit in file.keyword_matches if self.keywords[hit.keyword] in _CONSTRUCT_NEEDLES]
        if not ends:
            return
        imported = calls.is_infrastructure(file.text)
        for call in calls.calls(file, ends):
            # SST has Pulumi's `aws` as a global.
            known = imported or call.name == "aws.iam.AccessKey"
            if known and _CONSTRUCT.fullmatch(call.name.rpartition(".")[2]):
                message = f"`{call.name}` makes a long-lived AWS key"
                name = next(
                    (f'"{v.text}"' for given in call.given for v in given if v.kind == "text"), '"Deploy"'
                )
                yield self.finding(file.span(call.start, call.end), message, fix_hint=_help(file, name))
