"""The rule `unused-suppression`: suppressions must be valid, used and allowed by the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from palint.engine.file_result import SuppressionUse
from palint.engine.run import Run
from palint.findings import Position, Span, Violation
from palint.registry import nearest
from palint.rule import Clause, Example, Rule, Severity
from palint.suppressions import Suppression


class UnusedSuppression(Rule):
    """A suppression that does nothing: unused, without a reason, of an unknown rule, or against a policy.

    ## Why

    A suppression is an exception to the standard that someone once accepted. When its finding is gone, it
    would silently accept the next secret on that line; when it names no existing rule, or gives no reason, it
    never worked, and its author believes that it did.

    ## Do this instead

    Delete it or fix it: `palint: ignore[rule-id] reason`, at the end of the line or alone on the line above.
    With `until=2027-01-31` before the reason it ends after that day: its findings count again.
    What a policy (`--policy`) does not let the repository suppress or weaken is an error here: fix the
    finding. `[[allow]]` entries of the settings are checked the same way when the whole project is checked.

    ## Limits

    A suppression is judged for the rules that ran: with `--select` the others are left alone, and so are
    rules that could not read the file. detect-secrets' `pragma: allowlist secret` is never reported as
    unused, nor is a suppression in a quoted string or in the text of a document.
    """

    clause = Clause.NONE
    severity = Severity.WARNING
    since = "0.1.0"

    bad = (
        Example(
            "x = 1  # palint: ignore[hardcoded-secret] test value\n",
            path="a.py",
            location="palint: ignore",
            note="nothing to suppress",
        ),
    )
    good = (Example("x = 1  # palint ignores nothing here\n", path="a.py"),)

    def check_project(self, results: object) -> Iterator[Violation]:
        assert isinstance(results, Run)
        for use in results.suppressions:
            if use.suppression.optional and not use.disallowed:
                continue
            if use.suppression.problem:
                yield self._malformed(use.suppression, results)
            else:
                yield from self._disallowed(use.suppression, use.disallowed)
                yield from self._unused(use, results)
        yield from self._allows(results)
        for violation in results.policy_violations:
            from palint.advice import suppressions as advice

            yield self.violation(
                Span(violation.file or "palint.toml", Position(1, 1), Position(1, 1)),
                f"setting rejected by {violation.by}: {violation.message}",
                fix_hint=advice.restore_setting(violation.by),
                severity=Severity.ERROR,
            )

    def _malformed(self, suppression: Suppression, results: Run) -> Violation:
        from palint.advice import suppressions as advice

        known = results.known
        meant = [rule if rule in known else nearest(rule, known) or "rule-id" for rule in suppression.rules]
        return self.violation(
            suppression.span,
            f"suppression {suppression.problem}, so it suppresses nothing",
            fix_hint=advice.malformed(suppression, meant),
        )

    def _disallowed(self, suppression: Suppression, rules: frozenset[str]) -> Iterator[Violation]:
        for rule in sorted(rules):
            from palint.advice import suppressions as advice

            yield self.violation(
                suppression.span,
                f"suppression of `{rule}` is not allowed by the policy",
                fix_hint=advice.NOT_ALLOWED,
                severity=Severity.ERROR,
            )

    def _unused(self, use: SuppressionUse, results: Run) -> Iterator[Violation]:
        """Findings for rules of a suppression that do not exist, or of which it suppresses nothing."""
        if use.suppression.optional:
            return
        from palint.advice import suppressions as advice

        if use.suppression.ended:
            rules = "`, `".join(use.suppression.rules)[:60]
            yield self.violation(
                use.suppression.span,
                f"suppression of `{rules}` ended on {use.suppression.until}",
                fix_hint=advice.ENDED,
            )
            return
        for rule in use.suppression.rules:
            if rule not in results.known:
                near = nearest(rule, results.known)
                yield self.violation(
                    use.suppression.span,
                    f"suppression names the unknown rule `{rule}`",
                    fix_hint=advice.unknown_rule(near),
                )
            # Whether a suppression of this rule is used is known only after this check: it is not reported.
            elif rule in results.selected - {self.id()} - use.used - use.disallowed:
                yield self.violation(
                    use.suppression.span,
                    f"suppression of `{rule}` suppresses nothing",
                    fix_hint=advice.UNUSED,
                )

    def _allows(self, results: Run) -> Iterator[Violation]:
        """Findings for `[[allow]]` entries of the settings that accept nothing."""
        if not results.whole:
            return
        for allow, used in results.allows:
            if allow.ended:
                from palint.advice import suppressions as advice

                place = Position(allow.line, 1)
                yield self.violation(
                    Span(allow.file, place, place),
                    f"[[allow]] for {_shown(allow.paths)} ended on {allow.until}",
                    fix_hint=advice.ENDED,
                )
                continue
            for rule in allow.rules:
                if rule in results.selected - {self.id()} - used:
                    from palint.advice import suppressions as advice

                    place = Position(allow.line, 1)
                    yield self.violation(
                        Span(allow.file, place, place),
                        f"[[allow]] of `{rule}` for {_shown(allow.paths)} accepts nothing",
                        fix_hint=advice.UNUSED_SETTING,
                    )


def _shown(paths: Sequence[str]) -> str:
    """Two paths, or the first and how many more there are: a longer message would be cut."""
    return ", ".join(paths) if len(paths) <= 2 else f"{paths[0]} and {len(paths) - 1} more"
