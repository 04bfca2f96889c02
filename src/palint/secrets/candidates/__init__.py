"""Candidates: from matches of keywords in a file to spans that may be secrets.

Each keyword has finders, which read a bounded window around its matches. A candidate is a span, the name it
belongs to and its syntax; `filters` and `classifier` decide whether it is a secret. Nothing here depends on
what else is on the line.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from palint.prefilter import Keyword
from palint.secrets.candidate import Candidate, Source
from palint.secrets.candidates import assigned, blanks, keywords, named, phrases, quoted, random_strings, used
from palint.secrets.candidates.literals import Found
from palint.secrets.detect_secrets import adapter
from palint.util import lazy_re
from palint.util.lazy_sequence import LazySequence
from palint.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from palint.secrets.formats.format import Format


# Arguments of a finder: the text, the ends of its keyword's matches, ascending, and the file's path.
_Finder = Callable[[str, Sequence[int], str], Iterable[Candidate]]

_BEFORE = 512  # characters before a match at which a vendor's token may start
_AFTER = 64  # and after it
_BESIDE = 256  # and beside a value, for its name and the filters
_AROUND = 2048  # characters on each side of a match that an assignment may reach to
_VENDOR_PREFIX = lazy_re.compile(r"(?:[A-Za-z]{2,12}[-_.]){1,3}")  # `sk_test_`, `sb_secret_`
# The start of a keyword that is equal in all values, or with a choice of letters: `xox[bp]-`
_PREFIX = lazy_re.compile(r"(?:(?:[A-Za-z0-9_-]|\\[.-]|\[[A-Za-z]{2,6}\])(?![?*+{])){2,4}")


def _of_format(fmt: Format) -> _Finder:
    def find(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        from palint.secrets.formats.table import matches

        for start, end in _ranges(ends):
            for at, stop in matches(text, start, end, fmt):
                public = _prefix(fmt.keyword).match(text, at, stop)
                vendor = _VENDOR_PREFIX.match(text, at, stop)
                yield Candidate(
                    at,
                    stop,
                    Source.FORMAT,
                    fmt.id,
                    "",
                    len(public[0]) if public else 0,
                    vendor.end() - at if vendor else 0,
                )

    return find


def _ranges(ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The ranges of text around the matches, merged where they overlap, so that nothing is read twice."""
    start, stop = max(0, ends[0] - _BEFORE), ends[0] + _AFTER
    for end in ends:
        if end - _BEFORE > stop:
            yield start, stop
            start = end - _BEFORE
        stop = end + _AFTER
    yield start, stop


@cache
def _prefix(keyword: str) -> re.Pattern[str]:
    """The fixed start of all values of this keyword's format; "" if there is none."""
    match = _PREFIX.match(keyword)
    return re.compile(match[0] if match else "", re.IGNORECASE)


def _of_upstream(plugin: adapter.Plugin) -> _Finder:
    def find(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        for start, end in _ranges(ends):
            for at, stop in adapter.find(text, start, end + _BEFORE, plugin):
                yield Candidate(at, stop, Source.PLUGIN, plugin.name, "")

    return find


def _assigned(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in sorted(set(ends)):  # a strong and a weak name may end at the same place
        opening = text[at : at + 2]
        quoted = opening[:1] in ('"', "'") or opening in (' "', " '")  # most are, and have no surplus blanks
        if not quoted and blanks.follow(text, at):
            yield from _condensed(text, (at,), path)
            continue
        low, high = max(0, at - _AROUND), min(len(text), at + _AROUND)
        for found in at_keyword(text, at, low, high, path):
            yield Candidate(found.start, found.end, Source.ASSIGNMENT, found.syntax, found.key)


def _condensed(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in ends:
        short = blanks.condensed(text, at, _AROUND, path)
        for found in at_keyword(short.text, short.at, 0, len(short.text), path):
            if found.end > found.start:
                start, end = short.origin(found.start), short.origin(found.end - 1) + 1
                yield Candidate(start, end, Source.ASSIGNMENT, found.syntax, found.key)


def at_keyword(text: str, at: int, low: int, high: int, path: str) -> Iterator[Found]:
    """The values at a match of a keyword that ends at `at`, of which text[low:high] is read."""
    last = text[at - 1]
    if last in ":=!(<":
        return assigned.after_operator(text, at, low, high, path)
    if last in "\"'":
        found = list(quoted.after_comma_or_word(text, at, low, high))
        return iter(found) if found else phrases.header_or_option(text, at, low, high)  # `--token '…'`
    if last == "@" or (last in "/pPxX" and "@" in text[at - 5 : at]):
        return phrases.address(text, at, low)
    return phrases.header_or_option(text, at, low, high)


def _of_named(find_at: Callable[[str, int], Iterator[Found]]) -> _Finder:
    def find(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        for at in ends:
            for found in find_at(text, at):
                yield Candidate(found.start, found.end, Source.ASSIGNMENT, found.syntax, found.key)

    return find


_LONG = lazy_re.compile(r"[0-9A-Za-z_+/.~-]{20,}")  # a value for which a vendor's name is searched
_WORDS = lazy_re.compile(r"(?:[a-z_+/.~-]+|[A-Z_+/.~-]+)\Z")  # not a random one
_BEHIND = 72  # characters after a match in which it starts


def _of_vendor(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in ends:
        value = _LONG.search(text, at, at + _BEHIND)
        if value and not _WORDS.match(value[0]):
            from palint.secrets.formats import vendor_names  # 1 ms

            found = vendor_names.find(text, at)
            if found:
                start, end, name = found
                yield Candidate(start, end, Source.VENDOR_NAME, "vendor-credential", name)


def _used(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in ends:
        for found in used.at_use(text, at):
            from palint.secrets.formats.format import is_random  # 1 ms

            if is_random(text[found.start : found.end]):
                yield Candidate(found.start, found.end, Source.USE, found.syntax, found.key)


def _random(text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
    for at in ends:
        found = random_strings.find(text, at)
        if found:
            yield Candidate(found.start, found.end, Source.STRING, found.plugin, found.key)


def _escaped(text: str, at: int) -> Iterator[Found]:
    return assigned.after_escaped_name(text, at, min(len(text), at + _AROUND))


class Form(NamedTuple):
    """One form in which code, settings or prose give a value to a name.

    keywords: where it may be, each with its check of the bytes. find: reads the text at their matches.
    examples: (path, shape with the value in «…») in which it is found. near_misses: texts in which a keyword
    matches, and its check or `find` rejects what is there.
    """

    id: str
    keywords: tuple[str | Keyword, ...]
    find: _Finder
    examples: tuple[tuple[str, str], ...]
    near_misses: tuple[tuple[str, str], ...]


FORMS = (
    Form(
        "assignment",
        keywords.ASSIGNED,
        _assigned,
        (
            ("a.py", 'password = "«{base62:20}»"'),
            ("a.json", '"api_token": "«{base62:20}»"'),
            ("a.yml", "db_password: «{base62:20}»"),
            ("a.go", 'setSecret("«{base62:20}»")'),
            ("a.xml", "<password>«{base62:20}»</password>"),
            ("a.sh", "curl -H 'Authorization: Bearer «{base62:30}»'"),
            ("a.sh", "tool --token «{base62:20}»"),
            ("a.yml", "url: postgres://app:«{base62:20}»@db/app"),
        ),
        (("a.py", "password = get(x)"), ("a.py", 'f(key="word")'), ("a.sh", "mkdir -p build")),
    ),
    Form(
        "assignment-after-blanks",
        (blanks.OPERATOR,),
        _condensed,
        (("a.py", "password" + " " * 70 + '= "«{base62:20}»"'),),
        (("a.py", "width" + " " * 70 + '= "{base62:20}"'),),
    ),
    Form(
        "vendor-name",
        keywords.NAMES,
        _of_vendor,
        (("a.env", "TUMBLR_API_KEY=«{base62:30}»"),),
        (("a.env", "GARDEN_API_KEY={base62:30}"), ("a.env", "TUMBLR_API_KEY=changeme")),
    ),
    Form(
        "comparison",
        (named.COMPARED,),
        _of_named(named.compared),
        (("a.js", 'if ("«{base62:20}»" === password) {'),),
        (("a.js", 'if (x == "a" == y.monkey) {'),),
    ),
    Form(
        "statement-or-definition",
        (named.APART,),
        _of_named(named.apart),
        (
            ("a.conf", 'secret "«{base62:20}»";'),
            ("a.h", '#define API_KEY "«{base62:20}»"'),
            ("a.c", 'char password[] = "«{base62:20}»";'),
            ("a.txt", 's:8:"password";s:20:"«{base62:20}»";'),
            ("a.plist", "<key>password</key><string>«{base62:20}»</string>"),
        ),
        (("a.py", 'print(token "x")'),),
    ),
    Form(
        "tuple",
        (named.TUPLE,),
        _of_named(named.in_tuple),
        (("a.py", 'user, password = "app", "«{base62:20}»"'),),
        (("a.py", 'password = "x", "{base62:20}"'),),
    ),
    Form(
        "value-before-name",
        (named.VALUE_FIRST,),
        _of_named(named.value_first),
        (("a.json", '{"value": "«{base62:20}»", "name": "DB_PASSWORD"}'),),
        (("a.json", '{"xvalue": "{base62:20}", "name": "DB_PASSWORD"}'),),
    ),
    Form(
        "value-after-member",
        (named.VALUE_LATER,),
        _of_named(named.value_later),
        (("a.json", '{"name": "DB_PASSWORD", "type": "string", "value": "«{base62:20}»"}'),),
        (("a.json", '{"name": "DB_PASSWORD", "type": "string", "value": "text"}'),),
    ),
    Form(
        "option-above-value",
        (named.OPTION_ABOVE,),
        _of_named(named.option_above),
        (
            ("a.yml", "args:\n  - --password\n  - «{base62:20}»\n"),
            ("a.yml", "args:\n  - '--api-key'\n  - \"«{base62:20}»\"\n"),
        ),
        (("a.yml", "args:\n  - --key-file\n  - tls.crt\n"),),
    ),
    Form(
        "default-below-name",
        keywords.DEFAULTS,
        _of_named(named.default),
        (("a.tf", 'variable "db_password" {\n  default = "«{base62:20}»"\n}'),),
        (("a.tf", 'variable "region" {\n  default = "{base62:20}"\n}'),),
    ),
    Form(
        "sql-identified-by",
        (keywords.IDENTIFIED_BY,),
        _of_named(quoted.identified_by),
        (("a.sql", "CREATE USER app IDENTIFIED BY '«{base62:20}»';"),),
        (("a.md", "the row is identified by their name"),),
    ),
    Form(
        "escaped-name",
        (keywords.ESCAPED_NAME,),
        _of_named(_escaped),
        (("a.json", '"p\\u0061ssword": "«{base62:20}»"'),),
        (("a.json", '"\\u0061rea": "{base62:20}"'),),
    ),
    Form(
        "json-web-key",
        (named.JWK,),
        _of_named(named.json_web_key),
        (("a.json", '{"kty": "oct", "k": "«{base64url:43}»"}'),),
        (("a.json", '{"kty": "RSA", "n": "{base64url:43}"}'),),
    ),
    Form(
        "used-value",
        used.KEYWORDS,
        _used,
        (
            ("a.py", 'x = "«{base62:40}»"\nget(url, headers={"Authorization": f"Bearer {x}"})'),
            ("a.js", 'const x = "«{base62:40}»";\nconst client = new Client({ apiKey: x });'),
            ("a.js", 'const x = "«{base62:20}»";\nconnect(`mongodb://app:${x}@db/app`);'),
        ),
        (
            ("a.py", 'x = "{base62:40}"\nget(url, headers={"Authorization": f"Bearer {y}"})'),
            ("a.py", 'x = "north-wing-of-the-house"\nclient = Client(api_key=x)'),
        ),
    ),
    Form(
        "random-string",
        random_strings.KEYWORDS,
        _random,
        (("a.py", 'f(secret, "«{hex:40}»")'),),
        (("a.py", 'f(secret, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")'),),
    ),
)


def _named_finders() -> dict[str | Keyword, list[_Finder]]:
    """The finders that do not need the vendors' formats."""
    finders: dict[str | Keyword, list[_Finder]] = {}
    for form in FORMS:
        for keyword in form.keywords:
            finders.setdefault(keyword, []).append(form.find)
    return finders


@cache
def _finders() -> dict[str | Keyword, list[_Finder]]:
    """All finders, those of names first. Half of all commits need only these; the other tables take 7 ms."""
    from palint.secrets.candidates import encoded
    from palint.secrets.formats import vendor_names
    from palint.secrets.formats.table import FORMATS
    from palint.secrets.formats.table import keywords as format_keywords

    finders = {keyword: list(found) for keyword, found in _NAMED.items()}
    for fmt in FORMATS:
        for keyword in format_keywords(fmt):
            finders.setdefault(keyword, []).append(_of_format(fmt))
    finders.setdefault(vendor_names.KEYWORD, []).append(_of_vendor)
    finders.update(zip(encoded.keywords(), ([encoded.in_base64], [encoded.in_hex]), strict=True))
    for plugin in adapter.active_plugins():
        finder = _of_upstream(plugin)
        for keyword in plugin.keywords:
            finders.setdefault(keyword, []).append(finder)
    return finders


_NAMED = _named_finders()
OF_NAMES = tuple(_NAMED.values())
KEYWORDS: LazySequence[str | Keyword] = LazySequence(tuple(_NAMED), lambda: tuple(_finders()))


@cache
def finders_of(keyword: int) -> Sequence[_Finder]:
    """The finders of a keyword, by its index in KEYWORDS; none beyond them."""
    if keyword < len(OF_NAMES):
        return OF_NAMES[keyword]
    every = every_finder()
    return every[keyword] if keyword < len(every) else ()


@cache
def every_finder() -> tuple[Sequence[_Finder], ...]:
    """The finders of each of KEYWORDS."""
    return tuple(_finders().values())


@cache
def max_reach(keyword: int) -> int:
    """The maximum number of characters that a result at a match of one of KEYWORDS depends on.

    They contain the match, the value, its name, and the text that finders and filters read around them; runs
    of blanks that `blanks` skips are not counted.
    """
    width = _max_width(keyword)
    widths = [_BEFORE + _AFTER + width] if width else []
    return max([2 * _AROUND, random_strings.MOST, *widths]) + _BESIDE


def _max_width(keyword: int) -> int:
    """The length of the longest value of the formats that one of KEYWORDS belongs to; 0 if none."""
    from palint.secrets.candidates import encoded

    if KEYWORDS[keyword] in encoded.keywords():
        return encoded.MOST
    return max(map(_width, _formats().get(KEYWORDS[keyword], ())), default=0)


@cache
def _width(pattern: str) -> int:
    if sys.version_info >= (3, 11):
        from re import _parser  # type: ignore[attr-defined]
    else:
        import sre_parse as _parser

    return int(_parser.parse(pattern).getwidth()[1])


@cache
def _formats() -> dict[str | Keyword, list[str]]:
    """The patterns of the formats that each keyword belongs to."""
    from palint.secrets.formats.table import FORMATS
    from palint.secrets.formats.table import keywords as format_keywords

    made: dict[str | Keyword, list[str]] = {}
    for fmt in FORMATS:
        for keyword in format_keywords(fmt):
            made.setdefault(keyword, []).append(fmt.pattern)
    return made


def find(text: str, matches: Iterable[tuple[int, int]], path: str) -> set[Candidate]:
    """Find the candidates in a text.

    matches: (index into KEYWORDS, end), ascending by end; larger indices, of other keywords, are ignored.
    """
    ends: dict[_Finder, list[int]] = {}
    for keyword, end in matches:
        for finder in finders_of(keyword):
            ends.setdefault(finder, []).append(end)
    return {candidate for finder, places in ends.items() for candidate in finder(text, places, path)}
