"""A cache directory for files that speed up the next start, in which no one else can write.

The folder is `palint` in the user's cache directory: owned by this user, closed to everyone else, not a link.
Any other folder is not read. A failure here is never an error: missing entries are computed again. Of a
scanned tree nothing but names of files is ever stored. Without POSIX owners (Windows) there is no cache.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from zlib import crc32

_MAGIC = b"palint cache 1\n"
_MAX_ENTRY_BYTES = 64 << 20  # bytes of one entry
_MAX_KIND_BYTES = 128 << 20  # bytes
_MAX_ENTRIES = 8  # entries of one kind: versions of palint, sets of rules
_POSIX = hasattr(os, "geteuid") and os.open in os.supports_dir_fd

checked_tree: str | None = None  # its root, once known: a cache inside it is not trusted


def directory() -> str:
    """The folder's absolute path, whether it exists or not; "" if the user has none.

    https://specifications.freedesktop.org/basedir-spec/latest/: a relative XDG_CACHE_HOME counts as unset.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/Library/Caches" if sys.platform == "darwin" else "~/.cache")
    return os.path.join(base, "palint") if _POSIX and os.path.isabs(base) else ""


def load(kind: str, key: bytes, outside: str = "") -> bytes | None:
    """The value saved under `key`; None if there is none that can be trusted.

    kind: a word, the start of the file's name.
    outside: the tree being checked; a cache within it is not used.
    """
    try:
        folder = _open_folder(outside, create=False)
    except OSError:
        return None
    try:
        return _unpack(_read(folder, _name(kind, key)), key)
    except OSError:
        return None
    finally:
        os.close(folder)


def save(kind: str, key: bytes, value: bytes, outside: str = "", *, keep: int = _MAX_ENTRIES) -> None:
    """Save `value` for a `load` with the same `kind` and `key`. Other processes see all of it or nothing.

    keep: entries of this kind; the oldest ones go when there are more, or more than _MAX_KIND_BYTES bytes.
    """
    if len(key) + len(value) > _MAX_ENTRY_BYTES - 100:  # it would not be read
        return
    from palint.util import atomic_file

    try:
        folder = _open_folder(outside, create=True)
    except OSError:
        return
    try:
        _prune(folder, kind, _name(kind, key), keep, len(value))
        atomic_file.replace(_name(kind, key), _pack(key, value), 0o600, folder, durable=False)
    except OSError:
        pass
    finally:
        os.close(folder)


def _open_folder(outside: str, *, create: bool) -> int:
    """A descriptor of the folder. Raises OSError if it is absent or if others could write in it."""
    path = directory()
    if not path or (outside and _within(path, outside)):
        raise OSError
    if create:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            pass
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    found = os.fstat(folder)
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        os.close(folder)
        raise OSError
    return folder


def _within(path: str, folder: str) -> bool:
    path, folder = os.path.realpath(path), os.path.realpath(folder)
    return path == folder or path.startswith(os.path.join(folder, ""))


def _read(folder: int, name: str) -> bytes:
    entry = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with open(entry, "rb", buffering=0) as file:
        found = os.fstat(entry)
        if found.st_uid != os.geteuid() or found.st_mode & 0o022 or not stat.S_ISREG(found.st_mode):
            raise OSError
        if found.st_size > _MAX_ENTRY_BYTES:
            raise OSError
        return file.readall()


def _prune(folder: int, kind: str, name: str, keep: int, size: int) -> None:
    """Make room for `size` bytes under `name`: the entries of its kind that were written first go."""
    entries = []
    for other in os.listdir(folder):
        if other.startswith(f"{kind}-") and other != name:
            with suppress(FileNotFoundError):  # another process makes room, too
                stat = os.stat(other, dir_fd=folder, follow_symlinks=False)
                entries.append((stat.st_mtime_ns, stat.st_size, other))
    entries.sort()
    total = sum(each[1] for each in entries)
    while entries and (len(entries) >= keep or total + size > _MAX_KIND_BYTES):
        _, freed, oldest = entries.pop(0)
        total -= freed
        with suppress(FileNotFoundError):
            os.unlink(oldest, dir_fd=folder)


def _name(kind: str, key: bytes) -> str:
    return f"{kind}-{crc32(key):08x}"


def _pack(key: bytes, value: bytes) -> bytes:
    return _header(key, value) + key + value


def _header(key: bytes, value: bytes) -> bytes:
    return _MAGIC + f"{len(key)} {len(value)} {crc32(value)}\n".encode()


def _unpack(data: bytes, key: bytes) -> bytes | None:
    """The value of an entry; None if it is damaged or has another key (two may share a name)."""
    start = data.find(b"\n", len(_MAGIC)) + 1
    value = data[start + len(key) :]
    return value if data[:start] == _header(key, value) and data.startswith(key, start) else None
