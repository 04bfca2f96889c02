"""A checker for versions of files and for parts of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import cached_property

from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.engine.rewritten import has_escape
from palint.file_types import HEAD
from palint.rule import Rule
from palint.text.source import SourceFile


class PartChecker(FileChecker):
    """A FileChecker for versions of files, which all differ in content.

    needs_whole_file: whether the findings in the last file may depend on all of its text.
    """

    needs_whole_file = False

    def check(self, path: str) -> FileResult | None:
        """Check one file; None when there is nothing to report."""
        self.needs_whole_file = bool(self.by_name.rules(path))
        return super().check(path)

    def is_clean_part(self, part: SourceFile, head: bytes) -> bool:
        """Whether a part of a file has neither findings nor matches that need the whole file.

        head: how the file starts, HEAD bytes.
        """
        found = self.matcher.scan(part.data)
        if not found:
            return True
        if has_escape(found) or self._needs_whole_file(found, part.path, head):
            return False
        self.heartbeat()
        self._deadline = time.monotonic() + self.config.limits.seconds
        for i, matches in self._keyword_matches(part, found, self._local).items():
            part.keyword_matches = tuple(matches)
            if self._run_rule(self.rules[i], part) != [] or part.notices:
                return False
        return True

    @cached_property
    def _local(self) -> frozenset[int]:
        """Indices of the rules that apply to files of every name and may work on a part.

        Only palint's own rules are trusted in this, since a wrong answer hides findings.
        """
        return frozenset(
            i
            for i, rule in enumerate(self.rules)
            if type(rule).__module__.startswith("palint_rules.") and rule.supports_chunks and rule.files.every
        )

    def _needs_whole_file(self, found: Iterable[tuple[int, int]], path: str, head: bytes) -> bool:
        """Whether a rule that applies to the file may read text far from one of these keywords."""
        return any(
            (i not in self._local or self.rules[i].needs_whole_file(keyword))
            and self.rules[i].files.matches(path, head)
            for pattern in {pattern for pattern, _ in found}
            for i, keyword in self.owners[pattern]
            if i >= 0
        )

    def _scan(self, file: SourceFile) -> Sequence[tuple[int, int]]:
        if self._scanned[0] is not file:
            self._scanned = file, self.matcher.scan(file.utf8)
            if self._scanned[1] and not self.needs_whole_file:
                self.needs_whole_file = self._needs_whole_file(self._scanned[1], file.path, file.data[:HEAD])
        return self._scanned[1]

    def _cache_key(self, rule: Rule, file: SourceFile) -> None:
        return None
