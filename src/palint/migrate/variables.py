"""Find what reads a dotenv file's variables, wherever it gets them from."""

from __future__ import annotations

import re
from collections.abc import Collection

from palint.files import HEAD, languages
from palint.files.languages import Language, in_comment
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# Declared where they are read, by tools that are given their variables in other ways.
_DECLARED = frozenset(("compose", "dockerfile", "workflow", "action", "dotenv", "jenkinsfile"))
_ABOUT_SETTINGS = lazy_re.compile(r"env|config|setting|secret", re.IGNORECASE)


# A tool's own settings, which no program imports: `vite.config.ts`, `esbuild.config.mjs`.
_TOOL = lazy_re.compile(r"\.config\.[cm]?[jt]s$")


def is_tool_configuration(path: str) -> bool:
    """Whether a tool runs a file, and not the program beside it."""
    return _TOOL.search(path) is not None


class Read(NamedTuple):
    """A variable that a file reads. line: 1-based."""

    name: str
    line: int


def read_in(file: SourceFile, names: Collection[str]) -> list[Read]:
    """The first place of each variable that a file may read, in the order of the text.

    In programs that is its name as a whole string, or behind `env.`; a name of one word only where the line
    is about settings. In scripts `$NAME`, unless the script sets it; elsewhere `${NAME}` and `env(NAME)`.
    """
    if not names or not any(name in file.text for name in names):
        return []
    language = languages.find(file.path, file.data[:HEAD])
    if language.type == "prose" or language.id in _DECLARED:
        return []
    found: dict[str, Read] = {}
    for match in _pattern(language, names).finditer(file.text):
        name = next(filter(None, match.groups()))
        start, end = file.line_at(match.start())
        line = file.text[start:end]
        if name in found or in_comment(language, line, match.start() - start):
            continue
        if language.type == "programming" and "_" not in name and not _ABOUT_SETTINGS.search(line):
            continue
        if language.type == "commands" and _is_set(file.text, name):
            continue
        found[name] = Read(name, file.position(match.start()).line)
    return list(found.values())


def _pattern(language: Language, names: Collection[str]) -> re.Pattern[str]:
    """A pattern whose groups are the name that it matches."""
    name = "|".join(re.escape(each) for each in sorted(names))
    if language.type == "commands":
        return re.compile(rf"\$[{{(]?({name})\b|%({name})%")
    if language.type == "programming":
        return re.compile(
            rf"(?<=[\"'`])({name})(?=[\"'`,])|\benv\.({name})\b|\bENV\[:({name})\]|\$\{{({name})(?=[:}}])"
        )
    return re.compile(
        rf"\$\{{({name})(?=[:}}])|\benv\([\"']?(?:\w+:)*({name})\b|(?<!process\.)\benv\.({name})\b"
    )


def _is_set(text: str, name: str) -> bool:
    """Whether a script sets a variable itself."""
    return re.search(
        rf"(?m)(?:^|[\s;&])(?:(?:export|local|readonly|declare)\s+)?{name}\s*:?=|\b(?:read|for)\s[^\n;]*\b{name}\b",
        text,
    ) is not None  # fmt: skip
