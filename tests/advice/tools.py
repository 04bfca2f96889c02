"""The tools that judge the code in fix texts: the language's own parser, or the published schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module, resources

import jsonschema
import regress
import yaml
from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "c_sharp": "language", "go": "language", "hcl": "language", "java": "language", "javascript": "language",
    "kotlin": "language", "php": "language_php", "ruby": "language", "rust": "language", "scala": "language",
    "bash": "language", "typescript": "language_typescript",
}  # fmt: skip


@cache
def _parser(name: str) -> Parser:
    module, function = (
        ("typescript", "language_typescript") if name == "typescript" else (name, _GRAMMARS[name])
    )
    make: Callable[[], object] = getattr(import_module(f"tree_sitter_{module}"), function)
    return Parser(Language(make()))


def syntax_errors(grammar: str, text: str) -> list[str]:
    """What a grammar of tree-sitter cannot read in a text, with its line."""
    data = text.encode()
    root = _parser(grammar).parse(data).root_node
    found, stack = [], [root]
    while stack:
        node: Node = stack.pop()
        if node.type == "ERROR" or node.is_missing:
            found.append(
                f"{node.start_point[0] + 1}: {data[node.start_byte : node.end_byte].decode()[:60]!r}"
            )
        elif node.has_error:
            stack += node.children
    return found


def schema_errors(schema: str, text: str) -> list[str]:
    """What a schema of SchemaStore, or of Compose, does not allow in YAML.

    schema: the name of a file that check-jsonschema brings.
    """
    document = yaml.load(text, Loader=_Yaml)
    errors = _validator(schema).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


@cache
def _validator(schema: str) -> jsonschema.protocols.Validator:
    folder = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    found = json.loads((folder / f"{schema}.json").read_text("utf-8"))
    validator = jsonschema.validators.validator_for(found)
    return jsonschema.validators.extend(validator, {"pattern": _pattern})(found)


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[jsonschema.ValidationError]:
    """`pattern` with the regular expressions of ECMAScript, which JSON Schema prescribes."""
    if isinstance(instance, str) and regress.Regex(pattern, "u").find(instance) is None:
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


class _Yaml(yaml.SafeLoader):
    """YAML 1.2, as workflows have it: `on` is a string."""


_Yaml.yaml_implicit_resolvers = {
    first: [row for row in rows if row[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
