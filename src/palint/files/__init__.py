"""What a file is: its language, its role and its environment, each from one table.

`kind` gives all three; `languages`, `roles` and `environments` hold the tables and answer single questions.
Nothing of palint but `util` is imported here, so parsers, rules and advice can all ask.
"""

from __future__ import annotations

from collections.abc import Callable

from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.files.languages import Language
    from palint.files.roles import Role


class FileKind(NamedTuple):
    """What a file is.

    language: a row of the table, `languages.UNKNOWN` if none matches. role: what the file is for.
    environment: the usual name of the one that its path names (`production`, `test`, `ci`); "" for none.
    """

    language: Language
    role: Role
    environment: str


def kind(path: str, head: bytes = b"") -> FileKind:
    """What a file is. path: in any case. head: its first bytes, of which `roles.HEADER` are read."""
    from palint.files import environments, languages, roles  # a hook without a finding asks nothing

    language = languages.find(path, head)
    return FileKind(language, roles.find(roles.lowered(path), language, head), environments.find(path))


class FileFilter(NamedTuple):
    """Which files a rule checks, by name alone. Everything is compared in lower case.

    suffixes: endings of the last part of the path, dot included (`.py`); one or two dots are looked up.
    names: whole last parts (`dockerfile`).
    every: all files, regardless of name.
    predicate: a function of the path in lower case, for what the other fields cannot express.
    path_literals: every path that `predicate` accepts contains one of these; empty: always call it.
    interpreters: a file without a dot in its name also counts when its first line names
        one of these (`python`).
    """

    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    every: bool = False
    predicate: Callable[[str], bool] | None = None
    interpreters: tuple[str, ...] = ()
    path_literals: tuple[str, ...] = ()

    def __or__(self, other: FileFilter) -> FileFilter:
        return any_of(self, other)

    def matches(self, path: str, head: bytes = b"") -> bool:
        """Whether a file of this path (any case), starting with these bytes, matches."""
        if self.every:
            return True
        path = path.lower()
        name = path.rpartition("/")[2]
        if name in self.names or (self.suffixes and name.endswith(self.suffixes)):
            return True
        if self.predicate is not None and self.predicate(path):
            return True
        if self.interpreters and may_need_head(name) and head.startswith(b"#!"):
            line = head.split(b"\n", 1)[0].decode("latin-1")
            return any(word in line for word in self.interpreters)
        return False


HEAD = 128  # bytes of a file that `FileFilter.matches` needs


def may_need_head(path: str) -> bool:
    """Whether `FileFilter.matches` may depend on how a file of this path starts."""
    return "." not in path[path.rfind("/") + 1 :]


def any_of(*several: FileFilter) -> FileFilter:
    """The files that any of `several` matches."""
    matching = [f for f in several if f.predicate is not None]
    tests = tuple(f.predicate for f in matching if f.predicate is not None)
    return FileFilter(
        suffixes=tuple(x for f in several for x in f.suffixes),
        names=tuple(x for f in several for x in f.names),
        every=any(f.every for f in several),
        predicate=(lambda path: any(t(path) for t in tests)) if len(tests) > 1 else next(iter(tests), None),
        interpreters=tuple(x for f in several for x in f.interpreters),
        path_literals=tuple(c for f in matching for c in f.path_literals)
        if all(f.path_literals for f in matching)
        else (),
    )


ALL_FILES = FileFilter(every=True)
