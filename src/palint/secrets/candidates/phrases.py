"""Values without an operator: URLs with a password, HTTP headers, command lines, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.secrets.candidates.literals import Found
from palint.secrets.judge import decoded_basic
from palint.secrets.names import is_strong, names_secret
from palint.secrets.vocabulary import SCHEMES
from palint.util import lazy_re

HEADER = rf"(?:{SCHEMES})(?:[ \t]|%20)[\w+/-]{{6}}"
# Also of data source names. It ends at the first `@` of the password, or after it.
ADDRESSES = (r"://[^\s:/\"'<>]{0,40}:[^\s@/\"'<>]{1,64}@", r":[^\s:/\"'()]{1,40}@(?:tcp|unix|/)")
# Command lines, and settings without an operator. They end on the value's first character, or on its quote.
OPTIONS = (
    r"-(?:pass|pwd|secret|token|auth|key|credential)\w{0,8}\s[^\s-]",
    r"\s-[\w-]{0,23}(?:\w(?:pass(?:word)?|secret|token)|[\w-]api_?key)\s[^\s-]",
)
PASSWORD_OPTION = r"[\s\"']-p[ =]?[\"']?\w"
USER_OPTION = r"\s-(?:u|-user)[= ]\s?[\"']?[\w.@$-]{1,32}:[^\s]"
# `user:password` that a call encodes. It ends on the password's first character.
PAIR_IN_BASE64 = (
    r"(?:encode|encode64|encodetostring|btoa|getbytes|buffer\.from)\((?:b|\[\]byte\()?"
    r"[\"'][\w.@+-]{1,40}:[^\s:/\"']"
)
SETTING = (
    r"(?:requirepass|masterauth|login\s[^\s]+\spassword|"
    r"\b(?:env|set(?:env|x)?(?:\s-[a-z]+)?)\s\w*(?:password|passwd|pass|secret|token|_key))[ \t][^\s=]"
)

_NO_OPTION = lazy_re.compile(r"(?:rint(?:0|f)?|rune|ath|erm)\b")  # of `find`: `-printf`
_WORD_AFTER_P = lazy_re.compile(r"[a-z]{2,14}(?![\w!@#$%^&*-])")
_MYSQL = lazy_re.compile(r"\b(?:mysql|mariadb)\w*\s[^\n|;&]*\Z")
_SCHEME = lazy_re.compile(rf"(?<!\w)({SCHEMES})(?:[ \t]|%20).{{6}}\Z", re.I)
_IN_SENTENCE = lazy_re.compile(r"(?<! auth)(?<! access)(?<=[a-z]{2}) \Z")  # `the expired token X7391`
_CREDENTIALS = lazy_re.compile(r"[A-Za-z0-9._~+/-]{6,4096}={0,2}")
# Before `:password@tcp(host)`, and after it: after `@/` the name of a database, and what closes the text
_USER_OF_DSN = lazy_re.compile(r"(?:\A|([\"'`(>])|\s|\w=)[A-Za-z0-9_][A-Za-z0-9_.%+-]{0,62}\Z")
_AFTER_DSN = lazy_re.compile(r"@(?!/)|@/[\w.${}%-]{0,64}([?\"'`\s),;<]|\Z)")
# From one `@` to the last one of the authority, before which is what signs in
# (https://url.spec.whatwg.org/#authority-state)
_LAST_AT = lazy_re.compile(r"@(?:[^\s/?#\"'<>`\\]{0,512}@)?")
_NOT_IN_ADDRESS = lazy_re.compile(r"[\s/\"'<>]")
_SCHEME_OF_URL = lazy_re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}\Z")
# Control characters other than line ends, tabs and the escapes of terminals: no text has them. The bytes of
# an image are often `:…@/`, and sometimes `://…:…@`.
_BINARY = lazy_re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_BESIDE = 256  # characters on each side of an `@` in which they are searched
_USER_AND_GROUP = lazy_re.compile(r"\b(?:chpst|docker|podman|oc|kubectl)\b[^\n]*\Z")  # `-u user:group`
# Words on the line of a `-p` that takes a password: separate, and attached (`-pPASSWORD`).
_WITH_PASSWORD = (
    "mysql", "mariadb", "sshpass", "htpasswd", "login", " -u", " --user", "net use", "smb", "winrm", "ldap",
)  # fmt: skip
_ATTACHED = ("mysql", "mariadb", "sshpass", "login", "mongo", "smb", "winrm", "net use")
_WITHOUT_OPERATOR = lazy_re.compile(
    r"(?:(requirepass|masterauth)|login\s[\w.@$%-]{1,32}\s(password)|"
    r"\b(?:env|set(?:env|x)?(?:\s-[a-z]{1,4})?)\s(\w{3,40}))[ \t].\Z",
    re.I,
)
# Of a .netrc: https://everything.curl.dev/usingcurl/netrc.html
_NETRC_ENTRY = lazy_re.compile(r"(?:\bmachine[ \t]+[^\s]{1,255}[ \t]+|\bdefault[ \t]+|(?:\A|\n)[ \t]*)\Z")
_COMMAND_START = lazy_re.compile(r"(?:\A|[\n;&|`]|\bRUN)[ \t\\$>-]*\Z")
_PAIR = lazy_re.compile(r"([\"'])[\w.@+-]{1,40}:([^\s\"'`]{1,128})\1")
_SIGNS_IN = lazy_re.compile(r"basic|auth|cred|token", re.I)
_BASE64 = lazy_re.compile(r"b(?:ase)?64|btoa", re.I)
_SHORTEST_WORD = 32  # characters of credentials that are only letters, or only digits
# Not a command's output: ``--password `openssl …``
_WORD = lazy_re.compile(r"[\"']?([^\s\"'`][^\s\"']{0,255})")


def address(text: str, at: int, path: str) -> Iterator[Found]:
    """The password of `scheme://user:password@host` or `user:password@tcp(host)`; the `@` ends near `at`."""
    end = text.rfind("@", max(0, at - 6), at)
    slashes = text.rfind("://", max(0, end - 110), end)
    if slashes >= 0 and not _NOT_IN_ADDRESS.search(text, slashes + 3, end):
        colon = text.find(":", slashes + 3, end)
        if text[slashes + 3 : colon].lower() == "mailto":
            return
        end = _LAST_AT.match(text, end).end() - 1  # type: ignore[union-attr]
        if _BINARY.search(text, max(0, end - _BESIDE), end + _BESIDE) and not (
            _SCHEME_OF_URL.search(text, max(0, slashes - 22), slashes)
            and text[slashes:end].isascii()
            and text[slashes:end].isprintable()
        ):
            return
    else:
        colon = text.rfind(":", max(0, end - 64), end)
        user = _USER_OF_DSN.search(text, max(0, colon - 65), max(0, colon))
        after = _AFTER_DSN.match(text, end)
        if not user or not after or _BINARY.search(text, max(0, end - _BESIDE), end + _BESIDE):
            return
        if user[1] and after[1] not in (None, "?", {"(": ")", ">": "<"}.get(user[1], user[1])):
            return
    if 0 <= colon < end - 1:
        yield Found(colon + 1, end, "", "url-credentials")


def header(text: str, at: int, path: str) -> Iterator[Found]:
    """The credentials after HTTP's scheme, of which six characters are before `at`."""
    scheme = _SCHEME.search(text, max(0, at - 18), at)
    value = _CREDENTIALS.match(text, at - 6) if scheme else None
    if not scheme or not value:
        return
    # `basic profile`, `bearer token`, `Bearer -32001`
    plain = value[0].lstrip("-")
    if scheme[1] == "token" and _IN_SENTENCE.search(text, max(0, scheme.start() - 8), scheme.start()):
        return
    word = (plain.isalpha() or plain.isdigit()) and len(plain) < _SHORTEST_WORD
    if decoded_basic(value[0]) if scheme[1].lower() == "basic" else not word:
        yield Found(*value.span(), scheme[1], "authorization-header")


def pair_in_base64(text: str, at: int, path: str) -> Iterator[Found]:
    """The password of `auth = b64encode("user:password")`, for HTTP's Basic scheme."""
    low = max(0, at - 43)
    opening = max(text.rfind('"', low, at), text.rfind("'", low, at))
    pair = _PAIR.match(text, opening)
    before = text[max(0, opening - 100) : opening].rpartition("\n")[2]
    if pair and _SIGNS_IN.search(before) and _BASE64.search(before + text[pair.end() : pair.end() + 30]):
        yield Found(*pair.span(2), "password", "credentials-pair")


def user_option(text: str, at: int, path: str) -> Iterator[Found]:
    """The password of `-u user:password`, whose first character ends at `at`."""
    if not _USER_AND_GROUP.search(text, max(0, at - 200), at):
        yield from _word(text, at, "-u", "user-option")


def option(text: str, at: int, path: str) -> Iterator[Found]:
    """The value of a command's option that takes a secret; its first character or its quote ends at `at`."""
    words = text[max(0, at - 48) : at - 1].rstrip("\"'").rsplit("\n", 1)[-1].split()
    if words and words[-1].startswith("-") and names_secret(words[-1]):
        yield from _word(text, at, words[-1], "password-option")


def password_option(text: str, at: int, path: str) -> Iterator[Found]:
    """The value of `-p`, on the line of a program that takes a password by it, not of `mkdir`."""
    if "-p" not in text[max(0, at - 6) : at] or _NO_OPTION.match(text, at - 1):
        return
    attached = text[at - 2 : at - 1] == "p"
    if attached and _WORD_AFTER_P.match(text, at - 1):  # `-password`, `-port`: an option's name
        return
    line = text[max(0, at - 400, text.rfind("\n", max(0, at - 400), at)) : at]
    if not attached and _MYSQL.search(line):
        return  # it asks for the password; a database follows
    line = line.lower()
    if any(word in line for word in (_ATTACHED if attached else _WITH_PASSWORD)):
        yield from _word(text, at, "-p", "password-option")


def setting(text: str, at: int, path: str) -> Iterator[Found]:
    """The value after a name and a blank in settings and shells; its first character ends at `at`."""
    plain = _WITHOUT_OPERATOR.search(text, max(0, at - 96), at)
    if not plain or (plain[3] and not _COMMAND_START.search(text, max(0, at - 160), plain.start())):
        return  # "reset password confirmation"
    if plain[2] and not _NETRC_ENTRY.search(text, max(0, plain.start() - 300), plain.start()):
        return  # "the password for login by password strategy"
    name = text[slice(*lazy_re.last_span(plain))]
    if is_strong(name) or name.lower() in ("requirepass", "masterauth"):
        yield from _word(text, at, name, "password-option")


def _word(text: str, at: int, key: str, syntax: str) -> Iterator[Found]:
    word = _WORD.match(text, at - 1)
    if word:
        yield Found(word.start(1), word.end(1) - word[1].endswith(";"), key, syntax)
