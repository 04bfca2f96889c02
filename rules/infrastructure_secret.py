"""The rule `infrastructure-secret`: no literal secrets in infrastructure code, and no SSM SecureString."""

from __future__ import annotations

from collections.abc import Iterable

from palint.aws import stored_secrets
from palint.aws.stored_secrets import StoredSecret
from palint.files.sets import in_language
from palint.findings import Violation
from palint.rule import DOCKERFILES, JSON, YAML, Clause, Example, Reads, Rule
from palint.text.source import ParseError, SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

_CODE = in_language(
    "terraform", "hcl", "python", "javascript", "jsx", "typescript", "tsx", "java", "go", "shell", "makefile",
    "justfile", "php", "ruby", "csharp", "kotlin", "rust", "scala",
)  # fmt: skip
_SIGNS = {  # in the messages
    "literal": "{} contains a literal secret",
    "literals": "{} contains literal secrets",
    "environment": "{} writes an environment variable's value into the template",
    "parameter": "{} stores a secret in SSM Parameter Store: use Secrets Manager",
    "read": "{} reads a secret from SSM Parameter Store: use Secrets Manager",
    "named": "{} reads a secret from SSM Parameter Store: use Secrets Manager",
}


class InfrastructureSecret(Rule):
    """A literal secret in infrastructure code, or a secret in SSM Parameter Store.

    ## Why

    A value that infrastructure code passes to Secrets Manager is in the repository, in its history and in the
    state file or the template that is stored with the stack. And secrets belong in Secrets Manager only: an
    SSM `SecureString` is a second store, with other permissions, other names and no rotation.

    ## Do this instead

    Let the infrastructure create the secret, and let its value be generated or set by hand.

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
    secretsmanager.Secret(self, "Api", secret_name="api/production")  # CDK generates the value
    ```

    ```bash
    aws secretsmanager get-secret-value --secret-id api/production --query SecretString --output text
    ```

    ## Fix

    None: rotate the secret first, and let its value come from elsewhere.

    ## Limits

    In a secret's JSON, only members with a secret's name (`password`, `token`, `apiKey`, …) are judged.
    Placeholders are not findings; a Terraform literal whose changes are ignored (`ignore_changes`) is one
    only when it looks random. Variables are not followed. A template that does not parse is searched for
    `SecretString` with a literal on its line. `aws_ssm_parameter` as a data source is not reported, since
    nothing says that the parameter is a secret. Nor is a SecureString of Terraform whose name is that of an
    id, a user, a host and the like. Tests may use SSM.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    since = "0.1.0"
    reads = Reads.TEXT
    checks_history = True
    files = _CODE | DOCKERFILES | JSON | YAML
    keywords = (
        r"secret_?(string|binary)", "SecureString", "SECURE_STRING", r"SecretValue[._](unsafe|plain)",
        "with_?decryption", "--with-decryption", "resolve:ssm-secure", "~true}",
        r"ssm(\([a-z0-9-]{1,30}\))?:/", r"uses:\s[^\n@]{0,80}(ssm|parameter-?store|params-env)",
    )  # fmt: skip
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            """resource "aws_secretsmanager_secret_version" "api" {
  secret_id     = aws_secretsmanager_secret.api.id
  secret_string = "{password}"
}
""",
            location="{password}", path="secrets.tf",
        ),
        Example(
            """resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  type  = "SecureString"
  value = var.token
}
""",
            location="type ", path="ssm.tf",
        ),
        Example(
            """Resources:
  ApiSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: api/production
      SecretString: '{"user":"app","password":"{password}"}'
""",
            location="{password}", path="template.yml",
        ),
        Example(
            """import { SecretValue } from "aws-cdk-lib";
const token = SecretValue.unsafePlainText("{password}");
""",
            location="{password}", path="stack.ts",
        ),
        Example(
            'answer = ssm.get_parameter(Name="/api/token", WithDecryption=True)\n', location="WithDecryption",
            path="app.py",
        ),
        Example(
            'aws ssm put-parameter --name /api/token --type SecureString --value "$TOKEN"\n',
            location="aws ssm", path="setup.sh",
        ),
    )  # fmt: skip
    good = (
        Example(
            """resource "aws_secretsmanager_secret_version" "api" {
  secret_string = random_password.api.result
}
resource "aws_secretsmanager_secret_version" "db" {
  secret_string = jsonencode({ username = "app", password = var.password, host = "${local.h}.internal" })
}
resource "aws_secretsmanager_secret_version" "db_username" {
  secret_string = "app_admin"
}
""",
            path="secrets.tf",
        ),
        Example('answer = ssm.get_parameter(Name="/api/url")\n# WithDecryption=True\n', path="app.py"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        try:
            found = list(stored_secrets.find(file))
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message}; searched as plain text")
            found = list(stored_secrets.in_unparsed(file))
        for secret in found:
            sign = "literals" if len(secret.values) > 1 else secret.kind
            yield self.violation(
                file.span(secret.start, secret.end),
                _SIGNS[sign].format(secret.holder),
                why="only a SecureString needs decryption" if secret.kind == "read" else "",
                fix_hint=self._advice(file, project, secret),
                values=secret.values,
            )

    def _advice(self, file: SourceFile, project: Project, secret: StoredSecret) -> str:
        from palint.advice import Place, secrets

        return secrets.infrastructure(Place(file, project, self.config.environments), secret)
