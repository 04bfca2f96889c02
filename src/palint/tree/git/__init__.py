"""Every git call of palint, and the bytes that the index or a commit holds.

Only plumbing that runs no filter, hook, attribute or transport is called. The flags and the environment keep
a repository's own `.git/config` from running anything: see docs/security.md for what each one is for.

Roots and directories are absolute; the paths inside a repository are relative to its root, with `/`, bytes
that are not UTF-8 as surrogate escapes. Object names are hexadecimal. Every function raises GitError when git
is not installed, does not answer, or cannot read the repository.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from palint.tree.git.blobs import Blobs, MissingObject
from palint.tree.git.changes import changed_between, changed_since, staged, stored_differently, with_attribute
from palint.tree.git.process import Call, GitError, message, read_safe_directories, trusted
from palint.tree.git.queries import (
    TYPE_FILE,
    TYPE_LINK,
    TYPE_SUBMODULE,
    Change,
    Entry,
    Untracked,
    is_object_name,
    output,
    parse_entries,
    parse_paths,
    parse_tree,
    read_untracked,
    resolve,
)

__all__ = [
    "TYPE_FILE",
    "TYPE_LINK",
    "TYPE_SUBMODULE",
    "Blobs",
    "Change",
    "Entry",
    "GitError",
    "MissingObject",
    "Untracked",
    "changed_between",
    "changed_since",
    "commit_entries",
    "head",
    "ignored",
    "index_entries",
    "info_folder",
    "listing",
    "merge_base",
    "origin",
    "resolve",
    "staged",
    "stored_differently",
    "top_level",
    "tree_entries",
    "untracked",
    "with_attribute",
]


def top_level(directory: str) -> str | None:
    """The root of the work tree that contains `directory`; None if there is none, as in a bare repository.

    Raises GitError when the top level does not contain `directory` (`core.worktree`, GIT_WORK_TREE), and when
    the repository belongs to someone else and the user's own settings do not trust it.
    """
    # With only GIT_DIR set, git uses the current directory as the root, so it must run there.
    folder = os.getcwd() if "GIT_DIR" in os.environ and "GIT_WORK_TREE" not in os.environ else directory
    call = Call(folder, ["rev-parse", "--show-toplevel"])
    out, err, code = call.result()
    if code and b"dubious ownership" in err:
        out, err, code = _trust(folder)
    if code:
        if b"not a git repository" in err or b"in a work tree" in err or b"bare repository" in err:
            return None
        raise GitError(message(err, "rev-parse"))
    top = os.fsdecode(out[:-1])
    inside, outer = os.path.realpath(directory), os.path.realpath(top)
    if inside != outer and not inside.startswith(outer.rstrip(os.sep) + os.sep):
        raise GitError(
            f"{directory} is not inside {top}, where its repository says that its work tree is "
            "(core.worktree or GIT_WORK_TREE): run palint inside the work tree"
        )
    return top


def index_entries(root: str, paths: Sequence[str] = ()) -> list[Entry]:
    """The index, in its order (by bytes), or its entries for some paths; one entry per conflict stage."""
    return parse_entries(output(root, "ls-files", "-s", "-t", "-z", "--", *paths))


def untracked(root: str) -> Untracked:
    """Paths in the work tree that are neither in the index nor ignored."""
    return read_untracked(Call(root, ["ls-files", "-o", "--exclude-standard", "-z"]))


def listing(root: str) -> tuple[list[Entry], Untracked]:
    """`index_entries` and `untracked`, queried at the same time."""
    tracked = Call(root, ["ls-files", "-s", "-t", "-z"])
    others = Call(root, ["ls-files", "-o", "--exclude-standard", "-z"])
    try:
        return parse_entries(tracked.output()), read_untracked(others)
    finally:
        tracked.stop()
        others.stop()


def ignored(root: str) -> list[str]:
    """Ignored paths that are not in the index; completely ignored directories as `name/`."""
    return parse_paths(output(root, "ls-files", "-o", "-i", "--exclude-standard", "--directory", "-z"))


def ignores(root: str, path: str) -> bool:
    """Whether git ignores a path that is not in the index; False where there is no repository."""
    try:
        return bool(output(root, "ls-files", "-o", "-i", "--exclude-standard", "-z", "--", path))
    except GitError:
        return False


def tree_entries(root: str, commit: str, paths: Sequence[str]) -> list[Entry]:
    """The entries of some paths in a commit (an object name)."""
    return parse_tree(output(root, "ls-tree", "-z", commit, "--", *paths))


def commit_entries(root: str, rev: str) -> list[Entry]:
    """All entries of a commit's tree, in its order."""
    # An object name needs no look-up: a process of git takes 2 ms, a tenth of the check of 20 files.
    oid = rev if is_object_name(rev) else resolve(root, rev)
    if oid is None:
        raise GitError(f"{rev!r} is not a commit of {root}")
    return parse_tree(output(root, "ls-tree", "-r", "-z", "--full-tree", oid))


def is_in_history(root: str, path: str) -> bool:
    """Whether any commit of any branch or tag has a path."""
    return bool(output(root, "log", "--all", "-1", "--format=%H", "--", path))


def head(root: str, branch: str = "") -> str | None:
    """The object name of a branch's head, of HEAD for ""; None in a repository without commits.

    root: a git folder. A ref that is a plain file is read without git, which takes 2 ms: a fleet of 1,000
    unchanged repositories has nothing else to do. Whether there is such a commit shows when it is read.
    Raises GitError if there is no such branch, and if its commit cannot be read.
    """
    ref = f"refs/heads/{branch}" if branch else "HEAD"
    oid = _plain_ref(root, ref) or resolve(root, ref)
    if oid is not None:
        return oid
    if Call(root, ["rev-parse", "--verify", "--quiet", ref]).result()[2] == 0:
        raise GitError(f"the commit of {ref} cannot be read: the repository is damaged (run `git fsck`)")
    if branch and output(root, "for-each-ref", "--count=1"):
        raise GitError(f"there is no branch {branch!r}")
    return None


def _plain_ref(folder: str, ref: str) -> str | None:
    """The object name in the file of a ref, or of the one that HEAD names; None if there is no such file."""
    from palint.tree.reader import Reader

    reader = Reader(folder)
    for _ in range(2):
        read = reader.read(ref, 1000)
        text = "" if read.data is None or read.link else read.data.decode("ascii", "replace").strip()
        if is_object_name(text):
            return text
        name, _, ref = text.partition("ref: ")
        if name or not ref.startswith("refs/heads/"):
            return None
    return None


def merge_base(root: str, one: str, other: str) -> str | None:
    """The best common ancestor of two commits; None without one, as in a shallow clone.

    one, other: object names or `HEAD`. Raises GitError where one of them does not exist.
    """
    out, err, code = Call(root, ["merge-base", one, other]).result()
    if code > 1:
        raise GitError(message(err, "merge-base"))
    return None if code else os.fsdecode(out).split("\n", 1)[0]


def info_folder(root: str) -> str | None:
    """The folder of a repository for files of this clone only; None if there is no repository."""
    plain = os.path.join(root, ".git")
    if "GIT_DIR" not in os.environ:
        if os.path.isdir(plain):
            return os.path.join(plain, "info")
        if not os.path.lexists(plain):
            return None
    path = os.fsdecode(output(root, "rev-parse", "--git-path", "info")).rstrip("\n")
    return os.path.join(root, path)


def origin(root: str) -> str | None:
    """The URL of the remote `origin`, without what signs in; None if there is none.

    It is read as text from the repository's own settings; None also where `root` is only inside of one.
    """
    printed = os.fsdecode(output(root, "rev-parse", "--show-cdup", "--git-path", "config"))
    *above, settings = printed.rstrip("\n").split("\n")  # a bare repository has nothing above
    if any(above):
        return None
    path = os.path.join(root, settings)
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
            url = line.partition("=")[2].strip().strip('"')
            scheme, slashes, rest = url.rpartition("://")
            host, slash, path = rest.partition("/")
            return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}" if slashes else url
    return None


def _trust(directory: str) -> tuple[bytes, bytes, int]:
    """Request the top level again, with `safe.directory` from the user's and the system's settings.

    These are read outside of any repository, so that its own settings do not apply, and only when needed.
    """
    values = read_safe_directories(directory)
    trusted[:] = [x for value in values for x in ("-c", f"safe.directory={os.fsdecode(value)}")]
    out, err, code = Call(directory, ["rev-parse", "--show-toplevel"]).result()
    if b"dubious ownership" in err:
        raise GitError(
            f"the repository of {directory} belongs to another user, and git does not trust it: if you do, "
            "run `git config --global --add safe.directory` with its path"
        )
    return out, err, code
