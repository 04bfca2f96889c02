"""What each rule declares, as a table: tests that iterate over the rules with a flag miss a lost flag."""

from __future__ import annotations

import pytest

from palint import registry
from palint.findings import Severity
from palint.rule import Clause

CODE, MANAGER, CREDENTIALS = (
    Clause.NO_SECRETS_IN_CODE,
    Clause.SECRETS_MANAGER_ONLY,
    Clause.NO_LONG_LIVED_CREDENTIALS,
)
ERROR, WARNING = Severity.ERROR, Severity.WARNING
HISTORY, IGNORED, LINKS, CHUNKS = (
    "checks_history",
    "checks_ignored_paths",
    "checks_symlinks",
    "supports_chunks",
)
SECRET = ("hardcoded-secret",)

# rule -> clause, severity, the flags that it sets, the rules that it supersedes
DECLARED: dict[str, tuple[Clause, Severity, set[str], tuple[str, ...]]] = {
    "aws-credentials-file": (CREDENTIALS, ERROR, {HISTORY}, SECRET),
    "aws-sdk-access-key": (
        CREDENTIALS,
        ERROR,
        {HISTORY},
        (*SECRET, "aws-credentials-file", "container-access-key"),
    ),
    "boto3-access-key": (CREDENTIALS, ERROR, {HISTORY}, (*SECRET, "aws-credentials-file")),
    "container-access-key": (CREDENTIALS, ERROR, {HISTORY}, SECRET),
    "env-example-value": (Clause.NO_ENV_FILES, ERROR, set(), ()),
    "env-file": (Clause.NO_ENV_FILES, ERROR, {HISTORY, IGNORED}, ()),
    "env-file-loaded": (Clause.NO_ENV_FILES, ERROR, set(), ("github-secret",)),
    "github-secret": (MANAGER, WARNING, set(), ()),
    "hardcoded-secret": (CODE, ERROR, {HISTORY, LINKS, CHUNKS}, ()),
    "infrastructure-access-key": (CREDENTIALS, ERROR, {HISTORY}, SECRET),
    "infrastructure-secret": (MANAGER, ERROR, {HISTORY}, SECRET),
    "kubernetes-secret": (MANAGER, ERROR, {HISTORY}, SECRET),
    "secret-name": (MANAGER, ERROR, set(), ()),
    "secret-to-slack": (CODE, ERROR, set(), ("github-secret",)),
    "unused-suppression": (Clause.NONE, WARNING, set(), ()),
    "workflow-access-key": (
        CREDENTIALS,
        ERROR,
        set(),
        ("hardcoded-secret", "container-access-key", "aws-credentials-file"),
    ),
    "workflow-id-token": (CREDENTIALS, ERROR, set(), ()),
}
OWN = {name: rule for name, rule in registry.load().items() if rule.__module__.startswith("palint_rules.")}


def test_the_table_has_every_rule() -> None:
    assert DECLARED.keys() == OWN.keys()


@pytest.mark.parametrize("name", DECLARED)
def test_a_rule_declares_what_the_table_says(name: str) -> None:
    rule = OWN[name]
    flags = {flag for flag in (HISTORY, IGNORED, LINKS, CHUNKS) if getattr(rule, flag)}
    assert (rule.clause, rule.severity, flags, tuple(rule.supersedes)) == DECLARED[name]
    assert (rule.companion_files is not None) is (name in ("workflow-access-key", "workflow-id-token"))


def test_the_options_and_their_defaults() -> None:
    options = {
        f"{name}.{option}": declared.default
        for name, rule in OWN.items()
        for option, declared in rule.options.items()
    }
    assert options == {"env-example-value.strict": True, "github-secret.allow": []}


@pytest.mark.parametrize(("label", "clause"), [("C1", Clause.NO_ENV_FILES), ("C2", CODE), ("C3", MANAGER),
                                               ("C4", CREDENTIALS), ("–", Clause.NONE)])  # fmt: skip
def test_the_labels_of_the_clauses(label: str, clause: Clause) -> None:
    assert clause.label == label
