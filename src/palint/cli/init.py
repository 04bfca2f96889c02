"""`palint init`: show what would be written, ask, write."""

from __future__ import annotations

import sys

from palint import baseline, registry
from palint.cli import target
from palint.cli.exit_codes import EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.output import colored
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute
from palint.findings import Results
from palint.init import apply, plan
from palint.init.plan import Plan
from palint.report import diff
from palint.report.escape import terminal
from palint.tree.project import Project
from palint.tree.worktree import WorkTree


def init(yes: bool, dry_run: bool, *, everywhere: bool = False) -> int:
    """Plan for the current directory's repository, and write if the user agrees.

    everywhere: for all repositories of the user, a hook.

    Raises UsageError without a repository, or without a terminal to ask on.
    """
    if everywhere:
        return _init_machine(yes, dry_run)
    rules = registry.load()
    where = target.find(())
    if not where.repository:
        raise UsageError(f"{where.root!r} is not inside a git repository: run `git init` first")
    config = resolve_config(CheckOptions(), where.root, rules)
    project = Project(where.root, WorkTree(where.root, repository=True), config.limits)

    def check() -> Results:
        return execute(RunPlan(project, config, rules, None, ()), CheckOptions(isolated=True, quiet=True))

    planned = plan(project, check)
    _show(planned)
    if not planned.changes:
        print("Nothing to write: the configuration of the hook and the CI step is there.")
    elif dry_run:
        print(f"{len(planned.changes)} files would be written.")
    elif _agreed(yes):
        written = apply(where.root, planned)
        print(f"{len(written)} files written: {', '.join(map(terminal, written))}")
    else:
        print("Nothing written.")
        return EXIT_OK
    if not dry_run:
        print("Next: `palint` shows what is found today, `palint baseline` accepts it.")
        if planned.activate:
            print(f"{planned.activate} activates the hook.")
    return EXIT_OK


def _init_machine(yes: bool, dry_run: bool) -> int:
    from shlex import quote

    from palint.init import machine

    hooks = machine.plan(f"{quote(sys.executable)} -I -m palint")
    print(f"Each commit on this machine is checked by a hook in {terminal(hooks.folder)}.")
    print("A repository that sets core.hooksPath itself (husky does) has other hooks: add palint to them.")
    if hooks.file:
        print("git looks for hooks in that folder alone, so its scripts also run a repository's own hooks.")
        print(f"{terminal(hooks.file)}: core.hooksPath = {terminal(hooks.folder)}")
    if dry_run:
        return EXIT_OK
    if not _agreed(yes):
        print("Nothing written.")
        return EXIT_OK
    try:
        machine.write(hooks)
    except OSError as error:
        raise UsageError(f"{hooks.folder}: {error.strerror}") from None
    print("Written. To take it back: git config --global --unset core.hooksPath")
    return EXIT_OK


def _show(planned: Plan) -> None:
    print(f"Detected: {terminal(planned.detected)}.")
    for change in planned.changes:
        if change.path == baseline.NAME:  # lines of hashes, which no one can review
            old = change.old.text if change.old else ""
            added = len(baseline.load(change.text)) - len(baseline.load(old))
            print(f"{change.path}: {added} more accepted findings")
            continue
        diff.write([change], (), sys.stdout, color=colored("auto"))
    for note in planned.notes:
        for line in note.splitlines():
            print(terminal(line))


def _agreed(yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("not a terminal: pass --yes to write, or --dry-run to see the changes")
    return input("Write these files? [y/N] ").strip().lower() in ("y", "yes")
