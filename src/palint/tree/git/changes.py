"""Compare a commit, the index and the disk."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence

from palint.tree.git.process import Call, GitError, message
from palint.tree.git.queries import (
    DIFF,
    TYPE_SUBMODULE,
    Change,
    Entry,
    empty_tree,
    output,
    parse_diff,
    parse_entries,
    resolve,
)
from palint.util import lazy_re

_MAX_NAMED_PATHS = 500  # paths that are queried one by one; for more of them the whole index is listed
_PIECE = 1 << 20  # bytes
# A record of `ls-files -s -t -z --debug`: the entry, NUL, and five lines of what the index records of it.
_RECORD = lazy_re.compile(
    rb"(. \d+ [0-9a-f]+ \d\t[^\0]+\0)[^\0]*?\n  mtime: (\d+):(\d+)\n[^\0]*?\n  size: (\d+)\t[^\n]*\n"
)


def staged(root: str, paths: Sequence[str] = ()) -> list[Change]:
    """Changes between HEAD (nothing before the first commit) and the index, sorted by path.

    paths: limit the query to these. Paths added with `git add -N` are left out. A path in conflict has
    stage 1 and no oid.
    """
    ask = ("diff-index", "--cached", "--ita-invisible-in-index", *DIFF)
    out, err, code = Call(root, [*ask, "HEAD", "--", *paths]).result()
    if code:
        if resolve(root, "HEAD") is not None:
            raise GitError(message(err, "diff-index"))
        out = output(root, *ask, empty_tree(root), "--", *paths)
    return list(parse_diff(out))


def changed_between(root: str, old: str, new: str) -> list[Change]:
    """Changes between two commits (object names), including deletions, sorted by path."""
    return list(parse_diff(output(root, "diff-tree", *DIFF, old, new, "--")))


def changed_since(root: str, commit: str) -> list[Change]:
    """Changes between `commit` (an object name) and the work tree, including deletions, sorted by path.

    Compares the commit with the index, then the index with the disk by size and time and then by content,
    and adds untracked files. For those `new` has no oid; the path of another repository ends in `/`. No git
    filter is run, so a file that only a filter makes equal may be listed.
    """
    index = Call(root, ["diff-index", "--cached", *DIFF, commit, "--"])
    # One call for both saves a twentieth of the time: each would read the index.
    disk = Call(root, ["ls-files", "-o", "--exclude-standard", "-c", "-s", "-t", "-z", "--debug"])
    try:
        changes = {change.path: change for change in parse_diff(index.output())}
        untracked, tracked = _split(disk.output())
        for entry in _differs_on_disk(root, tracked):
            changes.setdefault(entry.path, Change(entry.path, entry, entry))
        for path in untracked:
            old = changes[path].old if path in changes else None
            changes[path] = Change(path, old, Entry(path, 0, ""))
    finally:
        for call in (index, disk):
            call.stop()
    return sorted(changes.values(), key=lambda change: os.fsencode(change.path))


def _split(out: bytes) -> tuple[list[str], bytes]:
    """The untracked paths, which `ls-files` gives first (`? path NUL`), and the rest of the output."""
    index, paths = 0, []
    while out.startswith(b"? ", index):
        end = out.index(b"\0", index)
        paths.append(os.fsdecode(out[index + 2 : end]))
        index = end + 1
    return paths, out[index:]


def stored_differently(root: str, paths: Sequence[str], always: Collection[str] = ()) -> list[Entry]:
    """The index entries of paths whose files on disk are missing or differ from git's own copy.

    The file need not be on disk (a sparse checkout), or git wrote it in another form (line ends,
    `working-tree-encoding`). A file that was changed later is left out unless its path is in `always`.
    """
    if not paths:
        return []
    wanted = frozenset(paths)
    named = ("--", *paths) if len(paths) <= _MAX_NAMED_PATHS else ()
    different = []
    for record, untouched in _with_state(root, output(root, "ls-files", "-s", "-t", "-z", "--debug", *named)):
        entry = parse_entries(record)[0]
        suspect = untouched or entry.skipped or entry.path in always
        if suspect and entry.path in wanted and _differs(root, entry):
            different.append(entry)
    return different


def with_attribute(root: str, name: str, paths: Sequence[str]) -> list[str]:
    """The paths for which `.gitattributes` in the work tree sets an attribute to a value."""
    found = []
    unset = (b"unspecified", b"unset", b"set")
    for start in range(0, len(paths), _MAX_NAMED_PATHS):
        out = output(root, "check-attr", "-z", name, "--", *paths[start : start + _MAX_NAMED_PATHS])
        fields = out.split(b"\0")
        values = zip(fields[::3], fields[2::3], strict=False)
        found += [os.fsdecode(path) for path, value in values if value not in unset]
    return found


def _with_state(root: str, out: bytes) -> Iterator[tuple[bytes, bool]]:
    """Each record of `ls-files -s -t -z --debug`, and whether its file is unchanged since git wrote it."""
    folder = os.path.join(os.fsencode(root), b"")
    for record in _RECORD.finditer(out):
        head, seconds, nanoseconds, size = record.groups()
        try:
            now = os.lstat(folder + head[head.index(b"\t") + 1 : -1])
            same = now.st_size == int(size) and now.st_mtime_ns == int(seconds) * 10**9 + int(nanoseconds)
        except OSError:
            same = False
        yield head, same


def _differs_on_disk(root: str, out: bytes) -> Iterator[Entry]:
    """The entries of `ls-files -s -t -z --debug` whose file on disk was changed."""
    for record, untouched in _with_state(root, out):
        if untouched:
            continue
        entry = parse_entries(record)[0]
        if os.path.lexists(os.path.join(root, entry.path)) and _differs(root, entry):
            yield entry


def _differs(root: str, entry: Entry) -> bool:
    return entry.kind != TYPE_SUBMODULE and not entry.stage and _blob_name(root, entry) != entry.oid


def _blob_name(root: str, entry: Entry) -> str:
    """The object name of the file on disk without any filter; "" if it cannot be read."""
    import hashlib

    path = os.path.join(root, entry.path)
    kind = hashlib.sha1 if len(entry.oid) == 40 else hashlib.sha256
    try:
        if os.path.islink(path):
            target = os.fsencode(os.readlink(path))
            return kind(b"blob %d\0%s" % (len(target), target)).hexdigest()
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(path, flags), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = kind(b"blob %d\0" % size)
            while piece := file.read(min(size, _PIECE)):
                digest.update(piece)
                size -= len(piece)
    except OSError:
        return ""
    return digest.hexdigest()
