"""Collect the new texts of files, each planned on top of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.changes.edits import Change, line_end, whole
from palint.tree.project import Project


class Draft:
    """The files that a command plans to write in a project; writes nothing itself."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._planned: dict[str, tuple[str, tuple[str, ...]]] = {}  # {path: (text, what)}

    def __contains__(self, path: str) -> bool:
        """Whether a text is planned for a path."""
        return path in self._planned

    def __iter__(self) -> Iterator[str]:
        """The paths with a planned text, in the order in which they were first planned."""
        return iter(self._planned)

    def exists(self, path: str) -> bool:
        """Whether the project has this file, or the draft does."""
        return path in self._planned or self.project.open(path) is not None

    def text(self, path: str) -> str:
        """A file's text as planned so far; "" if there is none."""
        return self._planned[path][0] if path in self._planned else self.project.text(path)

    def put(self, path: str, text: str, what: Iterable[str] = ()) -> None:
        """Plan a file's whole text. what: the changes in words, one clause each."""
        self._planned[path] = (text, tuple(what))

    def append(self, path: str, lines: str, what: Iterable[str] = ()) -> None:
        """Plan lines at the end of a file, with its line ends. what: as of `put`."""
        text = self.text(path)
        end = line_end(text)
        if text and not text.endswith(("\n", "\r")):
            text += end
        self.put(path, text + lines.replace("\n", end), what)

    def changes(self) -> tuple[Change, ...]:
        """The changes of unequal texts, ascending by path. Raises ChangeError."""
        found = []
        for path, (text, what) in sorted(self._planned.items()):
            old = self.project.open(path)
            if old is None or old.text != text:
                found.append(whole(path, old, text, what))
        return tuple(found)
