"""Replace a file atomically: at any moment, even after a crash, it is complete, either old or new."""

from __future__ import annotations

import os
from contextlib import suppress


def replace(name: str, data: bytes, mode: int, folder: int | None = None, *, durable: bool = True) -> None:
    """Write `data` to a new file next to the old one, then rename it.

    name: a path, or with `folder` (a directory's descriptor) the name in it. A link of that name is
    replaced, not followed. mode: permission bits. durable: wait until the disk has it (fsync), so that it
    survives a power failure. Raises OSError, with nothing changed.
    """
    scratch = os.path.join(os.path.dirname(name), f".palint-{os.urandom(8).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:  # an interrupt that arrives while the file is made is raised when os.open has returned
        with open(os.open(scratch, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(data)
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(scratch, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException as error:
        with suppress(OSError):  # never made, or interrupted after the rename
            os.unlink(scratch, dir_fd=folder)
        if isinstance(error, OSError) and error.filename in (None, scratch):  # a full disk names no file
            error.filename = name
        raise
    if durable and folder is not None:
        os.fsync(folder)


def default_mode() -> int:
    """The permission bits of a new file: 0o666 without the umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
