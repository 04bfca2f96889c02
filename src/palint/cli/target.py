"""Find the root, the settings and the files in scope from command-line arguments."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import permutations

from palint.cli.exit_codes import UsageError
from palint.config import SETTINGS_FILES, Config, ConfigError
from palint.config.folders import Folders
from palint.findings import PalintError
from palint.rule import Rule
from palint.tree import git
from palint.tree.reader import Read
from palint.util.typing import NamedTuple

SETTINGS_SIZE = 1 << 20  # maximum bytes of a settings file or a policy
_LINKS = 40  # symbolic links in one path, as in Linux

ReadFile = Callable[[str, int], Read]  # reads a path of a tree, up to a number of bytes


class Extended(NamedTuple):
    """A file that `extends` names. name: for messages. path: in the checked tree, "" outside of it."""

    name: str
    data: bytes
    path: str = ""


Beside = Callable[[str], Extended]  # reads a file, given its path from a settings file; raises PalintError


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
    first, *others = find_all(paths)
    if others:
        raise UsageError(f"{others[0].root!r} is not inside {first.root!r}: run the command for each")
    return first


def find_all(paths: Sequence[str]) -> list[Target]:
    """The roots that contain the given paths, in their order, each with its paths.

    Paths without a repository have one root together. Raises UsageError for a path that does not exist, and
    for a root in another one.
    """
    places = list(dict.fromkeys(_place(path) for path in paths or (".",)))
    targets = []
    while places:
        first = _folder(places[0])
        top = _top_level(first)
        if top is None:
            same = [place for place in places if _top_level(_folder(place)) is None]
            root = _common(same, first)
        else:
            same = [place for place in places if _is_within(place, top)]
            root = top
        scope = [os.path.relpath(place, root).replace(os.sep, "/") if place != root else "" for place in same]
        targets.append(Target(root, top is not None, () if "" in scope else tuple(scope)))
        places = [place for place in places if place not in set(same)]
    for outer, inner in permutations((each.root for each in targets), 2):
        if _is_within(inner, outer):
            raise UsageError(f"{outer!r} contains {inner!r}: check it in a separate run")
    return targets


def _is_within(folder: str, root: str) -> bool:
    return folder == root or folder.startswith(root.rstrip(os.sep) + os.sep)


def _folder(path: str) -> str:
    return path if os.path.isdir(path) else os.path.dirname(path)


def _top_level(directory: str) -> str | None:
    """None without a repository: git is not started then, and need not be installed."""
    return git.top_level(directory) if _has_repository(directory) else None


def _has_repository(directory: str) -> bool:
    while True:
        if os.path.lexists(os.path.join(directory, ".git")):
            return True
        above = os.path.dirname(directory)
        if above == directory:
            return "GIT_DIR" in os.environ
        directory = above


def _common(places: Sequence[str], first: str) -> str:
    try:
        return os.path.commonpath(map(_folder, places))
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


def tree_path(root: str, file: str) -> str | None:
    """The path, relative to the root, of a file that an option names; None if the file is not of the tree.

    Symbolic links outside of the tree are followed, those inside are not, because the checked change may have
    brought them. Another repository inside the root, of which git tracks nothing here, is not of the tree:
    no commit can contain one.
    Raises UsageError for a path of too many links.
    """
    name = os.path.abspath(file)
    drive, pending = os.path.splitdrive(name)
    place, names = drive + os.sep, [part for part in pending.split(os.sep) if part]
    links = 0
    while names:
        if _is_same(place, root):
            inside_root = os.path.normpath(os.path.join(*names))
            names = inside_root.split(os.sep)
            if names[0] != os.pardir:
                path = inside_root.replace(os.sep, "/")
                return None if _is_in_other_repository(root, path) else path
        first = names.pop(0)
        if first == os.pardir:
            place = os.path.dirname(place)
            continue
        try:
            target = os.readlink(os.path.join(place, first))
        except (OSError, ValueError):
            place = os.path.join(place, first)
            continue
        links += 1
        if links > _LINKS:
            raise UsageError(f"{file!r}: too many symbolic links")
        if os.path.isabs(target):
            drive, target = os.path.splitdrive(target)
            place = drive + os.sep
        names = [part for part in target.split(os.sep) if part not in ("", os.curdir)] + names
    return None


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _is_in_other_repository(root: str, path: str) -> bool:
    names = path.split("/")
    steps = ["/".join(names[:count]) for count in range(1, len(names) + 1)]
    if any(os.path.islink(os.path.join(root, step)) for step in steps):
        return False
    repositories = (step for step in steps[:-1] if os.path.lexists(os.path.join(root, step, ".git")))
    first = next(repositories, None)
    return first is not None and not git.index_entries(root, [first])


def settings(
    root: str, rules: dict[str, type[Rule]], *, file: str | None, isolated: bool, read: ReadFile
) -> Config:
    """The settings in force: of `file`, else of the one of `SETTINGS_FILES` that the root has.

    read: reads the tree: `file` if it is one of the tree's, else also, later, the settings in subfolders.
    Raises ConfigError.
    """

    def beside(path: str) -> Beside:
        return lambda name: in_tree(path, name, lambda other: required_file(other, other, read))

    if file is not None:
        path = tree_path(root, file)
        data = required_file(file, path, read)
        return load(file, data, rules, beside_file(file) if path is None else beside(path), root)
    if isolated:
        return Config()
    contents = {name: own_file(name, name, read) for name in SETTINGS_FILES}
    below = _folders(rules, read, root)
    sources = [
        load(name, data, rules, beside(name), root) for name, data in contents.items() if data is not None
    ]
    used = [each for each in sources if each.file] or [Config()]  # a pyproject.toml may have none
    if len(used) > 1:
        one, other, *_ = (each.file for each in used)
        raise ConfigError(
            f"{one}:1: settings are both here and in "
            f"{'[tool.palint] of ' if other == 'pyproject.toml' else ''}{other}; keep one of the two"
        )
    return used[0]._replace(folders=below)


def _folders(rules: dict[str, type[Rule]], read: ReadFile, root: str) -> Folders:
    def merge(own: Config, above: Config) -> Config:
        from palint.config.policy import apply_above

        return apply_above(own, above, {name: rule.severity for name, rule in rules.items()})

    def parse(path: str, data: bytes) -> Config:
        return load(path, data, dict(rules), None, root)

    return Folders(lambda path: own_file(path, path, read), parse, merge)


def load(
    name: str, data: bytes, rules: dict[str, type[Rule]], beside: Beside | None, root: str = ""
) -> Config:
    """Settings from a file's bytes; the rules of their patterns are added to `rules`.

    name: for messages. beside: reads a file that `extends` names; None where nothing may be extended.
    root: of the checked tree, whose own packages cannot be extended.
    Raises ConfigError, whose text quotes the file without tokens.
    """
    try:
        return _load(name, data, rules, beside, root)
    except ConfigError as error:
        from palint.engine.seal import sealed  # only for an error

        raise ConfigError(sealed(str(error), ())) from None


def _load(name: str, data: bytes, rules: dict[str, type[Rule]], beside: Beside | None, root: str) -> Config:
    from palint.config.settings import load

    known = dict(rules)
    options = {rule_id: {o: tuple(v) for o, v in rule.options.items()} for rule_id, rule in rules.items()}

    def extended(named: str, named_in: str) -> Config:
        assert beside is not None
        if not named.isprintable():
            raise ConfigError(
                f"{named_in}: extends: {named!r} has control characters: name a file or a package"
            )
        try:
            file = beside(named) if named.endswith(".toml") else _of_package(named, root)
        except PalintError as error:
            raise ConfigError(f"{named_in}: extends: {error}") from None
        return load(file.name, file.data, options)._replace(extended=file.path)  # type: ignore[arg-type]

    config = load(name, data, options, extended if beside else None)  # type: ignore[arg-type]
    if config.pattern:
        from palint import pattern_rule

        for pattern, problem in pattern_rule.problems(config.pattern, known):
            raise ConfigError(f"{name}:{pattern.line}: the pattern {pattern.id!r} {problem}")
        pattern_rule.add(rules, config)
    return config


def in_tree(path: str, name: str, read: Callable[[str], bytes]) -> Extended:
    """The file of the checked tree that the settings at a path extend."""
    from posixpath import dirname, join, normpath

    other = normpath(join(dirname(path), name))
    if other.startswith(("/", "../")):
        raise ConfigError(f"{name} is not in the repository: name one of its files, or an installed package")
    return Extended(other, read(other), other)


def beside_file(file: str) -> Beside:
    """Reads the files that a settings file outside of the checked tree extends."""

    def read(name: str) -> Extended:
        path = os.path.join(os.path.dirname(file), name)
        return Extended(path, read_file(path))

    return read


def _of_package(name: str, root: str) -> Extended:
    """The `palint.toml` in an installed package, which is found and not imported.

    A package that the checked tree itself has is none: a change could bring it.
    """
    from importlib.util import find_spec

    module = name.replace("-", "_")
    spec = find_spec(module) if module.isidentifier() else None
    for folder in (spec and spec.submodule_search_locations) or ():
        file = os.path.join(folder, "palint.toml")
        if os.path.exists(file):
            path = tree_path(root, file) if root else None
            if path is not None and not git.ignores(root, path):
                raise ConfigError(f"{name} is a package of this repository: name its file, {path}")
            return Extended(f"{name}/palint.toml", read_file(file))
    raise ConfigError(f"no package {name} with a `palint.toml` in it is installed where palint is")


def required_file(name: str, path: str | None, read: ReadFile, size: int = SETTINGS_SIZE) -> bytes:
    """The bytes of a settings file or a baseline; see `own_file`. Raises ConfigError if it is missing."""
    data = read_file(name, size) if path is None else own_file(name, path, read, size)
    if data is None:
        raise ConfigError(f"{name}: cannot be read: the checked tree has no such file")
    return data


def own_file(name: str, path: str, read: ReadFile, size: int = SETTINGS_SIZE) -> bytes | None:
    """The bytes of a settings file or a baseline in the tree that `read` reads; None if it is missing.

    name: for messages. size: its maximum in bytes. Raises ConfigError if it is not a regular file.
    """
    content = read(path, size)
    if content.is_missing:
        return None
    if content.data is None or content.link:
        raise ConfigError(f"{name}: {why_unread(content)}; it must be a regular file")
    return content.data


def why_unread(read: Read) -> str:
    """Why a settings or baseline file is not used."""
    if read.link:
        return "is a symbolic link"
    return read.message or f"is too large ({read.size} bytes)"


def read_file(file: str, size: int = SETTINGS_SIZE) -> bytes:
    """Read a file of palint's own that an option names outside of the tree. Raises ConfigError.

    size: its maximum in bytes.
    """
    try:
        with open(os.path.abspath(file), "rb") as handle:  # `..` is what it was for `tree_path`
            data = handle.read(size + 1)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    if len(data) > size:
        raise ConfigError(f"{file}: larger than such a file can be ({size >> 20} MiB)")
    return data
