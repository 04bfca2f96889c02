"""Candidates: every place where a value is given to a name that speaks of a secret.

A candidate is a span and nothing more; whether it is a secret is for `verdict` to say. `NEEDLES` are the patterns
of the one pass over the file; each of their hits is handed to `find`, which looks at a bounded window only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_WORD = (
    r"pass(?:word|wd|phrase|code|wort)?|pwd|psw|secret|token|credential|auth|"
    r"(?:api|access|private|secret|account|master|encryption|signing|consumer|client|auth|cipher|n|x)[_.-]?key|key|"
    r"cookie|session|(?:account|api|user|session)[_-]?sid|nonce|salt|seed|signature|otp|jwt|login|hmac"
)

NEEDLES: tuple[str, ...] = (
    # name, closing quote or bracket, operator
    r"(?:pass|pwd|psw|secret|token|credential|auth|key|cookie|session|sid|nonce|salt|seed|signature|otp|jwt|login|hmac)"
    r"[\w.-]{0,24}[\\\"'`\])>]{0,4}\s{0,8}(?:[:=]|,\s?[\"']|\(|>)",
    # command line: --password value, -p value
    r"-[\w-]{0,16}(?:pass|pwd|secret|token|key|auth|credential)[\w-]{0,16}\s[^\s-]",
    r"\s-p\s{0,1}[^\s-]",
    r"-(?:u|-user)[= ]\s?[\"']?[^\s:\"']{1,32}:",
    # SQL: PASSWORD 'value', IDENTIFIED BY 'value'
    r"(?:password|identified by|securestring)\s{1,3}\\?[\"']",
    # requirepass value
    r"(?:pass|pwd|secret|token|password)\s{1,4}[\w!@#$%^&*]",
    r"(?:basic|bearer|oauth)\s{1,2}[\w+/-]{4}",
    r"://[^\s:@/\"']{0,40}:[^\s@/\"']{1,64}@",
    r":[^\s:@/\"']{1,40}@(?:tcp|unix|/)",
    r"-----BEGIN[ A-Z0-9]{0,24} PRIVATE KEY",
)


class Candidate(NamedTuple):
    """A value's span `[start, end)` in code points, the name it is given to, and what found it."""

    start: int
    end: int
    key: str
    detector: str


_KEY = re.compile(rf"(?:{_WORD})", re.I)
_NAME_TAIL = re.compile(r"[\w.$-]{0,60}")
_NAME_HEAD = re.compile(r"[\w.$-]{0,60}\Z")
_TYPE = r"(?:\s{0,4}:\s{0,4}[A-Za-z_&'][\w.\[\]<>?&' |]{0,30}?|\s{1,4}\*?[A-Za-z]{3,12}(?:\[\])?)"
_OPERATOR = re.compile(
    rf"(?P<close>(?:\\{{0,3}}[\"'`]|[\])>]|</?\w{{1,12}}(?: [^<>]{{0,60}})?>){{0,5}})(?:{_TYPE}\s{{0,40}}(?==[^=>])|\s{{0,40}})"
    r"(?P<op>:=|=>|->|[!=]==?|=|:|,|\(|\[|\{|>|\s)\s{0,40}(?:<\w{1,12}(?: [^<>]{0,60})?>\s?){0,3}"
)
# What may stand between the operator and the literal: a call, a constructor, `env.X ||`, an array's bracket
_WRAP = re.compile(
    r"(?:[\w.$:&*\[\]<>-]{0,60}[(\[{]\s{0,4}(?:\d+\s?[:,]\s?)?){1,3}"
    r"|[\w.$\[\]'\"()]{1,80}\s{0,2}(?:\|\||\?\?|\bor\b)\s{0,2}"
    r"|\w{1,10}\s{0,2}\?\s?|new\s|await\s|return\s"
)
_QUOTE = re.compile(r"[A-Za-z@$]{0,3}(\\{0,3}[\"'`]|&quot;|&#x2018;|&#39;|“|‘)")
_END_BARE = re.compile(r"[^\s,;)}\]<>\"'`\\&|]{1,256}")
_END_LINE = re.compile(r"[^\r\n]{1,256}")
_NUMBERS = re.compile(
    r"[^\n{(\[]{0,40}[{(\[]\s{0,4}((?:(?:0x)?[0-9a-fA-F]{1,3}\s{0,2},\s{0,4}){7,}[^\n})\]]{0,8})"
)
_LIST_ITEM = re.compile(r"\s{0,4}(?:\d{1,4}\s?:|[\w'\"-]{1,40}\s?(?:=>|:))?\s{0,4}(\\{0,3}[\"'])")

_CONFIG = re.compile(
    r"(?:\.(?:ya?ml|properties|ini|cfg|cnf|conf|config|env|toml|sh|bash|j2|tpl|tf|tfvars|example|sample|dist|template|"
    r"envrc|creds|rc|local|development|production|test|stub|txt|md|rst)|^[^.]*|^\.[\w-]+)$",
    re.I,
)

_SCHEME = re.compile(
    r"(?i)(?:\b(basic|bearer|oauth|token|digest|apikey)(?:\s{1,2}|%20))([A-Za-z0-9._~+/=-]{4,4096})"
)
_URL = re.compile(r"://([^\s:@/\"']{0,64}):([^\s@/\"']{1,128})@")
_DSN = re.compile(r"([^\s:@/\"'`]{0,64}):([^\s:@/\"']{1,64})@(?:tcp|unix|/)")
_PEM = re.compile(r"-----BEGIN[ A-Z0-9]{0,24} PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY = re.compile(
    r"[\sA-Za-z0-9+/=\\\"',:-]{0,8192}?-----END[ A-Z0-9]{0,24} PRIVATE KEY(?: BLOCK)?-----"
)
_USER = re.compile(r"-(?:u|-user)[= ]\s?[\"']?([^\s:\"']{1,64}):([^\s\"']{1,128})")
_SHORT = re.compile(r"\s-p\s{0,1}[\"']?([^\s\"'-][^\s\"']{0,128})")
_SQL = re.compile(r"(?i)(?:password|identified by|securestring)\s{1,3}(?:-string\s)?(\\?[\"'])")


def find(text: str, at: int, window: tuple[int, int], path: str) -> Iterator[Candidate]:
    """The candidates near the needle that ends about `at`.

    `window` bounds what is read (code points of `text`); `path` tells config syntax from code.
    """
    low, high = window
    start = max(low, at - 72)
    stop = min(high, at + 4)
    for keyword in _KEY.finditer(text, start, stop):
        yield from _assigned(text, keyword, low, high, path)
    start = max(low, at - 160)
    for match in _SCHEME.finditer(text, start, min(high, at + 4200)):
        if match.start(2) - 8 <= at:
            yield Candidate(match.start(2), match.end(2), match[1], "authorization-header")
    for pattern, detector in ((_URL, "url-credentials"), (_DSN, "url-credentials"), (_USER, "user-option")):
        for match in pattern.finditer(text, start, min(high, at + 80)):
            yield Candidate(match.start(2), match.end(2), "", detector)
    for match in _SHORT.finditer(text, max(low, at - 6), min(high, at + 140)):
        yield Candidate(match.start(1), match.end(1), "-p", "password-option")
    for match in _SQL.finditer(text, max(low, at - 40), min(high, at + 4)):
        end = _close(text, match.end(), high, match[1])
        if end > match.end():
            yield Candidate(match.end(), end, "password", "sql-password")
    for match in _PEM.finditer(text, max(low, at - 60), min(high, at + 40)):
        body = _PEM_BODY.match(text, match.end(), high)
        yield Candidate(match.start(), body.end() if body else match.end(), "", "private-key")


def _close(text: str, start: int, high: int, quote: str) -> int:
    """Where the string that was opened by `quote` ends, at most 1,024 characters on; `start` if it is empty."""
    stop = min(high, start + 1024)
    closing = {"“": "”", "‘": "’", "&#x2018;": "&#x2019;"}.get(quote, quote)
    at = start
    while True:
        at = text.find(closing, at, stop)
        if at < 0:
            break
        if len(closing) > 1 or text[at - 1] != "\\" or at == start:
            return at
        at += 1
    line_end = text.find("\n", start, stop)
    return line_end if line_end >= 0 else stop


def _assigned(text: str, keyword: re.Match[str], low: int, high: int, path: str) -> Iterator[Candidate]:
    tail = _NAME_TAIL.match(text, keyword.end(), high)
    assert tail
    name_end = tail.end()
    head = _NAME_HEAD.search(text[max(low, keyword.start() - 60) : keyword.start()])
    assert head
    name_start = keyword.start() - len(head[0])
    operator = _OPERATOR.match(text, name_end, high)
    if not operator:
        return
    key = text[name_start:name_end]
    op = operator["op"]
    at = operator.end()
    wrapped = False
    quote = _QUOTE.match(text, at, high)
    while not quote:
        wrap = _WRAP.match(text, at, high)
        if not wrap or wrap.end() == at:
            break
        wrapped = True
        at = wrap.end()
        quote = _QUOTE.match(text, at, high)
    if quote:
        yield from _strings(text, quote, high, key, op in "([{" or wrapped or op == ",")
        return
    numbers = _NUMBERS.match(text, operator.end(), high)
    if numbers:
        yield Candidate(numbers.start(1), numbers.end(1), key, "byte-array")
        return
    if op in "([{," or wrapped:
        return
    if op.isspace() and not (key.startswith("-") or not text[low:name_start].strip("# \t")):
        return
    at = operator.end()
    if op == ">":
        end = text.find("<", at, min(high, at + 256))
        if end > at:
            yield Candidate(at, end, key, "keyword")
        return
    bare = _END_BARE.match(text, at, high)
    if bare:
        yield Candidate(at, bare.end(), key, "keyword")


def _strings(text: str, quote: re.Match[str], high: int, key: str, many: bool) -> Iterator[Candidate]:
    """The string that `quote` opens and, in a list of arguments or elements, up to five that follow it."""
    for _ in range(6):
        start = quote.end()
        end = _close(text, start, high, quote[1])
        if end > start:
            yield Candidate(start, end, key, "keyword")
        if not many:
            return
        at = end + len(quote[1])
        if text[at : at + 1] != ",":
            return
        following = _LIST_ITEM.match(text, at + 1, high)
        if not following:
            return
        quote = following
