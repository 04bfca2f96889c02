"""unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator

from palint.engine.run import Run
from palint.findings import Finding, Position, Span
from palint.registry import nearest
from palint.rule import Clause, Example, Rule, Severity


class UnusedSuppression(Rule):
    """A suppression that does nothing: unused, without a reason, of no known rule, or against a policy.

    ## Why

    A suppression is an exception to the standard that somebody once accepted. When what it covered is gone,
    it would silently accept the next secret in its place; when it names no existing rule, or gives no reason,
    it never worked and its author believes that it did.

    ## Do this instead

    Delete it, or mend it: `palint: ignore[rule-id] reason`, at the end of the line or alone on the line
    above. What a policy (`--policy`) does not let the repository suppress or weaken is an error here: mend
    what it covers. Settings' `[[allow]]` entries are judged the same way when the whole project is checked.

    ## Limits

    A suppression is judged for the rules that ran: with `--select` the others are left alone, and so are
    rules that could not read the file. detect-secrets' `pragma: allowlist secret` is never called unused, nor
    is what stands in a quoted string or in the text of a document, where suppressions are written about.
    """

    clause = Clause.NONE
    severity = Severity.WARNING

    bad = (
        Example(
            "x = 1  # palint: ignore[hardcoded-secret] test value\n",
            path="a.py",
            location="palint: ignore",
            note="nothing to suppress",
        ),
    )
    good = (Example("x = 1  # palint is not asked to ignore anything\n", path="a.py"),)

    def check_project(self, results: object) -> Iterator[Finding]:
        assert isinstance(results, Run)
        for use in results.suppressions:
            suppression = use.suppression
            if suppression.optional and not use.disallowed:
                continue
            if suppression.problem:
                yield self.finding(
                    suppression.span,
                    f"This suppression {suppression.problem.partition(':')[0]}, so it suppresses nothing",
                    fix_hint=suppression.problem.partition(": ")[2],
                )
                continue
            for rule in sorted(use.disallowed):
                yield self.finding(
                    suppression.span,
                    f"This suppression of {rule} does not count: the policy forbids it",
                    fix_hint="Mend what it covers, or ask whoever owns the policy.",
                    severity=Severity.ERROR,
                )
            for rule in suppression.rules:
                if rule not in results.known:
                    yield self._unknown(suppression.span, rule, results)
                elif (
                    self._is_idle(rule, use.used | use.disallowed, use.rules_not_run, results)
                    and not suppression.optional
                ):
                    yield self.finding(
                        suppression.span,
                        f"This suppression of {rule} suppresses nothing",
                        fix_hint="Delete it; if it was meant for another line, put it at that line's end.",
                    )
        yield from self._allows(results)
        for tried in results.overruled:
            yield self.finding(
                Span(results.settings or "palint.toml", Position(1, 1), Position(1, 1)),
                f"The policy overrules these settings: {tried.message}",
                fix_hint="Remove it from the settings, or ask whoever owns the policy.",
                severity=Severity.ERROR,
            )

    def _is_idle(self, rule: str, used: frozenset[str], not_run: frozenset[str], results: Run) -> bool:
        # What it silences in this very rule shows only after the verdict, so it is not judged.
        return rule in results.selected and rule not in used and rule not in not_run and rule != self.id()

    def _unknown(self, span: Span, rule: str, results: Run) -> Finding:
        near = nearest(rule, results.known)
        hint = f"Write {near!r}." if near else "`palint rules` lists the rules."
        return self.finding(span, f"This suppression names {rule!r}, which is no rule", fix_hint=hint)

    def _allows(self, results: Run) -> Iterator[Finding]:
        """`[[allow]]` entries of the settings that accept nothing."""
        if not results.whole:
            return
        for allow, used in results.allows:
            idle = [r for r in allow.rules if r in results.selected and r not in used and r != self.id()]
            for rule in idle:
                place = Position(allow.line, 1)
                yield self.finding(
                    Span(results.settings, place, place),
                    f"This [[allow]] of {rule} for {', '.join(allow.paths)} accepts nothing",
                    fix_hint="Delete the entry, or this rule or path of it.",
                )
