"""Single git commands and what they print: entries, changes, paths. The other modules combine them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from palint.tree.git.process import Call, GitError, message
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_EMPTY_TREE = {  # git has both object names built in
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}

_SUFFIX = lazy_re.compile(
    r"[~^:]|@\{"
)  # what may follow a name: `main~2`, `main^{commit}`, `main@{yesterday}`
# Names that git takes before any branch or tag: whole object names, HEAD and its like.
_CERTAIN = lazy_re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?|(?:FETCH_|ORIG_|MERGE_|CHERRY_PICK_)?HEAD|@?")
_SHORT_OBJECT_NAME = lazy_re.compile(r"[0-9a-f]{4,63}")
_FORMS = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")


class Untracked(NamedTuple):
    """Paths that git neither tracks nor ignores, and directories that it could not read.

    A path that ends in `/` is another repository, which git does not read either.
    """

    paths: list[str]
    closed: list[str]


def output(root: str, *args: str) -> bytes:
    """The output of a git command. Raises GitError when it fails."""
    return Call(root, args).output()


def empty_tree(root: str) -> str:
    """The object name of the empty tree."""
    return _EMPTY_TREE[os.fsdecode(output(root, "rev-parse", "--show-object-format")).strip()]


def resolve(root: str, rev: str) -> str | None:
    """The object name of a commit; None if there is no such commit.

    Raises GitError for a name that several tags or branches have: git would take one without a word.
    """
    if rev.startswith("-") or "\0" in rev:
        return None
    refs = _refs_called(root, _SUFFIX.split(rev, maxsplit=1)[0])
    if len(refs) > 1:
        raise GitError(
            f"{rev!r} is ambiguous: it may mean {' or '.join(refs)}. Use the full name of one of them"
        )
    out, _err, code = Call(root, ["rev-parse", "--verify", "--quiet", rev + "^{commit}"]).result()
    return None if code else os.fsdecode(out).strip()


def is_object_name(rev: str) -> bool:
    """Whether it is a whole object name, which means no branch or tag."""
    return len(rev) in (40, 64) and set(rev) <= set("0123456789abcdef")


def _refs_called(root: str, name: str) -> list[str]:
    """The full names that a revision's name may mean, if there are several; at most one otherwise.

    https://git-scm.com/docs/gitrevisions has the order in which git looks. A tag may also have the name of a
    branch of a remote, which is then meant where there is no local branch, as in CI.
    """
    if _CERTAIN.fullmatch(name) or any(letter in name for letter in "*?[\\\n"):
        return []
    local = [form.format(name) for form in _FORMS]
    patterns = [name, *local, f"refs/remotes/*/{name}"]
    out = os.fsdecode(output(root, "for-each-ref", "--format=%(refname)", *patterns)).splitlines()
    # A pattern matches what is below it, too.
    refs = [ref for ref in local if ref in out]
    if name.startswith("refs/"):  # a full name comes first, but only where there is such a ref
        return [*refs, name] if refs and name not in out else []
    if len(refs) == 1 and refs[0].startswith("refs/tags/"):
        refs += [ref for ref in out if ref.startswith("refs/remotes/") and ref.endswith(f"/{name}")]
    if len(refs) == 1 and _SHORT_OBJECT_NAME.fullmatch(name):
        refs.append("an object by its short name")
    return refs


def parse_paths(out: bytes) -> list[str]:
    """Parse NUL-terminated paths."""
    return list(map(os.fsdecode, out.split(b"\0")[:-1]))


def read_untracked(call: Call) -> Untracked:
    """The output of `ls-files -o`. Raises GitError when it fails."""
    out, err, code = call.result()
    if code:
        raise GitError(message(err, call.name))
    closed = [
        os.fsdecode(line.split(b"'", 1)[1].rpartition(b"'")[0])
        for line in err.split(b"\n")
        if line.startswith(b"warning: could not open directory '")
    ]
    return Untracked(parse_paths(out), closed)


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
    entries = []
    for line in out.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        tag, mode, oid, stage = head.decode().split(" ")
        entries.append(Entry(os.fsdecode(path), int(mode, 8), oid, int(stage), tag == "S"))
    return entries


def parse_tree(out: bytes) -> list[Entry]:
    """Parse the output of `ls-tree -z`: `mode type oid TAB path NUL`."""
    entries = []
    for line in out.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        mode, _, oid = head.decode().split(" ")
        entries.append(Entry(os.fsdecode(path), int(mode, 8), oid))
    return entries


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
