"""`palint baseline`: write the known findings, list or add new ones, or remove stale entries."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence

from palint import baseline, registry
from palint.baseline import Entry
from palint.changes.edits import Change, ChangeError
from palint.changes.write import write
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_FINDINGS, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, resolve_config, source_of
from palint.cli.run import execute, local_baseline_path, read_baseline
from palint.findings import Finding, Notice, Results
from palint.report.escape import terminal
from palint.report.summary import pluralize
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.tree.reader import Reader
from palint.tree.worktree import WorkTree
from palint.util.typing import NamedTuple

_MAX_LISTED = 20  # new findings that are listed


class _File(NamedTuple):
    """One baseline: its path, its entries (None without a file), and the findings that belong in it."""

    path: str
    entries: Sequence[Entry] | None
    findings: Sequence[Finding]
    local: bool


def write_baseline(options: CheckOptions, *, add: bool, prune: bool) -> int:
    """Write the baseline of the given paths' root, or list new findings. Raises UsageError.

    options: paths, baseline, settings and policy count. add: also to an existing baseline. prune: only drop
    entries that are no longer found.
    """
    plan, results = _check_everything(options)
    if not is_complete(results.notices):
        return EXIT_ERROR
    allowed = plan.config.allow_suppressing
    refused = [f for f in results.findings if allowed is not None and f.rule not in allowed]
    files = _files(options, plan, [f for f in results.findings if f not in refused])
    if prune:
        if files[0].entries is None:
            name = options.baseline or baseline.NAME
            raise UsageError(f"there is no {name} to prune; `palint baseline` writes one")
        for file in files:
            _prune(file, results.rules)
        return EXIT_OK
    codes = [_write(file, add) for file in files if file.findings or not file.local]
    attributes = plan.project.open(".gitattributes")
    if attributes is None or not baseline.is_merged(attributes.text):
        print(f"With {baseline.ATTRIBUTE!r} in .gitattributes git merges it without conflicts.")
    if refused:
        print(f"Not accepted, since the policy does not allow it: {pluralize(len(refused), 'finding')}.")
        _list(refused)
        codes.append(EXIT_FINDINGS)
    return max(codes)


def is_complete(notices: Iterable[Notice]) -> bool:
    """Whether everything was checked; if not, print what was not, and that no baseline was written."""
    lost = [notice for notice in notices if not notice.complete]
    for notice in lost:
        print(terminal(f"palint: {notice.path}: {notice.message}"), file=sys.stderr)
    if lost:
        print("palint: not everything could be checked, so no baseline was written", file=sys.stderr)
    return not lost


def _check_everything(options: CheckOptions) -> tuple[RunPlan, Results]:
    rules = registry.load()
    where = target.find(options.paths)
    if where.scope:
        raise UsageError("a baseline is for a whole repository: pass its root, or no path")
    config = resolve_config(options, where.root, rules, source_of(options, where))
    project = Project(where.root, WorkTree(where.root, repository=where.repository), config.limits)
    plan = RunPlan(project, config, rules, None, None)
    return plan, execute(plan, CheckOptions(isolated=True))


def _files(options: CheckOptions, plan: RunPlan, findings: Sequence[Finding]) -> list[_File]:
    """The committed baseline, and the local one for findings in files that git ignores."""
    root = plan.project.root
    path = options.baseline or os.path.join(root, baseline.NAME)
    entries = read_baseline(root, options.baseline) if os.path.lexists(path) else None
    local = None if options.baseline else local_baseline_path(root)
    if local is None:
        return [_File(path, entries, findings, False)]
    ignored = frozenset(plan.project.ignored())
    own = [f for f in findings if f.span.path in ignored]
    others = [f for f in findings if f.span.path not in ignored]
    known = read_baseline(root, local) if os.path.exists(local) else None
    return [_File(path, entries, others, False), _File(local, known, own, True)]


def _write(file: _File, add: bool) -> int:
    match = baseline.match(file.findings, file.entries or (), ())
    count = pluralize(len(file.findings), "finding")
    where = f"{count} in files that git ignores, for this clone alone" if file.local else count
    if file.entries is None or (add and match.new):
        _store(file.path, baseline.dump([*(file.entries or ()), *baseline.entries(file.findings)]))
        last = "" if file.local else " Commit it; only new findings fail from now on."
        print(terminal(f"{file.path}: {where}.{last}"))
        return EXIT_OK
    print(terminal(f"{file.path}: {len(match.baselined)} known, {len(match.new)} new."))
    _list(match.new)
    if match.new:
        print("Fix them, or accept them with `palint baseline --add`.")
    return EXIT_FINDINGS if match.new else EXIT_OK


def _list(findings: Sequence[Finding]) -> None:
    for finding in findings[:_MAX_LISTED]:
        print(terminal(f"  {finding.span.path}:{finding.span.start.line} {finding.rule}"))
    if len(findings) > _MAX_LISTED:
        print(f"  and {len(findings) - _MAX_LISTED} more")


def _prune(file: _File, rules: Collection[str]) -> None:
    if file.entries is None:
        return
    stale = baseline.match(file.findings, file.entries, rules).stale
    if stale or not file.local:
        _store(file.path, baseline.dump(baseline.prune(file.entries, stale)))
        print(terminal(f"{file.path}: {len(stale)} of {len(file.entries)} entries dropped"))


def _store(path: str, text: str) -> None:
    """Write a baseline. Raises UsageError for one that cannot be replaced, such as a link."""
    folder, name = os.path.split(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
        now = Reader(folder).read(name, sys.maxsize)
        old = None if now.is_missing else SourceFile(name, now.data or b"", link=now.link)
        write(folder, Change(name, old, text.encode("utf-8", "backslashreplace")))
    except (ChangeError, OSError) as error:
        raise UsageError(f"{path!r} cannot be written: {error}") from None
