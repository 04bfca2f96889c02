"""The index over the work tree: what a commit hook checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from palint.findings import Notice
from palint.tree import git, reader
from palint.tree.git_tree import index_tree

_NAMED = 500  # paths that are queried one by one; for more of them the whole index is listed


class OverlayTree:
    """The index, and the disk for named paths that are not in it."""

    def __init__(self, root: str, paths: Sequence[str]) -> None:
        self._index = index_tree(root, git.index_entries(root, paths) if len(paths) <= _NAMED else None)
        self._disk = reader.Reader(root)

    def list(self) -> Sequence[str]:
        return self._index.list()

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def read(self, path: str, limit: int) -> reader.Read:
        return (self._index if self._index.holds(path) else self._disk).read(path, limit)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        return (self._index if self._index.holds(path) else self._disk).stream(path, limit)
