"""`env-example-value` beyond its examples: what is a placeholder, and what is said and masked."""

from __future__ import annotations

import pytest

from palint import registry
from palint.findings import Severity
from palint.secrets.synthetic import generate
from palint.testing import check

RULE = registry.load()["env-example-value"]


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        *[
            (value, Severity.WARNING)
            for value in ("changeme", "-", "$KEY", "a <key> b", "path/to/it", "string")
        ],
        *[
            (value, Severity.WARNING)
            for value in ("null", "change_it now", "key goes here", "your-key", "<key>")
        ],
        *[
            (value, Severity.ERROR)
            for value in ("3000", "on", "eu", "10.0.0.1", "shop", "Kq7vWz2p9x", "shop/x")
        ],
    ],
)
def test_a_placeholder_is_a_warning_and_a_value_an_error(value: str, severity: Severity) -> None:
    (found,) = check(RULE, {".env.example": f"A={value}\n"})
    assert found.severity is severity


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AA=1\n", "`.env.example` sets a value for `AA`: use comments only"),
        ("AA=1\nBB=<b>\n", "`.env.example` sets a value for `AA`: use comments only"),
        (
            "AA=1\nBB=2\nAPI_KEY=3\n",
            "`.env.example` sets values for `API_KEY`, `AA` and 1 more: use comments only",
        ),
        ("AA=<a>\n", "`.env.example` has a placeholder for `AA`: use comments only"),
        ("AA=<a>\nBB=<b>\n", "`.env.example` has placeholders for `AA`, `BB`: use comments only"),
    ],
)
def test_the_message_names_the_variables(text: str, message: str) -> None:
    (found,) = check(RULE, {".env.example": text})
    assert found.message == message


def test_a_secret_in_the_place_of_a_name_is_masked() -> None:
    token = generate("{base62:32}", 1)
    (found,) = check(RULE, {".env.example": f"{token}=1\nA=2\n"})
    assert token not in repr(found)
