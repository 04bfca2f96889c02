"""Kubernetes manifests: `Secret` objects and the values in them, from YAML, JSON and Helm templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.languages.value import Value
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_SECTIONS = ("data", "stringData")
_KIND = lazy_re.compile(r"""^[ \t-]*["']?kind["']?:[ \t]*["']?Secret["']?[ \t\r]*(#.*)?$""", re.M)
_DOCUMENT_END = lazy_re.compile(r"^---.*$", re.M)
_NAME = lazy_re.compile(r"""^[ \t]+name:[ \t]*["']?([\w.-]+)""", re.M)
_SECTION = lazy_re.compile(r"^([ \t]*)(data|stringData):[ \t\r]*$", re.M)
_ENTRY = lazy_re.compile(r"([ \t]+)[\"']?([\w.-]+)[\"']?:[ \t]*(\S.*)")
_COMMENT = lazy_re.compile(r"[ \t]#")
_BLOCK = lazy_re.compile(r"^[|>][+-]?\d?$")


class Secret(NamedTuple):
    """A `kind: Secret`. name: "" if it is templated. values: (key, value, whether it is base64)."""

    name: str
    values: list[tuple[str, Value, bool]]


def secrets(file: SourceFile, documents: list[Node]) -> Iterator[Secret]:
    """The Secrets of a manifest, also in lists and nested objects.

    Whether a value is encrypted shows in the value (`values.is_literal_secret`), not in what is beside it.
    """
    for document in documents:
        for node in document.walk():
            yield from _generated(node)
            if node.kind != "map" or node.text("kind") != "Secret":
                continue
            if node.text("apiVersion") not in (None, "v1"):
                continue
            metadata = node.get("metadata")
            name = metadata.text("name") if metadata is not None else None
            values = [
                (key.value, _literal(file, held), section == "data")
                for section in _SECTIONS
                if (entries := node.get(section)) is not None
                for key, held in entries.entries()
                if held.kind == "scalar" and not held.null
            ]
            yield Secret("" if name is None or "{{" in name else name, values)


def _generated(node: Node) -> Iterator[Secret]:
    """The Secrets that a kustomization makes of literals, `key=value`.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/
    """
    generators = node.get("secretGenerator") if node.kind == "map" else None
    for generator in generators.elements if generators is not None else ():
        literals = generator.get("literals") if generator.kind == "map" else None
        values = []
        for element in literals.elements if literals is not None else ():
            key, _, value = element.value.partition("=")
            start, end = element.inside
            values.append((key, Value("text", value, min(start + len(key) + 1, end), end), False))
        if values:
            yield Secret(generator.text("name") or "", values)


def _literal(file: SourceFile, node: Node) -> Value:
    if node.style in ("|", ">"):
        start = min(file.text.find("\n", node.start) + 1 or node.start, node.end)
        return Value("text", node.value, start, node.end)
    quotes = 1 if node.style in ("'", '"') else 0
    return Value("text", node.value, node.start + quotes, max(node.end - quotes, node.start + quotes))


def secrets_in_template(file: SourceFile) -> Iterator[Secret]:
    """The Secrets of a template that is not valid YAML until it is rendered, read by its lines' indentation.

    Values that contain `{{` are skipped: they come from elsewhere.
    """
    start = 0
    for end in [m.start() for m in _DOCUMENT_END.finditer(file.text)] + [len(file.text)]:
        text = file.text[start:end]
        if _KIND.search(text):
            name = _NAME.search(text)
            yield Secret(name[1] if name else "", [_shifted(entry, start) for entry in _sections(text)])
        start = end


def _shifted(entry: tuple[str, Value, bool], offset: int) -> tuple[str, Value, bool]:
    key, value, encoded = entry
    return key, value._replace(start=value.start + offset, end=value.end + offset), encoded


def _sections(text: str) -> Iterator[tuple[str, Value, bool]]:
    """Yield the sections `data:` and `stringData:`; a nested one is part of the outer one."""
    done = 0
    for section in _SECTION.finditer(text):
        if section.start() >= done:
            done = _end(text, section)
            yield from _entries(text, section.end() + 1, done, section[2])


def _end(text: str, section: re.Match[str]) -> int:
    """The end of a section: before the first line that is not indented deeper than its key."""
    indent, at = len(section[1]), section.end() + 1
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        line = text[at:end].strip()
        if line and not line.startswith("{{") and _indent(text[at:end]) <= indent:
            return at
        at = end
    return len(text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _entries(text: str, start: int, end: int, section: str) -> Iterator[tuple[str, Value, bool]]:
    """The `key: literal` lines of text[start:end]; a block scalar is the lines that are indented deeper."""
    block: tuple[str, int, int, int] | None = None  # key, its indent, start and end of its text
    for whole in text[start:end].split("\n"):
        at, start = start, start + len(whole) + 1
        line = whole.rstrip()
        if block is not None and (not line or line.lstrip().startswith("{{") or _indent(line) > block[1]):
            block = (*block[:3], at + len(line) if line else block[3])
            continue
        if block is not None:
            yield from _block(text, block, section)
            block = None
        entry = _ENTRY.match(line)
        if entry is None:
            continue
        held = (
            entry[3]
            if entry[3][0] in "'\"" and entry[3][-1] == entry[3][0]
            else _COMMENT.split(entry[3])[0].rstrip()
        )
        if _BLOCK.match(held):
            block = (entry[2], len(entry[1]), start, start)
        elif "{{" not in held:
            quoted = len(held) > 1 and held[0] == held[-1] and held[0] in "'\""
            value = held[1:-1] if quoted else held
            first = at + entry.start(3) + quoted
            yield entry[2], Value("text", value, first, first + len(value)), section == "data"
    if block is not None:
        yield from _block(text, block, section)


def _block(text: str, block: tuple[str, int, int, int], section: str) -> Iterator[tuple[str, Value, bool]]:
    key, _, start, end = block
    held = text[start:end]
    if held.strip() and "{{" not in held:
        yield key, Value("text", held, start, end), section == "data"
