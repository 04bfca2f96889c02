"""Terraform's JSON syntax: a block is an object or an array of objects, a string is a template.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterator

from palint.languages.value import Value
from palint.languages.yaml import Node


def objects(node: Node | None) -> list[Node]:
    """The blocks of a JSON value."""
    if node is None:
        return []
    return [node] if node.kind == "map" else [each for each in node.elements if each.kind == "map"]


def resources(documents: list[Node], kind: str) -> Iterator[tuple[str, Node]]:
    """(label, block) of each resource of a type."""
    for top in (each for document in documents for each in objects(document)):
        for holder in (inner for each in objects(top.get("resource")) for inner in objects(each.get(kind))):
            for label, body in holder.entries():
                yield from ((label.value, block) for block in objects(body))


def value(node: Node) -> Value:
    """The value of an attribute: a literal, or a template where it has an expression."""
    return Value("template" if "${" in node.value else "text", node.value, *node.inside)
