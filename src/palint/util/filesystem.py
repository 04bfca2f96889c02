"""What kind of file system holds a path."""

from __future__ import annotations

import os
import re

# Those of Linux that keep inode numbers and the time of a change themselves, by this machine's clock.
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
    found = ("", "")
    for line in lines:
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), before.split(" ")[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):  # of several mounts over each other the last counts
            found = point, after.partition(" ")[0]
    return found[1] in _LOCAL
