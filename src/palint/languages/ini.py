"""INI and .properties files: keys with their section and offsets. Nothing here fails on any text."""

from __future__ import annotations

from typing import NamedTuple

from palint.text.source import SourceFile
from palint.util import lazy_re


class Entry(NamedTuple):
    """One `key = value`. section: "" before the first header. Offsets are code points; the value without
    quotes."""

    section: str
    key: str
    value: str
    start: int
    value_start: int
    value_end: int


_LINE = lazy_re.compile(
    r"(?m)^[ \t]*(?:\[(?P<section>[^\]\r\n]*)\]"
    r"|(?P<key>[^\s#;!\[=:][^=:\r\n]{0,200}?)[ \t]*[=:][ \t]*(?P<value>[^\r\n]*))"
)
_QUOTED = lazy_re.compile(r"([\"'])(.*?)\1\s*(?:[#;].*)?$")
_REMARK = lazy_re.compile(r"\s[#;].*$")


def parse(file: SourceFile) -> list[Entry]:
    """The entries of a file, in order."""
    return entries(file.text)


def entries(text: str, start: int = 0, end: int | None = None) -> list[Entry]:
    """The entries in text[start:end]. A value ends before a remark (` #`, ` ;`); continuation lines are not
    joined."""
    section = ""
    found: list[Entry] = []
    for line in _LINE.finditer(text, start, len(text) if end is None else end):
        if line["key"] is None:
            section = line["section"].strip()
            continue
        value_start, value = line.start("value"), line["value"].rstrip()
        quoted = _QUOTED.match(value)
        if quoted is not None:
            value_start, value = value_start + 1, quoted[2]
        else:
            value = _REMARK.sub("", value)
        found.append(
            Entry(
                section, line["key"].strip(), value, line.start("key"), value_start, value_start + len(value)
            )
        )
    return found
