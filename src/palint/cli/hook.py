"""`palint hook -- PATH…`, for pre-commit and prek.

They pass file names, and palint reads what will be committed or pushed, not the files on disk:
https://pre-commit.com/#pre-commit-during-push documents the variables. The bytes come from

- the commit in PRE_COMMIT_TO_REF if it is set (a push, or `--from-ref` and `--to-ref`);
- the pushed branch, PRE_COMMIT_LOCAL_BRANCH, in a push without it (the first one to an empty remote);
- else the index, and for a path that is not in the index (`run --files`) the disk.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence

from palint import registry
from palint.cli import base
from palint.cli.base import Base
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, compared, index_source, note_missing_base, resolve_config
from palint.cli.run import execute, report_and_exit_code
from palint.tree import git
from palint.tree.git_tree import GitTree, OverlayTree, commit_tree
from palint.tree.project import Project
from palint.tree.tree import SUBMODULE
from palint.util import user_cache
from palint.util.typing import NamedTuple


class Push(NamedTuple):
    """What is pushed, by any name, and the remote's commit: "", or zeros where the branch is new there."""

    commit: str
    remote: str

    @property
    def is_new(self) -> bool:
        """Whether there is no base to compare with."""
        return not self.remote.strip("0")


def _push() -> Push | None:
    """The push that runs the hook; None for a commit."""
    commit = os.environ.get("PRE_COMMIT_TO_REF")
    if commit:
        return Push(commit, os.environ.get("PRE_COMMIT_FROM_REF", ""))
    if "PRE_COMMIT_REMOTE_NAME" in os.environ:
        return Push(os.environ.get("PRE_COMMIT_LOCAL_BRANCH", "HEAD"), "")
    return None


def hook(options: CheckOptions) -> int:
    """Check the named files and return the exit code. Raises UsageError outside a repository."""
    top = git.top_level(os.getcwd())
    if top is None:
        raise UsageError("`palint hook` needs a git repository; outside of one use `palint check`")
    user_cache.checked_tree = top
    rules = registry.load(deferred=True)
    scope = list(dict.fromkeys(_relative(path, top) for path in options.paths))
    push = _push()
    options = options._replace(staged=push is None)
    if push is None:
        tree: OverlayTree | GitTree = OverlayTree(top, scope, base.own_paths(top, options))
    else:
        tree = commit_tree(top, push.commit)
    stored = tree.index if isinstance(tree, OverlayTree) else tree
    source = index_source(top, stored, lambda path: _policy(top, path, push))
    config = resolve_config(options, top, rules, source)
    plan = RunPlan(Project(top, tree, config.limits), config, rules, scope, (), source=source)
    if push is not None and push.is_new:
        entries = stored.entries()
        named = {entry.path for entry in git.index_entries(top)}  # of what is checked out
        plan.project.base = base.nothing(plan.project)
        if not config.allow_new_suppressions:
            note_missing_base(plan, "the branch of the remote")
    else:
        change = _change(top, base.own_paths(top, options, config.extended), push)
        entries = [each.new for each in change.changes.values() if each.new is not None]
        named = set(change.changes)
        plan = compared(plan, options, change)
    plan = plan._replace(scope=[*dict.fromkeys([*scope, *_unnamed(plan.project, entries, named)])])
    return report_and_exit_code(execute(plan, options), plan, options)


def _unnamed(project: Project, entries: Sequence[git.Entry], named: Collection[str]) -> Iterator[str]:
    """The files among the entries that hook managers pass no name for: those that are not on disk.

    That is so in a sparse checkout, and where a branch is pushed that is not checked out. Submodules, which
    have no name either, get a notice. named: the paths that git lists for the manager.
    """
    for entry in entries:
        if entry.kind == git.TYPE_SUBMODULE:
            project.add_notice(entry.path, SUBMODULE.kind, SUBMODULE.message)
            continue
        path = os.path.join(project.root, entry.path)
        if entry.path not in named or not (os.path.isfile(path) or os.path.islink(path)):
            yield entry.path


def _policy(top: str, path: str, push: Push | None) -> bytes:
    """A policy inside the tree, of the base; of what is pushed where a new branch has no base."""
    if push is None:
        return base.policy_at(top, "HEAD", path)
    if push.is_new:
        return base.policy_at(top, push.commit, path, "the pushed commit")
    return base.policy_at(top, base.base_of_push(top, push.remote, push.commit)[0], path)


def _change(root: str, own: Sequence[str], push: Push | None) -> Base:
    """What is committed, or pushed to a branch that the remote has."""
    if push is None:
        return base.before_commit(root, own)
    return base.between(root, push.remote, push.commit, own)


def _relative(path: str, top: str) -> str:
    """A path relative to the top level; it is given relative to the current directory.

    Raises UsageError for a path outside the repository.
    """
    folder, name = os.path.split(os.path.abspath(path))
    for resolve in (str, os.path.realpath):  # links are resolved where the path as it is does not fit
        relative = os.path.relpath(os.path.join(resolve(folder), name), top)
        if relative != ".." and not relative.startswith(".." + os.sep):
            return relative.replace(os.sep, "/")
    raise UsageError(f"{path!r} is not inside {top!r}")
