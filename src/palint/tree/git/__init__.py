"""Every git call of palint, and the bytes that the index or a commit holds.

Only plumbing that runs no filter, hook, attribute or transport is called. The flags and the environment keep
a repository's own `.git/config` from running anything: see docs/security.md for what each one is for.

Roots and directories are absolute; the paths inside a repository are relative to its root, with `/`, bytes
that are not UTF-8 as surrogate escapes. Object names are hexadecimal. Every function raises GitError when git
is not installed, does not answer, or cannot read the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from palint.tree.git.blobs import Blobs, MissingObject
from palint.tree.git.process import Call, GitError, message, read_safe_directories, trusted

__all__ = [
    "Blobs",
    "Change",
    "Entry",
    "GitError",
    "MissingObject",
    "Untracked",
    "changed_since",
    "commit_entries",
    "ignored",
    "index_entries",
    "listing",
    "merge_base",
    "origin",
    "resolve",
    "staged",
    "top_level",
    "untracked",
]

TYPE_FILE, TYPE_LINK, TYPE_SUBMODULE = 0o100000, 0o120000, 0o160000
_DIFF = ("--raw", "-z", "-r", "--no-abbrev", "--no-renames", "--ignore-submodules=none", "-O/dev/null")
_EMPTY_TREE = {  # git knows both without having them
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class Entry(NamedTuple):
    """A path in the index or a commit. `mode` is git's, `oid` the object's name.

    `stage` is 0, or 1 to 3 for a path whose merge conflict is not resolved.
    """

    path: str
    mode: int
    oid: str
    stage: int = 0

    @property
    def kind(self) -> int:
        """TYPE_FILE, TYPE_LINK or TYPE_SUBMODULE."""
        return self.mode & 0o170000


class Untracked(NamedTuple):
    """Paths that git neither tracks nor ignores, and directories that it could not look into.

    A path that ends in `/` is another repository, which git does not look into either.
    """

    paths: list[str]
    closed: list[str]


class Change(NamedTuple):
    """A path that differs from a commit; `old` is the name of the object there, None for a new path."""

    path: str
    old: str | None


def top_level(directory: str) -> str | None:
    """The root of the work tree that holds `directory`; None where there is none, as in a bare repository.

    Raises GitError when the top level does not contain `directory` (`core.worktree`, GIT_WORK_TREE), and when
    the repository belongs to somebody else and the user's own settings do not trust it.
    """
    # With GIT_DIR alone git takes the current directory for the root, so it must be asked there.
    asked = os.getcwd() if "GIT_DIR" in os.environ and "GIT_WORK_TREE" not in os.environ else directory
    call = Call(asked, ["rev-parse", "--show-toplevel"])
    out, err, code = call.result()
    if code and b"dubious ownership" in err:
        out, err, code = _trust(asked)
    if code:
        if b"not a git repository" in err or b"in a work tree" in err or b"bare repository" in err:
            return None
        raise GitError(message(err, "rev-parse"))
    top = os.fsdecode(out[:-1])
    inside, outer = os.path.realpath(directory), os.path.realpath(top)
    if inside != outer and not inside.startswith(outer.rstrip(os.sep) + os.sep):
        raise GitError(
            f"{directory} is not inside {top}, where its repository says that its work tree is "
            "(core.worktree or GIT_WORK_TREE): run palint inside the work tree, or with --isolated"
        )
    return top


def index_entries(root: str, paths: Sequence[str] = ()) -> list[Entry]:
    """The index, in its order (by bytes), or what it has of some paths; a path in conflict once a stage."""
    return _entries(_output(root, "ls-files", "-s", "-z", "--", *paths))


def untracked(root: str) -> Untracked:
    """What lies in the work tree, is not in the index, and no `.gitignore` names."""
    return _untracked(Call(root, ["ls-files", "-o", "--exclude-standard", "-z"]))


def listing(root: str) -> tuple[list[Entry], Untracked]:
    """`index_entries` and `untracked`, asked at the same time."""
    tracked = Call(root, ["ls-files", "-s", "-z"])
    others = Call(root, ["ls-files", "-o", "--exclude-standard", "-z"])
    try:
        return _entries(tracked.output()), _untracked(others)
    finally:
        tracked.stop()
        others.stop()


def ignored(root: str) -> list[str]:
    """What a `.gitignore` names and the index does not hold; wholly ignored directories as `name/`."""
    return _paths(_output(root, "ls-files", "-o", "-i", "--exclude-standard", "--directory", "-z"))


def staged(root: str) -> list[Entry]:
    """The index entries that differ from HEAD, or from nothing before the first commit.

    Without deletions and without what `git add -N` only announced. A path in conflict has stage 1 and no oid.
    """
    ask = ("diff-index", "--cached", "--ita-invisible-in-index", *_DIFF)
    first = Call(root, [*ask, "HEAD", "--"])
    out, err, code = first.result()
    if code:
        if resolve(root, "HEAD") is not None:
            raise GitError(message(err, "diff-index"))
        out = _output(root, *ask, _empty_tree(root), "--")
    return [new for _old, new in _raw(out)]


def commit_entries(root: str, rev: str) -> list[Entry]:
    """Everything in a commit's tree, in its order."""
    oid = resolve(root, rev)
    if oid is None:
        raise GitError(f"{rev!r} is no commit of {root}")
    return [new for _old, new in _raw(_output(root, "diff-tree", *_DIFF, _empty_tree(root), oid, "--"))]


def resolve(root: str, rev: str) -> str | None:
    """The object name of a commit; None when there is none by this name."""
    if rev.startswith("-"):
        return None
    out, _err, code = Call(root, ["rev-parse", "--verify", "--quiet", rev + "^{commit}"]).result()
    return None if code else os.fsdecode(out).strip()


def merge_base(root: str, one: str, other: str) -> str | None:
    """The best common ancestor of two commits (object names); None without one, as in a shallow clone."""
    out, err, code = Call(root, ["merge-base", one, other]).result()
    if code > 1:
        raise GitError(message(err, "merge-base"))
    return None if code else os.fsdecode(out).split("\n", 1)[0]


def changed_since(root: str, commit: str) -> list[Change]:
    """What the work tree has that `commit` (an object name) has not, sorted by path; no deletions.

    Compares the commit with the index, the index with the disk by size and time and then by content, and
    adds untracked files. No filter runs: a file that one would make equal may be listed though unchanged.
    """
    index = Call(root, ["diff-index", "--cached", *_DIFF, commit, "--"])
    others = Call(root, ["ls-files", "-o", "--exclude-standard", "-z"])
    stats = Call(root, ["ls-files", "-s", "-z", "--debug"])
    try:
        changes = {
            new.path: Change(new.path, old.oid if old.mode else None) for old, new in _raw(index.output())
        }
        for entry in _differs_on_disk(root, stats.output()):
            changes.setdefault(entry.path, Change(entry.path, entry.oid))
        for path in _untracked(others).paths:
            changes.setdefault(path, Change(path, None))
    finally:
        for call in (index, others, stats):
            call.stop()
    return sorted(changes.values(), key=lambda change: os.fsencode(change.path))


def origin(root: str) -> str | None:
    """The URL of the remote `origin` in the repository's own settings, read as text; None without one."""
    path = os.path.join(root, os.fsdecode(_output(root, "rev-parse", "--git-path", "config")).rstrip("\n"))
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            text = file.read(1 << 20).decode("utf-8", "replace")
    except OSError:
        return None
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section == '[remote "origin"]' and line.replace(" ", "").startswith("url="):
            return line.partition("=")[2].strip().strip('"')
    return None


def _trust(directory: str) -> tuple[bytes, bytes, int]:
    """Ask for the top level again, with the `safe.directory` of the user's and the system's settings.

    They are read without any repository, so its own settings take no part, and only now, when they matter.
    """
    values = read_safe_directories(directory)
    trusted[:] = [x for value in values for x in ("-c", f"safe.directory={os.fsdecode(value)}")]
    out, err, code = Call(directory, ["rev-parse", "--show-toplevel"]).result()
    if code and b"dubious ownership" in err:
        raise GitError(
            f"the repository of {directory} belongs to another user, and git does not trust it: if you do, "
            "run `git config --global --add safe.directory` with its path"
        )
    return out, err, code


def _output(root: str, *args: str) -> bytes:
    return Call(root, args).output()


def _empty_tree(root: str) -> str:
    return _EMPTY_TREE[os.fsdecode(_output(root, "rev-parse", "--show-object-format")).strip()]


def _paths(out: bytes) -> list[str]:
    return list(map(os.fsdecode, out.split(b"\0")[:-1]))


def _untracked(call: Call) -> Untracked:
    out, err, code = call.result()
    if code:
        raise GitError(message(err, call.name))
    closed = [
        os.fsdecode(line.split(b"'", 1)[1].rpartition(b"'")[0])
        for line in err.split(b"\n")
        if line.startswith(b"warning: could not open directory '")
    ]
    return Untracked(_paths(out), closed)


def _entries(out: bytes) -> list[Entry]:
    """`ls-files -s -z`: `mode oid stage TAB path NUL`."""
    made = []
    for line in out.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        mode, oid, stage = head.decode().split(" ")
        made.append(Entry(os.fsdecode(path), int(mode, 8), oid, int(stage)))
    return made


def _raw(out: bytes) -> Iterator[tuple[Entry, Entry]]:
    """Raw diff output: (old, new) of each path that is not deleted."""
    fields = iter(out.split(b"\0"))
    seen = set()
    for head in fields:
        if not head:
            return
        path = os.fsdecode(next(fields))
        old_mode, mode, old, oid, status = head[1:].decode().split(" ")
        if status != "D" and path not in seen:
            seen.add(path)
            new = Entry(path, int(mode, 8) or TYPE_FILE, oid, 1 if status == "U" else 0)
            yield Entry(path, int(old_mode, 8), old), new


def _differs_on_disk(root: str, out: bytes) -> Iterator[Entry]:
    """The entries of `ls-files -s -z --debug` whose file on the disk is another one."""
    records = out.split(b"\0")
    for head, tail in zip(records, records[1:], strict=False):  # noqa: RUF007 - costs an import
        # A record's statistics stand before the next record's head: five lines.
        lines = head.split(b"\n", 5)
        entry = _entries((lines[5] if len(lines) > 5 else head) + b"\0")[0]
        stats = dict(
            word.split(b": ", 1) for line in tail.split(b"\n", 5)[:5] for word in line.strip().split(b"\t")
        )
        try:
            now = os.lstat(os.path.join(os.fsencode(root), os.fsencode(entry.path)))
        except OSError:
            continue  # deleted
        seconds, _, nanoseconds = stats[b"mtime"].partition(b":")
        same = now.st_size == int(stats[b"size"]) and now.st_mtime_ns == int(seconds) * 10**9 + int(
            nanoseconds
        )
        if entry.kind != TYPE_SUBMODULE and not same and _blob_name(root, entry) != entry.oid:
            yield entry


def _blob_name(root: str, entry: Entry) -> str:
    """The object name that the file on the disk would get without any filter; "" when it cannot be read."""
    import hashlib

    path = os.path.join(root, entry.path)
    try:
        if os.path.islink(path):
            data = os.fsencode(os.readlink(path))
        else:
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
                data = file.read((10 << 20) + 1)
    except OSError:
        return ""
    if len(data) > 10 << 20:
        return ""
    kind = hashlib.sha1 if len(entry.oid) == 40 else hashlib.sha256
    return kind(b"blob %d\0" % len(data) + data).hexdigest()
