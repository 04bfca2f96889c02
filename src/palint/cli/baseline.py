"""`palint baseline`: write the known findings, or drop those that are gone."""

from __future__ import annotations

import os
import sys

from palint import baseline, registry
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.output import write_atomic
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute, read_baseline
from palint.report.escape import terminal
from palint.report.summary import pluralize
from palint.tree.project import Project
from palint.tree.worktree import WorkTree


def write_baseline(paths: tuple[str, ...], prune: bool, baseline_: str | None, settings: str | None) -> int:
    """Write or prune the baseline of the root that holds the given paths. Raises UsageError."""
    rules = registry.load()
    where = target.find(paths)
    if where.scope:
        raise UsageError("a baseline is of a whole repository: give its root, or no path")
    options = CheckOptions(settings=settings)
    config = resolve_config(options, where.root, rules)
    project = Project(where.root, WorkTree(where.root, repository=where.repository), config.limits)
    plan = RunPlan(project, config, rules, None, None)
    results = execute(plan, CheckOptions(isolated=True))
    if not results.complete:
        for notice in results.notices:
            if not notice.complete:
                print(terminal(f"palint: {notice.path}: {notice.message}"), file=sys.stderr)
        print("palint: not everything could be checked, so no baseline was written", file=sys.stderr)
        return EXIT_ERROR
    file = baseline_ or os.path.join(where.root, baseline.NAME)
    if prune:
        known = read_baseline(where.root, baseline_)
        if known is None:
            raise UsageError(f"there is no {baseline.NAME} to prune; `palint baseline` writes one")
        stale = baseline.match(results.findings, known, results.rules).stale
        write_atomic(file, baseline.dump(baseline.prune(known, stale)))
        print(terminal(f"{file}: {len(stale)} of {len(known)} entries dropped"))
        return EXIT_OK
    write_atomic(file, baseline.dump(baseline.entries(results.findings)))
    found = pluralize(len(results.findings), "finding")
    print(terminal(f"{file}: {found}. Commit it; only new findings fail from now on."))
    attributes = project.open(".gitattributes")
    if attributes is None or not baseline.is_merged(attributes.text):
        print(f"With {baseline.ATTRIBUTE!r} in .gitattributes git merges it without conflicts.")
    return EXIT_OK
