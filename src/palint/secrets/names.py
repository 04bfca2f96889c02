"""Decide which names are names of secrets.

The first half matches patterns, in any text and at the speed that candidates need. The second half splits
whole names into words, for rules about variables, settings and map keys.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from palint.util import lazy_re

# Names whose value is a secret unless a filter drops it; not `passed`, `passing` and `passive`.
STRONG = (
    r"pass(?:\b|[^ei\W]|e(?:\b|[^sd\W])|(?-i:I))|pwd|psw|\bpw(?:\b|_)|[_-]pw(?:\b|_)|secret|token|credential|contrasena|"
    r"contraseña|ticket"
)
# Names whose value may be a secret; not `author`, `authenticate`, `keyword`, `KeyError`, `session`.
WEAK = (
    r"auth(?:\b|[^eo\W]|ori[sz]ation)|key(?:s?(?:\b|_)|(?-i:[A-DF-Z0-9]))|cookie|session_?id|[_.]sid(?:\b|_)|"
    r"nonce|salt|seed|otp|jwt|hmac"
)
SCHEMES = "basic|bearer|oauth|token|apikey|ntlm|ssws|geniekey"  # of HTTP's `Authorization` header
SIGNS_IN = "login|sign_?in|authenticate"  # functions that take a user and a password

_ANY = lazy_re.compile(
    "pass|pwd|psw|(?<![a-z])pw(?![a-z])|secret|token|credential|contrase|ticket|auth|"
    "key|cookie|session|[_.]sid|nonce|salt|seed|signature|jwt|login|hmac|"
    "(?-i:OTP|Otp|(?<![a-z])otp|otp(?![a-z]))",  # not `hotpink`
    re.I | re.A,  # letter case is slow beyond ASCII
)
_STRONG = lazy_re.compile(
    r"pass|pwd|psw|(?<![a-z])pw(?![a-z])|secret|token|credential|contrase|ticket|"
    r"(?:api|access|private|encryption|signing|master|license|subscription|auth|client|consumer|app|application|"
    r"account|secret|integration|service|deploy)[_.-]?key|-p\Z|-u\Z",
    re.I | re.A,
)
_PASSWORD = lazy_re.compile(r"pass|pwd|psw|(?<![a-z])pw(?![a-z])|contrase|-p\Z|-u\Z", re.I | re.A)
# Read backwards from the end of an operator: operator, type, closing quote or bracket, name.
_BACKWARDS = lazy_re.compile(
    r"(?::\?|tluafed\s{1,4}\||(?:\|_\|)?\((?:esle_)?ro_parwnu\.|=[?|+.]{1,2}|>-|-<"
    r"|[!:=(>,]|\|\||\?\?|(?i:ro|ot\b))\s{0,80}(?:\}[;\w ]{0,24};teg ?\{\s{0,2})?"
    r"(?:[\"']?(?i:eulav)(?i:retemarap)?[\"']?[\s,]{1,80})?"
    r"[\\\"'`\])}>]{0,5}([\w.$-]{1,60})(?:[\\\"'`\])}>]{0,5}\s{1,4}([\w.$-]{1,60}))?"
)


@lru_cache(maxsize=1024)
def names_secret(name: str) -> bool:
    """Whether the name contains a word for a secret."""
    return _ANY.search(name) is not None


@lru_cache(maxsize=1024)
def is_strong(name: str) -> bool:
    """Whether a value under this name is a secret unless a filter drops it."""
    return _STRONG.search(name) is not None


@lru_cache(maxsize=1024)
def is_password(name: str) -> bool:
    """Whether values of this name are usually chosen by people, not generated."""
    return _PASSWORD.search(name) is not None


def name_before(text: str, at: int, low: int) -> str:
    """The name before the operator that ends at `at`, if it may name a secret, else ""."""
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


# Words of names whose value is a secret in any context.
_SECRET = _listed(
    """password passwords passwd passphrase secret secrets token tokens credential credentials apikey apikeys
    accesskey secretkey privatekey"""
)
_SECRET_PAIRS = _listed(
    """api.key access.key private.key secret.key encryption.key signing.key master.key license.key auth.key
    pass.word pass.phrase connection.string"""
)
# The same if the value is known to be configuration: in a .env file, in the JSON of a secret.
_CONFIGURED = _listed(
    "key keys pass pwd pw private salt dsn webhook cert certificate license credential pem authorization"
)
_STORES = _listed("database db redis mongo mongodb postgres postgresql mysql amqp rabbitmq broker sqlalchemy")
_ADDRESSES = _listed("url uri")
# Words before `key` that say what it encrypts, signs or opens, beyond those in _STRONG; `nkey` is of NATS
_SECRET_KEYS = _listed(
    """private priv sec enc encrypt encrypted encrypting decryption decrypt sign sig signature root licence
    auth authn authentication authorization deployment admin server shared symmetric psk preshared wrapping
    wrap unseal recovery cipher crypt crypto aes des hmac mac rsa dsa ec ecc ecdsa ecdh eddsa ed sse kms jwt
    jws jwe jwk oct bit bits session cookie validation verification ssh tls ssl https cert certificate pgp gpg
    wireguard vapid webhook vault user n"""
)
# Words around `key` that do not say what it is for
_NEUTRAL = _listed(
    """the a my our your this test tests testing fake mock dummy example sample expected known generated
    random new old other another first second third current previous default const invalid valid bad wrong
    bytes byte encoded raw string str text value val pem der hex b64 base64 set with use add put get
    verify validate"""
)
_CREDENTIAL = lazy_re.compile(r"key|jwt|hmac|bearer|auth(?!or(?!i[sz]))|[0-9a-z]nkey|login", re.I)
_ID = lazy_re.compile(r"[0-9a-z][0-9a-z/._]{0,40}\Z")  # hex of 20 bytes, a path; not bytes with colons
# Words before `token` that say that it identifies a device or a message, and those that leave it open:
# `ClientToken` of AWS tells a request from its copies, `userToken` of Algolia a visitor from others
_DEVICES = _listed("device push registration apns fcm uplink downlink ue")
_PARTIES = _listed("client user visitor")
_UUID_OR_DIGEST = lazy_re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z|(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\Z"
)
# Words for a property of a secret rather than the secret: `token_count`, `secret_arn`.
_ABOUT = _listed(
    """slack webhook id ids arn name names url uri path file count expiry expires expired expiration type
    invalid error missing status rotation rotated max min used usage limit length len hash version policy
    without no"""
)
# The same for a setting: _MEASURES anywhere, _ABOUT_LAST as the last word.
_MEASURES = _listed(
    """max min expiry expires expired expiration expire ttl usage used limit length len count rotation rotated
    version policy invalid error missing enabled required timeout duration lifetime interval seconds minutes
    hours days"""
)
_ABOUT_LAST = _listed("id ids arn name names path file type header algorithm alg prefix suffix field")
_PUBLIC = _listed("pub public publishable")
# Public information, as the first or the last word of a name.
_KNOWN = _listed("user username hostname name host port engine region email url endpoint id arn")


def words(name: str) -> list[str]:
    """The lower-case words of a name: `dbPassword`, `DB_PASSWORD` and `db-password` are db, password."""
    return [word.lower() for word in _WORD.findall(name)]


def is_secret_name(name: str) -> bool:
    """Whether a name is for a secret, not for a property of one (`token_count`, `secret_arn`)."""
    found = words(name)
    return _ABOUT.isdisjoint(found) and _has_secret_word(found)


def describes_secret(name: str) -> bool:
    """Whether a name is for a property of a secret, or for something public (`length`, `arn`)."""
    return not _ABOUT.isdisjoint(words(name))


def is_secret_setting(name: str) -> bool:
    """Whether a setting's value is a secret, by its name.

    Includes `APP_KEY`, `SENTRY_DSN` and `DATABASE_URL`, which could be anything outside of settings."""
    found = words(name)
    if found[-3:] == ["access", "key", "id"]:  # goes with its secret
        return True
    if not found or not (_PUBLIC | _MEASURES).isdisjoint(found) or found[-1] in _ABOUT_LAST:
        return False
    if found[-1] in _ADDRESSES:
        return len(found) > 1 and (found[-2] in _STORES or not {"webhook", "hook"}.isdisjoint(found))
    return _has_secret_word(found) or not _CONFIGURED.isdisjoint(found)


def may_name_id(name: str, value: str, *, called: bool) -> bool:
    """Whether a random value under a name that does not say that it opens something may be an id.

    That is the key of something (`gateway_key`), a key that is not said to be of anything (`key`) if it has
    the form of an id or a function is given it (`called`), the name of a key (`KEY_DATA`), a salt, and the
    token of a device or, if it is a UUID or a digest, of a client (`ClientToken`).
    """
    if is_strong(name):
        return _may_be_id_token(name, value)
    found = words(name.rpartition(".")[2] if called else name)
    if "salt" in found:
        return True
    at = next((i for i in reversed(range(len(found))) if found[i].endswith(("key", "keys"))), None)
    if at is None:
        return False
    others = {*found[:at], *found[at + 1 :], found[at].removesuffix("s").removesuffix("key"), ""} - _NEUTRAL
    purposes = {word for word in others if word and not word.isdigit()}
    if not purposes.isdisjoint(_SECRET_KEYS):
        return False
    if purposes:
        return not name.isupper() or not purposes.isdisjoint(found[at + 1 :])
    return called or (_ID.match(value) is not None and not name.isupper())


def names_credential(name: str) -> bool:
    """Whether a name is that of a credential, and not only of what goes with one, such as a cookie or a seed.

    Which keys are credentials is for `may_name_id` to say.
    """
    return is_strong(name) or _CREDENTIAL.search(name) is not None


def _may_be_id_token(name: str, value: str) -> bool:
    """Whether a token, by the word before it, is of a device, or may be the id of a client."""
    for first, second in pairwise(words(name)):
        if second == "token" and (
            first in _DEVICES or (first in _PARTIES and _UUID_OR_DIGEST.match(value) is not None)
        ):
            return True
    return False


def is_known_to_all(name: str) -> bool:
    """Whether a name is for public information: a user, a host, a region, an id."""
    found = words(name)
    return bool(found) and (found[0] in _KNOWN or found[-1] in _KNOWN) and not _has_secret_word(found)


def _has_secret_word(found: list[str]) -> bool:
    return not _SECRET.isdisjoint(found) or any(
        f"{first}.{second}" in _SECRET_PAIRS for first, second in pairwise(found)
    )
