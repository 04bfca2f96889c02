"""The work tree on disk."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from palint.findings import Notice
from palint.tree import git
from palint.tree.reader import Read, Reader
from palint.tree.tree import SUBMODULE
from palint.tree.walk import walk
from palint.util.background import BackgroundTask
from palint.util.typing import Any, NamedTuple

_RECODES = b"working-tree-encoding"  # the attribute for which git writes a file in another encoding
_ATTRIBUTES = 1 << 20  # bytes of a .gitattributes that are searched


class _Names(NamedTuple):
    """The names on disk; `ignored` is None if it was not requested."""

    paths: Sequence[str]
    notices: Sequence[Notice]
    ignored: Sequence[str] | None
    submodules: frozenset[str] = frozenset()
    skipped: Sequence[str] = ()  # tracked, but need not be on disk


class WorkTree:
    """The work tree of a repository (tracked and untracked files, not ignored ones), or a directory."""

    def __init__(self, root: str, *, repository: bool) -> None:
        self._root, self.repository = root, repository
        self._reader = Reader(root)
        self._names: _Names | None = None
        self._ahead: BackgroundTask[tuple[Any, ...]] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return _listed, (self._root, self.repository, self._listing())

    def prefetch(self) -> None:
        """List the names, including ignored ones, in a child process; the first use waits for it."""
        self._ahead = BackgroundTask(self._list_packed)

    def is_listed(self) -> bool:
        """Whether the listing is complete, or was not started."""
        return self._names is not None or self._ahead is None or self._ahead.done()

    def list(self) -> Sequence[str]:
        return self._listing().paths

    def ignored(self) -> Sequence[str]:
        names = self._listing()
        return git.ignored(self._root) if names.ignored is None else names.ignored

    def notices(self) -> Sequence[Notice]:
        return self._listing().notices

    def read(self, path: str, limit: int) -> Read:
        if self._names is not None and path in self._names.submodules:
            return SUBMODULE
        return self._reader.read(path, limit)

    def stat(self, path: str) -> os.stat_result | None:
        """What the file system says of a regular file; None for anything else."""
        return self._reader.stat(path)

    def stored_differently(self, scope: Sequence[str] | None) -> Sequence[git.Entry]:
        """The index entries whose bytes differ from those on disk: see `git.stored_differently`.

        scope: paths to compare; None: those that may differ by the tree's own `.gitattributes`.
        """
        if not self.repository:
            return ()
        if scope is not None:
            return git.stored_differently(self._root, scope, self._same_names(scope))
        names = self._listing()
        same = self._same_names(names.paths)
        paths = {*names.skipped, *same}
        for path in names.paths:
            if path.endswith(".gitattributes") and self._may_recode(path):
                paths.update(git.with_attribute(self._root, _RECODES.decode(), names.paths))
                break
        return git.stored_differently(self._root, sorted(paths), same)

    def _may_recode(self, path: str) -> bool:
        """Whether attributes may name an encoding; git itself reads those of a larger file."""
        read = self._reader.read(path, _ATTRIBUTES)
        return read.size > _ATTRIBUTES or _RECODES in (read.data or b"")

    def _same_names(self, paths: Sequence[str]) -> frozenset[str]:
        """Paths that differ from others only in case, on file systems that can hold only one of them."""
        if sys.platform not in ("darwin", "win32"):
            return frozenset()
        seen: dict[str, list[str]] = {}
        for path in paths:
            seen.setdefault(path.casefold(), []).append(path)
        return frozenset(path for same in seen.values() if len(same) > 1 for path in same)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        return self._reader.stream(path, limit)

    def _listing(self) -> _Names:
        if self._names is None and self._ahead is not None:
            paths, notices, *others = self._ahead.result()
            self._names = _Names(paths.split("\0") if paths else [], [Notice(*n) for n in notices], *others)
        if self._names is None:
            self._names = self._list()
        return self._names

    def _list_packed(self) -> tuple[Any, ...]:
        """The names as plain data, including ignored ones. The paths are one string: faster."""
        paths, notices, ignored, *others = self._list()
        if ignored is None:
            ignored = git.ignored(self._root)
        return "\0".join(paths), [tuple(notice) for notice in notices], ignored, *others

    def _without_packages(
        self, tracked: Collection[str], untracked: Sequence[str]
    ) -> tuple[Sequence[str], Mapping[str, int]]:
        """(The untracked files that are in no installed package, {list of packages: number of others})."""
        from palint.tree import packages  # few trees have untracked files

        installed = packages.find([*tracked, *untracked], self._read_list)
        listed = [(path, installed.of(path)) for path in untracked]
        return [path for path, package in listed if package is None], Counter(
            package.listed for _, package in listed if package is not None
        )

    def _read_list(self, path: str, limit: int) -> bytes | None:
        content = self._reader.read(path, limit)
        return None if content.link else content.data

    def _list(self) -> _Names:
        if not self.repository:
            walked = walk(self._root)
            notices = [Notice(path, "unreadable", why) for path, why in walked.closed]
            notices += [Notice(path, "note", why) for path, why in walked.unused]
            return _Names([path for path, _ in walked.files], notices, walked.ignored)
        entries, others = git.listing(self._root)
        paths = {e.path for e in entries}
        untracked = [path for path in others.paths if not path.endswith("/")]
        own, installed = self._without_packages(paths, untracked) if untracked else (untracked, {})
        paths.update(own)
        notices = [
            Notice(path, "not-text", "another repository: not checked here")
            for path in others.paths
            if path.endswith("/")
        ]
        notices += [
            Notice(path, "note", f"lists packages that git does not track: {count:,} files not checked")
            for path, count in installed.items()
        ]
        notices += [Notice(path, "unreadable", "cannot be looked into") for path in others.closed]
        submodules = frozenset(e.path for e in entries if e.kind == git.TYPE_SUBMODULE)
        skipped = [e.path for e in entries if e.skipped]
        return _Names(sorted(paths, key=os.fsencode), notices, None, submodules, skipped)


def _listed(root: str, repository: bool, names: _Names) -> WorkTree:
    """A work tree in another process, which need not list it again."""
    tree = WorkTree(root, repository=repository)
    tree._names = names
    return tree
