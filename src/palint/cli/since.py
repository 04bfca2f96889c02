"""`--since REV`: which files changed since the merge base, and what the change edits of its own verdict."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from palint import baseline, suppressions
from palint.cli.exit_codes import UsageError
from palint.cli.target import Target, inside
from palint.config.settings import SETTINGS_FILES
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.project import Project


class AddedSuppressions(NamedTuple):
    """What a change brings along that lets findings pass.

    suppressions: (path, offset) of the comments. settings: {settings file that it edits: the bytes before,
    None for a new file}. baseline: the text before, where it edits that; None where it does not.
    """

    suppressions: frozenset[tuple[str, int]] = frozenset()
    settings: Mapping[str, bytes | None] = {}
    baseline: str | None = None


def changed(project: Project, revision: str, where: Target) -> tuple[Sequence[str] | None, AddedSuppressions]:
    """(the paths in scope that changed since the merge base of HEAD and `revision`, what the change adds).

    None, for the whole project, with a notice, where there is no such base: a shallow clone, an all-zero
    object name (the first push of a branch), a revision that was not fetched. Raises UsageError without a
    repository.
    """
    if not where.repository:
        raise UsageError(f"--since needs a git repository, and {where.root!r} is in none")
    base = _base(project.root, revision)
    if base is None:
        project.add_notice(
            "",
            "note",
            f"there is no merge base with {revision!r} here (not fetched?), so everything was checked",
        )
        return (
            None if not where.scope else [p for p in project.files() if inside(p, where.scope)]
        ), AddedSuppressions()
    changes = {c.path: c for c in git.changed_since(project.root, base) if not c.path.endswith("/")}
    added = _note_additions(project, list(changes.values()))
    return sorted((p for p in changes if inside(p, where.scope)), key=os.fsencode), added


def _base(root: str, revision: str) -> str | None:
    if not revision.strip("0"):
        return None
    theirs, ours = git.resolve(root, revision), git.resolve(root, "HEAD")
    if theirs is None or ours is None:
        return None
    return git.merge_base(root, theirs, ours)


def _note_additions(project: Project, changes: Sequence[git.Change]) -> AddedSuppressions:
    """Notices of the suppressions, settings and baseline entries that the change brings along."""
    places: list[tuple[str, int, int]] = []
    settings: dict[str, bytes | None] = {}
    known = None
    with git.Blobs(project.root) as blobs:
        for change in changes:
            file = project.open(change.path)
            if file is None:
                continue
            old = _old(blobs, change, project.limits.text)
            places += [(change.path, line, offset) for line, offset in _new_suppressions(file, old)]
            if change.path == baseline.NAME:
                known = old.text if old is not None else ""
                _say_entries(project, file, known)
            elif change.path in SETTINGS_FILES:
                settings[change.path] = None if old is None else old.data
                if change.path == "palint.toml" or "tool.palint" in file.text:
                    project.add_notice(change.path, "note", "this change edits the settings of palint")
    if places:
        named = ", ".join(f"{path}:{line}" for path, line, _ in places[:10])
        more = f" and {len(places) - 10} more" if len(places) > 10 else ""
        project.add_notice("", "note", f"this change adds {_many(len(places), 'suppression')}: {named}{more}")
    return AddedSuppressions(frozenset((path, offset) for path, _, offset in places), settings, known)


def _say_entries(project: Project, file: SourceFile, known: str) -> None:
    before = set(known.splitlines())
    count = len([line for line in file.text.splitlines() if line.strip() and line not in before])
    if count:
        project.add_notice(file.path, "note", f"this change adds {_many(count, 'baseline entry')}")


def _old(blobs: git.Blobs, change: git.Change, limit: int) -> SourceFile | None:
    if change.old is None:
        return None
    try:
        return SourceFile(change.path, blobs.read(change.old, limit))
    except git.GitError:
        return None  # not here (a partial clone): then everything in the file counts as added


def _new_suppressions(file: SourceFile, old: SourceFile | None) -> list[tuple[int, int]]:
    """(line, offset) of the suppressions in a file that its old text did not have as many of."""
    if b"palint:" not in file.utf8 and b"list secret" not in file.utf8:
        return []

    def options(text: SourceFile, s: suppressions.Suppression) -> str:
        return text.text[s.span.offset : s.span.end_offset]

    known = Counter(options(old, s) for s in suppressions.find(old)) if old is not None else Counter[str]()
    new = []
    for each in suppressions.find(file):
        text = options(file, each)
        if known[text] > 0:
            known[text] -= 1
        else:
            new.append((each.span.start.line, each.span.offset))
    return new


def _many(count: int, word: str) -> str:
    if count == 1:
        return f"1 {word}"
    return f"{count} {word[:-1]}ies" if word.endswith("y") else f"{count} {word}s"
