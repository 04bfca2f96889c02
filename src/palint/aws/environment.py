"""Environment variables that hold AWS keys: their names, and how to classify their values."""

from __future__ import annotations

import re

from palint.aws.key_values import is_aws_host, is_key, is_key_id
from palint.util import lazy_re

NAME = lazy_re.compile(
    r"(?:\w{1,80}_)?AWS_(?:\w{1,40}_)?(?:ACCESS_KEY(?:_ID)?|SECRET_(?:ACCESS_)?KEY)", re.IGNORECASE
)
TOKEN = lazy_re.compile(r"(?:\w{1,80}_)?AWS_SESSION_TOKEN", re.IGNORECASE)
_REFERENCE = lazy_re.compile(r"\$(?:\{(?P<name>[^{}:?-]*)(?::?[-?](?P<default>[^{}]*))?\}|\w+)")
_ENDPOINT = lazy_re.compile(r"(?:^|_)ENDPOINT(?:_|$)", re.IGNORECASE)
_SECRET_LENGTH = 40


def classify(value: str) -> str:
    """Classify a value: "literal" for a key, "reference" for a variable that is passed on, "" for neither.

    Neither: dummies, placeholders, AWS's example keys, and `${NAME:-test}`, whose default is a dummy.
    """
    value = value.strip()
    reference = _REFERENCE.fullmatch(value)
    if reference is not None:
        default = reference["default"] or ""
        return "reference" if not default or classify(default) else ""
    if not value or not is_key(value):
        return ""
    if value.isalpha() and len(value) < _SECRET_LENGTH and not is_key_id(value):
        return ""  # `completeAccessKey`: a name
    return "literal"


def classify_beside(value: str, others: dict[str, str]) -> str:
    """Classify a value like `classify`, but return "" if the other variables rule out a static AWS key.

    others: {name: value} of all variables set in the same place. With a session token that is passed on the
    key is temporary; with an endpoint outside AWS it is another vendor's, unless it has AWS's format.
    """
    found = classify(value)
    if found == "reference" and any(TOKEN.fullmatch(other) for other in others):
        return ""
    elsewhere = any(
        _ENDPOINT.search(other) and host and not is_aws_host(host) for other, host in others.items()
    )
    return "" if elsewhere and not is_key_id(value) else found
