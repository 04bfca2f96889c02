"""What is computed without OpenSSL is what OpenSSL computes."""

from __future__ import annotations

import hmac

import pytest

from palint.util.sha256 import hmac_sha256


@pytest.mark.parametrize("size", [0, 1, 64, 65, 200])  # bytes; longer keys than a block are hashed
def test_an_hmac_is_that_of_the_standard_library(size: int) -> None:
    key, message = bytes(range(size)), b"message" * 20
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")
