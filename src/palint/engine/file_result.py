"""What came of one file, and of the parts of one file together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from palint.findings import Finding, Notice, Suppressed
from palint.suppressions import Suppression
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple


class SuppressionUse(NamedTuple):
    """A suppression, the rules of which it silenced a finding, and those that could not run on its file.

    refused: the rules of which it covers a finding that the settings do not let it silence.
    """

    suppression: Suppression
    used: frozenset[str] = frozenset()
    rules_not_run: frozenset[str] = frozenset()
    disallowed: frozenset[str] = frozenset()


class FileResult(NamedTuple):
    """What came of one file. `allowed`: {index of an `[[allow]]`: the rules that it silenced}."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    notices: tuple[Notice, ...] = ()
    uses: tuple[SuppressionUse, ...] = ()
    allowed: Mapping[int, frozenset[str]] = {}


def merge_parts(made: Iterable[FileResult | None], project: Project) -> FileResult | None:
    """One result for the chunks or parts of one file; what two of them report counts once."""
    outcomes = [outcome for outcome in made if outcome is not None]
    notices = tuple(project.take_notices())
    if not outcomes:
        return FileResult(notices=notices) if notices else None
    # Windows overlap, and a text in another encoding may be found in both: there its columns differ.
    findings = {(f.rule, f.span.start.line, f.identity): f for o in reversed(outcomes) for f in o.findings}
    allowed: dict[int, frozenset[str]] = {}
    for outcome in outcomes:
        for number, rules in outcome.allowed.items():
            allowed[number] = allowed.get(number, frozenset()) | rules
    return FileResult(
        findings=tuple(findings.values()),
        suppressed=tuple(s for o in outcomes for s in o.suppressed),
        notices=(*notices, *(n for o in outcomes for n in o.notices)),
        uses=tuple(u for o in outcomes for u in o.uses),
        allowed=allowed,
    )
