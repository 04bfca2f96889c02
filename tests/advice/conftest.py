"""What the tests of advice share."""

from __future__ import annotations

from pathlib import Path

from palint.tree.project import Project
from palint.tree.worktree import WorkTree

USUAL = ("production", "staging", "development")


def project(root: Path, files: dict[str, str]) -> Project:
    """The project of some files, written below a folder."""
    root.mkdir(exist_ok=True)
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return Project(str(root), WorkTree(str(root), repository=False))
