"""Keywords of the one pass over a file's bytes, each with a check of the bytes after a match.

Nineteen in twenty places where a name like `key` meets an operator hold no secret: an argument list, a
number, `None`, a word. What is dropped here, by one regular expression and the filters on a value alone,
saves a position, a candidate and a classification. Only simple values are checked: one string, or one
word. Nothing is dropped that would be reported; a test holds that on real trees.
"""

from __future__ import annotations

from palint.prefilter import Keyword
from palint.secrets import filters
from palint.secrets.candidates import assigned, literals, named, notations, phrases, quoted
from palint.secrets.names import name_before, names_secret
from palint.secrets.vocabulary import SCHEMES, SIGNS_IN, STRONG, WEAK
from palint.util import lazy_re

HTTP = rf"(?:{SCHEMES})(?:[ \t]|%20)[\w+/-]{{6}}"
# Also of data source names. It ends at the first `@` of the password, or after it.
URL = r"://[^\s:/\"'<>]{0,40}:[^\s@/\"'<>]{1,64}@"
ESCAPED_NAME = r"\\u00[4-7][0-9a-f][\w.\\-]*\"\s*:"

# A name, what closes it, an operator; it ends where `assigned.after_operator` starts. Stars compile four
# times as fast as bounds, and the functions have their own bounds.
_CLOSED = r"[\w.-]*[\\\"'`\])}>]*"
# The second of a variable in Visual Basic, the third of a property in C#
_TYPE = r"(?:\s\*?(?:string|str|byte)|\sas\sstring|\s\{\s*get;[\w; ]*\})"
_VALUE_OF = (
    r"[\"']?[,;]?\s*[\"']?(?:parameter)?value[\"']?"  # `key="ApiPassword" value=`, `name: X` and `value:`
)
# Also R's `<-`, Scala's `->` and Kotlin's `to`.
_FALLBACK = r"(?:\|\||\?[?:]|\bor|\|\s*default|\.unwrap_or(?:_else)?\((?:\|_\|)?|<-|->|\bto)"
_OPERATOR = (
    r"\s*(?:[!:=(]|<<|[?|+.]{1,2}=|>(?:\s*\n\s*)?(?:<!\[CDATA\[)?[^\s<\"'(=:@]|,\s*[\"']|"
    rf"{_FALLBACK}\s*[\"']|,\s*<<)"
)

# What `assigned` accepts as a value. The last group that matches is the value, empty if there is none.
# The pattern must not backtrack into spaces: the rest would then match from the middle of them.
_ALL = literals.POSSESSIVE  # halves the time: without it, each length of a run is tried
_BEFORE = rf"[=>]{{0,2}}{_ALL}[ \t]{{0,40}}{_ALL}"
_GAP = rf"{_BEFORE}(?:\r?\n[ \t]{{0,80}}|(?![\r\n=>]))(?![\s\xc2\xe1-\xe3\xef])"  # rare blanks: see `blanks`
_QUOTED = r"(?:\"([^\"\\\n]{0,128})\"|'([^'\\\n]{0,128})'|`([^`\\\n]{0,128})`)"
_ONE = rf"(?:[bBrRuUfF]{{1,2}}|[@$L])?(?!\"\"\"|'''|``[\w+/\$-]|{notations.QUOTED}){_QUOTED}"
_ANY = rf"(?:{literals.STRING}|{literals.WRAPPED})"
_LAST = rf"(?!{literals.NEXT_ITEM})"  # of a list's strings each may be it
_SPACES = rf"\s{{0,80}}{_ALL}"
_RUN = rf"[\w.$:]{{0,40}}{_ALL}"
_INSIDE = (
    rf"{_RUN}[(\[{{]{_SPACES}(?:{_RUN}[(\[{{]{_SPACES})?(?![\"']?value[\"']?\s?:){_ONE}{_LAST}"
    r"(?:\s{0,4}(?::|=>)())?"  # the key of an item is not a value
)
_SUBSCRIPT = rf"{_RUN}(?<=\w)\[[\"']()"
_IN_BRACKETS = rf"(?={_RUN}[(\[{{])(?:{_SUBSCRIPT}|{_INSIDE})"
_CALL = (
    # Numbers may be bytes, and a comment may be before a string.
    rf"(?![\w.$ ]{{0,32}}{_ALL}(?:\[\d{{0,3}}\]\s?\w{{0,8}})?[({{\[]{{1,2}}"
    rf"{_SPACES}(?:(?:0x)?[0-9A-Fa-f]{{1,3}}\s{{0,2}},|[#/]))"
    rf"(?!{notations.OPENS})(?:[A-Za-z_$][\w$.]*{_ALL}\??[(\[]|[({{\[])(?!\s{{81}}|\s{{0,80}}[\xc2\xe1-\xe3\xef])()"
)
_BLOCK = (
    r"(?!(?<=>)[-+0-9]{1,2}[ \t]{0,8}(?:#[^\n]{0,200})?\r?\n)"  # `>2-`, the header of YAML's block scalar
)
_BARE = (
    rf"(?!//[ \t]){_BLOCK}(<[^<>\s]{{1,64}}>|[\w.$/+:-]{{0,64}}{_ALL})(?=[,;)}}\]:]{{0,4}}(?:[\s\"'`]|\Z))"
)
# The most frequent: words and calls at the end of a line, after which no string is read that belongs to them.
_LINE_ENDS = r"(?:\r?\n(?!\s{0,16}[|?,o=])|\Z)"
_NO_STRING = r"(?![\s\"'`&\\bBrRuUfF@$L\x80-\xff])"
_DOTTED = rf"[\w.]{{1,64}}{_ALL}"
_END = rf"(?=[;)}}\]]{{0,4}}{_LINE_ENDS})"
_WORD = (
    rf"({_DOTTED})(?:{_END}|\((?:[A-Za-z_.]{{0,40}}{_ALL}\){_END}|"
    rf"[A-Za-z_.][\w.]{{3,40}}{_ALL},[ ]{_NO_STRING})())"
)
_ARGUMENT = rf"{_DOTTED}(?:\){{1,4}}{_ALL}:?{_LINE_ENDS}|,[ ]{_NO_STRING})()"
# Several words on the next line: `if password:`, and what to do.
_LEAVES = r"(?:return|pass|break|continue|raise)\b"
_STATEMENT = rf"(?!{_ANY})(?:[A-Za-z_][\w.]{{0,40}}{_ALL}[ \t]{{1,8}}{_ALL}[^\s#]|{_LEAVES})()"
_NOTHING = rf"(?!{_ANY}|[ \t]{{0,8}}[\\#/])()"


# A value below empty lines: a string, or in YAML a word
_LATER_LINE = rf"\s*(?!\s)(?:{_ANY}|[\xc2\xe1-\xe3\xef]|[^\s:]{{1,256}}[ \t]*(?:\r?\n|\Z))"
SHAPES = {
    ord(operator): lazy_re.compile("|".join(forms).encode())
    for operators, forms in {
        ":=": (
            r"(?:[,;:)\]}]|\d{1,3}\s)()",
            rf"{_BEFORE}(?:"
            rf"{_WORD}|"
            rf"\r?\n[ \t]{{0,80}}(?![ \t])(?:{_ONE}|{_IN_BRACKETS}|{_STATEMENT}|"
            rf"(?=[^\s:]{{1,40}}:|[-<}}\]]|\r?\n(?!{_LATER_LINE}))())|"
            rf"(?![\s=>])(?P<rest>)(?:{_ONE}|{_IN_BRACKETS}|"
            rf"(?!{_ANY}|{literals.CHAINED}|{literals.TYPED}{literals.STRING}|new )(?:{_CALL}|{_BARE})))",
        ),
        "(": (r"\)()", rf"{_GAP}(?:{_ARGUMENT}|{_ONE}{_LAST}|{_NOTHING}|{_SUBSCRIPT}|{_INSIDE})"),
        "!": (rf"(?!:){_GAP}(?:{_ONE}|{_NOTHING}|{_SUBSCRIPT}|{_INSIDE})",),
        '"': (r"([^\"\\\n]{0,128})\"",),
        "'": (r"([^'\\\n]{0,128})'",),
    }.items()
    for operator in operators
}


def _may_be_secret(data: bytes, at: int) -> bool:
    """Whether what is given to the name whose operator ends at `at` may be a secret."""
    if data[at - 1] == _LESS:
        return data[at : at + 1] == b"<" or _READ.search(data, max(0, at - 160), at) is not None
    shape = SHAPES.get(data[at - 1])
    if shape is None:
        return _is_element(data, at)
    match = shape.match(data, at)
    if match is None:
        return True
    group = match.lastindex or 0
    value = match[group]
    if len(value) > 3 and (not value.isascii() or not _drops(value.decode(), data, at, match.end(group))):
        return True
    rest = match.start("rest") if data[at - 1] in b":=" else -1
    if rest < 0 or (value and match.start(group) <= rest + 1 and _ENDS.match(data, match.end(group))):
        return False
    return _chooses(data, rest)


def _is_element(data: bytes, at: int) -> bool:
    """Whether the text at `at - 1` is that of an element of XML, not what follows a placeholder `<token>`."""
    end = data.find(b"<", at, at + 1024)  # 256 code points, as `phrases` reads
    above = data[at - 2 : at - 1]
    if above == b"[":
        return True  # CDATA, which ends otherwise
    if end < 0 or (above.isspace() and not data.startswith(b"</", end)):
        return False
    value = data[at - 1 : end].rstrip()
    return not value.isascii() or not filters.is_filtered_value(value.decode())


def _chooses(data: bytes, at: int) -> bool:
    """Whether one of several strings may be the value of the expression at `at`."""
    may_choose = literals.may_choose(data, at, b"\n", _CHOICE_MARKS)
    return may_choose and _CHOICES.match(data, at) is not None


_ENDS = lazy_re.compile(rb"[\"'`]?(?:[,;)\]}]|[ \t]{0,40}(?:\r?\n(?!\s{0,80}\?)|\Z))")  # of an expression
_CHOICE_MARKS = [mark.encode() for mark in literals.CHOICE_MARKS]
_CHOICES = lazy_re.compile(rf"{literals.CHOICE}|{literals.LATER}".encode())


def _drops(value: str, data: bytes, at: int, end: int) -> object:
    """Whether `value`, data[…:end], is not a secret, by the name before the operator at `at`."""
    if data[at - 1] in _QUOTES:
        return _is_list_item(data, at, end) or filters.is_filtered_value(value)
    if value[:1] == "-" and data[at - 1] == _COLON:
        value = value[1:]  # of `${NAME:-value}`
    before = data[max(0, at - 160) : at]
    if before.isascii() and (
        data[at - 1] == _EQUALS or not _FALLS_BACK.search(before, max(0, len(before) - 24))
    ):
        name = nearest_name(before) or name_before(before.decode(), len(before), 0)
        if not name or filters.is_filtered_under_name(value, name):  # names repeat, so that is cheaper
            return True
    return filters.is_filtered_value(value)


def nearest_name(before: bytes) -> str:
    """What `name_before` finds if it is directly before the operator, in a third of the time; else ""."""
    stripped = before[:-1].rstrip().rstrip(_CLOSERS)
    name = stripped[len(stripped.rstrip(_IN_NAMES)) :].decode()
    return name if len(name) <= _LONGEST_NAME and names_secret(name) else ""


_CLOSERS = b"\\\"'`])}>"
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$-"
_LONGEST_NAME = 60  # characters
_QUOTES, _COLON, _EQUALS, _LESS = b"\"'", ord(":"), ord("="), ord("<")
_READ = lazy_re.compile(rf"{assigned.READ}\Z".encode())
# What may make a word that repeats its name a secret; `fallbacks.is_fallback` decides.
_FALLS_BACK = lazy_re.compile(rb"(?:\{[\w.-]*:|\.unwrap_or(?:_else)?\((?:\|_\|)?)\Z")
_NAMES, _OPTION, _IS_KEY, _ONE_MORE = (
    lazy_re.compile(pattern.encode())
    for pattern in (quoted.NAMES, quoted.OPTION, quoted.IS_KEY, quoted.ONE_MORE)
)


def _is_list_item(data: bytes, at: int, end: int) -> bool:
    """Whether the string data[at:end] follows a comma and certainly belongs to no name before it.

    It is an element of a list (`"token", "x", …`) or a key of a mapping (`"user": token, "x": …`).
    """
    before = data[max(0, at - 160) : at - 1].rstrip(b"\\ \t\r\n")
    if before[-1:] != b",":
        return False
    if _IS_KEY.match(data, end):
        return True
    if before[-2:-1] in (b'"', b"'") and _OPTION.search(before, 0, len(before) - 2):
        return False
    return before[-2:-1] in (b'"', b"'") and bool(
        _ONE_MORE.match(data, end + 1) or (before.isascii() and not _NAMES.search(before, 0, len(before) - 2))
    )


def is_header(data: bytes, at: int) -> bool:
    """Whether what follows HTTP's scheme is more than a word: `basic profile`, `bearer token`."""
    value = _CREDENTIALS.match(data, at - 6)[0].decode()  # type: ignore[index]  # the keyword ends in six of them
    if data[max(0, at - 14) : at - 6].lower().find(b"basic") >= 0:
        return bool(phrases.decoded_basic(value))
    return not (value.isalpha() and len(value) < 32) and not filters.is_filtered_value(value)


_CREDENTIALS = lazy_re.compile(rb"[A-Za-z0-9._~+/-]{6,4096}={0,2}")


_LAST_AT = lazy_re.compile(phrases.LAST_AT.encode())


def _is_in_address(data: bytes, at: int) -> bool:
    """Whether the password of `scheme://user:password@` may be one."""
    start = data.find(b":", data.rfind(b"://", max(0, at - 110), at) + 3, at) + 1
    value = data[start : _LAST_AT.match(data, at - 1).end() - 1]  # type: ignore[union-attr]
    return not value.isascii() or not filters.is_filtered_value(value.decode())


def _is_option(data: bytes, at: int) -> bool:
    """Whether the word before the value is an option, not the end of one: `pre-auth checks`."""
    words = data[max(0, at - 48) : at - 1].rstrip(b"\"'").split()
    return bool(words) and words[-1].startswith(b"-") and _may_be_given(data, at)


def _may_be_given(data: bytes, at: int) -> bool:
    """Whether the word at `at - 1` may be secret: `--token "$TOKEN"` is not."""
    word = _ARGUMENT_WORD.match(data, at - 1)
    return word is None or not filters.is_filtered_value(word[word.lastindex or 0].decode())


_ARGUMENT_WORD = lazy_re.compile(
    rb"(?:\"([^\"\\\s\x80-\xff]{1,128})\"|'([^'\\\s\x80-\xff]{1,128})'|([\w.$/{}:<>-]{1,64}))(?=\s|\Z)"
)


def _is_password_option(data: bytes, at: int) -> bool:
    """Whether `-p` is on the line of a program that takes a password, not of `mkdir`."""
    line = data[max(0, at - 400, data.rfind(b"\n", 0, at)) : at].lower()
    return any(line.find(word) >= 0 for word in _PASSWORD_PROGRAMS)


_PASSWORD_PROGRAMS = tuple(word.encode() for word in {*phrases.WITH_PASSWORD, *phrases.ATTACHED})


NAMES = (
    Keyword(f"(?:{STRONG}){_CLOSED}(?:{_TYPE}|{_VALUE_OF})?{_OPERATOR}", _may_be_secret),
    Keyword(f"(?:{WEAK}){_CLOSED}(?:{_TYPE}|{_VALUE_OF})?{_OPERATOR}", _may_be_secret),
)
ASSIGNED: tuple[str | Keyword, ...] = (
    *NAMES,
    Keyword(rf"(?:{SIGNS_IN})\w*\(", _may_be_secret),
    # Command lines. They end on the first character of the value, or on the quote before it.
    Keyword(r"-(?:pass|pwd|secret|token|auth|key|credential)\w{0,8}\s[^\s-]", _is_option),
    Keyword(r"\s-[\w-]{0,23}(?:\w(?:pass(?:word)?|secret|token)|[\w-]api_?key)\s[^\s-]", _may_be_given),
    Keyword(r"[\s\"']-p[ =]?[\"']?\w", _is_password_option),
    r"\s-(?:u|-user)[= ]\s?[\"']?[\w.@$-]{1,32}:[^\s]",
    # SQL, PowerShell, Gradle. They end on the quote.
    r"(?:password|securestring(?: -string)?)\s{1,3}\\?[\"']",
    Keyword(HTTP, is_header),
    Keyword(URL, _is_in_address),
    r":[^\s:/\"'()]{1,40}@(?:tcp|unix|/)",
    # Configuration without an operator. They end on the first character of the value.
    r"(?:requirepass|masterauth|login\s[^\s]+\spassword|"
    r"\b(?:env|set(?:env|x)?(?:\s-[a-z]+)?)\s\w*(?:password|passwd|pass|secret|token|_key))[ \t][^\s=]",
)
IDENTIFIED_BY = r"identified\s[\w\s]{0,48}by\s{1,3}[\"']?[^\s\"']"
DEFAULTS = (Keyword(named.DEFAULT, named.names_secret_above),)
