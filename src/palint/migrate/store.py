"""Store secrets in AWS Secrets Manager with boto3: merge, write under a label, read back, make current.

A secret's new version first gets the label `palint-pending`. It is read back and compared, and only then
becomes current, in one call that fails if someone else wrote in between. Until that call nothing changes for
readers. No message contains a value or text of AWS's response, which may quote what was sent.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping

from palint.findings import PalintError
from palint.migrate.secret_values import as_json
from palint.util.typing import Any, NamedTuple

# Bytes of a value; https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
LIMIT = 65_536
TAG = "palint:migrated-from"
PENDING = "palint-pending"
_ATTEMPTS = 6  # under throttling; botocore's standard mode waits at most 20 seconds between two

CREATED, UPDATED, UNCHANGED = "created", "updated", "already there"


class StoreError(PalintError):
    """A secret could not be stored and is unchanged; the message says what to do."""


class Stored(NamedTuple):
    """The result for one secret. outcome: CREATED, UPDATED or UNCHANGED. added: keys, sorted."""

    outcome: str
    arn: str
    added: tuple[str, ...]


class SecretStore:
    """Secrets Manager in one account and region, with a person's temporary credentials."""

    def __init__(self, profile: str = "", region: str = "") -> None:
        """Raises StoreError without boto3, without a region, and for a long-lived access key."""
        try:
            import boto3  # type: ignore[import-untyped]
            import botocore.config  # type: ignore[import-untyped]
            import botocore.exceptions  # type: ignore[import-untyped]
        except ImportError:
            raise StoreError(
                "storing secrets needs boto3: `pip install 'palint[aws]'`, or write a script for the AWS CLI "
                "with `palint migrate --format shell`"
            ) from None
        self._sign_in = "aws sso login" + (f" --profile {profile}" if profile else "")
        try:
            session = boto3.Session(profile_name=profile or None, region_name=region or None)
            credentials = session.get_credentials()
            frozen = credentials.get_frozen_credentials() if credentials is not None else None
        except botocore.exceptions.ProfileNotFound:
            raise StoreError(
                f"the AWS profile `{profile}` is not configured: `aws configure sso --profile {profile}`"
            ) from None
        except botocore.exceptions.BotoCoreError as error:
            raise self.no_answer(error) from None
        if frozen is None:
            raise StoreError(f"no AWS credentials: run `{self._sign_in}`")
        if not frozen.token:
            raise StoreError(
                f"the AWS credentials are a long-lived access key, not allowed: run `{self._sign_in}`"
            )
        if not session.region_name:
            raise StoreError("no AWS region: pass `--region`, or set it in the profile")
        self.region: str = session.region_name
        self._client_error = botocore.exceptions.ClientError
        self._transport_error = botocore.exceptions.BotoCoreError
        settings = botocore.config.Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS})
        self._client = session.client("secretsmanager", config=settings)

    def put(
        self, secret_id: str, keys: Mapping[str, str], *, origin: str, replace: Collection[str] = ()
    ) -> Stored:
        """Add keys to a secret, which is created if it does not exist, and compare what was stored.

        origin: source of the keys, for the tag. replace: keys whose different value may be overwritten.
        Raises StoreError, with the current version unchanged.
        """
        described = self._describe(secret_id)
        if described is None:
            return self._create(secret_id, keys, origin)
        current, version = self._current(secret_id)
        different = sorted(k for k, v in keys.items() if k in current and current[k] != v)
        refused = [name for name in different if name not in replace]
        if refused:
            options = " ".join(f"--replace {name}" for name in refused)
            raise StoreError(
                f"`{secret_id}` already has another value for {_names(refused)}: nothing was changed. "
                f"To overwrite it, pass `{options}`"
            )
        added = tuple(sorted(k for k in keys if k not in current or k in different))
        if not added:
            return Stored(UNCHANGED, described["ARN"], ())
        self._write_version(secret_id, {**current, **keys}, version)
        self._call("tag_resource", secret_id, Tags=_tags(origin))
        return Stored(UPDATED, described["ARN"], added)

    def missing(self, secret_id: str, names: Collection[str]) -> tuple[str, list[str]]:
        """(a secret's ARN, "" if it does not exist; those of some keys that it does not have).

        Raises StoreError."""
        described = self._describe(secret_id)
        current = self._current(secret_id)[0] if described is not None else {}
        return described["ARN"] if described else "", sorted(set(names) - set(current))

    def current(self, secret_id: str) -> dict[str, str]:
        """The keys of a secret's current version; none if there is no such secret. Raises StoreError."""
        return self._current(secret_id)[0]

    def remove(self, secret_id: str, names: Collection[str]) -> None:
        """Remove keys from a secret, which stays even if it has no others. Raises StoreError."""
        current, version = self._current(secret_id)
        kept = {name: value for name, value in current.items() if name not in names}
        self._write_version(secret_id, kept, version)

    def differences(self, secret_id: str, keys: Mapping[str, str]) -> list[str]:
        """The names of keys that are missing or different in the current version. Raises StoreError."""
        current, _ = self._current(secret_id)
        return sorted(name for name, value in keys.items() if current.get(name) != value)

    def _create(self, secret_id: str, keys: Mapping[str, str], origin: str) -> Stored:
        text = _checked(secret_id, keys)
        token = str(uuid.uuid4())
        created = self._call(
            "create_secret", secret_id, parameter="Name", SecretString=text, ClientRequestToken=token,
            Tags=_tags(origin),
        )  # fmt: skip
        self._compare(secret_id, token, text)
        return Stored(CREATED, created["ARN"], tuple(sorted(keys)))

    def _write_version(self, secret_id: str, keys: Mapping[str, str], version: str | None) -> None:
        """Write a version with the pending label. version: the current one's id, None if there is none."""
        text = _checked(secret_id, keys)
        token = str(uuid.uuid4())  # botocore's retries send it again, so a repeated call makes one version
        self._call(
            "put_secret_value", secret_id, SecretString=text, ClientRequestToken=token,
            VersionStages=["AWSCURRENT" if version is None else PENDING],
        )  # fmt: skip
        self._compare(secret_id, token, text)
        if version is not None:
            self._make_current(secret_id, token, version)

    def _compare(self, secret_id: str, token: str, text: str) -> None:
        stored = self._call("get_secret_value", secret_id, VersionId=token).get("SecretString")
        if stored != text:
            raise StoreError(
                f"`{secret_id}`: Secrets Manager did not return what was stored (version {token}); "
                "nothing was removed from the repository. Look at the secret, then run `palint migrate` again"
            )

    def _make_current(self, secret_id: str, token: str, version: str) -> None:
        try:
            self._call(
                "update_secret_version_stage", secret_id, VersionStage="AWSCURRENT", MoveToVersionId=token,
                RemoveFromVersionId=version,
            )  # fmt: skip
        except _AnswerError as error:
            if error.code != "InvalidParameterException":
                raise
            raise StoreError(
                f"`{secret_id}` was changed by someone else in the meantime; nothing was overwritten: "
                "run `palint migrate` again"
            ) from None
        self._call("update_secret_version_stage", secret_id, VersionStage=PENDING, RemoveFromVersionId=token)

    def _describe(self, secret_id: str) -> dict[str, Any] | None:
        try:
            described = self._call("describe_secret", secret_id)
        except _AnswerError as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise
        if described.get("DeletedDate"):
            raise StoreError(
                f"`{secret_id}` is scheduled for deletion: restore it with "
                f"`aws secretsmanager restore-secret --secret-id {secret_id}`, or choose another name with "
                "`--service` or `--environment`"
            )
        return described

    def _current(self, secret_id: str) -> tuple[dict[str, Any], str | None]:
        """(the keys of the current version, its id)."""
        try:
            answer = self._call("get_secret_value", secret_id, VersionStage="AWSCURRENT")
        except _AnswerError as error:
            if error.code == "ResourceNotFoundException":
                return {}, None  # the secret exists but has no value
            raise
        try:
            keys = json.loads(answer.get("SecretString", ""))
        except ValueError:
            keys = None
        if not isinstance(keys, dict):
            raise StoreError(
                f"`{secret_id}` does not hold a JSON object, so no key can be added: choose another name "
                "with `--service` or `--environment`"
            )
        return keys, answer["VersionId"]

    def _call(
        self, operation: str, secret_id: str, *, parameter: str = "SecretId", **arguments: object
    ) -> dict[str, Any]:
        """Call the API. Raises _AnswerError for an error response, StoreError for other failures."""
        call: Callable[..., dict[str, Any]] = getattr(self._client, operation)
        try:
            return call(**{parameter: secret_id}, **arguments)
        except self._client_error as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
        except self._transport_error as error:
            raise self.no_answer(error) from None
        raise _AnswerError(secret_id, operation, code, self._sign_in)

    def no_answer(self, error: Exception) -> StoreError:
        """What to say of an error of the client that is no answer of AWS."""
        kind = type(error).__name__
        if "SSO" in kind or "Token" in kind or "Credentials" in kind:
            return StoreError(f"not signed in to AWS ({kind}): run `{self._sign_in}`")
        return StoreError(
            f"AWS Secrets Manager does not answer ({kind}): check the network and the region, or write a "
            "script for later with `palint migrate --format shell`"
        )


class _AnswerError(StoreError):
    """An error response from Secrets Manager. code: AWS's."""

    def __init__(self, secret_id: str, operation: str, code: str, sign_in: str) -> None:
        action = "secretsmanager:" + "".join(word.title() for word in operation.split("_"))
        advice = f"{code or 'no reason given'}; nothing was changed"
        if code.startswith(("AccessDenied", "403", "UnrecognizedClient", "InvalidClientToken")):
            advice = f"not permitted: your role needs `{action}` on it"
        elif code.startswith(("ExpiredToken", "RequestExpired")):
            advice = f"the session is over: run `{sign_in}`"
        elif code.startswith(("Throttling", "TooManyRequests", "RequestLimit")):
            advice = f"AWS still throttles requests after {_ATTEMPTS} attempts; run again in a minute"
        super().__init__(f"`{secret_id}`: {advice}")
        self.code = code


def _checked(secret_id: str, keys: Mapping[str, str]) -> str:
    text = as_json(dict(keys))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        raise StoreError(
            f"`{secret_id}` would have {size:,} bytes; a secret can have {LIMIT:,}. Leave the largest values "
            "out: keep them as files in S3, for example"
        )
    return text


def _tags(origin: str) -> list[dict[str, str]]:
    return [{"Key": TAG, "Value": origin[:256]}]


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
