"""Which names are those of a secret.

The first half judges names by pattern, in any text and at the speed that candidates need. The second half
judges whole names by their words, for what a rule says of variables, settings and members of a map.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

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
    """The name before the operator that ends at `at`, if it may be that of a secret, else ""."""
    names = _BACKWARDS.match(text[max(low, at - 160) : at][::-1])
    if names:
        for name in names.groups():
            if name and names_secret(name[::-1]):
                return str(name[::-1])
    return ""


# --- whole names, by their words

_WORD = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a name is made of where its value is a secret whatever else is known.
_SECRET = _listed(
    """password passwords passwd passphrase secret secrets token tokens credential credentials apikey apikeys
    accesskey secretkey privatekey"""
)
_SECRET_PAIRS = _listed(
    """api.key access.key private.key secret.key encryption.key signing.key master.key license.key auth.key
    pass.word pass.phrase connection.string"""
)
# The same where the value is known to be configuration: in a .env file, in the JSON of a secret.
_CONFIGURED = _listed(
    "key keys pass pwd pw private salt dsn webhook cert certificate license credential pem authorization"
)
_STORES = _listed("database db redis mongo mongodb postgres postgresql mysql amqp rabbitmq broker sqlalchemy")
_ADDRESSES = _listed("url uri")
# Words that make a name one about a secret rather than one of a secret: `token_count`, `secret_arn`.
_ABOUT = _listed(
    """slack webhook id ids arn name names url uri path file count expiry expires expired expiration type
    invalid error missing status rotation rotated max min used usage limit length len hash version policy
    without no"""
)
# The same for a setting: these anywhere, those as the last word.
_MEASURES = _listed(
    """max min expiry expires expired expiration expire ttl usage used limit length len count rotation rotated
    version policy invalid error missing enabled required timeout"""
)
_ABOUT_LAST = _listed("id ids arn name names path file type header algorithm alg prefix suffix field")
_PUBLIC = _listed("pub public publishable")
# What anyone may know, as the first or the last word of a name.
_KNOWN = _listed("user username hostname name host port engine region email url endpoint id arn")


def words(name: str) -> list[str]:
    """The lower-case words of a name: `dbPassword`, `DB_PASSWORD` and `db-password` are db, password."""
    return [word.lower() for word in _WORD.findall(name)]


def is_secret_name(name: str) -> bool:
    """Whether a name is that of a secret, and not of something about one (`token_count`, `secret_arn`)."""
    found = words(name)
    return _ABOUT.isdisjoint(found) and _has_secret_word(found)


def describes_secret(name: str) -> bool:
    """Whether a name is that of something about a secret, or of nothing secret at all (`length`, `arn`)."""
    return not _ABOUT.isdisjoint(words(name))


def is_secret_setting(name: str) -> bool:
    """Whether a setting's value is a secret: also `APP_KEY`, `SENTRY_DSN` and `DATABASE_URL`, which elsewhere
    could be anything."""
    found = words(name)
    if found[-3:] == ["access", "key", "id"]:  # goes with its secret
        return True
    if not found or not (_PUBLIC | _MEASURES).isdisjoint(found) or found[-1] in _ABOUT_LAST:
        return False
    if found[-1] in _ADDRESSES:
        return len(found) > 1 and (found[-2] in _STORES or not {"webhook", "hook"}.isdisjoint(found))
    return _has_secret_word(found) or not _CONFIGURED.isdisjoint(found)


def is_known_to_all(name: str) -> bool:
    """Whether a name is that of what need not be secret: a user, a host, a region, an id."""
    found = words(name)
    return bool(found) and (found[0] in _KNOWN or found[-1] in _KNOWN) and not _has_secret_word(found)


def _has_secret_word(found: list[str]) -> bool:
    return not _SECRET.isdisjoint(found) or any(
        f"{first}.{second}" in _SECRET_PAIRS for first, second in pairwise(found)
    )
