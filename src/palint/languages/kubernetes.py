"""Kubernetes manifests: `Secret` objects and the values in them, from YAML, JSON and Helm templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from palint.languages.value import Value
from palint.languages.yaml import Node
from palint.source import SourceFile

_SECTIONS = ("data", "stringData")
_KIND = re.compile(r"""^[ \t-]*["']?kind["']?:[ \t]*["']?Secret["']?[ \t]*(#.*)?$""", re.M)
_DOCUMENT_END = re.compile(r"^---.*$", re.M)
_NAME = re.compile(r"""^[ \t]+name:[ \t]*["']?([\w.-]+)""", re.M)
_SECTION = re.compile(r"^([ \t]*)(data|stringData):[ \t]*$", re.M)
_ENTRY = re.compile(r"^([ \t]+)[\"']?([\w.-]+)[\"']?:[ \t]*(\"|'|)(.*?)\3[ \t]*$")
_BLOCK = re.compile(r"^[|>][+-]?\d?$")


class Secret(NamedTuple):
    """A `kind: Secret`. name: "" where a template makes it. values: (key, value, whether it is base64)."""

    name: str
    values: list[tuple[str, Value, bool]]


def secrets(file: SourceFile, documents: list[Node]) -> Iterator[Secret]:
    """The Secrets of a manifest, in lists and inside other objects too; no encrypted ones (SOPS)."""
    for document in documents:
        for node in document.walk():
            if node.kind != "map" or node.text("kind") != "Secret" or node.get("sops") is not None:
                continue
            if node.text("apiVersion") not in (None, "v1"):
                continue
            metadata = node.get("metadata")
            name = metadata.text("name") if metadata is not None else None
            values = [
                (key.value, _literal(file, held), section == "data")
                for section in _SECTIONS
                if (entries := node.get(section)) is not None
                for key, held in entries.items
                if held.kind == "scalar" and not held.null and not (held.tag or "").startswith("!")
            ]
            yield Secret("" if name is None or "{{" in name else name, values)


def _literal(file: SourceFile, node: Node) -> Value:
    if node.style in ("|", ">"):
        start = min(file.text.find("\n", node.start) + 1 or node.start, node.end)
        return Value("text", node.value, start, node.end)
    quotes = 1 if node.style in ("'", '"') else 0
    return Value("text", node.value, node.start + quotes, max(node.end - quotes, node.start + quotes))


def secrets_in_template(file: SourceFile) -> Iterator[Secret]:
    """The Secrets of a text that is no YAML until a template engine has run, read by its lines' indentation.

    What holds `{{` is left out: it comes from elsewhere.
    """
    start = 0
    for end in [m.start() for m in _DOCUMENT_END.finditer(file.text)] + [len(file.text)]:
        text = file.text[start:end]
        if _KIND.search(text) and not re.search(r"^sops:", text, re.M):
            name = _NAME.search(text)
            values = [
                value for section in _SECTION.finditer(text) for value in _entries(text, section, start)
            ]
            yield Secret(name[1] if name else "", values)
        start = end


def _entries(text: str, section: re.Match[str], offset: int) -> Iterator[tuple[str, Value, bool]]:
    """The `key: literal` lines below `data:`; a block scalar is the lines that are indented deeper."""
    indent, at = len(section[1]), section.end() + 1
    block: tuple[str, int, int, int] | None = None  # key, its indent, start and end of its text
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        depth = len(line) - len(line.lstrip())
        inside = not line.strip() or depth > indent or line.lstrip().startswith("{{")
        if line.lstrip().startswith("{{"):
            depth = len(text)  # a template's line has whatever indentation its author likes
        if block is not None and (not inside or (line.strip() and depth <= block[1])):
            yield from _block(text, block, section[2], offset)
            block = None
        elif block is not None:
            block = (*block[:3], end if line.strip() else block[3])
        if not inside:
            break
        entry = _ENTRY.match(line) if block is None else None
        if entry is not None and _BLOCK.match(entry[4]):
            block = (entry[2], depth, end + 1, end + 1)
        elif entry is not None and entry[4] and "{{" not in entry[4]:
            start = at + entry.start(4)
            value = Value("text", entry[4], offset + start, offset + start + len(entry[4]))
            yield entry[2], value, section[2] == "data"
        at = end + 1
    if block is not None:
        yield from _block(text, block, section[2], offset)


def _block(
    text: str, block: tuple[str, int, int, int], section: str, offset: int
) -> Iterator[tuple[str, Value, bool]]:
    key, _, start, end = block
    held = text[start:end]
    if held.strip() and "{{" not in held:
        yield key, Value("text", held, offset + start, offset + end), section == "data"
