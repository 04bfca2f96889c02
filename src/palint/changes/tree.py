"""A tree as it is after planned changes and deletions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from palint.changes.edits import Change
from palint.findings import Notice
from palint.tree.reader import Read
from palint.tree.tree import Tree


class ChangedTree:
    """A tree with changes, and without `removed` paths, to check a plan in advance."""

    def __init__(self, tree: Tree, changes: Iterable[Change], removed: Iterable[str] = ()) -> None:
        self._tree, self._removed = tree, frozenset(removed)
        self._new = {change.path: change.data for change in changes}

    def list(self) -> Sequence[str]:
        return sorted(({*self._tree.list()} | {*self._new}) - self._removed, key=os.fsencode)

    def ignored(self) -> Sequence[str]:
        return [path for path in self._tree.ignored() if path not in self._removed]

    def notices(self) -> Sequence[Notice]:
        return self._tree.notices()

    def read(self, path: str, limit: int) -> Read:
        if path in self._removed:
            return Read(None)
        if path in self._new:
            data = self._new[path]
            return Read(data if len(data) <= limit else None, len(data))
        return self._tree.read(path, limit)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        if path in self._new:
            yield self._new[path][:limit]
        else:
            yield from self._tree.stream(path, limit)
