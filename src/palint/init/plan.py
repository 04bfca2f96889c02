"""Build a plan: the new text of each file, and notes for the user."""

from __future__ import annotations

from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple


class PlannedFile(NamedTuple):
    """A file to write; `old` is None if it does not exist yet."""

    path: str
    old: SourceFile | None
    new: str

    def data(self) -> bytes:
        """The new bytes, in the old file's encoding and with its byte order mark."""
        if self.old is None:
            return self.new.encode("utf-8")
        errors = "surrogatepass" if self.old.encoding.startswith("utf-") else "strict"
        return self.old.bom + self.new.encode(self.old.encoding, errors)


class Plan(NamedTuple):
    """What `init` would write, ascending by path, and what it tells the reader.

    detected: what it takes the repository for, one line. activate: the command that makes git run the
    hook, "" where the hooks' manager does so already.
    """

    changes: tuple[PlannedFile, ...]
    notes: tuple[str, ...]
    detected: str = ""
    activate: str = ""


class PlanBuilder:
    """Collects the texts that the parts of `init` replace; writes nothing itself."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.notes: list[str] = []
        self.detected = self.activate = ""
        self._new: dict[str, str] = {}

    def exists(self, path: str) -> bool:
        """Whether the project has this file, or the plan does."""
        return path in self._new or self.project.open(path) is not None

    def text(self, path: str) -> str:
        """A file's text as planned so far; "" if there is none."""
        if path in self._new:
            return self._new[path]
        file = self.project.open(path)
        return "" if file is None else file.text

    def put(self, path: str, text: str) -> None:
        """Plan a file's whole text."""
        self._new[path] = text

    def append(self, path: str, lines: str) -> None:
        """Plan lines at the end of a file, with its line ends."""
        text = self.text(path)
        end = "\r\n" if "\r\n" in text else "\n"
        if text and not text.endswith(("\n", "\r")):
            text += end
        self.put(path, text + lines.replace("\n", end))

    def plan(self) -> Plan:
        """The finished plan, without unchanged files."""
        changes = []
        for path, new in sorted(self._new.items()):
            old = self.project.open(path)
            if old is not None and old.link:
                self.notes.append(f"{path} is a symbolic link, so it was left alone")
            elif old is None or old.text != new:
                changes.append(PlannedFile(path, old, new))
        return Plan(tuple(changes), tuple(self.notes), self.detected, self.activate)
