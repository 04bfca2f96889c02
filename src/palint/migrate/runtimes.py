"""The versions of Node that a package runs on, and the AWS region: what is written must work there."""

from __future__ import annotations

import configparser
import json
import os
import re
from collections.abc import Iterator, Mapping

from palint.files import languages
from palint.languages import dockerfile
from palint.migrate.repository import Repository, nearest
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

# What the client's own `engines` say, of each version on the registry: (major version of Node, range).
_SDK_RANGES = (
    (20, "^3.968.0"),
    (18, ">=3.723.0 <3.968.0"),
    (16, ">=3.567.0 <3.723.0"),
    (14, ">=3.540.0 <3.567.0"),
)
OLDEST_NODE = 14
_ANY_NODE = "^3.700.0"
_IMAGE = lazy_re.compile(r"(?:^|/)node:(\d+)")
_STEP = lazy_re.compile(r"(?m)^[ \t]{0,80}node-version:[ \t\"'\[]{0,16}v?(\d+)")
_NUMBER = lazy_re.compile(r"\d+")
_TOOL = lazy_re.compile(r"(?m)^(?:nodejs|node)\s+v?(\d+)")


class Version(NamedTuple):
    """A major version and the place that names it, `path` or `path:line`."""

    major: int
    place: str


def node(repository: Repository, folder: str) -> Version | None:
    """The oldest Node that a package is run on; None if nothing says so.

    folder: of its package.json, with its `/`. `engines` is a lower bound, so it counts only where neither an
    image, nor a version manager, nor a workflow names a version.
    """
    found = list(_node_versions(repository, folder))
    if not found:
        found = list(_engines(repository, f"{folder}package.json"))
    return min(found, default=None)


def _node_versions(repository: Repository, folder: str) -> Iterator[Version]:
    for names, pattern in (
        ((".nvmrc", ".node-version"), re.compile(r"\s*v?(\d+)")),
        ((".tool-versions",), _TOOL),
    ):
        path = nearest(f"{folder}package.json", names, repository.paths)
        file = repository.project.open(path) if path else None
        match = pattern.search(file.text) if file is not None else None
        if match:
            yield Version(int(match[1]), path)
    for file in repository.open_all(lambda path: languages.find(path).id == "dockerfile"):
        for instruction in file.parsed_with(dockerfile.parse):
            image = instruction.operands()[:1] if instruction.name == "FROM" else []
            for match in (_IMAGE.search(word.text) for word in image):
                if match and file.path.startswith(folder):
                    yield Version(int(match[1]), f"{file.path}:{file.position(instruction.start).line}")
    for file in repository.open_all(lambda path: path.startswith(".github/workflows/")):
        for match in _STEP.finditer(file.text):
            yield Version(int(match[1]), f"{file.path}:{file.position(match.start(1)).line}")


def _engines(repository: Repository, path: str) -> Iterator[Version]:
    file = repository.project.open(path)
    try:
        wanted = json.loads(file.text)["engines"]["node"] if file is not None else ""
        number = _NUMBER.search(wanted)
    except (ValueError, KeyError, TypeError):
        return
    if number:
        yield Version(int(number[0]), path)


def sdk_range(version: Version | None) -> str:
    """The versions of the AWS SDK that run on a Node, as package.json has them."""
    if version is None:
        return _ANY_NODE
    return next((versions for major, versions in _SDK_RANGES if version.major >= major), _SDK_RANGES[-1][1])


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
