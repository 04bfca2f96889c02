"""What `palint init` plans: the new text of each file, and notes for the user."""

from __future__ import annotations

from palint.changes.draft import Draft
from palint.changes.edits import Change
from palint.tree.project import Project
from palint.util.typing import NamedTuple


class Plan(NamedTuple):
    """What `init` would write, ascending by path, and what it tells the reader.

    detected: what it takes the repository for, one line. activate: the command that makes git run the
    hook, "" where the hooks' manager does so already.
    """

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    detected: str = ""
    activate: str = ""


class InitDraft(Draft):
    """The texts that the parts of `init` plan, and what they tell the reader."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.notes: list[str] = []
        self.detected = self.activate = ""

    def plan(self) -> Plan:
        """The finished plan, without unchanged files and links."""
        changes = self.changes()
        links = [change.path for change in changes if change.old is not None and change.old.link]
        self.notes += [f"{path} is a symbolic link, so it was left alone" for path in links]
        kept = tuple(change for change in changes if change.path not in links)
        return Plan(kept, tuple(self.notes), self.detected, self.activate)
