"""Index and tree entries: a path, its mode and its object's name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from palint.util.named_tuple import NamedTuple

TYPE_FILE, TYPE_LINK, TYPE_SUBMODULE = 0o100000, 0o120000, 0o160000
# Arguments of every diff: raw, full object names, no rename or submodule settings from the repository.
DIFF = ("--raw", "-z", "-r", "--no-abbrev", "--no-renames", "--ignore-submodules=none", "-O/dev/null")


class Entry(NamedTuple):
    """A path in the index or a commit. `mode` is git's, `oid` the object's name.

    `stage` is 0, or 1 to 3 for a path with an unresolved merge conflict. `skipped`: whether the index marks
    the file as not needed on disk (skip-worktree, as in a sparse checkout).
    """

    path: str
    mode: int
    oid: str
    stage: int = 0
    skipped: bool = False

    @property
    def kind(self) -> int:
        """TYPE_FILE, TYPE_LINK or TYPE_SUBMODULE."""
        return self.mode & 0o170000


class Change(NamedTuple):
    """A changed path. old: its entry before, None if it is new. new: its entry after, None if deleted."""

    path: str
    old: Entry | None
    new: Entry | None


def parse_entries(out: bytes) -> list[Entry]:
    """Parse the output of `ls-files -s -t -z`: `tag mode oid stage TAB path NUL`."""
    made = []
    for line in out.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        tag, mode, oid, stage = head.decode().split(" ")
        made.append(Entry(os.fsdecode(path), int(mode, 8), oid, int(stage), tag == "S"))
    return made


def parse_diff(out: bytes) -> Iterator[Change]:
    """Parse a raw diff: one change per path; a path in conflict has stage 1."""
    fields = iter(out.split(b"\0"))
    seen = set()
    for head in fields:
        if not head:
            return
        path = os.fsdecode(next(fields))
        if path in seen:
            continue
        seen.add(path)
        old_mode, mode, old, oid, status = head[1:].decode().split(" ")
        new = Entry(path, int(mode, 8) or TYPE_FILE, oid, 1 if status == "U" else 0)
        before = Entry(path, int(old_mode, 8), old)
        yield Change(path, before if before.mode else None, None if status == "D" else new)
