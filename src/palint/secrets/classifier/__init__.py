"""What a value and its name look like: random or chosen, a default password, an id."""

from __future__ import annotations

import re
from functools import lru_cache

from palint.secrets import vocabulary
from palint.secrets.classifier import features
from palint.secrets.names import (
    is_password,
    is_strong,
    may_name_id,
    names_any_key,
    names_credential,
    words,
)
from palint.secrets.vocabulary import REJECTED
from palint.util import lazy_re

# Words in any language, one by one or in one: `ein Passwort`, `FearOfTheDark`, `stages/05-keycloak`
_LETTERS = lazy_re.compile(
    r"(?:(?:[^\W\d_]?[^\W\d_A-Z]{0,23}|[A-Z]{1,24}|\d{1,4})(?:[-_. /]|\Z)){1,6}\Z|"
    r"[A-Z]?[a-z]{1,23}(?:[-_. /]?[A-Z][a-z]{1,23}|[-_. /][a-z]{1,23}){0,8}\Z"
)

# Default passwords of images and servers: ordinary words, but credentials. The model decides on `admin` and
# `root`: of 58 under a password's name in the labelled lines 46 are no secret, in the wild 2 of 27 are none.
_DEFAULT_PASSWORDS = frozenset(("admin123", "changeit", "guest", "letmein", "postgres", "toor"))


def is_default_password(value: str, name: str) -> bool:
    """Whether this is a default password of an image or a server, assigned to a password's name."""
    return value.lower() in _DEFAULT_PASSWORDS and is_password(name)


# A name that ends in the word for a password or a secret key, and in no more than its number
_OPENS = lazy_re.compile(
    rf"(?:pass(?:w(?:or)?d|phrase|wort)?|pwd|psw|[_-]pw|secret|(?:secret|{vocabulary.ENCRYPTS})[_.-]?key|-p)\W?"
    r"\d{0,2}\W*\Z",
    re.I,
)
_FEWEST_DIGITS, _LONGEST_ROW = 6, 4  # in all, and of those that count up or down


def is_chosen_number(value: str, name: str, syntax: str) -> bool:
    """Whether digits are a password or a secret key by the name or the place; not `123456` or `111111`."""
    return (
        value.isdigit()
        and len(value) >= _FEWEST_DIGITS
        and (_OPENS.search(name) is not None or syntax in _PLACES_OF_PASSWORDS)
        and features.longest_sequence(value) <= min(_LONGEST_ROW, len(value) / 2)
    )


# Of its characters, and bits a letter; 1 in 300 random values has both
_LEAST_IN_HUMPS, _MOST_IN_NAME = 0.65, 4.7
_MOST_IN_MIXED = (
    4.2  # bits a letter, in any case (`tHiSiSyOuR…`); 23 of 40,000 times 12 random letters have fewer
)
_MOST_IN_WORDS = 5.5  # bits a letter; of 16 random letters have 5.9, of other languages' words 3.6 to 5.3


def is_words(value: str) -> bool:
    """Whether a value is words in any language, and not random letters.

    Random values have no spaces, except between three or more groups of one size, as in Google's app
    passwords, and no letters of other alphabets than ASCII's.
    """
    if " " in value:
        groups = value.split()
        if len(set(map(len, groups))) > 1 or (len(groups) == 2 and "".join(groups).isalpha()):
            return True
    if not value.isascii() and any(c > "\x7f" and c.isalpha() for c in value):
        return True
    if _LETTERS.match(value) is not None and features.improbability(value) < _MOST_IN_WORDS:
        return True
    if value.isalpha() and features.improbability(value.lower()) < _MOST_IN_MIXED:
        return True
    return features.is_leet(value) or _is_joined(value) or _is_name(value)


_SEPARATORS = lazy_re.compile(r"[^A-Za-z0-9]+")
# Of a name, with a year: `tokFhirV1PatientOKCount`
_HUMPS = lazy_re.compile(r"[a-z]{3,}|[A-Z][a-z]{2,}|20[0-3]\d")
_WORD = lazy_re.compile(r"(?:(?:[A-Z]?[a-z]{2,}(?![a-z]))+|[A-Z]{3,})(?:20[0-3]\d)?\Z")


def _is_joined(value: str) -> bool:
    """Whether half of a value is words between punctuation: `llama-strix-dsv4f`."""
    parts = _SEPARATORS.split(value[: features.LONGEST])
    found = [part for part in parts if _WORD.match(part)] if len(parts) > 1 else []
    size = sum(map(len, found))
    return size * 2 >= sum(map(len, parts)) > 0 < size and (
        features.improbability(" ".join(found)) < _MOST_IN_WORDS
    )


def _is_name(value: str) -> bool:
    """Whether a value is a name in camel case, with numbers and abbreviations."""
    if not value.isalnum() or value.islower() or len(value) > features.LONGEST:
        return False
    humps = _HUMPS.findall(value)
    share = sum(map(len, humps)) / len(value) if len(humps) > 2 else 0.0
    return share > _LEAST_IN_HUMPS and features.improbability(" ".join(humps)) < _MOST_IN_NAME


_UUID = lazy_re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
_SHA1 = lazy_re.compile(r"[0-9a-f]{40}\Z")  # no private key is as short
# The length of MD5, SHA-1, also without a zero, or SHA-512
_HASH = lazy_re.compile(
    r"(?:[0-9a-f]{32}|[0-9a-f]{39,40}|[0-9a-f]{128}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{128})\Z"
)
# More digits than a password has, and more than a key has (1,024 bits): a hash, encrypted text, a program
_LONG_HEX, _LONGEST_KEY = lazy_re.compile(r"[0-9a-fA-F]{96,}\Z"), 256
# A key or a token that opens something; a generated one has 96 bits, 16 characters of base64, or more
_TOKEN_OR_KEY = lazy_re.compile(
    r"(?<!secret)(?<!secret[_.-])(?<!private)(?<!private[_.-])(?:key|token)s?\W*\Z", re.I
)
_SHORTEST_TOKEN = 16
# What RSA encrypts or signs has the length of its key: 1,024, 2,048 or 4,096 bits (RFC 8017)
_RSA_BLOCK = lazy_re.compile(r"(?:[\w+/-]{171}=?|[\w+/-]{342}(?:==)?|[\w+/-]{683}=?)\Z")


# Words that a person writes into a value that is none; random values contain none by chance
_EXAMPLE = lazy_re.compile(
    r"0102030405|fake[-_]|example|sample|dummy|blah|placeholder|changeme|redacted|not[-_]?(?:real|an?[-_]?(?:real|key|token|secret|pass))",
    re.I,
)
# A function that is given a secret, unlike `RevokeAccessToken`, `getApiKey` or `HashPassword`
_SETS = lazy_re.compile(r"(?:.*[.:>])?(?i:set|with|use|add|put|new)(?![a-z])")
_ACTION = lazy_re.compile(r"(?:create|update|delete|remove|list)(?![a-z])")  # `createServiceAccountKey: "…"`
# Of these the syntax says that the value signs someone in.
_PLACES_OF_PASSWORDS = (
    "url-credentials", "credentials-pair", "user-option", "password-option", "sql-password",
)  # fmt: skip
_NAMED_BY_SYNTAX = ("authorization-header", "user-option", "password-option", "sql-password")
# A setting's name, such as `DB_PASSWORD`, `x-api-key` or `--token`, and not `token`
_SETTING = lazy_re.compile(r"-|[A-Za-z0-9][-_.][A-Za-z0-9]|[a-z0-9][A-Z]")


# What one request has: a form's token against forgery (Symfony's and Laravel's `_token`), the signature of
# its body, a UUID against caches (https://learning.postman.com/docs/sending-requests/create-requests/headers/)
_OF_REQUEST = lazy_re.compile(r"\A_token\Z|postman[_-]?token\Z|hmac\Z|signature\Z", re.I)


def is_doubtful(value: str, name: str, syntax: str) -> bool:
    """Whether a random value may be an id, a hash or a signature.

    That is a value under a name that is no credential's (`INGRESSCOOKIE`, `seed`), a key that nothing is
    said to open, the first of several arguments, the argument of a function that does not set a credential,
    what follows a single word in quotes (`HashPassword("password", "…")`), what an action is mapped to, a
    UUID or a digest under a password's name or as the argument of a call (`token=sign("…")`), a UUID under
    a single word (`token`), the token of a thing, an element of such a name (`<Key>` of S3), the id of
    a pair under a private key's name, one of several without quotes, what RSA may have encrypted, a short key
    or token, hexadecimal longer than a key or a password, what one request has, what identifies an
    application or is in a page by its name, what its name calls wrong, and
    what it says the hash of something to be (`EmailHashLabelKey`, not `HASH_KEY`).
    """
    found = words(name)
    if _EXAMPLE.search(value) or not REJECTED.isdisjoint(found) or _OF_REQUEST.search(name):
        return True
    if _RSA_BLOCK.match(value) and (is_password(name) or not is_strong(name)):
        return True
    if _IDENTIFIES.search(name) or name.rpartition(".")[2].startswith(vocabulary.IN_PAGES):
        return True
    if "hash" in found[:-2] and not is_strong(name):
        return True
    if name and syntax not in _NAMED_BY_SYNTAX and not names_credential(name):
        return True
    if syntax == "element" and not is_strong(name):
        return True
    if (syntax == "bare" or "," in value) and name.lower().endswith(vocabulary.SEVERAL):  # may be a list
        return True
    if may_name_id(name) or (names_any_key(name) and not _is_service_key(value, name)):
        return True
    if is_password(name) and (_UUID.match(value) or _HASH.match(value)):
        return True
    if _LONG_HEX.match(value) and (is_password(name) or len(value) > _LONGEST_KEY):
        return True
    if _TOKEN_OR_KEY.search(name) and len(value) < _SHORTEST_TOKEN:
        return True
    if syntax == "argument":
        own = name.rpartition(".")[2]
        return not (_SETS.match(name) and names_credential(own)) or names_any_key(own)
    if syntax == "first-argument" or _ACTION.match(name):
        return True
    if syntax == "default":
        return not _SETTING.search(name)
    if is_password(name) or syntax == "wrapped":
        return bool(_UUID.match(value) or _HASH.match(value))
    if _SHA1.match(value) and "private" in name.lower():
        return True  # the id of a key pair
    return _UUID.match(value) is not None and not _SETTING.search(name)


def _is_service_key(value: str, name: str) -> bool:
    """Whether a key may be a service's: `TWITTER_KEY`, a setting by its capitals, and no hash."""
    return name.isupper() and _SETTING.search(name) is not None and not _HASH.match(value)


# The id of an application, beside its secret (RFC 5849, section 1.1), and what is named an id
_IDENTIFIES = lazy_re.compile(r"oauth\d?[_.-]?key\Z|consumer[_.-]?keys?\Z|(?<![a-z])id[_.-]?key\Z", re.I)
_SHORTEST_RANDOM = 12  # characters; shorter ones may be anything, also after a word: `FEDEX-4562w0`
_WORDS_AROUND = lazy_re.compile(
    r"(?<![^-_./:])(?:[a-z]{4,12}|[A-Z]{4,12}|[A-Z][a-z]{3,11})[-_./:]|[-_./:](?:[a-z]{4,12}|[A-Z]{4,12})\Z"
)


@lru_cache(maxsize=256)
def is_chosen(value: str) -> bool:
    """Whether a value was hardly made by a program: it is short, in words, or typed."""
    from palint.secrets.classifier.typed import is_typed  # for candidates only

    if len(_WORDS_AROUND.sub("", value)) < _SHORTEST_RANDOM or is_words(value) or is_typed(value):
        return True
    bare = value.strip("0123456789")
    return bare != value and value.isalnum() and not value.isdigit() and is_words(bare)


def looks_random(value: str) -> bool:
    """Whether a value was made by a program rather than chosen by a person."""
    from palint.secrets.classifier.trained import RANDOM  # for candidates only

    return RANDOM.bounded_score(features.of_value(value)) > RANDOM.threshold and not is_chosen(value)
