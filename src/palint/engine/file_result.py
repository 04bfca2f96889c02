"""The result of checking one file, and merging the results of its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum

from palint.findings import Finding, Notice, Suppressed
from palint.suppressions import Suppression
from palint.tree.project import Project
from palint.util.typing import NamedTuple


class Extent(Enum):
    """Which part of a file a text is."""

    WHOLE = "the file"
    FIRST = "the first window of a file too large to hold"
    LATER = "a later window"
    EMBEDDED = "text in another encoding than the rest"
    UNESCAPED = "the file with escaped letters written out"


class SuppressionUse(NamedTuple):
    """A suppression and what it did.

    used: the rules of which it suppressed a finding, and those that failed on its file: it may be for one.
    disallowed: the rules of which it covers a finding that the settings do not let it suppress.
    """

    suppression: Suppression
    used: frozenset[str] = frozenset()
    disallowed: frozenset[str] = frozenset()


class FileResult(NamedTuple):
    """The result of one file.

    allowed: {file and line of an `[[allow]]`: the rules that it suppressed}. clean: see `CleanFiles.take`.
    base: the result of the file at the base of a change; see `BaseCheck`.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    notices: tuple[Notice, ...] = ()
    uses: tuple[SuppressionUse, ...] = ()
    allowed: Mapping[tuple[str, int], frozenset[str]] = {}
    clean: Mapping[str, tuple[bytes, tuple[str, ...]]] = {}
    base: FileResult | None = None


def merge_parts(parts: Iterable[FileResult | None], project: Project) -> FileResult | None:
    """One result for the parts of one file; a finding that two parts report counts once."""
    outcomes = [outcome for outcome in parts if outcome is not None]
    notices = tuple(project.take_notices())
    if not outcomes:
        return FileResult(notices=notices) if notices else None
    # Windows overlap, and text in another encoding may be in two parts with different columns.
    findings = {(f.rule, f.span.start.line, f.identity): f for o in reversed(outcomes) for f in o.findings}
    allowed: dict[tuple[str, int], frozenset[str]] = {}
    for outcome in outcomes:
        for entry, rules in outcome.allowed.items():
            allowed[entry] = allowed.get(entry, frozenset()) | rules
    return FileResult(
        findings=tuple(findings.values()),
        suppressed=tuple(s for o in outcomes for s in o.suppressed),
        notices=(*notices, *(n for o in outcomes for n in o.notices)),
        uses=tuple(u for o in outcomes for u in o.uses),
        allowed=allowed,
    )


def only_new(rewritten: FileResult | None, original: FileResult | None, text: str) -> FileResult | None:
    """The result of a rewritten text without what the file's own text already gave, and without fixes.

    text: the rewritten one. Its lines are those of the file, but for those that are joined to one before
    them; columns are not: no edit of the one fits the other.
    """
    if rewritten is None:
        return None
    original = original or FileResult()
    new = _new(rewritten, original, text)
    comments = {use.suppression.span.start.line: use.suppression for use in original.uses}
    noticed = {notice.kind for notice in original.notices}
    uses = (u for u in rewritten.uses if u.suppression.span.start.line in comments)
    return rewritten._replace(
        findings=tuple(f._replace(fix=None) for f in rewritten.findings if id(f) in new),
        suppressed=tuple(
            s._replace(finding=s.finding._replace(fix=None))
            for s in rewritten.suppressed
            if id(s.finding) in new
        ),
        notices=tuple(n for n in rewritten.notices if n.kind not in noticed),
        uses=tuple(u._replace(suppression=comments[u.suppression.span.start.line]) for u in uses),
    )


def _new(rewritten: FileResult, original: FileResult, text: str) -> set[int]:
    """The ids of the findings that a rewritten text has and the file's own text has not.

    A value that an escape or a quote cuts is another one in each text: of a line, a rule has as many new
    findings as it has more of them.
    """
    reported = [*original.findings, *(s.finding for s in original.suppressed)]
    places = set(map(_place, reported))
    # A value in a line that is joined to one before it is on that one now
    joined_to = _joined_to(text) if places else ()
    places |= {
        (rule, joined_to[line - 1], values)
        for rule, line, values in places
        if values and line <= len(joined_to)
    }
    more = Counter(map(_line, (*rewritten.findings, *(s.finding for s in rewritten.suppressed))))
    more.subtract(map(_line, reported))
    new = set()
    for finding in (*rewritten.findings, *(s.finding for s in rewritten.suppressed)):
        if _place(finding) not in places and more[_line(finding)] > 0:
            more[_line(finding)] -= 1
            new.add(id(finding))
    return new


def _joined_to(text: str) -> list[int]:
    """For each line of a rewritten text the one it is joined to; itself, if more than its end is left."""
    joined_to: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        joined_to.append(joined_to[-1] if joined_to and line in ("", "\\") else number)
    return joined_to


def _line(finding: Finding) -> tuple[str, int]:
    return finding.rule, finding.span.start.line


def _place(finding: Finding) -> tuple[str, int, tuple[int, ...]]:
    return finding.rule, finding.span.start.line, finding.value_ids
