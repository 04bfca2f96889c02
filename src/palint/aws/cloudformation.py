"""CloudFormation and SAM resources, in any YAML or JSON: templates, `serverless.yml`, fragments."""

from __future__ import annotations

from collections.abc import Iterator

from palint.languages.value import INTERPOLATION, Value
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple


class Resource(NamedTuple):
    """`Name: {Type: AWS::…, Properties: …}`. kind: the value of `Type`."""

    name: str
    kind: Node
    properties: Node


def resources(documents: list[Node], kind: str) -> Iterator[Resource]:
    """The resources of one type. documents: from `languages.yaml.parse`."""
    for document in documents:
        for node in document.walk():
            for name, value in node.items:
                found = value.get("Type")
                if found is not None and found.value == kind:
                    yield Resource(
                        name.value, found, value.get("Properties") or Node("map", value.end, value.end)
                    )


def value(file: SourceFile, node: Node) -> Value:
    """Evaluate a property: a literal, a `Sub` or `Join` with interpolations, or a reference ("other").

    The offsets of a literal are inside its quotes; those of a `Join` span the whole list.
    """
    name, argument = node.tag or "", node
    if len(node.items) == 1:
        name, argument = node.items[0][0].value, node.items[0][1]
    function = name.removeprefix("Fn::").removeprefix("!")  # `{Fn::Sub: …}`, `!Sub …`
    if function == "Sub":
        return _sub(file, argument)
    if function == "Join":
        return _join(node, argument)
    if node.kind != "scalar" or name.startswith("!"):
        return Value("other", name or node.kind, *node.span)
    if node.null:
        return Value("nothing", "", *node.span)
    return literal(node)


def literal(node: Node) -> Value:
    """A scalar's text. `{{resolve:…}}` and the Serverless Framework's `${self:…}` are interpolations."""
    text = _INTERPOLATED.sub(INTERPOLATION, node.value)
    return Value("template" if INTERPOLATION in text else "text", text, *node.inside)


_INTERPOLATED = lazy_re.compile(
    r"\{\{resolve:[^}]*\}\}|\$\{(?!!)[^}]*\}"
)  # `${!x}` is CloudFormation's escape


def _sub(file: SourceFile, node: Node) -> Value:
    text = (node.elements or [node])[0]
    if text.kind != "scalar":
        return Value("other", "Sub", *node.span)
    found = literal(text)
    if text.tag == "!Sub":  # the node starts at its tag
        found = found._replace(start=max(file.text.find(text.value[:8], text.start, text.end), text.start))
    return found


def _join(node: Node, argument: Node) -> Value:
    separator, *lists = argument.elements or [argument]
    parts = [part for each in lists for part in each.elements]
    if not parts:
        return Value("other", "Join", *node.span)
    plain = [INTERPOLATION if p.kind != "scalar" or (p.tag or "").startswith("!") else p.value for p in parts]
    text = separator.value.join(plain)
    return Value("template" if INTERPOLATION in text else "text", text, *node.span)
