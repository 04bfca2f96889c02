from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint.aws import cloudformation
from palint.aws.key_values import is_template_value
from palint.findings import Finding
from palint.languages import calls, hcl, javascript, python
from palint.languages import yaml as yaml_
from palint.languages.value import Value
from palint.rule import GO, JAVA, JAVASCRIPT, JSON, PYTHON, TERRAFORM, YAML, Clause, Example, Rule
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

_PLAIN_TEXT = lazy_re.compile(r"\bSecretValue[._](unsafe_?)?plain_?text$", re.I)
# `password: "x"`, `"password" = "x"`, `\"password\":\"x\"`: one member, in the notation of any language.
_MEMBER = lazy_re.compile(
    r"""(?<![\w.-])(\w[\w.-]{0,80})(?:\\?["'])?\s{0,40}[:=]\s{0,40}\\?(["'])((?:(?!\2|\\).)+)"""
)
_SECRET_NAME = lazy_re.compile(
    r"pass(word|wd|phrase)?$|pwd|secret|token|(api|access|private|signing|encryption|license|auth|master).?key"
    r"|^key$|_key$|credential|dsn|connection.?string|salt$|webhook",
    re.I,
)
# What all may know begins so, or ends in such a word (`dbUser`, `client_id`; `support` ends in none).
_PUBLIC = r"(?i:user(?:name)?|(?:host)?name|host|port|engine|region|email|url|endpoint|id|arn)"
_WORD_BEGINS = r"(?:_|(?<=[a-z\d])(?=[A-Z])|(?=[A-Z][a-z]))"
_PUBLIC_NAME = lazy_re.compile(rf"{_PUBLIC}\w*$|\w*{_WORD_BEGINS}{_PUBLIC}$")
# What names a value, in front of the call that makes it: `user: f(`, `"user": m.f(`, `Map.of("user", f(`.
# A construct's id (`new Secret(this, "User", f(`) does not.
_VALUE_OF = lazy_re.compile(
    r"""(?:(\w+)["']?\s*[:=(]|(?<!this)(?<!self)(?<!scope)(?<!stack)[(,]\s*["'](\w+)["']\s*,)"""
    r"\s*(?:[\w.]+\.)?$"
)
_LOOSE = lazy_re.compile(
    r"""(?<![:\w])(SecretString)["']?:[ \t]+["']?([^\s"'!|>{$\[][^\n"'}]*)"""
    r"""|(secret_string|unsafe_?plain_?text)[ \t]*[=(][ \t]*["']([^"'\n$]+)["']""",
    re.I,
)
_SSM = ("aws_ssm_parameter", "type", "SecureString")
_GENERATE = "GenerateSecretString: {PasswordLength: 32}   # in place of SecretString"
_GENERATE_IN_CODE = (
    "generateSecretString: { passwordLength: 32 }   # a secret that Secrets Manager makes itself"
)


class InfrastructureSecret(Rule):
    """Secrets written into Terraform, CloudFormation or CDK, or kept in SSM in place of Secrets Manager.

    ## Why

    A value that infrastructure code hands to Secrets Manager stands in the repository, in its history and in
    the state file or the template that is stored with the stack. And secrets belong in Secrets Manager alone:
    an SSM `SecureString` is a second place, with other permissions, no rotation and other names.

    ## Do this instead

    Let the infrastructure make the secret's container, and have its value generated, or put in by a person.

    ```hcl
    resource "aws_secretsmanager_secret" "api" {
      name = "api/production"
    }

    resource "aws_secretsmanager_secret_version" "api" {
      secret_id     = aws_secretsmanager_secret.api.id
      secret_string = random_password.api.result
    }
    ```

    ```yaml
    ApiSecret:
      Type: AWS::SecretsManager::Secret
      Properties:
        Name: api/production
        GenerateSecretString: {PasswordLength: 32}
    ```

    ```typescript
    new secretsmanager.Secret(this, "Api", { secretName: "api/production", generateSecretString: {} });
    ```

    ```python
    secretsmanager.Secret(self, "Api", secret_name="api/production")  # CDK has the value generated
    ```

    ```java
    Secret.Builder.create(this, "Api").secretName("api/production").build();
    ```

    ```go
    awssecretsmanager.NewSecret(stack, jsii.String("Api"), &awssecretsmanager.SecretProps{
        SecretName: jsii.String("api/production"),
    })
    ```

    ## Fix

    None: a secret in a repository is to be rotated, and its value to come from elsewhere.

    ## Limits

    In a secret's JSON, only members with a secret's name (`password`, `token`, `apiKey`, …) are judged.
    Placeholders are not findings; a Terraform literal whose changes are ignored (`ignore_changes`) is one
    only when it looks random. Variables are not followed. A template that does not parse is searched for
    `SecretString` with a literal on its line.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    files = TERRAFORM | YAML | JSON | PYTHON | JAVASCRIPT | JAVA | GO
    keywords = (r"secret_?(string|binary)", "SecureString", "SECURE_STRING", r"SecretValue[._](unsafe|plain)")
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            """resource "aws_secretsmanager_secret_version" "api" {
  secret_id     = aws_secretsmanager_secret.api.id
  secret_string = "{password}"
}
""",
            location="{password}",
            path="secrets.tf",
        ),
        Example(
            """resource "aws_secretsmanager_secret_version" "db" {
  secret_string = jsonencode({
    username = "app"
    password = "{password}"
    host     = aws_db_instance.main.address
  })
}
""",
            location="{password}",
            path="secrets.tf",
        ),
        Example(
            """resource "aws_secretsmanager_secret_version" "db" {
  secret_string = <<-EOF
    {"username": "${var.user}", "api_key": "{hex32}"}
  EOF
}
""",
            location="{hex32}",
            path="secrets.tf",
        ),
        Example(
            """resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  type  = "SecureString"
  value = var.token
}
""",
            location="type ",
            path="ssm.tf",
        ),
        Example(
            """Resources:
  ApiSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: api/production
      SecretString: '{"user":"app","password":"{password}"}'
""",
            location="{password}",
            path="template.yml",
        ),
        Example(
            """Resources:
  ApiSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      SecretString: !Sub '{"user":"${User}","token":"{hex32}"}'
""",
            location="{hex32}",
            path="template.yml",
        ),
        Example(
            '{"Resources": {"S": {"Type": "AWS::SecretsManager::Secret", "Properties":'
            ' {"SecretString": "{\\"token\\":\\"{hex32}\\"}"}}}}\n',
            location="{hex32}",
            path="template.json",
        ),
        Example(
            """Resources:
  P: {Type: "AWS::SSM::Parameter", Properties: {Type: SecureString, Value: "x"}}
""",
            location="Type: SecureString",
            path="template.yml",
        ),
        Example(
            "{% if x %}\nS:\n  SecretString: {password}\n{% endif %}\n",
            location="{password}",
            path="template.yml",
            note="a template of a template: its text is looked at",
        ),
        Example(
            """import { SecretValue } from "aws-cdk-lib";
const token = SecretValue.unsafePlainText("{password}");
""",
            location="{password}",
            path="stack.ts",
        ),
        Example(
            """import * as cdk from "aws-cdk-lib";
new Secret(this, "S", { secretStringValue: cdk.SecretValue.unsafePlainText(process.env.TOKEN!) });
""",
            location="cdk.SecretValue",
            path="stack.ts",
        ),
        Example(
            """import * as aws from "@pulumi/aws";
new aws.secretsmanager.SecretVersion("s", {
  secretString: JSON.stringify({ user: "a", password: "{password}" }),
});
""",
            location="{password}",
            path="index.ts",
        ),
        Example(
            """import * as ssm from "aws-cdk-lib/aws-ssm";
new ssm.CfnParameter(this, "P", { type: "SecureString", value });
""",
            location="type:",
            path="stack.ts",
        ),
        Example(
            "from aws_cdk import SecretValue\n\nvalue = SecretValue.unsafe_plain_text('{password}')\n",
            location="{password}",
            path="stack.py",
        ),
        Example(
            "from pulumi_aws import ssm\n\nssm.Parameter('p', type=ssm.ParameterType.SECURE_STRING)\n",
            location="type=",
            path="__main__.py",
        ),
        Example(
            """import software.amazon.awscdk.SecretValue;
class S { SecretValue v = SecretValue.unsafePlainText("{password}"); }
""",
            location="{password}",
            path="Stack.java",
        ),
        Example(
            """package main

import "github.com/aws/aws-cdk-go/awscdk/v2"

var v = awscdk.SecretValue_UnsafePlainText(jsii.String("{password}"))
""",
            location="{password}",
            path="stack.go",
        ),
    )
    good = (
        Example(
            """resource "aws_secretsmanager_secret_version" "api" {
  secret_string = random_password.api.result
}
resource "aws_secretsmanager_secret_version" "db" {
  secret_string = jsonencode({ username = "app", password = var.password, host = "${local.h}.internal" })
}
""",
            path="secrets.tf",
        ),
        Example(
            """resource "aws_secretsmanager_secret_version" "api" {
  secret_string = "initial"
  lifecycle {
    ignore_changes = [secret_string]
  }
}
""",
            path="secrets.tf",
            note="the value is put in by a person; this one is none",
        ),
        Example(
            'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "CHANGE_ME"\n}\n',
            path="a.tf",
        ),
        Example(
            'resource "aws_ssm_parameter" "a" {\n  type = "String"\n}\n# not a SecureString\n', path="a.tf"
        ),
        Example(
            """Parameters:
  Token: {Type: String, NoEcho: true}
Resources:
  S:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Ref Token}
  T:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Sub '{"password":"${Token}"}'}
  G:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: {SecretStringTemplate: '{"username": "app"}', GenerateStringKey: password}
""",
            path="template.yml",
        ),
        Example(
            """import { SecretValue } from "aws-cdk-lib";
const secret = new Secret(this, "S", { secretObjectValue: {
  username: SecretValue.unsafePlainText("app"),
  password: SecretValue.unsafePlainText(props.password),
} });
""",
            path="stack.ts",
        ),
        Example("const s: SecureString = read();\n", path="a.ts"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        path = file.path.lower()
        find = self.code
        if path.endswith(TERRAFORM.suffixes):
            find = self.terraform
        elif path.endswith(YAML.suffixes + JSON.suffixes):
            find = self.cloudformation
        elif not calls.is_infrastructure(file.text):
            return ()
        try:
            return list(find(file))
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message}; searched as text for literals on one line")
            return self.in_text(file)

    def in_text(self, file: SourceFile) -> Iterator[Finding]:
        for found in _LOOSE.finditer(file.text):
            last = found.lastindex or 0
            value = Value("text", found[last], *found.span(last))
            if "plain" in found[last - 1].lower() and _is_public(file.text, found.start()):
                continue
            yield from self.literals(file, f"`{found[last - 1]}`", [value], _GENERATE)

    def terraform(self, file: SourceFile) -> Iterator[Finding]:
        tree = file.parsed_with(hcl.parse)
        seen: set[int] = set()
        for hit in file.keyword_matches:
            path = tree.path(hit.end - 1)
            attribute = next((node for node in path if node.type == "attribute"), None)
            around = hcl.enclosing_blocks(tree, path)
            if attribute is None or not around or attribute.start_byte in seen:
                continue
            seen.add(attribute.start_byte)
            resource, name = around[0], tree.source(attribute.named_children[0])
            values = hcl.values(tree, hcl.expression(attribute))
            if resource.labels[:1] == ("aws_secretsmanager_secret_version",) and name.startswith("secret_"):
                inner = [block for block in hcl.blocks(tree, resource.node) if block.kind == "lifecycle"]
                ignored = any("ignore_changes" in tree.source(block.node) for block in inner)
                what = f"`{name}` of `{'.'.join(resource.labels)}`"
                compliant = f"{name} = random_password.{resource.labels[-1]}.result"
                yield from self.literals(file, what, values, compliant, ignored)
            elif (*resource.labels[:1], name, *(v.text for v in values)) == _SSM:
                what = f"`{'.'.join(resource.labels)}`"
                yield self.secure_string(file, what, attribute.start_byte, attribute.end_byte)

    def cloudformation(self, file: SourceFile) -> Iterator[Finding]:
        documents = file.parsed_with(yaml_.parse)
        for secret in cloudformation.resources(documents, "AWS::SecretsManager::Secret"):
            node = secret.properties.get("SecretString") if secret.properties is not None else None
            if node is not None:
                what = f"`SecretString` of `{secret.name}`"
                yield from self.literals(file, what, [cloudformation.value(file, node)], _GENERATE)
        for parameter in cloudformation.resources(documents, "AWS::SSM::Parameter"):
            entry = parameter.properties.entry("Type") if parameter.properties is not None else None
            if entry is not None and entry[1].value == "SecureString":
                yield self.secure_string(file, f"`{parameter.name}`", entry[0].start, entry[1].end)

    def code(self, file: SourceFile) -> Iterator[Finding]:
        for call in calls.calls(file, [hit.end for hit in file.keyword_matches]):
            if not _PLAIN_TEXT.search(call.name) or not call.given:
                continue
            if _is_public(file.text, call.start):
                continue
            what = f"`{call.name}`"
            yield from self.literals(file, what, call.given[0], _GENERATE_IN_CODE)
            if any(value.kind == "environment" for value in call.given[0]):
                message = f"{what} writes what the environment holds into the template"
                yield self.finding(file.span(call.start, call.end), message, fix_hint=_GENERATE_IN_CODE)
        for name, (start, end), values in _members(file):
            if name.lower().replace("_", "") == "secretstring":
                yield from self.literals(file, f"`{name}`", values, _GENERATE_IN_CODE)
            elif any(v.text.rpartition(".")[2] in ("SecureString", "SECURE_STRING") for v in values):
                yield self.secure_string(file, f"`{name}`", start, end)

    def literals(
        self, file: SourceFile, what: str, values: list[Value], compliant: str, ignored: bool = False
    ) -> Iterator[Finding]:
        """A finding where a secret's content holds literals: its secret members, or all of it.

        what: holds them, in the message. compliant: what to write instead. ignored: the value is only
        the first one, and a person replaces it.
        """
        members = [
            found.span(3)
            for value in values
            for found in _MEMBER.finditer(file.text, value.start, value.end)
            if _SECRET_NAME.search(found[1]) and _is_secret(found[3], ignored)
        ]
        whole = [(v.start, v.end) for v in values if v.kind == "text" and _is_whole(v.text, ignored)]
        secrets = members or whole
        if secrets:
            yield self.finding(
                file.span(min(start for start, _ in secrets), max(end for _, end in secrets)),
                f"{what} holds {'a literal secret' if len(secrets) == 1 else 'literal secrets'}",
                fix_hint=f"Have the value generated or put in by a person; rotate this one:\n    {compliant}",
                values=secrets,
            )

    def secure_string(self, file: SourceFile, what: str, start: int, end: int) -> Finding:
        name = what.strip("`").rpartition(".")[2]
        return self.finding(
            file.span(start, end),
            f"{what} keeps a secret in SSM Parameter Store in place of Secrets Manager",
            fix_hint="Make it a secret of Secrets Manager:\n    " + _secret_in(file, name),
        )


def _secret_in(file: SourceFile, name: str) -> str:
    """The compliant resource, in the file's own language."""
    path = file.path.lower()
    if path.endswith(TERRAFORM.suffixes):
        return f'resource "aws_secretsmanager_secret" "{name}" {{ name = "{{service}}/{{environment}}" }}'
    if path.endswith(YAML.suffixes + JSON.suffixes):
        return f"{name}: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: …/production}}}}"
    if path.endswith(PYTHON.suffixes):
        return "secretsmanager.Secret(self, …, secret_name='{service}/{environment}')"
    return 'new secretsmanager.Secret(this, …, { secretName: "{service}/{environment}" })'


def _is_public(text: str, start: int) -> bool:
    """Whether the value at `start` is named as none that is secret: `user: …`, but not `userPassword: …`."""
    found = _VALUE_OF.search(text, max(start - 80, 0), start)
    name = found[found.lastindex or 0] if found is not None else ""
    return _PUBLIC_NAME.match(name) is not None and not _SECRET_NAME.search(name)


def _is_secret(text: str, ignored: bool) -> bool:
    """Whether a literal may be a secret; where it is `ignored` it must look random."""
    if is_template_value(text):
        return False
    return not ignored or (len(text) >= 12 and re.search(r"\d", text) is not None)


def _is_whole(text: str, ignored: bool) -> bool:
    """Whether a content that is one literal is a secret: not a JSON object, whose members are judged."""
    return not text.lstrip().startswith(("{", "[")) and bool(text.strip()) and _is_secret(text, ignored)


def _members(file: SourceFile) -> Iterator[tuple[str, tuple[int, int], list[Value]]]:
    """`secretString` and `type` members in JavaScript, such arguments in Python: name, place, values."""
    path = file.path.lower()
    if path.endswith(JAVASCRIPT.suffixes):
        tree = file.parsed_with(javascript.parse)
        for hit in file.keyword_matches:
            around = tree.path(hit.end - 1)
            pair = next((node for node in around[:5] if node.type == "pair"), None)
            name = javascript.key(tree, pair) if pair is not None else ""
            if pair is not None and name in ("secretString", "type"):
                values = javascript.values(tree, javascript.member_value(pair))
                yield name, (pair.start_byte, pair.end_byte), values
    elif path.endswith(PYTHON.suffixes):
        module = file.parsed_with(python.module)
        for call, scope in module.calls:
            for keyword in call.keywords:
                if keyword.arg in ("secret_string", "type"):
                    values = [calls.python_value(file, module, keyword.value, scope)]
                    yield keyword.arg, module.offsets(keyword), values
