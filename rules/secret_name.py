"""The rule `secret-name`: names in Secrets Manager follow `{service}/{environment}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from palint import secrets
from palint.aws import secret_references, secrets_manager
from palint.aws.key_values import is_template_value
from palint.files import environments as file_environments
from palint.files import roles
from palint.files.sets import in_language, is_workflow
from palint.findings import Severity, Violation
from palint.languages.value import INTERPOLATION, Value
from palint.rule import JAVASCRIPT, JSON, PYTHON, SHELL, TERRAFORM, YAML, Clause, Example, Rule
from palint.secrets.names import is_secret_setting
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.tree.project import Project

_MAX_NAME = 44  # characters of a name that a message shows
_ARN = lazy_re.compile(r"arn:[^:]*:secretsmanager:[^:]*:(?P<account>[^:]*):secret:(?P<name>[^:]*)")
_SUFFIX = lazy_re.compile(r"-[A-Za-z0-9]{6}$")  # Secrets Manager adds it to every ARN
# Names that AWS services prescribe: MSK's, Directory Service's, and those of secrets they create (`rds!…`).
_PRESCRIBED = lazy_re.compile(r"AmazonMSK_|aws/|[a-z-]+!")
_SPACE = lazy_re.compile(r"\s")
# A variable in a template, not one that is only read from `process.env`
_ENVIRONMENT = lazy_re.compile(r"(?i)\$?\{[\w.]{0,60}(?:env(?!\.)|stage)[\w.]{0,60}\}")
# `my svc/production` is one, `$.detail.secretId` is a path in JSON
_NOT_A_NAME = lazy_re.compile(r"^\s*$|^\$\.|<[^<>]*>|^[^\w\0]+$|\s(?!\S*/\w+$)")
# As fix texts write it; in a document it stands for any name
_LEFT_OPEN = lazy_re.compile(r"[\w+=.@-]+/<[^<>]*>")


class _NameProblem(NamedTuple):
    """A name that does not follow the standard.

    name: as written, interpolations as `INTERPOLATION`. environment_only: whether it has two parts and only
    the second, no configured environment, is wrong. suggestion: a correct name. account: of an ARN, else "".
    """

    name: str
    environment_only: bool
    suggestion: str
    account: str


# Languages in which a name is found by the call that reads it
_READERS = in_language(
    "java", "kotlin", "scala", "go", "php", "ruby", "csharp", "rust", "elixir", "swift", "makefile",
    "jenkinsfile", "properties",
)  # fmt: skip


class SecretName(Rule):
    """A secret whose name does not follow `{service}/{environment}`.

    ## Why

    One naming scheme makes access policies, rotation and audits possible: a role may read `api/production`
    and nothing else, and the name tells everyone whose secret it is.

    ## Do this instead

    One secret for each service and environment: a JSON object with everything that the service needs there.

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

    ```yaml
    - uses: aws-actions/aws-secretsmanager-get-secrets@v2
      with: {secret-ids: ",api/production", parse-json-secrets: true}
    ```

    ## Settings

    `environments` (at the top level, not this rule's own) lists the environments; by default `production`,
    `staging`, `development`. A name of two parts whose second part is not one of them is a warning.

    ## Fix

    None: a secret cannot be renamed, and everything that reads it has to follow.

    ## Limits

    Checks Python, JavaScript, TypeScript, Terraform, CloudFormation, SAM, CDK, the action
    `aws-secretsmanager-get-secrets`, `aws secretsmanager … --secret-id`, the SDKs of Java, Kotlin, Go, C#,
    PHP, Ruby and Rust, ExternalSecret (where its store is named after AWS), SecretProviderClass, Spring's
    `aws-secretsmanager:` and `/aws/reference/secretsmanager/…`. A name in a variable is followed to one
    assignment in the same file. Of a name that is put together only the number of parts, and a literal
    environment, can be judged. Of an ARN the name is judged, with and without its 6-character suffix; a
    secret that is read by its ARN is a warning, and not reported where the repository signs in to other
    accounts only, since it is then not this repository's to rename. Tests and names that an AWS service
    prescribes (`AmazonMSK_…`, `rds!…`, `aws/…`) are not checked.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    since = "0.1.0"
    files = PYTHON | JAVASCRIPT | TERRAFORM | YAML | JSON | SHELL | _READERS
    keywords = secret_references.KEYWORDS

    bad = (
        Example('client.get_secret_value(SecretId="my-api-prod")\n', location="my-api-prod", path="app.py"),
        Example(
            'client.get_secret_value(SecretId=f"{service}-{env}")\n', location="{service}-{env}",
            path="app.py",
        ),
        Example(
            'client.get_secret_value(SecretId="production/api")\n', location="production/api", path="app.py",
            severity=Severity.WARNING,
        ),
        Example(
            'resource "aws_secretsmanager_secret" "db" {\n  name = "db-password"\n}\n',
            location="db-password", path="a.tf",
        ),
        Example(
            "aws secretsmanager get-secret-value --secret-id db-password\n", location="db-password",
            path="run.sh",
        ),
        Example("client.get_secret_value(secret_id: 'db-password')\n", location="db-password", path="app.rb"),
        Example(
            """jobs:
  a:
    steps:
      - uses: aws-actions/aws-secretsmanager-get-secrets@v2
        with:
          secret-ids: |
            API, api/production
            DB, orders-db
""",
            location="orders-db", path=".github/workflows/a.yml",
        ),
        Example(
            "jobs:\n  a:\n    steps:\n      - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n"
            "        with: {secret-ids: ',shop/<environment>'}\n",
            location="shop/<environment>", path=".github/workflows/a.yml",
            note="the environment is left open",
        ),
    )  # fmt: skip
    good = (
        Example('client.get_secret_value(SecretId="api/production")\n', path="app.py"),
        Example('client.get_secret_value(SecretId=f"api/{environment}")\n', path="app.py"),
        Example('client.get_secret_value(SecretId=os.environ["SECRET_ID"])\n', path="app.py"),
        Example('aws secretsmanager get-secret-value --secret-id "$SECRET_ID"\n', path="run.sh"),
        Example(
            'resource "aws_secretsmanager_secret" "a" {\n  name = "${var.service}/${var.environment}"\n}\n'
            'resource "aws_secretsmanager_secret" "b" {\n  name_prefix = "api/production-"\n}\n'
            'resource "aws_secretsmanager_secret" "c" {\n  name = var.name\n}\n',
            path="a.tf",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        if roles.is_test(file.path):
            return
        values = secret_references.find(file)
        environments = self.config.environments
        # A line that repeats a name needs one finding, as a line that two forms read does.
        places = {value.start: value for value in values}.values()
        for value in {(file.line_at(v.start)[0], v.text): v for v in reversed(places)}.values():
            problem = _find_problem(value, environments, file.path)
            # A secret in the place of a name is reported by `hardcoded-secret`.
            if problem is None or secrets.in_line(value.text, file.path.lower()):
                continue
            if secret_references.is_quoted(file, value.start, value.end):
                continue
            if problem.account and self._is_foreign(problem.account, project):
                continue
            written = _ENVIRONMENT.search(file.text, value.start, value.end)
            if written and not problem.environment_only:
                problem = problem._replace(suggestion=f"{problem.suggestion.rpartition('/')[0]}/{written[0]}")
            if value.text.count(INTERPOLATION) > 1 or "{each." in file.text[value.start : value.end]:
                # Something else than the environment differs, too
                problem = problem._replace(suggestion="{service}/{environment}")
            elif value.text.startswith(INTERPOLATION) and not (written and written.start() == value.start):
                problem = problem._replace(suggestion=f"/{problem.suggestion.rpartition('/')[2]}")
            service, _, environment = problem.suggestion.rpartition("/")
            if not service or "-" in service:
                from palint.advice import facts

                own = facts.of(project).service
                if not service or service.startswith(f"{own}-"):  # what a value is for is a key in the secret
                    problem = problem._replace(suggestion=f"{own}/{environment}")
            from palint.advice import secrets as secret_advice

            yield self.violation(
                file.span(value.start, value.end),
                self._message(problem, file.path.lower()),
                why="the secret may belong to another account" if problem.account else "",
                severity=Severity.WARNING if problem.environment_only or problem.account else None,
                fix_hint="write the environment there whose secret the job reads."
                if _LEFT_OPEN.fullmatch(problem.name)
                else secret_advice.name(self._suggestion(problem, file.path.lower())),
            )

    def _is_foreign(self, account: str, project: Project) -> bool:
        """Whether the repository signs in to AWS accounts, and this is not one of them."""
        from palint.advice import facts

        own = facts.of(project).accounts
        return bool(own) and account not in own

    def _message(self, problem: _NameProblem, path: str) -> str:
        name = secrets.redact_line(problem.name.replace(INTERPOLATION, "…"), path)
        cut = "…" if len(name) > _MAX_NAME else ""
        shown = f"secret name `{name[:_MAX_NAME]}{cut}`"
        if problem.environment_only:
            *some, last = self.config.environments
            known = f"{', '.join(some)} or {last}" if some else last
            return f"{shown} must end in an environment: {known}"
        message = f"{shown} does not follow `{{service}}/{{environment}}`"
        suggestion = self._suggestion(problem, path)
        example = f"{message}, e.g. {suggestion}"
        return example if len(example) <= 100 and suggestion not in message else message

    def _suggestion(self, problem: _NameProblem, path: str) -> str:
        """The suggested name; never any part of a name that may contain a secret."""
        redacted = "*" in secrets.redact_line(problem.name.replace(INTERPOLATION, "…"), path)
        return "`{service}/{environment}`" if redacted else f"`{problem.suggestion}`"


def _find_problem(value: Value, environments: tuple[str, ...], path: str) -> _NameProblem | None:
    """The problem of a name or ARN in a file of this path; None if it has none or this cannot be known."""
    if _LEFT_OPEN.fullmatch(value.text) and is_workflow(path.lower()):
        return _NameProblem(value.text, True, value.text, "")
    if value.kind not in ("text", "template") or _NOT_A_NAME.search(value.text):
        return None
    name, account = value.text, ""
    arn = _ARN.match(name)
    if arn is not None:
        name, account = arn["name"], arn["account"]
        if _SUFFIX.search(name) and _follows(_SUFFIX.sub("", name), environments):
            return None
    elif name.startswith("arn:"):
        return None
    if not name.strip(INTERPOLATION + "*") or _PRESCRIBED.match(name) or _follows(name, environments):
        return None
    if _SPACE.search(name) and name.rpartition("/")[2] not in environments:
        return None  # prose
    if name.isupper() and is_template_value(name):
        return None  # `REPLACE_IN_OVERLAY`
    if arn is not None:
        name = _SUFFIX.sub("", name)
    environment_only = name.count("/") == 1 and all(name.split("/")) and not _SPACE.search(name)
    return _NameProblem(name, environment_only, _suggest(name, environments, path), account)


def _follows(name: str, environments: Sequence[str]) -> bool:
    service, slash, environment = name.partition("/")
    return bool(service and slash and not _SPACE.search(service)) and (
        environment == INTERPOLATION or environment in environments
    )


def _suggest(name: str, environments: tuple[str, ...], path: str) -> str:
    """A name of the same words: `prod/api/db` becomes `api-db/production`; `/…` without a service.

    Words in capitals beside others are a variable (`links_API_TOKEN`): a key in the service's secret. So is
    what ends with a word for a secret (`pypi-password`), and `default` is no service.
    """
    words = [word for word in re.split(r"[/_.\s-]", name) if word]
    found = [(word, secrets_manager.environment_of(word, environments)) for word in words]
    environment = next((each for _, each in found if each), "")
    own = [word for word, each in found if not each and INTERPOLATION not in word and word != "default"]
    service = [word for word in own if not word.isupper()]
    if service and is_secret_setting(service[-1]):  # `admin-api/notify-api-key` is a key of `admin-api`
        first, slash, _ = name.strip("/").partition("/")
        of_first = re.split(r"[_.\s-]", first) if slash else []
        service = [word for word in of_first if word in service and not is_secret_setting(word)]
    of_path = (secrets_manager.environment_of(word, environments) for word in file_environments.words(path))
    environment = environment or next(filter(None, of_path), secrets_manager.UNKNOWN)
    return f"{'-'.join(service).lower()}/{environment}"
