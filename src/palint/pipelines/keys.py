"""Find AWS keys in the pipelines of CI systems other than GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.given_values import TOKEN
from palint.aws.key_names import assigned, before, key_component, literals
from palint.aws.key_values import is_key
from palint.languages import yaml
from palint.languages.compose import VARIABLE_KEYS
from palint.languages.yaml import Node
from palint.pipelines import provider
from palint.pipelines.ci_provider import PipelineKey
from palint.text.source import SourceFile
from palint.util import lazy_re

# A variable of the CI system as a key: `$X`, `${X}`, `$(x.y)`, `<< parameters.x >>`.
_VARIABLE = lazy_re.compile(
    r"\$\{?([A-Za-z_]\w*)|\$\(([A-Za-z_][\w.-]*)\)|<<\s*(?:pipeline\.)?parameters\.(\w+)\s*>>"
)
_TEMPORARY = lazy_re.compile(r"assume-role|get-session-token|AWS_WEB_IDENTITY", re.I)


def find_keys(file: SourceFile) -> Iterator[list[PipelineKey]]:
    """Yield the AWS keys in a pipeline, grouped by map or list of commands.

    Raises ParseError.
    """
    known = provider(file.path)
    if known is not None and known.find_keys is not None:
        yield from known.find_keys(file.text)
        return
    temporary = _TEMPORARY.search(file.text) is not None
    for document in file.parsed_with(yaml.parse):
        for node in document.walk():
            if node.alias is None and node.kind != "scalar":
                members = (
                    _in_map(file, node, temporary) if node.kind == "map" else _in_list(file, node, temporary)
                )
                found = list(members)
                if found:
                    yield found


def _in_map(file: SourceFile, node: Node, temporary: bool) -> Iterator[PipelineKey]:
    for key, value in node.items:
        if value.kind == "scalar" and value.alias is not None:
            if key_component(key.value):
                yield from _in_entry(file, key, value, temporary)
        elif value.kind == "scalar":
            if value.style in ("|", ">"):
                yield from _in_script(file, value, temporary)
            else:
                yield from _in_entry(file, key, value, temporary)
        elif value.kind == "seq" and key.value in VARIABLE_KEYS:  # `environment: [NAME]` of Buildkite
            names = {each.value: each for each in value.elements if each.kind == "scalar"}
            for name, element in names.items() if not any(map(TOKEN.fullmatch, names)) else ():
                if name.isidentifier() and key_component(name):
                    yield PipelineKey(element.start, element.end, name, literal=False)
        elif value.kind == "map":
            yield from _in_held(file, key, value, temporary)


def _in_held(file: SourceFile, key: Node, value: Node, temporary: bool) -> Iterator[PipelineKey]:
    """The key in a map: GitLab's `NAME: {value: …}`, Drone's `{from_secret: …}`, Travis' `{secure: …}`."""
    for member, inner in value.entries():
        if inner.kind != "scalar" or inner.null:
            continue
        if member.value == "value" and key_component(key.value):
            yield from _in_entry(file, key, inner, temporary)
        elif member.value in ("from_secret", "secure", "vault", "secret") and (
            key_component(key.value) or key_component(inner.value)
        ):
            name = key.value if member.value == "secure" else inner.value
            yield PipelineKey(key.start, inner.end, name, literal=False)


def _in_entry(file: SourceFile, key: Node, value: Node, temporary: bool) -> Iterator[PipelineKey]:
    text = value.value
    if not key_component(key.value) or value.null or not text:
        yield from _in_script(file, value, temporary)
        return
    variable = _VARIABLE.search(text)
    # CircleCI's orbs take the name of the variable that holds the key.
    if variable or (key_component(text) and text.isupper() and text.isidentifier()):
        name = next(filter(None, variable.groups()), text) if variable else text
        yield PipelineKey(key.start, value.end, name, literal=False)
    elif is_key(text):
        at = file.text.find(text, value.start, value.end)
        if at >= 0:
            yield PipelineKey(at, at + len(text), key.value, literal=True)


def _in_list(file: SourceFile, node: Node, temporary: bool) -> Iterator[PipelineKey]:
    for element in node.elements:
        if element.kind == "scalar" and element.alias is None:
            yield from _in_script(file, element, temporary)


def _in_script(file: SourceFile, node: Node, temporary: bool) -> Iterator[PipelineKey]:
    """Yield the keys that a command uses. temporary: whether the file calls STS, which may return them."""
    text, start, end = file.text, node.start, node.end
    for first, last, name, _ in literals(text, start, end):
        yield PipelineKey(first, last, name, literal=True)
    for found in _VARIABLE.finditer(text, start, end):
        prefix = before(text, start, found.start())
        name = next(filter(None, found.groups()))
        given = key_component(assigned(prefix) or "")
        if given and not prefix.lstrip(" -").startswith("#") and (key_component(name) or not temporary):
            yield PipelineKey(found.start(), found.end(), name, literal=False)
