"""Which violations of a file are reported: the most specific, their severity, and what accepts one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat

from palint import suppressions
from palint.config import Allow, Config
from palint.engine.file_result import FileResult, SuppressionUse
from palint.findings import Confidence, Severity, Violation
from palint.rule import Rule
from palint.suppressions import Suppression
from palint.text.source import Ranges, SourceFile, merge_ranges
from palint.tree.gitignore import compile_globs
from palint.tree.project import Project
from palint.util.typing import NamedTuple


class FolderSettings(NamedTuple):
    """The settings in force for a folder, and the rules that they make."""

    config: Config
    rules: Sequence[Rule]


class Acceptance(NamedTuple):
    """What suppresses a violation: the reason that it gives, its place as `path:line`, and its last day."""

    reason: str
    source: str
    until: str


class Chosen(NamedTuple):
    """The violations of a file: those to report, and those that something accepts.

    result: the file's, with what accepts them.
    """

    reported: list[Violation]
    accepted: list[tuple[Violation, Acceptance]]
    result: FileResult


class Choice:
    """Chooses among the violations of a file.

    settings_of: returns the settings in force for a path. counts: whether a violation does; one that does not
    supersedes others all the same. A rule of which findings may be suppressed supersedes no rule of which
    they may not: suppressing the one would also hide the other.
    """

    def __init__(
        self,
        project: Project,
        rules: Iterable[Rule],
        settings_of: Callable[[str], FolderSettings],
        counts: Callable[[Violation], bool],
    ) -> None:
        self._project, self._settings_of, self._counts = project, settings_of, counts
        allowed = settings_of("").config.allow_suppressing
        self._supersedes = {r.id(): _superseded_by(r, allowed) for r in rules if r.supersedes}

    def choose(
        self,
        file: SourceFile,
        violations: Sequence[Violation],
        comments: Iterable[Suppression] = (),
        failed: Collection[str] = (),
    ) -> Chosen:
        """Set apart the violations that something accepts; drop those that are superseded or too uncertain.

        Those to report have the severity of their place and of the settings. comments: the suppressions in
        the file. failed: the rules that could not check it.
        """
        min_confidence = self._settings_of(file.path).config.min_confidence
        violations = [self._with_severity(file, violation) for violation in violations]
        uses = {file.path: list(map(SuppressionUse, comments, repeat(frozenset(failed))))}
        allowed: dict[tuple[str, int], frozenset[str]] = {}
        reported: list[Violation] = []
        accepted: list[tuple[Violation, Acceptance]] = []
        for violation in filter(self._counts, drop_superseded(file.path, violations, self._supersedes)):
            acceptance = self._accept(violation, uses, allowed)
            if acceptance is not None:
                accepted.append((violation, acceptance))
            elif violation.confidence >= min_confidence:
                reported.append(violation)
        used = tuple(use for of_file in uses.values() for use in of_file)
        return Chosen(reported, accepted, FileResult(uses=used, allowed=allowed))

    def _with_severity(self, file: SourceFile, violation: Violation) -> Violation:
        """A violation with the severity of its place, or of the settings, which have the last word.

        One about temporary AWS keys only is a warning that is not certain: they have expired. If a change
        adds them they may not have.
        """
        if not self._project.compared and _is_of_temporary_keys(file, violation):
            violation = violation._replace(severity=Severity.WARNING, confidence=Confidence.LOW)
        by_rule = self._settings_of(file.path).config.severity
        if violation.rule in by_rule:
            violation = violation._replace(severity=by_rule[violation.rule])
        return violation

    def _accept(
        self,
        violation: Violation,
        uses: dict[str, list[SuppressionUse]],
        allowed: dict[tuple[str, int], frozenset[str]],
    ) -> Acceptance | None:
        """What suppresses a violation, which is recorded in `uses` or `allowed`; None if nothing does.

        uses: {path: the suppressions in the file}; another file's are added when a violation is in it.
        """
        path, rule = violation.span.path, violation.rule
        config = self._settings_of(path).config
        may_suppress = config.allow_suppressing
        if path not in uses:
            other = self._project.open(path)
            comments = [] if other is None else other.parsed_with(suppressions.find)
            uses[path] = list(map(SuppressionUse, comments))
        for i, use in enumerate(uses[path]):
            if not use.suppression.covers(violation):
                continue
            if may_suppress is None or rule in may_suppress:
                uses[path][i] = use._replace(used=use.used | {rule})
                return _acceptance(use.suppression, f"{path}:{use.suppression.span.start.line}")
            uses[path][i] = use._replace(disallowed=use.disallowed | {rule})
        for allow in config.allow:
            if accepts(allow, rule, path):
                key = allow.file, allow.line
                allowed[key] = allowed.get(key, frozenset()) | {rule}
                return _acceptance(allow, f"{allow.file}:{allow.line}")
        return None


def _is_of_temporary_keys(file: SourceFile, violation: Violation) -> bool:
    """Whether a violation reports temporary AWS keys in the file, and nothing else."""
    from palint.aws import key_values as keys  # not without a finding

    if violation.span.path != file.path:
        return False
    values = [file.text[start:end] for start, end in violation.values]
    ids = list(filter(keys.is_key_id, values))
    return all(map(keys.is_temporary_key_id, ids)) if ids else any(map(keys.is_session_token, values))


def _superseded_by(rule: Rule, allow_suppressing: Collection[str] | None) -> Sequence[str]:
    """The rules that a rule supersedes. allow_suppressing: those that may be suppressed; None: every rule."""
    if allow_suppressing is None or rule.id() not in allow_suppressing:
        return rule.supersedes
    return [other for other in rule.supersedes if other in allow_suppressing]


def drop_superseded(
    path: str, violations: Sequence[Violation], supersedes: Mapping[str, Sequence[str]]
) -> Sequence[Violation]:
    """Drop violations where a more specific rule, of at least the same severity, reports the same value.

    supersedes: {rule: the rules whose findings it supersedes}.
    """
    ranges: dict[str, dict[Severity, list[tuple[int, int]]]] = {}
    for violation in violations:
        for rule in supersedes.get(violation.rule, ()) if violation.span.path == path else ():
            of_rule = ranges.setdefault(rule, {})
            of_rule.setdefault(violation.severity, []).extend(_ranges(violation))
    merged = {
        rule: {severity: merge_ranges(spans) for severity, spans in of_rule.items()}
        for rule, of_rule in ranges.items()
    }
    return [
        violation
        for violation in violations
        if violation.span.path != path or not _is_superseded(violation, merged.get(violation.rule, {}))
    ]


def _is_superseded(violation: Violation, ranges: Mapping[Severity, Ranges]) -> bool:
    """Whether ranges of at least its severity have a part in common with a violation or one of its values."""
    for severity, values in ranges.items():
        for start, end in _ranges(violation) if severity >= violation.severity else ():
            before = bisect_left(values, (end,))
            if before and values[before - 1][1] > start:
                return True
    return False


def _ranges(violation: Violation) -> list[tuple[int, int]]:
    """The ranges of a violation: its span and its values."""
    return [(violation.span.offset, violation.span.end_offset), *violation.values]


def accepts(allow: Allow, rule: str, path: str) -> bool:
    """Whether an `[[allow]]` accepts a finding of a rule in a file."""
    return rule in allow.rules and not allow.ended and _compiled(allow.paths)(path)


_compiled = lru_cache(maxsize=256)(compile_globs)


def _acceptance(by: Suppression | Allow, source: str) -> Acceptance:
    from palint import secrets

    return Acceptance(secrets.redact_line(by.reason, ""), source, by.until)
