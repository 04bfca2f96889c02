"""Describe a found secret: what it is, and the evidence if a reader could doubt it."""

from __future__ import annotations

from functools import cache

from palint.findings import summarize_secret
from palint.secrets import Secret
from palint.secrets.names import names_secret
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.secrets.formats.format import Format

_MAX_NAME = 200  # characters of a name that a message has
_PEM = lazy_re.compile(r"-----BEGIN ([A-Z0-9]+) PRIVATE KEY")
# A longer run of letters may be of a token in the place of a name.
_WORD = lazy_re.compile(r"(?<![A-Za-z])[A-Za-z]{1,24}(?![A-Za-z])")
_KINDS = {  # by detector, if the name that holds the secret adds nothing or is unknown
    "url-credentials": "password in the URL",
    "authorization-header": "credential in an `Authorization` header",
    "user-option": "password on a command line",
    "password-option": "password on a command line",
    "sql-password": "password in a statement",
    "credentials-pair": "hardcoded password next to a user name",
    "used": "hardcoded credential that the code signs in with",
    "byte-array": "hardcoded secret as a list of numbers",
    "private-jwk": "private JSON Web Key",
    "key-file": "key of Rails' credentials",
}
_ASSIGNED = (
    "assigned", "bare", "wrapped", "argument", "first-argument", "default", "compared", "statement",
    "element",
)  # fmt: skip


@cache
def _formats() -> dict[str, Format]:
    """The formats by id, imported only if there is a secret to describe."""
    from palint.secrets.formats.table import FORMATS

    return {fmt.id: fmt for fmt in FORMATS}


def message(secret: Secret, value: str, *, falls_back: bool = False) -> str:
    """The kind of a secret, the name that it is assigned to, and its length.

    Of the value itself only the public prefix of its format is shown. falls_back: whether the program uses
    the value if a variable is not set.
    """
    size = summarize_secret(value, secret.public_prefix_len)
    shown, _, length = size.rpartition("… ")
    name = secret.name[:_MAX_NAME]
    fmt = _formats().get(secret.detector)
    if secret.detector == "private-key":
        kind = _PEM.search(value)
        lines = f"{value.count(chr(10)) + 1} lines" if "\n" in value else length.strip("()")
        return f"private key in the file ({f'{kind[1]}, ' if kind else ''}{lines})"
    if fmt is not None:
        prefix = f": `{shown}…`" if shown else ""
        return f"hardcoded {fmt.name.partition(';')[0]}{prefix} {length}"
    if secret.detector == "url-credentials" and name:
        return f"password in the URL of `{name}` {length}"
    if falls_back and name and secret.detector in _ASSIGNED:
        return f"`{name}` falls back to a hardcoded value {length}"
    if secret.detector in _KINDS:
        return f"{_KINDS[secret.detector]} {length}"
    if secret.detector in _ASSIGNED:
        return f"hardcoded secret{f' in `{name}`' if name else ''} {length}"
    return f"hardcoded secret, found by detect-secrets' `{secret.detector}` {length}"


_WHY = {
    "byte-array": "as many numbers as a key has bytes",
    "key-file": "alone in the file that Rails reads its key from",
    "private-jwk": "the private member of a key (RFC 7518)",
}


def why(secret: Secret, value: str) -> str:
    """The evidence for a secret that no format proves, at most two reasons; "" if none is needed."""
    from palint.secrets.checksums import aws_account
    from palint.secrets.formats.format import is_random

    fmt = _formats().get(secret.detector)
    if fmt is not None:
        if secret.detector == "private-key" or fmt.valid is None:
            return ""
        if fmt.valid is is_random:
            return "looks random, and is assigned to a name that contains the vendor's name"
        if secret.detector == "json-web-token":
            return "its header and its payload are those of a JSON Web Token"
        what = "it has an account's number" if fmt.valid is aws_account else "its checksum is right"
        return f"matches the vendor's format, and {what}"
    if secret.detector in _WHY:
        return _WHY[secret.detector]
    looks = "looks random" if secret.looks_random else "may have been chosen by a person"
    if secret.detector == "url-credentials":
        return f"in the password position of a URL, and {looks}"
    if secret.detector == "used":
        return f"looks random, and {f'is used as `{secret.name}`' if secret.name else 'is used in a URL'}"
    words = _WORD.findall(secret.name)
    if not words:
        return ""
    named = next((word for word in reversed(words) if names_secret(word)), words[-1])
    place = "ending in" if named == words[-1] else "that contains"
    return f"the value {looks} and is assigned to a name {place} `{named}`"
