"""`palint hook -- PATH…`, for pre-commit and prek.

They pass file names, and palint reads what will be committed or pushed, not the files on disk:
https://pre-commit.com/#pre-commit-during-push documents the variables. The bytes come from

- the commit in PRE_COMMIT_TO_REF if it is set (a push, or `--from-ref` and `--to-ref`);
- HEAD in a push without it (the first one to an empty remote);
- else the index, and for a path that is not in the index (`run --files`) the disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

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


def hook(options: CheckOptions) -> int:
    """Check the named files and return the exit code. Raises UsageError outside a repository."""
    top = git.top_level(os.getcwd())
    if top is None:
        raise UsageError("`palint hook` needs a git repository; outside of one use `palint check`")
    user_cache.checked_tree = top
    rules = registry.load(deferred=True)
    scope = list(dict.fromkeys(_relative(path, top) for path in options.paths))
    tree = _tree(top, scope, os.environ, base.own_paths(top, options))
    stored = tree.index if isinstance(tree, OverlayTree) else tree
    source = index_source(top, stored, lambda path: _policy(top, path, os.environ))
    config = resolve_config(options, top, rules, source)
    plan = RunPlan(Project(top, tree, config.limits), config, rules, scope, (), source=source)
    find = _base(os.environ)
    if find is not None:
        plan = compared(plan, options, find)
        changed = [change.new for change in plan.base.changes.values()] if plan.base else []
        _name_submodules(plan, [entry for entry in changed if entry is not None])
    else:
        _name_submodules(plan, stored.entries())
        plan.project.base = base.nothing(plan.project)
        if not config.allow_new_suppressions:
            note_missing_base(plan, "the branch of the remote")
    return report_and_exit_code(execute(plan, options), plan, options)


def _name_submodules(plan: RunPlan, entries: Sequence[git.Entry]) -> None:
    """Name the submodules of what is committed or pushed: hook managers pass no path for them."""
    for entry in entries:
        if entry.kind == git.TYPE_SUBMODULE:
            plan.project.add_notice(entry.path, SUBMODULE.kind, SUBMODULE.message)


def _tree(
    top: str, scope: Sequence[str], environment: Mapping[str, str], own: Sequence[str]
) -> GitTree | OverlayTree:
    """The tree to check. own: paths in it that are read beside the scope."""
    pushed = environment.get("PRE_COMMIT_TO_REF")
    if pushed:
        return commit_tree(top, pushed)
    if "PRE_COMMIT_REMOTE_NAME" in environment:
        return commit_tree(top, "HEAD")
    return OverlayTree(top, scope, own)


def _policy(top: str, path: str, environment: Mapping[str, str]) -> bytes:
    """A policy inside the tree, of the base; of what is pushed where a new branch has no base."""
    if not ("PRE_COMMIT_TO_REF" in environment or "PRE_COMMIT_REMOTE_NAME" in environment):
        return base.policy_at(top, "HEAD", path)
    pushed, remote = environment.get("PRE_COMMIT_TO_REF", ""), environment.get("PRE_COMMIT_FROM_REF", "")
    if pushed and remote.strip("0"):
        return base.policy_at(top, base.base_of_push(top, remote, pushed)[0], path)
    return base.policy_at(top, pushed or "HEAD", path, "the pushed commit")


def _base(environment: Mapping[str, str]) -> Callable[[str, Sequence[str]], Base] | None:
    """A function that finds the base of the commit or push; None for a push to a new branch."""
    if not ("PRE_COMMIT_TO_REF" in environment or "PRE_COMMIT_REMOTE_NAME" in environment):
        return base.before_commit
    pushed, remote = environment.get("PRE_COMMIT_TO_REF", ""), environment.get("PRE_COMMIT_FROM_REF", "")
    if not (pushed and remote.strip("0")):
        return None
    return lambda root, own: base.between(root, remote, pushed, own)


def _relative(path: str, top: str) -> str:
    """A path relative to the top level; it is given relative to the current directory.

    Raises UsageError for a path outside the repository.
    """
    absolute = os.path.abspath(path)
    real = os.path.join(os.path.realpath(os.path.dirname(absolute)), os.path.basename(absolute))
    for each in (absolute, real):
        relative = os.path.relpath(each, top)
        if relative != ".." and not relative.startswith(".." + os.sep):
            return relative.replace(os.sep, "/")
    raise UsageError(f"{path!r} is not inside {top!r}")
