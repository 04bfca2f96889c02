"""Sets of files by name: which files a rule checks. Imports no other module of palint."""

from __future__ import annotations

from collections.abc import Callable

from palint.util.named_tuple import NamedTuple


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
        predicate=(lambda path: any(t(path) for t in tests)) if tests else None,
        interpreters=tuple(x for f in several for x in f.interpreters),
        path_literals=tuple(c for f in matching for c in f.path_literals)
        if all(f.path_literals for f in matching)
        else (),
    )


def is_workflow(path: str) -> bool:
    """Whether a path (any case) is a YAML file directly in a `.github/workflows/`."""
    folder, _, name = path.rpartition("/")
    return name.endswith((".yml", ".yaml")) and (
        folder == ".github/workflows" or folder.endswith("/.github/workflows")
    )


ALL_FILES = FileFilter(every=True)
PYTHON = FileFilter(suffixes=(".py", ".pyi", ".pyw"), interpreters=("python",))
NOTEBOOKS = FileFilter(suffixes=(".ipynb",))
JAVASCRIPT = FileFilter(suffixes=(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"))
JAVA = FileFilter(suffixes=(".java",))
GO = FileFilter(suffixes=(".go",))
TERRAFORM = FileFilter(suffixes=(".tf", ".tfvars", ".hcl", ".tofu"))
SHELL = FileFilter(suffixes=(".sh", ".bash", ".zsh", ".ksh"), interpreters=("sh", "bash", "zsh"))
YAML = FileFilter(suffixes=(".yml", ".yaml"))
JSON = FileFilter(suffixes=(".json", ".jsonc", ".json5"))
DOCKERFILES = FileFilter(
    suffixes=(".dockerfile", ".containerfile"),
    predicate=lambda path: path.rpartition("/")[2].startswith(("dockerfile", "containerfile")),
    path_literals=("dockerfile", "containerfile"),
)
WORKFLOWS = FileFilter(predicate=is_workflow, path_literals=(".github/workflows/",))
ACTIONS = FileFilter(names=("action.yml", "action.yaml"))
