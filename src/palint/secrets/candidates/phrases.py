"""Values without an operator: URLs with a password, HTTP headers, command lines, XML elements, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.secrets.candidates.literals import Found
from palint.secrets.names import is_strong, name_before, names_secret
from palint.secrets.vocabulary import SCHEMES
from palint.util import lazy_re

_NO_OPTION = lazy_re.compile(r"(?:rint(?:0|f)?|rune|ath|erm)\b")  # of `find`: `-printf`
_WORD_AFTER_P = lazy_re.compile(r"[a-z]{2,14}(?![\w!@#$%^&*-])")
_MYSQL = lazy_re.compile(r"\b(?:mysql|mariadb)\w*\s[^\n|;&]*\Z")
_SCHEME = lazy_re.compile(rf"(?<!\w)({SCHEMES})(?:[ \t]|%20).{{6}}\Z", re.I)
_CREDENTIALS = lazy_re.compile(r"[A-Za-z0-9._~+/-]{6,4096}={0,2}")
_USER_OF_DSN = lazy_re.compile(
    r"(?:\A|[\s\"'`=(>,])[A-Za-z0-9_.%+-]{1,63}\Z"
)  # what is before `:password@tcp(host)`
# From one `@` to the last one of the authority, before which is what signs in
# (https://url.spec.whatwg.org/#authority-state)
LAST_AT = r"@(?:[^\s/?#\"'<>`\\]{0,512}@)?"
_LAST_AT = lazy_re.compile(LAST_AT)
_NOT_IN_ADDRESS = lazy_re.compile(r"[\s/\"'<>]")
_USER_AND_GROUP = lazy_re.compile(r"\b(?:chpst|docker|podman|oc|kubectl)\b[^\n]*\Z")  # `-u user:group`
_USER = lazy_re.compile(r"\s-(?:u|-user)[= ]\s?[\"']?[\w.@$-]{1,32}:.\Z")
# Words on the line of a `-p` that takes a password: separate, and attached (`-pPASSWORD`).
WITH_PASSWORD = (
    "mysql", "mariadb", "sshpass", "htpasswd", "login", " -u", " --user", "net use", "smb", "winrm", "ldap",
)  # fmt: skip
ATTACHED = ("mysql", "mariadb", "sshpass", "login", "mongo", "smb", "winrm", "net use")
_WITHOUT_OPERATOR = lazy_re.compile(
    r"(?:(requirepass|masterauth)|login\s[\w.@$%-]{1,32}\s(password)|"
    r"\b(?:env|set(?:env|x)?(?:\s-[a-z]{1,4})?)\s(\w{3,40}))[ \t].\Z",
    re.I,
)
# Of a .netrc: https://everything.curl.dev/usingcurl/netrc.html
_NETRC_ENTRY = lazy_re.compile(r"(?:\bmachine[ \t]+[^\s]{1,255}[ \t]+|\bdefault[ \t]+|(?:\A|\n)[ \t]*)\Z")
_COMMAND_START = lazy_re.compile(r"(?:\A|[\n;&|`]|\bRUN)[ \t\\$>-]*\Z")
_WORD = lazy_re.compile(r"[\"']?([^\s\"']{1,256})")
# Before an element's text: `<password>`, `<password><![CDATA[`, and line ends after either
_ELEMENT = lazy_re.compile(r">(?P<line>[ \t]{0,8}\r?\n[ \t]{0,40})?(?P<cdata><!\[CDATA\[)?.\Z")


def address(text: str, at: int, low: int) -> Iterator[Found]:
    """The password of `scheme://user:password@host` or `user:password@tcp(host)`; the `@` ends near `at`."""
    end = text.rfind("@", max(low, at - 6), at)
    slashes = text.rfind("://", max(low, end - 110), end)
    if slashes >= 0 and not _NOT_IN_ADDRESS.search(text, slashes + 3, end):
        colon = text.find(":", slashes + 3, end)
        end = _LAST_AT.match(text, end).end() - 1  # type: ignore[union-attr]
    else:
        colon = text.rfind(":", max(low, end - 64), end)
        if not _USER_OF_DSN.search(text, max(low, colon - 65), max(low, colon)):
            return
        if not text[colon:end].isascii():  # binary data, in which `:…@/` is frequent
            return
    if 0 <= colon < end - 1:
        yield Found(colon + 1, end, "", "url-credentials")


def header_or_option(text: str, at: int, low: int, high: int) -> Iterator[Found]:
    """The value at a keyword that ends inside it: an element's text, an HTTP header, an option."""
    before = text[max(low, at - 48) : at]
    opening = _ELEMENT.search(before)
    if opening:
        key = name_before(text, at - len(before) + opening.start() + 1, low)
        end = text.find("]]>" if opening["cdata"] else "<", at, min(high, at + 256))
        if key and end > 0 and (not opening["line"] or text.startswith("</", end)):
            yield Found(at - 1, at - 1 + len(text[at - 1 : end].rstrip()), key, "element")
            return
    scheme = _SCHEME.search(before[-18:])
    if scheme:  # also where an option is named `token`
        start = at - 6
        value = _CREDENTIALS.match(text, start, high)
        if value and (scheme[1].lower() != "basic" or decoded_basic(value[0])):
            yield Found(start, value.end(), scheme[1], "authorization-header")
        return
    if before[-2:-1] == ":" and _USER.search(before):
        key, syntax = "" if _USER_AND_GROUP.search(text, max(low, at - 200), at) else "-u", "user-option"
    else:
        key, syntax = _option(text, at, low, before), "password-option"
    word = _WORD.match(text, at - 1, high) if key else None
    if word:
        yield Found(word.start(1), word.end(1) - word[1].endswith(";"), key, syntax)


_BEFORE_OPTION = (" ", "\t", "\n", '"', "'", "")


def _option(text: str, at: int, low: int, before: str) -> str:
    """The command line's option whose value starts at `at - 1`, if it takes a password, else ""."""
    if "-p" in before[-6:] and before[-6:].rpartition("-p")[0][-1:] in _BEFORE_OPTION:
        if _NO_OPTION.match(text, at - 1):
            return ""
        attached = text[at - 2 : at - 1] == "p"
        if attached and _WORD_AFTER_P.match(text, at - 1):  # `-password`, `-port`: an option's name
            return ""
        if not attached and _MYSQL.search(text, max(low, at - 400), at):
            return ""  # it asks for the password; a database follows
        line = text[max(low, at - 400, text.rfind("\n", low, at)) : at].lower()
        return "-p" if any(word in line for word in (ATTACHED if attached else WITH_PASSWORD)) else ""
    plain = _WITHOUT_OPERATOR.search(before)
    if plain:
        if plain[3] and not _COMMAND_START.search(before, 0, plain.start()):
            return ""  # "reset password confirmation"
        login = at - len(before) + plain.start()
        if plain[2] and not _NETRC_ENTRY.search(text, max(low, login - 300), login):
            return ""  # "the password for login by password strategy"
        name = str(plain[plain.lastindex or 0])
        return name if is_strong(name) or name.lower() in ("requirepass", "masterauth") else ""
    option = before[:-1].rstrip("\"'").rsplit("\n", 1)[-1].split()[-1:]
    return option[0] if option and option[0].startswith("-") and names_secret(option[0]) else ""


def decoded_basic(value: str) -> str:
    """The `user:password` that this base64 encodes, "" if it encodes something else."""
    from base64 import b64decode

    try:
        pair = b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return ""
    return pair.decode("latin-1") if b":" in pair else ""
