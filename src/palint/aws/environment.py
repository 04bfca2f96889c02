"""Environment variables that hold AWS keys: their names, and what a value given to one is."""

from __future__ import annotations

import re

from palint.aws.key_values import is_dummy_key, is_example_key, is_placeholder
from palint.util import lazy_re

NAME = lazy_re.compile(r"(?:\w+_)?AWS_(?:\w+_)?(?:ACCESS_KEY(?:_ID)?|SECRET_(?:ACCESS_)?KEY)", re.IGNORECASE)
TOKEN = lazy_re.compile(r"(?:\w+_)?AWS_SESSION_TOKEN", re.IGNORECASE)
_REFERENCE = lazy_re.compile(r"\$(?:\{(?P<name>[^{}:?-]*)(?::?[-?](?P<default>[^{}]*))?\}|\w+)")
_ENDPOINT = lazy_re.compile(r"(?:^|_)ENDPOINT(?:_|$)", re.IGNORECASE)
_AWS_HOST = lazy_re.compile(r"amazonaws\.com|\.aws\b")
_SECRET_LENGTH = 40
_KEY_ID = lazy_re.compile(r"A[KS]IA[A-Z0-9]{16}")


def classify(value: str) -> str:
    """What a value is: "literal" a key, "reference" a variable that is passed on, "" neither.

    `${NAME:-test}`, whose default is a double, is neither; nor are placeholders, doubles and AWS's examples.
    """
    value = value.strip()
    reference = _REFERENCE.fullmatch(value)
    if reference is not None:
        default = reference["default"] or ""
        return "reference" if not default or classify(default) else ""
    if not value or is_example_key(value) or is_dummy_key(value) or is_placeholder(value):
        return ""
    if value.isalpha() and len(value) < _SECRET_LENGTH and not _KEY_ID.fullmatch(value):
        return ""  # `completeAccessKey`: a name
    return "literal"


def has_form(value: str) -> bool:
    """Whether a value has the form of what AWS issues: a key id of 20 characters, a secret of 40."""
    return _KEY_ID.fullmatch(value) is not None or re.fullmatch(r"[A-Za-z0-9/+=]{40}", value) is not None


def is_static(name: str, value: str, others: dict[str, str]) -> str:
    """`given`, but "" where the variables set beside it say that the key is temporary, or not AWS's.

    others: {name: value} of all variables set in the same place. A session token that is passed on makes the
    key a temporary one; an endpoint outside of AWS makes it another vendor's, unless it has AWS's form.
    """
    found = classify(value)
    if found == "reference" and any(TOKEN.fullmatch(other) for other in others):
        return ""
    elsewhere = any(
        _ENDPOINT.search(other) and there and not _AWS_HOST.search(there) for other, there in others.items()
    )
    return "" if elsewhere and not _KEY_ID.fullmatch(value) else found
