"""The file versions in a set of commits, as compact tables."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from palint.tree import git
from palint.tree.git import history
from palint.tree.git.history import Change, Commit

_NONE = -1


class Versions:
    """The commits of a run and the versions that they added, each with an index.

    commits: parents first. parents: the index of each commit's first parent, -1 if it is not among them.
    blobs: names of the versions. paths: bytes, relative to the root.
    places: for each blob its paths, and whether it was a symbolic link there.
    changes: (commit, path, blob), in the order of the commits; the blob is -1 if the path was deleted.
    before: blobs that the commits replaced but did not add: they are older than the first commit.
    to_read: names of the versions that the commits added or replaced. submodules: paths of other
    repositories.
    """

    def __init__(self, commits: Sequence[Commit]) -> None:
        self.commits = commits
        self.index = {commit.oid: i for i, commit in enumerate(commits)}
        self.parents = array("q", (self.index.get(commit.parent, _NONE) for commit in commits))
        self.blobs: list[str] = []
        self.paths: list[bytes] = []
        self.places: list[tuple[tuple[int, bool], ...]] = []
        self.changes: tuple[array[int], array[int], array[int]] = (array("q"), array("q"), array("q"))
        self.before: set[int] = set()
        self.to_read: dict[str, None] = {}
        self.submodules: set[bytes] = set()
        self.blob_index: dict[str, int] = {}
        self.path_index: dict[bytes, int] = {}

    def put(self, commit: int, path: bytes, oid: str) -> None:
        """Add a version that is known to be in a commit."""
        blob, place = self.place(oid, path)
        for column, value in zip(self.changes, (commit, place, blob), strict=True):
            column.append(value)

    def place(self, oid: str, path: bytes) -> tuple[int, int]:
        """The (blob, path) indices of a version at a path."""
        index = self._path(path)
        return self._blob(oid, index, False), index

    def fill(self, changes: Iterable[Change], first: int = 0) -> None:
        """Add the changes of the commits from index `first` on."""
        replaced: list[tuple[str, int]] = []
        changed_commit, changed_path, changed_blob = self.changes
        for change in changes:
            commit = first + change.commit
            path = self._path(change.path)
            kind = change.mode & 0o170000
            blob = _NONE
            if kind == git.TYPE_SUBMODULE:
                self.submodules.add(change.path)
            elif kind:
                blob = self._blob(change.new, path, kind == git.TYPE_LINK)
                self.to_read[change.new] = None
            changed_commit.append(commit)
            changed_path.append(path)
            changed_blob.append(blob)
            if self.parents[commit] == _NONE and self.commits[commit].parent:
                replaced.append((change.old, path))
        for oid, path in replaced:
            if oid.strip("0") and oid not in self.to_read:
                self.before.add(self._blob(oid, path, False))
        self.to_read.update(dict.fromkeys(self.blobs[blob] for blob in self.before))

    def reading_order(self) -> list[str]:
        """`to_read` by path, the newest version of each first.

        git stores most versions as differences from a newer one, which it has then just read: this order
        takes 0.6 to 0.8 of the time of the order in its packs. Neighbours have most text in common.
        """
        paths = sorted(range(len(self.paths)), key=self.paths.__getitem__)
        places = {path: place for place, path in enumerate(paths)}

        def key(oid: str) -> tuple[int, int]:
            blob = self.blob_index[oid]
            return places[self.places[blob][0][0]], -blob

        return sorted(self.to_read, key=key)

    def _path(self, path: bytes) -> int:
        index = self.path_index.get(path)
        if index is None:
            index = self.path_index[path] = len(self.paths)
            self.paths.append(path)
        return index

    def _blob(self, oid: str, path: int, link: bool) -> int:
        index = self.blob_index.get(oid)
        if index is None:
            index = self.blob_index[oid] = len(self.blobs)
            self.blobs.append(oid)
            self.places.append(((path, link),))
        elif (path, link) not in self.places[index]:
            self.places[index] += ((path, link),)
        return index


def list_versions(root: str, commits: Sequence[Commit]) -> Versions:
    """The versions that commits (from `palint.tree.git.history.commits`) added. Raises GitError."""
    versions = Versions(commits)
    versions.fill(history.changes(root, commits))
    return versions
