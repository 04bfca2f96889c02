"""Filters on the content of base64 values."""

from __future__ import annotations

import re
from base64 import b64decode

from palint.secrets.filters.filter import Filter, FilterSet
from palint.secrets.filters.identifiers import IDENTIFIERS
from palint.secrets.filters.placeholders import PLACEHOLDERS
from palint.secrets.filters.references import REFERENCES, TEMPLATES
from palint.secrets.filters.values import NOT_SECRET
from palint.util import lazy_re

_BASE64 = lazy_re.compile(r"(?:[A-Za-z0-9+/]{4}){2,60}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_JSON = lazy_re.compile(r"(?:ew[o0]|eyA[gi]|eyJ|W3s)[A-Za-z0-9+/]{40,}={0,2}\Z")  # `{`, `[{`, spaces
_MENTIONS_SECRET = lazy_re.compile(rb"pass|secret|token|private|auth|cred|api_?key|\"[dk]\"", re.IGNORECASE)


PLAIN_FILTERS = FilterSet(*PLACEHOLDERS, *REFERENCES, *TEMPLATES, *NOT_SECRET, *IDENTIFIERS)


def encodes_no_secret(value: str) -> bool:
    """Whether a value encodes text that is not a secret, such as a user without a password."""
    if len(value) % 4 or not _BASE64.match(value):
        return False
    decoded = b64decode(value)
    text = decoded.decode("ascii").strip() if decoded.isascii() else ""
    if text[-1:] == ":" and text[:-1].isalpha():
        return True
    return text.isprintable() and len(text) > 3 and bool(PLAIN_FILTERS.matches(text))


def encodes_plain_json(value: str) -> bool:
    """Whether a value encodes JSON in which no key or value mentions a secret, e.g. public keys."""
    if not _JSON.match(value):
        return False
    decoded = b64decode(value[: len(value) // 4 * 4])
    return decoded.isascii() and not _MENTIONS_SECRET.search(decoded)


_TOKEN_HEADER = lazy_re.compile(r"ey(?:J|A[gi])[A-Za-z0-9_-]{8,200}\Z")
_OF_HEADER = frozenset(("typ", "alg", "cty", "kid", "enc", "zip"))


def is_token_header(value: str) -> bool:
    """Whether a value is the header of a JSON Web Token alone, in base64 without padding (RFC 7515)."""
    if not value.startswith("ey") or not _TOKEN_HEADER.match(value):
        return False
    from base64 import urlsafe_b64decode
    from json import loads

    try:
        header = loads(urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except ValueError:
        return False
    return isinstance(header, dict) and _OF_HEADER.issuperset(header)


ENCODED = (
    Filter(
        "encoded",
        "it is the base64 of a placeholder, a hash or a reference",
        encodes_no_secret,
        drops=("KipTT1BTKio=", "Y2hhbmdlbWU=", "aHZzLioqKioqKio=", "dXNlcm5hbWU6"),
        keeps=("cG9zdGdyZXMx", "Kq7vWz2pLm9X"),
    ),
    Filter(
        "token-header",
        "it is the header of a JSON Web Token, without the rest",
        is_token_header,
        drops=("eyJ0eXAiOiJKV1QifQ", "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"),
        keeps=("eyJwYXNzd29yZCI6IktxN3YifQ", "eyJ0eXAiOiJKV1QifQ.e30", "eyKq7vWz2p9xKq7v"),
    ),
    Filter(
        "encoded-json",
        "it is JSON in base64 that mentions no secret",
        encodes_plain_json,
        drops=("ewogICAgImtleXMiOiBbCiAgICAgIHsia2V5aWQiOiAiU0hBMjU2OngifQogICAgXQp9",),
        keeps=("eyJkIjoiS3E3dld6MnA5eCIsImt0eSI6IkVDIiwiY3J2IjoiUC0yNTYifQ==",),
    ),
)
