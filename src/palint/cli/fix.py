"""`--fix`, `--diff` and `--add-ignore`: apply the fixes of a run, show them, or suppress its findings."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence

from palint.changes import fixes, ignore_comment
from palint.changes.edits import Change, combine
from palint.changes.write import write
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.output import colored
from palint.cli.plan import RunPlan
from palint.findings import Edit, Finding, Results
from palint.report.escape import terminal
from palint.report.summary import pluralize
from palint.tree import reader
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

_ROUNDS = 10


def show_fixes(plan: RunPlan, results: Results, options: CheckOptions) -> None:
    """Print what `--fix` would change as a diff, values masked."""
    from palint.report import diff

    planned = fixes.plan(results.findings, plan.project.open, unsafe=options.unsafe_fixes)
    diff.write(planned.changes, results.findings, sys.stdout, color=colored(options.color))
    if not planned.changes:
        _print_no_fixes(results.findings, options)


def apply_fixes(
    plan: RunPlan, results: Results, options: CheckOptions, recheck: Callable[[RunPlan], Results]
) -> Results:
    """Apply the fixes, print the changed files, and return the results to report.

    Raises UsageError if a staged file differs from its working copy: it is unclear which text to fix.
    """
    original = plan
    fixed: list[Finding] = []
    skipped: Sequence[fixes.Skipped] = ()
    for _ in range(_ROUNDS):  # a fix that overlapped another is applied in the next round
        planned = fixes.plan(results.findings, plan.project.open, unsafe=options.unsafe_fixes)
        skipped = planned.skipped
        if not planned.changes:
            break
        if options.staged and not fixed:
            _refuse_changed(plan.project, planned.changes)
        for change in planned.changes:
            write(plan.project.root, change)
        fixed += planned.fixed
        plan = _on_disk(plan)
        results = recheck(plan)
    for each in skipped:
        _print(f"palint: {each.finding.span.path}: not fixed: {each.reason}")
    if not fixed and not skipped:
        _print_no_fixes(results.findings, options)
    if fixed:
        _print_fixed(fixed, options.show_fixes)
        if options.staged:
            results = recheck(original)  # the index still has the old text
            _print("The work tree was changed, not the index: `git add` the files, then commit.")
    return results


def _print_no_fixes(findings: Sequence[Finding], options: CheckOptions) -> None:
    unsafe = sum(1 for f in findings if f.fix is not None and not f.fix.safe)
    if unsafe and not options.unsafe_fixes:
        _print(f"No safe fixes; {unsafe} more with --unsafe-fixes")
    else:
        _print("No fixes to apply")


def _print_fixed(fixed: Sequence[Finding], with_each: bool) -> None:
    files = Counter(finding.span.path for finding in fixed)
    _print(f"Fixed {pluralize(len(fixed), 'finding')} in {pluralize(len(files), 'file')}:")
    for path, count in sorted(files.items()):
        _print(f"  {path}: {count}")
        for finding in fixed if with_each else ():
            if finding.span.path == path:
                _print(f"    {finding.span.start.line}: {finding.message} [{finding.rule}]")
    follow_ups = dict.fromkeys(step for f in fixed if f.fix is not None for step in f.fix.follow_up)
    if follow_ups:
        _print("Next:")
        for step in follow_ups:
            _print(f"  - {step}")


def _print(line: str) -> None:
    print(terminal(line), file=sys.stderr)


def _on_disk(plan: RunPlan) -> RunPlan:
    """The same run over the work tree after the fixes."""
    root = plan.project.root
    repository = not isinstance(plan.project.tree, WorkTree) or plan.project.tree.repository
    project = Project(root, WorkTree(root, repository=repository), plan.config.limits)
    return plan._replace(project=project)


def _refuse_changed(project: Project, changes: Sequence[Change]) -> None:
    disk = reader.Reader(project.root)
    for change in changes:
        if change.old is None or disk.read(change.path, project.limits.text).data != change.old.data:
            raise UsageError(
                f"{change.path}: the staged version differs from the working copy: "
                "stage or stash it, then fix"
            )


def add_suppressions(plan: RunPlan, results: Results, reason: str) -> int:
    """Write a suppression above every line with a finding, and list the findings where this is impossible."""
    lines: dict[tuple[str, int], list[str]] = {}
    for finding in results.findings:
        rules = lines.setdefault((finding.span.path, finding.span.start.line), [])
        if finding.rule not in rules:
            rules.append(finding.rule)
    comments = {place: _comment(plan, *place, rules, reason) for place, rules in sorted(lines.items())}
    possible = {place: comment for place, comment in comments.items() if comment is not None}
    chosen = combine(([comment] for comment in possible.values()), plan.project.open)
    written = {place for place, why in zip(possible, chosen.rejected, strict=True) if not why}
    for change in chosen.changes:
        write(plan.project.root, change)
    print(f"{pluralize(len(written), 'suppression')} written in {pluralize(len(chosen.changes), 'file')}")
    impossible = [f for f in results.findings if (f.span.path, f.span.start.line) not in written]
    for finding in impossible:
        print(
            f"palint: {terminal(finding.span.path)}:{finding.span.start.line}: no comment is possible here; "
            f"accept {finding.rule} with [[allow]] in the settings",
            file=sys.stderr,
        )
    return EXIT_ERROR if impossible else EXIT_OK


def _comment(plan: RunPlan, path: str, line: int, rules: list[str], reason: str) -> Edit | None:
    """The edit that inserts a suppression above a line; None if no comment is possible there."""
    file = plan.project.open(path)
    return None if file is None or file.link else ignore_comment.insertion(file, line, rules, reason)
