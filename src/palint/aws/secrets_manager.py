"""AWS Secrets Manager in fix texts: a secret's name, how to read it in a file's language, shared phrases.

Every rule takes the service, the environment, the profile and these phrases from here, so that two findings
of one file never contradict each other.
"""

from __future__ import annotations

import heapq
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from palint.aws.key_values import in_tests, is_placeholder
from palint.tree.project import Project
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

ROTATE = "rotate it: anyone who can read the repository has it"
_DEFAULT_PROFILE = "palindrom"  # the standard's

# --- facts about the repository

_MAX_FILES, _MAX_BYTES = 120, 64 << 10  # files to read, and bytes of each
_ENVIRONMENT = lazy_re.compile(
    rb"/(?:production|prod|staging|stage|stg|development|dev|preprod|uat|qa|test|sandbox)(?![\w./{}-])"
)
_SERVICE = lazy_re.compile(rb"(?<![\w./{}$-])([a-z][a-z0-9-]{1,40})\Z")  # of `api/production`
_FOLDERS = frozenset(("config", "configs", "env", "envs", "environment", "environments", "deploy", "src"))
_PROFILE = lazy_re.compile(
    rb"(?:\baws\s[^\n]{0,80}?--profile[ =]|\bAWS_PROFILE\s{0,3}(?::?[-=]|:)\s{0,3})[\"']?"
    rb"([A-Za-z][\w.-]{1,39})(?![\w.$({-])"
)
_ROLE = lazy_re.compile(rb"arn:aws[\w-]*:iam::(\d{12}):role/")
# Words with few digits: `acme-dev2`, an account's number, but not a random string.
_NAME = lazy_re.compile(r"(?:[A-Za-z]+\d{0,4}|\d{1,12})(?:[._-](?:[A-Za-z]+\d{0,4}|\d{1,12})){0,8}")
# Files that may show how to sign in and which secret is used: documentation and examples are read first, then
# scripts and infrastructure, then code.
_FIRST = ("readme", "contributing", "makefile", "justfile", ".envrc")
_ROWS = dict.fromkeys(("sh", "tf", "md"), 1) | dict.fromkeys(
    ("py", "ts", "js", "mjs", "go", "java", "kt", "rb", "php", "cs", "rs"), 2
)
_DOCUMENT = lazy_re.compile(r"(?i)\.(?:md|rst|txt)$|readme|example")  # may quote the standard's own examples


class Facts(NamedTuple):
    """Facts about a repository, found in its files.

    service: as in `{service}/{environment}`. profile: the AWS profile of its developers. accounts: the AWS
    accounts whose roles it uses, twelve digits each.
    """

    service: str
    profile: str
    accounts: frozenset[str]


def facts(project: Project) -> Facts:
    """Read the repository's documentation, scripts and code, at most 120 files; computed once per project.

    Those of a change's base are those of its head: both sides are compared as the same repository.
    """
    return (project.head or project).cached(_facts)


def _facts(project: Project) -> Facts:
    services: Counter[str] = Counter()
    profiles: Counter[str] = Counter()
    accounts: set[str] = set()
    for path in _files_to_read(project):
        data = project.tree.read(path, _MAX_BYTES).data or b""
        if b"--profile" in data or b"AWS_PROFILE" in data:
            for found in _PROFILE.finditer(data):
                profiles[found[1].decode("ascii", "replace")] += 1
        accounts.update(found[1].decode("ascii") for found in _ROLE.finditer(data))
        if not _DOCUMENT.search(path):
            services.update(_services(data))
    service = _most_common(services, _FOLDERS)
    return Facts(
        service or _repository_name(project),
        _most_common(profiles) or _owner(project) or _DEFAULT_PROFILE,
        frozenset(accounts),
    )


def _services(data: bytes) -> Iterator[str]:
    """The services in the names of secrets in a text: `api` of `SecretId="api/production"`."""
    if b"secret" not in data.lower():
        return
    for found in _ENVIRONMENT.finditer(data):
        name = _SERVICE.search(data, max(found.start() - 41, 0), found.start())
        if name and b"secret" in data[max(name.start() - 120, 0) : found.end()].lower():
            yield name[1].decode("ascii")


def _files_to_read(project: Project) -> list[str]:
    """The files to read, those near the root first."""
    ranked = ((row, path.count("/"), path) for path in project.files() if (row := _row(path)) is not None)
    return [path for _, _, path in heapq.nsmallest(_MAX_FILES, ranked)]


def _row(path: str) -> int | None:
    """The rank of a file in reading order; None for one that is not read."""
    name = path[path.rfind("/") + 1 :].lower()
    if name.startswith(_FIRST) or ("env" in name and "example" in name):
        return 0
    if name.endswith((".yml", ".yaml")):
        return 1 if ".github/workflows/" in path or name.startswith(("serverless", "template")) else None
    return _ROWS.get(name[name.rfind(".") + 1 :])


def _most_common(names: Counter[str], excluded: frozenset[str] = frozenset()) -> str:
    """The most frequent name, "" if there is none; never a string that may be a secret."""
    for name, _ in sorted(names.items(), key=lambda item: (-item[1], item[0])):
        usable = name not in excluded and name != "default" and not is_placeholder(name)
        if usable and _NAME.fullmatch(name):
            return name
    return ""


def _repository_name(project: Project) -> str:
    name = (project.own_name or os.path.basename(project.root)).rpartition("/")[2].lower()
    return re.sub("[^a-z0-9]+", "-", name).strip("-") or "api"


def _owner(project: Project) -> str:
    """The repository's organisation, after which the standard names the profile."""
    owner = (project.own_name or "").partition("/")[0].lower()
    return owner if _NAME.fullmatch(owner) else ""


def service(project: Project) -> str:
    """The service that the repository's own secret names use most, else the repository's name."""
    return facts(project).service


def profile(project: Project) -> str:
    """The AWS profile that the repository's documentation or scripts sign in with, else its owner's name."""
    return facts(project).profile


# --- a secret's name

_ENVIRONMENTS = {  # abbreviations of environments in file names
    "prod": "production", "prd": "production", "live": "production", "stg": "staging", "stage": "staging",
    "dev": "development", "develop": "development",
}  # fmt: skip
_LOCAL = lazy_re.compile(r"(?:^|[/.])(?:env|envrc|flaskenv)(?:\.local)?$|[._-]local(?:[._-]|$)|/\.local/")


@lru_cache(maxsize=4096)  # in a history, a thousand versions may have one path
def environment(environments: tuple[str, ...], path: str) -> str:
    """The environment whose secrets a file holds or reads, one of `environments`.

    From the file's name (`.env.staging`, `application-prod.yml`), else from its folders, innermost first
    (`environments/prod/main.tf`). Otherwise development for local and test files, production for others.
    """
    folders, _, name = path.lower().rpartition("/")
    words = re.split(r"[._\s-]+", name)
    for word in (*reversed(words), *reversed(folders.split("/"))):
        found = environment_of(word, environments)
        if found:
            return found
    lower = path.lower()
    usual = "development" if _LOCAL.search(lower) or in_tests(lower) else "production"
    return environment_of(usual, environments) or (environments[0] if environments else usual)


def environment_of(word: str, environments: Sequence[str]) -> str:
    """The configured environment that a word names, in full or abbreviated; "" for none."""
    wanted = _ENVIRONMENTS.get(word, word)
    for each in environments:
        lower = each.lower()
        if lower and (lower in (word, wanted) or _ENVIRONMENTS.get(lower) == wanted):
            return each
    return ""


def secret_id(project: Project, environments: Sequence[str], path: str) -> str:
    """`{service}/{environment}` for a file's secrets. environments: those of the settings."""
    return f"{service(project)}/{environment(tuple(environments), path)}"


# --- how a secret is read

_SUFFIXES = {
    "py": "python", "pyi": "python", "pyw": "python", "ipynb": "python", "js": "javascript",
    "jsx": "javascript", "mjs": "javascript", "cjs": "javascript", "ts": "javascript", "tsx": "javascript",
    "mts": "javascript", "cts": "javascript", "vue": "javascript", "go": "go", "java": "java", "kt": "kotlin",
    "kts": "kotlin", "scala": "java", "rb": "ruby", "rake": "ruby", "php": "php", "cs": "csharp",
    "rs": "rust", "sh": "shell", "bash": "shell", "zsh": "shell", "tf": "terraform", "tfvars": "terraform",
}  # fmt: skip
_READ = {
    "python": 'secret = json.loads(\n    boto3.client("secretsmanager").get_secret_value(SecretId="{id}")'
    '["SecretString"]\n)',
    "javascript": "const { SecretString } = await new SecretsManagerClient({}).send(\n"
    '  new GetSecretValueCommand({ SecretId: "{id}" }),\n);\nconst secret = JSON.parse(SecretString);',
    "go": "out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx,\n"
    '    &secretsmanager.GetSecretValueInput{SecretId: aws.String("{id}")})',
    "java": "String secret = SecretsManagerClient.create()\n"
    '    .getSecretValue(r -> r.secretId("{id}")).secretString();',
    "kotlin": "val secret = SecretsManagerClient.create()\n"
    '    .getSecretValue { it.secretId("{id}") }.secretString()',
    "ruby": "secret = JSON.parse(\n"
    '  Aws::SecretsManager::Client.new.get_secret_value(secret_id: "{id}").secret_string\n)',
    "php": "$secret = json_decode((new SecretsManagerClient([]))\n"
    "    ->getSecretValue(['SecretId' => '{id}'])['SecretString'], true);",
    "csharp": "var secret = await new AmazonSecretsManagerClient()\n"
    '    .GetSecretValueAsync(new GetSecretValueRequest { SecretId = "{id}" });',
    "rust": 'let secret = client.get_secret_value().secret_id("{id}").send().await?;',
    "shell": 'secret="$(aws secretsmanager get-secret-value --secret-id {id} \\\n'
    '  --query SecretString --output text)"',
    "terraform": 'data "aws_secretsmanager_secret_version" "app" {\n  secret_id = "{id}"\n}',
}


def language(path: str) -> str:
    """The language of a file by its name, if `read` supports it, else ""."""
    name = path.lower().rpartition("/")[2]
    return _SUFFIXES.get(name.rpartition(".")[2], "") if "." in name else ""


def read(language: str, secret: str) -> str:
    """The statement that reads a secret in a language, each line indented by four columns; "" for others."""
    statement = _READ.get(language, "").replace("{id}", secret)
    return "\n".join("    " + line for line in statement.splitlines())


def read_in_workflow(secret: str) -> str:
    """The step, indented by four columns, that puts a secret's keys into a job's environment.

    https://github.com/aws-actions/aws-secretsmanager-get-secrets: without an alias before the comma, the
    keys are the variables' names.
    """
    return (
        "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n      with:\n"
        f"        secret-ids: |\n          ,{secret}\n        parse-json-secrets: true"
    )


def access(project: Project) -> str:
    """A sentence on how to get access to a secret."""
    return (
        "In AWS the task's role gives access; on a laptop run "
        f"`aws sso login --profile {profile(project)}` first."
    )


def replace_literal(project: Project, environments: Sequence[str], path: str, *, certain: bool = True) -> str:
    """The fix for a secret written into a file: rotate it, store it, read it.

    certain: whether it is certainly a real secret.
    """
    secret = secret_id(project, environments, path)
    statement = read(language(path), secret)
    rotate = ROTATE if certain else f"if it is used anywhere, {ROTATE}"
    stored = f"{rotate}. Store the new value in AWS Secrets Manager as `{secret}`"
    if path.lower().endswith((".md", ".rst", ".txt", ".adoc")):
        return f"{stored}, and give that name here instead of the value."
    if not statement:
        return f"{stored}, and let the program read it from there when it starts."
    return f"{stored} and read it with:\n{statement}"
