"""The project that is checked: its root, which files it has, and a memo for what is computed once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from palint.findings import Notice
from palint.text.source import SourceFile
from palint.text.windows import windows
from palint.tree import git, reader
from palint.util.background import BackgroundTask

T = TypeVar("T")

# Opened files that are remembered: with fewer, workflows that the graph has read are parsed once more.
_MEMO_FILES, _MEMO_BYTES = 64, 16 << 20


class Limits(NamedTuple):
    """Bounds of what a file may cost; what goes beyond is said, and the run is incomplete.

    text: bytes of a file that is checked whole. windows: bytes of a file that is checked in windows.
    tree: bytes of a file that is parsed. seconds: of time for each rule on each file.
    """

    text: int = 10 << 20
    windows: int = 100 << 20
    tree: int = 1 << 20
    seconds: float = 10.0


class Tree(Protocol):
    """Where files come from: the disk, the index or a commit."""

    def list(self) -> Sequence[str]:
        """Every path, relative to the root, sorted by bytes."""

    def ignored(self) -> Sequence[str]:
        """Names that git ignores; wholly ignored directories as `name/`."""

    def notices(self) -> Sequence[Notice]:
        """What of the tree could not be listed."""

    def read(self, path: str, limit: int) -> reader.Read:
        """A file's bytes, when there are at most `limit` of them."""

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        """A file's first `limit` bytes in pieces. Raises OSError or GitError."""


class _Names(NamedTuple):
    """What a listing of the disk gives; `ignored` is None where it was not asked for."""

    paths: Sequence[str]
    ignored: Sequence[str] | None
    notices: Sequence[Notice]
    submodules: frozenset[str] = frozenset()


class WorkTree:
    """The work tree of a repository (what is tracked, and untracked but not ignored), or a directory."""

    def __init__(self, root: str, *, repository: bool) -> None:
        self._root, self.repository = root, repository
        self._reader = reader.Reader(root)
        self._names: _Names | None = None
        self._ahead: BackgroundTask[tuple[str, _Names]] | None = None

    def prefetch(self) -> None:
        """List the names, ignored ones too, in a process of its own; who asks for them waits for it."""
        self._ahead = BackgroundTask(self._list_packed)

    def is_listed(self) -> bool:
        """Whether the names are there, or nobody is listing them."""
        return self._names is not None or self._ahead is None or self._ahead.done()

    def list(self) -> Sequence[str]:
        return self._listing().paths

    def ignored(self) -> Sequence[str]:
        names = self._listing()
        return git.ignored(self._root) if names.ignored is None else names.ignored

    def notices(self) -> Sequence[Notice]:
        return self._listing().notices

    def read(self, path: str, limit: int) -> reader.Read:
        if self._names is not None and path in self._names.submodules:
            return _SUBMODULE
        return self._reader.read(path, limit)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        return self._reader.stream(path, limit)

    def _listing(self) -> _Names:
        if self._names is None and self._ahead is not None:
            paths, names = self._ahead.result()
            self._names = names._replace(paths=paths.split("\0") if paths else [])
        if self._names is None:
            self._names = self._list()
        return self._names

    def _list_packed(self) -> tuple[str, _Names]:
        """The names, ignored ones too. The paths are one string, which is faster to hand over than many."""
        names = self._list()
        if names.ignored is None:
            names = names._replace(ignored=git.ignored(self._root))
        return "\0".join(names.paths), names._replace(paths=())

    def _list(self) -> _Names:
        if not self.repository:
            found = reader.walk(self._root)
            notices = [Notice(path, "unreadable", why) for path, why in found.closed]
            notices += [Notice(path, "note", why) for path, why in found.unused]
            return _Names([path for path, _ in found.files], found.ignored, notices)
        entries, others = git.listing(self._root)
        paths = {e.path for e in entries}
        paths.update(path for path in others.paths if not path.endswith("/"))
        notices = [
            Notice(path, "not-text", "is another repository: check it there")
            for path in others.paths
            if path.endswith("/")
        ]
        notices += [Notice(path, "unreadable", "cannot be looked into") for path in others.closed]
        submodules = frozenset(e.path for e in entries if e.kind == git.TYPE_SUBMODULE)
        return _Names(sorted(paths, key=os.fsencode), None, notices, submodules)


class GitTree:
    """What the index or a commit holds, read as git stores it.

    entries: those that are known. everything: gives all of them; asked only for a path that is not known.
    """

    def __init__(
        self,
        root: str,
        entries: Sequence[git.Entry],
        everything: Callable[[], Sequence[git.Entry]] | None = None,
    ) -> None:
        self._root = root
        self._entries = {entry.path: entry for entry in entries}
        self._everything = everything
        self._blobs = git.Blobs(root)
        self._process = os.getpid()

    def list(self) -> Sequence[str]:
        self._complete()
        return sorted(self._entries, key=os.fsencode)

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def holds(self, path: str) -> bool:
        """Whether there is such a path."""
        if path not in self._entries:
            self._complete()
        return path in self._entries

    def _complete(self) -> None:
        if self._everything is not None:
            self._entries = {entry.path: entry for entry in self._everything()}
            self._everything = None

    def read(self, path: str, limit: int) -> reader.Read:
        if not self.holds(path):
            return reader.Read(None)
        entry = self._entries[path]
        if entry.kind == git.TYPE_SUBMODULE:
            return _SUBMODULE
        if entry.stage:
            why = "has a merge conflict that is not resolved: resolve it and add it"
            return reader.Read(None, kind="unreadable", message=why)
        try:
            data = self._open_blobs().read(entry.oid, limit)
            size = len(data) if len(data) <= limit else self._open_blobs().size(entry.oid)
        except git.MissingObject as error:
            return reader.Read(None, kind="missing-object", message=str(error))
        except git.GitError as error:
            return reader.Read(None, kind="unreadable", message=str(error))
        if size > limit:
            return reader.Read(None, size)
        return reader.Read(data, size, link=entry.kind == git.TYPE_LINK)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        return self._open_blobs().stream(self._entries[path].oid, limit)

    def _open_blobs(self) -> git.Blobs:
        """The reader of this process: one that was forked off must not talk to its parent's git."""
        if os.getpid() != self._process:
            self._blobs, self._process = git.Blobs(self._root), os.getpid()
        return self._blobs


def index_tree(root: str, known: Sequence[git.Entry] | None = None) -> GitTree:
    """The tree that the index holds; an unresolved conflict is said when it is read.

    known: entries that somebody has asked for already, so that the whole need not be listed.
    """
    if known is None:
        return GitTree(root, git.index_entries(root))
    return GitTree(root, known, lambda: git.index_entries(root))


def commit_tree(root: str, rev: str) -> GitTree:
    """The tree of a commit. Raises GitError when there is none by that name."""
    return GitTree(root, git.commit_entries(root, rev))


_SUBMODULE = reader.Read(None, kind="not-text", message="is a submodule: check it in its own repository")


class Project:
    """Everything that a rule may ask about the tree that is checked.

    root: absolute path. limits: see Limits. Paths are relative to the root, with `/`, bytes that are not
    UTF-8 as surrogate escapes.
    """

    def __init__(self, root: str, tree: Tree, limits: Limits = Limits()) -> None:  # noqa: B008 - immutable
        self.root, self.tree, self.limits = root, tree, limits
        self._files: Sequence[str] | None = None
        self._opened: dict[str, SourceFile] = {}
        self._bytes = 0
        self._large: dict[str, int] = {}
        self._notices: dict[Notice, None] = {}
        self._memo: dict[object, object] = {}

    def files(self) -> Sequence[str]:
        """Every path, sorted by bytes; listed when first asked."""
        if self._files is None:
            self._files = self.tree.list()
            self._notices.update(dict.fromkeys(self.tree.notices()))
        return self._files

    def is_listed(self) -> bool:
        """Whether `files` has not to wait for who lists the tree."""
        return not isinstance(self.tree, WorkTree) or self.tree.is_listed()

    def ignored(self) -> Sequence[str]:
        """Names of files that git ignores, sorted; a wholly ignored directory is one name, `directory/`."""
        return self.tree.ignored()

    def open(self, path: str) -> SourceFile | None:
        """A file's bytes and text; the same object when asked again soon.

        None when there is no such file, when it cannot be read or holds no text (a notice says so), and when
        it is larger than `limits.text` (see `windows`).
        """
        file = self._opened.pop(path, None)
        if file is None:
            read = self.tree.read(path, self.limits.text)
            if read.data is None:
                self._not_read(path, read)
                return None
            file = SourceFile(path, read.data, link=read.link)
            self._bytes += len(read.data)
        self._opened[path] = file
        # Drop the files that were asked for longest ago.
        while len(self._opened) > _MEMO_FILES or (self._bytes > _MEMO_BYTES and len(self._opened) > 2):
            dropped = self._opened.pop(next(iter(self._opened)))
            self._bytes -= len(dropped.data)
        return file

    def windows(self, path: str) -> Iterator[SourceFile]:
        """The windows of a file that `open` did not give because it is large; of any other file none.

        They are about 8 MiB, end at the end of a line where there is one, and share 4 KiB. Positions in them
        are positions in the file.
        """
        size = self._large.get(path, 0)
        if not size:
            return
        if size > self.limits.windows:
            self.add_notice(path, "too-large", _too_large(size, self.limits.windows))
            return
        try:
            yield from windows(path, self.tree.stream(path, self.limits.windows + 1))
        except (OSError, git.GitError):
            self.add_notice(path, "unreadable", "went away while it was read")

    def cached(self, compute: Callable[[Project], T]) -> T:
        """What `compute` makes of this project; called once."""
        if compute not in self._memo:
            self._memo[compute] = compute(self)
        return self._memo[compute]  # type: ignore[return-value]

    @property
    def notices(self) -> Sequence[Notice]:
        """What the reader must know about the tree and the files that were opened, and nobody took yet."""
        return tuple(self._notices)

    def take_notices(self) -> Sequence[Notice]:
        """`notices`, which are then forgotten."""
        taken = self.notices
        self._notices.clear()
        return taken

    @property
    def own_name(self) -> str | None:
        """`owner/repo` of this repository at GitHub; None when neither the environment nor `origin` tells."""
        return self.cached(_own_name)

    def _not_read(self, path: str, read: reader.Read) -> None:
        if read.kind:
            self.add_notice(path, read.kind, read.message)
        elif read.size > self.limits.text:
            self._large[path] = read.size

    def add_notice(self, path: str, kind: str, message: str) -> None:
        """Tell the reader something about the tree; `path` is "" for the run as a whole."""
        self._notices[Notice(path, kind, message)] = None


def _too_large(size: int, limit: int) -> str:
    return (
        f"is larger than what is checked ({size >> 20} MiB; limits.windows is {limit >> 20} MiB): "
        "exclude it, or raise the limit"
    )


def _own_name(project: Project, environment: Mapping[str, str] = os.environ) -> str | None:
    name = environment.get("GITHUB_REPOSITORY", "")
    if name.count("/") == 1:
        return name
    try:
        url = git.origin(project.root) if git.top_level(project.root) == project.root else None
    except git.GitError:
        return None
    if not url:
        return None
    parts = url.removesuffix("/").removesuffix(".git").replace(":", "/").split("/")
    return "/".join(parts[-2:]) if len(parts) > 2 and all(parts[-2:]) else None
