"""Quoted values after a comma, a default's operator or a word: `get("X", "…")`, `x || "…"`, SQL, Gradle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.secrets.candidates import literals
from palint.secrets.candidates.literals import AROUND, Found, name_before
from palint.util import lazy_re

# SQL, PowerShell, Gradle. The first ends on the quote, the second on the first character.
CLAUSE = r"(?:password|securestring(?: -string)?)\s{1,3}\\?[\"']"
IDENTIFIED_BY = r"identified\s[\w\s]{0,48}by\s{1,3}[\"']?[^\s\"']"
_QUOTE = lazy_re.compile(literals.STRING)
# Also PHP's and Kotlin's `?:`, Helm's `| default`, Rust's `.unwrap_or(` and `.unwrap_or_else(|_|`.
_OPERATOR = lazy_re.compile(
    r"(?:,|\|\||\?\?|\?:|\bor|\|\s{0,4}default|\.unwrap_or(?:_else)?\((?:\|_\|)?|<-|->|\bto)\Z"
)
_LONGEST_OPERATOR, _LONGEST_GAP = 24, 80  # characters
# The next string of a list; not where .NET sets a variable of the environment
_ONE_MORE = lazy_re.compile(r"\s{0,4},\s{0,80}[\"'](?!(?:User|Machine|Process)[\"'])")
_OPTION = lazy_re.compile(
    r"[\"']--?[A-Za-z][\w-]{1,60}\Z"
)  # `"--token"`: its value is the next argument of a command
# `define("NAME`, `get("NAME`: a string that is a name, not an element of a list, nor SQL's `as 'name'`
_NAMES = lazy_re.compile(r"(?:\A|[^\s\"',:\[]|[^\s\"'],)(?<!\bas)\s{0,80}[\"'][@:$%]{0,2}[\w.-]{1,64}\Z")
_FIRST = lazy_re.compile(
    r"(?:\A|[^\s,]\s{1,80}|[^\s,\w.:$@-])[\w.:@-]{1,64}\Z"
)  # not one of several arguments, nor a variable, which has its own value
# SQL and PowerShell: `CREATE USER … PASSWORD '…'`, `ConvertTo-SecureString "…"`
_CLAUSE = lazy_re.compile(
    r"\b(?:create|alter|grant|set|with|by|user|role|insert|login)\b|securestring|-password", re.I
)
_SECURE = lazy_re.compile(r"securestring[\w -]{0,16}\\?[\"']\Z", re.I)
# A whole statement: `storePassword '…'`, `password "…"` of Gradle and Groovy
_IS_KEY = lazy_re.compile(r"[\"'`]\s{0,40}(?::(?!:)|=>|->)")
_STATEMENT = lazy_re.compile(r"(?:\A|[\n{;])[ \t]{0,80}([\w.]{0,40}password)[ \t]{1,4}\\?[\"']\Z", re.I)


def after_comma_or_word(text: str, at: int) -> Iterator[Found]:
    """The string whose opening quote ends at `at`: an argument, or a default."""
    low, last = max(0, at - 90), at - 1  # blanks, and a backslash after them, may be before the quote
    last = _without_blanks(text, low, last - text[low:last].endswith("\\"))
    key = name_before(text, last)  # most of these matches are in lists of words, and have none
    operator = _OPERATOR.search(text, max(low, last - _LONGEST_OPERATOR), last) if key else None
    if not operator:
        return
    high = at + AROUND
    quote = _QUOTE.search(text, at - 2 if text[at - 2] == "\\" else at - 1, high)
    assert quote
    end = literals.closing(text, quote.end(), high, literals.mark_of(quote))
    if operator[0] == "," and _IS_KEY.match(text, end):
        return  # `"password", "scope": …`
    if operator[0] != "," or _is_pair(text, operator.start(), quote, high):
        is_named = text.endswith(('"', "'"), 0, operator.start())
        yield from literals.strings(text, quote, high, key, "assigned", "default" if is_named else "")


def clause(text: str, at: int, path: str) -> Iterator[Found]:
    """The string whose quote ends at `at`, in a clause of SQL or PowerShell, or a statement of Gradle."""
    quote = _QUOTE.search(text, at - 2 if text[at - 2] == "\\" else at - 1, at + AROUND)
    if not quote:
        return
    named = "password" in text[max(0, at - 16) : at].lower()
    statement = _STATEMENT.search(text, max(0, at - 128), at) if named else None
    end = literals.closing(text, quote.end(), at + AROUND, quote[1])
    if end == quote.end():
        return
    if statement:
        yield Found(quote.end(), end, statement[1], "statement")
    elif (named or _SECURE.search(text, max(0, at - 40), at)) and _CLAUSE.search(text, max(0, at - 120), at):
        yield Found(quote.end(), end, "password", "sql-password")


def _without_blanks(text: str, low: int, end: int) -> int:
    """Where the blanks before `end` start, at most _LONGEST_GAP of them."""
    return end - min(_LONGEST_GAP, end - low - len(text[low:end].rstrip()))


def _is_pair(text: str, comma: int, quote: re.Match[str], high: int) -> bool:
    """Whether a name and the string after its comma belong together: `get("NAME", "…")`."""
    low, last = max(0, comma - 160), text[comma - 1]
    if last not in "\"'":  # not `hash("password"), "…"` either
        return last != ")" and _FIRST.search(text, low, comma) is not None
    if _OPTION.search(text, low, comma - 1):
        return True
    mark = literals.mark_of(quote)
    end = literals.closing(text, quote.end(), high, mark) + len(mark)
    # The search starts where it can succeed: two characters and blanks before the name's own quote.
    opening = max(text.rfind('"', low, comma - 1), text.rfind("'", low, comma - 1))
    low = max(low, _without_blanks(text, low, opening) - 2) if opening >= 0 else comma
    return _NAMES.search(text, low, comma - 1) is not None and not _ONE_MORE.match(text, end, high)


# What follows a password without quotes: the end, or a clause; not the rest of `identified by their name`
_CLAUSE_ENDS = (
    r"(?=[;,'\"`)\\]|\s{0,8}(?:\r?\n|\Z)|\s{1,8}(?:default\s{1,3}(?:tablespace|role|collation)|quota\s{1,3}(?:\d|unlimited)|"
    r"temporary\s{1,3}tablespace|profile\s{1,3}\w|account\s{1,3}(?:un)?lock|password\s{1,3}(?:expire|history|reuse)|"
    r"require\s{1,3}(?:ssl|x509|none)|retain\s{1,3}current|(?:replace|using)\s|container\s?=|with\s{1,3}(?:grant|max_|admin)))"
)
# `IDENTIFIED BY x`, `IDENTIFIED WITH plugin BY x`; not `BY VALUES 'hash'` and `BY PASSWORD 'hash'`
_IDENTIFIED = lazy_re.compile(
    r"identified\s{1,3}(?:with\s{1,3}\w{1,40}\s{1,3})?by\s{1,3}(?!password\b|values\b|random\b)"
    rf"(?:\"([^\"\n]{{1,128}})|'([^'\n]{{1,128}})|([^\s;,'\"()]{{1,128}}){_CLAUSE_ENDS})",
    re.I,
)


_SQL_USER = lazy_re.compile(r"\b(?:user|role|login|create|alter|grant)\b", re.I)
_SQL_VERB = lazy_re.compile(r"\b(?:(?:create|alter)\s[\w\s]{0,60}?(?:user|role|login|link)|grant)\b", re.I)
_UNQUOTED = 3  # the group of _IDENTIFIED


def identified_by(text: str, at: int, path: str) -> Iterator[Found]:
    """The password of SQL's clause `IDENTIFIED BY`, quoted or not, whose first character ends at `at`."""
    low = max(0, at - 90)
    start = text[low:at].lower().rfind("identified")
    match = _IDENTIFIED.match(text, low + start) if start >= 0 else None
    if not match:
        return
    statement = _SQL_VERB if match.lastindex == _UNQUOTED else _SQL_USER
    if statement.search(text, max(0, low + start - 120), low + start):
        yield Found(*lazy_re.last_span(match), "password", "sql-password")
