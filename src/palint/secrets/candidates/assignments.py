"""Candidates: every place where a value is given to a name that speaks of a secret.

A candidate is a span and nothing more; whether it is a secret is for `verdict` to say. `KEYWORDS` are the
patterns of the one pass over the file. Each of their hits is handed to `find`, whose cost is what most hits
cost in all, so it goes by the one character on which the keyword ended.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from palint.util import lazy_re

_WORDS = (
    "pass|pwd|psw|secret|token|credential|contrase|auth|"
    "key|cookie|session|[_.]sid|nonce|salt|seed|signature|otp|jwt|login|hmac"
)

_STRONG = "pass|pwd|secret|token|credential"

HTTP = r"(?:basic|bearer|oauth|token)(?:\s|%20)[\w+/-]{6}"
# A name and its value apart: `key="ApiPassword" value=`, `name: DB_PASSWORD` and a line on `value:`.
APART = rf"(?:{_STRONG})[\w.-]*[\"']?,?\s*[\"']?value[\"']?\s?[:=]"
# A default: `process.env.SECRET || "`. It ends on the quote.
DEFAULT = rf"(?:{_STRONG}|key)[\w.-]*[\"'\])]*\s*(?:\|\||\?\?|\bor)\s*[\"']"
URL = r"://[^\s:@/\"'<>]{0,40}:[^\s@/\"'<>]{1,64}@"  # and data source names
KEYWORDS: tuple[str, ...] = (
    # A name, what closes it, and an operator: `password =`, `"token":`, `setSecret(`, `'KEY', '`,
    # `<password>`, `password string =`. It ends on the operator, or on the quote behind the comma.
    rf"(?:{_WORDS})[\w.-]{{0,16}}[\\\"'`\])}}>]{{0,3}}(?:\s\*?(?:string|str|byte))?\s{{0,16}}"
    r"(?:[!:=(]|>[^\s<\"'(=:@]|,\s?[\"'])",
    # Command lines. They end on the first character of the value, or on the quote before it.
    r"-(?:pass|pwd|secret|token|auth|key|credential)\w{0,8}\s[^\s-]",
    r"\s-p[ =]?[\"']?\w",
    r"\s-(?:u|-user)[= ]\s?[\"']?[\w.@$-]{1,32}:[^\s]",
    # SQL and PowerShell. They end on the quote.
    r"(?:password|identified by|securestring(?: -string)?)\s{1,3}\\?[\"']",
    # It ends within the value.
    HTTP,
    # They end on the `@` or just behind it.
    URL,
    r":[^\s:@/\"'()]{1,40}@(?:tcp|unix|/)",
    APART,
    DEFAULT,
    # Configuration without an operator. They end on the first character of the value.
    r"(?:requirepass|masterauth|login\s[^\s]+\spassword|"
    r"env\s\w*(?:password|passwd|secret|token|_key))\s[^\s=]",
)

LONGEST = 1024  # characters of a quoted value


class Candidate(NamedTuple):
    """A value's span `[start, end)` in code points, the name it is given to, and what found it."""

    start: int
    end: int
    key: str
    detector: str


_KEYWORD = lazy_re.compile(_WORDS, re.I | re.A)  # letter case is dear beyond ASCII
# The text before a hit, read backwards: operator, type, what closes the name, the name.
_NAME_BACKWARDS = lazy_re.compile(
    r"(?:[!:=(>,]|\|\||\?\?|(?i:ro))\s{0,24}(?:[\"']?(?i:eulav)[\"']?[\s,]{1,26})?"
    r"[\\\"'`\])}>]{0,5}([\w.$-]{1,60})(?:[\\\"'`\])}>]{0,5}\s{1,4}([\w.$-]{1,60}))?"
)
_GAP = lazy_re.compile(r"[=>]{0,2}[ \t]{0,40}(?:\r?\n[ \t]{0,80})?")
_TYPED = lazy_re.compile(r"\s{0,4}[A-Za-z_&'*][\w.\[\]<>?&' |]{0,30}?\s{0,4}=(?![=>])\s{0,8}")
_STRING = r"(?:[bBrRuUfF]{1,2}|[@$L])?(\\{0,3}[\"'`]|&quot;|&#x2018;|&#39;|“|‘)"
_QUOTE = lazy_re.compile(_STRING)
# What may stand before the literal: calls, brackets, `env.X ||`, `condition ?`. Nothing that a run has taken
# is of use behind it, so where `re` can it gives nothing back.
_KEEPS = "+" if sys.version_info >= (3, 11) else ""
_NAME_RUN = rf"[\w.$:&*<>/ -]{{0,40}}{_KEEPS}"
_WRAPPED = lazy_re.compile(
    rf"(?:{_NAME_RUN}(?:\[\]{_NAME_RUN})?[(\[{{](?!\])\s{{0,4}}(?:\d{{1,4}}\s?[:,]\s?)?){{1,3}}{_STRING}"
    rf"|[\w.$\[\]'\"()]{{1,80}}{_KEEPS}(?:\s{{0,2}}(?:\|\||\?\??|,)|\s{{1,2}}or\b)\s{{0,2}}{_STRING}"
)
_SUBSCRIPT = lazy_re.compile(
    rf"[\w)\]]\[{_STRING}\Z"
)  # `users["admin"]` is where a value lies, not the value
_NEXT_ITEM = lazy_re.compile(rf",\s{{0,4}}(?:\d{{1,4}}\s?:|[\w'\"-]{{1,40}}\s?(?:=>|:))?\s{{0,4}}{_STRING}")
# Names of calls and fields that take a user and a password
_PAIR = lazy_re.compile(
    r"(?:auth|credentials?|login|sign_?in|authenticate|(?:user|username)_?(?:and_?)?password)\W*\Z", re.I
)
_IS_NAME = lazy_re.compile(r"\s{0,4}(?::|=>)")
# `[]byte{0x2b, 0x7e, …`, `new byte[] {43, 126, …`, `bytes([43, …`: eight or more numbers
_NUMBER = r"(?:0[xX][0-9A-Fa-f]{1,2}|\d{1,3})"
_NUMBERS = lazy_re.compile(
    r"(?:[\w.$ ]{0,24}\[\d{0,3}\]\s?\w{0,8}|[\w.$ ]{1,32})?[({\[]{1,2}\s{0,80}"
    rf"({_NUMBER}(?:[ \t]{{0,2}},\s{{0,80}}{_NUMBER}){{7,63}})(?![\w.])"
)
_CALL = lazy_re.compile(r"[A-Za-z_$][\w$]*(?:\.\w+|::\w+|->\w+)*\??[(\[]|[({\[]")
_BARE = lazy_re.compile(r"[^\s,;)}\]<>\"'`\\&|]{1,256}")
_REST = lazy_re.compile(r"[^\s\"'`]{1,256}")
_LINE_START = lazy_re.compile(r"[\s#;*/-]*(?:export |set |ENV |ARG |- )?\s*\Z")
_CONFIG = lazy_re.compile(
    r"(?:\.(?:ya?ml|properties|ini|cfg|cnf|conf|config|env|toml|sh|j2|tf|tfvars|example|sample|dist|template|"
    r"envrc|creds|local|development|production|test|md|rst|txt)|/[^./]*|/\.[\w-]+)\Z",
    re.I,
)

_NO_PASSWORD = lazy_re.compile(r"(?:rint(?:0|f)?|rune|ath|erm)\b")  # of `find`: `-printf`
_ENDS = lazy_re.compile(r"\s{0,4}(?:[,;:)\]}+.%]|$)", re.M)  # what follows the end of a string in code
_ONE_MORE = lazy_re.compile(r"\s{0,4},\s{0,80}[\"']")
_MYSQL = lazy_re.compile(r"\b(?:mysql|mariadb)\w*\s[^\n|;&]*\Z")
_MAKE = lazy_re.compile(r"(?:\A|/)(?:GNU)?makefile\Z|\.mk\Z", re.I)
_SCHEME = lazy_re.compile(r"(basic|bearer|oauth|token)(?:\s|%20).{6}\Z", re.I)
_CREDENTIALS = lazy_re.compile(r"[A-Za-z0-9._~+/-]{6,4096}={0,2}")
_NOT_IN_ADDRESS = lazy_re.compile(r"[\s/\"'<>]")
_AS_USER = lazy_re.compile(r"\b(?:chpst|docker|podman)\b[^\n]*\Z")  # `-u user:group`
_USER = lazy_re.compile(r"\s-(?:u|-user)[= ]\s?[\"']?[\w.@$-]{1,32}:.\Z")
_TAKE_PASSWORD = (
    "mysql",
    "mariadb",
    "sshpass",
    "htpasswd",
    "login",
    " -u",
    " --user",
    "net use",
    "smb",
    "winrm",
    "ldap",
)
_ATTACH = ("mysql", "mariadb", "sshpass", "login", "mongo", "smb", "winrm", "net use")  # `-pPASSWORD`
_BEFORE_QUOTE = lazy_re.compile(r"(?:,|\|\||\?\?|\bor)(?=\s{0,2}\\?\Z)")
# `define("NAME`, `get("NAME`: a string that is a name, not one of a list of strings, nor SQL's `as 'name'`
_NAMES = lazy_re.compile(r"(?:\A|[^\s\"',:\[]|[^\s\"'],)(?<!\bas)\s{0,80}[\"'][@:$%]{0,2}[\w.-]{1,64}\Z")
_FIRST = lazy_re.compile(
    r"(?:\A|[^\s,]\s{1,80}|[^\s,\w.:$@-])[\w.:$@-]{1,64}\Z"
)  # not one of several arguments
_CLAUSE = lazy_re.compile(
    r"\b(?:create|alter|grant|set|with|by|user|role|insert|login)\b|"
    r"securestring|-password|(?:store|key)password",
    re.I,
)
_WITHOUT_OPERATOR = lazy_re.compile(
    r"(?:(requirepass|masterauth)|login\s[\w.@$%-]{1,32}\s(password)|env\s(\w{3,40}))\s.\Z", re.I
)
_WORD = lazy_re.compile(r"[\"']?([^\s\"']{1,256})")


def find(text: str, at: int, window: tuple[int, int], path: str) -> Iterator[Candidate]:
    """The candidates at the keyword that ends at `at`.

    `window` bounds what is read (code points of `text`); `path` tells the syntax of configuration from code.
    """
    low, high = window
    last = text[at - 1]
    if last in ":=!(":
        return _assigned(text, at, low, high, path)
    if last in "\"'":
        return _quoted(text, at, low, high)
    if last == "@" or (last in "/pPxX" and "@" in text[at - 5 : at]):
        return _address(text, at, low)
    return _other(text, at, low, high)


def _assigned(text: str, at: int, low: int, high: int, path: str) -> Iterator[Candidate]:
    """What stands behind the operator that ends at `at`."""
    operator = text[at - 1]
    if operator == "!" and not text.startswith("=", at):
        return
    if text.startswith(":", at):  # `Password::min(3)`, `password=:password` of SQL
        return
    key = _key(text, at, low)
    if not key:
        return
    gap = _GAP.match(text, at, high)
    assert gap
    start = gap.end()
    quote = _QUOTE.match(text, start, high)
    if quote:
        if not _closes(text, quote, at, low, key):
            yield from _strings(text, quote, high, key, "argument" if operator == "(" else "keyword")
        return
    if operator == ":" and text.find("\n", at, start) < 0:
        typed = _TYPED.match(text, start, high)
        if typed:
            quote = _QUOTE.match(text, typed.end(), high)
            if quote:
                yield from _strings(text, quote, high, key, "keyword")
                return
    wrapped = _WRAPPED.match(text, start, high)
    if wrapped and _SUBSCRIPT.search(wrapped[0]):
        return
    if wrapped:
        yield from _strings(text, wrapped, high, key, "argument" if operator == "(" else "wrapped")
        return
    if operator in "!(":
        return
    numbers = _NUMBERS.match(text, start, high)
    if numbers:
        yield Candidate(numbers.start(1), numbers.end(1), key, "byte-array")
        return
    if _CALL.match(text, start, high):
        return
    if text.find("\n", at, start) < 0:
        yield from _bare(text, start, at, low, high, key, path)


def _key(text: str, at: int, low: int) -> str:
    """The name before the operator that ends at `at`, if it speaks of a secret, else ""."""
    names = _NAME_BACKWARDS.match(text[max(low, at - 128) : at][::-1])
    if names:
        for name in names.groups():
            if name and _KEYWORD.search(name[::-1]):
                return str(name[::-1])
    return ""


def _bare(text: str, start: int, at: int, low: int, high: int, key: str, path: str) -> Iterator[Candidate]:
    """A value without quotes: in configuration all up to a blank, elsewhere all up to a delimiter."""
    if start > at and text[at - 1] == "=" and _is_set_for_a_command(text, at, path):
        return
    pattern = _BARE
    if _is_config(path):
        line = max(low, text.rfind("\n", low, at) + 1)
        name = text.rfind(key, line, at)
        if name >= 0 and _LINE_START.match(text, line, name):
            pattern = _REST
    value = pattern.match(text, start, high)
    if value:
        yield Candidate(start, value.end(), key, "keyword")


def _closes(text: str, quote: re.Match[str], at: int, low: int, key: str) -> bool:
    """Whether this quote ends the string that the name stands in: `prompt("Password: ").strip()`."""
    mark = quote[quote.lastindex or 0]
    if mark not in ('"', "'") or not _ENDS.match(text, quote.end()):
        return False
    line = text[max(low, text.rfind("\n", low, at) + 1) : at]
    opening = line.rfind(mark, 0, line.rfind(key))
    return (
        opening >= 0
        and line.count(mark) % 2 == 1
        and mark not in line[opening + 1 :]
        and not line[opening - 1 : opening].isalnum()
    )


def _is_set_for_a_command(text: str, at: int, path: str) -> bool:
    """Whether this is `NAME= command`, of a shell or a recipe of make, which gives the name nothing."""
    if text[at - 2 : at - 1] in (" ", "\t", ""):
        return False
    return path.endswith((".sh", ".bash", ".zsh", ".ksh")) or (
        _MAKE.search(path) is not None and text.startswith("\t", text.rfind("\n", 0, at) + 1)
    )


@lru_cache(maxsize=64)
def _is_config(path: str) -> bool:
    return bool(_CONFIG.search(path if "/" in path else "/" + path))


def _strings(
    text: str, quote: re.Match[str], high: int, key: str, detector: str, shown: str = ""
) -> Iterator[Candidate]:
    """The string that `quote` opens and, unless it is the whole value, up to five that follow in its list."""
    spans: list[tuple[int, int]] = []
    following: re.Match[str] | None = quote
    while following and len(spans) < 6:
        start = following.end()
        mark = following[following.lastindex or 0]
        if mark in ('"', "'") and text.startswith(mark * 2, start):
            mark *= 3
            start += 2
        end = _close(text, start, high, mark)
        after = end + len(mark)
        if detector == "keyword" or not _IS_NAME.match(text, after, high):
            spans.append((start, end))
        following = _NEXT_ITEM.match(text, after, high) if detector != "keyword" else None
    if len(spans) == 2 and _PAIR.search(key):
        yield Candidate(*spans[1], "password", "credentials-pair")
        return
    for number, (start, end) in enumerate(spans):
        first = detector == "argument" and number == 0 and len(spans) > 1
        yield Candidate(start, end, key, "first-argument" if first else shown or detector)


def _close(text: str, start: int, high: int, quote: str) -> int:
    """Where the string that `quote` opened ends: at the same quote, the line's end, or `LONGEST` on."""
    stop = min(high, start + LONGEST)
    closing = {"“": "”", "‘": "’", "&#x2018;": "&#x2019;"}.get(quote, quote)
    line_end = text.find("\n", start, stop)
    if line_end >= 0:
        stop = line_end
    at = text.find(closing, start, stop)
    while at > start and len(closing) == 1 and text[at - 1] == "\\":
        at = text.find(closing, at + 1, stop)
    return at if at >= 0 else stop


def _quoted(text: str, at: int, low: int, high: int) -> Iterator[Candidate]:
    """The string of an argument, of a default, of an SQL or PowerShell clause; its quote ends at `at`."""
    quote = _QUOTE.search(text, at - 2 if text[at - 2] == "\\" else at - 1, high)
    if not quote:
        return
    operator = _BEFORE_QUOTE.search(text, max(low, at - 6), at - 1)
    if operator:
        key = _key(text, operator.end(), low)
        named = operator.start() > low and text[operator.start() - 1] in "\"'"
        if key and (operator[0] != "," or _is_pair(text, operator.start(), low, quote, high)):
            yield from _strings(text, quote, high, key, "keyword", "default" if named else "")
    elif _CLAUSE.search(text, max(low, at - 120), at):
        yield from _clause(text, quote, high)


def _is_pair(text: str, comma: int, low: int, quote: re.Match[str], high: int) -> bool:
    """Whether a name and the string behind its comma belong together: `get("NAME", "…")`."""
    low, last = max(low, comma - 160), text[comma - 1]
    if last not in "\"'":  # not `hash("password"), "…"` either
        return last != ")" and _FIRST.search(text, low, comma) is not None
    mark = quote[quote.lastindex or 0]
    end = _close(text, quote.end(), high, mark) + len(mark)
    return _NAMES.search(text, low, comma - 1) is not None and not _ONE_MORE.match(text, end, high)


def _clause(text: str, quote: re.Match[str], high: int) -> Iterator[Candidate]:
    end = _close(text, quote.end(), high, quote[1])
    if end > quote.end():
        yield Candidate(quote.end(), end, "password", "sql-password")


def _address(text: str, at: int, low: int) -> Iterator[Candidate]:
    """The password of `scheme://user:password@host` or `user:password@tcp(host)`."""
    end = text.rfind("@", max(low, at - 6), at)
    slashes = text.rfind("://", max(low, end - 110), end)
    if slashes >= 0 and not _NOT_IN_ADDRESS.search(text, slashes + 3, end):
        colon = text.find(":", slashes + 3, end)
    else:
        colon = text.rfind(":", max(low, end - 64), end)
    if 0 <= colon < end - 1:
        yield Candidate(colon + 1, end, "", "url-credentials")


def _other(text: str, at: int, low: int, high: int) -> Iterator[Candidate]:
    """The keywords that end within the value: an XML element's text, HTTP schemes, command lines."""
    before = text[max(low, at - 48) : at]
    if before[-2:-1] == ">":
        key = _key(text, at - 1, low)
        end = text.find("<", at, min(high, at + 256))
        if key and end > 0:
            yield Candidate(at - 1, end, key, "keyword")
            return
    scheme = _SCHEME.search(before[-18:])
    if scheme:  # also where an option is named `token`
        start = at - 6
        value = _CREDENTIALS.match(text, start, high)
        if value and (scheme[1].lower() != "basic" or is_basic(value[0])):
            yield Candidate(start, value.end(), scheme[1], "authorization-header")
        return
    if before[-2:-1] == ":" and _USER.search(before):
        key, detector = "" if _AS_USER.search(text, max(low, at - 200), at) else "-u", "user-option"
    else:
        key, detector = _option(text, at, low, before), "password-option"
    word = _WORD.match(text, at - 1, high) if key else None
    if word:
        yield Candidate(word.start(1), word.end(1), key, detector)


def _option(text: str, at: int, low: int, before: str) -> str:
    """The command line's option whose value begins at `at - 1`, if it takes a password, else ""."""
    if "-p" in before[-6:]:
        if _NO_PASSWORD.match(text, at - 1):
            return ""
        attached = text[at - 2 : at - 1] == "p"
        if not attached and _MYSQL.search(text, max(low, at - 400), at):
            return ""  # it asks for the password; a database follows
        line = text[max(low, at - 400, text.rfind("\n", low, at)) : at].lower()
        return "-p" if any(word in line for word in (_ATTACH if attached else _TAKE_PASSWORD)) else ""
    plain = _WITHOUT_OPERATOR.search(before)
    if plain:
        return str(plain[plain.lastindex or 0])
    option = before[:-1].rstrip("\"'").rsplit("\n", 1)[-1].split()[-1:]
    return option[0] if option and option[0].startswith("-") and _KEYWORD.search(option[0]) else ""


def is_basic(value: str) -> bool:
    """Whether this is base64 of `user:password`."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return False
