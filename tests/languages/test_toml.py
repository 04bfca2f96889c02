"""The lines of keys in TOML, compared with what Python's parser reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from palint.languages.toml import KeyLocator, Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Each value is the number of its own line.
TEXT = r"""
top = 2
'single' = 3
"double" = 4
"esc\u0061ped \U00000061 \"x\"" = 5
"tab\there" = 6
dotted.'a.b'."c" = 7
[table] # a comment = 1
key = 9
'quoted key' = [
    11, # one
    12,
]
inline = { a = 14, 'b' = 14, c = { "d" = 14 } }
[['array'.of]]
x = 16
text = 17 # "not = a key
[[array.of]]
x = 19
[array.of.sub]
y = 21
""".replace("\\\\", "\\")


def numbers(value: Any, path: Path = ()) -> Iterator[tuple[Path, int]]:
    if isinstance(value, int):
        yield path, value
    for key, each in value.items() if isinstance(value, dict) else ():
        yield from numbers(each, (*path, key))
    for index, each in enumerate(value if isinstance(value, list) else ()):
        yield from numbers(each, (*path, index))


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_key_is_on_its_line(line_end: str) -> None:
    text = TEXT.replace("\n", line_end)
    found = list(numbers(tomllib.loads(text)))
    locator = KeyLocator(text)
    assert len(found) == 16
    assert [(path, locator.line(path)) for path, _ in found] == found


def test_a_key_that_is_not_there_has_the_line_of_what_it_would_be_in() -> None:
    locator = KeyLocator(TEXT)
    assert locator.line(("table", "none")) == 8
    assert locator.line(("array", "of", 1, "none")) == 18
    assert locator.line(("none",)) == 1
