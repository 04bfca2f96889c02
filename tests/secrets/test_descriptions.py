"""Messages and reasons of a found secret."""

from __future__ import annotations

import pytest
from palint_rules.hardcoded_secret import HardcodedSecret

from palint.findings import Confidence
from palint.report.summary import short_message
from palint.secrets import Secret, descriptions
from palint.secrets.formats.table import FORMATS
from palint.secrets.synthetic import generate, make_with_value
from palint.testing import check

PASSWORD, TOKEN = generate("{password}"), generate("{github_token}")


def secret(detector: str, size: int, name: str = "", public: int = 0, random: bool = True) -> Secret:
    return Secret(0, size, detector, name, Confidence.HIGH, random, public)


@pytest.mark.parametrize(
    ("detector", "name", "public", "value", "expected"),
    [
        ("assigned", "DB_PASSWORD", 0, PASSWORD, "hardcoded secret in `DB_PASSWORD` (21 characters)"),
        ("assigned", "", 0, PASSWORD, "hardcoded secret (21 characters)"),
        ("url-credentials", "DB_URL", 0, "abcd", "password in the URL of `DB_URL` (4 characters)"),
        ("url-credentials", "", 0, "abcd", "password in the URL (4 characters)"),
        ("default", "", 0, PASSWORD, "hardcoded secret (21 characters)"),
        ("private-key", "", 0, "MIIE", "private key in the file (4 characters)"),
        ("json-web-token", "", 3, "eyJ" + "x" * 210, "hardcoded JSON Web Token: `eyJ…` (213 characters)"),
        ("ArtifactoryDetector", "", 0, PASSWORD,
         "hardcoded secret, found by detect-secrets' `ArtifactoryDetector` (21 characters)"),
    ],
)  # fmt: skip
def test_the_message_names_the_variable_with_the_secret(
    detector: str, name: str, public: int, value: str, expected: str
) -> None:
    assert descriptions.message(secret(detector, len(value), name, public), value) == expected


def test_a_private_key_is_described_by_its_kind_and_lines() -> None:
    key = generate("{private_key}")
    made = descriptions.message(secret("private-key", len(key)), key)
    assert made == f"private key in the file (RSA, {key.count(chr(10)) + 1} lines)"


@pytest.mark.parametrize("name", ["N" * 300, "x"])
def test_a_message_is_short_and_holds_nothing_of_the_value(name: str) -> None:
    for detector in ("assigned", "url-credentials", "default", "github-personal-access-token"):
        made = descriptions.message(secret(detector, 40, name, 4), TOKEN)
        assert len(short_message(made)) <= 100
        assert TOKEN[4:8] not in made + descriptions.why(secret(detector, 40, name, 4), TOKEN)


def test_evidence_is_given_in_the_readers_terms() -> None:
    assert descriptions.why(secret("assigned", 21, "DHL_API_KEY", 0), PASSWORD) == (
        "the value looks random and is assigned to a name ending in `KEY`"
    )
    assert descriptions.why(secret("assigned", 21, "secret_key_base", 0), PASSWORD) == (
        "the value looks random and is assigned to a name that contains `key`"
    )
    assert descriptions.why(secret("url-credentials", 4, random=False), "abcd") == (
        "in the password position of a URL, and may have been chosen by a person"
    )
    assert descriptions.why(secret("private-key", 1), "") == ""
    assert descriptions.why(secret("deepgram-api-key", 40), "") == (
        "looks random, and is assigned to a name that contains the vendor's name"
    )


@pytest.mark.parametrize(
    ("detector", "name", "expected"),
    [
        ("byte-array", "", "as many numbers as a key has bytes"),
        ("key-file", "", "alone in the file that Rails reads its key from"),
        ("private-jwk", "", "the private member of a key (RFC 7518)"),
        ("used", "api_key", "looks random, and is used as `api_key`"),
        ("used", "", "looks random, and is used in a URL"),
        ("assigned", "", ""),
    ],
)
def test_evidence_by_the_form(detector: str, name: str, expected: str) -> None:
    assert descriptions.why(secret(detector, 21, name), PASSWORD) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('os.environ.get("JWT_KEY", "{password}")\n', "`JWT_KEY` falls back to a hardcoded value"),
        ("s = process.env.SECRET || '{password}'\n", "`process.env.SECRET` falls back to a hardcoded value"),
        ("secret = options.secret || '{password}'\n", "hardcoded secret in `options.secret`"),
        ('row.put("JWT_KEY", "{password}")\n', "hardcoded secret in `JWT_KEY`"),
    ],
)
def test_only_what_a_program_falls_back_to_is_called_so(text: str, expected: str) -> None:
    (found,) = check(HardcodedSecret, {"a.py": text})
    assert found.message == f"{expected} (21 characters)"


def test_the_message_of_every_format_is_short() -> None:
    for fmt in FORMATS:
        text, start, end = make_with_value(fmt.example, 1)
        value = text[start:end]
        made = descriptions.message(secret(fmt.id, len(value), "", 4), value)
        assert len(made) <= 100, made
