"""Decide which names are names of secrets.

The first half matches patterns, in any text and at the speed that candidates need. The second half splits
whole names into words, for rules about variables, settings and map keys.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from palint.secrets.vocabulary import (
    ABOUT,
    ABOUT_LAST,
    ADDRESSES,
    CONFIGURED,
    CREDENTIAL_TOKEN,
    GIVEN,
    IDENTIFYING_KEYS,
    JOINED,
    KNOWN,
    MEASURES,
    NEUTRAL,
    OPENS,
    PASSWORDS,
    PROPERTIES,
    PUBLIC,
    SECRET,
    SECRET_KEYS,
    SECRET_PAIRS,
    SECRETS,
    STORES,
    TRAILING,
)
from palint.util import lazy_re

_ANY = lazy_re.compile(
    rf"{SECRETS}|auth|key|cookie|session|[_.]sid|nonce|salt|pepper|seed|signature|jwt|login|hmac|otp|[_.-]pw",
    re.I | re.A,
)
# What a word that names a secret ends with: a long one in any word, a short one in one of its own
_LONG_END = (
    r"passw\w{0,3}|passphrase|passcode|contrase\w?a?|secret|token|credential|cookie|bearer|signature|"
    "sess(?:ion)?id"
)
_SHORT_END = "pass|pwd|psw|pw|key|jwt|auth|otp|salt|pepper|seed|hmac|nonce|sid|session|login|authn|pat"
_SECRET_WORD = lazy_re.compile(
    rf"(?!nopass).*(?:{_LONG_END})s?\Z|(?P<rest>.*?)(?:{_SHORT_END})s?\Z|passin\Z|passout\Z|o?auth(?:ori[sz]ation|entication|enticate)\Z",
    re.A,
)
_STRONG = lazy_re.compile(
    rf"{SECRETS}|(?:{OPENS}|{GIVEN})[_.-]?key|-p\Z|-u\Z",
    re.I | re.A,
)
_KEY_OF_ENTRY = lazy_re.compile(r"(?:passw\w{0,4}|token|credentials?)[_.-]?key\Z", re.I | re.A)
_PASSWORD = lazy_re.compile(rf"{PASSWORDS}|-p\Z|-u\Z", re.I | re.A)


def mentions_secret(text: str) -> bool:
    """Whether a text contains a word for a secret, perhaps as a part of another word."""
    return _ANY.search(text) is not None


@lru_cache(maxsize=2048)
def names_secret(name: str) -> bool:
    """Whether the last word of a name is one for a secret: of `dbPassword1`, not of `passwordHash`.

    Words that do not say what a name is of are left out: numbers, letters, environments, `value`.
    """
    if not mentions_secret(name):
        return name in ("-p", "-u")
    found = words(name)
    while found and (
        found[-1].isdigit() or len(found[-1]) == 1 or found[-1] in NEUTRAL or found[-1] in TRAILING
    ):
        if found.pop().startswith("user") and not is_strong("".join(found[-1:])):
            return False  # `auth_user`; `passwordUser` is a password
    is_none = found[-2:-1] == ["no"]  # `SudoNoPasswd`
    return bool(found) and not is_none and (_is_secret_word(found[-1]) or found[-2:] in _TWO_WORDS)


_TWO_WORDS = (["session", "id"], ["pass", "word"], ["pass", "phrase"], ["pass", "code"])


def _is_secret_word(word: str) -> bool:
    found = _SECRET_WORD.match(word)
    rest = found["rest"] if found else None
    return found is not None and (not rest or rest in JOINED or rest in SECRET_KEYS or rest in NEUTRAL)


@lru_cache(maxsize=1024)
def is_strong(name: str) -> bool:
    """Whether a value under this name is a secret unless a filter drops it.

    Not of `passwordKey`, which is the key of a password in a Secret or a table.
    """
    return _STRONG.search(name) is not None and _KEY_OF_ENTRY.search(name) is None


@lru_cache(maxsize=1024)
def is_password(name: str) -> bool:
    """Whether values of this name are usually chosen by people, not generated."""
    return _PASSWORD.search(name) is not None


# --- whole names, by their words

WORD = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


_CREDENTIAL = lazy_re.compile(r"key|jwt|hmac|bearer|auth(?!or(?!i[sz]))|[0-9a-z]nkey|login", re.I)


def words(name: str) -> list[str]:
    """The lower-case words of a name: `dbPassword`, `DB_PASSWORD` and `db-password` are db, password."""
    return [word.lower() for word in WORD.findall(name)]


def is_secret_name(name: str) -> bool:
    """Whether a name is for a secret, not for a property of one (`token_count`, `secret_arn`)."""
    found = words(name)
    return ABOUT.isdisjoint(found) and _has_secret_word(found)


def describes_secret(name: str) -> bool:
    """Whether a name is for a property of a secret, or for something public (`length`, `arn`)."""
    return not ABOUT.isdisjoint(words(name))


def words_of_setting(name: str) -> list[str]:
    """The words of a name without numbers, letters and environments at its end: of `ID_2`, `KEY_DEV`."""
    from palint.files import environments  # for settings only

    found = words(name)
    while len(found) > 1 and (
        len(found[-1]) == 1 or found[-1].isdigit() or environments.full_name(found[-1])
    ):
        found.pop()
    return found


def is_property(found: list[str]) -> bool:
    """Whether a setting of these words is about something, by the last: `CLIENT_ID`, `SITE_KEY`.

    found: the `words_of_setting`.
    """
    return not _LAST_WORDS.isdisjoint(found[-1:]) or ".".join(found[-2:]) in IDENTIFYING_KEYS


_LAST_WORDS = ABOUT_LAST | MEASURES | PROPERTIES


def is_secret_setting(name: str) -> bool:
    """Whether a setting's value is a secret, by its name.

    Includes `APP_KEY`, `SENTRY_DSN` and `DATABASE_URL`, which could be anything outside of settings."""
    found = words_of_setting(name)
    if found[-3:] == ["access", "key", "id"]:  # goes with its secret
        return True
    if is_property(found) or not (PUBLIC | MEASURES).isdisjoint(found):
        return False
    if not ADDRESSES.isdisjoint(found[-1:]):
        return not STORES.isdisjoint(found[-2:-1]) or not {"webhook", "hook"}.isdisjoint(found)
    # `pw` is also Playwright, and `PRIVATE_SUBNETS` are no secret
    return _has_secret_word(found) or not CONFIGURED.isdisjoint(found) or found[-1:] in (["pw"], ["private"])


@lru_cache(maxsize=1024)
def names_key_of_thing(name: str) -> bool:
    """Whether a name is for the key of something (`feed_key`), and no word says that it opens it.

    In capitals it is a setting, and often a service's: `TWITTER_KEY`.
    """
    return (
        names_any_key(name) and not name.isupper() and bool(_purposes_of_key(words(name.rpartition(".")[2])))
    )


@lru_cache(maxsize=1024)
def names_any_key(name: str) -> bool:
    """Whether a name is for a key, and no word says that it opens something: `feed_key`, `key`."""
    purposes = _purposes_of_key(words(name.rpartition(".")[2]))
    return purposes is not None and not is_strong(name) and SECRET_KEYS.isdisjoint((*purposes, *words(name)))


def _purposes_of_key(found: list[str]) -> set[str] | None:
    """The words around `key` that may say what it is of: no numbers, none of NEUTRAL; None without `key`."""
    at = next((i for i in reversed(range(len(found))) if found[i].endswith(("key", "keys"))), None)
    if at is None:
        return None
    others = {*found[:at], *found[at + 1 :], found[at].removesuffix("s").removesuffix("key")} - NEUTRAL
    return {word for word in others if word and not word.isdigit()}


_CREDENTIAL_TOKEN = lazy_re.compile(CREDENTIAL_TOKEN, re.I)


@lru_cache(maxsize=1024)
def may_name_id(name: str) -> bool:
    """Whether a name is for the token of something (`ClientToken`) or a salt, which may open nothing.

    `ClientToken` of AWS tells a request from its copies, `userToken` of Algolia a visitor from others; that
    which verifies a domain is in its DNS, `resetToken` opens something once. In capitals or as an option it
    is a service's: `COVERALLS_TOKEN`, `--repo-token`.
    """
    found = [word for word in words(name.rpartition(".")[2]) if not word.isdigit() and word not in NEUTRAL]
    if not is_strong(name):
        return "salt" in found
    is_services = name.isupper() or name.startswith("-") or _CREDENTIAL_TOKEN.search(name)
    return len(found) > 1 and found[-1] in ("token", "tokens") and not is_services


def names_credential(name: str) -> bool:
    """Whether a name is that of a credential, and not only of what goes with one, such as a cookie or a seed.

    Which keys are credentials is for `names_any_key` to say.
    """
    return is_strong(name) or _CREDENTIAL.search(name) is not None


def is_known_to_all(name: str) -> bool:
    """Whether a name is for public information: a user, a host, a region, an id."""
    found = words(name)
    return bool(found) and (found[0] in KNOWN or found[-1] in KNOWN) and not _has_secret_word(found)


def _has_secret_word(found: list[str]) -> bool:
    return not SECRET.isdisjoint(found) or any(
        f"{first}.{second}" in SECRET_PAIRS for first, second in pairwise(found)
    )
