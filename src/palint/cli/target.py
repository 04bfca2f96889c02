"""Find the root, the settings and the files in scope from command-line arguments."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from palint.cli.exit_codes import UsageError
from palint.config.model import SETTINGS_FILES, Config, ConfigError
from palint.rule import Rule
from palint.tree import git
from palint.tree.reader import Read, Reader
from palint.util.named_tuple import NamedTuple

_SETTINGS_SIZE = 1 << 20  # maximum bytes of a settings file


class Target(NamedTuple):
    """What a run checks.

    root: absolute. repository: whether it is a git repository. scope: the given paths, relative to the root;
    "" is the root itself, and an empty scope the whole root.
    """

    root: str
    repository: bool
    scope: tuple[str, ...]


def find(paths: Sequence[str]) -> Target:
    """The root that contains the given paths, and the paths relative to it.

    The root is the git top level that contains them, else the given directory.
    Raises UsageError for a path that does not exist or is outside the first one's root.
    """
    places = [_place(path) for path in paths or (".",)]
    first = places[0] if os.path.isdir(places[0]) else os.path.dirname(places[0])
    top = _top_level(first)
    root = top if top is not None else _common(places, first)
    scope = []
    for given, place in zip(paths or (".",), places, strict=True):
        if place != root and not place.startswith(root.rstrip(os.sep) + os.sep):
            raise UsageError(f"{given!r} is not inside {root!r}: check it in a separate run")
        scope.append(os.path.relpath(place, root).replace(os.sep, "/") if place != root else "")
    return Target(root, top is not None, () if "" in scope else tuple(scope))


def _top_level(directory: str) -> str | None:
    """None without a repository, and if git is not installed but not needed here."""
    try:
        return git.top_level(directory)
    except git.GitError:
        if _has_repository(directory):
            raise
        return None


def _has_repository(directory: str) -> bool:
    while True:
        if os.path.lexists(os.path.join(directory, ".git")):
            return True
        above = os.path.dirname(directory)
        if above == directory:
            return "GIT_DIR" in os.environ
        directory = above


def _common(places: Sequence[str], first: str) -> str:
    folders = [p if os.path.isdir(p) and not os.path.islink(p) else os.path.dirname(p) for p in places]
    try:
        return os.path.commonpath(folders)
    except ValueError:
        return first


def _place(path: str) -> str:
    """The absolute path; links to folders are resolved, but not a link to a file."""
    if not os.path.lexists(path):
        raise UsageError(f"{path!r} does not exist")
    if os.path.isdir(path):
        return os.path.realpath(path)
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def inside(path: str, scope: Sequence[str]) -> bool:
    """Whether a path is one of the scope's files or in one of its folders."""
    return not scope or any(path == s or path.startswith(s + "/") for s in scope)


def settings(
    root: str,
    rules: dict[str, type[Rule]],
    *,
    file: str | None,
    isolated: bool,
    before: Mapping[str, bytes | None] = MappingProxyType({}),
) -> Config:
    """The settings in force: of `file`, else of the root's palint.toml or pyproject.toml.

    before: {path in the root: bytes to read instead, None for no file}. Raises ConfigError.
    """
    if file is not None:
        data = _before(root, file, before)
        return _load(file, _read(file) if data is None else data, rules)
    if isolated:
        return Config()
    found = {n: d for n, d in before.items() if d is not None and n in SETTINGS_FILES}
    for name in SETTINGS_FILES:
        if name in before:
            continue
        read = Reader(root).read(name, _SETTINGS_SIZE)
        if read.data is not None and not read.link:
            found[name] = read.data
        elif read.kind or read.size:
            raise ConfigError(f"{name}:1: {why_unread(read)}; settings must be a regular file")
    if not found:
        return Config()
    made = {name: _load(name, data, rules) for name, data in found.items()}
    used = [name for name in made if made[name].file]
    if len(used) > 1:
        raise ConfigError(
            f"{used[0]}:1: settings are both here and in [tool.palint] of {used[1]}; keep one of the two"
        )
    return made[used[0]] if used else Config()


def _load(name: str, data: bytes, rules: dict[str, type[Rule]]) -> Config:
    from palint.config.settings import load

    options = {rule_id: {o: tuple(v) for o, v in rule.options.items()} for rule_id, rule in rules.items()}
    return load(name, data, options)  # type: ignore[arg-type]


def _before(root: str, file: str, before: Mapping[str, bytes | None]) -> bytes | None:
    for path, data in before.items():
        if os.path.realpath(file) == os.path.realpath(os.path.join(root, path)):
            return data
    return None


def why_unread(read: Read) -> str:
    """Why a settings or baseline file is not used."""
    if read.link:
        return "is a symbolic link"
    return read.message or f"is too large ({read.size} bytes)"


def _read(file: str) -> bytes:
    """Read a settings file that the user names; it may be anywhere."""
    try:
        with open(file, "rb") as handle:
            data = handle.read(_SETTINGS_SIZE + 1)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    if len(data) > _SETTINGS_SIZE:
        raise ConfigError(f"{file}: larger than a settings file can be (1 MiB)")
    return data
