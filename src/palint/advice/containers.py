"""Which image a service of a Compose file runs, and how the image of another project takes a secret."""

from __future__ import annotations

import re

from palint.advice.place import Place
from palint.text.source import ParseError
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

# Variables with a twin that names a file with the value: what the images' pages on Docker Hub list.
# https://hub.docker.com/_/postgres, /_/mysql, /_/mariadb, /_/mongo, /_/wordpress, /_/nextcloud;
# https://min.io/docs/minio/container/operations/manage-existing-deployments.html;
# https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/#configure-grafana-with-docker-secrets
FILE_VARIABLES = lazy_re.compile(
    r"POSTGRES_(?:PASSWORD|USER|DB)|MYSQL_(?:ROOT_PASSWORD|PASSWORD|USER|DATABASE)"
    r"|MARIADB_(?:ROOT_PASSWORD|PASSWORD|USER|DATABASE)|MONGO_INITDB_ROOT_(?:USERNAME|PASSWORD)"
    r"|WORDPRESS_DB_(?:PASSWORD|USER|NAME|HOST)|MINIO_ROOT_(?:USER|PASSWORD)|GF_SECURITY_ADMIN_PASSWORD"
)
_PASSWORDS = {
    "postgres": "POSTGRES_PASSWORD", "mysql": "MYSQL_ROOT_PASSWORD", "mariadb": "MARIADB_ROOT_PASSWORD",
    "mongo": "MONGO_INITDB_ROOT_PASSWORD", "wordpress": "WORDPRESS_DB_PASSWORD",
    "minio": "MINIO_ROOT_PASSWORD", "grafana": "GF_SECURITY_ADMIN_PASSWORD",
}  # fmt: skip
_SERVICE_NAME = lazy_re.compile(r"[A-Za-z][\w.-]{0,30}")
_REGISTRY = lazy_re.compile(r"\.dkr\.ecr\.|\.azurecr\.|-docker\.pkg\.dev/|^localhost[:/]|\$\{?")


class Service(NamedTuple):
    """A service of a Compose file. image: "" if it is built here. variable: that at the offset, or ""."""

    name: str
    image: str
    variable: str


def service_at(place: Place, offset: int) -> Service | None:
    """The service that an offset of a Compose file is in. None for other files and places."""
    if place.kind.language.syntax != "yaml" or "services" not in place.file.text:
        return None
    from palint.languages import yaml

    try:
        documents = place.file.parsed_with(yaml.parse)
    except ParseError:
        return None
    for document in documents:
        services = document.get("services") if document.kind == "map" else None
        for key, node in services.items if services is not None and services.kind == "map" else ():
            if key.start <= offset < max(node.end, key.end) and node.kind == "map":
                image = "" if node.get("build") is not None else node.text("image") or ""
                name = key.value if _SERVICE_NAME.fullmatch(key.value) else "app"
                return Service(name, image, _variable(place.file.text, offset))
    return None


def _variable(text: str, offset: int) -> str:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    found = re.search(r"\b([A-Z][A-Z0-9_]{1,80})[\"']?\s*[:=][^:=]*\Z", line)
    return found[1] if found else ""


def is_foreign(place: Place, service: Service) -> bool:
    """Whether a service runs another project's image: one without an owner (`mongo:5`), or with another."""
    image = service.image.partition("@")[0]
    if not image or _REGISTRY.search(image):
        return False
    parts = image.rpartition(":")[0].split("/") if ":" in image.rpartition("/")[2] else image.split("/")
    own = {place.facts.owner, place.facts.service} - {""}
    return own.isdisjoint(parts)


def _variable_of(image: str) -> str:
    """The variable in which an image takes its most important secret; `NAME` if that is not known."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return _PASSWORDS.get(name, "NAME")


def secret_for_image(place: Place, service: Service) -> str:
    """How the service gets the secret, as a sentence with the lines of the Compose file.

    https://docs.docker.com/compose/how-tos/use-secrets/
    """
    name = service.variable or _variable_of(service.image)
    if FILE_VARIABLES.fullmatch(name):
        infix = "__FILE" if name.startswith("GF_") else "_FILE"
        secret = name.lower()
        return (
            f"give the image a Compose secret, which `{name}{infix}` names:\n"
            "    services:\n"
            f"      {service.name}:\n"
            f"        environment: {{{name}{infix}: /run/secrets/{secret}}}\n"
            f"        secrets: [{secret}]\n"
            "    secrets:\n"
            f"      {secret}: {{environment: {name}}}\n"
            f"{_start(place, name)}"
        )
    return (
        "set the value from the environment:\n"
        f"    services:\n      {service.name}:\n        environment: [{name}]\n{_start(place, name)}"
    )


def _start(place: Place, name: str) -> str:
    """The command that starts the services with the value in the environment."""
    if place.in_test:
        return f'Make the value when the test starts:\n    export {name}="$(openssl rand -hex 16)"'
    return (
        "Start it with the value in the environment:\n"
        f'    export {name}="$(aws secretsmanager get-secret-value --secret-id {place.secret} \\\n'
        f'      --query SecretString --output text | jq -r .{name})"'
    )
