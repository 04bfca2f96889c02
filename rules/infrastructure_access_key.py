"""The rule `infrastructure-access-key`: infrastructure code creates and uses no long-lived AWS keys."""

from __future__ import annotations

from collections.abc import Iterator

from palint.aws import access_key_resources, named_keys
from palint.aws.access_key_resources import CONSTRUCT_KEYWORDS, Created, GivenKeys
from palint.aws.key_values import is_key
from palint.files import languages
from palint.files.sets import in_language
from palint.findings import Edit, Fix, Severity, Violation
from palint.languages import hcl
from palint.rule import GO, JAVA, JAVASCRIPT, JSON, PYTHON, TERRAFORM, YAML, Clause, Example, Reads, Rule
from palint.secrets import redact_line
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

_SECRET_KEY = r"secret_key\"?\s*[=:]"
# A block that may have a key: most files with a name of one have none
_BLOCK = lazy_re.compile(r"aws_iam_access_key|(?:provider|backend)\s{1,80}\"?(?:aws|s3)\b")


class InfrastructureAccessKey(Rule):
    """Infrastructure code that creates a long-lived AWS key, or signs in with one.

    ## Why

    `aws_iam_access_key` and its equivalents create a key that works until someone deletes it, and store it in
    plain text in the state file or the stack's outputs. A key in a `provider` or `backend` block is copied to
    every machine that runs the code.

    ## Do this instead

    Create a role instead of the user and the key.

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

    ## Fix

    Removes `access_key` and `secret_key` from a `provider` or `backend` block of HCL (unsafe: the default
    chain must find a role). A resource that creates a key is never removed: that would revoke the key.

    ## Limits

    Checked: Terraform, OpenTofu, CloudFormation, SAM; CDK, cdktf and Pulumi in Python, JavaScript,
    TypeScript, Java and Go; in HCL (Terragrunt, Nomad, bake files) and these programs also what is named like
    a key and given a value or a reference, such as a function's environment or a `github_actions_secret`.
    Keys that a module creates are not found. A provider with other endpoints is a
    warning unless its keys are literals. Not reported: LocalStack's `test`, AWS's example keys, placeholders.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    reads = Reads.TEXT
    checks_history = True
    files = in_language("cloudformation") | TERRAFORM | YAML | JSON | PYTHON | JAVASCRIPT | JAVA | GO
    keywords = (
        "aws_iam_access_key", _SECRET_KEY, "AWS::IAM::AccessKey", *CONSTRUCT_KEYWORDS,
        *named_keys.KEYWORDS,
    )  # fmt: skip
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            'resource "aws_iam_access_key" "ci" {\n  user = aws_iam_user.ci.name\n}\n',
            location='resource "aws_iam_access_key"', path="iam.tf",
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
  access_key = var.key_id
  secret_key = var.key
  endpoints { s3 = "https://minio.internal" }
}
""",
            location="access_key", path="minio.tf", severity=Severity.WARNING,
        ),
        Example(
            'resource "github_actions_secret" "a" {\n  secret_name     = "AWS_SECRET_ACCESS_KEY"\n'
            "  plaintext_value = aws_iam_access_key.ci.secret\n}\n",
            location="AWS_SECRET", path="main.tf",
        ),
        Example(
            """Resources:
  CiKey:
    Type: AWS::IAM::AccessKey
    Properties: {UserName: !Ref Ci}
""",
            location="AWS::IAM::AccessKey", path="template.yaml",
        ),
        Example(
            'import * as iam from "aws-cdk-lib/aws-iam";\nnew iam.AccessKey(this, "K", { user });\n',
            location="new iam.AccessKey", path="stack.ts",
        ),
    )  # fmt: skip
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
        Example(
            'provider "aws" {\n  access_key = var.a\n  secret_key = var.b\n  token = var.c\n}\n',
            path="main.tf",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        language = languages.find(file.path)
        if language.syntax == "terraform":
            found = list(self._terraform(file, project))
        else:
            found = list(self._created(file, project))
        yield from found
        for key in named_keys.find(file):
            reported = any(each.span.offset <= key.start < each.span.end_offset for each in found)
            if key.form == "infrastructure" and not reported:
                yield self._report_named(file, project, key)

    def _created(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        matched = {self.keywords[match.keyword] for match in file.keyword_matches}
        if matched.isdisjoint(("aws_iam_access_key", "AWS::IAM::AccessKey", *CONSTRUCT_KEYWORDS)):
            return
        ends = [m.end for m in file.keyword_matches if self.keywords[m.keyword] in CONSTRUCT_KEYWORDS]
        try:
            created = list(access_key_resources.find(file, ends))
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message}; searched as plain text")
            created = list(access_key_resources.find_in_text(file.text))
        for found in created:
            yield self._report_created(file, project, found)

    def _report_named(self, file: SourceFile, project: Project, key: named_keys.NamedKey) -> Violation:
        from palint.advice import Place, aws_keys

        what = "is a hardcoded AWS key" if key.literal else "is given a static AWS key"
        values = [(key.value_start, key.value_end)] if key.literal else []
        place = Place(file, project)
        in_terraform = place.kind.language.id == "terraform-json"
        hint = aws_keys.terraform(place, values) if in_terraform else aws_keys.container(place, "", values)
        return self.violation(
            file.span(key.start, key.end), f"`{key.name}` {what}", fix_hint=hint, values=values
        )

    def _report_created(self, file: SourceFile, project: Project, found: Created) -> Violation:
        from palint.advice import Place, aws_keys

        return self.violation(
            file.span(found.start, found.end),
            f"`{found.what}` creates a long-lived AWS key",
            fix_hint=aws_keys.created(Place(file, project)),
        )

    def _terraform(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        if not _BLOCK.search(file.text):
            return
        tree = file.parsed_with(hcl.parse)
        seen: set[int] = set()
        for match in file.keyword_matches:
            path = tree.path(match.end - 1)
            block = next(iter(hcl.enclosing_blocks(tree, path)), None)
            if block is None or block.node.start_byte in seen:
                continue
            if block.labels[:1] == ("aws_iam_access_key",):
                seen.add(block.node.start_byte)
                found = Created(*block.header, ".".join(block.labels))
                yield self._report_created(file, project, found)
            elif (block.kind, block.labels[:1]) in (("provider", ("aws",)), ("backend", ("s3",))):
                seen.add(block.node.start_byte)
                yield from self._report_given(file, project, access_key_resources.in_block(tree, block))

    def _report_given(self, file: SourceFile, project: Project, keys: GivenKeys) -> Iterator[Violation]:
        """A finding for `access_key` and `secret_key` of a provider or a backend, if they are keys."""
        literals = [v for v in keys.values if v.kind == "text" and is_key(v.text)]
        if not literals and (keys.temporary or not any(v.kind in ("other", "template") for v in keys.values)):
            return
        doubt = "; the endpoints may not be AWS" if keys.elsewhere and not literals else ""
        source = redact_line(file.text[keys.values[0].start : keys.values[0].end], file.path)
        key = "has a hardcoded AWS key" if literals else f"uses a static AWS key from `{source}`"
        edits = tuple(Edit(file.span(*removed), "") for removed in keys.removals)
        from palint.advice import Place, aws_keys

        values = [(v.start, v.end) for v in literals]
        hint = aws_keys.terraform(Place(file, project), values)
        yield self.violation(
            file.span(keys.start, keys.end),
            f"`{keys.what}` {key}{doubt}",
            fix_hint=aws_keys.for_servers(hint) if keys.elsewhere else hint,
            severity=Severity.WARNING if doubt else Severity.ERROR,
            fix=Fix(edits, follow_up=aws_keys.after_fix(Place(file, project), values))
            if edits and not keys.elsewhere
            else None,
            values=values,
        )
