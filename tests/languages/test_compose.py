"""Compose files: services, their variables and `.env` files, with places in the text."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import compose
from palint.text.source import SourceFile

TEXT = """
x-common: &common
  environment: {SHARED: "a b"}
services:
  api:
    <<: *common
    env_file: [.env, {path: local.env, required: false}, {required: false}, [a], null]
    environment:
      - NAME='v'
      - "QUOTED=w"
      - EMPTY=
      - INHERITED
      - {A: b}
  db: &db
    image: x
    env_file: db.env
    environment:
      A: b
      <<: {C: d}
      LIST: [1]
  copy: *db
volumes: {}
"""


def parsed(text: str) -> tuple[SourceFile, list[compose.Service]]:
    file = SourceFile("compose.yml", text.encode())
    return file, file.parsed_with(compose.parse)


def test_services_have_their_files_and_variables() -> None:
    file, services = parsed(TEXT)
    assert [s.name for s in services] == ["api", "db", "x-common"]
    found = {
        s.name: [(v.name, file.text[v.value_start : v.value_end], v.in_map) for v in s.settings()]
        for s in services
    }
    assert found["x-common"] == [("SHARED", "a b", True)]
    assert found["db"] == [("A", "b", True)]
    assert found["api"] == [
        ("NAME", "'v'", False), ("QUOTED", "w", False), ("EMPTY", "", False), ("INHERITED", "", False),
    ]  # fmt: skip
    files = {s.name: s.entry("env_file") for s in services}
    assert files["x-common"] is None
    paths = {name: compose.env_files(pair[1]) for name, pair in files.items() if pair is not None}
    assert {name: [node.value for node in nodes] for name, nodes in paths.items()} == {
        "api": [".env", "local.env"], "db": ["db.env"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["services: [a]\n", "kind: Service\n", "- services: {a: {}}\n", "services:\n"]
)
def test_other_yaml_is_not_a_compose_file(text: str) -> None:
    assert parsed(text)[1] == []
    assert parsed("services: {a: {}}\n")[1]


NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,5}", fullmatch=True)


@given(st.dictionaries(NAMES, st.text("ab =:#'\"$é", max_size=6), max_size=4), st.booleans())
def test_values_are_those_of_a_yaml_parser(variables: dict[str, str], as_list: bool) -> None:
    written = [f"{name}={value}" for name, value in variables.items()] if as_list else variables
    text = yaml.safe_dump({"services": {"a": {"environment": written}}}, allow_unicode=True, sort_keys=False)
    file, (service,) = parsed(text)
    settings = list(service.settings())
    assert [s.name for s in settings] == list(variables)
    for setting in settings:
        raw = file.text[setting.value_start : setting.value_end]
        if not set(raw) & set("'\"\\"):
            assert raw == variables[setting.name]
