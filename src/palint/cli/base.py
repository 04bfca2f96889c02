"""The base of a change: the commit before it, and the settings, policy and baseline that it had."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from palint import baseline
from palint.config.model import SETTINGS_FILES, Config, ConfigError
from palint.tree import git
from palint.tree.git import Change
from palint.tree.git_tree import GitTree
from palint.util.named_tuple import NamedTuple

_OWN_SIZE = 64 << 20  # maximum bytes of one of palint's own files


class Base(NamedTuple):
    """The base of a change.

    commit: by any name; it does not exist before the first commit. own: the changed files among those that
    decide what is accepted. changes: all of them, by path.
    """

    root: str
    commit: str
    own: Mapping[str, Change]
    changes: Mapping[str, Change]

    def read_own(self) -> dict[str, bytes | None]:
        """The bytes that the files in `own` had; None for one that did not exist or was a link."""
        made: dict[str, bytes | None] = {}
        with git.Blobs(self.root) as blobs:
            for path, change in self.own.items():
                regular = change.old is not None and change.old.kind == git.TYPE_FILE
                made[path] = blobs.read(change.old.oid, _OWN_SIZE) if regular and change.old else None
        return made


class Settled(NamedTuple):
    """The settings in force. before: those at the base. edited: the file and keys that the change edits."""

    config: Config
    before: Config
    edited: tuple[str, Sequence[str]]


def settle(
    head: Config, base: Base, resolve: Callable[[dict[str, bytes | None]], Config], policy: str
) -> Settled:
    """The settings in force for a change, and those at its base.

    head: the settings of the head. resolve: returns the settings, given bytes that replace files on disk.
    policy: its path in the tree; "" if it is elsewhere: then it applies to both.
    """
    if not base.own:
        return Settled(head, head, ("", ()))
    own = base.read_own()
    if own.get(policy) is not None:
        head = resolve({policy: own[policy]})
    try:
        before = resolve(own)
    except ConfigError:
        before = resolve({path: None if path in SETTINGS_FILES else data for path, data in own.items()})
    from palint.engine.additions import changed_settings

    edited = head.file or before.file, changed_settings(before, head)
    return Settled(head if head.allow_new_suppressions else before, before, edited)


OWN = (*SETTINGS_FILES, baseline.NAME)  # files in the tree that decide what is accepted


def own_path(root: str, file: str | None) -> str:
    """The path, relative to the root, of a file that an option names; "" for one outside the tree."""
    if file is None:
        return ""
    relative = os.path.relpath(os.path.realpath(file), os.path.realpath(root))
    if relative.startswith(os.pardir) or os.path.isabs(relative):
        return ""
    return relative.replace(os.sep, "/")


def merge_base(root: str, revision: str) -> str | None:
    """The best common ancestor of HEAD and a revision; None if it is not in this clone.

    That is the case in a shallow clone, for an all-zero object name (the first push of a branch), and for a
    revision that was not fetched.
    """
    if not revision.strip("0"):
        return None
    theirs = git.resolve(root, revision)
    if theirs is None:
        return None
    try:
        return git.merge_base(root, theirs, "HEAD")
    except git.GitError:
        if git.resolve(root, "HEAD") is not None:
            raise
        return None  # before the first commit


def tree(base: Base) -> GitTree:
    """The files at the base; listed only if the changed ones are not enough."""

    def everything() -> Sequence[git.Entry]:
        commit = git.resolve(base.root, base.commit)  # no commit before the first one
        return () if commit is None else git.commit_entries(base.root, commit)

    entries = [change.old for change in base.changes.values() if change.old is not None]
    return GitTree(base.root, entries, everything)


def since(root: str, commit: str, own: Sequence[str]) -> Base:
    """A commit as the base of the work tree."""
    changes = {change.path: change for change in git.changed_since(root, commit)}
    return Base(root, commit, {path: changes[path] for path in own if path in changes}, changes)


def before_commit(root: str, own: Sequence[str]) -> Base:
    """HEAD as the base of the index."""
    changes = {change.path: change for change in git.staged(root)}
    return Base(root, "HEAD", {path: changes[path] for path in own if path in changes}, changes)


def between(root: str, remote: str, pushed: str, own: Sequence[str]) -> Base:
    """A commit as the base of another, both by any name. Raises GitError if one is not in this clone."""
    old, new = git.resolve(root, remote), git.resolve(root, pushed)
    if old is None or new is None:
        raise git.GitError(f"{remote if old is None else pushed!r} is not here: fetch it")
    old = git.merge_base(root, old, new) or old
    changes = {change.path: change for change in git.changed_between(root, old, new)}
    return Base(root, old, {path: changes[path] for path in own if path in changes}, changes)
