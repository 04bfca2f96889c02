"""`--since REV`: which files changed since the merge base."""

from __future__ import annotations

import os
from collections.abc import Sequence

from palint import git
from palint.cli import UsageError
from palint.cli.target import Target, inside
from palint.project import Project


def changed(project: Project, revision: str, where: Target) -> Sequence[str] | None:
    """The paths in scope that changed since the merge base of HEAD and `revision`.

    None, for the whole project, with a notice, where there is no such base: a shallow clone, an all-zero
    object name (the first push of a branch), a revision that was not fetched. Raises UsageError without a
    repository.
    """
    if not where.repository:
        raise UsageError(f"--since needs a git repository, and {where.root!r} is in none")
    base = _base(project.root, revision)
    if base is None:
        project.note(
            "",
            "note",
            f"there is no merge base with {revision!r} here (not fetched?), so everything was checked",
        )
        return None if not where.scope else [p for p in project.files() if inside(p, where.scope)]
    paths = dict.fromkeys(change.path for change in git.changed_since(project.root, base))
    return sorted((p for p in paths if inside(p, where.scope) and not p.endswith("/")), key=os.fsencode)


def _base(root: str, revision: str) -> str | None:
    if not revision.strip("0"):
        return None
    theirs, ours = git.resolve(root, revision), git.resolve(root, "HEAD")
    if theirs is None or ours is None:
        return None
    return git.merge_base(root, theirs, ours)
