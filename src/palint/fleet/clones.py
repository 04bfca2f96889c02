"""Bare clones in a cache: fetched again the next time, the least recently used ones deleted first.

Each clone has a file beside it, `NAME.lock`, whose lock is held while the clone is fetched, read or deleted,
so that two runs do not meet. The file holds the clone's size in bytes, and its time is that of the last use.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from palint.tree.git import GitError, remote
from palint.util.typing import IO

_MAX_PACKS = 24  # each fetch adds one; then the clone is made again


class Clones:
    """A cache of clones. folder: its path. size: in bytes; at least the clones in use are kept."""

    def __init__(self, folder: str, size: int) -> None:
        self._folder, self._size = folder, size

    @contextmanager
    def clone(
        self, address: remote.Remote, branch: str = "", *, history: bool = False, seconds: float = 600
    ) -> Iterator[tuple[str, str]]:
        """Fetch a repository; (its git folder, the object name of the head). No one deletes it meanwhile.

        history: with all commits. seconds: for each call of git. Raises GitError, OSError.
        """
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        folder = os.path.join(self._folder, _folder_name(address.address, history))
        with open(f"{folder}.lock", "a+", encoding="ascii") as lock:
            _lock(lock)
            oid = _fetch(folder, address, branch, history, seconds)
            lock.truncate(0)
            lock.write(str(_bytes(folder)))
            lock.flush()
            self._make_room()
            yield folder, oid

    def _make_room(self) -> None:
        """Delete clones that no one uses until the rest fits."""
        clones = []
        for entry in os.scandir(self._folder):
            if entry.name.endswith(".lock"):
                with suppress(OSError, ValueError), open(entry.path, encoding="ascii") as file:
                    clones.append((entry.stat().st_mtime, int(file.read() or 0), entry.path))
        total = sum(size for _, size, _ in clones)
        for _, size, path in sorted(clones):
            if total <= self._size:
                return
            with open(path, "a", encoding="ascii") as lock:
                if _lock(lock, wait=False):
                    shutil.rmtree(path.removesuffix(".lock"), ignore_errors=True)
                    lock.truncate(0)
                    total -= size


def _fetch(folder: str, address: remote.Remote, branch: str, history: bool, seconds: float) -> str:
    """Fetch, once more into a new clone if the old one is damaged or has too many packs."""
    packs = os.path.join(folder, "objects", "pack")
    is_old = os.path.isdir(packs)
    if is_old and sum(name.endswith(".pack") for name in os.listdir(packs)) > _MAX_PACKS:
        discard(folder)
        is_old = False
    try:
        return remote.fetch(folder, address, branch, history=history, seconds=seconds)
    except GitError:
        discard(folder)
        if not is_old:
            raise
        return remote.fetch(folder, address, branch, history=history, seconds=seconds)


def discard(folder: str) -> None:
    """Delete a clone, which the caller has locked."""
    shutil.rmtree(folder, ignore_errors=True)


def _folder_name(address: str, history: bool) -> str:
    """A name for a clone: the last part of its address, for people, and a hash of the whole."""
    last = re.sub(r"[^A-Za-z0-9_-]+", "-", address.rstrip("/").rpartition("/")[2].removesuffix(".git"))[:40]
    digest = sha256(f"{history} {address}".encode("utf-8", "surrogateescape")).hexdigest()
    return f"{last.strip('-')}-{digest[:16]}.git"


def _bytes(folder: str) -> int:
    return sum(
        os.stat(os.path.join(parent, name)).st_size for parent, _, names in os.walk(folder) for name in names
    )


def _lock(file: IO[str], *, wait: bool = True) -> bool:
    """Lock a file until it is closed; False if another process has the lock and this one does not wait."""
    try:
        import fcntl
    except ImportError:  # Windows: only one run at a time
        return wait
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
