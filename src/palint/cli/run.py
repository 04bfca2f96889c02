"""Run a plan: the engine with progress, the baseline, the reports and the exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

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
from palint.tree.worktree import WorkTree
from palint.util.named_tuple import NamedTuple

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
            jobs=options.jobs or 0,
            progress=progress,
            excerpts=_shows_excerpts(options),
            context=any(f.context for f in wanted_formats(options)),
            edits=options.fix or options.diff or any(f.edits for f in wanted_formats(options)),
            cache=_uses_cache(options.cache),
            in_process=in_process,
            base=None if sides is None else sides.base,
        )
        results = _with_stored(results, plan, options)
    if not results.files and not results.notices:
        nothing = Notice("", "note", "no files to check")
        results = results._replace(notices=(nothing,))
    if sides is None:
        return with_baseline(results, plan, options)
    return _with_additions(results, plan, sides, options)


def _changed_out_of_scope(plan: RunPlan) -> Sequence[str]:
    """What a change deletes, or edits outside of the scope: it may cause findings in other files."""
    if plan.base is None or plan.scope is None:
        return ()
    scope = frozenset(plan.scope)
    paths = [path for path in plan.base.changes if path not in scope]
    links = (c.path for c in plan.base.changes.values() if _is_link(c.old) or _is_link(c.new))
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
    """The base of a change, and the entries of the baseline there and at the head."""

    base: BaseOfChange
    before: Sequence[baseline.Entry]
    after: Sequence[baseline.Entry]


def _sides(plan: RunPlan, base: Base, options: CheckOptions) -> _Sides:
    from palint.engine.base_check import BaseOfChange
    from palint.engine.run import select

    root = plan.project.root
    unused = options.isolated and options.baseline is None
    after = (None if unused else _read_baseline_of(plan, options)) or []
    name = baseline.NAME if options.baseline is None else target.tree_path(root, options.baseline)
    before = after
    if name is not None and name in base.own:
        data = base.read(base.own[name])
        before = [] if data is None else _load_baseline(data, f"{name}, at the base of the change")
    if not plan.config.allow_new_suppressions:
        after = [entry for entry in after if entry in set(before)]
    project = Project(root, base_tree(base), plan.config.limits, plan.project)
    plan.project.base = project
    paths = frozenset(change.path for change in base.changes.values() if change.old is not None)
    keys = frozenset(entry[:3] for entry in after)
    of_base = BaseOfChange(project, plan.before, lambda: select(plan.before, plan.rules), paths, keys)
    return _Sides(of_base, before, after)


def _with_additions(results: Results, plan: RunPlan, sides: _Sides, options: CheckOptions) -> Results:
    """The results of a change, with the findings marked that it accepts itself."""
    outside = tuple(f for f in results.outside if target.inside(f.span.path, plan.within))
    if plan.base is None or not (sides.after or results.suppressed or plan.edited or outside):
        return results
    from palint.engine.additions import Compared, State, mark_additions

    before = State(sides.base.project, plan.before, sides.before)
    head = State(plan.project, plan.config, sides.after)
    changes, jobs = plan.base.changes, options.jobs or 0
    change = Compared(before, head, changes, plan.edited, plan.rules, plan.scope, jobs)
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
    if options.isolated and options.baseline is None:
        return results
    root = plan.project.root
    entries = _read_baseline_of(plan, options)
    local = local_baseline_path(root) if options.baseline is None and plan.scope is None else None
    own = read_baseline(root, local) if local is not None and os.path.exists(local) else None
    if entries is None and own is None:
        return results
    entries = [*(entries or ()), *(own or ())]
    allow_suppressing = plan.config.allow_suppressing
    if allow_suppressing is not None:
        entries = [e for e in entries if e.rule in allow_suppressing]
    match = baseline.match(results.findings, entries, results.rules)
    if match.baselined and plan.scope is not None:
        everywhere = _everywhere(plan, {f.rule for f in match.baselined}, options)
        match = baseline.match_part(results.findings, everywhere, entries)
    notices = results.notices
    if match.stale and plan.scope is None:
        count = len(match.stale)
        entries_ = "1 entry" if count == 1 else f"{count} entries"
        notices = (
            *notices,
            Notice(
                options.baseline or baseline.NAME,
                "note",
                f"{entries_} no longer found; `palint baseline --prune` drops them",
            ),
        )
    return results._replace(findings=match.new, baselined=match.baselined, notices=notices)


def _everywhere(plan: RunPlan, rules: set[str], options: CheckOptions) -> Sequence[Finding]:
    """The findings of some rules in the whole tree."""
    from palint.engine.run import run

    config = plan.config._replace(select=tuple(sorted(rules)), ignore=())
    project = plan.project
    return run(project, config, plan.rules, ignored=None, jobs=options.jobs or 0).findings


def local_baseline_path(root: str) -> str | None:
    """The path of this clone's own baseline, for findings in ignored files; None without a repository."""
    folder = git.info_folder(root)
    return None if folder is None else os.path.join(folder, baseline.NAME)


def _read_baseline_of(plan: RunPlan, options: CheckOptions) -> list[baseline.Entry] | None:
    read = None if plan.source is None else plan.source.read
    return read_baseline(plan.project.root, options.baseline, read)


def read_baseline(
    root: str, file: str | None, read: target.ReadFile | None = None
) -> list[baseline.Entry] | None:
    """The entries of the baseline file; None if there is none. Raises UsageError.

    read: reads a file of the tree; None to read the disk.
    """
    from palint.tree.reader import Reader

    path = baseline.NAME if file is None else target.tree_path(root, file)
    if path is not None:
        content = (read or Reader(root).read)(path, _BASELINE_SIZE)
        if target.is_missing(content):
            if file is None:
                return None
            raise UsageError(f"{file}: the baseline cannot be read: the checked tree has no such file")
        if content.data is None or content.link:
            name = file or baseline.NAME
            raise UsageError(f"{name}: {target.why_unread(content)}; a baseline must be a regular file")
        return _load_baseline(content.data, file or baseline.NAME)
    assert file is not None
    try:
        with open(os.path.abspath(file), "rb") as handle:
            data = handle.read(_BASELINE_SIZE + 1)
        if len(data) > _BASELINE_SIZE:
            raise UsageError(f"{file}: larger than a baseline can be (64 MiB)")
        return _load_baseline(data, file)
    except OSError as error:
        raise UsageError(f"{file}: the baseline cannot be read: {error.strerror}") from None


def _load_baseline(data: bytes, name: str) -> list[baseline.Entry]:
    try:
        return baseline.load(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8; write it again with `palint baseline`") from None
    except baseline.BaselineError as error:
        raise UsageError(str(error)) from None


def report_and_exit_code(results: Results, plan: RunPlan, options: CheckOptions) -> int:
    """Write the reports and return the exit code."""
    if options.add_ignore is not None:
        from palint.cli.fix import add_suppressions

        return add_suppressions(plan, results, options.add_ignore)
    from palint.cli.output import write_reports

    if any(f.origin for f in wanted_formats(options)):
        results = _with_origin(results, plan.project)
    write_reports(results, plan.rules, options)
    if not results.complete and not options.allow_incomplete:
        return EXIT_ERROR
    failing = any(f.severity >= plan.config.fail_on for f in results.findings)
    return EXIT_FINDINGS if failing and not options.exit_zero else EXIT_OK
