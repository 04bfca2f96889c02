"""The store against moto's server: of boto3 only the waiting between retries is replaced."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest

from palint.migrate.store import CREATED, LIMIT, PENDING, TAG, UNCHANGED, UPDATED, SecretStore, StoreError
from tests.migrate.conftest import Aws

SHOP = "shop/development"


def put(keys: dict[str, str], replace: tuple[str, ...] = (), secret_id: str = SHOP) -> Any:
    return SecretStore().put(secret_id, keys, origin="acme/shop", replace=replace)


def stages(aws: Aws, secret_id: str = SHOP) -> dict[str, list[str]]:
    versions = aws.client().describe_secret(SecretId=secret_id)["VersionIdsToStages"]
    return {
        stage: sorted(v for v in versions if stage in versions[v]) for v in versions for stage in versions[v]
    }


def test_create(aws: Aws) -> None:
    stored = put({"B": "2", "A": 'wörd\n"quoted"'})
    assert (stored.outcome, stored.added) == (CREATED, ("A", "B"))
    assert aws.keys(SHOP) == {"A": 'wörd\n"quoted"', "B": "2"}
    described = aws.client().describe_secret(SecretId=SHOP)
    assert {"Key": TAG, "Value": "acme/shop"} in described["Tags"]
    assert stored.arn == described["ARN"]
    assert PENDING not in stages(aws)


def test_a_second_run_changes_nothing(aws: Aws) -> None:
    put({"A": "1"})
    aws.calls.clear()
    assert put({"A": "1"}).outcome == UNCHANGED
    assert aws.calls == ["DescribeSecret", "GetSecretValue"]


def test_merge_keeps_the_other_keys(aws: Aws) -> None:
    aws.client().create_secret(Name=SHOP, SecretString=json.dumps({"OTHER": "x", "NESTED": {"a": 1}}))
    stored = put({"A": "1"})
    assert (stored.outcome, stored.added) == (UPDATED, ("A",))
    assert aws.keys(SHOP) == {"OTHER": "x", "NESTED": {"a": 1}, "A": "1"}
    assert {"Key": TAG, "Value": "acme/shop"} in aws.client().describe_secret(SecretId=SHOP)["Tags"]
    assert PENDING not in stages(aws)


def test_a_secret_without_a_value_gets_one(aws: Aws) -> None:
    aws.client().create_secret(Name=SHOP)
    assert put({"A": "1"}).outcome == UPDATED
    assert aws.keys(SHOP) == {"A": "1"}


def test_a_different_value_is_not_overwritten(aws: Aws) -> None:
    put({"A": "first-value", "B": "2"})
    with pytest.raises(StoreError) as caught:
        put({"A": "other-value", "C": "3"})
    assert "`A`" in str(caught.value) and "--replace A" in str(caught.value)
    assert "value" not in str(caught.value).replace("another value", "")
    assert aws.keys(SHOP) == {"A": "first-value", "B": "2"}


def test_replace_overwrites_only_the_named_key(aws: Aws) -> None:
    put({"A": "1", "B": "2"})
    with pytest.raises(StoreError, match="`B`"):
        put({"A": "x", "B": "y"}, replace=("A",))
    assert put({"A": "x"}, replace=("A",)).added == ("A",)
    assert aws.keys(SHOP) == {"A": "x", "B": "2"}


@pytest.mark.parametrize(
    ("failing", "code", "said"),
    [
        (
            "UpdateSecretVersionStage",
            "AccessDeniedException",
            "your role needs `secretsmanager:UpdateSecretV",
        ),
        ("GetSecretValue", "ExpiredTokenException", "the session is over: run `aws sso login`"),
        ("DescribeSecret", "Other", "Other; nothing was changed"),
    ],
)
def test_an_error_of_aws_says_what_to_do(aws: Aws, failing: str, code: str, said: str) -> None:
    put({"A": "1"})
    aws.answer = lambda operation, body: (400, {"__type": code}) if operation == failing else None
    with pytest.raises(StoreError, match=said):
        put({"B": "2"})
    aws.answer = lambda operation, body: None
    assert aws.keys(SHOP) == {"A": "1"}


def test_a_session_that_ended_is_no_network_error(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile shop]\nregion = eu-west-2\nsso_start_url = https://shop.example.com/start\n"
        "sso_region = eu-west-2\nsso_account_id = 123456789012\nsso_role_name = dev\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(StoreError, match=r"not signed in to AWS .*: run `aws sso login --profile shop`"):
        SecretStore("shop")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("TokenRetrievalError", "not signed in"), ("NoCredentialsError", "not signed in"),
        ("EndpointConnectionError", "does not answer"),
    ],
)  # fmt: skip
def test_an_error_without_an_answer_says_what_to_do(aws: Aws, error: str, said: str) -> None:
    assert said in str(SecretStore().no_answer(type(error, (Exception,), {})()))


def test_without_a_region_nothing_is_asked(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(StoreError, match="no AWS region"):
        SecretStore()
    assert SecretStore(region="eu-north-1").region == "eu-north-1"


@pytest.mark.parametrize("text", ["plain", "[1]", ""])
def test_a_secret_that_is_not_a_json_object_is_left_alone(aws: Aws, text: str) -> None:
    aws.client().create_secret(Name=SHOP, SecretString=text or " ")
    with pytest.raises(StoreError, match="does not hold a JSON object"):
        put({"A": "1"})
    assert aws.client().get_secret_value(SecretId=SHOP)["SecretString"] == (text or " ")


def test_scheduled_for_deletion(aws: Aws) -> None:
    put({"A": "1"})
    aws.client().delete_secret(SecretId=SHOP, RecoveryWindowInDays=7)
    with pytest.raises(StoreError, match=f"restore-secret --secret-id {SHOP}"):
        put({"A": "1"})


def test_the_limit_is_checked_before_the_call(aws: Aws) -> None:
    fits = LIMIT - len('{"A": ""}')
    assert put({"A": "x" * fits}).outcome == CREATED
    aws.calls.clear()
    with pytest.raises(StoreError, match="65,537 bytes"):
        put({"A": "x" * (fits + 1)}, secret_id="shop/staging")
    with pytest.raises(StoreError, match="bytes"):
        put({"B": "ü" * 10}, secret_id=SHOP)
    assert not {"CreateSecret", "PutSecretValue"} & set(aws.calls)
    assert not aws.has("shop/staging")


def test_read_back_that_differs_never_becomes_current(aws: Aws) -> None:
    put({"A": "1"})
    current = aws.client().get_secret_value(SecretId=SHOP)["VersionId"]

    def change(operation: str, data: bytes) -> bytes:
        answer = json.loads(data)
        if operation == "GetSecretValue" and answer.get("VersionId") != current:
            answer["SecretString"] = answer["SecretString"].replace("2", "3")
        return json.dumps(answer).encode()

    aws.change = change
    with pytest.raises(StoreError, match="did not return what was stored"):
        put({"B": "2"})
    aws.change = lambda operation, data: data
    assert aws.keys(SHOP) == {"A": "1"}
    assert put({"B": "2"}).added == ("B",)  # a second run goes on
    assert aws.keys(SHOP) == {"A": "1", "B": "2"}


def test_a_concurrent_change_is_not_overwritten(aws: Aws) -> None:
    put({"A": "1"})
    other = aws.client()

    def answer(operation: str, body: dict[str, Any]) -> None:
        if operation == "UpdateSecretVersionStage" and "MoveToVersionId" in body:
            aws.answer = lambda operation, body: None
            other.put_secret_value(SecretId=SHOP, SecretString='{"A": "1", "THEIRS": "x"}')

    aws.answer = answer
    with pytest.raises(StoreError, match="changed by someone else"):
        put({"B": "2"})
    assert aws.keys(SHOP) == {"A": "1", "THEIRS": "x"}
    put({"B": "2"})
    assert aws.keys(SHOP) == {"A": "1", "B": "2", "THEIRS": "x"}


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that botocore would have waited before each retry."""
    seconds: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=seconds.append))
    return seconds


def test_throttling_is_retried_with_the_same_token(aws: Aws, waited: list[float]) -> None:
    tokens: list[str] = []

    def answer(operation: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        if operation == "CreateSecret":
            tokens.append(body["ClientRequestToken"])
            if len(tokens) < 3:
                return 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}
        return None

    aws.answer = answer
    assert put({"A": "1"}).outcome == CREATED
    assert len(tokens) == 3 and len(set(tokens)) == 1 and len(waited) == 2
    assert aws.keys(SHOP) == {"A": "1"}


def test_throttling_that_does_not_end(aws: Aws, monkeypatch: pytest.MonkeyPatch, waited: list[float]) -> None:
    monkeypatch.setattr("palint.migrate.store._ATTEMPTS", 2)
    aws.answer = lambda operation, body: (400, {"__type": "ThrottlingException", "message": "Rate"})
    with pytest.raises(StoreError, match="throttles requests after 2 attempts"):
        put({"A": "1"})


def test_access_denied_by_iam(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto checks real policies from here on: a role that may read and not write."""
    iam, sts = aws.client("iam"), aws.client("sts")
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "secretsmanager:DescribeSecret", "Resource": "*"}]}  # fmt: skip
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=json.dumps(policy))
    given = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    _check_policies(aws, after=0)
    try:
        with pytest.raises(StoreError, match="needs `secretsmanager:CreateSecret`"):
            put({"A": "1"})
    finally:
        _check_policies(aws, after=10**9)


def _check_policies(aws: Aws, after: int) -> None:
    headers = {"Content-Type": "text/plain"}
    request = urllib.request.Request(
        f"{aws.url}/moto-api/reset-auth", str(after).encode(), headers, method="POST"
    )
    urllib.request.urlopen(request)


def test_a_long_lived_key_is_refused(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    with pytest.raises(StoreError, match=r"long-lived access key.*`aws sso login --profile acme`"):
        monkeypatch.setenv("AWS_CONFIG_FILE", _config(monkeypatch, "acme"))
        SecretStore("acme")
    assert aws.calls == []


def _config(monkeypatch: pytest.MonkeyPatch, profile: str) -> str:
    """A config file whose profile runs a program that prints a key without a session token."""
    import os
    import sys

    path = os.environ["AWS_CONFIG_FILE"]
    script = '{\\"Version\\": 1, \\"AccessKeyId\\": \\"testing\\", \\"SecretAccessKey\\": \\"testing\\"}'
    with open(path, "w") as file:
        file.write(f"[profile {profile}]\nregion = eu-west-2\ncredential_process = ")
        file.write(f"{sys.executable} -c \"print('{script}')\"\n".replace('\\"', '\\"'))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    return path


def test_without_a_session_the_error_says_how_to_sign_in(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(StoreError, match="run `aws sso login`"):
        SecretStore()


def test_an_unknown_profile(aws: Aws) -> None:
    with pytest.raises(StoreError, match="aws configure sso --profile nosuch"):
        SecretStore("nosuch")


def test_no_network(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palint.migrate.store._ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="--format shell"):
        put({"A": "1"})
