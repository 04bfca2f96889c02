"""`palint hook -- PATH…`: what pre-commit and prek call.

They name files, and palint reads what will be committed or pushed, not what happens to lie on the disk:
https://pre-commit.com/#pre-commit-during-push names the variables. The bytes come from

- the commit in PRE_COMMIT_TO_REF, where it is set (a push, or `--from-ref` and `--to-ref`);
- HEAD, in a push that has no such pair (the first one to an empty remote);
- else the index that git names, and for a path that is in no index (`run --files`) the disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from palint import registry
from palint.cli import base
from palint.cli.base import Base
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, compared, note_missing_base, resolve_config
from palint.cli.run import execute, report_and_exit_code
from palint.tree import git
from palint.tree.git_tree import commit_tree
from palint.tree.overlay import OverlayTree
from palint.tree.project import Project
from palint.tree.tree import Tree
from palint.util import user_cache


def hook(options: CheckOptions) -> int:
    """Check the named files and give the exit code. Raises UsageError outside a repository."""
    top = git.top_level(os.getcwd())
    if top is None:
        raise UsageError(
            "`palint hook` works on the index of a git repository, and this is none; use `palint check`"
        )
    user_cache.checked_tree = top
    # Reports for programs describe every rule.
    rules = registry.load(deferred=options.format in ("text", "concise") and not options.output)
    config = resolve_config(options, top, rules)
    scope = list(dict.fromkeys(_relative(path, top) for path in options.paths))
    project = Project(top, _tree(top, scope, os.environ), config.limits)
    plan = RunPlan(project, config, rules, scope, ())
    find = _base(os.environ)
    if find is not None:
        plan = compared(plan, options, find)
    elif not config.allow_new_suppressions:
        note_missing_base(plan, "the branch of the remote")
    return report_and_exit_code(execute(plan, options), plan, options)


def _tree(top: str, scope: Sequence[str], environment: Mapping[str, str]) -> Tree:
    pushed = environment.get("PRE_COMMIT_TO_REF")
    if pushed:
        return commit_tree(top, pushed)
    if "PRE_COMMIT_REMOTE_NAME" in environment:
        return commit_tree(top, "HEAD")
    return OverlayTree(top, scope)


def _base(environment: Mapping[str, str]) -> Callable[[str, Sequence[str]], Base] | None:
    """What finds the base of what is committed or pushed; None for a push to a branch that is new."""
    if not ("PRE_COMMIT_TO_REF" in environment or "PRE_COMMIT_REMOTE_NAME" in environment):
        return base.before_commit
    pushed, remote = environment.get("PRE_COMMIT_TO_REF", ""), environment.get("PRE_COMMIT_FROM_REF", "")
    if not (pushed and remote.strip("0")):
        return None
    return lambda root, own: base.between(root, remote, pushed, own)


def _relative(path: str, top: str) -> str:
    """Names come relative to the directory that the hook runs in, which is the top level as a rule.

    Raises UsageError for a path outside the repository.
    """
    place = os.path.abspath(path)
    real = os.path.join(os.path.realpath(os.path.dirname(place)), os.path.basename(place))
    for each in (place, real):
        relative = os.path.relpath(each, top)
        if relative != ".." and not relative.startswith(".." + os.sep):
            return relative.replace(os.sep, "/")
    raise UsageError(f"{path!r} is not inside {top!r}")
