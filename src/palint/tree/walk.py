"""List the names in a tree that is not a git repository."""

from __future__ import annotations

import os

from palint.tree.gitignore import Ignore
from palint.tree.reader import OPEN_FOLDER, Folders, read_at, reason
from palint.util.typing import NamedTuple

FILE, LINK, SUBMODULE, OTHER = "file", "link", "submodule", "other"
_IGNORE_BYTES = 1 << 20  # a larger .gitignore is not applied: its files are checked


class Listing(NamedTuple):
    """A tree's names. files: (path, kind) sorted by bytes.

    ignored: as git lists them: files, and completely ignored directories as `name/`.
    closed: directories that could not be read, and why. unused: .gitignore files that are not applied, and
    why; the files that they match are listed.
    """

    files: list[tuple[str, str]]
    ignored: list[str]
    closed: list[tuple[str, str]]
    unused: list[tuple[str, str]]


def walk(root: str) -> Listing:
    """The names below `root` as git would list them: without `.git` and ignored files.

    A symbolic link to a directory is listed as a name and never followed.
    """
    walked = _Walk()
    walked.run(root)
    plain = all(path.isascii() for path, _ in walked.files)  # so that characters sort like bytes
    walked.files.sort(key=None if plain else lambda each: os.fsencode(each[0]))
    walked.ignored.sort(key=os.fsencode)
    return Listing(walked.files, walked.ignored, walked.closed, walked.unused)


class _Walk:
    """A depth-first walk without recursion: a tree may be deeper than Python's stack and PATH_MAX."""

    def __init__(self) -> None:
        self.files: list[tuple[str, str]] = []
        self.ignored: list[str] = []
        self.closed: list[tuple[str, str]] = []
        self.unused: list[tuple[str, str]] = []
        self.ignores: list[
            tuple[str, Ignore]
        ] = []  # (directory with its "/", its .gitignore) that apply here
        self.compiled: dict[str, Ignore] = {}  # many folders of a monorepo have equal ones

    def run(self, root: str) -> None:
        folders = Folders(root, OPEN_FOLDER)
        waiting = [("", 0)]  # directory with its "/", number of `ignores` above it
        while waiting:
            folder, above = waiting.pop()
            del self.ignores[above:]
            try:
                where = folders.enter(os.fsencode(folder[:-1]))
                here = _names(where)
            except OSError as error:
                self.closed.append((folder, f"cannot be read: {reason(error)}"))
                continue
            if ".gitignore" in [entry.name for entry in here]:
                self._honour(folder, where)
            below = len(self.ignores)
            for entry in here:
                name = entry.name
                if name == ".git":
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                path = f"{folder}{name}/" if is_folder else folder + name
                if self.ignores and self._is_ignored(path):
                    self.ignored.append(path)
                elif is_folder:
                    waiting.append((path, below))
                elif entry.is_file(follow_symlinks=False):
                    self.files.append((path, FILE))
                else:
                    self.files.append((path, LINK if entry.is_symlink() else OTHER))
        folders.close()

    def _is_ignored(self, path: str) -> bool:
        for folder, spec in reversed(self.ignores):
            decided = spec.decide(path[len(folder) :])
            if decided is not None:
                return decided
        return False

    def _honour(self, folder: str, where: int | bytes) -> None:
        path = folder + ".gitignore"
        read = read_at(where, b".gitignore", _IGNORE_BYTES)
        if read.data is None or read.link:
            if read.kind != "not-text" and not read.link:
                self.unused.append((path, read.message or "is too large: it is not applied"))
            return
        text = read.data.decode("utf-8", "surrogateescape")
        try:
            if text not in self.compiled:
                self.compiled[text] = Ignore(text)
            self.ignores.append((folder, self.compiled[text]))
        except ValueError:
            self.unused.append((path, "has too many patterns, or one that is too slow: it is not applied"))


def _names(where: int | bytes) -> list[os.DirEntry[str]]:
    with os.scandir(where if isinstance(where, int) else os.fsdecode(where)) as entries:
        return list(entries)
