"""Filters on a value's context: unquoted code, prose, arguments, parts of a longer name.

They read the text next to the value and its name, never the rest of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from palint.secrets.filters.filter import words
from palint.secrets.names import SCHEMES, names_secret
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_NEAR = 120  # characters before the value that are read


class Place(NamedTuple):
    """A value text[start:end] of a file, the name it belongs to, and its syntax (`Candidate.syntax`)."""

    text: str
    start: int
    end: int
    name: str
    syntax: str
    path: str

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The text before the value on its line, at most `_NEAR` characters."""
        low = max(0, self.start - _NEAR)
        return self.text[max(low, self.text.rfind("\n", low, self.start) + 1) : self.start]


class SyntaxFilter(NamedTuple):
    """Like `Filter`, for a place. drops, keeps: (path, text with the value in «…», name, syntax)."""

    id: str
    reason: str
    matches: Callable[[Place], object]
    drops: tuple[tuple[str, str, str, str], ...]
    keeps: tuple[tuple[str, str, str, str], ...]


_CODE_FILE = lazy_re.compile(
    r"\."
    + words(
        """
        py pyi rb ps1 psm1 php pl lua r [cm]?[jt]sx? go java kts? scala groovy gradle cs cpp cc c h hpp
        swift rs m dart vue tf hcl
        """
    )
    + r"\Z",
    re.I,
)
_CODE_NAME = lazy_re.compile(
    r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_]\w*)*(?:\?\.|\(|\[|\{)?\Z|[A-Z][a-z]+-[A-Z]\w+\Z"
)
_DOTTED = lazy_re.compile(r"[A-Za-z_]\w*(?:\.\w+)+\Z")
_TYPE_NAME = lazy_re.compile(
    r"[A-Z][a-z]+(?:[A-Z][a-z]*)+\Z|[a-z]\w*(?:\??\.\w+)+[({]?\Z|[a-z]+(?:[A-Z][a-z]*)+\Z"
)
_WORDS = lazy_re.compile(r"[\"']?[^\W\d_][^\W\d_A-Z']{0,40}[,.]?\Z")
_MORE_WORDS = lazy_re.compile(
    r",? [^\W\d_]{1,20} \w|,? [^\W\d_]{2,20}[,.;:)\"']{0,3}[ \t]{0,4}(?:\r?$|\n|\Z)"
)
_IMAGE_URL = lazy_re.compile(r"\.(?:svg|png|gif|jpe?g|webp)\?[^\s\"'`]{0,80}\Z")
_TAG = lazy_re.compile(r"(?<!!)![a-z]\w{0,40}\.[\w.]{1,40} {1,4}\Z")
_NAMED_GROUP = lazy_re.compile(r"\(\?P?<\w{1,60}>\Z")
_HOST = lazy_re.compile(r"://[\w.-]{1,253}:\Z")
_COLONS = lazy_re.compile(r"(?:\b[ua]rn:[^\s\"'`]{1,160}|(?:[\w.-]{0,60}:){2}[\w.-]{1,60}):\Z")
_JOINED = lazy_re.compile(r"[\"'`]\s{0,4}[+.]\s{0,4}[A-Za-z_$(]")
_PUBLIC = lazy_re.compile(r"\bpublic[ _-]?key[\"'`]?\s{0,4}[:=]\s{0,4}[\"'`]?\Z", re.I)
_OF_HASH = lazy_re.compile(
    r"(?:hash|md5|sha-?\d{0,3}|digest|hmac)\w{0,20}\([^()]{0,60}\)\s{0,4}(?:[!=]==?|[:=,])\s{0,4}[\"'`]?\Z",
    re.I,
)
_HEADER_WORDS = lazy_re.compile(r"[A-Za-z]{1,40}(?:[_.\- /:]+[A-Za-z]{1,40}){0,6}[\W_]?\Z")
_SCHEME = lazy_re.compile(rf"(?:{SCHEMES})(?: |%20)[\w+/.=-]{{6}}", re.I)
_ATTRIBUTE = lazy_re.compile(r"[a-z:.@-]+=\Z")
_SELECTOR = lazy_re.compile(r"\[[\w-]{1,40}[~|^$*]?=[\"']?[\w-]{1,40}[\"']?\]:{1,2}\Z")
_FLAG = lazy_re.compile(r"--?(?:ask|no|use|enabled?|disabled?|show|print|require|without|with|stdin)-", re.I)
_BARE = ("bare", "password-option", "sql-password")


@lru_cache(maxsize=64)
def is_code_file(path: str) -> bool:
    """Whether an unquoted word in this file is a name, not a value."""
    return _CODE_FILE.search(path) is not None


def is_code_name(place: Place) -> bool:
    """Whether this unquoted name is an assigned variable or a type, outside of strings and comments."""
    if place.syntax != "bare":
        return False
    value, before = place.value, place.before
    head = before.strip()
    if head.endswith(":="):  # Go, and templates in its syntax
        return _CODE_NAME.match(value) is not None
    if not is_code_file(place.path):
        return False
    if value.isdigit():
        return True
    if (
        head.startswith(("#", "//", "*", "/*"))
        or before.count('"') % 2
        or before.count("'") % 2
        or "`" in before
    ):
        return False
    # In Go, configuration may be in multi-line raw strings.
    if head.endswith("=") or place.text[place.end : place.end + 1] == "," or not place.path.endswith(".go"):
        return _CODE_NAME.match(value) is not None
    return _TYPE_NAME.match(value) is not None


def is_prose(place: Place) -> bool:
    """Whether an unquoted word starts a sentence; right after `=` it has a capital."""
    before = place.text[place.start - 1 : place.start]
    return (
        place.syntax in _BARE
        and _WORDS.match(place.value) is not None
        and (before in (" ", "\t") or (before == "=" and place.value[0].isupper()))
        and _MORE_WORDS.match(place.text, place.end, place.end + 60) is not None
    )


FILTERS = (
    SyntaxFilter(
        "code-name",
        "it is a number or a name in code",
        is_code_name,
        drops=(("a.py", "password = «get_password», x", "password", "bare"),),
        keeps=(("a.yml", "password: «postgres»", "password", "bare"),),
    ),
    SyntaxFilter(
        "compared-name",
        "it is a name in a comparison",
        lambda p: p.syntax == "bare" and p.before.rstrip()[-2:] in ("==", "!=") and _CODE_NAME.match(p.value),
        drops=(("a.sh", "if token == «expected»", "token", "bare"),),
        keeps=(("a.sh", "if token == '«expected»'", "token", "assigned"),),
    ),
    SyntaxFilter(
        "prose",
        "it is a sentence",
        is_prose,
        drops=(
            ("a.md", "password: «the» one that you chose", "password", "bare"),
            ("a.ini", "new_password=«Nová» heslo", "new_password", "bare"),
        ),
        keeps=(
            ("a.md", "password: «postgres»", "password", "bare"),
            ("a.sh", "PGPASSWORD=«postgres» psql app", "PGPASSWORD", "bare"),
        ),
    ),
    SyntaxFilter(
        "tag-argument",
        "it is what a function of the file's own YAML tags is called with",
        lambda p: p.syntax == "bare" and _TAG.search(p.before),
        drops=(("a.yml", "password: !store.get «prod/ssm» /app", "password", "bare"),),
        keeps=(("a.yml", "password: !!str «prod/ssm»", "password", "bare"),),
    ),
    SyntaxFilter(
        "dotted-argument",
        "it is a dotted name",
        lambda p: (
            p.syntax in ("argument", "first-argument", "bare")
            and _DOTTED.match(p.value)
            and p.value.count(".") >= 1
            and (p.syntax != "bare" or not any(map(str.isdigit, p.value)))
        ),
        drops=(("a.py", 'get_token("«app.settings»")', "get_token", "argument"),),
        keeps=(("a.py", 'token = "«app.settings»"', "token", "assigned"),),
    ),
    SyntaxFilter(
        "first-argument",
        "it is the first of several arguments, a user perhaps",
        lambda p: p.syntax == "first-argument" and p.value.isalpha(),
        drops=(("a.py", 'set_password("«alice»", x)', "set_password", "first-argument"),),
        keeps=(("a.py", 'set_password("«Kq7vWz2p»", "x")', "set_password", "first-argument"),),
    ),
    SyntaxFilter(
        "other-member",
        "its name is a member of a secret, not the secret",
        lambda p: (
            p.syntax.endswith("argument") and "." in p.name and not names_secret(p.name.rpartition(".")[2])
        ),
        drops=(("a.py", 'secret.data.decode("«Kq7vWz2p»")', "secret.data.decode", "argument"),),
        keeps=(("a.py", 'client.set_secret("«Kq7vWz2p»")', "client.set_secret", "argument"),),
    ),
    SyntaxFilter(
        "scheme",
        "the credential in it is a separate candidate",
        lambda p: p.syntax != "authorization-header" and _SCHEME.match(p.value),
        drops=(("a.py", 'auth = "«Basic dXNlcjpwYXNzd29yZA==»"', "auth", "assigned"),),
        keeps=(("a.py", 'auth = "«basic-Kq7vWz2p»"', "auth", "assigned"),),
    ),
    SyntaxFilter(
        "pem",
        "incomplete key",
        lambda p: p.value.startswith("-----BEGIN"),
        drops=(("a.go", "PrivateKey: `«-----BEGIN RSA PRIVATE KEY-----»\nshort", "PrivateKey", "assigned"),),
        keeps=(("a.go", "PrivateKey: `«Kq7vWz2p»`", "PrivateKey", "assigned"),),
    ),
    SyntaxFilter(
        "markup",
        "it is an attribute or a selector",
        lambda p: p.syntax == "bare" and (_ATTRIBUTE.match(p.value) or _SELECTOR.search(p.before)),
        drops=(
            ("a.css", 'input[type="password"]:«focus»,', "password", "bare"),
            ("a.vue", 'type="password" :«append-icon=»"x"', "password", "bare"),
        ),
        keeps=(("a.yml", "password: «S3cret=»", "password", "bare"),),
    ),
    SyntaxFilter(
        "longer-name",
        "it is part of a longer name",
        lambda p: p.text[p.start - 1 : p.start] == ":" and _COLONS.search(p.before),
        drops=(("a.txt", "urn:ietf:params:oauth:token:«jwt-bearer»", "token", "bare"),),
        keeps=(("a.txt", "token:«Kq7vWz2p»", "token", "bare"),),
    ),
    SyntaxFilter(
        "image-url",
        "it is a parameter in the address of an image, which readers of the page see",
        lambda p: p.syntax == "bare" and _IMAGE_URL.search(p.before),
        drops=(("a.md", "![](https://ci.example.com/graph/badge.svg?token=«Kq7vWz2p9x»)", "token", "bare"),),
        keeps=(("a.md", "https://ci.example.com/graph/list?token=«Kq7vWz2p9x»", "token", "bare"),),
    ),
    SyntaxFilter(
        "regular-expression-group",
        "it is the pattern of a group that is named so",
        lambda p: p.syntax == "element" and _NAMED_GROUP.search(p.before),
        drops=(("a.py", 'r"(?P<password>«[^@]+»)"', "password", "element"),),
        keeps=(("a.xml", "<password>«Kq7vWz2p»</password>", "password", "element"),),
    ),
    SyntaxFilter(
        "port",
        "it is a port",
        lambda p: p.syntax == "bare" and p.value[0].isdigit() and _HOST.search(p.before),
        drops=(("a.txt", "http://secret:«8080»/x", "secret", "bare"),),
        keeps=(("a.txt", "secret:«8080x»", "secret", "bare"),),
    ),
    SyntaxFilter(
        "part",
        "it is only a part of what is put together",
        lambda p: p.value[-1] in "-_:/=. " and len(p.value) < 24 and _JOINED.match(p.text, p.end),
        drops=(("a.js", "token = '«token-»' + id", "token", "assigned"),),
        keeps=(("a.js", "token = '«Kq7vWz2p»' + id", "token", "assigned"),),
    ),
    SyntaxFilter(
        "flag",
        "it follows a flag that takes no value",
        lambda p: p.syntax == "password-option" and _FLAG.match(p.name),
        drops=(("a.sh", "x --ask-pass «web»", "--ask-pass", "password-option"),),
        keeps=(("a.sh", "x --pass «web1»", "--pass", "password-option"),),
    ),
    SyntaxFilter(
        "public-key-name",
        "its name says that it is public",
        lambda p: p.name[-3:].lower() == "key" and _PUBLIC.search(p.before),
        drops=(("a.md", "* Public Key: «{hex:64}»", "Key", "bare"),),
        keeps=(("a.md", "* Private Key: «{hex:64}»", "Key", "bare"),),
    ),
    SyntaxFilter(
        "hash-of",
        "it is what something hashes to",
        lambda p: _OF_HASH.search(p.before),
        drops=(("a.py", 'md5("secret") == "«{hex:32}»"', "secret", "assigned"),),
        keeps=(("a.py", 'get("secret") == "«{hex:32}»"', "secret", "assigned"),),
    ),
    SyntaxFilter(
        "header-words",
        "it is made of words",
        lambda p: (
            p.syntax == "authorization-header"
            and len(p.value) < 32
            and p.name.lower() != "basic"
            and _HEADER_WORDS.match(p.value)
        ),
        drops=(("a.sh", "Authorization: Bearer «north-wing»", "Bearer", "authorization-header"),),
        keeps=(("a.sh", "Authorization: Bearer «Kq7vWz2p9x»", "Bearer", "authorization-header"),),
    ),
    SyntaxFilter(
        "unnamed-random",
        "it is random, and nothing that it is part of names a secret",
        lambda p: p.syntax.endswith("EntropyString") and not p.name,
        drops=(("a.py", 'x = "«{hex:40}»"', "", "upstream:HexHighEntropyString"),),
        keeps=(("a.py", 'f(secret, "«{hex:40}»")', "secret", "upstream:HexHighEntropyString"),),
    ),
    SyntaxFilter(
        "word",
        "it is a word",
        lambda p: p.syntax.startswith("upstream:") and p.value.isalpha(),
        drops=(("a.go", "type APARTMENTID = «TAPARTMENTID»", "", "upstream:ArtifactoryDetector"),),
        keeps=(("a.go", "x = «AKCp7Kq2»", "", "upstream:ArtifactoryDetector"),),
    ),
    SyntaxFilter(
        "test-result",
        "it is the name of a test that passed",
        lambda p: (
            p.name in ("PASS", "PASSED")
            and p.before[-1:] == " "
            and (p.value.isalpha() or p.before.lstrip().startswith("---"))
        ),
        drops=(
            ("a.txt", "PASS: «TestLogin»", "PASS", "bare"),
            ("a.txt", "--- PASS: «Test_helm2»", "PASS", "bare"),
        ),
        keeps=(("a.txt", "DB_PASS: «TestLogin»", "DB_PASS", "bare"),),
    ),
)


def find(place: Place) -> SyntaxFilter | None:
    """The first filter that drops a value because of its context."""
    return next((f for f in FILTERS if f.matches(place)), None)
