"""Which names are names of secrets."""

from __future__ import annotations

import pytest

from palint.secrets import names


@pytest.mark.parametrize(
    ("secret", "other"),
    [
        ("AWS_ACCESS_KEY_ID", "KEY_ID"),
        ("APP_KEY", "RECAPTCHA_SITE_KEY"),
        ("STRIPE_KEY", "STRIPE_PUBLIC_KEY"),
        ("JWT_SECRET", "JWT_SECRET_TTL"),
        ("JWT_SECRET", "JWT_SECRET_NAME"),
        ("DATABASE_URL", "PUBLIC_URL"),
        ("DATABASE_URL", "URL"),
        ("SLACK_WEBHOOK_URL", "SLACK_URL"),
        ("SENTRY_DSN", "SENTRY_REGION"),
        ("LICENSE_KEY", "LICENSE_COUNT"),
        ("JWT_PRIVATE", "PRIVATE_SUBNETS"),
        ("WEBHOOK_SECRET", "WEBHOOK_REF"),
        ("AUTH_TOKEN_DEV", "AUTH_TOKEN_AUDIENCE_DEV"),
        ("SIGNING_KEY_2", "CERTIFICATE_ARN2"),
        ("SIGNING_KEY", "STATE_BUCKET_KEY"),
        ("TOKEN", "SECRET_ID"),
        ("TOKEN", "_"),
        ("TOKEN", ""),
    ],
)
def test_the_name_of_a_setting(secret: str, other: str) -> None:
    assert names.is_secret_setting(secret)
    assert not names.is_secret_setting(other)


@pytest.mark.parametrize(
    ("secret", "other"),
    [
        ("dbPassword1", "passwordHash"),
        ("testpass", "bypass"),
        ("storepass", "compass"),
        ("session_id", "session_name"),
        ("pass_word", "passage"),
        ("SECRET_KEY_BASE", "BASE"),
        ("-p", "-q"),
        ("sudo_passwd", "SudoNoPasswd"),
        ("passwordUser", "basic_auth_user"),
        ("tokenUsers", "AUTH_USERS"),
        ("auth_value", "value"),
        ("key1", "key_hash"),
        ("oauthorization", "oauthor"),
    ],
)
def test_the_last_word_says_whether_a_name_is_of_a_secret(secret: str, other: str) -> None:
    assert names.names_secret(secret)
    assert not names.names_secret(other)


@pytest.mark.parametrize(
    ("thing", "other"),
    [
        ("feed_key", "key"),
        ("feed_key", "feed"),
        ("feed_key", "FEED_KEY"),
        ("feed_keys", "api_key"),
        ("feed_key", "12"),
    ],
)
def test_the_key_of_a_thing(thing: str, other: str) -> None:
    assert names.names_key_of_thing(thing)
    assert not names.names_key_of_thing(other)


@pytest.mark.parametrize(
    ("known", "other"), [("DB_USER", "DB_PASSWORD"), ("host", "ghost"), ("region_name", "_")]
)
def test_what_everyone_knows(known: str, other: str) -> None:
    assert names.is_known_to_all(known)
    assert not names.is_known_to_all(other)
