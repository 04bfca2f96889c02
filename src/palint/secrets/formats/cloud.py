"""The large clouds: AWS, Google, Alibaba, Tencent, Yandex; Azure has a module of its own."""

from __future__ import annotations

from palint.secrets import checksums
from palint.secrets.formats.format import UUID, WORD, Format, assigned, token, token64


def _mixed_case(value: str) -> bool:
    """Forty random base64 characters hold both cases; a commit id, which has the same length, does not."""
    return value.lower() != value != value.upper()


FORMATS = (
    Format(
        id="aws-access-key-id",
        name="AWS access key id (long-lived)",
        needle="AKIA",
        pattern=token64("AKIA[A-Z2-7]{16}"),
        valid=checksums.aws_account,
        example="{aws_access_key_id}",
        near_miss="AKIA{base32:15}",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ),
    Format(
        id="aws-temporary-access-key-id",
        name="AWS access key id (temporary)",
        needle="ASIA[A-Z2-7]{8}",
        pattern=token64("ASIA[A-Z2-7]{16}"),
        valid=checksums.aws_account,
        example="{aws_temporary_access_key_id}",
        near_miss="ASIA{base32:17}",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ),
    Format(
        id="aws-secret-access-key",
        name="AWS secret access key",
        needle="secret_?access_?key|aws_?secret",
        pattern=assigned(r"secret_?access_?key|aws_?secret(?:_?key)?", "[0-9A-Za-z/+]{40}"),
        valid=_mixed_case,
        example='aws_secret_access_key = "«{aws_secret_access_key}»"',
        near_miss='aws_secret_access_key = "{hex:40}"',
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    Format(
        id="aws-session-token",
        name="AWS session token",
        needle="FwoGZXIvYXdz|IQoJb3JpZ2luX2Vj",
        pattern=token64("(?:FwoGZXIvYXdz|IQoJb3JpZ2luX2Vj)[0-9A-Za-z/+]{100,2000}={0,2}"),
        example="IQoJb3JpZ2luX2Vj{base62:400}",
        near_miss="IQoJb3JpZ2luX2Vj{base62:40}",
        source="https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html",
    ),
    Format(
        id="aws-marketplace-token",
        name="Amazon MWS authorization token",
        needle=r"amzn\.mws\.",
        pattern=token(rf"amzn\.mws\.{UUID}"),
        example="amzn.mws.{uuid}",
        near_miss="amzn.mws.{hex:32}",
        source="https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Registering.html",
    ),
    Format(
        id="aws-bedrock-api-key",
        name="Amazon Bedrock API key (long-term)",
        needle="ABSKQmVkcm9ja0FQSUtleS",
        pattern=token64("ABSKQmVkcm9ja0FQSUtleS[0-9A-Za-z/+]{80,260}={0,2}"),
        example="ABSKQmVkcm9ja0FQSUtleS{base62:108}==",
        near_miss="ABSKQmVkcm9ja0FQSUtleS{base62:20}",
        source="https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html",
    ),
    Format(
        id="google-api-key",
        name="Google API key",
        needle="AIza",
        pattern=token(f"AIza{WORD}{{35}}"),
        example="AIzaSy{base62:33}",
        near_miss="AIzaSy{base62:30}",
        source="https://docs.cloud.google.com/docs/authentication/api-keys",
    ),
    Format(
        id="google-oauth-client-secret",
        name="Google OAuth client secret",
        needle="GOCSPX-",
        pattern=token(f"GOCSPX-{WORD}{{28}}"),
        example="GOCSPX-{base64url:28}",
        near_miss="GOCSPX-{base64url:27}",
        source="https://developers.google.com/identity/protocols/oauth2/web-server",
    ),
    Format(
        id="google-oauth-refresh-token",
        name="Google OAuth refresh token",
        needle="1//0",
        pattern=token(f"(?<![/.-])1//0{WORD}{{60,200}}"),
        example="1//0{base64url:98}",
        near_miss="1//0{base64url:40}",
        source="https://developers.google.com/identity/protocols/oauth2#size",
    ),
    Format(
        id="google-oauth-access-token",
        name="Google OAuth access token",
        needle=r"ya29\.",
        pattern=token(r"ya29\.[0-9A-Za-z_.-]{60,1024}(?<![.-])"),
        example="ya29.{base64url:160}",
        near_miss="ya29.{base64url:20}",
        source="https://developers.google.com/identity/protocols/oauth2#size",
    ),
    Format(
        id="firebase-server-key",
        name="Firebase Cloud Messaging server key (legacy)",
        needle=":APA91b",
        pattern=token(f"AAAA{WORD}{{7}}:APA91b{WORD}{{134}}"),
        example="AAAA{base64url:7}:APA91b{base64url:134}",
        near_miss="AAAA{base64url:7}:APA91b{base64url:100}",
        source="https://firebase.google.com/docs/cloud-messaging/migrate-v1",
    ),
    Format(
        id="alibaba-access-key-id",
        name="Alibaba Cloud access key id",
        needle="LTAI",
        pattern=token("LTAI(?:[0-9A-Za-z]{20}|[0-9A-Za-z]{12})"),
        example="LTAI5t{base62:18}",
        near_miss="LTAI5t{base62:16}",
        source="https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair",
    ),
    Format(
        id="tencent-secret-id",
        name="Tencent Cloud SecretId",
        needle="AKID",
        pattern=token("AKID[0-9A-Za-z]{32}"),
        example="AKID{base62:32}",
        near_miss="AKID{base62:30}",
        source="https://www.tencentcloud.com/document/product/598/32675",
    ),
    Format(
        id="yandex-api-key",
        name="Yandex Cloud API key",
        needle="AQVN",
        pattern=token(f"AQVN{WORD}{{35,38}}"),
        example="AQVN{base64url:36}",
        near_miss="AQVN{base64url:20}",
        source="https://yandex.cloud/en/docs/iam/concepts/authorization/api-key",
    ),
    Format(
        id="yandex-iam-token",
        name="Yandex Cloud IAM token",
        needle=r"t1\.9eu",
        pattern=token64(rf"t1\.9eu{WORD}{{20,400}}={{0,2}}\.{WORD}{{86}}={{0,2}}"),
        example="t1.9eu{base64url:200}.{base64url:86}",
        near_miss="t1.9eu{base64url:200}.{base64url:20}",
        source="https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token",
    ),
)
