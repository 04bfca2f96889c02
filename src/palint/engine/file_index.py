"""Look up the rules without keywords that apply to a file, by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from palint.rule import FileFilter


class FileNameIndex:
    """Rules without keywords, indexed by whole file names and by suffixes."""

    def __init__(self, rules: Iterable[tuple[int, FileFilter]]) -> None:
        self.every: list[int] = []
        self.names: dict[str, list[int]] = {}
        self.suffixes: dict[str, list[int]] = {}
        self.others: list[tuple[str, int, Callable[[str], bool]]] = []  # (path literal, rule, predicate)
        for index, files in rules:
            if files.every:
                self.every.append(index)
                continue
            for name in files.names:
                self.names.setdefault(name, []).append(index)
            for suffix in files.suffixes:
                self.suffixes.setdefault(suffix.rpartition(".")[2], []).append(index)
            if files.matches is not None:
                self.others += [(literal, index, files.matches) for literal in files.path_literals or ("",)]
        # Most paths contain none of the literals. Those of the folder are in each of its paths.
        literals = sorted({literal for literal, _, _ in self.others})
        self._has_literal = re.compile("|".join(map(re.escape, literals))).search
        self._reach = max((literal.rstrip("/").rfind("/") + 1 for literal in literals), default=0)
        self._folder, self._in_folder = "", False

    def rules(self, path: str) -> Sequence[int]:
        """Indices of the rules that may apply to a path; `FileFilter.matches` decides."""
        path = path.lower()
        at = path.rfind("/") + 1
        name = path[at:]
        found = [*self.every, *self.names.get(name, ()), *self.suffixes.get(name[name.rfind(".") + 1 :], ())]
        if not self.others:
            return found
        if path[:at] != self._folder:
            self._folder = path[:at]
            self._in_folder = self._has_literal(self._folder) is not None
        if self._in_folder or self._has_literal(path, max(0, at - self._reach)):
            for literal, index, matches in self.others:
                if literal in path and index not in found and matches(path):
                    found.append(index)
        return found
