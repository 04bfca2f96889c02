"""Plan a run: the project, its settings and rules, and the files in scope."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from palint import registry
from palint.cli import base, target
from palint.cli.base import Base
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions
from palint.config.model import Config
from palint.findings import Severity
from palint.rule import Rule
from palint.tree import git
from palint.tree.git_tree import index_tree
from palint.tree.project import Project
from palint.tree.stdin import StdinTree
from palint.tree.tree import SUBMODULE
from palint.tree.worktree import WorkTree
from palint.util.named_tuple import NamedTuple


class RunPlan(NamedTuple):
    """A planned run.

    scope: files to check, None for all. ignored: names that git ignores, None for all. base: the base of a
    change, None without one. before, edited: see `base.Settled`. within: the given paths, none for the root.
    """

    project: Project
    config: Config
    rules: dict[str, type[Rule]]
    scope: Sequence[str] | None
    ignored: Sequence[str] | None
    base: Base | None = None
    before: Config = Config()
    edited: tuple[str, Sequence[str]] = ("", ())
    within: Sequence[str] = ()


def resolve_config(
    options: CheckOptions,
    root: str,
    rules: dict[str, type[Rule]],
    *,
    before: Mapping[str, bytes | None] | None = None,
) -> Config:
    """The settings from the file, overridden by the command line. Raises UsageError.

    before: {path of settings or policy: its bytes, None if absent}, instead of the files on disk.
    """
    config = target.settings(
        root, rules, file=options.settings, isolated=options.isolated, before=before or {}
    )
    select, ignore = _rules(options.select, rules), _rules(options.ignore, rules)
    if select:
        config = config._replace(select=select, ignore=())
    config = config._replace(
        ignore=(*config.ignore, *ignore),
        exclude=(*config.exclude, *options.exclude),
        fail_on=Severity[options.fail_on.upper()] if options.fail_on else config.fail_on,
    )
    if options.policy:
        from palint.config.policy import apply_policy

        policy = target.settings(root, rules, file=options.policy, isolated=False, before=before or {})
        config = apply_policy(config, policy, {name: rule.severity for name, rule in rules.items()})
    return config


def _rules(words: Sequence[str], rules: Mapping[str, type[Rule]]) -> tuple[str, ...]:
    """The rule ids in `RULE[,RULE…]` options, where a clause selects all of its rules."""
    named = (name.strip() for word in words for name in word.split(",") if name.strip())
    return tuple(dict.fromkeys(rule for name in named for rule in registry.select_rules(name, rules)))


def plan_check(
    options: CheckOptions, where: target.Target, disk: WorkTree, config: Config, rules: dict[str, type[Rule]]
) -> RunPlan:
    """The plan of `palint check` for these options. Raises UsageError."""
    if options.paths == ("-",):
        tree = StdinTree(options.stdin_filename or "stdin", sys.stdin.buffer)
        return RunPlan(Project(where.root, tree, config.limits), config, rules, tree.list(), ())
    if options.staged:
        if not where.repository:
            raise UsageError(f"--staged needs a git repository; {where.root!r} is not in one")
        entries = None if options.paths else [c.new for c in git.staged(where.root) if c.new is not None]
        project = Project(where.root, index_tree(where.root, entries), config.limits)
        staged = project.files() if entries is None else dict.fromkeys(e.path for e in entries)
        scope = [p for p in staged if target.inside(p, where.scope)]
        plan = RunPlan(project, config, rules, scope, (), within=where.scope)
        return compared(plan, options, base.before_commit)
    project = Project(where.root, disk, config.limits)
    if options.since is not None:
        if not where.repository:
            raise UsageError(f"--since needs a git repository; {where.root!r} is not in one")
        plan = RunPlan(project, config, rules, (), (), within=where.scope)
        return _plan_since(plan, options, options.since, where)
    if not where.scope:
        return RunPlan(project, config, rules, None, None)
    ignored = [p for p in project.ignored() if target.inside(p, where.scope)]
    known = [p for p in project.files() if target.inside(p, where.scope)]
    # A file named on the command line is checked even if git ignores it.
    named = [p for p in where.scope if p not in known and not os.path.isdir(os.path.join(where.root, p))]
    ignored = [p for p in ignored if p not in named]
    return RunPlan(project, config, rules, sorted({*known, *named}), ignored)


def _plan_since(plan: RunPlan, options: CheckOptions, revision: str, where: target.Target) -> RunPlan:
    """The plan for the files that changed since the merge base with a revision; all files without one."""
    project = plan.project
    commit = base.merge_base(project.root, revision)
    if commit is None:
        if revision.strip("0"):  # CI systems pass an all-zero name for the first push of a branch
            _refuse_or_announce(revision, options)
        note_missing_base(plan, revision)
        scope = [p for p in project.files() if target.inside(p, where.scope)] if where.scope else None
        return plan._replace(scope=scope)
    plan = compared(plan, options, lambda root, own: base.since(root, commit, own))
    paths = []
    for path, change in plan.base.changes.items() if plan.base else ():
        if change.new is None or not target.inside(path, where.scope):
            continue
        if change.new.kind == git.TYPE_SUBMODULE or path.endswith("/"):
            project.add_notice(path, SUBMODULE.kind, SUBMODULE.message)
        else:
            paths.append(path)
    return plan._replace(scope=paths)


def is_ci() -> bool:
    """Whether this runs in a CI system: GitHub, GitLab and most others set `CI`."""
    marks = (os.environ.get(name, "") for name in ("CI", "TF_BUILD", "JENKINS_URL"))
    return any(mark.lower() not in ("", "0", "false") for mark in marks)


def _refuse_or_announce(revision: str, options: CheckOptions) -> None:
    """Handle a missing base: an error for a person, a warning in CI, where the clone may be shallow.

    Raises UsageError outside of CI.
    """
    if not is_ci():
        raise UsageError(
            f"--since {revision!r}: there is no such revision here, or no commit in common with it; "
            "fetch it, or leave --since out to check everything"
        )
    if options.format in ("text", "concise") and not options.quiet:  # otherwise the report has a notice
        print(
            f"palint: no merge base with {revision!r} here (not fetched?): checking everything",
            file=sys.stderr,
        )


def compared(plan: RunPlan, options: CheckOptions, find: Callable[[str, Sequence[str]], Base]) -> RunPlan:
    """The plan with the base of a change and the settings in force for it."""
    root = plan.project.root
    policy = base.own_path(root, options.policy)
    given = (base.own_path(root, options.settings), base.own_path(root, options.baseline), policy)
    found = find(root, [*base.OWN, *filter(None, given)])

    def resolve(before: Mapping[str, bytes | None]) -> Config:
        return resolve_config(options, root, plan.rules, before=before)

    config, before, edited = base.settle(plan.config, found, resolve, policy)
    return plan._replace(config=config, base=found, before=before, edited=edited)


def note_missing_base(plan: RunPlan, revision: str) -> None:
    """Add a notice about the missing base; if the policy needs one, the run is incomplete (exit code 2)."""
    if plan.config.allow_new_suppressions:
        message = f"no merge base with {revision!r} here (not fetched?): everything was checked"
        plan.project.add_notice("", "note", message)
        return
    message = (
        f"no merge base with {revision!r} here, so palint cannot tell which suppressions are new, and the "
        "policy allows no new ones: fetch it (`fetch-depth: 0` for actions/checkout)"
    )
    plan.project.add_notice("", "missing-object", message)
