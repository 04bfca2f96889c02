"""Which rules want a file, looked up by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from palint.rule import FileFilter
from palint.util import lazy_re


class FileNameIndex:
    """The rules without keywords, found by a file's name: by its endings and whole name in dictionaries."""

    def __init__(self, rules: Iterable[tuple[int, FileFilter]]) -> None:
        self.every: list[int] = []
        self.names: dict[str, list[int]] = {}
        self.suffixes: dict[str, list[int]] = {}
        self.others: list[tuple[str, int, Callable[[str], bool]]] = []  # by a part of the path
        for index, files in rules:
            if files.every:
                self.every.append(index)
                continue
            for name in files.names:
                self.names.setdefault(name, []).append(index)
            for suffix in files.suffixes:
                self.suffixes.setdefault(suffix.rpartition(".")[2], []).append(index)
            if files.matches is not None:
                self.others += [(clue, index, files.matches) for clue in files.path_literals or ("",)]
        # One look for all clues: most paths hold none. What a folder holds, each path in it does.
        clues = {clue for clue, _, _ in self.others}
        self._clue = lazy_re.compile("|".join(sorted(map(re.escape, clues))))
        self._reach = max((clue.rstrip("/").rfind("/") + 1 for clue in clues), default=0)
        self._folder, self._in_folder = "", False

    def rules(self, path: str) -> Sequence[int]:
        """Indices of the rules that may want a file of this path; `Files.wants` has the last word."""
        path = path.lower()
        at = path.rfind("/") + 1
        name = path[at:]
        found = [*self.every, *self.names.get(name, ()), *self.suffixes.get(name[name.rfind(".") + 1 :], ())]
        if not self.others:
            return found
        if path[:at] != self._folder:
            self._folder = path[:at]
            self._in_folder = self._clue.search(self._folder) is not None
        if self._in_folder or self._clue.search(path, max(0, at - self._reach)):
            for clue, index, matches in self.others:
                if clue in path and index not in found and matches(path):
                    found.append(index)
        return found
