"""Check what a changed file was at the base of the change, where its head has accepted findings.

It is done by the process that has just checked the head: what the rules need is loaded there, which halves
the cost of a change whose files have accepted findings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from palint import baseline
from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.rule import Rule
from palint.tree.gitignore import compile_globs
from palint.tree.project import Project
from palint.util.typing import NamedTuple


class BaseOfChange(NamedTuple):
    """The base of a change.

    rules: returns those that run there. paths: the changed files that it has. accepted: the keys of the
    entries of the head's baseline.
    """

    project: Project
    config: Config
    rules: Callable[[], Sequence[Rule]]
    paths: Collection[str]
    accepted: Collection[tuple[str, str, int | None]]


class BaseCheck:
    """Adds the results of the base to those of the head.

    A file without an accepted finding is not checked again: its base findings cannot be new suppressions.
    """

    def __init__(self, base: BaseOfChange, head: FileChecker) -> None:
        """head: the checker whose results are added to."""
        self._base, self._head = base, head
        self._made: FileChecker | None = None
        self._excluded = compile_globs(base.config.exclude) if base.config.exclude else lambda path: False

    def added_to(self, result: FileResult, path: str) -> FileResult:
        """The result of a file's head with that of its base, if it matters."""
        if path not in self._base.paths or self._excluded(path):
            return result
        accepted = self._base.accepted
        if not result.suppressed and not any(baseline.key(f) in accepted for f in result.findings):
            return result
        return result._replace(base=self._checker().check(path) or FileResult())

    def _checker(self) -> FileChecker:
        if self._made is None:
            project, config, rules = self._base.project, self._base.config, self._base.rules()
            self._made = FileChecker(project, config, rules, excerpts=False, matcher=self._head.matcher)
            self._made.heartbeat = lambda: self._head.heartbeat()
        return self._made
