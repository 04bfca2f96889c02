from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint import secrets
from palint.aws import secret_references
from palint.aws.key_values import in_tests
from palint.findings import Finding, Severity
from palint.languages import calls, hcl
from palint.languages import yaml as yaml_
from palint.languages.value import INTERPOLATION, Value
from palint.rule import JAVASCRIPT, JSON, PYTHON, TERRAFORM, YAML, Clause, Example, Rule
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

_ARN = lazy_re.compile(r"arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:([^:]*)")
_SUFFIX = lazy_re.compile(r"-[A-Za-z0-9]{6}$")  # Secrets Manager adds it to every ARN
# Names that an AWS service prescribes: MSK's, Directory Service's, and of what services make (`rds!…`).
_PRESCRIBED = lazy_re.compile(r"AmazonMSK_|aws/|[a-z-]+!")
_NO_NAME = lazy_re.compile(r"^\s*$|<[^<>]*>|^[^\w\0]+$|\s")
_CALLS = frozenset([r"create_?secret", r"get_secret_string\("])
_SHORT = {
    "prod": "production",
    "prd": "production",
    "live": "production",
    "stg": "staging",
    "stage": "staging",
}
_SHORT |= {"dev": "development", "develop": "development"}


class SecretName(Rule):
    """Secrets whose name is not `{service}/{environment}`.

    ## Why

    One naming scheme makes access policies, rotation and audits possible: a role may read `api/production`
    and nothing else, and whoever sees the name knows whose it is. Another name is outside of all that.

    ## Do this instead

    One secret for each service and environment: a JSON object with everything the service needs there.

    ```python
    client.get_secret_value(SecretId=f"api/{environment}")
    ```

    ```typescript
    await client.send(new GetSecretValueCommand({ SecretId: `api/${environment}` }));
    ```

    ```hcl
    resource "aws_secretsmanager_secret" "api" {
      name = "api/${var.environment}"
    }
    ```

    ```yaml
    Name: !Sub "api/${Environment}"
    ```

    ```typescript
    new secretsmanager.Secret(this, "Api", { secretName: `api/${environment}` });
    ```

    ```python
    secretsmanager.Secret(self, "Api", secret_name=f"api/{environment}")
    ```

    ```yaml
    - uses: aws-actions/aws-secretsmanager-get-secrets@v2
      with: {secret-ids: "API, api/production"}
    ```

    ## Settings

    `environments` (at the top level, not this rule's own) lists the environments; by default `production`,
    `staging`, `development`. Two segments of which the second is none of them are a warning.

    ## Fix

    None: a secret cannot be renamed, and whoever reads it has to follow.

    ## Limits

    Python, JavaScript, TypeScript, Terraform, CloudFormation, SAM, CDK and the action
    `aws-secretsmanager-get-secrets` are read. A name in a variable is followed to one assignment in the same
    file, further not. Of a name that is put together only the number of segments, and a literal environment,
    can be judged. Of an ARN the name is judged, with and without its 6-character suffix. Test files, and
    names that an AWS service prescribes (`AmazonMSK_…`, `rds!…`, `aws/…`), are left out.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    files = PYTHON | JAVASCRIPT | TERRAFORM | YAML | JSON
    keywords = (
        "SecretId",
        r"create_?secret",
        r"secret_?name",
        r"get_secret_string\(",
        "aws_secretsmanager_secret",
        "AWS::SecretsManager::Secret",
        "resolve:secretsmanager:",
        "aws-secretsmanager-get-secrets",
    )

    bad = (
        Example('client.get_secret_value(SecretId="my-api-prod")\n', location="my-api-prod", path="app.py"),
        Example(
            'NAME = "prod/api/db"\n\nsecret = client.get_secret_value(SecretId=NAME)\n',
            location="prod/api/db",
            path="app.py",
        ),
        Example(
            'client.get_secret_value(SecretId=f"{service}-{env}")\n',
            location="{service}-{env}",
            path="app.py",
        ),
        Example(
            'client.get_secret_value(SecretId="{}/{}/db".format(service, env))\n',
            location='"{}/{}/db"',
            path="app.py",
        ),
        Example(
            'client.create_secret(Name="/api/production", SecretString=s)\n',
            location="/api/production",
            path="app.py",
        ),
        Example('get(**{"SecretId": "database"})\n', location="database", path="app.py"),
        Example(
            'client.get_secret_value(SecretId="production/api")\n',
            location="production/api",
            path="app.py",
            severity=Severity.WARNING,
        ),
        Example(
            'client.get_secret_value(SecretId="arn:aws:secretsmanager:eu-west-2:123456789012:secret:db-AbCdEf")\n',
            location="arn:aws:",
            path="app.py",
        ),
        Example(
            'await client.send(new GetSecretValueCommand({ SecretId: "my-api-prod" }));\n',
            location="my-api-prod",
            path="a.ts",
        ),
        Example(
            "const data = await client.getSecretValue({ SecretId: `${service}-${env}` }).promise();\n",
            location="${service}-${env}",
            path="a.js",
        ),
        Example(
            'const SecretId = process.env.SECRET_ID || "api-secrets";\n'
            "send(new GetSecretValueCommand({ SecretId }));\n",
            location="api-secrets",
            path="a.js",
        ),
        Example(
            'new GetSecretValueCommand({ SecretId: "app/" + service + "/" + env });\n',
            location='"app/" +',
            path="a.ts",
        ),
        Example(
            'resource "aws_secretsmanager_secret" "db" {\n  name = "db-password"\n}\n',
            location="db-password",
            path="a.tf",
        ),
        Example(
            'resource "aws_secretsmanager_secret" "db" {\n  name_prefix = "db-"\n}\n',
            location="db-",
            path="a.tf",
        ),
        Example(
            'resource "aws_secretsmanager_secret" "db" {\n  name = "${var.project}/${var.env}/db"\n}\n',
            location="${var.project}",
            path="a.tf",
        ),
        Example(
            'data "aws_secretsmanager_secret_version" "db" {\n  secret_id = "database"\n}\n',
            location="database",
            path="a.tf",
        ),
        Example(
            """Resources:
  DbSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: !Sub "${AWS::StackName}-db"
""",
            location="${AWS::StackName}-db",
            path="template.yaml",
        ),
        Example(
            "A:\n  Password: '{{resolve:secretsmanager:db-password:SecretString:password}}'\n",
            location="db-password",
            path="template.yaml",
        ),
        Example(
            "{% if x %}\nS:\n  Type: AWS::SecretsManager::Secret\n  Properties:\n    Name: db-password\n",
            location="db-password",
            path="template.yaml",
            note="a template of a template: its text is looked at",
        ),
        Example(
            """import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
new secretsmanager.Secret(this, "Db", { secretName: "db-password" });
""",
            location="db-password",
            path="stack.ts",
        ),
        Example(
            """import { Secret } from "aws-cdk-lib/aws-secretsmanager";
const secret = Secret.fromSecretNameV2(this, "Db", "db-password");
""",
            location="db-password",
            path="stack.ts",
        ),
        Example(
            "from aws_cdk import aws_secretsmanager as sm\n\nsm.Secret(self, 'D', secret_name='db-secret')\n",
            location="db-secret",
            path="stack.py",
        ),
        Example(
            """jobs:
  a:
    steps:
      - uses: aws-actions/aws-secretsmanager-get-secrets@v2
        with:
          secret-ids: |
            API, api/production
            DB, db-password
""",
            location="db-password",
            path=".github/workflows/a.yml",
        ),
    )
    good = (
        Example('client.get_secret_value(SecretId="api/production")\n', path="app.py"),
        Example('client.get_secret_value(SecretId=f"api/{environment}")\n', path="app.py"),
        Example('client.get_secret_value(SecretId=os.environ["SECRET_ID"])\n', path="app.py"),
        Example("client.get_secret_value(SecretId=secret_id)\n", path="app.py"),
        Example(
            'get(SecretId="arn:aws:secretsmanager:eu-west-2:123456789012:secret:api/production-a1B2c3")\n',
            path="app.py",
        ),
        Example(
            'get(SecretId="arn:aws:secretsmanager:eu-west-2:123456789012:secret:api/staging")\n',
            path="app.py",
        ),
        Example('cos = Config(SecretId="id", SecretKey=key)\n', path="tencent.py"),
        Example('client.get_secret_value(SecretId="db")\n', path="tests/test_app.py"),
        Example("new GetSecretValueCommand({ SecretId: `${service}/${env}` });\n", path="a.ts"),
        Example("new GetSecretValueCommand({ SecretId: props.secret });\n", path="a.ts"),
        Example("const volume = { secretName: 'tls' };\n", path="a.ts"),
        Example(
            'resource "aws_secretsmanager_secret" "a" {\n  name = "${var.service}/${var.environment}"\n}\n'
            'resource "aws_secretsmanager_secret" "b" {\n  name_prefix = "api/production-"\n}\n'
            'resource "aws_secretsmanager_secret" "c" {\n  name = var.name\n}\n',
            path="a.tf",
        ),
        Example(
            """Resources:
  S:
    Type: AWS::SecretsManager::Secret
    Properties: {Name: !Sub "api/${Environment}"}
  T:
    Type: AWS::SecretsManager::Secret
    Properties: {Name: !Ref Name}
  U:
    Type: AWS::SecretsManager::Secret
""",
            path="template.yaml",
        ),
        Example(
            """steps:
  - uses: aws-actions/aws-secretsmanager-get-secrets@v2
    with: {secret-ids: "API, ${{ vars.service }}/production"}
""",
            path=".github/workflows/a.yml",
        ),
        Example("spec:\n  tls:\n    - secretName: tls\n", path="ingress.yaml"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        path = file.path.lower()
        if in_tests(path):
            return
        stands = {self.keywords[hit.keyword] for hit in file.keyword_matches}
        try:
            values = list(self.names(file, path, stands))
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message}; searched as text for secrets' names")
            values = list(secret_references.in_text(file.text))
        for value in {value.start: value for value in values}.values():
            problem = self.problem(value, path)
            if problem is not None and not secrets.in_line(
                value.text, path
            ):  # else `hardcoded-secret` speaks
                severity, message, better = problem
                yield self.finding(
                    file.span(value.start, value.end),
                    message,
                    severity=severity,
                    fix_hint=f"Name it {{service}}/{{environment}}, for instance `{better}`: one secret, "
                    "which holds all that the service needs there, as JSON.",
                )

    def names(self, file: SourceFile, path: str, stands: set[str]) -> Iterator[Value]:
        """What names a secret. stands: the keywords that the file holds."""
        is_cdk = "secretsmanager" in file.text and calls.is_infrastructure(file.text)
        ends = [hit.end for hit in file.keyword_matches]
        if path.endswith(TERRAFORM.suffixes):
            if "aws_secretsmanager_secret" in stands:
                yield from secret_references.in_terraform(file.parsed_with(hcl.parse), ends)
        elif path.endswith(PYTHON.suffixes + JAVASCRIPT.suffixes):
            if is_cdk or "SecretId" in file.text or stands & _CALLS:
                if path.endswith(PYTHON.suffixes):
                    yield from secret_references.in_python(file, is_cdk)
                else:
                    yield from secret_references.in_javascript(file, ends, is_cdk)
        elif stands & {"AWS::SecretsManager::Secret", "aws-secretsmanager-get-secrets"}:
            documents = file.parsed_with(yaml_.parse)
            yield from secret_references.in_cloudformation(file, documents)
            yield from secret_references.in_workflow(file, documents)
        if "resolve:secretsmanager:" in stands and path.endswith(YAML.suffixes + JSON.suffixes):
            yield from secret_references.in_references(file.text)

    def problem(self, value: Value, path: str) -> tuple[Severity, str, str] | None:
        """(severity, message, a better name) of a name, or None where it is right or cannot be known."""
        if value.kind not in ("text", "template") or _NO_NAME.search(value.text):
            return None
        name = value.text
        arn = _ARN.match(name)
        if arn is not None:
            name = arn[1]
            if _SUFFIX.search(name) and self._is_right(_SUFFIX.sub("", name)):
                return None
        elif name.startswith("arn:"):
            return None
        if not name.strip(INTERPOLATION + "*") or _PRESCRIBED.match(name) or self._is_right(name):
            return None
        shown = secrets.redact_line(name.replace(INTERPOLATION, "…"), path)
        better = self._better(name if "*" not in shown else "")
        if name.count("/") == 1 and all(name.split("/")):
            known = ", ".join(self.config.environments)
            message = f"`{shown}` does not end in a configured environment ({known})"
            return Severity.WARNING, message, better
        return Severity.ERROR, f"`{shown}` is not {{service}}/{{environment}}", better

    def _is_right(self, name: str) -> bool:
        service, slash, environment = name.partition("/")
        return bool(service and slash) and (
            environment == INTERPOLATION or environment in self.config.environments
        )

    def _better(self, name: str) -> str:
        """A guess at what the reader would call it."""
        words = [word for word in re.split(r"[/_.-]", name) if word]
        environment = next(
            (_SHORT.get(w, w) for w in words if _SHORT.get(w, w) in self.config.environments), ""
        )
        service = "-".join(w for w in words if _SHORT.get(w, w) != environment and INTERPOLATION not in w)
        return f"{service or 'api'}/{environment or self.config.environments[0]}"
