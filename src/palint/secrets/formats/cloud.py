"""Clouds and hosting: AWS, Google, DigitalOcean, Cloudflare, Heroku, Fly.io and others; Azure is a module."""

from __future__ import annotations

from palint.secrets import checksums
from palint.secrets.formats.format import UUID, WORD, Format, assigned, token, token64

_DIGITALOCEAN = "https://docs.digitalocean.com/reference/api/create-personal-access-token/"


def _mixed_case(value: str) -> bool:
    """Forty random base64 characters hold both cases; a commit id, which has the same length, does not."""
    return value.lower() != value != value.upper()


FORMATS = (
    Format(
        id="aws-access-key-id",
        name="AWS access key id (long-lived)",
        needle="AKIA[A-Z2-7]{4}",
        pattern=token64("AKIA[A-Z2-7]{16}"),
        valid=checksums.aws_account,
        example="{aws_access_key_id}",
        near_miss="AKIA{base32:15}",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ),
    Format(
        id="aws-temporary-access-key-id",
        name="AWS access key id (temporary)",
        needle="ASIA[A-Z2-7]{12}",
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
        needle="1//0[0-9a-z_-]",
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
        id="digitalocean-access-token",
        name="DigitalOcean personal access token",
        needle="do[opr]_v1_",
        pattern=token("dop_v1_[0-9a-f]{64}"),
        example="dop_v1_{hex:64}",
        near_miss="dop_v1_{hex:63}",
        source=_DIGITALOCEAN,
    ),
    Format(
        id="digitalocean-oauth-token",
        name="DigitalOcean OAuth access token",
        needle="do[opr]_v1_",
        pattern=token("doo_v1_[0-9a-f]{64}"),
        example="doo_v1_{hex:64}",
        near_miss="doo_v1_{hex:63}",
        source=_DIGITALOCEAN,
    ),
    Format(
        id="digitalocean-refresh-token",
        name="DigitalOcean OAuth refresh token",
        needle="do[opr]_v1_",
        pattern=token("dor_v1_[0-9a-f]{64}"),
        example="dor_v1_{hex:64}",
        near_miss="dor_v1_{hex:63}",
        source=_DIGITALOCEAN,
    ),
)
