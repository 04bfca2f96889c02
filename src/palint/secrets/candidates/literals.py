"""String literals after an operator: where a value starts and ends, in any language's notation."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from palint.secrets.filters import is_filtered_value
from palint.secrets.names import describes_secret, names_secret
from palint.secrets.vocabulary import SIGNS_IN
from palint.util import lazy_re
from palint.util.typing import NamedTuple

AROUND = 2048  # characters on each side of a match that an assignment may reach to
LONGEST = 1024  # characters of a quoted value
MAX_ITEMS = 6  # strings of one list that are read

# Backtracking into this part never helps: use a possessive quantifier where `re` has it.
POSSESSIVE = "+" if sys.version_info >= (3, 11) else ""

_COMMENT = r"(?:/\*[^*\n]{0,200}\*/|(?:#|//)[ \t][^\n]{0,200}(?=\r?\n))"
_BLANKS = r"[^\S\r\n]{0,64}"  # more are few in `text.escapes`
_BREAK = r"\\?\r?\n\s{0,80}"
# Spaces, a comment, a line break or a backslash before the value, YAML's anchor or tag.
GAP = (
    rf"[=>]{{0,2}}{_BLANKS}(?:\*\*[ \t]{{1,4}})?(?:{_COMMENT}{_BLANKS})?"
    rf"(?:{_BREAK}(?:{_COMMENT}\r?\n[ \t]{{0,80}})?)?"
)
# Also raw strings of Rust (`r#"…"#`), Swift, Scala and JavaScript (`String.raw`), SQL's `N'…'`, a cast
STRING = (
    r"(?:[bBrRuUfF]{1,2}#{0,3}|#{1,3}|u8|raw|String\.raw|[@$]{1,2}|[LNcs+-]|&(?!')"
    r"|<(?:string|any)>|\([Ss]tring\)\s?)?"
    r"(\\{0,3}[\"'`]|&quot;|&#x2018;|&#39;|“|‘)"
)
_NAMES = rf"(?:[\w.$&<>/ -]|::|\*(?!/)){{0,40}}{POSSESSIVE}"
_SPACES = rf"\s{{0,80}}{POSSESSIVE}"
_OPENING = (
    rf"{_NAMES}(?:\[\]{_NAMES})?[(\[{{](?!\]){_SPACES}(?:{_COMMENT}{_SPACES}){{0,3}}(?:\d{{1,4}}\s?[:,]\s?)?"
    r"(?:[\"']?(?:default|value)[\"']?\s?[=:]\s?)?"
)
# `(\n    "…"`, `env("…"`, `[]string{"…"`, `String("…"`; `process.env.X || "…"`, `x or "…"`
WRAPPED = (
    rf"(?:{_OPENING}){{1,3}}{STRING}"
    rf"|[\w.$\[\]'\"()]{{1,80}}{POSSESSIVE}(?:\s{{0,2}}(?:\|\||\?\?|,)|\s{{1,2}}or\b)\s{{0,2}}{STRING}"
)
# `other = "…"`, the rest of `password = other = "…"`
CHAINED = rf"[\w.$]{{1,60}}{POSSESSIVE}[ \t\f]{{0,64}}=(?![=>~])[ \t\f]{{0,64}}{STRING}"
# `getenv("X") ?: "…"`, `find(x).orElse("…")`, `z.default("…")`, `x if y else "…"`, `x ? y : "…"`
LATER = (
    r"[^\s;{}\"'`][^;{}\n]{0,100}?(?:\n[ \t]{1,40}\?[^;{}\n]{0,100}\n[ \t]{0,40})?"
    r"(?:(?:\?[:?]|\|\||//|or\b)(?<=[\w)\] \t][?|/o][:?|/r])(?<!\wor)|"
    r"\.(?:default|or(?:Else|_else)?|getOrElse)\(|(?P<choice>[ \t](?:[?:]|else)(?=\s)))\s{0,80}" + STRING
)
# Each match has one. Each alternative starts with a letter of its own, so `re` finds those first.
_FALLBACK_MARK = lazy_re.compile(
    r"\?[:?]|\|\||//|\.default\(|OrElse\(| or|\tor|\)or|\]or|\.or| [:?]|\t[:?]| else|\telse"
)
# `: string = `
TYPED = (
    rf"\s{{0,80}}{POSSESSIVE}[A-Za-z_&'*\[][\w.\[\]<>?&' |]{{0,30}}{POSSESSIVE}"
    rf"\s{{0,80}}{POSSESSIVE}=(?![=>])\s{{0,80}}{POSSESSIVE}(?:{_BREAK})?"
)
# Not what has a name of its own
NEXT_ITEM = lazy_re.compile(rf",\s{{0,80}}(?:\d{{1,4}}\s?(?:=>|:))?\s{{0,4}}{STRING}")
# After `+` or `.`; or after blanks, where the quote closes no other string: text follows it
_JOINED = rf"\s{{0,80}}{POSSESSIVE}[+.]\s{{0,80}}{POSSESSIVE}"
_BESIDE = r"[ \t]{0,16}(?=\w{0,3}#{0,3}[\"'`][\w/+\"'`])"
_NEXT_PART = lazy_re.compile(f"(?:{_JOINED}|{_BESIDE}){STRING}")
# `\"salt\":\"…\"`: a name, if it is a word, and a value of 16 characters or more
_MEMBER = lazy_re.compile(r"\\\"(\w{1,60})\\\"\s{0,4}:\s{0,4}\\\"([A-Za-z0-9+/=_-]{16,1024})\\\"")
_IS_NAME = lazy_re.compile(r"\s{0,40}(?::|=>)")
# Names of calls and fields that take a user and a password; what creates or gets credentials takes others
_TAKES_PAIR = lazy_re.compile(
    r"\A(?:.*[.:>])?(?!(?-i:get|create)(?-i:[_A-Z]))\w*(?:auth|credentials?|login|sign_?in|authenticate|"
    r"(?:user|username)_?(?:and_?)?password)\W*\Z",
    re.I,
)
_CALLED = lazy_re.compile(r"(\w{1,60})\(")  # also around the string: `auth = HTTPBasicAuth("`
# The only line of a string whose quotes are on the lines around it
_LINE_ALONE = lazy_re.compile(
    rf"\\?\r?\n[ \t]{{0,80}}(?P<line>[^\s\"'`\\]{{1,{LONGEST}}}{POSSESSIVE})\\?(?:\r?\n\s{{0,80}})?(?=[\"'`])"
)
_AT_LINE_END = ("\n", "\r", "\\")
_LITERAL = lazy_re.compile(r"`[\w+/$-][^`\n]{1,200}``")  # the rest of reStructuredText's ``literal``
_CLOSING = {"“": "”", "‘": "’", "&#x2018;": "&#x2019;"}


class Found(NamedTuple):
    """A value, text[start:end] without its quotes, the name it belongs to, and its syntax."""

    start: int
    end: int
    key: str
    syntax: str


def mark_of(quote: re.Match[str]) -> str:
    """The quote that ends a match of STRING, or of a pattern that ends in it."""
    return quote[quote.lastindex]  # type: ignore[index]


def strings(
    text: str, quote: re.Match[str], high: int, key: str, syntax: str, shown: str = ""
) -> Iterator[Found]:
    """Yield the string that `quote` opens and, unless it is the whole value, the next ones in its list.

    shown: the syntax to report instead, if `syntax` only determines how to read.
    """
    spans: list[tuple[int, int]] = []
    following: re.Match[str] | None = quote
    while following and len(spans) < MAX_ITEMS:
        start = following.end()
        mark = mark_of(following)
        if mark in ('"', "'") and text.startswith(mark * 2, start):
            mark *= 3
            start += 2
        elif mark == "`" and _LITERAL.match(text, start):
            mark *= 2
            start += 1
        alone = _LINE_ALONE.match(text, start, high) if text[start : start + 1] in _AT_LINE_END else None
        start, end = alone.span("line") if alone else (start, closing(text, start, high, mark))
        after = (alone.end() if alone else end) + len(mark)
        following = _NEXT_PART.match(text, after, high) if syntax == "assigned" or start == end else None
        if text[after : after + 3].lstrip().startswith(("==", "!=")):
            return  # `type == "password" || "text" == type`
        if following or syntax == "assigned" or not _IS_NAME.match(text, after, high):
            spans.append((start, end))  # of `"…" + "…"` each part is judged
        if syntax != "assigned":
            following = following or NEXT_ITEM.match(text, after, high)
    if syntax == "assigned" and len(spans) > 1:  # one value in parts: the longest stands for it
        if text.startswith("-----BEGIN", spans[0][0]):
            return  # a key is found by its own form
        spans = [max(spans, key=lambda span: span[1] - span[0])]
    is_list = syntax != "assigned" and _is_pair(text, quote, spans, high, key)
    if is_list and all(map(_TAKES_PAIR.search, (key, *_CALLED.findall(quote[0])))):
        yield Found(*spans[1], "password", "credentials-pair")
        return
    for number, (start, end) in enumerate(spans):
        if text.startswith('{\\"', start):  # JSON in a string: find the random strings in it
            if text.find('\\"kty\\"', start, end) >= 0 and is_filtered_value(text[start:end]):
                continue  # a public JSON Web Key
            for member in _MEMBER.finditer(text, start, end):
                if not (member[1] in ("signature", "salt") or describes_secret(member[1])):
                    yield Found(*member.span(2), key, syntax)
        first = syntax == "argument" and number == 0 and len(spans) > 1
        yield Found(start, end, key, "first-argument" if first else shown or syntax)


_SIGNS_IN = lazy_re.compile(rf"(?:{SIGNS_IN})\Z", re.I)
_ENDS_LIST = lazy_re.compile(r"\\{0,3}[\"'`]\s{0,80},?\s{0,80}[)\]}]")


def _is_pair(text: str, quote: re.Match[str], spans: list[tuple[int, int]], high: int, key: str) -> bool:
    """Whether two strings are all that a call or a list has, or the last that a function signs in with."""
    if len(spans) != 2 or not _ENDS_LIST.match(text, spans[1][1], high):
        return False
    at = quote.end() - len(mark_of(quote))
    opening = text[max(0, at - 80) : at].rstrip()
    return not opening.endswith(",") or _SIGNS_IN.search(key) is not None


def may_fall_back(text: str, at: int) -> bool:
    """Whether LATER may match at `at`: to see that it does not takes a tenth of the time."""
    end = text.find("\n", at, at + 120)
    if end >= 0 and text[end : end + 48].lstrip().startswith("?"):
        return True
    return _FALLBACK_MARK.search(text, at, end if end >= 0 else at + 120) is not None


_IN_NAMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$-"  # and letters beyond ASCII
_CLOSERS = "\\\"'`])}>"
_LONGEST_NAME = 60  # characters
# What may be between a name with what closes it and the value: `, "value":`, ` as string =`, ` { get; } =`
_OPERATOR = lazy_re.compile(
    r"(?=[\s,{?|.+<>!:=(oOtT[-])"  # any other start takes most of the time
    rf"(?:[\s,]{{1,80}}{POSSESSIVE}[\"']?(?i:parameter)?(?i:value)[\"']?|\s(?i:as\sstring)|\[\d{{0,9}}\])?"
    rf"(?:\s{{0,2}}\{{ ?get;[;\w ]{{0,24}}\}})?\s{{0,80}}{POSSESSIVE}"
    r"(?:\?:|\|\s{1,4}default|\.unwrap_or(?:_else)?\((?:\|_\|)?|[?|+.]{1,2}=|->|<-|[!:=(>,]|\|\||\?\?|(?i:or|\bto))\Z"
)
# Words of these operators, the last of which is a character: `, "value":`, ` as string =`, `.unwrap_or(`
_IN_OPERATOR = ("value", "Value", "VALUE", "string", "String", "STRING", "unwrap_or", "unwrap_or_else")
_BEFORE = 160  # characters before an operator's end in which its name is


def name_before(text: str, at: int) -> str:
    """The name before the operator that ends at `at`, or the word before that, if it may name a secret."""
    before = text[max(0, at - _BEFORE) : at]
    start, end = _last_name(before[:-1].rstrip())  # most operators are a character
    name = before[start:end]
    if names_secret(name):
        return name
    if not name[-1:].isalpha() or before[-1] not in "!:=(," or name.endswith(_IN_OPERATOR):
        operator = _OPERATOR.search(before)
        start, end = _last_name(before[: operator.start()]) if operator else (0, 0)
        name = before[start:end]
        if not name or names_secret(name):
            return name
    rest = before[:start].rstrip(_CLOSERS)
    word_end = len(rest.rstrip())
    if not 1 <= len(rest) - word_end <= _MAX_BLANKS or "\n" in rest[word_end:]:
        return ""
    start, end = _last_name(rest[:word_end])
    if end != word_end or not names_secret(rest[start:end]) or describes_secret(name):
        return ""
    return rest[start:end]


_MAX_BLANKS = 4  # between two words of which the second is not the name: `string apiKey =`


def _last_name(text: str) -> tuple[int, int]:
    """The span of the name at the end of a text, before what closes it; an empty one if there is none."""
    end = len(text.rstrip(_CLOSERS))
    start = len(text[:end].rstrip(_IN_NAMES))
    while start and text[start - 1].isalnum():
        start = len(text[: start - 1].rstrip(_IN_NAMES))
    return max(start, end - _LONGEST_NAME), end


def closing(text: str, start: int, high: int, quote: str) -> int:
    """The end of the string that `quote` opened: the same quote, the line's end, or `LONGEST` characters."""
    stop = min(high, start + LONGEST)
    mark = _CLOSING.get(quote, quote)
    line_end = text.find("\n", start, stop)
    if line_end >= 0:
        stop = line_end
    at = text.find(mark, start, stop)
    while at > start and len(mark) == 1 and text[at - 1] == "\\":
        at = text.find(mark, at + 1, stop)
    return at if at >= 0 else stop
