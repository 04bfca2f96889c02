"""Sets of files by name: which files a rule asks for. Imports nothing of palint."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Files(NamedTuple):
    """Which files a rule is asked for, by name alone. Everything is compared in lower case.

    suffixes: endings of the last part of the path, dot included (`.py`); one or two dots are looked up.
    names: whole last parts (`dockerfile`).
    every: all files, whatever their name.
    matches: for what neither says: a function of the path in lower case.
    clues: what `matches` wants contains one of these; it is called only then. Empty: it is always called.
    interpreters: a file without a dot in its name also counts when its first line names
        one of these (`python`).
    """

    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    every: bool = False
    matches: Callable[[str], bool] | None = None
    interpreters: tuple[str, ...] = ()
    clues: tuple[str, ...] = ()

    def __or__(self, other: Files) -> Files:
        return union(self, other)

    def wants(self, path: str, head: bytes = b"") -> bool:
        """Whether a file of this path (any case), beginning with these bytes, is asked for."""
        if self.every:
            return True
        path = path.lower()
        name = path.rpartition("/")[2]
        if name in self.names or (self.suffixes and name.endswith(self.suffixes)):
            return True
        if self.matches is not None and self.matches(path):
            return True
        if self.interpreters and "." not in name and head.startswith(b"#!"):
            line = head.split(b"\n", 1)[0].decode("latin-1")
            return any(word in line for word in self.interpreters)
        return False


def union(*several: Files) -> Files:
    """The files that any of `several` asks for."""
    matching = [f for f in several if f.matches is not None]
    tests = tuple(f.matches for f in matching if f.matches is not None)
    return Files(
        suffixes=tuple(x for f in several for x in f.suffixes),
        names=tuple(x for f in several for x in f.names),
        every=any(f.every for f in several),
        matches=(lambda path: any(t(path) for t in tests)) if tests else None,
        interpreters=tuple(x for f in several for x in f.interpreters),
        clues=tuple(c for f in matching for c in f.clues) if all(f.clues for f in matching) else (),
    )


def is_workflow(path: str) -> bool:
    """Whether a path (any case) is a YAML file directly in a `.github/workflows/`."""
    folder, _, name = path.rpartition("/")
    return name.endswith((".yml", ".yaml")) and (
        folder == ".github/workflows" or folder.endswith("/.github/workflows")
    )


EVERY = Files(every=True)
PYTHON = Files(suffixes=(".py", ".pyi", ".pyw"), interpreters=("python",))
NOTEBOOKS = Files(suffixes=(".ipynb",))
JAVASCRIPT = Files(suffixes=(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"))
JAVA = Files(suffixes=(".java",))
GO = Files(suffixes=(".go",))
TERRAFORM = Files(suffixes=(".tf", ".tfvars", ".hcl", ".tofu"))
SHELL = Files(suffixes=(".sh", ".bash", ".zsh", ".ksh"), interpreters=("sh", "bash", "zsh"))
YAML = Files(suffixes=(".yml", ".yaml"))
JSON = Files(suffixes=(".json", ".jsonc", ".json5"))
DOCKERFILES = Files(
    suffixes=(".dockerfile", ".containerfile"),
    matches=lambda path: path.rpartition("/")[2].startswith(("dockerfile", "containerfile")),
    clues=("dockerfile", "containerfile"),
)
WORKFLOWS = Files(matches=is_workflow, clues=(".github/workflows/",))
ACTIONS = Files(names=("action.yml", "action.yaml"))
