"""Write the JSON Schema for SchemaStore from the settings' model: `python schema/make_schemastore.py`.

SchemaStore asks for draft-07, and editors know no newer one everywhere.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from palint import registry
from palint.config.schema import schema

TARGET = Path(__file__).parent / "schemastore" / "src" / "schemas" / "json" / "palint.json"
ADDRESS = "https://www.schemastore.org/palint.json"


def text() -> str:
    """The schema of draft-07, as its file has it."""
    options = {
        name: {option: tuple(declared) for option, declared in rule.options.items()}
        for name, rule in registry.load().items()
    }
    newest = schema(options)  # type: ignore[arg-type]
    definitions = newest["$defs"]
    settings = definitions.pop(newest["$ref"].rpartition("/")[2])
    made = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": ADDRESS,
        "$comment": "Made by schema/make_schemastore.py of https://github.com/palindrom/palint",
        **settings,
        "title": "palint settings",
        "description": "Settings of palint, in palint.toml or [tool.palint] of pyproject.toml",
        "definitions": definitions,
    }
    return json.dumps(_renamed(made), indent=2) + "\n"


def _renamed(node: Any) -> Any:
    """References as draft-07 writes them; a default that is null is left out, as strict validators want."""
    if isinstance(node, list):
        return [_renamed(each) for each in node]
    if not isinstance(node, dict):
        return node.replace("#/$defs/", "#/definitions/") if isinstance(node, str) else node
    return {key: _renamed(value) for key, value in node.items() if not (key == "default" and value is None)}


def main() -> int:
    TARGET.write_text(text(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
