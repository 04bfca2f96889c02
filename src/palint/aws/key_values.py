"""What looks like an AWS key and is none: documented examples, test doubles, placeholders. Imports no palint.

Each function takes the value alone, without its quotes, in code points.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

# IAM's API reference gives an access key id 16 to 128 characters; a secret access key has 40. What is shorter
# authenticates nobody, whatever it says: moto, LocalStack and MinIO take `test`, `foo` or `minioadmin`.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
SHORTEST_KEY = 16


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A part of a name: `Dummy`, `KEY`, `id`; `AKIA` and what follows it stay together.
_WORD = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TEST_PATH = lazy_re.compile(
    r"(^|/)(tests?|__tests__|specs?|fixtures?)/|(^|/)(test_[^/]*|conftest)\.py$|[._-](test|spec)\.\w+$"
)
_KEY_SHAPE = lazy_re.compile(r"A[KS]IA[A-Z2-7]{16}|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9/+]{40}")
_TEST_WORDS = _listed(
    """test testing tests tester localstack moto mock mocked mocking fake dummy stub local localhost offline
    dev foo bar baz foobar qux minio minioadmin dynamo dynamodb sample demo invalid bogus none null root admin
    user unused ignored ignore default anything whatever noop not real valid used nothing"""
)
_KEY_WORDS = _listed(
    """aws access key keys id secret secrets session token credential credentials password value string text
    iam s the my a an for this is account sdk s3 sqs sns ses"""
)
_PLACEHOLDER_WORDS = _listed(
    """your yours example examples changeme change tbd populate overridden placeholder todo fixme redacted
    replace replaceme insert dummy fake enter put here goes censored hidden removed xxx xxxx omitted masked
    notused unused"""
)
_REFERENCE = lazy_re.compile(
    r"\$\{|\$\(|\{\{|#\{|%\(|<%|^\$\w+$|^%\w+%$|^\{[\w.-]*\}$|^<[^<>]*>$|^\[{1,2}[^\[\]]*\]{1,2}$|^@\w+@$|^__\w+__$"
)


def words(value: str) -> list[str]:
    """The lower-case words of a name in any of its styles: `MyAccessKey-id` is my, access, key, id."""
    return [word.lower() for word in _WORD.findall(value)]


def in_tests(path: str) -> bool:
    """Whether a file (path in lower case) is a test's: a variable there is mostly a double."""
    return _TEST_PATH.search(path) is not None


def is_key(value: str) -> bool:
    """Whether a value may be a real key: no example, no test double, no placeholder."""
    return not (is_example_key(value) or is_placeholder(value) or is_dummy_key(value))


def has_key_shape(value: str) -> bool:
    """Whether a value looks in full like an access key id or a secret access key."""
    return _KEY_SHAPE.fullmatch(value) is not None


def is_example_key(value: str) -> bool:
    """A key of AWS's documentation: each ends in `EXAMPLE` or `EXAMPLEKEY`, and none of them ever works.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html
    """
    return value.endswith(("EXAMPLE", "EXAMPLEKEY"))


def is_dummy_key(value: str) -> bool:
    """A value that tests give where an SDK asks for a key: too short to be one, or made of such words."""
    value = value.strip()
    if len(value) < SHORTEST_KEY:
        return True
    found = words(value)
    return _only(found, _TEST_WORDS) and any(word in _TEST_WORDS for word in found)


def is_template_value(value: str) -> bool:
    """A value that is to be filled in, or is elsewhere: empty, a reference, `your-key`, `xxxx`, `<key>`."""
    value = value.strip()
    if not value or _REFERENCE.search(value) or _is_masked(value):
        return True
    if len({c for c in value.lower() if c.isalnum()}) <= 2:
        return True
    # One in 5,000 random keys holds a `Put` or an `xxx`.
    return not has_key_shape(value) and any(word in _PLACEHOLDER_WORDS for word in words(value))


def is_placeholder(value: str) -> bool:
    """A value that is to be filled in, or only says what belongs there: `AWS_SECRET_ACCESS_KEY`."""
    found = words(value)
    return is_template_value(value) or (bool(found) and _only(found, _KEY_WORDS | _PLACEHOLDER_WORDS))


def _only(found: list[str], allowed: frozenset[str]) -> bool:
    """Whether a value is words of `allowed`, those of a key's name and numbers, and nothing else."""
    return all(word in allowed or word in _KEY_WORDS or word.isdigit() for word in found)


def _is_masked(value: str) -> bool:
    """`****`, `abcd...`, or `AKIA` and one letter sixteen times: one sign repeated where the key was."""
    return "..." in value or "…" in value or re.search(r"([xX*#.0_-])\1{5,}", value) is not None
