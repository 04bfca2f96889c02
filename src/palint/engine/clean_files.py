"""Files without findings, remembered from one run to the next, so that they are not read again.

What is remembered of a file is its name, what the file system says of it, and why it does not parse, with
each value masked; no finding: a file with findings, suppressions or other notices is checked each time. So is
one whose check read other files: they may change its result.

A file counts as unchanged when its device, inode, size and both times are the same. The times are not trusted
where they could be the same after a change: of a file that was written shortly before the run, and on file
systems that do not keep them as a local disk does. There the content's hash decides.
"""

from __future__ import annotations

import marshal
import os
import re
import struct
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from types import ModuleType

from palint import registry
from palint.config import Config
from palint.findings import Notice
from palint.rule import Rule
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util import user_cache

try:
    from _blake2 import blake2b  # as in `hashlib`, which loads OpenSSL; 2.7 times as fast as `util.sha256`
except ImportError:
    from hashlib import blake2b

IDENTITY = struct.Struct("=QQQqq")  # device, inode, size in bytes, mtime and ctime in ns
# Seconds before the run in which a file must not have been written. The clock of a file system ticks 100 to
# 250 times a second; a write through a mapping may be dated when its page is written, on Linux after 30 s.
_SETTLED_SECONDS = 60.0
_MAX_ENTRIES = 32  # trees and settings

Entry = tuple[bytes, tuple[str, ...]]  # what tells whether a file changed; its notices
_KEPT = "parse-fallback"  # the kind of notice that is remembered


class ObservedProject:
    """A project that notes whether a rule reads anything of it: `was_read`."""

    def __init__(self, project: Project) -> None:
        self._project, self.was_read = project, False

    def __getattr__(self, name: str) -> object:
        self.was_read = True
        return getattr(self._project, name)


class CleanFiles:
    """The files of one project that need no check with these rules and settings.

    tree: the project, for rules that declare to read other files (`Reads.TREE`). A file for which one did is
    not kept.
    """

    def __init__(self, project: Project, tree: WorkTree, key: bytes) -> None:
        root = project.root
        self.tree = ObservedProject(project)
        self._project, self._tree, self._root, self._key = project, tree, root, key
        self._device = os.stat(root).st_dev if keeps_change_times(root) else -1
        self._settled_before = time.time_ns() - int(_SETTLED_SECONDS * 1e9)
        self.known, self.messages = _load(key, root)
        self._found: dict[str, Entry] = {}

    def unchanged(self, paths: Iterable[str]) -> set[str]:
        """Those paths whose files are as they were when they had no finding.

        Files whose content has to be compared are not among them: see `holds`.
        """
        known, stat_of = self.known, self._tree.stat
        settled = [path for path in paths if len(known.get(path, b"")) == IDENTITY.size]
        return {path for path in settled if (stat := stat_of(path)) and _identity(stat) == known[path]}

    def holds(self, path: str, stat: os.stat_result, data: bytes) -> bool:
        """Whether a file has the content with which it had no finding. stat, data: as for `add`."""
        state = self.known.get(path, b"")
        if len(state) <= IDENTITY.size or state != _identity(stat) + _hash(data):
            return False
        self._add(path, stat, data, self.messages.get(path, ()))
        return True

    def notices(self, path: str) -> tuple[Notice, ...]:
        """What is reported of a known file: why it does not parse."""
        return tuple(Notice(path, _KEPT, message) for message in self.messages.get(path, ()))

    def add(
        self, path: str, stat: os.stat_result, data: bytes | None, notices: Collection[Notice] = ()
    ) -> None:
        """Remember a file that has no finding, unless its notices may differ the next time.

        That one does not parse follows from its text alone, except in an installed package, where it counts
        less; what lists the package may change.

        stat: taken before `data` was read, so that a later change shows.
        data: None of a file too large to hold, which is remembered only where its times suffice.
        """
        if any(notice.kind != _KEPT or notice.path != path for notice in notices):
            return
        if not notices or self._project.packages.of(path) is None:
            self._add(path, stat, data, tuple(notice.message for notice in notices))

    def _add(self, path: str, stat: os.stat_result, data: bytes | None, messages: tuple[str, ...]) -> None:
        state = _identity(stat)
        if stat.st_dev != self._device or stat.st_ctime_ns >= self._settled_before:
            if data is None:
                return
            state += _hash(data)
        if (state, messages) != (self.known.get(path), self.messages.get(path, ())):
            self._found[path] = state, messages

    def take(self) -> Mapping[str, Entry]:
        """What was added since the last call: a worker's, for its parent."""
        added, self._found = self._found, {}
        return added

    def save(self, added: Mapping[str, Entry], paths: Sequence[str] | None) -> None:
        """Keep what workers added. paths: all files of the tree, None where only some were checked."""
        known = {**self.known, **{path: state for path, (state, _) in added.items()}}
        messages = {**self.messages, **{path: messages for path, (_, messages) in added.items()}}
        if paths is not None:
            known = {path: known[path] for path in paths if path in known}
        if known != self.known:
            data = marshal.dumps(
                (known, {path: each for path, each in messages.items() if each and path in known})
            )
            user_cache.save("clean-files", self._key, data, self._root, keep=_MAX_ENTRIES)


def load(project: Project, tree: WorkTree, config: Config, rules: Sequence[Rule]) -> CleanFiles:
    """The clean files of a project in its work tree."""
    return CleanFiles(project, tree, _key(project.root, config, rules))


def _load(key: bytes, root: str) -> tuple[dict[str, bytes], dict[str, tuple[str, ...]]]:
    data = user_cache.load("clean-files", key, root)
    return ({}, {}) if data is None else marshal.loads(data)


def _identity(stat: os.stat_result) -> bytes:
    return IDENTITY.pack(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()


def _key(root: str, config: Config, rules: Sequence[Rule]) -> bytes:
    """Everything but a file itself that decides whether there is something to report in it."""
    parts = [
        root,
        repr(config),
        " ".join(rule.id() for rule in rules),
        os.environ.get("PALINT_PREFILTER", ""),
        sys.version,
    ]
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogateescape"))
    digest.update(registry.environment_key())
    for package in sorted({"palint", *(type(rule).__module__.partition(".")[0] for rule in rules)}):
        digest.update(b"".join(_stamps(import_module(package))))
    return digest.digest()


def _stamps(module: ModuleType) -> list[bytes]:
    """The files of a module or package, each with its times: an editable installation changes without pip."""
    if hasattr(module, "__path__"):  # a package; one without `__init__.py` may be in several folders
        folders = filter(
            os.path.isdir, module.__path__
        )  # an editable installation may list a name that is no folder
        return [stamp for folder in folders for stamp in _stamps_below(folder)]
    file = str(module.__file__)
    return [os.fsencode(file) + _identity(os.stat(file))]


def _stamps_below(folder: str) -> list[bytes]:
    stamps = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name == "__pycache__":
                continue
            if entry.is_dir():
                stamps += _stamps_below(entry.path)
            else:
                stamps.append(os.fsencode(entry.path) + _identity(entry.stat()))
    return stamps


# File systems of Linux that store inode numbers and change times, by this machine's clock.
# https://man7.org/linux/man-pages/man7/inode.7.html
_LOCAL = frozenset(("btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"))


def keeps_change_times(path: str, mounts: str = "/proc/self/mountinfo") -> bool:
    """Whether a change of a file below `path` always shows in its `ctime`.

    False where that is not known: on network and FAT file systems, and everywhere but on Linux.
    mounts: a file as https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html describes it.
    """
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return False
    path = os.path.realpath(path)
    mount = ("", "")
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split(" ")[4]
        if "\\" in point:
            point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point)
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(mount[0]):  # where mounts are stacked, the last one is visible
            mount = point, after.partition(" ")[0]
    return mount[1] in _LOCAL
