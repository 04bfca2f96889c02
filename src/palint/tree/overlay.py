"""The index over the work tree: what a commit hook checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from palint.findings import Notice
from palint.tree import git, reader
from palint.tree.git_tree import index_tree

_NAMED = 500  # paths that are queried one by one; for more of them the whole index is listed


class OverlayTree:
    """The index, and the disk for named paths that are not in it.

    paths: those that will be read. stored: those that will be read from `index`.
    """

    def __init__(self, root: str, paths: Sequence[str], stored: Sequence[str] = ()) -> None:
        queried = (*paths, *stored)
        few = len(queried) <= _NAMED
        self.index = index_tree(root, git.index_entries(root, queried) if few else None, queried)
        self._disk = reader.Reader(root)

    def list(self) -> Sequence[str]:
        return self.index.list()

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def read(self, path: str, limit: int) -> reader.Read:
        return (self.index if self.index.holds(path) else self._disk).read(path, limit)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        return (self.index if self.index.holds(path) else self._disk).stream(path, limit)
