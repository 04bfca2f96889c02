"""The base of a change: the commit before it, and the settings, policy and baseline that it had."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from palint import baseline
from palint.cli import target
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions
from palint.config import SETTINGS_FILES, Config, ConfigError, folders
from palint.tree import git
from palint.tree.git import Change
from palint.tree.git_tree import GitTree
from palint.tree.project import Project
from palint.tree.reader import Read, Reader
from palint.util.typing import NamedTuple

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

    def read(self, change: Change) -> bytes | None:
        """The bytes that a changed file had; None if it did not exist or was a link."""
        if change.old is None or change.old.kind != git.TYPE_FILE:
            return None
        with git.Blobs(self.root) as blobs:
            return blobs.read(change.old.oid, _OWN_SIZE)


def nothing(head: Project) -> Project:
    """The base of a change that is compared with nothing: all of it is new."""
    return Project(head.root, GitTree(head.root, ()), head.limits, head)


class Settled(NamedTuple):
    """The settings in force. before: those at the base. edited: the keys that the change edits, by file."""

    config: Config
    before: Config
    edited: Mapping[str, Sequence[str]] = {}


def settle(head: Config, base: Base, resolve: Callable[[Base | None], Config]) -> Settled:
    """The settings in force for a change, and those at its base.

    head: the settings of the head. resolve: returns the settings of the base; without any for None.
    """
    if not base.own:
        return Settled(head, head)
    try:
        before = resolve(base)
    except ConfigError:  # the base had no valid ones
        before = resolve(None)
    from palint.engine.additions import changed_settings

    file = head.file or before.file
    if file not in base.own and head.extended in base.own:
        file = head.extended
    edited = {file: changed_settings(before, head)}
    for path in filter(folders.is_settings, base.own):
        edited[path] = changed_settings(*(folders.set_in(config, path) for config in (before, head)))
    edited = {file: keys for file, keys in edited.items() if keys}
    return Settled(head if head.allow_new_suppressions else before, before, edited)


def own_paths(root: str, options: CheckOptions, extended: str = "") -> list[str]:
    """The paths in the tree of the settings and baselines that decide what a run accepts.

    extended: that of the settings which those of the head extend.
    """
    named = (
        target.tree_path(root, file) for file in (options.settings, options.baseline) if file is not None
    )
    return [*SETTINGS_FILES, baseline.NAME, *filter(None, (*named, extended))]


def policy_at(root: str, revision: str, path: str, side: str = "the base of the change") -> bytes:
    """A policy inside the tree, as a commit has it.

    side: the commit's name in messages. Raises UsageError if there is no such regular file in the commit.
    """
    commit = git.resolve(root, revision)
    entries = [] if commit is None else git.tree_entries(root, commit, [path])
    if not entries or entries[0].kind != git.TYPE_FILE:
        why = "is not in" if not entries else "is not a regular file in"
        raise UsageError(
            f"{path}: the policy {why} {side}: commit it there first, or keep it outside of the checked tree"
        )
    with git.Blobs(root) as blobs:
        data = blobs.read(entries[0].oid, target.SETTINGS_SIZE)
    if len(data) > target.SETTINGS_SIZE:
        raise UsageError(f"{path}: larger than a settings file can be (1 MiB)")
    return data


def committed_policy(root: str, path: str) -> bytes:
    """A policy inside the tree for a run without a base.

    Raises UsageError unless it is a regular file, the same on disk and in HEAD.
    """
    data = policy_at(root, "HEAD", path, "HEAD")
    size = target.SETTINGS_SIZE + len(data)  # git may have written CRLF
    disk = target.own_file(path, path, Reader(root).read, size) or b""
    if disk.replace(b"\r\n", b"\n") != data.replace(b"\r\n", b"\n"):
        raise UsageError(
            f"{path}: the policy differs from HEAD: commit it, or keep it outside of the checked tree"
        )
    return data


def read_at(head: target.ReadFile, base: Base) -> target.ReadFile:
    """A reader of the base: what changed files had there, and the head for other paths."""

    def read(path: str, limit: int) -> Read:
        change = base.own.get(path) or base.changes.get(path)
        if change is None:
            return head(path, limit)
        data = base.read(change)
        return Read(None) if data is None else Read(data, len(data))

    return read


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
    except git.GitError:  # before the first commit
        return None


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
    changed = _own(changes, own)
    others = [path for path in own if path not in changes and os.path.lexists(os.path.join(root, path))]
    had = {entry.path for entry in git.tree_entries(root, commit, others)} if others else ()
    # On disk, not in the base and not a change: git ignores it.
    ignored = {path: Change(path, None, git.Entry(path, 0, "")) for path in others if path not in had}
    return Base(root, commit, {**changed, **ignored}, changes)


def before_commit(root: str, own: Sequence[str]) -> Base:
    """HEAD as the base of the index."""
    changes = {change.path: change for change in git.staged(root)}
    return Base(root, "HEAD", _own(changes, own), changes)


def between(root: str, remote: str, pushed: str, own: Sequence[str]) -> Base:
    """A commit as the base of another, both by any name. Raises GitError if one is not in this clone."""
    old, new = base_of_push(root, remote, pushed)
    changes = {change.path: change for change in git.changed_between(root, old, new)}
    return Base(root, old, _own(changes, own), changes)


def _own(changes: Mapping[str, Change], own: Sequence[str]) -> dict[str, Change]:
    """The changes of palint's own files: those named, and settings in subfolders."""
    return {path: c for path, c in changes.items() if path in own or folders.is_settings(path)}


def base_of_push(root: str, remote: str, pushed: str) -> tuple[str, str]:
    """The object names of a push's base and head. Raises GitError if one is not in this clone."""
    old, new = git.resolve(root, remote), git.resolve(root, pushed) or pushed
    if old is None:
        raise git.GitError(f"{remote!r} is not here: fetch it")
    return git.merge_base(root, old, new) or old, new
