"""What each rule declares, as a table: tests that iterate over the rules with a flag miss a lost flag."""

from __future__ import annotations

import re

import pytest

from palint import registry
from palint.findings import Severity
from palint.rule import Clause, Reads, Rule
from tests.conftest import ROOT

CODE, MANAGER, CREDENTIALS = (
    Clause.NO_SECRETS_IN_CODE,
    Clause.SECRETS_MANAGER_ONLY,
    Clause.NO_LONG_LIVED_CREDENTIALS,
)
ERROR, WARNING = Severity.ERROR, Severity.WARNING
NAME, NEAR, TEXT, TREE = Reads
SECRET = ("hardcoded-secret",)

# rule -> clause, severity, what it reads, whether it checks history, the rules that it supersedes
DECLARED: dict[str, tuple[Clause, Severity, Reads, bool, tuple[str, ...]]] = {
    "aws-credentials-file": (CREDENTIALS, ERROR, TEXT, True, SECRET),
    "aws-sdk-access-key": (
        CREDENTIALS,
        ERROR,
        TEXT,
        True,
        (*SECRET, "aws-credentials-file", "container-access-key"),
    ),
    "boto3-access-key": (
        CREDENTIALS,
        ERROR,
        TEXT,
        True,
        (*SECRET, "aws-credentials-file", "aws-sdk-access-key"),
    ),
    "container-access-key": (CREDENTIALS, ERROR, TREE, True, SECRET),
    "env-example-value": (Clause.NO_ENV_FILES, ERROR, TEXT, False, ()),
    "env-file": (Clause.NO_ENV_FILES, ERROR, NAME, True, ()),
    "env-file-loaded": (Clause.NO_ENV_FILES, ERROR, TEXT, False, ("github-secret",)),
    "github-secret": (MANAGER, WARNING, TREE, False, ()),
    "hardcoded-secret": (CODE, ERROR, NEAR, True, ()),
    "infrastructure-access-key": (CREDENTIALS, ERROR, TEXT, True, SECRET),
    "infrastructure-secret": (MANAGER, ERROR, TEXT, True, SECRET),
    "kubernetes-secret": (MANAGER, ERROR, TEXT, True, SECRET),
    "secret-name": (MANAGER, ERROR, TREE, False, ()),
    "secret-to-slack": (CODE, ERROR, TEXT, False, ("github-secret",)),
    "unused-suppression": (Clause.NONE, WARNING, TREE, False, ()),
    "workflow-access-key": (
        CREDENTIALS,
        ERROR,
        TREE,
        False,
        ("hardcoded-secret", "container-access-key", "aws-credentials-file", "aws-sdk-access-key"),
    ),
    "workflow-id-token": (CREDENTIALS, ERROR, TREE, False, ()),
}
OWN = {name: rule for name, rule in registry.load().items() if rule.is_own()}


def test_the_table_has_every_rule() -> None:
    assert DECLARED.keys() == OWN.keys()


@pytest.mark.parametrize("name", DECLARED)
def test_a_rule_declares_what_the_table_says(name: str) -> None:
    rule = OWN[name]
    declared = rule.clause, rule.severity, rule.reads, rule.checks_history, tuple(rule.supersedes)
    assert declared == DECLARED[name]
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


@pytest.mark.parametrize("rule", registry.load().values(), ids=lambda rule: rule.id())
def test_a_rule_says_since_when_it_exists_and_starts_as_a_preview(rule: type[Rule]) -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## \[([\d.]+)\]", changes, re.MULTILINE)
    assert rule.since in released or rule.preview  # which may be of the next version
    assert rule.preview or rule.since != released[0], "a new rule is a preview for at least one release"
