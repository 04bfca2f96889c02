"""What is in a test instead of a secret that is written into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from palint.advice.place import Place
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.secrets import Secret

ONE = (
    "an obviously made-up value of the same form and length, e.g. `Example-value-1`, wherever this one is "
    "used, and change what has to match it (a key, an expected value)"
)
VARIABLE = lazy_re.compile(r"[A-Z][A-Z0-9_]{1,60}")
# A sequence of at least 256 bytes in base64, as a key has: ITU-T X.690
_KEY_IN_BASE64 = lazy_re.compile(r"MII[A-Za-z0-9+/]{200}")
# Recorded answers: https://benoittgt.github.io/vcr/, https://vcrpy.readthedocs.io/en/latest/advanced.html
_CASSETTE = lazy_re.compile(r"(?:^|/)(?:[\w-]{0,40}cassettes?|vcr)/")
_KEYS = ("private-key", "private-jwk", "json-web-key")  # ids of formats


def is_key(place: Place, secret: Secret) -> bool:
    """Whether a secret is a private key, also without its first and last line."""
    in_base64 = _KEY_IN_BASE64.match(place.file.text, secret.start, secret.end)
    return secret.detector in _KEYS or in_base64 is not None


def in_test(place: Place, secret: Secret) -> str:
    """What a test has instead of a secret that is written into it.

    No code: its size, its alphabet and what is made from it are the test's.
    """
    if _CASSETTE.search(place.file.path.lower()):
        return (
            "Let the recorder leave it out (`filter_sensitive_data` of VCR, `filter_headers` of vcrpy), and "
            "replace it in the recorded answers."
        )
    if is_key(place, secret):
        return (
            "Let the test make such a key when it runs, and again what belongs to it (certificate, public "
            "key, signatures)."
        )
    if secret.detector == "json-web-token":
        return (
            "Let the test sign a token when it runs, with a key that it makes itself, get one from a server "
            "that it starts, or write one that no server accepts, here and wherever the tests repeat it."
        )
    return f"Write {ONE}. If such a service must accept the new one, read it from AWS Secrets Manager."


def words(name: str) -> str:
    """The words of a name, for a placeholder: `stripe api key`."""
    found = re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", name)
    return " ".join(found).lower()[:40]
