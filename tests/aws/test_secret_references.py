"""What Python is parsed for names of secrets, and what a text that does not parse gives."""

from __future__ import annotations

import pytest

from palint import registry
from palint.aws import secret_references
from palint.testing import check, results_of


@pytest.mark.parametrize(
    "text",
    [
        'get(SecretId="db")',
        'get(SecretId \\\n = "db")',
        '{"SecretId" # which\n : "db"}',
        "{('SecretId' ''): 'db'}",
        'client.create_secret(Name="db")',
        'Secret.from_secret_name_v2(self, "Db", "db")',
        'cache.get_secret_string("db")',
    ],
)
def test_a_text_that_may_name_a_secret(text: str) -> None:
    assert secret_references.precheck_python(text, is_cdk=False)


@pytest.mark.parametrize(
    "text", ['keys = ["SecretId"]', "if SecretId == x:", "create_secret()", "secret_name = 1"]
)
def test_a_text_without_a_name(text: str) -> None:
    assert not secret_references.precheck_python(text, is_cdk=False)


@pytest.mark.parametrize(
    ("code", "parsed"),
    [
        ('get(SecretId="api/production")', False),
        ("{'SecretId': 'api/staging', a: 1}", False),
        ('get(SecretId="api/production" "-old")', True),
        ('get(SecretId="api/production"), get(SecretId=name)', True),
        ('get(SecretId="api/qa")', True),
        ('get(SecretId="api/production"), create_secret(Name=name)', True),
    ],
)
def test_a_file_is_parsed_unless_each_name_is_whole_and_right(code: str, parsed: bool) -> None:
    notices = results_of(registry.load()["secret-name"], {"a.py": f"{code}\n("}).notices
    assert bool(notices) is parsed


def test_a_secret_name_counts_in_a_cdk_program() -> None:
    assert secret_references.precheck_python('Secret(self, "Db", secret_name="db")', is_cdk=True)


def test_names_in_a_text_that_does_not_parse() -> None:
    text = (
        'get(SecretId="api/one")\nMySecretId="no"\n'
        "Type: AWS::SecretsManager::Secret\nProperties:\n  Name: two\nSecretId: 'three'\n"
    )
    found = [(value.text, text[value.start : value.end]) for value in secret_references.in_text(text)]
    assert found == [(name, name) for name in ("api/one", "two", "three")]


STORE = (
    "kind: ExternalSecret\nspec:\n  secretStoreRef: {0}\n"
    "  data:\n  - secretKey: AWS_KEY\n    remoteRef:\n      key: db\n"
)


@pytest.mark.parametrize(
    ("store", "found"),
    [
        ("{name: aws-secrets-manager, kind: ClusterSecretStore}", ["db"]),
        ("\n    kind: ClusterSecretStore\n    name: aws", ["db"]),
        ("{name: secretsmanager}", ["db"]),
        ("{name: bitwarden-secretsmanager}", []),
        ("\n    kind: ClusterSecretStore\n    name: onepassword", []),
        ("{name: vault}", []),
    ],
)
def test_a_name_in_a_cluster_is_one_of_aws_if_its_store_is(store: str, found: list[str]) -> None:
    text = STORE.format(store)
    assert [value.text for value in secret_references.in_any_text(text, [(0, len(text))])] == found


def test_google_s_secrets_are_not_aws_s() -> None:
    terraform = (
        'data "google_secret_manager_secret_version" "a_secret_value" {\n  secret_id = "slack-channel"\n}\n'
    )
    assert check(registry.load()["secret-name"], {"a.tf": terraform}) == []


def test_the_suggested_name_has_the_variable_of_the_environment() -> None:
    terraform = 'resource "aws_secretsmanager_secret" "a" {\n  name = "${var.environment}-orders-db"\n}\n'
    (found,) = check(registry.load()["secret-name"], {"a.tf": terraform})
    assert "e.g. `orders-db/${var.environment}`:" in found.fix_hint
