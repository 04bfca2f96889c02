"""The project that is checked: its root, its files, and a cache for results that are computed once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from palint.findings import Notice
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.reader import Read
from palint.tree.tree import Tree
from palint.tree.worktree import WorkTree
from palint.util.deadline import FileTimeout
from palint.util.typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from palint.tree.packages import Packages

T = TypeVar("T")

# Opened files that are kept: with fewer, workflows that the graph has read would be parsed again.
_MEMO_FILES, _MEMO_BYTES = 64, 16 << 20
_MAX_LINKS = 40  # that one path may lead through, as on Linux


class Limits(NamedTuple):
    """Resource limits of a file and a run. Exceeding one adds a notice and marks the run incomplete.

    text: bytes of a file that is checked whole. windows: bytes of a file that is checked in windows.
    tree: bytes of a file that is parsed. seconds: for all rules on one file. run: seconds for a whole run.
    """

    text: int = 10 << 20
    windows: int = 100 << 20
    tree: int = 1 << 20
    seconds: float = 10.0
    run: float = 600.0


class Project:
    """The tree that is checked, as rules see it.

    root: absolute path. limits: see Limits. Paths are relative to the root, with `/`, bytes that are not
    UTF-8 as surrogate escapes. head: of the base of a change, the project at its head; base: the other way
    round.
    """

    def __init__(
        self,
        root: str,
        tree: Tree,
        limits: Limits = Limits(),  # noqa: B008 - immutable
        head: Project | None = None,
    ) -> None:
        self.root, self.tree, self.limits, self.head = root, tree, limits, head
        self.base: Project | None = None
        self._in_change = False  # in a new interpreter, which has neither base nor head
        self.value_key = b""  # for `Finding.value_mac`
        self.name = ""  # `owner/repo`, where the caller has it
        self.shows_advice = True  # else a rule may leave out what to do, where that takes long to find
        self._files: Sequence[str] | None = None
        self._opened: dict[str, SourceFile] = {}
        self._peeked: tuple[str, Read] | None = None  # read, but not opened
        self._bytes = 0
        self._large: dict[str, int] = {}
        self._notices: dict[Notice, None] = {}
        self._memo: dict[object, object] = {}

    def __reduce__(self) -> tuple[object, ...]:
        state = {"name": self.name, "value_key": self.value_key, "_in_change": self.compared}
        return Project, (self.root, self.tree, self.limits), state

    def files(self) -> Sequence[str]:
        """Every path, sorted by bytes; listed at the first call."""
        if self._files is None:
            self._files = self.tree.list()
            self._notices.update(dict.fromkeys(self.tree.notices()))
        return self._files

    def is_listed(self) -> bool:
        """Whether `files` returns without waiting for the listing."""
        return not isinstance(self.tree, WorkTree) or self.tree.is_listed()

    def ignored(self) -> Sequence[str]:
        """Names of files that git ignores, sorted; a completely ignored directory is one name, `name/`."""
        return self.tree.ignored()

    def peek(self, path: str) -> Read:
        """Read a file, for an `open` of the same path: most files need no more."""
        file = self._opened.get(path)
        if file is not None:
            return Read(file.data, len(file.data), link=file.link, stat=file.stat)
        read = self.tree.read(path, self.limits.text)
        self._peeked = path, read
        return read

    def open(self, path: str) -> SourceFile | None:
        """A file's bytes and text; the same object if it was opened recently.

        None if there is no such file, if it cannot be read or has no text (with a notice), and if it is
        larger than `limits.text` (see `windows`).
        """
        file = self._opened.pop(path, None)
        if file is None:
            peeked, self._peeked = self._peeked, None
            read = peeked[1] if peeked and peeked[0] == path else self.tree.read(path, self.limits.text)
            if read.data is None:
                self._not_read(path, read)
                return None
            file = SourceFile(path, read.data, link=read.link, stat=read.stat)
            self._bytes += len(read.data)
        self._opened[path] = file
        # Drop the least recently opened files.
        while len(self._opened) > _MEMO_FILES or (self._bytes > _MEMO_BYTES and len(self._opened) > 2):
            dropped = self._opened.pop(next(iter(self._opened)))
            self._bytes -= len(dropped.data)
        return file

    def text(self, path: str) -> str:
        """A file's text, "" where `open` returns none."""
        file = self.open(path)
        return "" if file is None else file.text

    def follow_links(self, path: str) -> str:
        """The path that a path leads to through symbolic links and `..`; "" if it leaves the tree.

        Reads no more of the disk than `open` does: a link is its target's text.
        """
        names = self.cached(_names)
        rest, resolved, links = path.split("/")[::-1], list[str](), 0
        while rest:
            name = rest.pop()
            if name == ".." and not resolved:
                return ""
            if name == "..":
                resolved.pop()
            elif name not in ("", "."):
                resolved.append(name)
                here = "/".join(resolved)
                file = self.open(here) if here in names else None
                if file is not None and file.link:
                    links += 1
                    if file.text.startswith("/") or links > _MAX_LINKS:
                        return ""
                    resolved.pop()
                    rest += file.text.split("/")[::-1]
        return "/".join(resolved)

    def reuse(self, file: SourceFile) -> None:
        """Reuse a file that was opened in an earlier run, with its parse results, if it is unchanged."""
        read = self.tree.read(file.path, self.limits.text)
        if read.data == file.data and read.link == file.link and file.path not in self._opened:
            self._opened[file.path] = file
            self._bytes += len(file.data)

    def windows(self, path: str) -> Iterator[SourceFile]:
        """The windows of a file that `open` did not return because it is large; none for other files.

        They are about 8 MiB, end at the end of a line if there is one, and overlap by 4 KiB. Positions in
        them are positions in the file.
        """
        size = self._large.get(path, 0)
        if not size:
            return
        from palint.text.windows import windows  # few trees have such a file

        try:
            opened = windows(path, self.tree.stream(path, self.limits.windows + 1))
            if size > self.limits.windows:
                # Only the first one, for the rules that check a file's name.
                self.add_notice(path, "too-large", _too_large(size, self.limits.windows))
                opened = islice(opened, 1)
            yield from opened
        except (OSError, git.GitError):
            self.add_notice(path, "unreadable", "was deleted while it was read")

    def cached(self, compute: Callable[[Project], T]) -> T:
        """The result of `compute` for this project; called once, and not again if it took too long.

        Raises FileTimeout in that case, immediately for every file after the one whose time was used up.
        """
        if compute not in self._memo:
            try:
                self._memo[compute] = compute(self)
            except FileTimeout as timeout:
                self._memo[compute] = timeout
        result = self._memo[compute]
        if isinstance(result, FileTimeout):
            raise result.with_traceback(None)
        return result  # type: ignore[return-value]

    @property
    def notices(self) -> Sequence[Notice]:
        """Notices about the tree and the opened files that were not taken yet."""
        return tuple(self._notices)

    def take_notices(self) -> Sequence[Notice]:
        """Return `notices` and remove them."""
        taken = self.notices
        self._notices.clear()
        return taken

    @property
    def own_name(self) -> str | None:
        """`owner/repo` of this repository: `name`, or from the environment or `origin`; None if unknown."""
        return self.name or self.cached(_own_name)

    @property
    def compared(self) -> bool:
        """Whether a change is checked: this is its head or its base."""
        return self._in_change or self.base is not None or self.head is not None

    @property
    def packages(self) -> Packages:
        """The installed packages, as the project's own files list them."""
        return self.cached(_packages)

    def _not_read(self, path: str, read: Read) -> None:
        if read.kind:
            self.add_notice(path, read.kind, read.message)
        elif read.size > self.limits.text:
            self._large[path] = read.size

    def add_notice(self, path: str, kind: str, message: str) -> None:
        """Add a notice about the tree; `path` is "" for the run as a whole."""
        self._notices[Notice(path, kind, message)] = None


def _too_large(size: int, limit: int) -> str:
    return (
        f"is larger than what is checked ({size >> 20} MiB; limits.windows is {limit >> 20} MiB): "
        "exclude it, or raise the limit"
    )


def _names(project: Project) -> frozenset[str]:
    return frozenset(project.files())


def _packages(project: Project) -> Packages:
    from palint.tree import packages  # for findings only

    def read(path: str, limit: int) -> bytes | None:
        content = project.tree.read(path, limit)
        return None if content.link else content.data

    return packages.find(project.files(), read)


def _own_name(project: Project, environment: Mapping[str, str] = os.environ) -> str | None:
    name = environment.get("GITHUB_REPOSITORY", "")
    if name.count("/") == 1:
        return name
    if not os.path.lexists(os.path.join(project.root, ".git")):
        return None
    try:
        url = git.origin(project.root)
    except git.GitError:
        return None
    if not url:
        return None
    parts = url.removesuffix("/").removesuffix(".git").replace(":", "/").split("/")
    return "/".join(parts[-2:]) if len(parts) > 2 and all(parts[-2:]) else None
