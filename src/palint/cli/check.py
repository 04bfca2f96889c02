"""`palint check`."""

from __future__ import annotations

from collections.abc import Iterator

from palint import registry
from palint.cli import target
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions, wanted_formats
from palint.cli.plan import RunPlan, plan_check, resolve_config, source_of
from palint.cli.run import execute, report_and_exit_code
from palint.findings import Results
from palint.tree.worktree import WorkTree
from palint.util import deadline, user_cache
from palint.util.typing import NamedTuple


class Checked(NamedTuple):
    """What a check gave, and what it was planned to be."""

    results: Results
    plan: RunPlan


def check(options: CheckOptions) -> int:
    """Run the check, write fixes and reports, and return the exit code."""
    runs = []
    for results, plan in each_root(options):
        if options.diff:
            from palint.cli.fix import show_fixes

            show_fixes(plan, results, options)
        elif options.fix:
            from palint.cli.fix import apply_fixes

            results = apply_fixes(plan, results, options)
        runs.append(Checked(results, plan))
    if options.add_ignore is not None:
        from palint.cli.fix import add_suppressions

        return max(add_suppressions(plan, results, options.add_ignore) for results, plan in runs)
    if len(runs) == 1:
        return report_and_exit_code(*runs[0], options)
    from palint.cli.together import report_together

    return report_together(runs, options)


def each_root(options: CheckOptions, *, in_process: bool = False) -> Iterator[Checked]:
    """Check the roots of the given paths, one after the other. Raises PalintError.

    A child process lists the tree while this one imports the engine and the rules, unless `in_process`.
    """
    _validate_options(options)
    paths = options.paths if options.paths != ("-",) else ()
    roots = target.find_all(paths)
    if len(roots) > 1 and options.diff:
        raise UsageError("--diff shows the changes of one repository: run it for each")
    for where in roots:
        if len(roots) > 1:
            deadline.restart()
        user_cache.checked_tree = where.root
        tree = WorkTree(where.root, repository=where.repository)
        if not (options.paths == ("-",) or options.staged or options.since or in_process):
            tree.prefetch()
        rules = registry.load(deferred=True)
        source = source_of(options, where)
        config = resolve_config(options, where.root, rules, source)
        deadline.limit_run(config.limits.run)
        plan = plan_check(options, where, tree, config, rules, source)
        plan.project.shows_advice = any(f.advice for f in wanted_formats(options))
        yield Checked(execute(plan, options, in_process=in_process), plan)


def _validate_options(options: CheckOptions) -> None:
    if options.staged and options.since:
        raise UsageError(
            "--staged and --since cannot be combined: one reads the index, the other the working copy"
        )
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes needs --fix, or --diff to see what would change")
    if options.show_fixes and not options.fix:
        raise UsageError("--show-fixes needs --fix; --diff shows what --fix would change")
    if options.add_ignore is not None and not options.add_ignore.strip():
        raise UsageError("--add-ignore needs a reason: why are these findings accepted?")
    if options.stdin_filename is not None and options.paths != ("-",):
        raise UsageError("--stdin-filename needs `-` as the path (text from standard input)")
    if options.paths == ("-",) and (options.fix or options.add_ignore is not None):
        raise UsageError("standard input cannot be changed: pass a file, or use --diff")
