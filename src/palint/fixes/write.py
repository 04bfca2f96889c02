"""Write fixes to disk atomically: at any time a file is complete, either old or new."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from palint.fixes.plan import Change, FixError
from palint.util import atomic_file


def write(root: str, change: Change) -> None:
    """Write a change to disk; whenever the process ends, the file is complete, either old or new.

    root: the absolute path that `change.file.path` is relative to. Raises FixError, with nothing changed, if
    the file differs from the checked one, is not a regular file, or is below a symbolic link.
    """
    path = change.file.path
    try:
        with _uninterrupted(), _parent(root, path) as (folder, name):
            mode, data = _read(folder, name)
            if data != change.file.data:
                raise FixError(f"{path}: not fixed: it changed since it was checked; run palint again")
            atomic_file.replace(name, change.data, mode, folder)
    except OSError as error:
        raise FixError(f"{path}: not fixed: {error.strerror or type(error).__name__}") from None


def create(root: str, path: str, data: bytes) -> None:
    """Write a new file and create its folders. Raises FixError if the file exists."""
    *parts, _ = path.split("/")
    try:
        with _uninterrupted():
            for depth in range(len(parts)):
                with _parent(root, "/".join(parts[: depth + 1])) as (folder, name):
                    try:
                        os.mkdir(name, dir_fd=folder)
                    except FileExistsError:
                        pass  # the next step fails if it is not a folder
            with _parent(root, path) as (folder, name):
                try:
                    os.stat(name, dir_fd=folder, follow_symlinks=False)
                except FileNotFoundError:
                    atomic_file.replace(name, data, atomic_file.default_mode(), folder)
                else:
                    raise FixError(f"{path}: not written: a file with that name exists already")
    except OSError as error:
        raise FixError(f"{path}: not written: {error.strerror or type(error).__name__}") from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C and termination signals until the end of the block."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _parent(root: str, path: str) -> Iterator[tuple[int | None, str]]:
    """(descriptor of a file's directory, the file's name), without following links below the root.

    Without directory descriptors (Windows): (None, the whole path).
    """
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


def _read(folder: int | None, name: str) -> tuple[int, bytes]:
    """(permission bits, content) of a regular file. Raises OSError for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(name, flags | getattr(os, "O_BINARY", 0), dir_fd=folder)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return stat.S_IMODE(status.st_mode), file.read()
