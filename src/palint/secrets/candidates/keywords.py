"""Keywords of the one pass over a file's bytes, each with a check of the bytes after a match.

Nineteen in twenty places where a name like `key` meets an operator hold no secret: an argument list, a
number, `None`, a word. What is dropped here, by one regular expression and the filters on a value alone,
saves a position, a candidate and a classification. Only simple values are checked: one string, or one
word. Nothing is dropped that would be reported; a test holds that on real trees.
"""

from __future__ import annotations

from collections.abc import Callable

from palint.prefilter import Keyword
from palint.secrets import filters
from palint.secrets.candidates import literals, named, phrases
from palint.secrets.names import SCHEMES, SIGNS_IN, STRONG, WEAK, is_strong
from palint.util import lazy_re

HTTP = rf"(?:{SCHEMES})(?:\s|%20)[\w+/-]{{6}}"
URL = r"://[^\s:@/\"'<>]{0,40}:[^\s@/\"'<>]{1,64}@"  # and data source names
ESCAPED_NAME = r"\\u00[4-7][0-9a-f][\w.\\-]*\"\s*:"

# A name, what closes it, an operator; it ends where `assigned.after_operator` starts. Stars compile four
# times as fast as bounds, and the functions have their own bounds.
_CLOSED = r"[\w.-]*[\\\"'`\])}>]*"
_TYPE = r"\s\*?(?:string|str|byte)"
_VALUE_OF = (
    r"[\"']?[,;]?\s*[\"']?(?:parameter)?value[\"']?"  # `key="ApiPassword" value=`, `name: X` and `value:`
)
_FALLBACK = r"(?:\|\||\?[?:]|\bor|\|\s*default|\.unwrap_or(?:_else)?\((?:\|_\|)?)"
_OPERATOR = rf"\s*(?:[!:=(]|>(?:<!\[CDATA\[)?[^\s<\"'(=:@]|,\s*[\"']|{_FALLBACK}\s*[\"'])"

# What `assigned` accepts as a value. The last group that matches is the value, empty if there is none.
# The pattern must not backtrack into spaces: the rest would then match from the middle of them.
_BEFORE = r"[=>]{0,2}[ \t]{0,40}"
_GAP = rf"{_BEFORE}(?:\r?\n[ \t]{{0,80}}|(?![\r\n=>]))(?![ \t])"
_QUOTED = r"(?:\"([^\"\\\n]{0,128})\"|'([^'\\\n]{0,128})'|`([^`\\\n]{0,128})`)"
_ONE = rf"(?:[bBrRuUfF]{{1,2}}|[@$L])?(?!\"\"\"|'''){_QUOTED}"
_ANY = rf"(?:{literals.STRING}|{literals.WRAPPED})"
_LAST = rf"(?!{literals.NEXT_ITEM})"  # of a list's strings each may be it
_RUN = rf"[\w.$:]{{0,40}}{literals.POSSESSIVE}"
_INSIDE = (
    rf"{_RUN}[(\[{{]\s{{0,4}}(?:{_RUN}[(\[{{]\s{{0,4}})?{_ONE}{_LAST}"
    r"(?:\s{0,4}(?::|=>)())?"  # the key of an item is not a value
)
_SUBSCRIPT = rf"{_RUN}(?<=\w)\[[\"']()"
_IN_BRACKETS = rf"(?=[\w.$:]{{0,40}}[(\[{{])(?:{_SUBSCRIPT}|{_INSIDE})"
_CALL = (
    # Numbers may be bytes, and a string may be on the next line.
    r"(?![\w.$ ]{0,32}(?:\[\d{0,3}\]\s?\w{0,8})?[({\[]{1,2}"
    r"(?:\s{0,80}(?:0x)?[0-9A-Fa-f]{1,3}\s{0,2},|[ \t]{0,8}\r?\n|[ \t]{0,8}[#/]))"
    rf"(?:[A-Za-z_$][\w$.]*{literals.POSSESSIVE}\??[(\[]|[({{\[])()"
)
_BARE = r"([\w.$/+:-]{0,64})(?=[,;)}\]:]{0,4}(?:[\s\"'`]|\Z))"
# The most frequent: words and calls at the end of a line, after which no string is read that belongs to them.
_LINE_ENDS = r"(?:\r?\n(?!\s{0,4}[|?,o=])|\Z)"
_NO_STRING = r"(?![\s\"'`&\\bBrRuUfF@$L\x80-\xff])"
_WORD = (
    rf"(?:([\w.]{{1,64}})|[\w.]{{1,64}}\([A-Za-z_.]{{0,40}}\)())(?=[;)}}\]]{{0,4}}{_LINE_ENDS})|"
    rf"[\w.]{{1,64}}\([A-Za-z_.][\w.]{{3,40}},[ ]{_NO_STRING}()"
)
_ARGUMENT = rf"[\w.]{{1,64}}(?:\){{1,4}}:?{_LINE_ENDS}|,[ ]{_NO_STRING})()"
_NOTHING = rf"(?!{_ANY}|[ \t]{{0,8}}[\\#/])()"


_SHAPES = {
    ord(operator): lazy_re.compile("|".join(forms).encode())
    for operators, forms in {
        ":=": (
            r"(?:[,;:)\]}]|\d{1,3}\s)()",
            rf"{_BEFORE}(?:"
            rf"{_WORD}|"
            rf"\r?\n[ \t]{{0,80}}(?![ \t])(?:{_ONE}|{_IN_BRACKETS}|(?=[^\s:]{{1,40}}:|[-<}}\]]|\r?\n)())|"
            rf"(?![ \t\r\n=>])(?:{_ONE}|{_IN_BRACKETS}|"
            rf"(?!{_ANY})(?!{literals.TYPED}{literals.STRING})(?!new )(?:{_CALL}|{_BARE})))",
        ),
        "(": (r"\)()", rf"{_GAP}(?:{_ARGUMENT}|{_ONE}{_LAST}|{_NOTHING}|{_SUBSCRIPT}|{_INSIDE})"),
        "!": (rf"{_GAP}(?:{_ONE}|{_NOTHING}|{_SUBSCRIPT}|{_INSIDE})",),
        '"': (r"([^\"\\\n]{0,128})\"",),
        "'": (r"([^'\\\n]{0,128})'",),
    }.items()
    for operator in operators
}
# Names that a weak word is part of and that count as strong ones.
_STRONG_KEY = lazy_re.compile(
    b"key(?:%s)"
    % b"|".join(
        rb"(?<=%s%skey)" % (word, joint)
        for word in (
            b"api",
            b"access",
            b"private",
            b"encryption",
            b"signing",
            b"master",
            b"license",
            b"subscription",
            b"auth",
            b"client",
            b"consumer",
            b"app",
            b"application",
            b"account",
            b"secret",
            b"integration",
            b"service",
            b"deploy",
        )
        for joint in (b"", rb"[_.-]")
    )
)


def _check(drops: Callable[[str, bytes, int], object]) -> Callable[[bytes, int], bool]:
    """A check of what is given to the name before `at`: whether it may be a secret. drops: judges a value."""

    def keeps(data: bytes, at: int) -> bool:
        shape = _SHAPES.get(data[at - 1])
        match = shape.match(data, at) if shape else None
        if match is None:
            return True
        value = match[match.lastindex or 0]
        return len(value) > 3 and (not value.isascii() or not drops(value.decode(), data, at))

    return keeps


def _drops_under_a_strong_name(value: str, data: bytes, at: int) -> object:
    if value[:1] == "-" and data[at - 1] == _COLON:
        value = value[1:]  # of `${NAME:-value}`
    if filters.is_filtered_value(value):
        return True
    return _is_own_name(value, data, at) and not _FALLS_BACK.search(data, max(0, at - 24), at)


_COLON = ord(":")
# What may make a word that repeats its name a secret; `fallbacks.is_fallback` decides.
_FALLS_BACK = lazy_re.compile(
    rb"(?:\|\||\?[?:]|\bor|default|\.unwrap_or(?:_else)?\((?:\|_\|)?|,)\s*[\"']\Z|\{[\w.-]*:\Z"
)


_NOT_IN_NAMES = b"_-. \t\"'`=:!([,>"
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789_.-"
_AFTER_NAMES = bytes(set(range(256)).difference(_IN_NAMES))


def _is_own_name(value: str, data: bytes, at: int) -> bool:
    """Whether the value is the end of its name: `self.password = password`, `"apiKey": api_key`."""
    plain = value.lower().encode().translate(None, _NOT_IN_NAMES)
    if len(plain) <= 3:
        return False
    before = data[max(0, at - 64) : at].lower().rstrip(_AFTER_NAMES)
    name = before[len(before.rstrip(_IN_NAMES)) :]  # `password` of `"user": "x", "password":`
    return name.translate(None, _NOT_IN_NAMES).endswith(plain) and is_strong(plain.decode())


def _drops_under_a_weak_name(value: str, data: bytes, at: int) -> object:
    if filters.is_filtered_under_weak_name(value) and not _STRONG_KEY.search(
        data[max(0, at - 48) : at].lower()
    ):
        return True
    return filters.is_filtered_value(value) or _is_own_name(value, data, at)


def _is_header(data: bytes, at: int) -> bool:
    """Whether what follows HTTP's scheme is more than a word: `basic profile`, `bearer token`."""
    value = _CREDENTIALS.match(data, at - 6)[0].decode()  # type: ignore[index]  # the keyword ends in six of them
    if data[max(0, at - 14) : at - 6].lower().find(b"basic") >= 0:
        return bool(phrases.decoded_basic(value))
    return not (value.isalpha() and len(value) < 32) and not filters.is_filtered_value(value)


_CREDENTIALS = lazy_re.compile(rb"[A-Za-z0-9._~+/-]{6,4096}={0,2}")


def _is_in_address(data: bytes, at: int) -> bool:
    """Whether the password of `scheme://user:password@` may be one."""
    start = data.find(b":", data.rfind(b"://", max(0, at - 110), at) + 3, at) + 1
    value = data[start : at - 1]
    return not value.isascii() or not filters.is_filtered_value(value.decode())


_weak = _check(_drops_under_a_weak_name)
ASSIGNED: tuple[str | Keyword, ...] = (
    Keyword(f"(?:{STRONG}){_CLOSED}(?:{_TYPE}|{_VALUE_OF})?{_OPERATOR}", _check(_drops_under_a_strong_name)),
    Keyword(f"(?:{WEAK}){_CLOSED}(?:{_TYPE})?{_OPERATOR}", _weak),
    Keyword(rf"(?:{SIGNS_IN})\w*\(", _weak),
    rf"(?:{STRONG}|key)[\w.-]*\\*\";s:\d+:\\*\"",  # serialized by PHP
    # Command lines. They end on the first character of the value, or on the quote before it.
    r"-(?:pass|pwd|secret|token|auth|key|credential)\w{0,8}\s[^\s-]",
    r"\s-\w{1,16}(?:password|secret|token|apikey)\s[^\s-]",
    r"\s-p[ =]?[\"']?\w",
    r"\s-(?:u|-user)[= ]\s?[\"']?[\w.@$-]{1,32}:[^\s]",
    # SQL, PowerShell, Gradle. They end on the quote.
    r"(?:password|securestring(?: -string)?)\s{1,3}\\?[\"']",
    Keyword(HTTP, _is_header),
    Keyword(URL, _is_in_address),
    r":[^\s:@/\"'()]{1,40}@(?:tcp|unix|/)",
    # Configuration without an operator. They end on the first character of the value.
    r"(?:requirepass|masterauth|login\s[^\s]+\spassword|"
    r"\b(?:env|set)\s\w*(?:password|passwd|pass|secret|token|_key))\s[^\s=]",
)
IDENTIFIED_BY = r"identified\s[\w\s]{0,48}by\s{1,3}[\"']?[^\s\"']"
APART = (named.COMPARED, named.STATED, named.ARRAY)
DEFAULTS = (Keyword(named.DEFAULT, named.names_secret_above),)
