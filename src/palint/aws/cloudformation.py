"""CloudFormation and SAM resources, in any YAML or JSON: templates, `serverless.yml`, fragments."""

from __future__ import annotations

from collections.abc import Iterator

from palint.languages.value import INTERPOLATION, Value
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util.named_tuple import NamedTuple


class Resource(NamedTuple):
    """`Name: {Type: AWS::…, Properties: …}`. kind: the value of `Type`. properties: a map, or None."""

    name: str
    kind: Node
    properties: Node | None


def resources(documents: list[Node], kind: str) -> Iterator[Resource]:
    """The resources of one type. documents: from `languages.yaml.parse`."""
    for document in documents:
        for node in document.walk():
            for name, value in node.items:
                found = value.get("Type")
                if found is not None and found.value == kind:
                    yield Resource(name.value, found, value.get("Properties"))


def value(file: SourceFile, node: Node) -> Value:
    """Evaluate a property: a literal, a `Sub` or `Join` with interpolations, or a reference ("other").

    The offsets of a literal are inside its quotes; those of a `Join` span the whole list.
    """
    if node.kind == "map" and len(node.items) == 1:
        name, argument = node.items[0][0].value, node.items[0][1]
        if name == "Fn::Sub":
            return _sub(file, argument)
        if name == "Fn::Join":
            return _join(node, argument)
        return Value("other", name, node.start, node.end)
    if node.tag == "!Sub":
        return _sub(file, node)
    if node.tag == "!Join":
        return _join(node, node)
    if node.kind != "scalar" or (node.tag or "").startswith("!"):
        return Value("other", node.tag or node.kind, node.start, node.end)
    if node.null:
        return Value("nothing", "", node.start, node.end)
    return literal(file, node)


def literal(file: SourceFile, node: Node) -> Value:
    """A scalar's text. `{{resolve:…}}` and the Serverless Framework's `${self:…}` are interpolations."""
    text = _interpolations(_interpolations(node.value, "{{resolve:", "}}"), "${", "}")
    return Value("template" if INTERPOLATION in text else "text", text, *node.inside)


def _sub(file: SourceFile, node: Node) -> Value:
    text = node.elements[0] if node.kind == "seq" and node.elements else node
    if text.kind != "scalar":
        return Value("other", "Sub", node.start, node.end)
    found = literal(file, text)
    if text.tag == "!Sub":  # the node starts at its tag
        found = found._replace(start=max(file.text.find(text.value[:8], text.start, text.end), text.start))
    return found


def _join(node: Node, argument: Node) -> Value:
    if argument.kind != "seq" or len(argument.elements) != 2 or argument.elements[1].kind != "seq":
        return Value("other", "Join", node.start, node.end)
    parts = argument.elements[1].elements
    plain = [
        p.value if p.kind == "scalar" and not (p.tag or "").startswith("!") else INTERPOLATION for p in parts
    ]
    text = argument.elements[0].value.join(plain)
    return Value("template" if INTERPOLATION in text else "text", text, node.start, node.end)


def _interpolations(text: str, opening: str, closing: str) -> str:
    """Replace each bracketed range by INTERPOLATION, but not `${!x}`, CloudFormation's escape."""
    result, at = "", 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start)
        if end < 0:
            break
        end += len(closing)
        result += text[at:end] if text.startswith("${!", start) else text[at:start] + INTERPOLATION
        at = end
    return result + text[at:]
