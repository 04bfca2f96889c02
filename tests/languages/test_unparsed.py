"""Environment variables and values of languages without a parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import unparsed, yaml
from palint.languages.unparsed import GRAMMARS, Grammar

VALUES = [  # language, source, kind and text of its value
    ("rust", '"abc"', "text", "abc"),
    ("rust", 'std::env::var("KEY").unwrap()', "environment", "KEY"),
    ("rust", "None", "nothing", "None"),
    ("rust", "null", "other", "null"),
    ("rust", "aba", "other", "aba"),
    ("rust", '"a" + "b"', "other", '"a" + "b"'),
    ("php", "'abc'", "text", "abc"),
    ("php", '"${prefix}abc"', "template", "${prefix}abc"),
    ("php", "env('KEY')", "environment", "KEY"),
    ("php", "$_ENV['KEY']", "environment", "KEY"),
    ("php", "getenv('KEY')", "environment", "KEY"),
    ("php", "$key", "other", "$key"),
    ("ruby", "ENV.fetch('KEY')", "environment", "KEY"),
    ("ruby", 'ENV["KEY"]', "environment", "KEY"),
    ("ruby", '"a#{b}"', "template", "a#{b}"),
    ("ruby", '"a${b}"', "text", "a${b}"),
    ("ruby", "nil", "nothing", "nil"),
    ("csharp", 'Environment.GetEnvironmentVariable("KEY")', "environment", "KEY"),
    ("csharp", "null", "nothing", "null"),
    ("kotlin", 'System.getenv("KEY")', "environment", "KEY"),
    ("kotlin", '"a${b}"', "template", "a${b}"),
]


@pytest.mark.parametrize(("language", "source", "kind", "expected"), VALUES)
def test_a_value_is_what_its_language_says(language: str, source: str, kind: str, expected: str) -> None:
    text = f"f(  {source} )"
    found = unparsed.value(text, 2, len(text) - 1, GRAMMARS[language])
    assert (found.kind, found.text) == (kind, expected)
    if kind in ("text", "template"):
        assert text[found.start : found.end] == expected
    else:
        assert text[found.start : found.end] == source


@given(st.text("ab\"'#/$ {}()\n", max_size=40), st.data(), st.sampled_from(sorted(GRAMMARS)))
def test_a_value_stays_in_its_range(text: str, data: st.DataObject, language: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = unparsed.value(text, start, end, GRAMMARS[language])
    assert start <= found.start <= found.end <= max(end, found.start)
    if found.kind in ("text", "template"):
        assert text[found.start : found.end] == found.text


def test_the_keys_above_a_value_are_those_that_are_indented_less() -> None:
    text = "spring:\n  other: 1\n  cloud:\n\n    # aws:\n    aws:\n      region: x\n      key: v\n"
    assert yaml.keys_above(text, text.index("key:")).split() == ["aws:", "cloud:", "spring:"]
    assert yaml.keys_above(text, 0) == ""


def test_every_grammar_names_a_group() -> None:
    for grammar in GRAMMARS.values():
        assert isinstance(grammar, Grammar)
        assert re.compile(grammar.environment.pattern).groups == 1
