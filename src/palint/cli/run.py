"""Run a plan: the engine with progress, the baseline, the reports and the exit code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from palint import baseline
from palint.cli import target
from palint.cli.base import Base
from palint.cli.base import tree as base_tree
from palint.cli.exit_codes import EXIT_ERROR, EXIT_FINDINGS, EXIT_OK, UsageError
from palint.cli.options import CheckOptions, wanted_formats
from palint.cli.plan import RunPlan, is_ci
from palint.findings import Finding, Notice, Results
from palint.tree import git
from palint.tree.git_tree import index_tree
from palint.tree.project import Project
from palint.tree.reader import Reader
from palint.tree.worktree import WorkTree
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.engine.base_check import BaseOfChange

_BASELINE_SIZE = 64 << 20  # bytes


def execute(plan: RunPlan, options: CheckOptions, *, in_process: bool = False) -> Results:
    """Run the engine with progress, and compare the findings with the baseline.

    in_process: without workers, for a program with threads.
    """
    from palint.cli.output import Progress
    from palint.engine.run import run

    sides = None if plan.base is None else _sides(plan, plan.base, options)
    with Progress(quiet=options.quiet) as progress:
        results = run(
            plan.project,
            plan.config,
            plan.rules,
            scope=plan.scope,
            changed_out_of_scope=_changed_out_of_scope(plan),
            ignored=plan.ignored,
            jobs=options.jobs,
            progress=progress,
            excerpts=_shows_excerpts(options),
            context=any(f.context for f in wanted_formats(options)),
            edits=options.fix or options.diff or any(f.edits for f in wanted_formats(options)),
            cache=_uses_cache(options.cache),
            in_process=in_process,
            base=None if sides is None else sides.base,
        )
        results = _with_stored(results, plan, options)._replace(staged=options.staged)
    if not results.files and not results.notices:
        nothing = Notice("", "note", "no files to check")
        results = results._replace(notices=(nothing,))
    if sides is None:
        return with_baseline(results, plan, options)
    return _with_additions(results, plan, sides, options)


def _changed_out_of_scope(plan: RunPlan) -> Sequence[str]:
    """What a change deletes, or edits outside of the scope: it may cause findings in other files."""
    if plan.base is None:
        return ()
    scope = frozenset(plan.scope or ())
    paths = [path for path in plan.base.changes if path not in scope]
    links = (c.path for c in plan.base.changes.values() if any(map(_is_link, (c.old, c.new))))
    return [*paths, *(f"{path}/action.yml" for path in links)]  # the link may be a folder with an action


def _is_link(entry: git.Entry | None) -> bool:
    return entry is not None and entry.kind == git.TYPE_LINK


def _with_stored(results: Results, plan: RunPlan, options: CheckOptions) -> Results:
    """The results, joined with those for git's copies of files that differ on disk."""
    tree = plan.project.tree
    entries = tree.stored_differently(plan.scope) if isinstance(tree, WorkTree) else ()
    if not entries:
        return results
    from palint.engine.run import join, run

    project = Project(plan.project.root, index_tree(plan.project.root, entries), plan.config.limits)
    project.base = plan.project.base
    scope = [entry.path for entry in entries]
    excerpts = _shows_excerpts(options)
    stored = run(project, plan.config, plan.rules, scope=scope, ignored=(), excerpts=excerpts, edits=False)
    return join(results, stored)


class _Sides(NamedTuple):
    """A change: what differs, its base, and the entries of the baseline there and at the head."""

    changes: Mapping[str, git.Change]
    base: BaseOfChange
    before: Sequence[baseline.Entry]
    after: Sequence[baseline.Entry]


def _sides(plan: RunPlan, base: Base, options: CheckOptions) -> _Sides:
    from palint.engine.base_check import BaseOfChange
    from palint.engine.run import select

    root = plan.project.root
    before = after = _read_baseline_of(plan, options)
    name = baseline.NAME if options.baseline is None else target.tree_path(root, options.baseline)
    changed = base.own.get(name or "")
    if changed is not None:
        data = base.read(changed)
        before = [] if data is None else _load_baseline(data, f"{name}, at the base of the change")
    if not plan.config.allow_new_suppressions:
        after = [entry for entry in after if entry in set(before)]
    project = Project(root, base_tree(base), plan.config.limits, plan.project)
    plan.project.base = project
    paths = frozenset(change.path for change in base.changes.values() if change.old is not None)
    keys = frozenset(entry[:3] for entry in after)
    of_base = BaseOfChange(project, plan.before, lambda: select(plan.before, plan.rules), paths, keys)
    return _Sides(base.changes, of_base, before, after)


def _with_additions(results: Results, plan: RunPlan, sides: _Sides, options: CheckOptions) -> Results:
    """The results of a change, with the findings marked that it accepts itself."""
    outside = tuple(f for f in results.outside if target.inside(f.span.path, plan.within))
    if not (sides.after or results.suppressed or plan.edited or outside):
        return results
    from palint.engine.additions import Compared, State, mark_additions

    before = State(sides.base.project, plan.before, sides.before)
    head = State(plan.project, plan.config, sides.after)
    change = Compared(before, head, sides.changes, plan.edited, plan.rules, plan.scope, options.jobs)
    return mark_additions(results._replace(outside=outside), change)


def _uses_cache(wish: bool | None) -> bool:
    """Whether a run may skip files that the last one found clean.

    By default not in CI, whose machines are new each time, nor in a hook: a gate has nothing to gain by it.
    pre-commit and prek set PRE_COMMIT: https://pre-commit.com/#top_level-default_stages
    """
    if wish is not None:
        return wish
    return not (is_ci() or "PRE_COMMIT" in os.environ)


def _shows_excerpts(options: CheckOptions) -> bool:
    return options.add_ignore is not None or any(f.excerpts for f in wanted_formats(options))


def _with_origin(results: Results, project: Project) -> Results:
    """The results with repository, commit and time."""
    import time

    try:
        commit = git.resolve(project.root, "HEAD")
    except git.GitError:
        commit = None
    name = project.own_name or os.path.basename(project.root)
    return results._replace(repository=name, commit=commit or "", started=time.time() - results.seconds)


def with_baseline(results: Results, plan: RunPlan, options: CheckOptions) -> Results:
    """The results without the findings in the baseline; a notice counts its stale entries."""
    root = plan.project.root
    entries = _read_baseline_of(plan, options)
    own = options.baseline is None and options.reads_baseline and plan.scope is None
    local = local_baseline_path(root) if own else None
    if local is not None and os.path.exists(local):
        entries += read_baseline(root, local)
    if not entries:
        return results
    entries = baseline.allowed(entries, plan.config.allow_suppressing)
    match = baseline.match(results.findings, entries, results.rules)
    if match.baselined and plan.scope is not None:
        everywhere = _everywhere(plan, {f.rule for f in match.baselined}, options)
        match = baseline.match_part(results.findings, everywhere, entries)
    notices = results.notices
    if match.stale and plan.scope is None:
        count = f"{len(match.stale)} of {len(entries)} entries"
        message = f"{count} no longer found; `palint baseline --prune` drops them"
        notices = (*notices, Notice(options.baseline or baseline.NAME, "note", message))
    return results._replace(findings=match.new, baselined=match.baselined, notices=notices)


def _everywhere(plan: RunPlan, rules: set[str], options: CheckOptions) -> Sequence[Finding]:
    """The findings of some rules in the whole tree."""
    from palint.engine.run import run

    config = plan.config._replace(select=tuple(sorted(rules)), ignore=())
    project = plan.project
    return run(project, config, plan.rules, ignored=None, jobs=options.jobs).findings


def local_baseline_path(root: str) -> str | None:
    """The path of this clone's own baseline, for findings in ignored files; None without a repository."""
    folder = git.info_folder(root)
    return None if folder is None else os.path.join(folder, baseline.NAME)


def _read_baseline_of(plan: RunPlan, options: CheckOptions) -> list[baseline.Entry]:
    if not options.reads_baseline:
        return []
    read = None if plan.source is None else plan.source.read
    return read_baseline(plan.project.root, options.baseline, read)


def read_baseline(root: str, file: str | None, read: target.ReadFile | None = None) -> list[baseline.Entry]:
    """The entries of the baseline file; none if `file` is None and there is none. Raises PalintError.

    read: reads a file of the tree; None to read the disk.
    """
    name = file or baseline.NAME
    read = read or Reader(root).read
    if file is None:
        data = target.own_file(name, name, read, _BASELINE_SIZE)
    else:
        data = target.required_file(file, target.tree_path(root, file), read, _BASELINE_SIZE)
    return [] if data is None else _load_baseline(data, name)


def _load_baseline(data: bytes, name: str) -> list[baseline.Entry]:
    try:
        return baseline.load(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8; write it again with `palint baseline`") from None


def report_and_exit_code(results: Results, plan: RunPlan, options: CheckOptions) -> int:
    """Write the reports and return the exit code."""
    from palint.cli.output import write_reports

    if any(f.origin for f in wanted_formats(options)):
        results = _with_origin(results, plan.project)
    write_reports(results, plan.rules, options)
    return exit_code([(results, plan)], options)


def exit_code(runs: Iterable[tuple[Results, RunPlan]], options: CheckOptions) -> int:
    """The exit code of the runs of one command."""
    runs = list(runs)
    if not options.allow_incomplete and not all(results.complete for results, _ in runs):
        return EXIT_ERROR
    failing = any(f.severity >= plan.config.fail_on for results, plan in runs for f in results.findings)
    return EXIT_FINDINGS if failing and not options.exit_zero else EXIT_OK
