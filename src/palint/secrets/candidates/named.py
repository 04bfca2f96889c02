"""Values not directly after their name: statements, definitions, defaults below, JWKs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.secrets import vocabulary
from palint.secrets.candidates import notations
from palint.secrets.candidates.literals import POSSESSIVE as _ALL
from palint.secrets.candidates.literals import Found
from palint.secrets.names import is_known_to_all, names_secret
from palint.util import lazy_re

NAME = vocabulary.ANY
_AROUND = 320  # characters that are read before a match
_LONGEST = 1024  # characters of a value


class Near:
    """A finder of the value in a text of one pattern, in which a match ends.

    pattern: with the groups `name`, which must name a secret, and `value`. A value of the syntax "assigned"
    that has no quote before it is "bare".
    """

    def __init__(self, pattern: str, syntax: str = "assigned") -> None:
        self._pattern, self._syntax = lazy_re.compile(pattern, re.I), syntax

    def __call__(self, text: str, at: int, path: str) -> Iterator[Found]:
        for match in self._pattern.finditer(text, max(0, at - _AROUND), at + _LONGEST):
            if match.end() >= at:
                if names_secret(match["name"]):
                    start, end = match.span("value")
                    bare = self._syntax == "assigned" and text[start - 1] not in "\"'`"
                    yield Found(start, end, match["name"], "bare" if bare else self._syntax)
                return


# The keyword of each finder is a wider pattern, with stars, for the one pass over the bytes.
STATED = rf"{NAME}[^\s;]*\s*[\"'`][^\"'`\n]+[\"'`];"  # `secret "…";` of BIND and DHCP; ends on the semicolon
stated = Near(
    rf"(?<![\w.-])(?P<name>[\w.-]{{1,100}}{_ALL})[^\s;,\"'`]{{0,50}}{_ALL}\s{{0,40}}{_ALL}([\"'`])"
    r"(?P<value>[^\"'`\n]{1,256}?)\\{0,3}\2;"
)
# `#define API_KEY "…"`, `(def password "…")`, `{:password "…"}`; ends on the quote
DEFINED = rf"(?:#\s*define\s+|\(\s*(?:def\w*|setq)\s+|[({{\s]:)\*?[\w.-]*{NAME}[\w.-]*\*?\s+\""
defined = Near(
    r"(?:#\s{0,8}define\s{1,40}|\(\s{0,8}(?:def\w{0,20}|setq)\s{1,40}|[({\s]:)\*?"
    r"(?P<name>[\w.-]{1,60})\*?\s{1,80}\"(?P<value>[^\"\n]{1,1024})\""
)
SERIALIZED = rf"{NAME}[\w.-]*\\*\";s:\d+:\\*\""  # PHP's `s:8:"password";s:7:"…"`; ends on the quote
serialized = Near(r"(?P<name>[\w.-]{1,60})\\{0,3}\";s:\d{1,5}:\\{0,3}\"(?P<value>[^\"]{1,1024}?)\\{0,3}\"")
# `<key>password</key><string>…`, `<property name="password"><value>…`; ends on the first character
ELEMENT = rf"{NAME}[\w.-]*(?:</key|</name|[\"'][^<>]*)>\s*<(?:string|value)>\s*[^\s<]"
element = Near(
    r"(?P<name>[\w.-]{1,60})(?:</key|</name|[\"'][^<>]{0,200})>\s{0,80}<(?P<tag>string|value)>\s{0,80}"
    r"(?P<value>[^\s<][^<]{0,1024}?)\s{0,80}</(?P=tag)>",
    "element",
)
# `{value: "…", name: "API_TOKEN"}`: the value is before its name; ends in the name
VALUE_FIRST = (
    r"value[\"']?\s*[:=]\s*[\"']?[^\s\"'`,{}]+[\"']?,?\s*[\"']?(?:name|key)[\"']?\s*[:=]\s*[\"']?[\w.-]*"
    + NAME
)
value_first = Near(
    r"(?<!\w)value[\"']?\s{0,8}[:=]\s{0,8}(?P<quote>[\"']?)(?P<value>[^\s\"'`,{}]{4,256})(?P=quote),?\s{0,80}"
    r"[\"']?(?:name|key)[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?P<name>[\w.-]{1,60})"
)
# `- --password`, and `- "…"` on the next line; ends on the value's first character, or the quote before it
OPTION_ABOVE = rf"-\s[\"']?--?[\w-]*{NAME}[\w-]*[\"']?\s*\n\s*-\s[\"']?[^\s\"'-]"
option_above = Near(
    r"-[ \t]{1,8}[\"']?(?P<name>--?[\w-]{1,60})[\"']?[ \t]{0,8}\r?\n[ \t]{0,80}-[ \t]{1,8}"
    r"(?P<quote>[\"']?)(?P<value>[^\s\"']{1,256})(?P=quote)",
    "password-option",
)

DEFAULT = r"default[\"']?\s*(?:=>|[:=])\s*(?:<<|[\"'`][^\s\"'`,;(){}\[\]]{5}|[^\s\"'`,;(){}\[\]]{8})"
_ABOVE = 400  # characters before `default` in which the name must be
_GIVEN = lazy_re.compile(
    r"default[\"']?\s{0,64}(?:=>|[:=])\s{0,64}"
    rf"(?:(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{{1,{_LONGEST}}})(?P=quote)|(?P<bare>[^\s\"'`,;(){{}}\[\]]+))",
    re.I,
)
# What precedes the brace of a block, or the bracket of a call
_BLOCK = lazy_re.compile(rf"([\w.-]{{1,60}}{_ALL})[\"']?\s{{0,8}}(?:=>|[:=])?\s{{0,8}}\Z")
_STRING = lazy_re.compile(r"[\"'](-{0,2})([A-Za-z][\w-]{1,60})[\"']")
_LINE = lazy_re.compile(r"[ \t]*(?:- )?[\"']?([\w.-]{1,60})[\"']?:[ \t]*\r?\Z")


def default(text: str, at: int, path: str) -> Iterator[Found]:
    """The default of an option, parameter or variable whose name, some lines above, is for a secret.

    `variable "db_password" { default = "…" }` in Terraform, a parameter's `Default:` in CloudFormation,
    `add_argument("--token", default="…")`, `password: { default: "…" }`.
    """
    low = max(0, at - 64)
    word = text[low:at].lower().rfind("default")
    given = _GIVEN.match(text, low + word, at + _LONGEST) if word >= 0 else None
    if given is None:
        return
    key = _name(text[max(0, low + word - _ABOVE) : low + word])
    document = notations.standard_input(text, at - 2) if text[at - 2 : at] == "<<" else None
    if key and document:
        yield Found(*document, key, "assigned")
    elif key:
        yield Found(
            *given.span("quoted" if given["quote"] else "bare"), key, "assigned" if given["quote"] else "bare"
        )


def _name(above: str) -> str:
    """The name in the text before `default`, if it may be for a secret, else ""."""
    call, brace = above.rfind("("), above.rfind("{")
    if call >= 0 and ")" not in above[call:]:
        called = _BLOCK.search(above, max(0, call - 80), call)
        if called and is_known_to_all(called[1]):  # `get_username("DB_SECRET", default="app")`
            return ""
        strings = _STRING.findall(above, call)
        names = [name for number, (dashes, name) in enumerate(strings) if dashes or number == 0]
    elif brace >= 0 and "}" not in above[brace:]:
        block = _BLOCK.search(above, max(0, brace - 80), brace)
        names = [block[1]] if block else []
    else:
        names = [_parent(above)]
    return next((name for name in names if names_secret(name)), "")


def _parent(above: str) -> str:
    """The YAML key above that is indented less than the last line of `above`."""
    lines = above.split("\n")
    depth = len(lines[-1]) if not lines[-1].strip() else 0
    for line in reversed(lines[:-1]):
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            key = _LINE.match(line)
            return key[1] if key else ""
    return ""


KEY_LINE = r"\A[0-9a-f]{32}$"
# https://guides.rubyonrails.org/security.html#custom-credentials: `config/credentials/production.key`
_KEY_FILE = lazy_re.compile(r"(?:\A|/)(?:master|credentials/\w{1,40})\.key\Z")


def key_file(text: str, at: int, path: str) -> Iterator[Found]:
    """The key that decrypts the credentials of a Rails application, alone in its file."""
    if _KEY_FILE.search(path) and len(text.strip()) == at == 32:
        yield Found(0, at, "", "key-file")


JWK = r"[\"']?kty[\"']?\s{0,4}:\s{0,4}[\"'](?:oct|EC|RSA|OKP)[\"']"
_JWK_REACH = 1600  # characters on each side of `kty` in which its members may be
# The private members of a JSON Web Key (RFC 7518): `d` of EC, RSA and OKP, `k` of a symmetric key
_PRIVATE_MEMBER = lazy_re.compile(
    r"(?<![\w\"'])[\"']?(?:d|k)[\"']?\s{0,4}:\s{0,4}[\"']([A-Za-z0-9_-]{20,1400})[\"']"
)


def json_web_key(text: str, at: int, path: str) -> Iterator[Found]:
    """The private member of the JSON Web Key whose `kty` ends at `at`."""
    low, high = max(0, at - _JWK_REACH), min(len(text), at + _JWK_REACH)
    low = max(low, text.rfind("{", low, at))
    closing = text.find("}", at, high)
    for match in _PRIVATE_MEMBER.finditer(text, low, closing if closing >= 0 else high):
        yield Found(*match.span(1), "", "private-jwk")
