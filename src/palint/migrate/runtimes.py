"""The Node and Python that a program runs on, and the AWS region: what is written must work there."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator, Mapping

from palint.files import languages
from palint.languages import dockerfile
from palint.migrate.repository import Repository, nearest
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# What the client's own `engines` say, of each version on the registry: (major version of Node, range).
_SDK_RANGES = (
    (20, "^3.968.0"),
    (18, ">=3.723.0 <3.968.0"),
    (16, ">=3.567.0 <3.723.0"),
    (14, ">=3.540.0 <3.567.0"),
)
OLDEST_NODE = 14
_ANY_NODE = "^3.700.0"
# What boto3's own metadata says, of each version on the index: (minor version of Python 3, versions).
_BOTO3_RANGES = ((8, ">=1.35"), (7, ">=1.26,<1.34"), (6, ">=1.20,<1.24"))
OLDEST_PYTHON = 6


class Version(NamedTuple):
    """The number of a version that counts, and the place that names it, `path` or `path:line`."""

    number: int
    place: str


class Runtime(NamedTuple):
    """Where a repository names the versions of a runtime; the group of each pattern is the number.

    files: of version managers, which hold nothing else. tool: a line of `.tool-versions`. image: of a
    container. step: a setting of a workflow. bound: (file, pattern) of a lower bound, which counts only where
    no other place names a version.
    """

    files: tuple[str, ...]
    version: re.Pattern[str]
    tool: re.Pattern[str]
    image: re.Pattern[str]
    step: re.Pattern[str]
    bound: tuple[str, re.Pattern[str]]


NODE = Runtime(
    (".nvmrc", ".node-version"), lazy_re.compile(r"v?(\d+)"),
    lazy_re.compile(r"(?m)^(?:nodejs|node)\s+v?(\d+)"), lazy_re.compile(r"(?:^|/)node:(\d+)"),
    lazy_re.compile(r"(?m)^[ \t]{0,80}node-version:[ \t\"'\[]{0,16}v?(\d+)"),
    ("package.json", lazy_re.compile(r"\"engines\"\s*:\s*\{[^{}]*\"node\"\s*:\s*\"[^\"\d]{0,8}(\d+)")),
)  # fmt: skip
PYTHON = Runtime(
    (".python-version", "runtime.txt"), lazy_re.compile(r"3\.(\d+)"),
    lazy_re.compile(r"(?m)^python\s+3\.(\d+)"), lazy_re.compile(r"(?:^|/)python:3\.(\d+)"),
    lazy_re.compile(r"(?m)^[ \t]{0,80}python-version:[ \t\"'\[]{0,16}3\.(\d+)"),
    ("pyproject.toml", lazy_re.compile(r"(?m)^(?:requires-)?python[ \t]*=[ \t]*\"[^\"\d\n]{0,8}3\.(\d+)")),
)  # fmt: skip


def oldest(repository: Repository, runtime: Runtime, folder: str) -> Version | None:
    """The oldest version of a runtime that a program is run on; None if nothing says so.

    folder: of the program, with its `/`.
    """
    found = list(_versions(repository, runtime, folder))
    name, pattern = runtime.bound
    bound = pattern.search(repository.project.text(folder + name))
    if bound and not found:
        found.append(Version(int(bound[1]), folder + name))
    return min(found, default=None)


def _versions(repository: Repository, runtime: Runtime, folder: str) -> Iterator[Version]:
    for names, pattern in ((runtime.files, runtime.version), ((".tool-versions",), runtime.tool)):
        path = nearest(f"{folder}x", names, repository.paths)
        match = pattern.search(repository.project.text(path))
        if match:
            yield Version(int(match[1]), path)
    for file in repository.open_all(lambda path: languages.find(path).id == "dockerfile"):
        for instruction in file.parsed_with(dockerfile.parse):
            image = instruction.operands()[:1] if instruction.name == "FROM" else []
            for match in (runtime.image.search(word.text) for word in image):
                if match and file.path.startswith(folder):
                    yield Version(int(match[1]), f"{file.path}:{file.position(instruction.start).line}")
    for file in repository.open_all(lambda path: path.startswith(".github/workflows/")):
        for match in runtime.step.finditer(file.text):
            yield Version(int(match[1]), f"{file.path}:{file.position(match.start(1)).line}")


def boto3(version: Version | None) -> str:
    """The versions of boto3 that run on a Python 3, as requirements have them."""
    number = version.number if version is not None else _BOTO3_RANGES[0][0]
    return next((found for minor, found in _BOTO3_RANGES if number >= minor), _BOTO3_RANGES[-1][1])


def sdk_range(version: Version | None) -> str:
    """The versions of the AWS SDK that run on a Node, as package.json has them."""
    if version is None:
        return _ANY_NODE
    return next((versions for major, versions in _SDK_RANGES if version.number >= major), _SDK_RANGES[-1][1])


def region(chosen: str, profile: str, environment: Mapping[str, str] = os.environ) -> str:
    """The AWS region: chosen, of the environment, or of a profile in the shared configuration; else "".

    In the order of https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    """
    found = chosen or environment.get("AWS_REGION", "") or environment.get("AWS_DEFAULT_REGION", "")
    if found:
        return found
    name = profile or environment.get("AWS_PROFILE", "") or "default"
    path = environment.get("AWS_CONFIG_FILE", "") or os.path.join(os.path.expanduser("~"), ".aws", "config")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(path, "utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    return parser.get(name if name == "default" else f"profile {name}", "region", fallback="")
