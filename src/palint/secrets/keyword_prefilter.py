"""Where assignments can stand: keywords, each with a quick look at what stands behind a hit.

Nineteen in twenty places where a name like `key` meets an operator hold no secret: an argument list, a
number, `None`, a placeholder, a word. What goes here, by one regular expression and the verdict's own rules
for a value alone, saves a position, a candidate and a verdict. Only simple values are judged: one string, or
one word. Nothing is dropped that the verdict keeps; a test holds that on real trees. The keywords without the
look are what is proven against upstream's plugins.
"""

from __future__ import annotations

from collections.abc import Callable

from palint.prefilter import Keyword
from palint.secrets import filters
from palint.secrets.candidates import assignments
from palint.util import lazy_re

# `passed`, `passing` and `passive` speak of none; `passe` (French) does.
_STRONG = r"pass(?:\b|[^ei\W]|e(?:\b|[^sd\W])|(?-i:I))|pwd|psw|secret|token|credential|contrasena|contraseña"
# `author`, `authenticate`, `authorize`, `keyword`, `KeyError`, `monkeypatch`, `session`, `signature` and
# `side_effect` are none.
_WEAK = (
    r"auth(?:\b|[^eo\W]|ori[sz]ation)|key(?:s?(?:\b|_)|(?-i:[A-DF-Z0-9]))|cookie|session_?id|[_.]sid(?:\b|_)|"
    r"nonce|salt|seed|otp|jwt|hmac"
)
_SIGNS_IN = "login|sign_?in|authenticate"  # functions that take a user and a password

# A name, what closes it, an operator; it ends where `assignments.find` begins. Stars compile four times as
# fast as bounds, and `find` has its own. What `APART` and `DEFAULT` look for is among them: one pattern more
# takes longer than one more alternative.
_CLOSED = r"[\w.-]*[\\\"'`\])}>]*"
_TYPE = r"\s\*?(?:string|str|byte)"
_VALUE_OF = r",?\s*[\"']?value[\"']?"
_OPERATOR = r"\s*(?:[!:=(]|>[^\s<\"'(=:@]|,\s?[\"']|(?:\|\||\?\?|\bor)\s*[\"'])"

# What `assignments` takes for a value. The last group that takes part is the value, an empty one where there
# is none. No blank is given back, lest what follows is read from its middle.
_BEFORE = r"[=>]{0,2}[ \t]{0,40}"
_GAP = rf"{_BEFORE}(?:\r?\n[ \t]{{0,80}}|(?![\r\n=>]))(?![ \t])"
_QUOTED = r"(?:\"([^\"\\\n]{0,128})\"|'([^'\\\n]{0,128})'|`([^`\\\n]{0,128})`)"
_ONE = rf"(?:[bBrRuUfF]{{1,2}}|[@$L])?(?!\"\"\"|'''){_QUOTED}"
_ANY = rf"(?:{assignments._STRING}|{assignments._WRAPPED.pattern})"
_LAST = rf"(?!{assignments._NEXT_ITEM.pattern})"  # of a list's strings each may be it
_RUN = rf"[\w.$:]{{0,40}}{assignments._KEEPS}"
_INSIDE = (
    rf"{_RUN}[(\[{{]\s{{0,4}}(?:{_RUN}[(\[{{]\s{{0,4}})?{_ONE}{_LAST}"
    r"(?:\s{0,4}(?::|=>)())?"  # the key of an item is no value
)
_SUBSCRIPT = rf"{_RUN}(?<=\w)\[[\"']()"
_IN_BRACKETS = rf"(?=[\w.$:]{{0,40}}[(\[{{])(?:{_SUBSCRIPT}|{_INSIDE})"
_CALL = (
    # Numbers may be bytes.
    r"(?![\w.$ ]{0,32}(?:\[\d{0,3}\]\s?\w{0,8})?[({\[]{1,2}\s{0,80}(?:0x)?[0-9A-Fa-f]{1,3}\s{0,2},)"
    rf"(?:[A-Za-z_$][\w$.]*{assignments._KEEPS}\??[(\[]|[({{\[])()"
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
_NOTHING = rf"(?!{_ANY})()"


_SHAPES = {
    ord(operator): lazy_re.compile("|".join(forms).encode())
    for operators, forms in {
        ":=": (
            r"(?:[,;:)\]}]|\d{1,3}\s)()",
            rf"{_BEFORE}(?:"
            rf"{_WORD}|"
            rf"\r?\n[ \t]{{0,80}}(?![ \t])(?:{_ONE}|{_IN_BRACKETS}|())|"
            rf"(?![ \t\r\n=>])(?:{_ONE}|{_IN_BRACKETS}|"
            rf"(?!{_ANY})(?!{assignments._TYPED.pattern}{assignments._STRING})(?:{_CALL}|{_BARE})))",
        ),
        "(": (r"\)()", rf"{_GAP}(?:{_ARGUMENT}|{_ONE}{_LAST}|{_NOTHING}|{_SUBSCRIPT}|{_INSIDE})"),
        "!": (rf"{_GAP}(?:{_ONE}|{_NOTHING}|{_SUBSCRIPT}|{_INSIDE})",),
        '"': (r"([^\"\\\n]{0,128})\"",),
        "'": (r"([^'\\\n]{0,128})'",),
    }.items()
    for operator in operators
}
# Names that a weak word is part of and that the verdict takes for strong ones.
_STRONG_KEY = lazy_re.compile(
    b"key(?:%s)"
    % b"|".join(
        rb"(?<=%s%skey)" % (word, joint)
        for word in (b"api", b"access", b"private", b"encryption", b"signing", b"master")
        for joint in (b"", rb"[_.-]")
    )
)
_CONSTANT = lazy_re.compile(rb"_[A-Z0-9_]*KEY[\"'\])]{0,3}\s?(?:(?:\|\||\?\?|or)\s{0,4})?.\Z")


def _lookahead_check(drops: Callable[[str, bytes, int], object]) -> Callable[[bytes, int], bool]:
    """A look at what is given to the name before `at`: whether it may be a secret. drops: judges a value."""

    def keeps(data: bytes, at: int) -> bool:
        shape = _SHAPES.get(data[at - 1])
        match = shape.match(data, at) if shape else None
        if match is None:
            return True
        value = match[match.lastindex or 0]
        return len(value) > 3 and (not value.isascii() or not drops(value.decode(), data, at))

    return keeps


def _drops_under_a_strong_name(value: str, data: bytes, at: int) -> object:
    return filters.is_filtered_value(value)


def _drops_under_a_weak_name(value: str, data: bytes, at: int) -> object:
    if filters.by_weak_name(value) and not _is_strong_after_all(data[max(0, at - 48) : at]):
        return True
    return filters.is_filtered_value(value)


def _is_strong_after_all(name: bytes) -> bool:
    if b"KEY" in name and _CONSTANT.search(name):
        return True
    return _STRONG_KEY.search(name.lower()) is not None


def _is_header(data: bytes, at: int) -> bool:
    """Whether what follows HTTP's scheme is more than a word: `basic profile`, `bearer token`."""
    value = _CREDENTIALS.match(data, at - 6)[0].decode()  # type: ignore[index]  # the keyword ends in six of them
    if data[max(0, at - 14) : at - 6].lower().find(b"basic") >= 0:
        return assignments.is_basic(value)
    return not (value.isalpha() and len(value) < 32) and not filters.is_filtered_value(value)


_CREDENTIALS = lazy_re.compile(rb"[A-Za-z0-9._~+/-]{6,4096}={0,2}")


def _is_in_address(data: bytes, at: int) -> bool:
    """Whether the password of `scheme://user:password@` may be one."""
    start = data.find(b":", data.rfind(b"://", max(0, at - 110), at) + 3, at) + 1
    value = data[start : at - 1]
    return not value.isascii() or not filters.is_filtered_value(value.decode())


_under_a_weak_name = _lookahead_check(_drops_under_a_weak_name)
_AMONG_THEM = (assignments.APART, assignments.DEFAULT)
_LOOKS = {assignments.HTTP: _is_header, assignments.URL: _is_in_address}
KEYWORDS: tuple[str | Keyword, ...] = (
    Keyword(
        f"(?:{_STRONG}){_CLOSED}(?:{_TYPE}|{_VALUE_OF})?{_OPERATOR}",
        _lookahead_check(_drops_under_a_strong_name),
    ),
    Keyword(f"(?:{_WEAK}){_CLOSED}(?:{_TYPE})?{_OPERATOR}", _under_a_weak_name),
    Keyword(rf"(?:{_SIGNS_IN})\w*\(", _under_a_weak_name),
    *(Keyword(n, _LOOKS[n]) if n in _LOOKS else n for n in assignments.KEYWORDS[1:] if n not in _AMONG_THEM),
)
