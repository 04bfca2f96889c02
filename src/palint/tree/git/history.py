"""Read a repository's history: its commits, what each changed, and the versions of files.

Plumbing only (`rev-list`, `diff-tree`, `cat-file`): `git log` would run `gpg.program` of the repository's own
settings. Roots, paths and errors are as in `palint.tree.git`.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence

from palint.tree.git.blobs import MissingObject
from palint.tree.git.process import Call, GitError, message
from palint.util.background import BackgroundTask
from palint.util.typing import NamedTuple

_OBJECTS_IN_FLIGHT = 240  # objects requested before they are needed; their names fit into a pipe of 16 KiB
_PIECE = 1 << 20  # bytes
_MIN_COMMITS_TO_SHARE = 5_000  # commits that two processes compare
_DIFF = (
    *("--raw", "-r", "-z", "--root", "--always", "--no-abbrev", "--no-renames"),
    *("--ignore-submodules=none", "-O/dev/null"),
)
_RECORD = re.compile(rb":\d+ (\d+) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\0([^\0]*)\0|([0-9a-f]{40,64})\0")


class Commit(NamedTuple):
    """A commit's name, the name of its first parent ("" if none), and its time.

    time: seconds since 1970, in UTC.
    """

    oid: str
    parent: str
    time: int


class Author(NamedTuple):
    """The author of a commit, and the date: ISO 8601 with the author's time zone."""

    name: str
    date: str


class Change(NamedTuple):
    """A path whose content a commit changed, compared with its first parent.

    commit: index into the commits given to `changes`. mode: of the new version, 0 where the path is deleted.
    old, new: names of the two versions, all zeros if there is none.
    """

    commit: int
    path: bytes
    mode: int
    old: str
    new: str


def commits(
    root: str, revs: Sequence[str] = (), *, since: str = "", without: Sequence[str] = ()
) -> list[Commit]:
    """The commits reachable from `revs`, parents first, otherwise ordered by date.

    revs: as for `git log` (`main`, `v1..v2`, `^old`); none: every ref, HEAD, and every stash.
    since: only commits of this date or later, in any form that git accepts.
    without: names of commits to leave out, with all their ancestors. Raises GitError.
    """
    args = ["rev-list", "--date-order", "--parents", "--timestamp"]
    if since:
        args.append(f"--since={since}")
    if not revs:
        args.append("--all")
        revs = _stashes(root)
    out = _rev_list(root, [*args, "--stdin", "--end-of-options", *revs, "--"], [f"^{oid}" for oid in without])
    parsed = []
    for line in reversed(out.split(b"\n")):
        if line:
            time, oid, *parents = line.decode().split(" ")
            parsed.append(Commit(oid, parents[0] if parents else "", int(time)))
    return parsed


def is_unreachable(root: str, oids: Sequence[str]) -> bool:
    """Whether a commit is unreachable from refs, HEAD and stashes. Raises GitError if one is missing."""
    args = ["rev-list", "--max-count=1", "--stdin", "--not", "--all"]
    return bool(_rev_list(root, [*args, "--end-of-options", *_stashes(root), "--"], oids))


def _rev_list(root: str, args: Sequence[str], lines: Sequence[str]) -> bytes:
    """The output of `rev-list`, with further arguments as lines on its standard input."""
    with tempfile.TemporaryFile() as file:
        file.writelines(f"{line}\n".encode() for line in lines)
        file.seek(0)
        return Call(root, args, source=file.fileno()).output()


def _stashes(root: str) -> list[str]:
    """The stashes; only the reflog of `refs/stash` names all but the newest."""
    out, _err, code = Call(
        root, ["rev-list", "--walk-reflogs", "--end-of-options", "refs/stash", "--"]
    ).result()
    return [] if code else out.decode().split()


def tips(root: str) -> dict[str, str]:
    """{ref: object name} of every ref, HEAD and stash: equal as long as there is no new commit to read."""
    out = Call(root, ["for-each-ref", "--format=%(objectname) %(refname)"]).output()
    refs = {name: oid for oid, _, name in (line.partition(" ") for line in os.fsdecode(out).splitlines())}
    head, _err, code = Call(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).result()
    if not code:
        refs["HEAD"] = head.decode().strip()
    return {**refs, **{f"stash {oid}": oid for oid in _stashes(root)}}


def changes(root: str, of: Sequence[Commit]) -> Iterator[Change]:
    """Every path that each commit changed, in the order of the commits. Raises GitError.

    A merge is compared with its first parent like any other commit, so that changes made in a merge are
    found, and the changes along first parents add up to each commit's tree.
    """
    first = 2 * len(of) // 3 if len(of) > _MIN_COMMITS_TO_SHARE else len(of)  # later ones have larger trees
    rest = BackgroundTask(lambda: _diff(root, of[first:]).output()) if first < len(of) else None
    call = _diff(root, of[:first])
    try:
        yield from _parse(_pieces(call), 0)
        if rest is not None:
            yield from _parse(iter((rest.result(),)), first)
    except GitError:
        if is_partial(root):
            raise GitError(
                "the history cannot be read: directories are missing from this partial clone. "
                "Run `git fetch --refetch --no-filter`"
            ) from None
        raise
    finally:
        call.stop()


def _diff(root: str, of: Sequence[Commit]) -> Call:
    with tempfile.TemporaryFile() as lines:
        lines.writelines(f"{c.oid} {c.parent}".encode().rstrip() + b"\n" for c in of)
        lines.seek(0)
        return Call(root, ["diff-tree", "--stdin", *_DIFF], source=lines.fileno())


def _pieces(call: Call) -> Iterator[bytes]:
    """Yield the output of a process. Raises GitError at the end if it failed."""
    while piece := call.reader.read(_PIECE):
        yield piece
    _out, err, code = call.result()
    if code:
        raise GitError(message(err, call.name))


def _parse(pieces: Iterator[bytes], first: int) -> Iterator[Change]:
    """first: the index of the first commit."""
    rest, commit = b"", first - 1
    for piece in pieces:
        rest += piece
        end = 0
        scanner = _RECORD.scanner(rest)  # type: ignore[attr-defined]
        while match := scanner.match():
            end = match.end()
            mode, old, new, path, head = match.groups()
            if head is None:
                yield Change(commit, path, int(mode, 8), old.decode(), new.decode())
            else:
                commit += 1
        rest = rest[end:]
    if rest:
        raise GitError("git diff-tree: its output cannot be read")


def authors(root: str, oids: Sequence[str]) -> dict[str, Author]:
    """{commit: its author}. Raises GitError."""
    if not oids:
        return {}
    args = ["rev-list", "--no-walk=unsorted", "--stdin", "--no-commit-header", "--format=%H%x00%an%x00%aI"]
    # Otherwise in the encoding of `i18n.logOutputEncoding`, where NUL may be letters (UTF-7).
    out = _rev_list(root, [*args, "--encoding=none"], list(dict.fromkeys(oids)))
    names = {}
    for line in out.decode("utf-8", "replace").split("\n"):
        if line:
            oid, name, date = line.split("\0")
            names[oid] = Author(name, date)
    return names


def is_shallow(root: str) -> bool:
    """Whether the oldest commits are missing (`git clone --depth`)."""
    return Call(root, ["rev-parse", "--is-shallow-repository"]).output().strip() == b"true"


def is_partial(root: str) -> bool:
    """Whether a remote promises objects that are not here (`git clone --filter`)."""
    _out, _err, code = Call(root, ["config", "--get-regexp", r"^remote\..*\.promisor$"]).result()
    return code == 0


class VersionReader:
    """Read many objects in a known order through one `cat-file --batch`, requesting them in advance.

    A reader belongs to one process; after a fork each needs its own.
    """

    def __init__(self, root: str, oids: Sequence[str]) -> None:
        self._root, self._oids = root, oids
        self._call: Call | None = None
        self._next = self._asked = (
            0  # indices: of the next object in the output, and after the last requested one
        )

    def read(self, index: int, limit: int) -> tuple[bytes | None, int]:
        """(the bytes of an object, or None if there are more than `limit`; their number).

        Raises MissingObject, and GitError when the repository is damaged.
        """
        if self._call is None or not self._next <= index < self._next + _OBJECTS_IN_FLIGHT:
            self.close()
            self._call = Call(self._root, ["cat-file", "--batch"], talks=True)
            self._call.widen()
            self._next = self._asked = index
        while self._next < index:
            self._take(-1)
        return self._take(limit)

    def _take(self, limit: int) -> tuple[bytes | None, int]:
        call = self._call
        assert call is not None
        if self._asked - self._next <= _OBJECTS_IN_FLIGHT // 2 and self._asked < len(self._oids):
            last = min(self._next + _OBJECTS_IN_FLIGHT, len(self._oids))
            call.write("".join(f"{oid}\n" for oid in self._oids[self._asked : last]).encode())
            self._asked = last
        oid = self._oids[self._next]
        words = call.reader.readline().split()
        self._next += 1
        if words[1:] == [b"missing"]:
            raise MissingObject(f"object {oid} is not in this repository (a partial clone?)")
        if len(words) != 3 or words[1] != b"blob":
            self.close()
            raise GitError(f"git cannot read object {oid}: the repository is damaged (run `git fsck`)")
        size = int(words[2])
        if size <= limit:
            return self._body(size), size
        self._skip(size + 1)
        return None, size

    def _body(self, size: int) -> bytes:
        assert self._call is not None
        data = self._call.reader.read(size)
        if not self._call.reader.read(1):  # the end of its line
            self.close()
            raise GitError("git cat-file ended in the middle of an object")
        return data

    def _skip(self, size: int) -> None:
        assert self._call is not None
        while size > 0:
            piece = self._call.reader.read(min(size, _PIECE))
            if not piece:
                self.close()
                raise GitError("git cat-file ended in the middle of an object")
            size -= len(piece)

    def close(self) -> None:
        """End the process; a later `read` starts another."""
        if self._call is not None:
            self._call.stop()
            self._call = None
