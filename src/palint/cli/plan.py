"""What a run checks: the project, its settings and rules, and the files in scope."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from palint import registry
from palint.cli import target
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions
from palint.config.model import Config
from palint.findings import Severity
from palint.rule import Rule
from palint.tree import git
from palint.tree.git_tree import index_tree
from palint.tree.project import Project
from palint.tree.stdin import StdinTree
from palint.tree.worktree import WorkTree


class RunPlan(NamedTuple):
    """A run, ready to go.

    scope: files to check, None for all. ignored: names that git ignores, None for all. refused: (path,
    offset) of suppressions that do not count. baseline_before: the baseline's text of which alone entries
    count.
    """

    project: Project
    config: Config
    rules: dict[str, type[Rule]]
    scope: Sequence[str] | None
    ignored: Sequence[str] | None
    disallowed: frozenset[tuple[str, int]] = frozenset()
    base_revision_baseline: str | None = None


def resolve_config(
    options: CheckOptions,
    root: str,
    rules: dict[str, type[Rule]],
    *,
    before: Mapping[str, bytes | None] | None = None,
) -> Config:
    """The settings file's settings, with what the command line says on top. Raises UsageError.

    before: {settings file: its bytes, None without one} to be read in the place of what lies on the disk.
    """
    config = target.settings(
        root, rules, file=options.settings, isolated=options.isolated, before=before or {}
    )
    select, ignore = _listed(options.select), _listed(options.ignore)
    for word in (*select, *ignore):
        if word not in rules:
            raise UsageError(registry.unknown_rule(word, rules))
    if select:
        config = config._replace(select=select, ignore=())
    config = config._replace(
        ignore=(*config.ignore, *ignore),
        exclude=(*config.exclude, *options.exclude),
        fail_on=Severity[options.fail_on.upper()] if options.fail_on else config.fail_on,
    )
    if options.policy:
        from palint.config.policy import apply_policy

        policy = target.settings(root, rules, file=options.policy, isolated=False)
        config = apply_policy(config, policy, {name: rule.severity for name, rule in rules.items()})
    return config


def _listed(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(w.strip() for word in words for w in word.split(",") if w.strip())


def plan_check(
    options: CheckOptions, where: target.Target, disk: WorkTree, config: Config, rules: dict[str, type[Rule]]
) -> RunPlan:
    """The plan of `palint check` for these options. Raises UsageError."""
    if options.paths == ("-",):
        tree = StdinTree(options.stdin_filename or "stdin", sys.stdin.buffer)
        return RunPlan(Project(where.root, tree, config.limits), config, rules, tree.list(), ())
    if options.staged:
        if not where.repository:
            raise UsageError(f"--staged needs a git repository, and {where.root!r} is in none")
        entries = None if options.paths else git.staged(where.root)
        project = Project(where.root, index_tree(where.root, entries), config.limits)
        staged = project.files() if entries is None else dict.fromkeys(e.path for e in entries)
        scope = [p for p in staged if target.inside(p, where.scope)]
        return RunPlan(project, config, rules, scope, ())
    project = Project(where.root, disk, config.limits)
    if options.since is not None:
        from palint.cli.since import changed

        scope_or_all, added = changed(project, options.since, where)
        if config.allow_new_suppressions:
            return RunPlan(project, config, rules, scope_or_all, ())
        # What the change brings along to be let through does not count: comments, settings, baseline.
        config = resolve_config(options, where.root, rules, before=added.settings)
        return RunPlan(project, config, rules, scope_or_all, (), added.suppressions, added.baseline)
    if not where.scope:
        return RunPlan(project, config, rules, None, None)
    ignored = [p for p in project.ignored() if target.inside(p, where.scope)]
    known = [p for p in project.files() if target.inside(p, where.scope)]
    # A file named on the command line is checked even where git ignores it.
    named = [p for p in where.scope if p not in known and not os.path.isdir(os.path.join(where.root, p))]
    ignored = [p for p in ignored if p not in named]
    return RunPlan(project, config, rules, sorted({*known, *named}), ignored)
