"""What is sent to SchemaStore: a valid draft-07 schema that agrees with the program."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import jsonschema
import pytest

from palint import registry
from palint.config import ConfigError
from palint.config.settings import load
from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = ROOT / "schema" / "schemastore"
SCHEMA = FOLDER / "src" / "schemas" / "json" / "palint.json"


def test_the_schema_is_up_to_date_and_valid() -> None:
    made = runpy.run_path(str(ROOT / "schema" / "make_schemastore.py"))["text"]()
    assert SCHEMA.read_text("utf-8") == made, "run `make docs`"
    schema = json.loads(made)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$id"] == json.loads((FOLDER / "catalog-entry.json").read_text())["url"]
    assert schema["$id"] == json.loads((FOLDER / "pyproject-entry.json").read_text())["palint"]["$ref"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("src/*test/palint/*.toml")), ids=lambda path: path.name)
def test_schema_and_program_agree(path: Path) -> None:
    options = {
        name: {option: tuple(declared) for option, declared in rule.options.items()}
        for name, rule in registry.load().items()
    }
    good = path.parts[-3] == "test"
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert validator.is_valid(tomllib.loads(path.read_text("utf-8"))) is good
    try:
        load("palint.toml", path.read_bytes(), options)  # type: ignore[arg-type]
        assert good
    except ConfigError:
        assert not good
