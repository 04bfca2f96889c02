"""`palint hook --pre-receive`, on a git server: refuses a push whose commits bring a secret.

git gives a line for each ref on standard input, and runs the hook before any of them is changed, with the
pushed objects in a directory of their own: https://git-scm.com/docs/githooks#pre-receive and
https://git-scm.com/docs/git-receive-pack#_quarantine_environment.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.history import checked_history, repository_root
from palint.cli.options import CheckOptions
from palint.report.escape import terminal
from palint.tree import git
from palint.tree.git import history
from palint.util.typing import NamedTuple

_LINE = re.compile(rb"([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([^\n]+)\n?")


class Update(NamedTuple):
    """A ref that a push sets. old, new: object names, all zeros where it is created or deleted."""

    old: str
    new: str
    ref: str


def pre_receive(options: CheckOptions) -> int:
    """Check the commits that a push brings, by the lines on standard input, and return the exit code.

    Each version of each file counts, also one that a later commit of the push deletes. Settings are the
    server's: those in the repository's folder or of `--config`, and the policy; none of the push.
    Raises UsageError for other lines or outside a repository, GitError.
    """
    if options.paths:
        raise UsageError("`palint hook --pre-receive` takes no file names")
    root = repository_root("palint hook --pre-receive")
    commits, others = _pushed(root, updates(sys.stdin.buffer))
    for ref in others:
        print(terminal(f"palint: {ref} points to no commit: not checked"), file=sys.stderr)
    if others:
        return EXIT_ERROR
    if not commits:
        return EXIT_OK
    tips = tuple(dict.fromkeys(history.tips(root).values()))
    return checked_history(root, options._replace(revs=commits, no_state=True), without=tips)


def updates(lines: Iterable[bytes]) -> list[Update]:
    """The refs that a push sets. Raises UsageError without any, and for a line that git does not write."""
    updated = []
    for line in [*lines] or [b""]:  # git gives one line at least
        match = _LINE.fullmatch(line)
        if match is None:
            raise UsageError(
                "`palint hook --pre-receive` reads lines `OLD NEW REF` from standard input: call it as the "
                "hook `pre-receive` of a git server"
            )
        updated.append(
            Update(match[1].decode(), match[2].decode(), match[3].decode("utf-8", "surrogateescape"))
        )
    return updated


def _pushed(root: str, pushed: Iterable[Update]) -> tuple[tuple[str, ...], list[str]]:
    """(the commits that refs are set to, the refs that are set to something else)."""
    commits: dict[str, None] = {}
    others = []
    for update in pushed:
        if not update.new.strip("0"):
            continue  # the ref is deleted
        oid = git.resolve(root, update.new)  # an annotated tag's commit
        if oid is None:
            others.append(update.ref)
        else:
            commits[oid] = None
    return tuple(commits), others
