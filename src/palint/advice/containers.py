"""Which image a service of a Compose file runs, and how a value in such a file comes from the environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from palint.advice.place import Place
from palint.text.source import ParseError
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.languages.yaml import Node

# Those of the databases that a job of a workflow starts for its tests
DATABASE_PASSWORD = (
    "(?:POSTGRES|MYSQL|MYSQL_ROOT|MARIADB|MARIADB_ROOT|MONGO_INITDB_ROOT|MSSQL_SA|SA)_PASSWORD"
)
# Servers whose images others build on: their own program reads the environment alone
_SERVER = lazy_re.compile(r"(?:postg|mysql|maria|mongo|redis|rabbit|elastic|minio|keycloak|grafana)")
_IN_URL = lazy_re.compile(r"://[^\s/@]{1,80}:\Z")
_VALUE = lazy_re.compile(r"[^\s@\"']{1,200}(?=@)")
_REGISTRY = lazy_re.compile(r"\.dkr\.ecr\.|\.azurecr\.|-docker\.pkg\.dev/|^localhost[:/]|\$\{?")
_ASSIGNED = lazy_re.compile(r"\b([A-Z][A-Z0-9_]{2,80})[\"']?[:=] ?[\"']?\Z")
_VARIABLE = lazy_re.compile(r"\b([A-Z_][A-Z0-9_]{1,80})[\"']?\s*[:=][^:=]*\Z")


def image_at(place: Place, offset: int) -> str | None:
    """The image of the service that an offset of a Compose file is in; "" if it is built here.

    None for other files, and outside of services.
    """
    services = _services(place)
    at = (node for key, node in services if key.start <= offset < max(node.end, key.end))
    if (service := next(at, None)) is None:
        return None
    built = {image.value for _, each in services if each.get("build") and (image := each.get("image"))}
    image = service.get("image")
    return "" if image is None or image.value in built else image.value


def _services(place: Place) -> list[tuple[Node, Node]]:
    """The services of a Compose file with their keys."""
    if place.kind.language.syntax != "yaml" or "services" not in place.file.text:
        return []
    from palint.languages import yaml

    try:
        documents = place.file.parsed_with(yaml.parse)
    except ParseError:
        return []
    found = [services for document in documents if (services := document.get("services"))]
    return [(key, node) for services in found for key, node in services.items if node.kind == "map"]


# What a program of ours gets in a container on a laptop: the home is that of the image's user
ON_LAPTOP = (
    "pass `AWS_PROFILE` and `AWS_REGION`, and mount `~/.aws` read-only in the home of the image's user"
)


def is_foreign(place: Place, image: str) -> bool:
    """Whether an image runs another project's program: one without an owner (`mongo:5`), or with another.

    Also the repository's own image of a server: `acme/postgres`.
    """
    image = image.partition("@")[0]
    if not image or _REGISTRY.search(image):
        return False
    parts = image.rpartition(":")[0].split("/") if ":" in image.rpartition("/")[2] else image.split("/")
    own = {place.facts.owner, place.facts.service} - {""}
    if own.isdisjoint(parts) and not _is_folder(place, parts):
        return True
    return is_of_server(image)


def is_of_server(image: str) -> bool:
    """Whether an image has the name of a database or another server that is configured by its environment."""
    return _SERVER.match(image.rpartition("/")[2]) is not None


def _is_folder(place: Place, parts: list[str]) -> bool:
    """Whether an image without an owner has the name of a folder with files of the repository."""
    return len(parts) == 1 and any(path.startswith(f"{parts[0]}/") for path in place.project.files())


def is_interpolated(place: Place, offset: int) -> bool:
    """Whether an offset is in a Compose file, or in a service of a part with another name: `apps.yml`."""
    return place.kind.language.id == "compose" or image_at(place, offset) is not None


def _of_database(place: Place, offset: int) -> re.Match[str] | None:
    """The setting of a database in the file that has the value at an offset, too: of a URL's password."""
    value = _VALUE.match(place.file.text, offset)
    if value is None or not _IN_URL.search(place.file.text, max(0, offset - 90), offset):
        return None
    return re.search(
        rf"\b({DATABASE_PASSWORD})[\"']?[:= ]{{1,4}}[\"']?{re.escape(value[0])}(?!\S)", place.file.text
    )


def variable(place: Place, start: int, end: int, name: str) -> str:
    """The variable for a value at [start, end) of a Compose file: of its line, or of another with the value.

    name: that of the value; "" if it has none.
    """
    text = place.file.text
    line = text[text.rfind("\n", 0, start) + 1 : start]
    found = _of_database(place, start) or _VARIABLE.search(line)
    if found is None:  # a health check has the password of its server: `curl -u admin:…`
        value = text[start:end]
        places = (text.find(value), text.rfind(value))
        found = next(filter(None, (_ASSIGNED.search(text, max(0, at - 90), at) for at in places)), None)
    return found[1] if found else re.sub(r"\W+", "_", name).strip("_").upper()[:60] or "PASSWORD"


def from_environment(place: Place, variable: str) -> str:
    """How a value of a Compose file is read from a variable of the environment, as the end of a sentence.

    https://docs.docker.com/reference/compose-file/interpolation/
    """
    return f"write `${{{variable}}}` here, and {_start(place, variable)}"


def for_image(place: Place) -> str:
    """How a service of another project's image gets its secret: what to add to it, and how to start it."""
    names = "Name the variables that it needs in its `environment`, without values"
    return f"{names}, and {_start(place, 'NAME')}"


def _start(place: Place, name: str) -> str:
    """The command that starts the services with the value in the environment."""
    return f"start it with the value in the environment:\n{place.exported(name)}"
