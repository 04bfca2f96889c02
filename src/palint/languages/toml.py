"""Find the lines of the keys in a TOML text: no TOML parser gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.util import lazy_re

Path = tuple[str | int, ...]  # the parts of a key; an array's element is its index as a number

# Each matches a whole token from its first character, in linear time; the text is valid TOML already.
_BLANK = lazy_re.compile(r"(?:[ \t\r\n,]|#[^\n]*)+")
_SPACE = lazy_re.compile(r"[ \t]*")
_BARE_KEY = lazy_re.compile(r"[A-Za-z0-9_-]+")
_STRING = lazy_re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
)
_SCALAR = lazy_re.compile(r"[^,\]}\n#]+")


class KeyLocator:
    """Finds the line of a key. Reads the text once, in time that is linear in its length."""

    def __init__(self, text: str) -> None:
        """`text` must be valid TOML: other text gives wrong lines, without an error."""
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}  # array of tables: the index of its last table
        self._read()

    def line(self, path: Iterable[str | int]) -> int:
        """The 1-based line of a key, or of its nearest ancestor in the text; 1 if there is none.

        A number in `path` is an index into an array.
        """
        wanted = tuple(path)
        for size in range(len(wanted), 0, -1):
            if wanted[:size] in self._lines:
                return self._lines[wanted[:size]]
        return 1

    def _read(self) -> None:
        table: Path = ()
        while self._skip():
            start = self._at
            if self._text.startswith("[", start):
                repeated = self._text.startswith("[[", start)
                self._at += 1 + repeated
                table = self._resolve(self._key())
                if repeated:
                    index = self._tables.get(table, -1) + 1
                    self._tables[table] = index
                    self._note(table, start)
                    table = (*table, index)
                self._note(table, start)
                self._at = (self._text.find("]", self._at) + 1 or len(self._text)) + repeated
            else:
                self._entry(table)

    def _resolve(self, key: Path) -> Path:
        """A header's key, with the index of the last table inserted after each array of tables."""
        path: Path = ()
        for number, part in enumerate(key):
            path = (*path, part)
            if path in self._tables and number < len(key) - 1:
                path = (*path, self._tables[path])
        return path

    def _skip(self) -> bool:
        """Skip whitespace and comments; return whether any text is left."""
        match = _BLANK.match(self._text, self._at)
        if match:
            self._at = match.end()
        return self._at < len(self._text)

    def _note(self, path: Path, offset: int) -> None:
        self._line += self._text.count("\n", self._counted, offset) if offset > self._counted else 0
        self._counted = max(offset, self._counted)
        self._lines.setdefault(path, self._line)

    def _entry(self, table: Path) -> None:
        start = self._at
        path = table
        for part in self._key():
            path = (*path, part)
            self._note(path, start)
        equals = self._text.find("=", self._at)
        self._at = equals + 1 if equals >= 0 else len(self._text)
        self._value(path)

    def _key(self) -> Path:
        parts: list[str | int] = []
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            match = _BARE_KEY.match(self._text, self._at) or _STRING.match(self._text, self._at)
            if not match:
                return tuple(parts)
            parts.append(_plain(match[0]))
            self._at = _SPACE.match(self._text, match.end()).end()  # type: ignore[union-attr]
            if not self._text.startswith(".", self._at):
                return tuple(parts)
            self._at += 1

    def _value(self, path: Path) -> None:
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
        opener = self._text[self._at : self._at + 1]
        if opener in ("[", "{"):
            self._at += 1
            index = 0
            while self._skip() and self._text[self._at] not in "]}":
                start = self._at
                if opener == "[":
                    self._note((*path, index), start)
                    self._value((*path, index))
                else:
                    self._entry(path)
                index += 1
            self._at += 1
            return
        match = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
        if match:
            self._at = match.end()


def _plain(token: str) -> str:
    """A key's text: without quotes, with escapes resolved."""
    if token[0] == "'":
        return token[1:-1]
    if token[0] != '"':
        return token
    if "\\" not in token:
        return token[1:-1]
    return re.sub(
        r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))",
        lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _ESCAPES.get(m[3], m[3]),
        token[1:-1],
    )


_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
