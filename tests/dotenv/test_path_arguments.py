"""Paths of dotenv files that a program names."""

from __future__ import annotations

import pytest

from palint.dotenv.path_arguments import find_uses
from palint.files import languages


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.js", True), ("a.ts", True), ("a.vue", True), ("a.go", True), ("a.py", False), ("A.java", False)],
)
def test_a_backtick_quotes_a_path_only_where_it_quotes_strings(path: str, found: bool) -> None:
    assert [use.message for use in find_uses("x = load(`.env`)\n", languages.find(path))] == (
        ["`load` loads `.env`"] if found else []
    )


@pytest.mark.parametrize("margin", ["", "    ", "\t"])
def test_a_comment_uses_no_path(margin: str) -> None:
    go = languages.find("a.go")
    assert [use.message for use in find_uses(f'{margin}viper.SetConfigFile(".env")\n', go)]
    assert not list(find_uses(f'{margin}// viper.SetConfigFile(".env")\n', go))
    assert not list(find_uses(f'{margin}x := load("a") // viper.SetConfigFile(".env")\n', go))
    assert list(find_uses(f'{margin}x := load("a // b", ".env")\n', go))
