"""Apply `.gitignore` files in trees that are not git repositories."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_LINES = 5000  # maximum number of patterns in one file
_FOLDER_END = lazy_re.compile(r"(?<!^)(?<!^!)/\s*$")
_GLOB = lazy_re.compile(r"\*+|\?|\[[^\]]*\]?")
_SET = lazy_re.compile(r"\[([^\]!^\\-]{1,8})\]")
_PLAIN = lazy_re.compile(r"(!?)(?:(\*?)([A-Za-z0-9._-]*)(\*?)|(/?[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*))(/?)")


class Ignore:
    """One .gitignore. Directories are decided before their contents, as in git.

    The last line that matches decides. pathspec is used only for a line that is not plain and may match: it
    takes 20 ms to import. It applies `name/**` to the directory itself: directories are matched without their
    final `/`, against patterns without it.

    text: the file's. Raises ValueError if there are too many lines, or one would take too long to match.
    """

    def __init__(self, text: str) -> None:
        lines = (line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n"))
        self._lines = [line for line in lines if line.strip() and not line.startswith("#")]
        if len(self._lines) > _LINES or any(costly(line) and not _name_pattern(line) for line in self._lines):
            raise ValueError("too many patterns, or one that is too costly")
        self._could = _Could(self._lines)
        self._last_first: list[_Plain | _Glob | _Other] = []

    def decide(self, path: str) -> bool | None:
        """Whether a path below its directory (`name/` if a directory) is ignored; None if no line matches."""
        folder = path.endswith("/")
        if folder:
            path = path[:-1]
        if not self._could.may_match(path):
            return None
        if not self._last_first:
            self._last_first = [_plain(ln) or _glob(ln) or _Other(ln) for ln in reversed(self._lines)]
        for line in self._last_first:
            if line.matches(path, folder):
                return not line.negated
        return None


def costly(line: str) -> bool:
    """Whether pathspec may take more than quadratic time for a line: two `*` before the last one are fine."""
    parts = line.strip().split("/")
    return (
        len(line) > 1000
        or sum(part.strip("!") == "**" for part in parts) > 3
        or any(len(re.findall(r"\*+", part.rstrip("*"))) > 2 for part in parts)
    )


class _Plain(NamedTuple):
    """A line of one literal, possibly with `*` before or after (`*.mo`, `build/`), or a whole path."""

    negated: bool
    folders: bool
    literal: str
    begins: bool
    ends: bool
    path: str

    def matches(self, path: str, folder: bool) -> bool:
        if self.folders and not folder:
            return False
        if self.path:
            return path == self.path
        name = path[path.rfind("/") + 1 :]
        if self.begins:
            return name == self.literal if self.ends else name.startswith(self.literal)
        return name.endswith(self.literal) if self.ends else self.literal in name


def _plain(line: str) -> _Plain | None:
    match = _PLAIN.fullmatch(line)
    if match is None or not any(match.group(2, 3, 5)):
        return None
    negated, star, literal, more, path, end = match.groups()
    return _Plain(bool(negated), bool(end), literal, not star, not more, (path or "").removeprefix("/"))


# A line of one name with `*`, `?` and plain sets: `[._]*.s[a-v][a-z]`.
_NAME_GLOB = lazy_re.compile(r"(!?)((?:[A-Za-z0-9._~#-]|[*?]|\[(?:[A-Za-z0-9._](?:-[A-Za-z0-9])?)+\])+)(/?)")


class _Glob(NamedTuple):
    """A line of one name with wildcards in it."""

    negated: bool
    folders: bool
    pattern: re.Pattern[str]

    def matches(self, path: str, folder: bool) -> bool:
        return (folder or not self.folders) and self.pattern.fullmatch(
            path[path.rfind("/") + 1 :]
        ) is not None


def _name_pattern(line: str) -> str:
    """The regular expression of a line of one name with wildcards; "" for other lines.

    fnmatch's never tries a `*` again once what follows it was found, so that any number of them is linear.
    """
    from fnmatch import translate

    match = _NAME_GLOB.fullmatch(line)
    return "" if match is None or not match[2].strip("*") else translate(match[2])


def _glob(line: str) -> _Glob | None:
    pattern = _name_pattern(line)
    return _Glob(line[0] == "!", line[-1] == "/", re.compile(pattern)) if pattern else None


class _Other:
    """Any other line, for pathspec: asked for paths with the literals that it requires."""

    def __init__(self, line: str) -> None:
        self.negated = line.startswith("!")
        self._line = line
        parts = line.removeprefix("!").rstrip().split("/")
        self._needed = [] if "\\\\" in line else [x for part in parts for x in _literals(part) if x]

    def matches(self, path: str, folder: bool) -> bool:
        if not all(literal in path for literal in self._needed):
            return False
        return self._specs[folder].check_file(path).include is not None

    @cached_property
    def _specs(self) -> tuple[GitIgnoreSpec, GitIgnoreSpec]:
        """For files, and for folders; an invalid pattern matches nothing, as in git."""
        from pathspec import GitIgnoreSpec

        def compiled(line: str) -> GitIgnoreSpec:
            try:
                return GitIgnoreSpec.from_lines([line], backend="simple")
            except (ValueError, re.error):
                return GitIgnoreSpec([])

        return compiled(self._line), compiled(_FOLDER_END.sub("", self._line))


class _Could:
    """A quick test of whether any line may match a path; it has no false negatives."""

    def __init__(self, lines: list[str]) -> None:
        self.any = False
        self.names: set[str] = set()
        self.inside: set[tuple[str, ...]] = set()
        ends: set[str] = set()
        patterns: list[str] = []
        for line in lines:
            parts = line.removeprefix("!").rstrip().rstrip("/").split("/")
            for part in _alternatives(parts[-1]):
                literals = _literals(part)
                if len(literals) == 1 and literals[0]:
                    self.names.add(literals[0])
                elif literals[-1]:
                    ends.add(literals[-1])
                elif pattern := _name_pattern(line):
                    patterns.append(pattern)
                else:
                    # The line ends in a wildcard: the path must contain all of its literals.
                    needed = [x for each in parts for x in _literals(each) if x]
                    self.inside.add(tuple(sorted(set(needed), key=len, reverse=True)))
        self.any = () in self.inside or any("\\\\" in line for line in lines)
        self.ends = tuple(ends)
        self.globs = re.compile("|".join(patterns) or "(?!)")

    def may_match(self, path: str) -> bool:
        name = path[path.rfind("/") + 1 :]
        if self.any or name in self.names or name.endswith(self.ends) or self.globs.fullmatch(name):
            return True
        for needed in self.inside:
            for literal in needed:
                if literal not in path:
                    break
            else:
                return True
        return False


def _literals(part: str) -> list[str]:
    """The literal pieces between the wildcards of one part of a line."""
    return [piece.replace("\\", "") for piece in _GLOB.split(part)]


def _alternatives(part: str) -> list[str]:
    """`*.py[cod]` as three patterns; any other part unchanged."""
    match = _SET.search(part) if part.count("[") == 1 else None
    return [part[: match.start()] + c + part[match.end() :] for c in match[1]] if match else [part]


def compile_globs(globs: Sequence[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a path matches one of the globs, as in .gitignore."""
    if not globs:
        return lambda path: False
    from pathspec import PathSpec

    spec = PathSpec.from_lines("gitignore", globs, backend="simple")
    return lambda path: bool(spec.match_file(path))
