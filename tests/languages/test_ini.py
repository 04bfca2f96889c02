"""INI and .properties entries with their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import ini


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("[default]\r\na = b\r\n", [("default", "a", "b")]),
        ("a: b ; c\n[s]\n# d=e\nf=", [("", "a", "b"), ("s", "f", "")]),
        ('a = "b ; c" ; d', [("", "a", "b ; c")]),
        ("aws.secret-key=x=y", [("", "aws.secret-key", "x=y")]),
    ],
)
def test_entries(text: str, entries: list[tuple[str, str, str]]) -> None:
    assert [(e.section, e.key, e.value) for e in ini.entries(text)] == entries


@given(st.text(st.sampled_from("ab=:[]#; \"'\n\r\u2028"), max_size=60))
def test_values_stand_where_they_say(text: str) -> None:
    for entry in ini.entries(text):
        assert text[entry.value_start : entry.value_end] == entry.value
        assert text[entry.start :].startswith(entry.key)
