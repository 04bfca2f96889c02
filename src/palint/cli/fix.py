"""`--fix`, `--diff` and `--add-ignore`: apply the fixes of a run, show them, or suppress its findings."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from palint.changes import fixes as fixing
from palint.changes import ignore_comment
from palint.changes.edits import Change, combine
from palint.changes.write import write
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.output import colored
from palint.cli.plan import RunPlan
from palint.cli.run import execute
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

    planned = fixing.plan(results.findings, plan.project.open, unsafe=options.unsafe_fixes)
    diff.write(planned.changes, results.findings, sys.stdout, color=colored(options.color))
    if not planned.changes:
        _print_no_fixes(results.findings, options)


def apply_fixes(plan: RunPlan, results: Results, options: CheckOptions) -> Results:
    """Apply the fixes, print the changed files, and return the results to report.

    Raises UsageError if a staged file differs from its working copy: it is unclear which text to fix.
    """
    original = plan
    fixed: list[Finding] = []
    skipped: Sequence[fixing.Skipped] = ()
    for _ in range(_ROUNDS):  # a fix that overlapped another is applied in the next round
        planned = fixing.plan(results.findings, plan.project.open, unsafe=options.unsafe_fixes)
        skipped = planned.skipped
        if not planned.changes:
            break
        if options.staged:
            _refuse_changed(plan.project, planned.changes)
        for change in planned.changes:
            write(plan.project.root, change)
        fixed += planned.fixed
        plan = _on_disk(plan)
        results = execute(plan, options)
    for each in skipped:
        _print(f"palint: {each.finding.span.path}: not fixed: {each.reason}")
    if not fixed and not skipped:
        _print_no_fixes(results.findings, options)
    if fixed:
        _print_fixed(fixed, options.show_fixes)
        if options.staged:
            results = execute(original, options)  # the index still has the old text
            _print("The work tree was changed, not the index: `git add` the files, then commit.")
    return results


def _print_no_fixes(findings: Sequence[Finding], options: CheckOptions) -> None:
    left = sum(f.fix is not None for f in findings)
    if left and not options.unsafe_fixes:
        _print(f"No safe fixes; {left} with --unsafe-fixes")
    else:
        _print("No fixes to apply")


def _print_fixed(fixed: Sequence[Finding], with_each: bool) -> None:
    by_path: dict[str, list[Finding]] = {}
    for finding in fixed:
        by_path.setdefault(finding.span.path, []).append(finding)
    _print(f"Fixed {pluralize(len(fixed), 'finding')} in {pluralize(len(by_path), 'file')}:")
    for path, in_file in sorted(by_path.items()):
        _print(f"  {path}: {len(in_file)}")
        for finding in in_file if with_each else ():
            _print(f"    {finding.span.start.line}: {finding.message} [{finding.rule}]")
    fixes = filter(None, (finding.fix for finding in fixed))
    follow_ups = dict.fromkeys(step for fix in fixes for step in fix.follow_up)
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
        assert change.old is not None  # no fix makes a file
        if disk.read(change.path, project.limits.text).data != change.old.data:
            raise UsageError(
                f"{change.path}: the staged version differs from the working copy: "
                "stage or stash it, then fix"
            )


def add_suppressions(plan: RunPlan, results: Results, reason: str) -> int:
    """Write a suppression above every line with a finding, and list the findings where this is impossible."""
    lines: dict[tuple[str, int], dict[str, None]] = {}
    for finding in results.findings:
        lines.setdefault((finding.span.path, finding.span.start.line), {})[finding.rule] = None
    comments = {place: _comment(plan, *place, [*rules], reason) for place, rules in sorted(lines.items())}
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
