"""What counts as no AWS key."""

from __future__ import annotations

import pytest

from palint.aws import key_values
from palint.secrets.synthetic import generate
from tests.grouped import grouped


def _has_quoted_key(text: str) -> bool:
    return any(pattern.search(text) for pattern in key_values.QUOTED_KEYS)


@grouped("seed", range(200), key=lambda seed: f"{seed // 50 * 50}")
def test_a_key_is_neither_example_nor_double_nor_placeholder(seed: int) -> None:
    for shape in ("{aws_access_key_id}", "{aws_temporary_access_key_id}", "{aws_secret_access_key}"):
        value = generate(shape, seed)
        assert key_values.is_key(value)
        assert key_values.has_key_shape(value)
        for quote in "\"'":
            assert _has_quoted_key(f"x = {quote}{value}{quote}\n")


@pytest.mark.parametrize(
    "value", ["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"]
)
def test_documented_examples(value: str) -> None:
    assert key_values.is_example_key(value)


def test_a_file_without_a_key_value_is_recognised() -> None:
    digest = generate("{hex:64}", 1)
    text = f"import boto3\nboto3.client('s3', aws_secret_access_key=secret)  # {digest}\nname = 'AKIA'\n"
    assert not _has_quoted_key(text)


DOUBLES = """test testing foo fakeMyKeyId localstack minioadmin dummy-access-key-id-1 testAccessKeyId
fakeSecretAccessKey TEST_SECRET_ACCESS_KEY not-a-real-secret-key"""
PLACEHOLDERS = """YOUR_ACCESS_KEY_ID ${AWS_SECRET_ACCESS_KEY} changeme AKIAXXXXXXXXXXXXXXXX
xxxxxxxx **************** AWS_SECRET_ACCESS_KEY accessKeyId
%(key)s <AWS_ACCESS_KEY_ID> REPLACE_ME $AWS_KEY AKIA0000000000000000
your-aws-secret-access-key AKIAKQVW... AKIAKQVW…"""


@pytest.mark.parametrize("value", DOUBLES.split())
def test_doubles(value: str) -> None:
    assert key_values.is_dummy_key(value)


@pytest.mark.parametrize("value", ["", "  ", "<your key>", "{{ .Values.key }}", *PLACEHOLDERS.split()])
def test_placeholders(value: str) -> None:
    assert key_values.is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["required|string|max:255", "visible-access-key-of-the-storage", "config.aws.access_key"]
)
def test_a_value_with_characters_that_no_key_has_is_none(value: str) -> None:
    assert not key_values.is_key(value)


@pytest.mark.parametrize("value", ["AccessKeySecretKey", "Kq7vWz2p9xmN4rT8bYgH", "testKq7vWz2p9xmN4rT8bY"])
def test_words_of_a_name_alone_are_no_double(value: str) -> None:
    assert not key_values.is_dummy_key(value)


def test_the_id_of_a_temporary_key() -> None:
    assert key_values.is_temporary_key_id(generate("{aws_temporary_access_key_id}", 1))
    assert not key_values.is_temporary_key_id(generate("{aws_access_key_id}", 1))
    assert not key_values.is_temporary_key_id("ASIAN")
