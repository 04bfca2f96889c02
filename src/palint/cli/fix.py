"""`--fix`, `--diff` and `--add-ignore`: what palint writes into the work tree."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from palint.cli import UsageError
from palint.cli.check import CheckOptions, RunPlan
from palint.cli.output import colored
from palint.findings import Results
from palint.fixes import plan as fix_plan
from palint.report.escape import terminal
from palint.text.source import SourceFile
from palint.tree import reader
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

_ROUNDS = 10


def fix(
    request: RunPlan, results: Results, words: CheckOptions, again: Callable[[RunPlan], Results]
) -> Results:
    """Apply the fixes, or show them with `--diff`, and give what is left to report.

    Raises UsageError when a staged file differs from its working copy: there is no one text to fix.
    """
    if words.diff:
        from palint.report.diff import write

        plan = fix_plan.plan(results.findings, request.project.open, unsafe=words.unsafe_fixes)
        write(plan.changes, results.findings, sys.stdout, color=colored(words.color))
        return results
    checked = request
    fixed: set[str] = set()
    count = 0
    for _ in range(_ROUNDS):  # a fix that overlapped another is made in the next round
        plan = fix_plan.plan(results.findings, request.project.open, unsafe=words.unsafe_fixes)
        if not plan.changes:
            break
        if words.staged and not fixed:
            _refuse_changed(request.project, [c.file for c in plan.changes])
        for change in plan.changes:
            fix_plan.write(request.project.root, change)
        count += len(plan.fixed)
        fixed |= {change.file.path for change in plan.changes}
        request = _on_disk(request)
        results = again(request)
    for skipped in plan.skipped:
        print(terminal(f"palint: {skipped.finding.span.path}: not fixed: {skipped.reason}"), file=sys.stderr)
    if count:
        what = f"palint: {_many(count, 'finding')} fixed in {_many(len(fixed), 'file')}"
        if words.staged:
            results = again(checked)  # what the next commit holds is still the old text
            print(f"{what} of the work tree: `git add` what was fixed, then commit", file=sys.stderr)
        else:
            print(f"{what}, and checked again", file=sys.stderr)
    return results


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _on_disk(request: RunPlan) -> RunPlan:
    """The same run over the work tree, which the fixes have changed."""
    root = request.project.root
    repository = not isinstance(request.project.tree, WorkTree) or request.project.tree.repository
    project = Project(root, WorkTree(root, repository=repository), request.config.limits)
    return request._replace(project=project)


def _refuse_changed(project: Project, changed: Sequence[SourceFile]) -> None:
    disk = reader.Reader(project.root)
    for file in changed:
        if disk.read(file.path, project.limits.text).data != file.data:
            raise UsageError(
                f"{file.path}: what is staged differs from the working copy: stage or stash it, then --fix"
            )
