"""Which violations of a file are reported: the most specific, their severity, and what accepts one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import accumulate

from palint import suppressions
from palint.config import Allow, Config
from palint.engine.file_result import SuppressionUse
from palint.findings import Confidence, Severity, Violation
from palint.rule import Rule
from palint.suppressions import Suppression
from palint.text.source import SourceFile
from palint.tree.gitignore import compile_globs
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple


class FolderSettings:
    """The settings in force for a folder, the rules that they make, and what they accept."""

    def __init__(self, config: Config, rules: Sequence[Rule]) -> None:
        self.config, self.rules = config, rules
        self.allow = [(allow, compile_globs(allow.paths)) for allow in config.allow if not allow.ended]


class Acceptance(NamedTuple):
    """What suppresses a violation: the reason that it gives, its place as `path:line`, and its last day."""

    reason: str
    source: str
    until: str


class Chosen(NamedTuple):
    """The violations of a file: those to report, and those that something accepts.

    uses, allowed: see `FileResult`.
    """

    reported: list[Violation]
    accepted: list[tuple[Violation, Acceptance]]
    uses: tuple[SuppressionUse, ...]
    allowed: Mapping[tuple[str, int], frozenset[str]]


class Choice:
    """Chooses among the violations of a file.

    settings_of: returns the settings in force for a path. A rule of which findings may be suppressed
    supersedes no rule of which they may not: suppressing the one would also hide the other.
    """

    def __init__(
        self, project: Project, rules: Iterable[Rule], settings_of: Callable[[str], FolderSettings]
    ) -> None:
        self._project, self._settings_of = project, settings_of
        allowed = settings_of("").config.allow_suppressing
        self._supersedes = {r.id(): _superseded_by(r, allowed) for r in rules if r.supersedes}

    def specific(self, violations: list[Violation], file: SourceFile) -> list[Violation]:
        """The violations without superseded ones, with the severity of their place and of the settings."""
        if not self._project.compared:
            violations = [_lowered_if_temporary(v, file) for v in violations]
        severity = self._settings_of(file.path).config.severity
        violations = [v._replace(severity=severity.get(v.rule, v.severity)) for v in violations]
        return drop_superseded(self._supersedes, violations, file.path)

    def accept(
        self, violations: Iterable[Violation], file: SourceFile, uses: Sequence[SuppressionUse]
    ) -> Chosen:
        """Set apart the violations that something accepts, and drop those that are too uncertain.

        uses: the suppressions in the file.
        """
        min_confidence = self._settings_of(file.path).config.min_confidence
        accepting = _Accepting(self._project, self._settings_of, {file.path: list(uses)})
        reported: list[Violation] = []
        accepted: list[tuple[Violation, Acceptance]] = []
        for violation in violations:
            acceptance = accepting.acceptance(violation)
            if acceptance is not None:
                accepted.append((violation, acceptance))
            elif violation.confidence >= min_confidence:
                reported.append(violation)
        used = tuple(use for of_file in accepting.uses.values() for use in of_file)
        return Chosen(reported, accepted, used, accepting.allowed)


def _lowered_if_temporary(violation: Violation, file: SourceFile) -> Violation:
    """A violation about temporary AWS keys only, as a warning that is not certain: they have expired.

    If a change adds them they may not have.
    """
    from palint.aws import key_values as keys  # not without a finding

    if violation.span.path != file.path:
        return violation
    values = [file.text[start:end] for start, end in violation.values]
    ids = list(filter(keys.is_key_id, values))
    if not (all(map(keys.is_temporary_key_id, ids)) if ids else any(map(keys.is_session_token, values))):
        return violation
    return violation._replace(severity=Severity.WARNING, confidence=Confidence.LOW)


def _superseded_by(rule: Rule, allow_suppressing: Collection[str] | None) -> Sequence[str]:
    """The rules that a rule supersedes. allow_suppressing: those that may be suppressed; None: every rule."""
    if allow_suppressing is None or rule.id() not in allow_suppressing:
        return rule.supersedes
    return [other for other in rule.supersedes if other in allow_suppressing]


def drop_superseded(
    supersedes: Mapping[str, Sequence[str]], violations: list[Violation], path: str
) -> list[Violation]:
    """Drop violations where a more specific rule, of at least the same severity, reports the same value.

    supersedes: {rule: the rules whose findings it supersedes}.
    """
    superseding = [v for v in violations if v.rule in supersedes]
    if not superseding:
        return violations
    spans = SupersededSpans(
        (start, end, silent, v.severity)
        for v in superseding
        if v.span.path == path
        for start, end in _ranges(v)
        for silent in supersedes[v.rule]
    )
    return [v for v in violations if v.span.path != path or not spans.cover(v)]


class SupersededSpans:
    """Index of ranges whose findings are superseded: (start, end, superseded rule, severity)."""

    def __init__(self, spans: Iterable[tuple[int, int, str, Severity]]) -> None:
        self._ends: dict[tuple[str, Severity], tuple[list[int], list[int]]] = {}
        self._spans: dict[str, list[tuple[int, int, Severity]]] = {}
        for start, end, rule, severity in sorted(spans):
            self._spans.setdefault(rule, []).append((start, end, severity))

    def cover(self, violation: Violation) -> bool:
        """Whether a violation of at least the same severity covers this one or one of its values."""
        if violation.rule not in self._spans:
            return False
        starts, ends = self._reaching(violation.rule, violation.severity)
        for start, end in _ranges(violation):
            count = bisect_left(starts, end)
            if count and ends[count - 1] > start:
                return True
        return False

    def _reaching(self, rule: str, severity: Severity) -> tuple[list[int], list[int]]:
        """The starts of a rule's ranges, and the furthest end up to each; of at least a severity."""
        key = rule, severity
        if key not in self._ends:
            spans = [span for span in self._spans[rule] if span[2] >= severity]
            self._ends[key] = [s[0] for s in spans], list(accumulate((s[1] for s in spans), max))
        return self._ends[key]


def _ranges(violation: Violation) -> list[tuple[int, int]]:
    """The ranges of a violation: its span and its values."""
    return [(violation.span.offset, violation.span.end_offset), *violation.values]


class _Accepting:
    """What suppresses violations: comments in their files, `[[allow]]` in the settings.

    uses: {path: the suppressions in the file}; another file's are added when a violation is in it.
    """

    def __init__(
        self,
        project: Project,
        settings_of: Callable[[str], FolderSettings],
        uses: dict[str, list[SuppressionUse]],
    ) -> None:
        self._project, self._settings_of, self.uses = project, settings_of, uses
        self.allowed: dict[tuple[str, int], frozenset[str]] = {}

    def acceptance(self, violation: Violation) -> Acceptance | None:
        """What suppresses a violation, which is recorded; None if nothing does."""
        path, rule = violation.span.path, violation.rule
        settings = self._settings_of(path)
        may_suppress = settings.config.allow_suppressing
        if path not in self.uses:
            other = self._project.open(path)
            self.uses[path] = [] if other is None else uses_of(other)
        for i, use in enumerate(self.uses[path]):
            if not use.suppression.covers(rule, violation.span):
                continue
            if may_suppress is None or rule in may_suppress:
                self.uses[path][i] = use._replace(used=use.used | {rule})
                return _acceptance(use.suppression, f"{path}:{use.suppression.span.start.line}")
            self.uses[path][i] = use._replace(disallowed=use.disallowed | {rule})
        for allow, matches in settings.allow:
            if rule in allow.rules and matches(path):
                key = allow.file, allow.line
                self.allowed[key] = self.allowed.get(key, frozenset()) | {rule}
                return _acceptance(allow, f"{allow.file}:{allow.line}")
        return None


def uses_of(file: SourceFile, failed: Collection[str] = ()) -> list[SuppressionUse]:
    """The suppressions in a file, none used yet. failed: the rules that could not check it."""
    comments = file.parsed_with(suppressions.find)
    return [SuppressionUse(suppression, rules_not_run=frozenset(failed)) for suppression in comments]


def _acceptance(by: Suppression | Allow, source: str) -> Acceptance:
    from palint import secrets

    return Acceptance(secrets.redact_line(by.reason, ""), source, by.until)
