"""Numeric features of a candidate: of its value, its name and its syntax.

Nothing here reads the line around the value or the file's name, so neither affects the classification.
"""

from __future__ import annotations

import math
import os
import re
from functools import cache, lru_cache
from operator import add

from palint.secrets import names
from palint.util import lazy_re

LONGEST = 256  # characters of a value that are read

_PART = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_NOT_ASCII = lazy_re.compile(r"[^\x00-\x7f]")
_RUN = lazy_re.compile(r"(.)\1+", re.DOTALL)
_RUN_OF_KIND = lazy_re.compile(r"l+|u+|d+|o+")
_SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890", "9876543210")
_THREE_IN_SEQUENCE = frozenset(row[at : at + 3] for row in _SEQUENCES for at in range(len(row) - 2))
_LEET = str.maketrans("0134578@$!", "oieastbasi")

# What a value may look like, and a character that it then has
_SHAPES = (
    ("shape:base64", lazy_re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z"), ""),
    ("shape:hex", lazy_re.compile(r"(?:[0-9a-f]+|[0-9A-F]+)\Z"), ""),
    ("shape:email", lazy_re.compile(r"[\w.+-]+@[\w-]+\.\w"), "@"),
    ("shape:kebab", lazy_re.compile(r"[A-Za-z][a-z0-9]*(?:-[A-Za-z0-9]+)+\Z"), "-"),
    ("shape:snake", lazy_re.compile(r"[A-Za-z][a-z0-9]*(?:_[A-Za-z0-9]+)+\Z"), "_"),
)
# Words of a value that indicate its purpose, in groups
_WORD_GROUPS = {
    "test": "test testing tester unittest mock stub spec fixture demo",
    "dummy": "dummy fake foo bar baz foobar qux blah lorem whatever example sample some random any "
    "placeholder",
    "wrong": "wrong bad invalid incorrect not expired missing nonexistent unknown fail other different "
    "another new old",
    "my": "my your our the this",
    "secret": "secret secrets password passwd passphrase pwd pass pw token credential credentials key apikey",
    "default": "default change changeit letmein welcome hello super",
    "field": "field input label text type form value id url path file header reset confirm confirmation hash",
    "access": "access auth api refresh bearer oauth session client public private shared",
}
_GROUP_OF = {word: group for group, words in _WORD_GROUPS.items() for word in words.split()}
_WORDS = [(f"word:{group}", group) for group in _WORD_GROUPS]
_LONG_WORDS = [(word, group) for word, group in _GROUP_OF.items() if len(word) > 3]

_KEYWORDS = (
    ("password", ("password", "passwd", "passphrase", "passwort", "passcode", "passw", "contrase")),
    ("pwd", ("pwd", "psw", "pass", "pw")),
    ("api-key", ("apikey", "accesskey", "privatekey", "secretkey", "encryptionkey", "signingkey", "masterkey",
                 "authkey", "clientkey", "consumerkey", "appkey", "accountkey", "licensekey")),
    ("token", ("token", "ticket", "jwt")),
    ("secret", ("secret",)),
    ("credential", ("credential",)),
    ("auth", ("auth", "login", "bearer", "basic", "apikey")),
    ("session", ("session", "cookie", "sid", "nonce", "otp")),
    ("crypto", ("salt", "pepper", "seed", "hmac", "signature")),
    ("key", ("key",)),
)  # fmt: skip
SYNTAXES = (
    "assigned", "bare", "wrapped", "argument", "first-argument", "default", "compared", "statement",
    "credentials-pair", "url-credentials", "authorization-header", "user-option", "password-option",
    "sql-password", "element", "random",
)  # fmt: skip
_ONE_DIGIT = dict.fromkeys(range(ord("1"), ord("9") + 1), "0")  # which digits a name has makes no difference


def _kind(c: str) -> str:
    return "l" if c.islower() else "u" if c.isupper() else "d" if c.isdigit() else "o"


_KINDS = "".join(map(_kind, map(chr, range(128))))
_PUNCTUATION = dict.fromkeys(map(ord, "_-. \t\"'`$@:;,/\\()[]{}<>!?*+=&|#%^~"))


def extract(value: str, name: str, syntax: str, quote: str) -> list[float]:
    """The features in the order of `feature_names`. quote: the quote before the value; "" if none."""
    return [
        *of_value(value),
        *_name_features(name.translate(_ONE_DIGIT)).values(),
        *_syntax_features(syntax, quote).values(),
        *_of_value_and_name(value, name).values(),
    ]


def letters(text: str) -> str:
    """The text in lower case without punctuation."""
    return text.lower().translate(_PUNCTUATION)


@lru_cache(maxsize=64)
def _parts(text: str) -> tuple[str, ...]:
    """The words and numbers in a text, in lower case."""
    return tuple([part.lower() for part in _PART.findall(text)])


@lru_cache(maxsize=2048)
def of_value(value: str) -> tuple[float, ...]:
    """The first features of `extract`, those of the value alone."""
    return tuple(_value_features(value[:LONGEST]).values())


@cache
def _syntax_features(syntax: str, quote: str) -> dict[str, float]:
    found = {"syntax:" + each: float(syntax == each) for each in SYNTAXES}
    found["quoted"] = float(bool(quote))
    found["quote:double"] = float(quote == '"')
    return found


def _of_value_and_name(value: str, name: str) -> dict[str, float]:
    named = letters(name[-60:])
    lowered = value[:64].lower()
    shared = {word for word in _parts(name) if len(word) > 2 and word in lowered}
    shared.intersection_update(_parts(value[:64]))
    return {
        "name in value": float(len(named) > 2 and named in letters(value[:60])),
        "words shared with name": float(len(shared)),
    }


def _value_features(value: str) -> dict[str, float]:
    size, whole = len(value), max(1, len(value))
    kinds = kinds_of(value)
    ascii_kinds = kinds if value.isascii() else kinds_of(value.encode("ascii", "ignore").decode())
    lower, upper, digits = map(ascii_kinds.count, "lud")
    other = size - lower - upper - digits
    bits = entropy(value)
    runs = [len(run[0]) for run in _RUN.finditer(value)]
    known = common_words()
    lowered = value.lower()
    parts = _parts(value)
    words = [part for part in parts if not part.isdigit()]
    known_words = [word for word in words if word in known]
    groups = {_GROUP_OF.get(part, "") for part in parts}
    groups.update([group for word, group in _LONG_WORDS if word in lowered])
    found = {
        "length": float(size),
        "lower": lower / whole,
        "upper": upper / whole,
        "digits": digits / whole,
        "other": other / whole,
        "kinds": float((lower > 0) + (upper > 0) + (digits > 0) + (other > 0)),
        "entropy": bits,
        "evenness": bits / math.log2(size) if size > 1 else 0.0,
        "changes": changes(kinds),
        "coverage": coverage(value),
        "coverage without digits as letters": coverage(lowered.translate(_LEET)),
        "words": float(len(words)),
        "longest word": float(max(map(len, words), default=0)),
        "known words": float(len(known_words)),
        "longest known": float(max(map(len, known_words), default=0)),
        "improbability": improbability(value),
        "longest run": float(max(runs, default=1)),
        "sequence": float(longest_sequence(value)),
        "spaces": float(value.count(" ")),
        "digits at the end": float(len(value) - len(value.rstrip("0123456789"))),
        "starts with capital": float("A" <= value[:1] <= "Z"),
        "starts with digit": float(value[:1].isdigit()),
        "ends with punctuation": float(bool(value) and not value[-1].isalnum()),
        "padding": float(value.endswith("=")),
        "dash": float("-" in value),
        "dot": float("." in value),
        "slash": float("/" in value),
        "colon": float(":" in value),
        "at": float("@" in value),
        "bracket": float(any(map(value.__contains__, "()[]{}<>"))),
    }
    for name, pattern, needed in _SHAPES:
        found[name] = float(needed in value and pattern.match(value) is not None)
    for name, group in _WORDS:
        found[name] = float(group in groups)
    return found


@lru_cache(maxsize=1024)
def _name_features(name: str) -> dict[str, float]:
    parts = _parts(name[-80:])
    plain = letters(name[-80:])
    at = [
        (plain.rfind(word), len(word), kind) for kind, words in _KEYWORDS for word in words if word in plain
    ]
    place, size, keyword = max(at, default=(0, 0, "none"))
    after = len(plain) - place - size
    found = {"name:" + kind: float(kind == keyword) for kind, _ in _KEYWORDS}
    found.update({
        "no name": float(not name),
        "name: characters after the word": float(after),
        "name: parts": float(len(parts)),
        "name: strong": float(names.is_strong(name)),
        "name: upper": float(name.isupper()),
        "name: lower": float(name.islower()),
        "name: camel": float(not name.isupper() and not name.islower() and "_" not in name),
        "name: dotted": float("." in name),
        "name: option": float(name.startswith("-")),
    })  # fmt: skip
    return found


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words that are common in source code (`words.txt`)."""
    with open(os.path.join(os.path.dirname(__file__), "words.txt"), encoding="utf-8") as file:
        return frozenset(file.read().split())


SECOND = "abcdefghijklmnopqrstuvwxyz$"  # what may follow a letter, or `^` at the start of a word


@lru_cache(maxsize=1)
def _bigrams() -> dict[str, float]:
    """How improbable each pair of letters is in words, in bits."""
    from palint.secrets.classifier.trained import PAIRS  # for candidates only

    bits = {"$^": 0.0}  # between two words
    for first, counts in PAIRS.items():
        total = sum(counts) + 14
        for second, count in zip(SECOND, counts, strict=True):
            bits[first + second] = -math.log2((count + 0.5) / total)
    return bits


def improbability(value: str) -> float:
    """How unlike words the letters are, in bits per letter."""
    text = value[:64] if value.isascii() else _NOT_ASCII.sub("_", value[:64])
    parts = [part for part in _parts(text) if part.isalpha()]
    if not parts:
        return 0.0
    framed = f"^{'$^'.join(parts)}$"
    total = sum(map(_bigrams().__getitem__, map(add, framed, framed[1:])))
    return total / (len(framed) - len(parts))


@lru_cache(maxsize=64)  # `is_leet` asks again
def coverage(value: str) -> float:
    """The share of the value's letters in words that are common in source code, 0.0 to 1.0."""
    known = common_words()
    letters = covered = 0
    for part in _parts(value[:64]):
        if not part.isdigit():
            letters += len(part)
            if part in known:
                covered += len(part)
            elif len(part) > 2:
                covered += _composed(part, known)
    return covered / letters if letters else 0.0


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """The first three letters of each common word."""
    return frozenset(word[:3] for word in common_words())


def _composed(part: str, known: frozenset[str]) -> int:
    """How many characters of a part are words of three to ten letters, the longest at each place first."""
    beginnings = _beginnings()
    at = covered = 0
    while at < len(part) - 2:
        if part[at : at + 3] not in beginnings:
            at += 1
            continue
        for size in range(min(10, len(part) - at), 2, -1):
            if part[at : at + size] in known:
                covered += size
                at += size
                break
        else:
            at += 1
    return covered


def longest_sequence(value: str) -> int:
    """Length of the longest run of the alphabet, the digits or a keyboard row; 0 for less than three."""
    text, best = value[:64].lower(), 2
    if _THREE_IN_SEQUENCE.isdisjoint(map("".join, zip(text, text[1:], text[2:], strict=False))):
        return 0
    for start in range(len(text)):
        while start + best < len(text) and any(text[start : start + best + 1] in row for row in _SEQUENCES):
            best += 1
    return best


_LEAST_COVERED = 0.5  # of its letters; 3 of 1,000 random values of 12 characters have as much, of 16 none
_SHORTEST_LEET = 12
_MOST_IN_LEET = 4.7  # bits a letter; 1 in 250 random values of 12 characters has as few and the form
# Words, with capitals at their starts and digits between their letters, a number and marks: `Welc0me2024!`
_LEET_WORDS = lazy_re.compile(
    r"(?=.*[a-z]{2})[A-Z]?{0}(?:[A-Z]{0}){0,3}\d{0,4}[!.?*]{0,3}\Z".replace(
        "{0}", "(?:[a-z]|[0134578@$](?=[a-zA-Z])){2,}", 2
    )
)


def is_leet(value: str) -> bool:
    """Whether a value is words with digits for letters: `s0m3l0ngr4nd0mstr1ng`."""
    text = value.lower()
    decoded = text.translate(_LEET)
    if decoded == text or len(value) < _SHORTEST_LEET:
        return False
    if coverage(decoded) >= _LEAST_COVERED:
        return True
    words = _LEET_WORDS.match(value[:LONGEST])
    return words is not None and improbability(decoded) < _MOST_IN_LEET


def entropy(value: str) -> float:
    """Shannon entropy in bits per character, of at most `LONGEST` characters."""
    if not value:
        return 0.0
    counts = map(value.count, dict.fromkeys(value))  # in the same order in each process, unlike a set
    return math.log2(len(value)) - sum(map(_N_LOG_N.__getitem__, counts)) / len(value)


_N_LOG_N = [n * math.log2(max(1, n)) for n in range(LONGEST + 1)]


def kinds_of(value: str) -> str:
    """A letter for the kind of each character: lower, upper, digit, other."""
    return value.translate(_KINDS) if value.isascii() else "".join(map(_kind, value))


def changes(kinds: str) -> float:
    """How often the kind of characters changes, per pair of neighbours, but for a word's capital."""
    turns = len(_RUN_OF_KIND.findall(kinds)) - 1 - kinds.count("ul")
    return max(turns, 0) / max(1, len(kinds) - 1)


_SHORTEST_NOISE, _LONGEST_NOISE = 48, 128  # characters
_RANGES = ("0-9", "a-z", "A-Z")  # of a regular expression; one of 5,000 random values has one
_FEWEST_MARKS = 8  # kinds of punctuation; a hash of Argon2 has six, noise of 64 characters 9 to 20


@lru_cache(maxsize=1024)
def is_noise(value: str) -> bool:
    """Whether a value is random characters of every kind, blanks and brackets too: a key of WordPress.

    Of 3,000 random values of 64 printable characters all are; a tenth contain a template's marks by chance.
    """
    if not _SHORTEST_NOISE <= len(value) <= _LONGEST_NOISE or not value.isascii():
        return False
    if any(map(value.__contains__, _RANGES)):
        return False
    kinds = kinds_of(value)
    return (
        min(map(kinds.count, "lud")) > 1
        and len({c for c in value if not c.isalnum()}) >= _FEWEST_MARKS
        and changes(kinds) > 0.4
    )


@cache
def feature_names() -> tuple[str, ...]:
    """The names of what `extract` returns, in its order."""
    parts = (_value_features(""), _name_features(""), _syntax_features("", ""), _of_value_and_name("", ""))
    return tuple(name for part in parts for name in part)
