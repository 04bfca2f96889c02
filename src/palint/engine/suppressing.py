"""Find the comment or `[[allow]]` that suppresses a finding."""

from __future__ import annotations

from palint import suppressions
from palint.config.model import Config
from palint.engine.file_result import SuppressionUse
from palint.engine.masked_text import redact_line
from palint.findings import Violation
from palint.text.source import SourceFile
from palint.tree.gitignore import compile_globs
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple


class Acceptance(NamedTuple):
    """What suppresses a violation: the reason that it gives, and its place as `path:line`."""

    reason: str
    source: str


class Suppressions:
    """The suppressions of a run: comments in the files, `[[allow]]` in the settings."""

    def __init__(self, project: Project, config: Config) -> None:
        self._project, self._config = project, config
        self._allow = [compile_globs(allow.paths) for allow in config.allow]

    def apply(
        self, violation: Violation, uses: dict[str, list[SuppressionUse]], allowed: dict[int, frozenset[str]]
    ) -> Acceptance | None:
        """What suppresses a violation, recorded in `uses` or `allowed`; None if nothing does."""
        path = violation.span.path
        if path not in uses:
            other = self._project.open(path)
            uses[path] = [] if other is None else uses_of(other, set())
        for i, use in enumerate(uses[path]):
            if not use.suppression.covers(violation.rule, violation.span):
                continue
            if self._may_suppress(violation.rule):
                uses[path][i] = use._replace(used=use.used | {violation.rule})
                span = use.suppression.span
                reason = redact_line(use.suppression.reason, "")
                return Acceptance(reason, f"{path}:{span.start.line}")
            uses[path][i] = use._replace(disallowed=use.disallowed | {violation.rule})
        for i, allow in enumerate(self._config.allow):
            if violation.rule in allow.rules and self._allow[i](path):
                allowed[i] = allowed.get(i, frozenset()) | {violation.rule}
                reason = redact_line(allow.reason, "")
                return Acceptance(reason, f"{self._config.file}:{allow.line}")
        return None

    def _may_suppress(self, rule: str) -> bool:
        return self._config.allow_suppressing is None or rule in self._config.allow_suppressing


def uses_of(file: SourceFile, failed: set[str]) -> list[SuppressionUse]:
    """The suppressions in a file, none used yet. failed: the rules that could not check it."""
    return [SuppressionUse(s, rules_not_run=frozenset(failed)) for s in suppressions.find(file)]
