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

from palint.aws.key_values import is_placeholder
from palint.files import environments as file_environments
from palint.files import languages, roles
from palint.files.environments import full_name
from palint.files.languages import Language
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
_SHOWN_FIRST = frozenset(("shell", "terraform", "markdown"))
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
    language = languages.find(path)
    if language.syntax == "yaml":
        return 1 if language.id == "workflow" or name.startswith(("serverless", "template")) else None
    if language.id in _SHOWN_FIRST:
        return 1
    return 2 if language.type == "programming" and language.read else None


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


@lru_cache(maxsize=4096)  # in a history, a thousand versions may have one path
def environment(environments: tuple[str, ...], path: str) -> str:
    """The environment whose secrets a file holds or reads, one of `environments`.

    From the file's name (`.env.staging`, `application-prod.yml`), else from its folders, innermost first
    (`environments/prod/main.tf`). Otherwise development for local and test files, production for others.
    """
    for word in file_environments.words(path):
        found = environment_of(word, environments)
        if found:
            return found
    usual = "development" if file_environments.is_local(path) or roles.is_test(path) else "production"
    return environment_of(usual, environments) or (environments[0] if environments else usual)


def environment_of(word: str, environments: Sequence[str]) -> str:
    """The configured environment that a word names, in full or abbreviated; "" for none."""
    wanted = full_name(word) or word
    for each in environments:
        lower = each.lower()
        if lower and (lower == word or (full_name(lower) or lower) == wanted):
            return each
    return ""


def secret_id(project: Project, environments: Sequence[str], path: str) -> str:
    """`{service}/{environment}` for a file's secrets. environments: those of the settings."""
    return f"{service(project)}/{environment(tuple(environments), path)}"


# --- how a secret is read


def read(language: Language, secret: str) -> str:
    """The statement that reads a secret in a language, each line indented by four columns; "" for others."""
    statement = (language.read or "").replace("{id}", secret)
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
    language = languages.find(path)
    statement = read(language, secret)
    rotate = ROTATE if certain else f"if it is used anywhere, {ROTATE}"
    stored = f"{rotate}. Store the new value in AWS Secrets Manager as `{secret}`"
    if language.type == "prose":
        return f"{stored}, and give that name here instead of the value."
    if not statement:
        return f"{stored}, and let the program read it from there when it starts."
    return f"{stored} and read it with:\n{statement}"
