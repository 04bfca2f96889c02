"""Every git call of palint, and the bytes that the index or a commit holds.

Only plumbing that runs no filter, hook, attribute or transport is called. The flags and the environment keep
a repository's own `.git/config` from running anything: see docs/security.md for what each one is for.

Roots and directories are absolute; the paths inside a repository are relative to its root, with `/`, bytes
that are not UTF-8 as surrogate escapes. Object names are hexadecimal. Every function raises GitError when git
is not installed, does not answer, or cannot read the repository.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, NamedTuple

TYPE_FILE, TYPE_LINK, TYPE_SUBMODULE = 0o100000, 0o120000, 0o160000
_KEPT = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",  # a partial commit (`git commit -- path`) names a temporary index
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
_FLAGS = (
    "--no-optional-locks",
    "--no-pager",
    "--literal-pathspecs",
    "--no-replace-objects",  # refs/replace would show other bytes than those that are pushed
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "core.bigFileThreshold=16m",  # larger blobs are streamed, not held by git
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip
_DIFF = ("--raw", "-z", "-r", "--no-abbrev", "--no-renames", "--ignore-submodules=none", "-O/dev/null")
_EMPTY_TREE = {  # git knows both without having them
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_STALLED = 4.0  # seconds in which a git that waits for nothing but a FIFO does no work
_LONGEST = 300.0  # seconds that one call may take in all


class GitError(Exception):
    """git could not do what was asked; the message is for the user."""


class MissingObject(GitError):  # noqa: N818 - it names the state, as `notices` does
    """An object that the index or a commit names is not in this repository (a partial clone)."""


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
    call = _Call(asked, ["rev-parse", "--show-toplevel"])
    out, err, code = call.result()
    if code and b"dubious ownership" in err:
        out, err, code = _trust(asked)
    if code:
        if b"not a git repository" in err or b"in a work tree" in err or b"bare repository" in err:
            return None
        raise GitError(_message(err, "rev-parse"))
    top = os.fsdecode(out[:-1])
    inside, outer = os.path.realpath(directory), os.path.realpath(top)
    if inside != outer and not inside.startswith(outer.rstrip(os.sep) + os.sep):
        raise GitError(
            f"{directory} is not inside {top}, where its repository says that its work tree is "
            "(core.worktree or GIT_WORK_TREE): run palint inside the work tree, or with --isolated"
        )
    return top


def index_entries(root: str) -> list[Entry]:
    """Everything in the index, in its order (by bytes); a path in conflict once for each stage."""
    return _entries(_output(root, "ls-files", "-s", "-z"))


def untracked(root: str) -> Untracked:
    """What lies in the work tree, is not in the index, and no `.gitignore` names."""
    return _untracked(_Call(root, ["ls-files", "-o", "--exclude-standard", "-z"]))


def listing(root: str) -> tuple[list[Entry], Untracked]:
    """`index_entries` and `untracked`, asked at the same time."""
    tracked = _Call(root, ["ls-files", "-s", "-z"])
    others = _Call(root, ["ls-files", "-o", "--exclude-standard", "-z"])
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
    first = _Call(root, ["diff-index", "--cached", *_DIFF, "HEAD", "--"])
    out, err, code = first.result()
    if code:
        if resolve(root, "HEAD") is not None:
            raise GitError(_message(err, "diff-index"))
        out = _output(root, "diff-index", "--cached", *_DIFF, _empty_tree(root), "--")
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
    out, _err, code = _Call(root, ["rev-parse", "--verify", "--quiet", rev + "^{commit}"]).result()
    return None if code else os.fsdecode(out).strip()


def merge_base(root: str, one: str, other: str) -> str | None:
    """The best common ancestor of two commits (object names); None without one, as in a shallow clone."""
    out, err, code = _Call(root, ["merge-base", one, other]).result()
    if code > 1:
        raise GitError(_message(err, "merge-base"))
    return None if code else os.fsdecode(out).split("\n", 1)[0]


def changed_since(root: str, commit: str) -> list[Change]:
    """What the work tree has that `commit` (an object name) has not, sorted by path; no deletions.

    Compares the commit with the index, the index with the disk by size and time and then by content, and
    adds untracked files. No filter runs: a file that one would make equal may be listed though unchanged.
    """
    index = _Call(root, ["diff-index", "--cached", *_DIFF, commit, "--"])
    others = _Call(root, ["ls-files", "-o", "--exclude-standard", "-z"])
    stats = _Call(root, ["ls-files", "-s", "-z", "--debug"])
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


class Blobs:
    """The contents of objects, through one `cat-file --batch` that lives as long as the `with` block."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._call: _Call | None = None

    def __enter__(self) -> Blobs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; a later `read` starts another."""
        if self._call is not None:
            self._call.stop()
            self._call = None

    def read(self, oid: str, limit: int) -> bytes:
        """A blob's bytes, of a larger one only the first `limit` + 1. Raises MissingObject."""
        return b"".join(self.stream(oid, limit + 1))

    def stream(self, oid: str, limit: int) -> Iterator[bytes]:
        """A blob's first `limit` bytes, in pieces of up to 1 MiB; read it to the end or `close`.

        Raises MissingObject.
        """
        size = self._ask(oid)
        call = self._call
        assert call is not None
        left = min(size, limit)
        while left:
            piece = call.reader.read(min(left, 1 << 20))
            if not piece:
                self.close()
                raise GitError(f"git cat-file ended in the middle of object {oid}")
            left -= len(piece)
            yield piece
        if size > limit:
            self.close()  # cheaper than reading the rest of it
        elif call.reader.read(1) != b"\n":
            self.close()
            raise GitError(f"git cat-file answered something else than object {oid}")

    def size(self, oid: str) -> int:
        """A blob's size in bytes. Raises MissingObject."""
        size = self._ask(oid)
        if size > 1 << 16:
            self.close()
        else:
            assert self._call is not None
            self._call.reader.read(size + 1)
        return size

    def _ask(self, oid: str) -> int:
        """Ask for an object; its size. The reader then stands at its first byte."""
        if self._call is None:
            self._call = _Call(self._root, ["cat-file", "--batch"], talks=True)
        self._call.write(oid.encode() + b"\n")
        words = self._call.reader.readline().split()
        if len(words) == 3 and words[1] == b"blob":
            return int(words[2])
        self.close()
        if words[1:] == [b"missing"]:
            raise MissingObject(f"object {oid} is not in this repository: fetch it (a partial clone?)")
        raise GitError(f"git cannot read object {oid}: the repository is damaged (run `git fsck`)")


class _Call:
    """One git process, started at once; `result` waits for it. `talks`: its input is a pipe."""

    def __init__(self, directory: str, args: Sequence[str], *, talks: bool = False) -> None:
        self.name = args[0]
        self._done = False
        source, self._input = os.pipe() if talks else (-1, -1)
        self._out, out = os.pipe()
        self._err, err = os.pipe()
        try:
            self._pid = _spawn(_command(directory, args), _environment(), source, out, err)
        except BaseException:
            for fd in (self._input, self._out, self._err):
                if fd >= 0:
                    os.close(fd)
            raise
        finally:
            for fd in (source, out, err):
                if fd >= 0:
                    os.close(fd)
        self._reader: IO[bytes] | None = None

    @property
    def reader(self) -> IO[bytes]:
        """What it prints, for a process that talks."""
        if self._reader is None:
            self._reader = open(self._out, "rb", buffering=1 << 16, closefd=False)  # noqa: SIM115
        return self._reader

    def write(self, data: bytes) -> None:
        """Give it some input."""
        try:
            os.write(self._input, data)
        except BrokenPipeError:
            raise GitError(
                f"git {self.name} ended: {_message(os.read(self._err, 4096), self.name)}"
            ) from None

    def output(self) -> bytes:
        """What it printed. Raises GitError when it failed."""
        out, err, code = self.result()
        if code:
            raise GitError(_message(err, self.name))
        return out

    def result(self) -> tuple[bytes, bytes, int]:
        """(output, errors, exit code). Raises GitError when it does not answer."""
        import select

        pieces: dict[int, list[bytes]] = {self._out: [], self._err: []}
        poll = select.poll()
        for fd in pieces:
            poll.register(fd, select.POLLIN)
        waiting = set(pieces)
        begun = idle = time.monotonic()
        worked = -1
        while waiting:
            for fd, _event in poll.poll(500):
                piece = os.read(fd, 1 << 18)
                if piece:
                    pieces[fd].append(piece)
                else:
                    poll.unregister(fd)
                    waiting.discard(fd)
                idle = time.monotonic()
            now = time.monotonic()
            work = _work(self._pid)
            if work != worked:
                worked, idle = work, now
            if now - idle > _STALLED or now - begun > _LONGEST:
                self.stop()
                raise GitError(
                    f"git {self.name} does not answer: does it wait for a FIFO (a .gitignore, .git/index, "
                    "an include.path that is none)?"
                )
        code = self._wait()
        return b"".join(pieces[self._out]), b"".join(pieces[self._err]), code

    def stop(self) -> None:
        """End it, if it still runs."""
        if not self._done:
            import contextlib

            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, 9)
            self._wait()

    def _wait(self) -> int:
        self._done = True
        for fd in (self._input, self._out, self._err):
            if fd >= 0:
                os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


def _work(pid: int) -> int:
    """A number that changes while a process works or waits for a disk; 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            words = file.read().rpartition(b")")[2].split()
    except OSError:
        return time.monotonic_ns() if not os.path.isdir("/proc/self") else 0
    return time.monotonic_ns() if words[0] in b"DR" else int(words[11]) + int(words[12])


def _spawn(argv: list[str], env: Mapping[str, str], source: int, out: int, err: int) -> int:
    """Start a program with these descriptors as its three; its process number.

    `posix_spawn` and not `subprocess`, whose import alone costs 5 ms: a tenth of what the hook takes.
    """
    feed = (
        (os.POSIX_SPAWN_DUP2, source, 0)
        if source >= 0
        else (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    )
    actions = [feed, (os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2)]
    return os.posix_spawn(argv[0], argv, env, file_actions=actions)


def _program() -> str:
    """Where git is; only absolute folders of PATH count, so nothing of the tree is ever run."""
    for folder in os.get_exec_path():
        path = os.path.join(folder, "git")
        if os.path.isabs(folder) and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise GitError("git is not installed, or not in PATH")


def _environment() -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    for name in ("GIT_DIR", "GIT_WORK_TREE"):
        if name in env:  # git itself would take it from the directory that `-C` names
            env[name] = os.path.abspath(env[name])
    env.update(
        GIT_NO_LAZY_FETCH="1",
        GIT_ALLOW_PROTOCOL="",
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_GRAFT_FILE="/dev/null",
        GIT_TERMINAL_PROMPT="0",
        LC_ALL="C",
    )
    return env


_trusted: list[str] = []  # `-c safe.directory=…`, once a repository needed it


def _command(directory: str, args: Iterable[str]) -> list[str]:
    """The argument list of a git call in `directory`."""
    return [_program(), *_FLAGS, *_trusted, "-C", directory, *args]


def _trust(directory: str) -> tuple[bytes, bytes, int]:
    """Ask for the top level again, with the `safe.directory` of the user's and the system's settings.

    They are read without any repository, so its own settings take no part, and only now, when they matter.
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
    env["GIT_DIR"] = os.devnull
    source, sink = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    pid = _spawn([_program(), "config", "-z", "--get-all", "safe.directory"], env, null, sink, null)
    os.close(sink)
    os.close(null)
    with open(source, "rb") as file:
        values = file.read().split(b"\0")[:-1]
    os.waitpid(pid, 0)
    _trusted[:] = [x for value in values for x in ("-c", f"safe.directory={os.fsdecode(value)}")]
    out, err, code = _Call(directory, ["rev-parse", "--show-toplevel"]).result()
    if code and b"dubious ownership" in err:
        raise GitError(
            f"the repository of {directory} belongs to another user, and git does not trust it: if you do, "
            "run `git config --global --add safe.directory` with its path"
        )
    return out, err, code


def _output(root: str, *args: str) -> bytes:
    return _Call(root, args).output()


def _message(err: bytes, name: str) -> str:
    """git's own last words, without the values of settings that it quotes and without control characters."""
    lines = [x for x in err.decode("utf-8", "replace").splitlines() if x.startswith(("fatal:", "error:"))]
    text = "".join(c if c.isprintable() else "?" for c in (lines or ["it gave no reason"])[-1])
    before, found, after = text.partition(" value '")
    if found:
        text = f"{before} value '…'{after.rpartition(chr(39))[2]}"
    return f"git {name}: {text.removeprefix('fatal: ').removeprefix('error: ')}"


def _empty_tree(root: str) -> str:
    return _EMPTY_TREE[os.fsdecode(_output(root, "rev-parse", "--show-object-format")).strip()]


def _paths(out: bytes) -> list[str]:
    return list(map(os.fsdecode, out.split(b"\0")[:-1]))


def _untracked(call: _Call) -> Untracked:
    out, err, code = call.result()
    if code:
        raise GitError(_message(err, call.name))
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
