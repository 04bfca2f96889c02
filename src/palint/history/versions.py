"""Which versions of which files a set of commits holds, as compact tables."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from palint.tree import git
from palint.tree.git.history import Change, Commit

_LINK, _SUBMODULE = git.TYPE_LINK, git.TYPE_SUBMODULE
_NONE = -1


class Versions:
    """The commits of a run and the versions that they brought, each under an index.

    commits: parents first. parents: the index of each commit's first parent, -1 where there is none here.
    blobs: names of the versions. paths: bytes, relative to the root.
    places: for each blob the paths at which it was, with whether it was a symbolic link there.
    changes: (commit, path, blob), in the order of the commits; the blob is -1 where the path was deleted.
    before: blobs that the commits replaced and did not bring: they are older than the first commit.
    submodules: paths of other repositories.
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
        self.submodules: set[bytes] = set()
        self.blob_index: dict[str, int] = {}
        self.path_index: dict[bytes, int] = {}

    def fill(self, changes: Iterable[Change]) -> None:
        """Take in what the commits changed."""
        replaced: list[tuple[str, int]] = []
        brought: set[int] = set()
        changed_commit, changed_path, changed_blob = self.changes
        for change in changes:
            path = self._path(change.path)
            kind = change.mode & 0o170000
            blob = _NONE
            if kind == _SUBMODULE:
                self.submodules.add(change.path)
            elif kind:
                blob = self._blob(change.new, path, kind == _LINK)
                brought.add(blob)
            changed_commit.append(change.commit)
            changed_path.append(path)
            changed_blob.append(blob)
            if self.parents[change.commit] == _NONE and self.commits[change.commit].parent:
                replaced.append((change.old, path))
        for oid, path in replaced:
            if oid.strip("0") and self.blob_index.get(oid) not in brought:
                self.before.add(self._blob(oid, path, False))

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
    """The versions that some commits (`palint.tree.git.history.commits`) brought. Raises GitError."""
    from palint.tree.git import history

    versions = Versions(commits)
    versions.fill(history.changes(root, commits))
    return versions
