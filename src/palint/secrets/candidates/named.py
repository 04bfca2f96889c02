"""Values not directly after their name: comparisons, statements, C arrays, defaults below, JWKs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.prefilter import Keyword
from palint.secrets import vocabulary
from palint.secrets.candidates import literals, notations, quoted
from palint.secrets.candidates.literals import Found
from palint.secrets.names import names_secret
from palint.util import lazy_re

NAME = vocabulary.ANY
COMPARED = rf"[\"'`]\s*[!=]==?\s*[\w.]*{NAME}"  # `"…" == password`; ends in the name
# What follows a name. One keyword for all takes a third less time than one for each.
_STATEMENT = r"[^\s;]*\s*[\"'`][^\"'`\n]+[\"'`];"  # `secret "…";` of BIND and DHCP; ends on the semicolon
_DEFINITION = r"[\w.-]*\*?\s+\""  # `#define API_KEY "…"`, `(def password "…")`; ends on the quote
_C_ARRAY = r"\w*\[\d*\]\s*[!=]=?\s*@?\""  # `char password[] = "…"`; ends on the quote
_SERIALIZED = r"[\w.-]*\\*\";s:\d+:\\*\""  # PHP's `s:8:"password";s:7:"…"`; ends on the quote
# `<key>password</key><string>…`, `<property name="password"><value>…`; ends on the first character
_ELEMENT = r"[\w.-]*(?:</key|</name|[\"'][^<>]*)>\s*<(?:string|value)>\s*[^\s<]"
DEFAULT = r"default[\"']?\s*(?:=>|[:=])\s*(?:<<|[\"'`]?[^\s\"'`,;(){}\[\]]{8})"
JWK = r"[\"']?kty[\"']?\s{0,4}:\s{0,4}[\"'](?:oct|EC|RSA|OKP)[\"']"

# `user, password = "app", "…"`: several names and as many strings; ends on a string's quote
_TUPLE = (
    r"[ \t]{0,80}(?:(?:let|const|var|my|local|val|auto)[ \t]{1,4})?[\[(]?"
    r"(?P<names>[\w.$@%]{1,60}(?:,[ \t]{0,4}[\w.$@%]{1,60}){1,3})[\])]?(?:[ \t]\w{1,20})?[ \t]{0,4}:?="
    r"[ \t]{0,4}(?:\w{0,20}[\[({])?(?P<strings>(?:[\"'][^\"'\n]{0,128}[\"'],[ \t]{0,4}){0,3})[\"']\Z"
)
_TUPLE_OF_BYTES = lazy_re.compile(_TUPLE.encode())
_TUPLE_OF_TEXT = lazy_re.compile(_TUPLE)
_LINE_LENGTH = 512  # characters of a line that are read


def _is_in_tuple(data: bytes, at: int) -> bool:
    """Whether the line up to a string's quote assigns strings to as many names."""
    return _TUPLE_OF_BYTES.match(data, data.rfind(b"\n", max(0, at - _LINE_LENGTH), at) + 1, at) is not None


_STRINGS_BEFORE = r"(?:[\"'][^\"'\n]*[\"'],\s*)"
TUPLE = Keyword(
    rf"{NAME}[\w.$@%]*(?:,[\w.,$@% ]*[\])]?\s*:?=\s*(?:\w*[\[({{])?{_STRINGS_BEFORE}*|"
    rf"[\])]?(?:\s\w+)?\s*:?=\s*(?:\w*[\[({{])?{_STRINGS_BEFORE}+)[\"']",
    _is_in_tuple,
)
# `{value: "…", name: "API_TOKEN"}`: the value is before its name; ends in the name
VALUE_FIRST = (
    r"value[\"']?\s*[:=]\s*[\"']?[^\s\"'`,{}]+[\"']?,?\s*[\"']?(?:name|key)[\"']?\s*[:=]\s*[\"']?[\w.-]*"
    + NAME
)
# `name: API_TOKEN`, another member, and `value: …`; ends on the value's first character
VALUE_LATER = (
    r"(?:name|key)[\"']?\s*[:=]\s*[\"']?[\w.-]*"
    rf"{NAME}[\w.-]*[\"']?,?\s+[\"']?\w+[\"']?\s*[:=]\s*[\"']?[\w.-]+[\"']?,?\s+"
    r"[\"']?value[\"']?\s*[:=]\s*[\"']?[^\s\"'`,{}]"
)
_VALUE_LATER = lazy_re.compile(
    r"(?<!\w)(?:name|key)[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?P<name>[\w.-]{1,60})[\"']?,?\s{1,80}"
    r"[\"']?\w{1,40}[\"']?\s{0,8}[:=]\s{0,8}[\"']?[\w.-]{1,60}[\"']?,?\s{1,80}"
    r"[\"']?value[\"']?\s{0,8}[:=]\s{0,8}"
    r"(?:[\"'](?P<quoted>[^\s\"'`,{}]{4,256})[\"']|(?P<bare>[^\s\"'`,{}]{4,256}))",
    re.I,
)
_VALUE_FIRST = lazy_re.compile(
    r"(?<!\w)value[\"']?\s{0,8}[:=]\s{0,8}"
    r"(?:[\"'](?P<quoted>[^\s\"'`,{}]{4,256})[\"']|(?P<bare>[^\s\"'`,{}]{4,256}))"
    r",?\s{0,80}[\"']?(?:name|key)[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?P<name>[\w.-]{1,60})",
    re.I,
)

_AROUND = 320  # characters that are read before a match
_NAMES_SECRET = lazy_re.compile(NAME, re.I)
_COMPARED = lazy_re.compile(
    r"([\"'`])(?P<value>[^\"'`\n]{1,256})\1\s{0,8}[!=]==?\s{0,8}(?P<name>[\w.$]{1,60})"
)
_STATED = lazy_re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]{1,100})[^\s;,\"'`]{0,50}\s{0,40}([\"'`])(?P<value>[^\"'`\n]{1,256}?)\\{0,3}\2;"
)
_ARRAY = lazy_re.compile(
    r"(?<!\w)(?P<name>\w{1,60})\[\d{0,9}\]\s{0,40}[!=]=?\s{0,40}@?\"(?P<value>[^\"\n]{1,1024})"
)
_DEFINED = lazy_re.compile(
    r"(?:#\s{0,8}define\s{1,40}|\(\s{0,8}(?:def\w{0,20}|setq)\s{1,40}|[({\s]:)\*?"
    r"(?P<name>[\w.-]{1,60})\*?\s{1,80}\"(?P<value>[^\"\n]{1,1024})\"",
    re.I,
)
_BELOW = lazy_re.compile(
    r"(?P<name>[\w.-]{1,60})(?:</key|</name|[\"'][^<>]{0,200})>\s{0,80}<(?P<tag>string|value)>\s{0,80}"
    r"(?P<value>[^\s<][^<]{0,1024}?)\s{0,80}</(?P=tag)>",
    re.I,
)


# What is before the quote of a value that is not directly after its name; the engine's pattern is wider.
_BEFORE_QUOTE = lazy_re.compile(
    rb"(?:#\s{0,8}define\s|\(\s{0,8}(?:def|setq)|[({\s]:\*?[\w.-]|\[\d*\]|;s:)[^\"]*\"\Z", re.I
)


def _is_apart(data: bytes, at: int) -> bool:
    """Whether a value may begin or end at a match of `APART` that ends at `at`."""
    return data[at - 1] != ord('"') or _BEFORE_QUOTE.search(data, max(0, at - 192), at) is not None


APART = Keyword(rf"{NAME}(?:{_STATEMENT}|{_DEFINITION}|{_C_ARRAY}|{_SERIALIZED}|{_ELEMENT})", _is_apart)


def compared(text: str, at: int) -> Iterator[Found]:
    """The value that is compared with the name that ends at `at`."""
    yield from _around(_COMPARED, text, at, at + 60, "compared")


def apart(text: str, at: int) -> Iterator[Found]:
    """The value at a match of `APART`, which ends at `at`."""
    last = text[at - 1]
    if last == ";":
        yield from _around(_STATED, text, at, at, "assigned")
    elif last == '"' and ";s:" in text[max(0, at - 16) : at]:
        yield from quoted.serialized(text, at)
    elif last == '"':
        yield from _around(_ARRAY, text, at, at + _LONGEST, "assigned")
        yield from _last_before(_DEFINED, text, at, "assigned")
    else:
        yield from _last_before(_BELOW, text, at, "element")


def in_tuple(text: str, at: int) -> Iterator[Found]:
    """The strings up to the one whose quote ends at `at` that are at the place of a secret's name."""
    line = text.rfind("\n", max(0, at - _LINE_LENGTH), at) + 1
    found = _TUPLE_OF_TEXT.match(text, line, at)
    if not found:
        return
    starts = [string.start() + 1 for string in _STRINGS.finditer(text, found.start("strings"), at)]
    if not starts:  # `f(credentials, audience="…")`, or the first string, which the next one's match finds
        return
    for name, start in zip(found["names"].split(","), [*starts, at], strict=False):
        if _NAMES_SECRET.search(name):
            end = literals.closing(text, start, at + _LONGEST, text[start - 1])
            yield Found(start, end, name.strip(), "assigned")


_STRINGS = lazy_re.compile(r"[\"'][^\"'\n]{0,128}[\"'],")
_NEXT_ITEM = lazy_re.compile(literals.NEXT_ITEM)


def opens_tuple(text: str, quote: re.Match[str], at: int, low: int, high: int) -> bool:
    """Whether several names are before the operator at `at`, and this is the first of as many strings."""
    line = max(low, text.rfind("\n", max(0, at - _LINE_LENGTH), at) + 1)
    if text[at - 1] != "=" or text.find(",", line, at) < 0:
        return False
    mark = quote[quote.lastindex or 0]
    end = literals.closing(text, quote.end(), high, mark) + len(mark)
    return (
        _NEXT_ITEM.match(text, end, high) is not None
        and _TUPLE_OF_TEXT.match(text, line, quote.end()) is not None
    )


def value_first(text: str, at: int) -> Iterator[Found]:
    """The value before the name that ends near `at`: `{value: "…", name: "API_TOKEN"}`."""
    yield from _member(_VALUE_FIRST, text, at, at + 60)


def value_later(text: str, at: int) -> Iterator[Found]:
    """The value that begins at `at`, two members after its name: `{name: …, type: …, value: "…"}`."""
    yield from _member(_VALUE_LATER, text, at, at + _LONGEST)


def _member(form: re.Pattern[str], text: str, at: int, high: int) -> Iterator[Found]:
    for match in form.finditer(text, max(0, at - _AROUND), high):
        if match.end() >= at and _NAMES_SECRET.search(match["name"]):
            group, syntax = ("bare", "bare") if match["quoted"] is None else ("quoted", "assigned")
            yield Found(*match.span(group), match["name"], syntax)
            return


def _around(form: re.Pattern[str], text: str, at: int, high: int, syntax: str) -> Iterator[Found]:
    for match in form.finditer(text, max(0, at - _AROUND), high):
        if match.end() >= at and _NAMES_SECRET.search(match["name"]):
            yield Found(*match.span("value"), match["name"], syntax)
            return


def _last_before(form: re.Pattern[str], text: str, at: int, syntax: str) -> Iterator[Found]:
    for match in form.finditer(text, max(0, at - _AROUND), at + _LONGEST):
        if match.start("value") >= at - 1:
            if match.start("value") <= at and _NAMES_SECRET.search(match["name"]):
                yield Found(*match.span("value"), match["name"], syntax)
            return


# `- --password`, and `- "…"` on the next line; ends on the value's first character, or the quote before it
OPTION_ABOVE = rf"-\s[\"']?--?[\w-]*{NAME}[\w-]*[\"']?\s*\n\s*-\s[\"']?[^\s\"'-]"
_OPTION_ABOVE = lazy_re.compile(
    r"-[ \t]{1,8}[\"']?(?P<name>--?[\w-]{1,60})[\"']?[ \t]{0,8}\r?\n[ \t]{0,80}-[ \t]{1,8}"
    r"(?:\"(?P<double>[^\"\n]{1,256})\"|'(?P<single>[^'\n]{1,256})'|(?P<bare>[^\s\"']{1,256}))"
)


def option_above(text: str, at: int) -> Iterator[Found]:
    """The item of a list that begins near `at`, after an item that is an option which takes a secret."""
    for match in _OPTION_ABOVE.finditer(text, max(0, at - _AROUND), at + _LONGEST):
        if match.end() >= at:
            if names_secret(match["name"]):
                yield Found(*match.span(match.lastgroup or 0), match["name"], "password-option")
            return


_ABOVE = 400  # characters before `default` in which the name must be
_LONGEST = 1024  # characters of a value
_GIVEN = lazy_re.compile(
    r"default[\"']?\s{0,8}(?:=>|[:=])\s{0,8}"
    rf"(?:(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{{1,{_LONGEST}}})(?P=quote)|(?P<bare>[^\s\"'`,;(){{}}\[\]]+))",
    re.I,
)
_SECRET = lazy_re.compile(
    rf"pass(?!ed|es|ing|ive)|{'|'.join(vocabulary.PLAIN[1:])}|(?:{vocabulary.OPENS}).?key", re.I
)
# What precedes the brace of a block, read backwards.
_BLOCK = lazy_re.compile(r"\s{0,8}(?:>=|[:=])?\s{0,8}[\"']?([\w.-]{1,60})")
_STRING = lazy_re.compile(r"[\"'](-{0,2})([A-Za-z][\w-]{1,60})[\"']")
_LINE = lazy_re.compile(r"[ \t]*(?:- )?[\"']?([\w.-]{1,60})[\"']?:[ \t]*\r?\Z")


def names_secret_above(data: bytes, at: int) -> bool:
    """Whether the bytes before `default` contain a name that may be for a secret."""
    above = data[max(0, at - _ABOVE) : at].lower()
    return any(word in above for word in _WORDS_ABOVE)


_WORDS_ABOVE = [word.encode() for word in (*vocabulary.PLAIN, "key")]


def default(text: str, at: int) -> Iterator[Found]:
    """The default of an option, parameter or variable whose name, some lines above, is for a secret.

    `variable "db_password" { default = "…" }` in Terraform, a parameter's `Default:` in CloudFormation,
    `add_argument("--token", default="…")`, `password: { default: "…" }`.
    """
    low = max(0, at - 64)
    word = text[low:at].lower().rfind("default")
    given = _GIVEN.match(text, low + word, at + _LONGEST) if word >= 0 else None
    if given is None or given.end() < at:
        return
    key = _name(text[max(0, low + word - _ABOVE) : low + word])
    document = notations.standard_input(text, at - 2, at + _LONGEST) if text[at - 2 : at] == "<<" else None
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
        strings = _STRING.findall(above, call)
        names = [name for number, (dashes, name) in enumerate(strings) if dashes or number == 0]
    elif brace >= 0 and "}" not in above[brace:]:
        block = _BLOCK.match(above[max(0, brace - 80) : brace][::-1])
        names = [block[1][::-1]] if block else []
    else:
        names = [_parent(above)]
    return next((name for name in names if _SECRET.search(name)), "")


def _parent(above: str) -> str:
    """The YAML key above that is indented less than the last line of `above`."""
    lines = above.split("\n")
    depth = len(lines[-1]) if not lines[-1].strip() else 0
    for line in reversed(lines[:-1]):
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            key = _LINE.match(line)
            return key[1] if key else ""
    return ""


_JWK_REACH = 1600  # characters on each side of `kty` in which its members may be
# The private members of a JSON Web Key (RFC 7518): `d` of EC, RSA and OKP, `k` of a symmetric key
_PRIVATE_MEMBER = lazy_re.compile(
    r"(?<![\w\"'])[\"']?(?:d|k)[\"']?\s{0,4}:\s{0,4}[\"']([A-Za-z0-9_-]{20,1400})[\"']"
)


def json_web_key(text: str, at: int) -> Iterator[Found]:
    """The private member of the JSON Web Key whose `kty` ends at `at`."""
    low, high = max(0, at - _JWK_REACH), min(len(text), at + _JWK_REACH)
    low = max(low, text.rfind("{", low, at))
    closing = text.find("}", at, high)
    for match in _PRIVATE_MEMBER.finditer(text, low, closing if closing >= 0 else high):
        yield Found(*match.span(1), "", "private-jwk")
