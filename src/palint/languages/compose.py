"""Compose files -> services with their `env_file` and `environment`, and offsets in the file.

https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

from collections.abc import Iterator

from palint.languages import yaml
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple

VARIABLE_KEYS = ("environment", "args", "build_args", "build-args")  # of a service, or of its `build`


class Setting(NamedTuple):
    """`NAME: value` or `- NAME=value` in an `environment`.

    start, end: the value, or the list's element. value_start, value_end: the value without quotes.
    in_map: whether it is an entry of a map.
    """

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    in_map: bool


class Service(NamedTuple):
    """A service, or an `x-…` map that services merge. node: its map."""

    name: str
    node: Node

    def entry(self, key: str) -> tuple[Node, Node] | None:
        """(key, value) of an own entry of the service, None if it has none."""
        return next((pair for pair in self.node.items if pair[0].value == key), None)

    def settings(self) -> Iterator[Setting]:
        """The variables in its `environment`, unless that is an alias."""
        entry = self.entry("environment")
        if entry is None or entry[1].alias is not None:
            return
        for key, value in entry[1].items:
            if value.kind == "scalar":
                yield Setting(key.value, value.start, value.end, *_unquoted(value, 0), True)
        for element in entry[1].elements:
            name, equals, _ = element.value.partition("=")
            if element.kind == "scalar":
                inner = _unquoted(element, len(name) + len(equals))
                yield Setting(name, element.start, element.end, *inner, False)


def parse(file: SourceFile) -> list[Service]:
    """The services and the `x-…` maps of a Compose file, in order. Raises ParseError."""
    found = []
    for document in file.parsed_with(yaml.parse):
        services = service_map(document)
        pairs = [*(services.items if services is not None else ())]
        pairs += [pair for pair in document.items if pair[0].value.startswith("x-")]
        found += [Service(k.value, v) for k, v in pairs if v.kind == "map" and v.alias is None]
    return found


def service_map(document: Node) -> Node | None:
    """The map of services; None for a YAML document that is not a Compose file."""
    services = document.get("services") if document.kind == "map" else None
    return services if services is not None and services.kind == "map" else None


def env_files(value: Node) -> list[Node]:
    """The paths in the value of `env_file`: of `x`, `[x, …]` and `[{path: x}, …]`."""
    nodes = value.elements if value.kind == "seq" else [value]
    paths = [node.get("path") if node.kind == "map" else node for node in nodes]
    return [node for node in paths if node is not None and node.kind == "scalar" and not node.null]


def _unquoted(node: Node, skipped: int) -> tuple[int, int]:
    quote = 1 if node.style in ("'", '"') else 0
    return min(node.start + quote + skipped, node.end - quote), node.end - quote
