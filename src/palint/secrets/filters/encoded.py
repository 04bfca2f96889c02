"""Filters on the content of base64 values."""

from __future__ import annotations

import re
from base64 import b64decode

from palint.secrets.filters.filter import Filter, FilterSet
from palint.secrets.filters.placeholders import PLACEHOLDERS
from palint.secrets.filters.references import REFERENCES, TEMPLATES
from palint.secrets.filters.values import NOT_SECRET
from palint.util import lazy_re

_BASE64 = lazy_re.compile(r"(?:[A-Za-z0-9+/]{4}){2,60}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_JSON = lazy_re.compile(r"(?:ew[o0]|eyA[gi]|eyJ|W3s)[A-Za-z0-9+/]{40,}={0,2}\Z")  # `{`, `[{`, spaces
_MENTIONS_SECRET = lazy_re.compile(rb"pass|secret|token|private|auth|cred|api_?key|\"[dk]\"", re.IGNORECASE)


PLAIN_FILTERS = FilterSet(*PLACEHOLDERS, *REFERENCES, *TEMPLATES, *NOT_SECRET)


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


ENCODED = (
    Filter(
        "encoded",
        "it is the base64 of a placeholder, a hash or a reference",
        encodes_no_secret,
        drops=("KipTT1BTKio=", "Y2hhbmdlbWU=", "aHZzLioqKioqKio=", "dXNlcm5hbWU6"),
        keeps=("cG9zdGdyZXMx", "Kq7vWz2pLm9X"),
    ),
    Filter(
        "encoded-json",
        "it is JSON in base64 that mentions no secret",
        encodes_plain_json,
        drops=("ewogICAgImtleXMiOiBbCiAgICAgIHsia2V5aWQiOiAiU0hBMjU2OngifQogICAgXQp9",),
        keeps=("eyJkIjoiS3E3dld6MnA5eCIsImt0eSI6IkVDIiwiY3J2IjoiUC0yNTYifQ==",),
    ),
)
