"""`unused-suppression`: which suppressions, allowances and settings it calls idle, unknown or forbidden."""

from __future__ import annotations

import pytest

from palint import registry
from palint.config import Allow, Config, PolicyViolation
from palint.engine.file_result import SuppressionUse
from palint.engine.run import Run
from palint.findings import Severity
from palint.suppressions import find
from palint.text.source import SourceFile

RULE = registry.load()["unused-suppression"]
RAN = frozenset({"hardcoded-secret", "env-file", "unused-suppression"})
KNOWN = RAN | {"secret-name"}


def findings(
    *uses: SuppressionUse,
    allows: tuple[tuple[Allow, frozenset[str]], ...] = (),
    whole: bool = True,
) -> list[tuple[str, str, Severity, int]]:
    """(message, help, severity, line) of what the rule finds in a run."""
    run = Run((), uses, allows, RAN, KNOWN, whole, ())
    found = list(RULE(Config()).check_project(run))
    return [(f.message, f.fix_hint, f.severity, f.span.start.line) for f in found]


def use(comment: str, path: str = "a.py", **how: frozenset[str]) -> SuppressionUse:
    """The use of a suppression in the second line of a file."""
    (suppression,) = find(SourceFile(path, f"\nx = 1  {comment}\n".encode()))
    return SuppressionUse(suppression, **how)


SECRET, ENV = frozenset({"hardcoded-secret"}), frozenset({"env-file"})
BOTH = "# palint: ignore[hardcoded-secret, env-file] why"


def idle(rule: str) -> tuple[str, str, Severity, int]:
    advice = "delete it; if it was meant for another line, move it to the end of that line."
    return (f"suppression of `{rule}` suppresses nothing", advice, Severity.WARNING, 2)


@pytest.mark.parametrize(
    ("given", "idles"),
    [
        (use(BOTH), ["hardcoded-secret", "env-file"]),
        (use(BOTH, used=SECRET), ["env-file"]),
        (use(BOTH, used=SECRET | ENV), []),
        (use("# palint: ignore[secret-name] known, did not run"), []),
        (use("# palint: ignore[unused-suppression] not judged"), []),
        (use("# pragma: allowlist secret"), []),
        (use(f"'{BOTH}'"), []),
        (use("'# palint: ignore[no-rule] why'"), []),
        (use("# palint: ignore[env-file] why", "a.md"), []),
        (use("'# palint: ignore'"), []),
    ],
)
def test_idle(given: SuppressionUse, idles: list[str]) -> None:
    assert findings(given) == [idle(rule) for rule in idles]


def test_an_unknown_rule_and_the_nearest() -> None:
    assert findings(use("# palint: ignore[env-fil] why"), use("# palint: ignore[zzzzzzzz] why")) == [
        ("suppression names the unknown rule `env-fil`", "write `env-file`.", Severity.WARNING, 2),
        (
            "suppression names the unknown rule `zzzzzzzz`",
            "choose a rule from `palint rules`.",
            Severity.WARNING,
            2,
        ),
    ]


@pytest.mark.parametrize(
    ("comment", "message", "advice"),
    [
        ("# palint: ignore", "names no rule", "write `palint: ignore[rule-id] reason`."),
        ("# palint: ignore[env-file]", "gives no reason", "write `palint: ignore[env-file] reason`."),
        ("# palint: ignore[env-fle]", "gives no reason", "write `palint: ignore[env-file] reason`."),
        ("# palint: ignore-file", "names no rule", "write `palint: ignore-file[rule-id] reason`."),
        (
            "# palint: ignore-file[env-file] why",
            "is for the whole file, so it must be alone on its line",
            "write `palint: ignore-file[env-file] reason`.",
        ),
    ],
)
def test_one_that_does_not_count(comment: str, message: str, advice: str) -> None:
    said = f"suppression {message}, so it suppresses nothing"
    assert findings(use(comment)) == [(said, advice, Severity.WARNING, 2)]


def test_a_suppression_that_the_policy_rejects_is_one_error() -> None:
    said = "is not allowed by the policy"
    advice = "fix the finding, or ask the owner of the policy."
    assert findings(use(BOTH, disallowed=SECRET | ENV)) == [
        (f"suppression of `{rule}` {said}", advice, Severity.ERROR, 2)
        for rule in ("env-file", "hardcoded-secret")
    ]
    pragma = use("# pragma: allowlist secret", disallowed=SECRET)
    assert [severity for _, _, severity, _ in findings(pragma)] == [Severity.ERROR]


def test_allowances() -> None:
    allow = Allow(
        ("old/**", "b"), ("hardcoded-secret", "env-file", "secret-name", "unused-suppression"), "r", 7
    )
    advice = "delete the entry, or this rule or path from it."
    said = "[[allow]] of `env-file` for old/**, b accepts nothing"
    assert findings(allows=((allow, SECRET),)) == [(said, advice, Severity.WARNING, 7)]
    ((said, *_),) = findings(allows=((allow._replace(paths=("a", "b", "c")), SECRET),))
    assert said == "[[allow]] of `env-file` for a and 2 more accepts nothing"
    assert findings(allows=((allow, SECRET | ENV),)) == []
    assert findings(allows=((allow, SECRET),), whole=False) == []


@pytest.mark.parametrize("settings", ["pyproject.toml", ""])
def test_a_setting_that_the_policy_rejects_is_a_finding(settings: str) -> None:
    rejected = PolicyViolation("exclude", "exclude a", file=settings)
    run = Run((), (), (), RAN, KNOWN, True, (rejected,))
    (found,) = RULE(Config()).check_project(run)
    assert found.message == "setting rejected by the policy: exclude a"
    assert found.fix_hint == "remove it from the settings, or ask the owner of the policy."
    assert found.severity is Severity.ERROR
    place = found.span
    assert (place.path, place.start, place.end) == (settings or "palint.toml", (1, 1), (1, 1))


def test_a_setting_that_the_settings_above_reject_is_one_in_its_file() -> None:
    rejected = PolicyViolation("severity", "severity b", "the settings above", "a/palint.toml")
    (found,) = RULE(Config()).check_project(Run((), (), (), RAN, KNOWN, True, (rejected,)))
    assert found.message == "setting rejected by the settings above: severity b"
    assert found.fix_hint == "remove it from the settings, or change the settings above."
    assert found.span.path == "a/palint.toml"
