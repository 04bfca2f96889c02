"""What a migration writes: nothing that parsed before and would not any more."""

from __future__ import annotations

import pytest

from palint.migrate import loaders
from palint.migrate.repository import parses


@pytest.mark.parametrize(
    "suffix", ["py", "pyw", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "yml", "yaml", "PY"]
)
def test_a_text_that_does_not_parse_in_its_language(suffix: str) -> None:
    assert not parses(f"a.{suffix}", "a: [(\n")
    assert parses(f"a.{suffix}", "")


@pytest.mark.parametrize("suffix", ["js", "jsx", "ts", "tsx"])
def test_each_dialect_of_javascript_has_its_own_syntax(suffix: str) -> None:
    assert parses(f"a.{suffix}", "const a = <b>c</b>;\n") is suffix.endswith("x") or suffix == "js"
    assert parses(f"a.{suffix}", "const a: string = 'b';\n") is suffix.startswith("ts")


@pytest.mark.parametrize("path", ["a.txt", "a", "a.py.txt", "requirements.in"])
def test_without_a_parser_every_text_is_good(path: str) -> None:
    assert parses(path, "a: [(\n")


@pytest.mark.parametrize("name", loaders.FILES)
def test_a_loader_is_known_by_its_name_in_any_folder(name: str) -> None:
    assert loaders.is_loader(name) and loaders.is_loader(f"src/app/{name}")
    assert not loaders.is_loader(f"{name}.txt") and not loaders.is_loader(f"{name}/app.py")
