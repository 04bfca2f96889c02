"""Recognise AWS access keys by value, and reject documented examples, dummies and placeholders.

Each function takes a value without its quotes. `KEY_ID` and `is_aws_host` are the only
definitions of their kind.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

# An access key id has 16 to 128 characters by IAM's API reference, a secret access key has 40. A shorter
# value cannot sign in to AWS: moto, LocalStack and MinIO accept `test`, `foo` or `minioadmin`.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
MIN_KEY_LENGTH = 16

# `AKIA` for a user's key, `ASIA` for a temporary one, then 80 bits in base 32 (RFC 4648: no 0, 1, 8, 9).
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
KEY_ID = r"A[KS]IA[A-Z2-7]{16}"
_KEY_ID = lazy_re.compile(KEY_ID)
_KEY_CHARACTERS = lazy_re.compile(r"[A-Za-z0-9/+=]*")
_HEX = lazy_re.compile(r"(?:[0-9a-f]{32}){1,2}")
_SECRET = lazy_re.compile(r"[A-Za-z0-9/+]{40}")
# One of these is in each text that has a key as a string.
QUOTED_KEYS = tuple(
    lazy_re.compile(key) for key in (KEY_ID, rf'"{_SECRET.pattern}"', rf"'{_SECRET.pattern}'")
)

# `s3.eu-west-2.amazonaws.com`, but not `amazonaws.com.example.org`.
_AWS_HOST = lazy_re.compile(r"(?<![\w-])(?:amazonaws\.com(?:\.cn)?|(?:api|on)\.aws)(?![\w.-])", re.IGNORECASE)


def listed(text: str) -> frozenset[str]:
    """The words of a text, for a table."""
    return frozenset(text.split())


# A word of a name: `Dummy`, `KEY`, `id`.
_WORD = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_KEY_SHAPE = lazy_re.compile(rf"{KEY_ID}|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9/+]{{40}}")
_TEST_WORDS = listed(
    """test testing tests tester localstack moto mock mocked mocking fake dummy stub local localhost offline
    dev foo bar baz foobar qux minio minioadmin dynamo dynamodb sample demo invalid bogus none null root admin
    user unused ignored ignore default anything whatever noop not real valid used nothing"""
)
_KEY_WORDS = listed(
    """aws access key keys id secret secrets session token credential credentials password value string text
    iam s the my a an for this is account sdk s3 sqs sns ses"""
)
_PLACEHOLDER_WORDS = listed(
    """your yours example examples changeme change tbd populate overridden placeholder todo fixme redacted
    update provide supply replace replaceme replacement insert dummy fake enter put here goes censored hidden
    removed xxx xxxx omitted masked notused unused"""
)
_REFERENCE = lazy_re.compile(
    r"\$\{|\$\(|\{\{|#\{|%\(|<%|^\$\w+$|^%\w+%$|^\{[\w.-]*\}$|^<{1,2}[^<>]*>{1,2}$|^\[{1,2}[^\[\]]*\]{1,2}$|^@\w+@$|^__\w+__$"
)


_MASKED = lazy_re.compile(r"\.\.\.|…|([xX*#.0_-])\1{5,}")  # as a whole, or its end: `****`, `abcd...`


def words(value: str) -> list[str]:
    """The lower-case words of a name in any of its styles: `MyAccessKey-id` is my, access, key, id."""
    return [word.lower() for word in _WORD.findall(value)]


def is_key(value: str) -> bool:
    """Whether a value may be a real key: not an example, a dummy or a placeholder.

    A key id has letters and digits, and a secret key is base64: `required|string`, `visible-access-key` and
    `AKIA_SOME_WORDS` are neither. Nor are 32 or 64 hex digits, which is how other vendors write keys.
    """
    if _KEY_CHARACTERS.fullmatch(value.strip()) is None or _HEX.fullmatch(value.strip()):
        return False
    return not (is_example_key(value) or is_placeholder(value) or is_dummy_key(value))


def is_key_id(value: str) -> bool:
    """Whether a value has the format of an access key id."""
    return _KEY_ID.fullmatch(value) is not None


def is_temporary_key_id(value: str) -> bool:
    """Whether a value has the format of the id of a temporary key."""
    return value.startswith("ASIA") and is_key_id(value)


def is_session_token(value: str) -> bool:
    """Whether a value begins as STS's session tokens do, one of which is valid in all regions."""
    return value.startswith(("IQoJb3JpZ2luX2Vj", "FwoGZXIvYXdz"))


def has_key_format(value: str) -> bool:
    """Whether a value has the format of an access key id, or the length and characters of a secret key."""
    return is_key_id(value) or _SECRET.fullmatch(value) is not None


def is_aws_host(text: str) -> bool:
    """Whether a text (a host, a URL, a line of settings) contains an AWS host."""
    return _AWS_HOST.search(text) is not None


def has_key_shape(value: str) -> bool:
    """Like `has_key_format`, but a secret key must mix digits and both cases, as random ones do."""
    return _KEY_SHAPE.fullmatch(value) is not None


def is_example_key(value: str) -> bool:
    """Whether a value is a key from AWS's documentation: each of those ends in `EXAMPLE` or `EXAMPLEKEY`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html
    """
    return value.endswith(("EXAMPLE", "EXAMPLEKEY"))


def is_dummy_key(value: str) -> bool:
    """Whether a value is a test's dummy: too short for a key, or made of test words."""
    value = value.strip()
    if len(value) < MIN_KEY_LENGTH:
        return True
    found = words(value)
    return _only(found, _TEST_WORDS) and any(word in _TEST_WORDS for word in found)


def is_template_value(value: str) -> bool:
    """Whether a value must be filled in, or is a reference: empty, `$KEY`, `your-key`, `xxxx`, `<key>`."""
    value = value.strip()
    if not value or _REFERENCE.search(value) or _MASKED.search(value):
        return True
    if len({c for c in value.lower() if c.isalnum()}) <= 2:
        return True
    # One in 5,000 random keys contains a `Put` or an `xxx`.
    return not has_key_shape(value) and any(word in _PLACEHOLDER_WORDS for word in words(value))


def is_placeholder(value: str) -> bool:
    """Whether a value must be filled in, or is only a key's name: `AWS_SECRET_ACCESS_KEY`."""
    found = words(value)
    return is_template_value(value) or (bool(found) and _only(found, _KEY_WORDS | _PLACEHOLDER_WORDS))


def _only(found: list[str], allowed: frozenset[str]) -> bool:
    """Whether a value consists of words of `allowed`, words of a key's name, and numbers."""
    return all(word in allowed or word in _KEY_WORDS or word.isdigit() for word in found)
