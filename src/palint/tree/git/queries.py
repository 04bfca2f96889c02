"""Single git commands, which the other modules of this package combine."""

from __future__ import annotations

import os

from palint.tree.git.process import Call, GitError, message
from palint.util.named_tuple import NamedTuple

_EMPTY_TREE = {  # git has both object names built in
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


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
    """The object name of a commit; None if there is no such commit."""
    if rev.startswith("-"):
        return None
    out, _err, code = Call(root, ["rev-parse", "--verify", "--quiet", rev + "^{commit}"]).result()
    return None if code else os.fsdecode(out).strip()


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
