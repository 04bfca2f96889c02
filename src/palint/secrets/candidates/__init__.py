"""Candidates: from matches of keywords in a file to spans that may be secrets.

A `Form` is one way in which a value is given to a name: its keyword, where it may be, and a finder, which
reads a bounded window of the text around a match. The finder is also the check in the one pass over the
bytes: a match counts only if a value is found there that no filter drops. A candidate is a span, the name it
belongs to and its syntax; `judge` decides whether it is a secret. Nothing here depends on what else is on the
line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache

from palint.prefilter import Keyword, as_keyword
from palint.secrets.candidate import Candidate, Source
from palint.secrets.candidates import assigned, named, phrases, quoted, used
from palint.secrets.candidates.literals import AROUND, Found
from palint.secrets.detect_secrets import adapter
from palint.secrets.fallbacks import is_fallback
from palint.secrets.filters import is_filtered_alone, is_filtered_value
from palint.text.encoding import code_points, decode, of_this_text
from palint.util import compiled_patterns, lazy_re
from palint.util.lazy_sequence import LazySequence
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.secrets.formats.format import Format


# Arguments of a finder: the text, the ends of its keyword's matches, ascending, and the file's path.
_Finder = Callable[[str, Sequence[int], str], Iterable[Candidate]]

_BEFORE = 512  # characters before a match at which a vendor's token may start
_AFTER = 64  # and after it
_BESIDE = 256  # and beside a value, for its name and the filters
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


class Form(NamedTuple):
    """One form in which code, settings or prose give a value to a name.

    keywords: patterns of where it may be. find: (text, the end of a match of one, path) -> the values there.
    examples: (path, shape with the value in «…») in which it is found. near_misses: texts in which a keyword
    matches, and where it finds no value that the filters keep. source: of its candidates.
    """

    id: str
    keywords: tuple[str | Keyword, ...]
    find: Callable[[str, int, str], Iterable[Found]]
    examples: tuple[tuple[str, str], ...]
    near_misses: tuple[tuple[str, str], ...]
    source: Source = Source.ASSIGNMENT


FORMS = (
    Form(
        "assignment",
        assigned.KEYWORDS,
        assigned.find,
        (
            ("a.py", 'password = "«{base62:20}»"'),
            ("a.json", '"api_token": "«{base62:20}»"'),
            ("a.yml", "db_password: «{base62:20}»"),
            ("a.go", 'setSecret("«{base62:20}»")'),
            ("a.xml", "<password>«{base62:20}»</password>"),
        ),
        (
            ("a.py", "password = get(x)"),
            ("a.rst", ".. envvar:: DB_PASSWORD\n\n    :default: Unset"),
            ("a.sql", "-- name: UpdateSecrets :execresult\n"),
            ("a.vue", '<Box field="formatPassword" :isLocked="locked7">'),
            ("a.md", "e.g. `DB_PASSWORD=***` or `DATABASE_URL=postgresql://***@db:5432/lago7`"),
            ("a.rb", "ANSWER_KEYS = %w[explanation7 results]"),
        ),
    ),
    Form(
        "header",
        (phrases.HEADER,),
        phrases.header,
        (("a.sh", "curl -H 'Authorization: Bearer «{base62:30}»'"),),
        (
            ("a.md", "a bearer profile"),
            ("a.java", '"must transcribe the embedded token MELON7391; got: "'),
        ),
    ),
    Form(
        "address",
        phrases.ADDRESSES,
        phrases.address,
        (
            ("a.yml", "url: postgres://app:«{base62:20}»@db/app"),
            ("a.pickle", "\x80\x04\x95\x00url\x94postgres://app:«{base62:20}»@db/app\x94"),
            ("a.go", '"app:«{base62:20}»@tcp(db)/app"'),
            ("a.go", '"app:«{base62:20}»@/app?parseTime=true"'),
        ),
        (
            ("a.yml", "url: postgres://app:$PASSWORD@db/app"),
            ("a.xcf", "\x02\x07/7412301:{base62:20}@/+'"),
            ("a.eps", 'q"^3(Ak"fYO:{base62:20}@/u\n'),
        ),
    ),
    Form(
        "option",
        phrases.OPTIONS,
        phrases.option,
        (("a.sh", "tool --token «{base62:20}»"),),
        (
            ("a.sh", 'tool --token "$TOKEN"'),
            ("a.sh", "usermod --password `openssl7 passwd -1 app` app"),
            ("a.md", "the pre-auth checks"),
        ),
    ),
    Form(
        "password-option",
        (phrases.PASSWORD_OPTION,),
        phrases.password_option,
        (("a.sh", "mysql -uroot -p«{base62:20}» db"),),
        (("a.sh", "mkdir -p build"), ("a.sh", "mysql -port 3306")),
    ),
    Form(
        "user-option",
        (phrases.USER_OPTION,),
        phrases.user_option,
        (("a.sh", "curl -u app:«{base62:20}» https://example.com"),),
        (("a.sh", "docker run -u app:{base62:20} image"),),
    ),
    Form(
        "pair-in-base64",
        (phrases.PAIR_IN_BASE64,),
        phrases.pair_in_base64,
        (
            ("a.py", 'auth = base64.b64encode(b"app:«{base62:20}»")'),
            ("a.js", '"Basic " + Buffer.from("app:«{base62:20}»").toString("base64")'),
            ("a.go", 'auth := base64.StdEncoding.EncodeToString([]byte("app:«{base62:20}»"))'),
        ),
        (
            ("a.php", '$filter = base64_encode("ratio:{base62:20}");'),
            ("a.go", 'auth := hex.EncodeToString([]byte("app:{base62:20}"))'),
        ),
    ),
    Form(
        "setting",
        (phrases.SETTING,),
        phrases.setting,
        (
            ("a.conf", "requirepass «{base62:20}»"),
            (".netrc", "machine m login app password «{base62:20}»"),
            ("Dockerfile", "ENV DB_PASSWORD «{base62:20}»"),
        ),
        (("a.md", "validates the password for login by password {base62:20}"),),
    ),
    Form(
        "clause",
        (quoted.CLAUSE,),
        quoted.clause,
        (
            ("a.ps1", "ConvertTo-SecureString '«{base62:20}»' -AsPlainText"),
            ("a.gradle", "storePassword '«{base62:20}»'"),
        ),
        (("a.md", "the password '{base62:20}'"),),
    ),
    Form(
        "statement",
        (named.STATED,),
        named.stated,
        (("a.conf", 'secret "«{base62:20}»";'),),
        (("a.conf", 'secret "changeme";'),),
    ),
    Form(
        "definition",
        (named.DEFINED,),
        named.defined,
        (("a.h", '#define API_KEY "«{base62:20}»"'), ("a.clj", '(def password "«{base62:20}»")')),
        (("a.h", '#define API_KEY_NAME "x"'),),
    ),
    Form(
        "serialized",
        (named.SERIALIZED,),
        named.serialized,
        (("a.txt", 's:8:"password";s:20:"«{base62:20}»";'),),
        (("a.txt", 's:8:"password";s:0:"";'),),
    ),
    Form(
        "element-below",
        (named.ELEMENT,),
        named.element,
        (
            ("a.plist", "<key>password</key><string>«{base62:20}»</string>"),
            ("a.xml", '<property name="password"><value>«{base62:20}»</value>'),
        ),
        (("a.plist", "<key>password</key><string>$(PASSWORD)</string>"),),
    ),
    Form(
        "value-before-name",
        (named.VALUE_FIRST,),
        named.value_first,
        (("a.json", '{"value": "«{base62:20}»", "name": "DB_PASSWORD"}'),),
        (("a.json", '{"xvalue": "{base62:20}", "name": "DB_PASSWORD"}'),),
    ),
    Form(
        "option-above-value",
        (named.OPTION_ABOVE,),
        named.option_above,
        (
            ("a.yml", "args:\n  - --password\n  - «{base62:20}»\n"),
            ("a.yml", "args:\n  - '--api-key'\n  - \"«{base62:20}»\"\n"),
        ),
        (("a.yml", "args:\n  - --key-file\n  - tls.crt\n"),),
    ),
    Form(
        "default-below-name",
        (named.DEFAULT,),
        named.default,
        (
            ("a.tf", 'variable "db_password" {\n  default = "«{base62:20}»"\n}'),
            ("a.py", 'get_password("DB_SECRET", env="DB_PASS", default="«{base62:5}»")'),
        ),
        (
            ("a.tf", 'variable "region" {\n  default = "{base62:20}"\n}'),
            ("a.py", 'get_username("DB_SECRET", env="DB_USER", default="{base62:20}")'),
        ),
    ),
    Form(
        "sql-identified-by",
        (quoted.IDENTIFIED_BY,),
        quoted.identified_by,
        (("a.sql", "CREATE USER app IDENTIFIED BY '«{base62:20}»';"),),
        (("a.md", "the row is identified by their name"),),
    ),
    Form(
        "json-web-key",
        (named.JWK,),
        named.json_web_key,
        (("a.json", '{"kty": "oct", "k": "«{base64url:43}»"}'),),
        (("a.json", '{"kty": "RSA", "n": "{base64url:43}"}'),),
    ),
    Form(
        "key-file",
        (named.KEY_LINE,),
        named.key_file,
        (("config/master.key", "«{hex:32}»\n"),),
        (("a.md5", "{hex:32}\n"), ("config/master.key", "{hex:32}\n{hex:32}\n")),
    ),
    Form(
        "used-value",
        used.KEYWORDS,
        used.find,
        (
            ("a.py", 'x = "«{base62:40}»"\nget(url, headers={"Authorization": f"Bearer {x}"})'),
            ("a.js", 'const x = "«{base62:40}»";\nconst client = new Client({ apiKey: x });'),
            ("a.js", 'const x = "«{base62:20}»";\nconnect(`mongodb://app:${x}@db/app`);'),
        ),
        (
            ("a.py", 'x = "{base62:40}"\nget(url, headers={"Authorization": f"Bearer {y}"})'),
            ("a.py", 'x = "north-wing-of-the-house"\nclient = Client(api_key=x)'),
        ),
        Source.USE,
    ),
)


# What follows an operator and gives no value, by the operator. Half of all matches in Java are `getKey()`,
# `isValid(token, limit=3)`, `(key) -> …`, where no string is among the arguments, and none is another choice.
# `= get_token(request)` at the end of a line, where no other value follows; `: Token | None`, a type. And in
# bundles of JavaScript: `{key: "wsln4y", …`, a short id.
_SHORT_ID = (
    rb"(?:(?<=[\s{,(\[;](?i:key).)|(?<=[\s{,(\[;\"'](?i:key)[\"'].))[ \t]{0,4}(?P<quote>[\"'])"
    rb"(?:[^\"'`\\\n\x80-\xbf][\x80-\xbf]*){0,15}(?P=quote)(?=\s{0,8}[,;)}\]])"
)
_NO_VALUE = {
    ord("("): lazy_re.compile(rb"\(?[\w.$, \t=:*|]{0,200}\)(?!\s{0,2}(?:\|\||\?\?|,)|\s{1,2}or\b)"),
    ord("="): lazy_re.compile(
        rb"[ \t]?(?!qq?\()[A-Za-z_]\w{0,60}(?:\.\w{1,60}){0,6}\((?![\s\d({])"
        rb"[\w.$, \t=:*|()+-]{0,200}\);?\r?\n(?!\s{0,80}[|?,o=.:])|" + _SHORT_ID
    ),
    ord(":"): lazy_re.compile(rb"[ \t]?[A-Za-z_][\w.]{0,60} \| None(?= = None\b|[,)]|\r?\n)|" + _SHORT_ID),
}


class _Check:
    """The check of a keyword's matches on the bytes: the finders of its forms, and the filters.

    It is imported by its name when its keyword first matches (`__getattr__`); `find` returns what it found.
    reach: the number of characters on each side of a match that decide.
    """

    reach = AROUND + _BESIDE

    def __init__(self, forms: Sequence[Form], number: int) -> None:
        self.__name__ = f"check_{number}"
        self._finders = [(form.find, form.source) for form in forms]

    def __call__(self, data: bytes, ends: list[int], path: str) -> list[int]:
        pattern_after = _NO_VALUE.get
        ends = [at for at in ends if not ((after := pattern_after(data[at - 1])) and after.match(data, at))]
        if not ends:
            return []
        text, places = decoded(data, ends)
        found = {at: kept for at in places if (kept := self._kept(text, at, path))}
        if not found:
            return []
        of_this_text[self] = text, path, found
        return [end for end, at in zip(ends, places, strict=True) if at in found]

    def _kept(self, text: str, at: int, path: str) -> list[Candidate]:
        """The candidates at a match that no filter drops."""
        kept = []
        for find, source in self._finders:
            for start, end, key, syntax in find(text, at, path):
                value = text[start:end]
                if is_filtered_alone(value, key, syntax) and (
                    not is_fallback(text, start) or is_filtered_value(value)
                ):
                    continue
                kept.append(Candidate(start, end, source, syntax, key))
        return kept

    def find(self, text: str, ends: Sequence[int], path: str) -> Iterator[Candidate]:
        """The candidates at matches: those of the last check, if it was of the same text."""
        checked, of, known = of_this_text.get(self, ("", "", {}))
        same = of == path and checked == text
        for at in ends:
            yield from known[at] if same and at in known else self._kept(text, at, path)


def decoded(data: bytes, ends: Sequence[int]) -> tuple[str, Sequence[int]]:
    """The text of a file's bytes, and offsets in it for some in them, as `SourceFile` has both."""
    known, text, is_utf8 = of_this_text.get(decoded, (None, "", True))
    if known is not data:
        if of_this_text.get(decode, (None,))[0] is not data:
            of_this_text.clear()
        text, codec = decode(data, "utf-8")
        if codec == "latin-1":
            with suppress(UnicodeDecodeError):  # of UTF-16 with half a pair
                text, codec = data.decode("utf-8", "surrogatepass"), "utf-8"
        is_utf8 = codec == "utf-8"
        of_this_text[decoded] = data, text, is_utf8
    return text, code_points(data, ends) if is_utf8 else ends


def by_keyword(forms: Iterable[Form]) -> dict[str | Keyword, list[_Finder]]:
    """The finders of some forms, by keyword."""
    found: dict[str | Keyword, list[Form]] = {}
    for form in forms:
        for keyword in form.keywords:
            found.setdefault(keyword, []).append(form)
    checks = [(keyword, _Check(of, number)) for number, (keyword, of) in enumerate(found.items())]
    return {as_keyword(keyword)._replace(confirm=check): [check.find] for keyword, check in checks}


@cache
def _finders() -> dict[str | Keyword, list[_Finder]]:
    """All finders, those of names first. Half of all commits need only these; the other tables take 7 ms."""
    from palint.secrets.candidates import encoded
    from palint.secrets.formats.table import FORMATS
    from palint.secrets.formats.table import keywords as format_keywords

    finders = {keyword: list(found) for keyword, found in _NAMED.items()}
    for fmt in FORMATS:
        for keyword in format_keywords(fmt):
            finders.setdefault(keyword, []).append(_of_format(fmt))
    finders.update(zip(encoded.keywords(), ([encoded.in_base64], [encoded.in_hex]), strict=True))
    for plugin in adapter.active_plugins():
        finder = _of_upstream(plugin)
        for keyword in plugin.keywords:
            finders.setdefault(keyword, []).append(finder)
    return finders


_NAMED = by_keyword(FORMS)  # which do not need the vendors' formats
OF_NAMES = tuple(_NAMED.values())
KEYWORDS: LazySequence[str | Keyword] = LazySequence(tuple(_NAMED), lambda: tuple(_finders()))


def __getattr__(name: str) -> object:
    """The check of the keyword of this number: `check_0`."""
    if name.startswith("check_"):
        return KEYWORDS[int(name.removeprefix("check_"))].confirm
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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

    They contain the match, the value, its name, and the text that finders and filters read around them.
    """
    from palint.secrets.candidates import encoded
    from palint.secrets.formats.table import FORMATS
    from palint.secrets.formats.table import keywords as format_keywords

    text = KEYWORDS[keyword]
    widths = [encoded.MOST] if text in encoded.keywords() else [0]
    if isinstance(text, str):
        patterns = [f.pattern for f in FORMATS if text in f.keyword and text in format_keywords(f)]
        widths += [compiled_patterns.width(pattern.encode())[1] for pattern in patterns]
    return max(2 * AROUND, _BEFORE + _AFTER + max(widths)) + _BESIDE


def find(text: str, matches: Iterable[tuple[int, int]], path: str) -> set[Candidate]:
    """Find the candidates in a text.

    matches: (index into KEYWORDS, end), ascending by end; larger indices, of other keywords, are ignored.
    """
    ends: dict[_Finder, list[int]] = {}
    for keyword, end in matches:
        for finder in finders_of(keyword):
            ends.setdefault(finder, []).append(end)
    return {c for finder, places in ends.items() for c in finder(text, sorted(set(places)), path)}
