"""Which names speak of a secret, and how strongly."""

from __future__ import annotations

import re
from functools import lru_cache

from palint.util import lazy_re

# Names whose value is a secret unless something says otherwise. `passed`, `passing` and `passive` are none.
STRONG = (
    r"pass(?:\b|[^ei\W]|e(?:\b|[^sd\W])|(?-i:I))|pwd|psw|[_-]pw(?:\b|_)|secret|token|credential|contrasena|"
    r"contraseña|ticket"
)
# Names whose value may be one. `author`, `authenticate`, `keyword`, `KeyError`, `session` are none.
WEAK = (
    r"auth(?:\b|[^eo\W]|ori[sz]ation)|key(?:s?(?:\b|_)|(?-i:[A-DF-Z0-9]))|cookie|session_?id|[_.]sid(?:\b|_)|"
    r"nonce|salt|seed|otp|jwt|hmac"
)
SCHEMES = "basic|bearer|oauth|token|apikey|ntlm|ssws|geniekey"  # of HTTP's `Authorization` header
SIGNS_IN = "login|sign_?in|authenticate"  # functions that take a user and a password

_ANY = lazy_re.compile(
    "pass|pwd|psw|[_-]pw(?![a-z])|secret|token|credential|contrase|ticket|auth|"
    "key|cookie|session|[_.]sid|nonce|salt|seed|signature|otp|jwt|login|hmac",
    re.I | re.A,  # letter case is slow beyond ASCII
)
_STRONG = lazy_re.compile(
    r"pass|pwd|psw|[_-]pw(?![a-z])|secret|token|credential|contrase|ticket|"
    r"(?:api|access|private|encryption|signing|master|license|subscription|auth|client|consumer|app|application|"
    r"account|secret|integration|service|deploy)[_.-]?key|-p\Z|-u\Z",
    re.I | re.A,
)
_PASSWORD = lazy_re.compile(r"pass|pwd|psw|[_-]pw(?![a-z])|contrase|-p\Z|-u\Z", re.I | re.A)
# Read backwards from the end of an operator: operator, type, what closes the name, the name.
_BACKWARDS = lazy_re.compile(
    r"(?::\?|tluafed\s{1,4}\||(?:\|_\|)?\((?:esle_)?ro_parwnu\.|[!:=(>,]|\|\||\?\?|(?i:ro))\s{0,80}(?:[\"']?(?i:eulav)(?i:retemarap)?[\"']?[\s,]{1,80})?"
    r"[\\\"'`\])}>]{0,5}([\w.$-]{1,60})(?:[\\\"'`\])}>]{0,5}\s{1,4}([\w.$-]{1,60}))?"
)


@lru_cache(maxsize=1024)
def names_secret(name: str) -> bool:
    """Whether any word of a secret is part of this name."""
    return _ANY.search(name) is not None


@lru_cache(maxsize=1024)
def is_strong(name: str) -> bool:
    """Whether a value under this name is a secret unless something says otherwise."""
    return _STRONG.search(name) is not None


@lru_cache(maxsize=1024)
def is_password(name: str) -> bool:
    """Whether people, not programs, choose what is given to this name."""
    return _PASSWORD.search(name) is not None


def name_before(text: str, at: int, low: int) -> str:
    """The name before the operator that ends at `at`, if it speaks of a secret, else ""."""
    names = _BACKWARDS.match(text[max(low, at - 160) : at][::-1])
    if names:
        for name in names.groups():
            if name and names_secret(name[::-1]):
                return str(name[::-1])
    return ""
