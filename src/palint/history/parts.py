"""A checker for versions of files and for parts of them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cached_property

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.engine.rewritten import has_sign, rewritten
from palint.files import HEAD
from palint.findings import Violation
from palint.prefilter import Confirm, Matcher
from palint.rule import REACH, Reads, Rule
from palint.text.escapes import is_always_compared
from palint.text.source import SourceFile
from palint.tree.project import Project


class PartChecker(FileChecker):
    """A FileChecker for versions of files, which all differ in content.

    needs_whole_file: whether the findings in the last file may depend on all of its text.
    rules_needing_whole_file: indices of the rules that need all of it, but can find no value in it.
    """

    needs_whole_file = False

    def __init__(
        self, project: Project, config: Config, rules: Sequence[Rule], excerpts: bool = True
    ) -> None:
        super().__init__(project, config, rules, excerpts)
        self._forbidding = {rule.id() for rule in rules if rule.reads is Reads.NAME}
        self._named: dict[str, bool] = {}  # by path: whether rules apply to it by its name
        self.rules_needing_whole_file: set[int] = set()

    def check(self, path: str) -> FileResult | None:
        """Check one file; None when there is nothing to report."""
        self.needs_whole_file, self.rules_needing_whole_file = self._has_rules(path), set()
        return super().check(path)

    def has_nothing_to_check(self, path: str, data: bytes) -> bool:
        """Whether no rule applies to a file of this name and content: half of all versions."""
        if self._has_rules(path) or not super().has_nothing_to_check(path, data):
            return False
        self.needs_whole_file, self.rules_needing_whole_file = False, set()
        return True

    def _has_rules(self, path: str) -> bool:
        """Whether any rule applies to a file because of its name."""
        known = self._named.get(path)
        if known is None:
            known = self._named[path] = bool(self.by_name.rules(path))
        return known

    def is_clean_part(self, part: SourceFile, whole: SourceFile) -> bool:
        """Whether a part of a file has neither findings nor matches that need the whole file.

        The part is whole lines where the language is always compared with what it reads
        (`escapes.is_always_compared`): there an escape ends on its line, or joins it with the next one.
        """
        hits = self.matcher.scan(part.data, whole.path)
        if has_sign(hits) or self._needs_whole_file(hits, whole):
            return False
        if is_always_compared(whole.path) and any(rewritten(part, hits, self._scan)):
            return False
        if not hits:
            return True
        self.heartbeat()
        self._deadline = time.monotonic() + self.config.limits.seconds
        for i, matches in self._keyword_matches(part, hits, self._local).items():
            part.keyword_matches = tuple(matches)
            violations = self._run_rule(self.rules[i], part)
            if violations is None or any(map(self._counts, violations)) or part.notices:
                return False
        return True

    @cached_property
    def matcher(self) -> Matcher:
        """Searches for the keywords, without the matches that their checks are known to refuse."""
        return super().matcher.wrapped(RefusedMatches().wrap)

    @cached_property
    def _local(self) -> frozenset[int]:
        """Indices of the rules that apply to files of every name and may work on a part."""
        return frozenset(
            i for i, rule in enumerate(self.rules) if rule.reads is Reads.NEAR and rule.files.every
        )

    def _needs_whole_file(self, hits: Iterable[tuple[int, int]], file: SourceFile) -> bool:
        """Whether a rule that applies to the file may read text far from one of these keywords."""
        rules = {
            i
            for pattern in {pattern for pattern, _ in hits}
            for i, keyword in self.owners[pattern]
            if i >= 0
            and (i not in self._local or self.rules[i].reach(keyword) > REACH)
            and self.rules[i].files.matches(file.path, file.data[:HEAD])
        }
        self.rules_needing_whole_file |= rules
        return self.may_leak(rules, file)

    def may_leak(self, rules: Iterable[int], file: SourceFile) -> bool:
        """Whether one of the rules (indices) may find a value in a file."""
        return any(_may_leak(self.rules[i], file) for i in rules)

    def _scan(self, file: SourceFile) -> Sequence[tuple[int, int]]:
        hits = super()._scan(file)
        if hits and not self.needs_whole_file:
            self.needs_whole_file = self._needs_whole_file(hits, file)
        return hits

    def _run_rule(self, rule: Rule, file: SourceFile) -> list[Violation] | None:
        return super()._run_rule(rule, file) if _may_leak(rule, file) else []

    def _counts(self, violation: Violation) -> bool:
        """Whether it reports a value, or a forbidden file.

        A variable as a key leaves nothing that must be rotated, nor does a text that a more specific rule
        reads as a reference or as encrypted.
        """
        return bool(violation.values) or violation.rule in self._forbidding


def _may_leak(rule: Rule, file: SourceFile) -> bool:
    """Whether a rule may find a value in a file, not only a violation without one."""
    return not rule.value_patterns or any(pattern.search(file.text) for pattern in rule.value_patterns)


# Whether Python draws the key of its hashes for the run, so that no one can make two texts with one hash.
RANDOM_KEY = sys.hash_info.width == 64 and os.environ.get("PYTHONHASHSEED", "random") in ("random", "")
_MAX_MATCHES = 200_000  # matches in one generation, about 15 MB
_EDGE = 64  # bytes: a longer run of blanks is skipped between a name and its value, however long


class RefusedMatches:
    """Matches of keywords that their checks refused, by the text around them; those used last are kept.

    Each is one number, a hash of 64 bits with the process's random seed: for a million matches the
    probability that two are confused is below one in ten million. Where the seed is known
    (`PYTHONHASHSEED`), no match is kept, since an attacker could make two texts with one hash.
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._older: set[int] = set()

    def wrap(self, confirm: Confirm) -> Confirm:
        """A keyword's check that is not made at matches that it has refused in the same text.

        Only where it says what text decides: `reach`, the number of characters on each side of a match. They
        are counted in bytes, so they must be ASCII.
        """
        reach: int = getattr(confirm, "reach", 0)

        def check(data: bytes, ends: list[int], path: str) -> list[int]:
            unknown: dict[int, int] = {}
            recent, older, plain = self._recent, self._older, data.isascii()
            for end in ends:
                low = end - reach if end > reach else 0
                around = data[low : end + reach]
                key = hash((confirm, path, end - low, around)) if plain or around.isascii() else 0
                if key not in recent:
                    if key in older:
                        self._add(key)
                    else:
                        unknown[end] = key
            if not unknown:
                return []
            kept = confirm(data, list(unknown), path)
            for end in unknown.keys() - kept:
                around = data[max(0, end - reach) : end + reach]
                if unknown[end] and not (around[:_EDGE].isspace() or around[-_EDGE:].isspace()):
                    self._add(unknown[end])
            return kept

        return check if reach and RANDOM_KEY else confirm

    def _add(self, key: int) -> None:
        if len(self._recent) >= _MAX_MATCHES:
            self._older, self._recent = self._recent, set()
        self._recent.add(key)
