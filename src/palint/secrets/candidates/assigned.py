"""Values given to a name: `password = "…"`, `"token": "…"`, `setSecret("…")`, `DB_PASSWORD: …`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from palint.secrets.candidates import literals, notations, quoted
from palint.secrets.candidates.literals import AROUND, Found, name_before
from palint.secrets.names import describes_secret
from palint.secrets.vocabulary import SIGNS_IN, STRONG, WEAK
from palint.util import lazy_re

# A name, what closes it, an operator. Stars compile four times as fast as bounds, and finders have bounds.
_CLOSED = r"[\w.-]*[\\\"'`\])}>]*"
# The second of a variable in Visual Basic, the third of a property in C#, the fourth of an array in C
_TYPE = r"(?:\s\*?(?:string|str|byte)|\sas\sstring|\s\{\s*get;[\w; ]*\}|\[\d*\])"
_VALUE_OF = (
    r"[\"']?[,;]?\s*[\"']?(?:parameter)?value[\"']?"  # `key="ApiPassword" value=`, `name: X` and `value:`
)
# Also R's `<-`, Scala's `->` and Kotlin's `to`.
_FALLBACK = r"(?:\|\||\?[?:]|\bor|\|\s*default|\.unwrap_or(?:_else)?\((?:\|_\|)?|<-|->|\bto)"
# It ends on the operator, on the quote of a value that follows a comma or a word, or on an element's text.
# Blanks beyond ASCII may be before it, in UTF-8.
_OPERATOR = (
    r"[\s\xc2\xe2\xe3\x80-\xbf]*(?:[!:=(]|<<|[?|+.]{1,2}=|>(?:\s*\n\s*)?(?:<!\[CDATA\[)?[^\s<\"'(=:@]|,\s*[\"']|"
    rf"{_FALLBACK}\s*[\"']|,\s*<<)"
)
NAMES = tuple(f"(?:{words}){_CLOSED}(?:{_TYPE}|{_VALUE_OF})?{_OPERATOR}" for words in (STRONG, WEAK))
KEYWORDS = (*NAMES, rf"(?:{SIGNS_IN})\w*\(")

_GAP = lazy_re.compile(literals.GAP)
_CHAINED = lazy_re.compile(literals.CHAINED)
_TYPED = lazy_re.compile(literals.TYPED)
_QUOTE = lazy_re.compile(literals.STRING)
_WRAPPED = lazy_re.compile(literals.WRAPPED)
_SUBSCRIPT = lazy_re.compile(
    rf"[\w)\]]\[\s{{0,80}}{literals.STRING}\Z"
)  # `users["admin"]`: a subscript, not the value
# YAML after the colon: an anchor, a tag, the header of a block scalar: `&db `, `!!str `, `>-`
_YAML_PROPERTIES = lazy_re.compile(
    r"[ \t]{1,40}(?:[&!](?!Ref|GetAtt|ImportValue)[\w./!-]{1,60}[ \t]{1,8}(?!=)){0,2}(?:[|"
    r">][-+0-9]{0,2}[ \t]{0,8}(?:#[^\n]{0,200})?\r?\n(?:[ \t]{0,80}\r?\n){0,8}[ \t]{1,80})?"
)
_OPENS_PROPERTY = ("&", "!", "|", ">")
# `[]byte{0x2b, 0x7e, …`, `new byte[] {43, 126, …`, `bytes([43, …`: 16 or more numbers, 128 bits
_NUMBER = r"(?:0[xX][0-9A-Fa-f]{1,2}|\d{1,3})"
_NUMBERS = lazy_re.compile(
    r"(?:[\w.$ ]{0,24}\[\d{0,3}\]\s?\w{0,8}|[\w.$ ]{1,32})?[({\[]{1,2}\s{0,80}"
    rf"({_NUMBER}(?:[ \t]{{0,2}},\s{{0,80}}{_NUMBER}){{15,63}})(?![\w.])"
)
_CALL = lazy_re.compile(
    r"[A-Za-z_$][\w$]*(?:\.\w+|::\w+|->\w+)*(?:\??[(\[]| \{[ \t]*\r?\n)|[({\[]|%[wWiI][(\[{<]"
)
# A word at the end of a line, after which no part of the value is read: `x = None`, `a: self.token,`
_LAST_WORD = (
    rf"[=>]{{0,2}}[ \t]{{0,40}}((?![-:>]|<<|[\w.<:@~-]{{0,64}}/)[\w.<>:@~-]{{1,64}}{literals.POSSESSIVE})"
    rf"[;,)}}\]]{{0,4}}{literals.POSSESSIVE}(?:\r?\n(?!\s{{0,16}}[|?,o=.:])|\Z)"
)
_WORD = lazy_re.compile(_LAST_WORD)
_TYPED_WORD = lazy_re.compile(
    rf"(?:[ \t]{{0,40}}[A-Za-z_&'*\[][\w.\[\]<>?&' |]{{0,30}}{literals.POSSESSIVE}=(?![=>]))?{_LAST_WORD}"
)  # also `x: str | None = None`
_BARE = lazy_re.compile(r"[^\s,;)}\]<>\"'`\\&|]{1,1024}")
# Also Google's app passwords (https://support.google.com/accounts/answer/185833), and a quote in a word
_REST = lazy_re.compile(r"[a-z]{4}(?: [a-z]{4}){3}(?!\S)|(?:[^\s\"'`]|(?<=\w)[\"'](?=\w)){1,1024}")
_NEXT = lazy_re.compile(r"(?<=,)[ \t]{1,4}(?=\S)")  # of several values
_IN_QUERY = lazy_re.compile(r"[^\s,;)}\]<>\"'`\\&|#]{1,1024}")  # up to a fragment (RFC 3986)
_NO_VALUE = (":", ")", '")', "')", '"\n', "'\n", '"\r', "'\r")  # the last ones end a label
_ALONE = lazy_re.compile(r"([^\s\"'`:#-][^\s\"'`]{0,255}?)(?<!:)[ \t]{0,200}(?:#[^\n]*)?(?:\r?\n|\Z)")
_ASSIGNMENT = lazy_re.compile(r"[A-Z][A-Z0-9_]{2,60}=[^\s=]")  # `DB_PASSWORD= DB_USER=admin`: no value
_WORD_OF_CODE = lazy_re.compile(r"[A-Za-z]\w{0,60}(?![\w\"'`])")  # not Python's `u"…"`
_LINE_START = lazy_re.compile(r"[\s#;*/-]*(?:(?:export|set|ENV|ARG) \s*)?\Z")
# Files in which values need no quotes and end at a space
_CONFIG = lazy_re.compile(
    r"(?:\.(?:ya?ml|properties|ini|cfg|cnf|conf|config|env|toml|sh|j2|tf|tfvars|example|sample|dist|template|"
    r"envrc|creds|local|development|production|test|md|rst|txt)|/[^./]*|/\.[\w-]+)\Z",
    re.I,
)
_OVER_EMPTY_LINES = (".yml", ".yaml", ".ini", ".cfg")  # elsewhere an empty line ends the statement
_INI = lazy_re.compile(r"\.(?:ini|cfg|cnf)\Z", re.I)  # a value may be on the next line, indented
# Before the name, in Karaf after where it is from: `${env:DB_PASSWORD:-…}`
_BRACES = lazy_re.compile(r"\$\{(?:\w{1,12}:)?")
# `${DB_PASSWORD:-…}`, after the colon; `"` may be around the value, also in a string
_PARAMETER_DEFAULT = lazy_re.compile(r"[-=]([\"']?)([^}\s\"']{1,256})\1\}")
_LATER = lazy_re.compile(literals.LATER)
_CHOICE = lazy_re.compile(r"(?:\bcase\s{1,4}|\?)[\"']?\Z")  # `case "password":`, `x?"password":y`
_TUPLE = lazy_re.compile(
    r"[ \t]{0,80}(?:\w{1,8}[ \t]{1,4})?[\[(]?((?:[\w.$@%]{1,60},[ \t]{0,4}){1,3})[\w.$@%]{1,60}[\])]?"
    r"(?:[ \t]\w{1,20})?[ \t]{0,4}:?=\Z"
)
_FENCE = lazy_re.compile(r"`{3}[\w+-]{0,20}[ \t]{0,8}\r?\n")  # of a block of code in Markdown


def find(text: str, at: int, path: str) -> Iterable[Found]:
    """The values at a match of KEYWORDS that ends at `at`."""
    last = text[at - 1]
    if last in "\"'":
        return quoted.after_comma_or_word(text, at)
    if last == "<":
        return _read(text, at)
    if last not in ":=!(":
        return _element(text, at)
    if last == ":" and text[at - 2 : at - 1].isspace() and _starts_field(text, at, path):
        return ()
    key = "" if _gives_nothing(text, at) else name_before(text, at)
    if not key:
        return ()
    if last in ":=" and text[at : at + 2].lstrip(" ")[:1] not in ('"', "'"):
        word = (_WORD if last == "=" or is_config(path) else _TYPED_WORD).match(text, at)
        if word:
            return _bare(text, word.start(1), at, key, path)
    return _value(text, at, key, path)


def _starts_field(text: str, at: int, path: str) -> bool:
    """Whether the colon that ends at `at`, after a blank, starts a word.

    That is a field of reStructuredText (`:default:`) or a symbol; behind a name, and in no configuration,
    also a directive of sqlc (`:one`) or an attribute of Vue (`:isLocked="…"`).
    """
    if not text[text.rfind("\n", 0, at) + 1 : at - 1].strip():
        return text[at : at + 1].isalnum()
    return not is_config(path) and _WORD_OF_CODE.match(text, at) is not None


def _gives_nothing(text: str, at: int) -> bool:
    """Whether no value follows the operator that ends at `at`: `!x`, `Key::min(3)`, `token()`, `"PIN:")`."""
    return text.startswith(_NO_VALUE, at) or (text[at - 1] == "!" and not text.startswith("=", at))


# Before an element's text: `<password>`, `<password><![CDATA[`, and line ends after either
_OPENING = lazy_re.compile(r">(?P<line>[ \t]{0,8}\r?\n[ \t]{0,40})?(?P<cdata><!\[CDATA\[)?.\Z")


def _element(text: str, at: int) -> Iterator[Found]:
    """The text of an element with a secret's name; its first character ends at `at`."""
    opening = _OPENING.search(text, max(0, at - 64), at)
    if not opening:
        return
    key = name_before(text, opening.start() + 1)
    end = text.find("]]>" if opening["cdata"] else "<", at, at + 256)
    if key and end > 0 and text.startswith(("]", "</", "<\\/"), end):  # else `seed>>16)&32767)<<16`
        yield Found(at - 1, at - 1 + len(text[at - 1 : end].rstrip()), key, "element")


# `read -r DB_PASSWORD <<`, `docker login --password-stdin <<`, `gh secret set DB_PASSWORD <<`
_READ = lazy_re.compile(
    r"(?:\b(?:read|mapfile|readarray|secret\s{1,4}set)\b[^\n;|&]{0,80}?[ \t]|--)"
    r"(?P<name>\w[\w-]{0,60})[^\n;|&<]{0,40}<<\Z"
)
_ARGUMENT = lazy_re.compile(
    r"[\"'](?P<name>[\w.-]{1,60})[\"']\s{0,8},\s{0,80}<<\Z"
)  # PHP's `define("X", <<<`


def _read(text: str, at: int) -> Iterator[Found]:
    """The line that a command or a function takes: `read -r DB_PASSWORD <<< "…"`; `<<` ends at `at`."""
    read = _READ.search(text, max(0, at - 160), at) or _ARGUMENT.search(text, max(0, at - 160), at)
    line = notations.standard_input(text, at - 2) if read else None
    if read and line:
        yield Found(*line, read["name"], "assigned")


def _value(text: str, at: int, key: str, path: str) -> Iterator[Found]:
    operator, low, high = text[at - 1], max(0, at - AROUND), min(len(text), at + AROUND)
    start = at + text.startswith(" ", at)
    first = text[start : start + 1]
    if not (first.isalnum() or first in ('"', "'")):
        start = _GAP.match(text, at, high).end()  # type: ignore[union-attr]  # it matches nothing, too
        first = text[start : start + 1]
    if first == "`" and _FENCE.match(text, start, high):
        return
    if operator == ":":
        name_at = at - len(key) - 1
        if _CHOICE.search(text[max(0, name_at - 16) : at - 1].rstrip(" \"'").removesuffix(key)):
            return
        opened = text.rfind("${", max(0, name_at - 16), name_at)
        in_braces = opened >= 0 and _BRACES.fullmatch(text, opened, name_at)
        if in_braces and text.startswith(("+", "?"), at):  # something else if it is set, or a message
            return
        default = _PARAMETER_DEFAULT.match(text, at, high) if in_braces else None
        if default:
            yield Found(*default.span(2), key, "assigned")
            return
        properties = _YAML_PROPERTIES.match(text, at, high) if first in _OPENS_PROPERTY else None
        if properties and properties.end() > start:
            start = properties.end()
    new_line = text.find("\n", at, start) >= 0
    unquoted = notations.find(text, start, high, path) if operator in ":=" else None
    if unquoted:
        yield Found(*unquoted, key, "assigned")
        return
    quote = _QUOTE.match(text, start, high)
    if quote:
        quote = _of_tuple(text, quote, at, high)
        way = "argument" if operator == "(" else "nested" if new_line else "assigned"
        yield from literals.strings(text, quote, high, key, way, "assigned" if way == "nested" else "")
        return
    if operator == ":" and not new_line:
        typed = _TYPED.match(text, start, high)
        quote = _QUOTE.match(text, typed.end(), high) if typed else None
        if quote and describes_secret(text[start : quote.start()].rstrip(" =")):
            return  # `Authorization: Hawk id="…"`
        if quote:
            yield from literals.strings(text, quote, high, key, "assigned")
            return
        if typed and not is_config(path):  # `API_TOKEN: sha256=…` of YAML has no type
            start = typed.end()
    chained = _CHAINED.match(text, start, high) if operator == "=" and not new_line else None
    if chained:
        yield from literals.strings(text, chained, high, key, "assigned")
        return
    may_fall_back = operator in ":=" and literals.may_fall_back(text, start)
    later = _LATER.match(text, start, high) if may_fall_back else None
    if (
        later and later[0][:-1].count("`") % 2 == 0
    ):  # odd: ``X=***` or `Y=…``, two pieces of code in a sentence
        yield from literals.strings(text, later, high, key, "assigned", "" if later["choice"] else "default")
        return
    wrapped = _WRAPPED.match(text, start, high)
    if wrapped:
        head = wrapped[0].removesuffix(literals.mark_of(wrapped))
        if head.count("'") % 2 or head.count('"') % 2:  # the operator is in a string: `"secrets==1.5", "…"`
            return
        if not _SUBSCRIPT.search(wrapped[0]):
            way = "argument" if operator == "(" else "wrapped"
            yield from literals.strings(text, _of_tuple(text, wrapped, at, high), high, key, way)
        return
    if operator in "!(":
        return
    numbers = _NUMBERS.match(text, start, high)
    if numbers:
        yield Found(numbers.start(1), numbers.end(1), key, "byte-array")
        return
    if _CALL.match(text, start, high):
        return
    if not new_line:
        yield from _bare(text, start, at, key, path)
    elif (operator == ":" or _INI.search(path)) and is_config(path) and _is_deeper(text, start, at, low):
        if text.count("\n", at, start) > 1 and not path.endswith(_OVER_EMPTY_LINES):
            return
        alone = _ALONE.match(text, start, high)
        if alone:
            yield Found(*alone.span(1), key, "bare")


def _of_tuple(text: str, quote: re.Match[str], at: int, high: int) -> re.Match[str]:
    """The quote of the string for the last of several names: `user, password = "app", "…"`."""
    line = text.rfind("\n", max(0, at - AROUND), at) + 1
    names = _TUPLE.match(text, line, at + (text[at - 1] == ":")) if text.find(",", line, at) >= 0 else None
    for _ in range(names[1].count(",") if names else 0):
        mark = literals.mark_of(quote)
        end = literals.closing(text, quote.end(), high, mark) + len(mark)
        quote = literals.NEXT_ITEM.match(text, end, high) or quote
    return quote


def _is_deeper(text: str, start: int, at: int, low: int) -> bool:
    """Whether the line of text[start] is indented more than that of the operator."""
    line = text.rfind("\n", low, at) + 1
    indent = len(text[line:at]) - len(text[line:at].lstrip(" \t-"))
    return start - text.rfind("\n", at, start) - 1 > indent


def _bare(text: str, start: int, at: int, key: str, path: str) -> Iterator[Found]:
    """A value without quotes: up to a space in configuration, elsewhere up to a delimiter."""
    if start > at and text[at - 1] == "=" and _is_empty(text, start, at, path):
        return
    if text.startswith("]:", at - 2):  # `input[type="password"]:focus`, `[Token]: #token` of Markdown
        return
    pattern = _BARE
    line = text.rfind("\n", max(0, at - AROUND), at) + 1
    name = text.rfind(key, line, at)
    if is_config(path) and _LINE_START.match(text, line, name):
        pattern = _REST
    elif name > line and text[name - 1] in "?&":
        pattern = _IN_QUERY
    value = pattern.match(text, start)
    while value and key[-1] in "sS" and (more := _NEXT.match(text, value.end())):  # `PASSWORDS: a, b`
        yield Found(start, value.end() - 1, key, "bare")
        start = more.end()
        value = pattern.match(text, start)
    if value:
        yield Found(start, value.end(), key, "bare")


def _is_empty(text: str, start: int, at: int, path: str) -> bool:
    """Whether the operator that ends at `at` gives nothing: before an assignment, or a command of a shell."""
    if _ASSIGNMENT.match(text, start):
        return True
    return path.endswith((".sh", ".bash", ".zsh", ".ksh")) and text[at - 2 : at - 1] not in (" ", "\t", "")


@lru_cache(maxsize=64)
def is_config(path: str) -> bool:
    """Whether values in this file need no quotes and end at the next space."""
    return bool(_CONFIG.search(path if "/" in path else "/" + path))
