"""Every example of every installed rule, and what every rule's page must hold."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from palint import registry
from palint.cli.info import rule_page
from palint.rule import Clause, Rule
from palint.testing import run_examples
from tests.rules import examples

RULES = registry.load()


@pytest.mark.parametrize("name", RULES)
def test_examples(name: str) -> None:
    run_examples(RULES[name])


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(examples.__path__)])
def test_further_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[name.replace("_", "-")]
    module = importlib.import_module(f"tests.rules.examples.{name}")
    monkeypatch.setattr(rule, "bad", module.BAD)
    monkeypatch.setattr(rule, "good", module.GOOD)
    run_examples(rule)


@pytest.mark.parametrize("name", RULES)
def test_page(name: str) -> None:
    rule = RULES[name]
    page = rule_page(rule)
    for section in ("## Why", "## Do this instead", "## Limits"):
        assert section in page, f"{name} has no section {section!r}"
    assert rule.summary(), name
    assert len(rule.summary()) < 110, name
    assert "{aws_access_key_id}" not in page


@pytest.mark.parametrize("name", RULES)
def test_declaration(name: str) -> None:
    rule = RULES[name]
    assert isinstance(rule.clause, Clause)
    assert rule.check is not Rule.check or rule.check_project is not Rule.check_project
    for silent in rule.supersedes:
        assert silent in RULES
    for option in rule.options.values():
        assert option.help
