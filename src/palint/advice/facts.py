"""Facts about a repository that advice is made from, read from its files once per project, within bounds."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from palint.aws import secret_references
from palint.aws.key_values import is_placeholder
from palint.files import environments, languages
from palint.tree.project import Project
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_DEFAULT_REGION = "eu-west-2"  # the standard's

_MAX_FILES, _MAX_BYTES = 120, 64 << 10  # files to read, and bytes of each
_ENVIRONMENT = lazy_re.compile(
    rb"/(?:production|prod|staging|stage|stg|development|dev|preprod|uat|qa|test|sandbox)(?![\w./{}-])"
)
_SERVICE = lazy_re.compile(rb"(?<![\w./{}$-])([a-z][a-z0-9-]{1,40})\Z")  # of `api/production`
_GIVEN = lazy_re.compile("|".join(secret_references.KEYWORDS).encode(), re.I)
_NO_SERVICES = frozenset(("config", "configs", "env", "envs", "environment", "environments", "deploy", "src"))
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_REGION = lazy_re.compile(
    rb"(?:egion|EGION)[^\n]{0,20}?(?<![\w-])((?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)"
    rb"-(?:north|south|east|west|central)(?:east|west)?-\d)(?![\w-])"
)
_ROLE = lazy_re.compile(rb"arn:aws[\w-]*:iam::(\d{12}):role/")
# Words with few digits: `acme-dev2`, an account's number, but not a random string.
_NAME = lazy_re.compile(r"(?:[A-Za-z]+\d{0,4}|\d{1,12})(?:[._-](?:[A-Za-z]+\d{0,4}|\d{1,12})){0,8}")
# Files that may show how to sign in and which secret is used: documentation and examples are read first, then
# scripts and infrastructure, then code.
_README_NAMES = ("readme", "contributing", "makefile", "justfile", ".envrc")
_SHOWN_FIRST = frozenset(("shell", "terraform", "markdown"))
_DOCUMENT = lazy_re.compile(r"(?i)\.(?:md|rst|txt)$|readme|example")  # may quote the standard's own examples


class Facts(NamedTuple):
    """Facts about a repository, found in its files.

    service: as in `{service}/{environment}`. accounts: the AWS accounts whose roles it uses, twelve digits
    each. region: the AWS region that it names most.
    """

    service: str = ""
    accounts: frozenset[str] = frozenset()
    region: str = _DEFAULT_REGION


class Package(NamedTuple):
    """What a package.json says. is_module: whether its `.js` files are ES modules. dependencies: by name."""

    is_module: bool = False
    dependencies: frozenset[str] = frozenset()


def of(project: Project) -> Facts:
    """Read the repository's documentation, scripts and code, at most 120 files; computed once per project.

    Those of a change's base are those of its head: both sides are compared as the same repository.
    """
    return (project.head or project).cached(_facts)


def _facts(project: Project) -> Facts:
    secrets: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    accounts: set[str] = set()
    for path in _files_to_read(project):
        data = project.tree.read(path, _MAX_BYTES).data or b""
        accounts.update(found[1].decode("ascii") for found in _ROLE.finditer(data))
        deploys = _row(path) != 2  # code has the default of its framework
        if deploys and (b"egion" in data or b"EGION" in data):
            regions.update(found[1].decode("ascii") for found in _REGION.finditer(data))
        if not _DOCUMENT.search(path):
            secrets.update(_secrets(data))
    service = _most_common(_services(project, secrets), _NO_SERVICES)
    return Facts(
        service or repository_name(project),
        frozenset(accounts),
        max(sorted(regions), key=lambda name: regions[name], default=_DEFAULT_REGION),
    )


def _services(project: Project, secrets: Counter[str]) -> Counter[str]:
    """The services in the names of secrets.

    None is a folder (`cd terraform/staging`), or has an environment in its own name (`shop-test/production`).
    """
    services: Counter[str] = Counter()
    if secrets:
        folders = {path.rpartition("/")[0] for path in project.files()}
        nested = {"/".join(pair) for folder in folders for pair in pairwise(folder.split("/"))}
        for name, count in secrets.items():
            service = name.partition("/")[0]
            if name not in nested and not environments.named(service) and not service.endswith("prod"):
                services[service] += count
    return services


def _secrets(data: bytes) -> Iterator[str]:
    """The names that a text gives to Secrets Manager: `api/production` of `SecretId="api/production"`."""
    if b"secret" not in data.lower():
        return
    for found in _ENVIRONMENT.finditer(data):
        name = _SERVICE.search(data, max(found.start() - 41, 0), found.start())
        if name and _GIVEN.search(data, max(name.start() - 120, 0), name.start()):
            yield (name[1] + found[0]).decode("ascii")


def _files_to_read(project: Project) -> list[str]:
    """The files to read, those near the root first."""
    import heapq

    ranked = ((row, path.count("/"), path) for path in project.files() if (row := _row(path)) is not None)
    return [path for _, _, path in heapq.nsmallest(_MAX_FILES, ranked)]


def _row(path: str) -> int | None:
    """The rank of a file in reading order; None for one that is not read."""
    name = path[path.rfind("/") + 1 :].lower()
    if name.startswith(_README_NAMES) or ("env" in name and "example" in name):
        return 0
    language = languages.find(path)
    if language.syntax == "yaml":
        return 1 if language.id == "workflow" or name.startswith(("serverless", "template")) else None
    if language.id in _SHOWN_FIRST:
        return 1
    return 2 if language.type == "programming" else None


def _most_common(names: Counter[str], excluded: frozenset[str] = frozenset()) -> str:
    """The most frequent name, "" if there is none; never a string that may be a secret."""
    for name, _ in sorted(names.items(), key=lambda item: (-item[1], item[0])):
        usable = name not in excluded and name != "default" and not is_placeholder(name)
        if usable and _NAME.fullmatch(name):
            return name
    return ""


def repository_name(project: Project) -> str:
    """The repository's name, as it is in the name of a secret."""
    name = (project.own_name or os.path.basename(project.root)).rpartition("/")[2].lower()
    return re.sub("[^a-z0-9]+", "-", name).strip("-") or "api"


def package(project: Project, path: str) -> Package:
    """The package.json of the nearest folder above a file; an empty one if there is none."""
    packages = (project.head or project).cached(_packages)
    folder = path.rpartition("/")[0]
    while True:
        name = f"{folder}/package.json" if folder else "package.json"
        if name in packages:
            found = packages[name]
            if found is None:
                found = packages[name] = _read_package(project, name)
            return found
        if not folder:
            return Package()
        folder = folder.rpartition("/")[0]


def _packages(project: Project) -> dict[str, Package | None]:
    """The paths of the package.json files outside node_modules, none of them read yet."""
    named = (path for path in project.files() if path.rpartition("/")[2] == "package.json")
    return {path: None for path in named if "node_modules/" not in path}


def _read_package(project: Project, path: str) -> Package:
    import json  # most repositories have no package.json

    data = project.tree.read(path, _MAX_BYTES).data or b""
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        return Package()
    if not isinstance(parsed, dict):
        return Package()
    named = [parsed.get(group) for group in ("dependencies", "devDependencies")]  # a page has no peers
    return Package(
        parsed.get("type") == "module",
        frozenset(name for group in named if isinstance(group, dict) for name in group),
    )
