"""The names of secrets that a text has."""

from __future__ import annotations

import pytest

from palint import registry
from palint.aws import secret_references
from palint.testing import check


def names(text: str) -> list[tuple[str, str]]:
    """The names in a text, each with what is at its place."""
    found = secret_references.in_text(text, [(0, len(text))])
    return [(value.text, text[value.start : value.end]) for value in found]


def test_names_in_a_text_that_does_not_parse() -> None:
    text = (
        'get(SecretId="api/one")\nMySecretId="no"\n'
        "Type: AWS::SecretsManager::Secret\nProperties:\n  Name: two\nSecretId: 'three'\n"
    )
    assert sorted(set(names(text))) == [(name, name) for name in ("api/one", "three", "two")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('get(SecretId \\\n = "db")', ["db"]),
        ('client.create_secret(Name="db")', ["db"]),
        ('client.create_secret(Tags=[{"Key": f(x)}], Name=PREFIX + "-db")', ["\0-db"]),
        ('get(SecretId="api/production" "-old")', ["api/production-old"]),
        ('get(SecretId=name)\nname = f"{x}-db"\n', ["\0-db"]),
        ('def f(name="db"):\n    get(SecretId=name)\n', []),
        ('get(SecretId=os.environ["DB"])', []),
        ('id = event.get("SecretId")', []),
        ('client({"SecretId": "db", "SecretKey": key})', []),
        ("const SecretId = process.env.ID || 'db'", ["db"]),
        ('# get(SecretId="db")', []),
        ("if SecretId == 'db':", []),
    ],
)
def test_names_that_code_has(text: str, found: list[str]) -> None:
    assert [name for name, _ in names(text)] == found


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
        ("{name: aws-parameter-store}", []),
    ],
)
def test_a_name_in_a_cluster_is_one_of_aws_if_its_store_is(store: str, found: list[str]) -> None:
    text = STORE.format(store)
    assert [name for name, _ in names(text)] == found


def test_google_s_secrets_are_not_aws_s() -> None:
    terraform = (
        'data "google_secret_manager_secret_version" "a_secret_value" {\n  secret_id = "slack-channel"\n}\n'
    )
    assert check(registry.load()["secret-name"], {"a.tf": terraform}) == []


def test_the_suggested_name_has_the_variable_of_the_environment() -> None:
    terraform = 'resource "aws_secretsmanager_secret" "a" {\n  name = "${var.environment}-orders-db"\n}\n'
    (found,) = check(registry.load()["secret-name"], {"a.tf": terraform})
    assert "e.g. `orders-db/${var.environment}`." in found.fix_hint


def test_code_in_a_string_of_a_program_reads_no_secret() -> None:
    code = 'get_secret_value(SecretId="db")'
    program = f"EXAMPLE = '{code}'\n# {code}\n{code}\nx({{'SecretId': 'orders'}})\n"
    found = check(registry.load()["secret-name"], {"a.py": program})
    assert [each.span.start.line for each in found] == [3, 4]


STEP = "- uses: aws-actions/aws-secretsmanager-get-secrets@v2\n  with:"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("\n    secret-ids: |\n      A, a-db\n      ,b-db\n    parse-json-secrets: true\n", ["a-db", "b-db"]),
        ("\n    secret-ids: a-db\n    parse-json-secrets: true\n", ["a-db"]),
        (" {secret-ids: ',a-db'}\n  b-db\n    c-db\n", ["a-db"]),
    ],
)
def test_the_secrets_of_a_step_are_those_of_its_input(given: str, expected: list[str]) -> None:
    found = check(registry.load()["secret-name"], {".github/workflows/a.yml": STEP + given})
    assert [each.message.split("`")[1] for each in found] == expected
