"""The tree of the index, of a commit, or of the index over the work tree."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from palint.findings import Notice
from palint.tree import git, reader
from palint.tree.reader import Read
from palint.tree.tree import SUBMODULE


class GitTree:
    """The files in the index or a commit, as git stores them.

    entries: those that are known. everything: returns all entries; called only for an unknown path.
    queried: paths of which all are in `entries` that exist.
    """

    def __init__(
        self,
        root: str,
        entries: Sequence[git.Entry],
        everything: Callable[[], Sequence[git.Entry]] | None = None,
        queried: Sequence[str] = (),
    ) -> None:
        self._root = root
        self._entries = {entry.path: entry for entry in entries}
        self._everything = everything
        self._queried = frozenset(queried)
        self._blobs = git.Blobs(root)
        self._process = os.getpid()

    def list(self) -> Sequence[str]:
        self._complete()
        return sorted(self._entries, key=os.fsencode)

    def entries(self) -> Sequence[git.Entry]:
        """Every entry, in no order."""
        self._complete()
        return tuple(self._entries.values())

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def holds(self, path: str) -> bool:
        """Whether there is such a path."""
        if path not in self._entries and path not in self._queried:
            self._complete()
        return path in self._entries

    def is_known(self, path: str) -> bool:
        """Whether `holds` answers without listing everything."""
        return path in self._entries or path in self._queried or self._everything is None

    def _complete(self) -> None:
        if self._everything is not None:
            self._entries = {entry.path: entry for entry in self._everything()}
            self._everything = None

    def read(self, path: str, limit: int) -> Read:
        if not self.holds(path):
            return Read(None)
        entry = self._entries[path]
        if entry.kind == git.TYPE_SUBMODULE:
            return SUBMODULE
        if entry.stage:
            why = "has an unresolved merge conflict: resolve it and `git add` the file"
            return Read(None, kind="unreadable", message=why)
        try:
            data = self._open_blobs().read(entry.oid, limit)
            size = len(data) if len(data) <= limit else self._open_blobs().size(entry.oid)
        except git.MissingObject as error:
            return Read(None, kind="missing-object", message=str(error))
        except git.GitError as error:
            return Read(None, kind="unreadable", message=str(error))
        if size > limit:
            return Read(None, size)
        return Read(data, size, link=entry.kind == git.TYPE_LINK)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        return self._open_blobs().stream(self._entries[path].oid, limit)

    def _open_blobs(self) -> git.Blobs:
        """This process's reader: a forked child must not use its parent's git process."""
        if os.getpid() != self._process:
            self._blobs, self._process = git.Blobs(self._root), os.getpid()
        return self._blobs


def index_tree(root: str, known: Sequence[git.Entry] | None = None, queried: Sequence[str] = ()) -> GitTree:
    """The tree of the index; reading a file with an unresolved conflict adds a notice.

    known: entries that were already queried, so that the index need not be listed. queried: the paths of the
    query, if it was one for paths.
    """
    if known is None:
        return GitTree(root, git.index_entries(root))
    return GitTree(root, known, lambda: git.index_entries(root), queried)


def commit_tree(root: str, rev: str) -> GitTree:
    """The tree of a commit. Raises GitError if there is no such commit."""
    return GitTree(root, git.commit_entries(root, rev))


_MAX_NAMED_PATHS = 500  # paths that are queried one by one; for more of them the whole index is listed


class OverlayTree:
    """The index, and the disk for named paths that are not in it.

    paths: those that will be read. stored: those that will be read from `index`.
    """

    def __init__(self, root: str, paths: Sequence[str], stored: Sequence[str] = ()) -> None:
        queried = (*paths, *stored)
        few = len(queried) <= _MAX_NAMED_PATHS
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
