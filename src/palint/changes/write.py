"""Write changes to disk atomically: at any time a file is complete, either old or new."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from palint.changes.edits import Change, ChangeError
from palint.util import atomic_file


def write(root: str, change: Change) -> None:
    """Write a change to disk; whenever the process ends, the file is complete, either old or new.

    root: the absolute path that `change.path` is relative to. A file keeps its mode, a new one gets its
    folders. Raises ChangeError, with nothing changed, if the file differs from `change.old`, is not a
    regular file, or is below a symbolic link.
    """
    with _uninterrupted(), _errors(change.path, "written"):
        if change.old is None:
            _create_folders(root, change.path)
        with _parent(root, change.path) as (folder, name):
            if change.old is None:
                _refuse_existing(change.path, folder, name)
                mode = atomic_file.default_mode()
            else:
                mode = _unchanged(change.path, change.old.data, folder, name, "written")
            atomic_file.replace(name, change.data, mode, folder)


def remove(root: str, path: str, data: bytes) -> None:
    """Delete a file that still has these bytes.

    Raises ChangeError, with nothing changed, in the cases of `write`.
    """
    with _uninterrupted(), _errors(path, "deleted"), _parent(root, path) as (folder, name):
        _unchanged(path, data, folder, name, "deleted")
        os.unlink(name, dir_fd=folder)


def in_work_tree(path: str) -> bool:
    """Whether a path, relative to the root and with `/`, stays below the root and out of git's own folder."""
    return "\0" not in path and all(part.lower() not in ("", ".", "..", ".git") for part in path.split("/"))


@contextmanager
def _errors(path: str, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ChangeError(f"{path}: not {done}: {error.strerror or type(error).__name__}") from None


def _create_folders(root: str, path: str) -> None:
    parts = path.split("/")[:-1]
    for depth in range(len(parts)):
        with _parent(root, "/".join(parts[: depth + 1])) as (folder, name):
            try:
                os.mkdir(name, dir_fd=folder)
            except FileExistsError:
                pass  # the next step fails if it is not a folder


def _refuse_existing(path: str, folder: int | None, name: str) -> None:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    raise ChangeError(f"{path}: not written: a file with that name exists already")


def _unchanged(path: str, data: bytes, folder: int | None, name: str, done: str) -> int:
    """The permission bits of a file; raises ChangeError if its content is not `data` any more."""
    mode, current = read_regular(name, folder)
    if current != data:
        raise ChangeError(f"{path}: not {done}: it changed since it was checked; run palint again")
    return mode


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C and termination signals until the end of the block."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())  # alone: an interrupt may be raised after a block
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _parent(root: str, path: str) -> Iterator[tuple[int | None, str]]:
    """(descriptor of a file's directory, the file's name), without following links below the root.

    Without directory descriptors (Windows): (None, the whole path). Raises OSError for a path that is not one
    of the work tree: it leads out of the root, or into git's own folder.
    """
    if not in_work_tree(path):
        raise OSError(errno.EINVAL, "not a path of the work tree")
    if os.open not in os.supports_dir_fd:
        yield None, os.path.join(root, path)
        return
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    folder = os.open(root, flags)
    try:
        *parts, name = path.split("/")
        for part in parts:
            inner = os.open(part, flags | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder, name
    finally:
        os.close(folder)


def read_regular(name: str, folder: int | None = None) -> tuple[int, bytes]:
    """(permission bits, content) of a regular file. Raises OSError for anything else.

    name: a path, or with `folder` (a directory's descriptor) the name in it.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(name, flags | getattr(os, "O_BINARY", 0), dir_fd=folder)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return stat.S_IMODE(status.st_mode), file.read()
