"""What is known of a candidate, as a list of named features that hold.

The names are the vocabulary of `verdict`'s weights: `length:10`, `key:password`, `shape:uuid`. A number
goes into bins, so that a score is a sum of weights that a reader can look up. Nothing here depends on a
repository: the value, the name it is given to, its line and the file's base name are all that is read.
"""

from __future__ import annotations

import math
import os
import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from palint.util import lazy_re

LONGEST = 256  # characters of a value that are looked at
AROUND = 120  # characters of the line that are looked at on either side of the value

_LENGTHS = (3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 31, 32, 39, 40, 63, 64, 128)

_FILES = {
    ending: kind
    for kind, endings in {
        "yaml": "yml yaml",
        "json": "json jsonl ipynb tfstate har",
        "settings": "properties ini cfg cnf conf config env toml tf tfvars hcl creds envrc example sample",
        "template": "j2 jinja tpl tmpl template stub erb mustache hbs ejs",
        "shell": "sh bash zsh ps1 psm1 bat cmd fish",
        "prose": "md rst txt adoc mdx cast log",
        "markup": "html htm xml xhtml svg vue plist csproj",
        "key": "key pem crt cer p8 ppk asc pub",
        "script": "py rb php pl lua r",
        "javascript": "js jsx ts tsx mjs cjs",
        "compiled": "go java kt kts scala groovy gradle cs cpp cc c h hpp swift rs m dart",
        "sql": "sql ks ldif",
    }.items()
    for ending in endings.split()
}

_KEYWORD = lazy_re.compile(
    r"(?:api|access|private|secret|master|encryption|signing|consumer|client|auth|cipher|account)[_.-]?key|"
    r"[nx]key|"
    r"pass(?:word|wd|phrase|code|wort)|passw|pwd|psw|pass|secret|token|credential|auth|key|"
    r"cookie|session|sid|nonce|salt|seed|signature|otp|jwt|login|hmac",
    re.I | re.A,
)
_SAME_KEYWORD = {
    "passwd": "password",
    "passw": "password",
    "passwort": "password",
    "passcode": "password",
    "psw": "pwd",
}
_STRONG = ("password", "pwd", "pass", "passphrase", "secret", "token", "credential",
           "apikey", "accesskey", "privatekey", "secretkey", "hmac")  # fmt: skip
_PART = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KNOWN_PARTS = _listed(
    """
    id name file path url type field length hash format policy endpoint header label message error
    provider manager service class method key value data env version store list map input param column
    index page user text required confirmation confirm base default state status mode code reset info
    public test has is no max min sort primary foreign cache fake bad old new current forgot change show
    hide get set use allow with missing next root admin db database mysql postgres redis client consumer
    access refresh api auth oauth secret private session app encryption signing ssh ssl keystore
    truststore smtp mail proxy check verify make create parse expected other another
    """
)

_CHARSETS = tuple(
    (name, lazy_re.compile(pattern + r"\Z"))
    for name, pattern in (
        ("digits", r"\d+"),
        ("lower", r"[a-z]+"),
        ("upper", r"[A-Z]+"),
        ("letters", r"[A-Za-z]+"),
        ("hex", r"(?:[0-9a-f]{8,}|[0-9A-F]{8,})"),
        ("lower-digits", r"[a-z0-9]+"),
        ("upper-digits", r"[A-Z0-9]+"),
        ("alnum", r"[A-Za-z0-9]+"),
        ("name-lower", r"[a-z0-9_.-]+"),
        ("name-upper", r"[A-Z0-9_.-]+"),
        ("name", r"[A-Za-z0-9_.-]+"),
        ("base64", r"[A-Za-z0-9+/=_-]+"),
        ("path", r"[A-Za-z0-9+/=_.:@-]+"),
        ("printable", r"[!-~]+"),
        ("two-words", r"[!-~]+ [!-~]+"),
        ("sentence", r"[ -~]+"),
    )
)
_SHAPES = tuple(
    (name, lazy_re.compile(pattern))
    for name, pattern in (
        ("uuid", r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z"),
        ("crypt", r"\$\w{1,12}\$|\{(?:SSHA|SHA|CRYPT|MD5)\}"),
        ("public-key", r"ssh-(?:rsa|ed25519|dss)|ecdsa-|MI[GI][A-Za-z0-9]"),
        ("digest", r"(?:sha(?:1|256|384|512)|md5)[-:=]"),
        ("email", r"[\w.+-]+@[\w-]+\.\w"),
        ("domain", r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|example|test)\b"),
        ("slashed", r"[\w-]+(?:/[\w.-]+)+\Z"),
        ("date", r"\d{4}-\d\d-\d\d"),
        ("option", r"--?[a-z]"),
        ("dotted-name", r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z"),
        ("call", r"[\w.]+\("),
        ("snake", r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+\Z"),
        ("kebab", r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+\Z"),
        ("camel", r"[a-z]+(?:[A-Z][a-z]+)+\Z"),
        ("pascal", r"(?:[A-Z][a-z]+){2,}\Z"),
        ("base64", r"(?=.{0,60}[A-Z])(?=.{0,60}[a-z])[A-Za-z0-9+/]{14,}={0,2}\Z"),
        ("padded", r"[A-Za-z0-9+/_-]{6,}==?\Z"),
        ("base32", r"[A-Z2-7]{16,}\Z"),
        ("word-digits", r"[A-Za-z]{2,}\d{1,4}\Z"),
        ("assignment", r"[\w.-]+=."),
        ("punctuation", r"[^\w\s]+\Z"),
        ("ends-with-comma", r".*[:,;]\Z"),
        ("sid", r"[A-Z]{2}[0-9a-f]{32}\Z"),
    )
)  # fmt: skip

_CONTEXT = (
    ("user", ("user", "login", "email")),
    ("host", ("host", "port", "127.0.0.1", "://")),
    ("hash", ("hash", "digest", "md5", "sha1", "sha2", "checksum", "etag", "fingerprint")),
    ("public", ("public", "pubkey", "certificate")),
    ("assert", ("assert", "expect", "should", "equal")),
    ("error", ("error", "invalid", "raise", "throw", "fail", "warn", "must", "cannot")),
    ("example", ("example", "sample", "e.g.", "default")),
    ("function", ("def ", "func", "=>", "class ", "return ", "if ", "import ")),
    ("constant", ("const ", "var ", "let ", "static ", "final ")),
    ("curl", ("curl", "wget")),
    ("docker", ("docker", "-e ")),
    ("test", ("test", "mock", "fake", "dummy")),
    ("oauth", ("oauth",)),
    ("encrypted", ("crypt", "cipher")),
    ("field", ("<input", "placeholder", "label")),
)

_OPERATOR = lazy_re.compile(r"(:=|=>|->|[!=]==?|[=:,(\[{>]|\|\||\bor)\s*\Z")
_NAME_BEFORE = lazy_re.compile(r"([\w.$-]{1,60})[\"'`\])]{0,3}\s{0,8}(?::=|=>|[:=(,>])\W{0,8}\Z")


def extract(value: str, key: str, line: str, column: int, path: str, detector: str) -> list[str]:
    """The names of the features that hold, each once; parameters as for `verdict.judge`."""
    before = line[max(0, column - AROUND) : column]
    after = line[column + len(value) : column + len(value) + AROUND]
    value = value[:LONGEST]
    bits = entropy(value)
    single = {
        "charset": next((name for name, pattern in _CHARSETS if pattern.match(value)), "other"),
        "length": _bin(len(value)),
        "words": str(int(coverage(value) * 5)),
        "entropy": str(int(bits * 2)),
        "evenness": str(int(bits * 10 / math.log2(len(value)))) if len(value) > 1 else "0",
        "changes": str(min(6, int(changes(value) * 10))),
        "detector": detector,
        "file": _kind(path),
    }
    single.update(_syntax(before, after))
    if detector in ("credentials-pair", "default"):
        single["operator"] = "other"  # the comma stands in all of these and says nothing
    key = key or _name_before(before)
    keyword, says = _name(key)
    single["key"] = keyword
    found = ["shape:" + name for name, pattern in _SHAPES if pattern.match(value)]
    found += ["value:" + name for name in _holds(value)]
    around = (before + " " + after).lower()
    found += ["near:" + name for name, words in _CONTEXT if any(map(around.__contains__, words))]
    found += says + _file_name(path)
    if line[:column].lstrip().startswith(("#", "//", "*", "/*", "--", ";", "<!--", '"""')):
        found.append("near:comment")
    if single["words"] == "0" and len(value) >= 6 and "value:digit" in found and any(map(str.isalpha, value)):
        found.append("value:random")
        if detector == "default":  # how a random value is given does not matter
            single["detector"] = "keyword"
        if keyword in _STRONG:
            found.append("value:random under a strong name")
    found += [f"{name}:{value}" for name, value in single.items()]
    return found


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The words that are common in source code (`words.json`)."""
    return frozenset(shipped("words.json"))


def shipped(name: str) -> Any:
    """What a JSON file beside this module holds."""
    import json  # the score is not asked in most runs of a hook

    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return json.load(file)


def coverage(value: str) -> float:
    """Which part of the value's letters is made of words that are common in source code, 0.0 to 1.0."""
    known = common_words()
    letters = covered = 0
    for part in _PART.findall(value[:64]):
        if not part.isdigit():
            part = part.lower()
            letters += len(part)
            covered += len(part) if part in known else _composed(part, known)
    return covered / letters if letters else 0.0


def _composed(part: str, known: frozenset[str]) -> int:
    at = covered = 0
    while at < len(part) - 2:
        for size in range(min(10, len(part) - at), 2, -1):
            if part[at : at + size] in known:
                covered += size
                at += size
                break
        else:
            at += 1
    return covered


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(value)
    counts = [value.count(character) for character in set(value)]
    return -sum(n / total * math.log2(n / total) for n in counts) if total else 0.0


def _character(c: str) -> str:
    return "l" if c.islower() else "u" if c.isupper() else "d" if c.isdigit() else "o"


_KINDS = "".join(map(_character, map(chr, range(128))))


def changes(value: str) -> float:
    """How often the class of characters (lower, upper, digit, other) changes, per pair of neighbours."""
    kinds = value.translate(_KINDS) if value.isascii() else [_character(c) for c in value]
    turns = sum(a != b and not (a == "u" and b == "l") for a, b in pairwise(kinds))
    return turns / max(1, len(value) - 1)


def _bin(size: int) -> str:
    return next((str(bound) for bound in _LENGTHS if size <= bound), "more")


def _holds(value: str) -> list[str]:
    found = []
    if any(map(str.isdigit, value)):
        found.append("digit")
    if not value.isalnum():
        found.append("special")
    if not value.isascii():
        found.append("non-ascii")
    if value.count(" ") >= 2:
        found.append("sentence")
    return found


def _name_before(before: str) -> str:
    match = _NAME_BEFORE.search(before[-80:])
    return match[1] if match else ""


@lru_cache(maxsize=1024)
def _name(key: str) -> tuple[str, list[str]]:
    """The last keyword of the name, and what else the name says."""
    key = key[-80:]
    matches = list(_KEYWORD.finditer(key))
    if not matches:
        return ("other" if key else "none"), []
    last = matches[-1]
    keyword = last[0].lower().replace("_", "").replace("-", "").replace(".", "")
    tail = [part.lower() for part in _PART.findall(key[last.end() :])]
    head = [part.lower() for part in _PART.findall(key[: last.start()])]
    found = [
        "suffix:" + (part if part in _KNOWN_PARTS else "digits" if part.isdigit() else "other")
        for part in tail[:3]
    ]
    found += ["prefix:" + part for part in set(head) if part in _KNOWN_PARTS]
    if not tail:
        found.append("name:ends-with-keyword")
    if not head:
        found.append("name:starts-with-keyword")
    if "." in key:
        found.append("name:dotted" if "." not in key[last.end() :] else "name:keyword-before-dot")
    if key.isupper():
        found.append("name:upper")
    return _SAME_KEYWORD.get(keyword, keyword), found


def _syntax(before: str, after: str) -> dict[str, str]:
    """Which quote stands before the value, which operator before that, and which character follows."""
    quote = before[-1:] if before[-1:] in ('"', "'", "`") else ""
    escaped = quote and before[-2:-1] == "\\"
    operator = _OPERATOR.search(before[:-1].rstrip("\\rbuf@ ")[-6:] if quote else before[-6:])
    return {
        "quote": ("escaped" if escaped else {'"': "double", "'": "single", "`": "back"}[quote])
        if quote
        else "none",
        "operator": operator[1] if operator else "other",
        "next": after[:1]
        if after[:1] in "\"'`.,;:)]}(&<>\\@ /[=+" and after[:1]
        else "word"
        if after
        else "end",
    }


@lru_cache(maxsize=64)
def _kind(path: str) -> str:
    endings = path.rsplit("/", 1)[-1].lower().split(".")[1:]
    return next(
        (_FILES[ending] for ending in reversed(endings) if ending in _FILES), "other" if endings else "none"
    )


@lru_cache(maxsize=64)
def _file_name(path: str) -> list[str]:
    name = path.rsplit("/", 1)[-1].lower()
    found = []
    if any(word in name for word in ("test", "spec", "fixture", "mock")):
        found.append("file-name:test")
    if any(word in name for word in ("example", "sample", "template", "stub", "demo")):
        found.append("file-name:example")
    if name.startswith("."):
        found.append("file-name:dot")
    return found
