"""Read the files of a tree on disk.

Nothing is opened through a symbolic link: every directory is opened from its parent's descriptor and every
file from its directory's, without following links. Only regular files are read. Platforms without `openat`
(Windows) open by path after checking the file's type.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator

from palint.findings import PalintError
from palint.util.typing import NamedTuple

_HAS_DIR_FD = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_OPEN_FILE = (
    os.O_RDONLY | _NO_FOLLOW | _CLOEXEC
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO without a writer would block
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)  # fmt: skip
OPEN_FOLDER = os.O_RDONLY | _NO_FOLLOW | _CLOEXEC | getattr(os, "O_DIRECTORY", 0)
_PASS_FOLDER = OPEN_FOLDER | getattr(os, "O_PATH", 0)  # on Linux passing through needs no permission to list
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()  # of names
_MAX_DESCRIPTORS = 64  # maximum number of directory descriptors of a walk or a reader
_PIECE = 1 << 20  # bytes


class Read(NamedTuple):
    """The result of reading one path.

    data: the bytes, for a symbolic link its target; None if the file is missing, unreadable or too large.
    size: of the whole file, in bytes. kind, message: of the notice about missing data; kind is "" for a file
    that does not exist or is larger than the limit.
    stat: of a regular file on the disk, taken before it was read.
    """

    data: bytes | None
    size: int = 0
    link: bool = False
    kind: str = ""
    message: str = ""
    stat: os.stat_result | None = None

    @property
    def is_missing(self) -> bool:
        """Whether there is no such file."""
        return self.data is None and not self.kind and not self.size


class Folders:
    """Opens directories below a root; moving to a nearby one is cheap.

    Keeps the descriptors of the deepest `_MAX_DESCRIPTORS` directories on the path. Without `openat`, paths
    are used instead of descriptors.
    """

    def __init__(self, root: str, flags: int) -> None:
        self._flags = flags
        self._path = os.fsencode(root)
        try:
            self._root = os.open(root, flags & ~_NO_FOLLOW) if _HAS_DIR_FD else -1
        except OSError as error:
            raise PalintError(f"{root} cannot be opened: {reason(error)}") from None
        self._folder = b""
        self._names: list[bytes] = []
        self._open: list[int] = []  # of each name; -1 if it was closed to make room

    def enter(self, folder: bytes) -> int | bytes:
        """The descriptor of a directory given relative to the root; "" is the root itself. Raises OSError."""
        if not _HAS_DIR_FD:
            return self._by_path(folder)
        if folder != self._folder:
            names = folder.split(b"/") if folder else []
            common = 0
            for one, other in zip(names, self._names):  # noqa: B905 - to the end of the shorter
                if one != other:
                    break
                common += 1
            self._leave(common)
            self._descend(names[common:])
            self._folder = folder
        return self._open[-1] if self._open else self._root

    def _leave(self, depth: int) -> None:
        """Go up until `depth` names are left, and reopen that directory if it was closed."""
        while len(self._open) > depth:
            fd = self._open.pop()
            self._names.pop()
            if fd >= 0:
                os.close(fd)
        self._folder = b"/".join(self._names)
        if self._open and self._open[-1] < 0:
            names, self._names, self._open = self._names, [], []
            self._descend(names)

    def _descend(self, names: list[bytes]) -> None:
        for name in names:
            above = self._open[-1] if self._open else self._root
            if name in (b"", b".", b".."):
                raise FileNotFoundError(2, "not a path below the root")
            fd = os.open(name, self._flags, dir_fd=above)
            self._names.append(name)
            self._open.append(fd)
            self._folder = b"/".join(self._names) if len(names) == 1 else b"\0"
            far = len(self._open) - 1 - _MAX_DESCRIPTORS
            if far >= 0 and self._open[far] >= 0:
                os.close(self._open[far])
                self._open[far] = -1

    def linked(self, folder: bytes) -> bool:
        """Whether a directory on the path is a symbolic link; called when `enter` failed."""
        parts = folder.split(b"/")
        for depth in range(len(parts)):
            try:
                above = self.enter(b"/".join(parts[:depth]))
                if stat.S_ISLNK(_lstat(parts[depth], above).st_mode):
                    return True
            except OSError:
                return False
        return False

    def _by_path(self, folder: bytes) -> bytes:
        path = self._path
        for name in folder.split(b"/") if folder else []:
            path = os.path.join(path, name)
            if name == b".." or not stat.S_ISDIR(os.lstat(path).st_mode):
                raise NotADirectoryError(20, "not a directory")
        return path

    def close(self) -> None:
        """Close all descriptors."""
        self._leave(0)
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def __del__(self) -> None:
        if hasattr(self, "_root"):  # missing if the root could not be opened
            self.close()


class Reader:
    """Reads files below a root. In sorted order a file costs one open, fstat, read and close."""

    def __init__(self, root: str) -> None:
        self._folders = Folders(root, _PASS_FOLDER)

    def read(self, path: str, limit: int) -> Read:
        """Read a whole file if it has at most `limit` bytes; `path` is relative to the root."""
        folder, _, name = path.encode(_ENCODING, _ERRORS).rpartition(b"/")
        try:
            where = self._folders.enter(folder)
        except OSError as error:
            return self._no_folder(folder, error)
        return read_at(where, name, limit)

    def stat(self, path: str) -> os.stat_result | None:
        """What the file system says of a regular file; None for anything else, and behind a link."""
        folder, _, name = path.encode(_ENCODING, _ERRORS).rpartition(b"/")
        try:
            found = _lstat(name, self._folders.enter(folder))
        except OSError:
            return None
        return found if stat.S_ISREG(found.st_mode) else None

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        """A regular file's first `limit` bytes in pieces of up to 1 MiB. Raises OSError."""
        folder, _, name = os.fsencode(path).rpartition(b"/")
        fd = _open_at(self._folders.enter(folder), name)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return
            while limit > 0 and (piece := os.read(fd, min(limit, _PIECE))):
                limit -= len(piece)
                yield piece
        finally:
            os.close(fd)

    def _no_folder(self, folder: bytes, error: OSError) -> Read:
        if self._folders.linked(folder):
            return Read(None, kind="unreadable", message="is below a symbolic link")
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return Read(None)
        return Read(None, kind="unreadable", message=f"cannot be read: {reason(error)}")


def _open_at(where: int | bytes, name: bytes) -> int:
    if isinstance(where, bytes):
        path = os.path.join(where, name)
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise OSError(40, "a symbolic link")
        return os.open(path, _OPEN_FILE)
    return os.open(name, _OPEN_FILE, dir_fd=where)


def _lstat(name: bytes, where: int | bytes) -> os.stat_result:
    if isinstance(where, bytes):
        return os.lstat(os.path.join(where, name))
    return os.stat(name, dir_fd=where, follow_symlinks=False)


def read_at(where: int | bytes, name: bytes, limit: int) -> Read:
    """Read a name in a directory, given by its descriptor, or by its path without `openat`."""
    try:
        fd = _open_at(where, name)
    except OSError as error:
        return _not_opened(where, name, error)
    try:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode):
            return _no_text(info.st_mode)
        size = info.st_size
        if size > limit:
            return Read(None, size, stat=info)
        data = os.read(fd, size + 1)
        if len(data) != size or not size:
            data = _rest(fd, data, limit)
        if len(data) > limit:
            return Read(None, len(data))
        return Read(data, len(data), stat=info)
    except OSError as error:
        return Read(None, kind="unreadable", message=f"cannot be read: {reason(error)}")
    finally:
        os.close(fd)


def _rest(fd: int, data: bytes, limit: int) -> bytes:
    """Read on to the end, or beyond the limit, if a file grew, shrank or has no size (procfs)."""
    pieces, size = [data], len(data)
    while data and size <= limit:
        data = os.read(fd, min(limit + 1 - size, _PIECE))
        pieces.append(data)
        size += len(data)
    return b"".join(pieces)


def _not_opened(where: int | bytes, name: bytes, error: OSError) -> Read:
    """The result for a path that could not be opened: a link's target, or a notice, or a missing file."""
    try:
        mode = _lstat(name, where).st_mode
        if stat.S_ISLNK(mode):
            if isinstance(where, bytes):
                target = os.fsencode(os.readlink(os.path.join(where, name)))
            else:
                target = os.readlink(name, dir_fd=where)
            return Read(target, len(target), link=True)
    except (FileNotFoundError, NotADirectoryError):
        return Read(None)
    except OSError as again:
        return Read(None, kind="unreadable", message=f"cannot be read: {reason(again)}")
    if not stat.S_ISREG(mode):
        return _no_text(mode)
    return Read(None, kind="unreadable", message=f"cannot be read: {reason(error)}")


def _no_text(mode: int) -> Read:
    if stat.S_ISDIR(mode):
        return Read(None)
    names = {stat.S_IFIFO: "FIFO", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
    what = names.get(stat.S_IFMT(mode), "special file")
    return Read(None, kind="not-text", message=f"is a {what}: it has no text")


def reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
