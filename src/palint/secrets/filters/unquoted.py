"""Filters on values without quotes: names in code, in comparisons, in prose."""

from __future__ import annotations

import re
from functools import lru_cache

from palint.secrets.filters.filter import words
from palint.secrets.filters.place import Place, SyntaxFilter
from palint.secrets.names import names_secret
from palint.util import lazy_re

_CODE_FILE = lazy_re.compile(
    r"\."
    + words(
        """
        py pyi rb ps1 psm1 php pl lua r [cm]?[jt]sx? go java kts? scala groovy gradle cs cpp cc c h hpp
        swift rs m dart vue tf hcl s?css sass less
        """
    )
    + r"\Z",
    re.I,
)
_CODE_NAME = lazy_re.compile(
    r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_]\w*)*(?:\?\.|\(|\[|\{|!;?)?\Z|[A-Z][a-z]+-[A-Z]\w+\Z"
)
_TYPE_NAME = lazy_re.compile(
    r"[A-Z][a-z]+(?:[A-Z][a-z]*)+\Z|[a-z]\w*(?:\??\.\w+)+[({]?\Z|[a-z]+(?:[A-Z][a-z]*)+\Z"
)
_WORDS = lazy_re.compile(r"[\"']?[^\W\d_][^\W\d_A-Z']{0,40}[,.]?\Z")
_MORE_WORDS = lazy_re.compile(
    r",? [^\W\d_](?:[\w.-]{0,30}\w)? [\w%\x80-\uffff]|"
    r",? (?P<mark>['\"])[\w.-]{1,40}(?P=mark) [a-z]|"
    r",? [^\W\d_]{2,20}[,.;:)\"']{0,3}[ \t]{0,4}(?:\r?$|\n|\Z)"
)
_TAG = lazy_re.compile(r"(?<!!)![a-z]\w{0,40}\.[\w.]{1,40} {1,4}\Z")
_REST_OF_PLACEHOLDER = lazy_re.compile(r"<[A-Za-z]\w{1,40}(?: [\w'-]{1,40}){1,8}>")
_CSS_RULE = lazy_re.compile(r"[a-z-]+(?:\([^()]{0,40}\))?[^{}\"';]{0,200}\{(?:[a-z-]+:|\})")
_PACKAGE = lazy_re.compile(r"(?:com|io|org|net|dev)\.[\w.-]+\Z")
_LOWER_WORDS = lazy_re.compile(r"[a-z]+(?:[-_.][a-z]+){0,6}\Z")
# `edit-translation`, `BusinessCity`, `Recurrence_DayOfWeek`
_WORDS_JOINED = lazy_re.compile(
    r"(?:[A-Z][a-z]{1,20}|[a-z]{2,20})(?:[-_.]?[A-Z][a-z]{1,20}|[-_.][a-z]{1,20}){0,6}\Z"
)
_SNAKE = lazy_re.compile(r"[a-z]{2,20}(?:_[a-z]{2,20}){1,6}\Z")
_NAMES_TOKEN = lazy_re.compile(r"(?i:.*(?:token|key)\Z)")
_EQUALS = lazy_re.compile(
    r"(?:[!=]==?|\.equals\(|\b(?:eq_?|\w{0,20}[eE]quals?)\([^\"'`\n]{1,80},)\s{0,4}[\"'`]\Z"
)
_NAME_PART = lazy_re.compile(r"(?i:cn|ou|dc|uid|o)=[\w.-]{1,60}\Z")
_NEXT_PART = lazy_re.compile(r"(?i:, ?(?:cn|ou|dc|o|c)=\w)")
_ROLE = lazy_re.compile(r"[a-z][\w:+-]{0,40}:\Z")
_TAKES_TOKEN = lazy_re.compile(r"(?i:.*(?:token|key)s?\Z)(?!.*pass)")
_COMPARED = lazy_re.compile(r"[\"'`]\s{0,4}[!=]==?\s{0,4}([\w.$]{1,60})")
_IMAGE_URL = lazy_re.compile(
    r"(?:\.(?:svg|png|gif|jpe?g|webp)|!\[[^\]\n]{0,40}\]\([^\s()?]{1,100})\?[^\s\"'`]{0,80}\Z"
)
_BARE = ("bare", "password-option")


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
    if head.startswith(("#", "//", "*", "/*")):
        return _is_commented_out(place)
    if before.count('"') % 2 or before.count("'") % 2 or "`" in before:
        return False
    # In Go, configuration may be in multi-line raw strings.
    if head.endswith("=") or place.text[place.end : place.end + 1] == "," or not place.path.endswith(".go"):
        return _CODE_NAME.match(value) is not None
    return _TYPE_NAME.match(value) is not None


def _is_commented_out(place: Place) -> bool:
    """Whether this is a name in code that is a comment now: `// password: hashedPassword,`."""
    return place.text.startswith((",", ";"), place.end) and _TYPE_NAME.match(place.value) is not None


def is_prose(place: Place) -> bool:
    """Whether an unquoted word starts a sentence; right after `=` it has a capital."""
    before = place.text[place.start - 1 : place.start]
    return (
        place.syntax in _BARE
        and _WORDS.match(place.value) is not None
        and (before in (" ", "\t") or (before == "=" and place.value[0].isupper()))
        and _MORE_WORDS.match(place.text, place.end, place.end + 60) is not None
    )


def is_compared(place: Place) -> bool:
    """Whether a string is compared with something whose name is not that of a secret."""
    if place.syntax not in ("default", "assigned"):
        return False
    other = _COMPARED.match(place.text, place.end)
    return other is not None and not names_secret(other[1])


UNQUOTED = (
    SyntaxFilter(
        "code-name",
        "it is a number or a name in code",
        is_code_name,
        drops=(
            ("a.py", "password = «get_password», x", "password", "bare"),
            ("a.ts", "// password: «hashedPassword»,", "password", "bare"),
            ("a.css", "input.dialog_password:«hover»,input.x{}", "dialog_password", "bare"),
        ),
        keeps=(
            ("a.yml", "password: «postgres»", "password", "bare"),
            ("a.py", "# password: «postgres», or yours", "password", "bare"),
        ),
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
            ("a.ts", "// second pass: «iterate» session.items in order", "pass", "bare"),
            ("a.ini", "new_password=«Nová» heslo", "new_password", "bare"),
            ("a.go", 'Errorf("proto: Secret: «illegal» tag %d", 1)', "Secret", "bare"),
            ("a.go", "\"password: «option» 'variant' must be set\"", "password", "bare"),
        ),
        keeps=(
            ("a.md", "password: «postgres»", "password", "bare"),
            ("a.sh", "PGPASSWORD=«postgres» psql app", "PGPASSWORD", "bare"),
        ),
    ),
    SyntaxFilter(
        "placeholder-of-words",
        "it is the first word of a placeholder",
        lambda p: p.syntax == "bare" and p.value[0] == "<" and _REST_OF_PLACEHOLDER.match(p.text, p.start),
        drops=(("a.yml", "SECRET=«<keycloak» client secret>", "SECRET", "bare"),),
        keeps=(("a.yml", "SECRET=«<Kq7vWz2p» # x", "SECRET", "bare"),),
    ),
    SyntaxFilter(
        "style-rule",
        "it is the rest of a selector, and the rule of its style",
        lambda p: (
            p.syntax == "bare" and p.before[-1:] == ":" and _CSS_RULE.match(p.text, p.start, p.end + 240)
        ),
        drops=(("a.css", ".input.password:«hover{box-shadow:inset» 0 1px}", "password", "bare"),),
        keeps=(("a.yml", "password:«hover{x9»", "password", "bare"),),
    ),
    SyntaxFilter(
        "image-url",
        "it is a parameter in the address of an image, which readers of the page see",
        lambda p: p.syntax == "bare" and _IMAGE_URL.search(p.before),
        drops=(("a.md", "![](https://ci.example.com/badge/1?token=«Kq7vWz2p9x»)", "token", "bare"),),
        keeps=(("a.md", "https://ci.example.com/graph/list?token=«Kq7vWz2p9x»", "token", "bare"),),
    ),
    SyntaxFilter(
        "package",
        "it is a package of a group, as Maven names it",
        lambda p: p.syntax == "bare" and _PACKAGE.match(p.name) and _LOWER_WORDS.match(p.value),
        drops=(("a.toml", 'module = "io.jsonwebtoken:«jjwt-jackson»"', "io.jsonwebtoken", "bare"),),
        keeps=(("a.properties", "com.acme.token=«Kq7vWz2p»", "com.acme.token", "bare"),),
    ),
    SyntaxFilter(
        "compared-later",
        "it is compared with something else",
        is_compared,
        drops=(
            ("a.js", '!x.asksPassword):"ses"===e||"«mandrill»"===e?', "asksPassword", "default"),
            ("a.js", "token = x ? y : '«shopify»' === name ? z : null", "token", "assigned"),
        ),
        keeps=(
            ("a.js", 'x.password||"«mandrill»"', "password", "default"),
            ("a.js", 'login(x) || "«mandrill»" === password', "login", "default"),
        ),
    ),
    SyntaxFilter(
        "words-for-token",
        "a function that takes a token or a key is given words",
        lambda p: p.syntax == "argument" and _WORDS_JOINED.match(p.value) and _TAKES_TOKEN.match(p.name),
        drops=(
            ("a.php", "$form->verifyToken('«edit-translation»')", "verifyToken", "argument"),
            ("a.py", 'page.addToken(0x0D, "«BusinessCity»")', "page.addToken", "argument"),
            ("a.py", 'page.addToken(0x2D, "«Recurrence_DayOfWeek»")', "page.addToken", "argument"),
        ),
        keeps=(
            ("a.php", "$user->verifyPassword('«edit-translation»')", "verifyPassword", "argument"),
            ("a.php", "$form->verifyToken('«Kq7vWz2p»')", "verifyToken", "argument"),
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
        "compared-words",
        "a token or a key is compared with words in snake case",
        lambda p: (
            p.syntax in ("assigned", "compared")
            and _SNAKE.match(p.value)
            and _NAMES_TOKEN.match(p.name)
            and _EQUALS.search(p.before)
        ),
        drops=(
            ("a.py", 'assert x.identity_token == "«north_america»"', "x.identity_token", "assigned"),
            ("a.py", 'assertEqual(x.identity_token, "«north_america»")', "x.identity_token", "assigned"),
        ),
        keeps=(
            ("a.py", 'if token == "«letmein»":', "token", "assigned"),
            ("a.py", 'if password == "«north_america»":', "password", "assigned"),
            ("a.py", 'token = "«north_america»"', "token", "assigned"),
        ),
    ),
    SyntaxFilter(
        "role",
        "it is the role of a text in reStructuredText",
        lambda p: p.syntax == "bare" and _ROLE.match(p.value) and p.text.startswith("`", p.end),
        drops=(("a.rst", "pass :«paramref:»`.create_engine` to", "pass", "bare"),),
        keeps=(("a.yml", "pass: «paramref7:»", "pass", "bare"),),
    ),
    SyntaxFilter(
        "in-parentheses",
        "it is literal text in parentheses, not an argument",
        lambda p: p.syntax == "argument" and p.before.endswith(" (`"),
        drops=(("a.md", "* Username and Password (`«userpass»`)", "Password", "argument"),),
        keeps=(("a.js", "setPassword(`«userpass»`)", "setPassword", "argument"),),
    ),
    SyntaxFilter(
        "start-of-distinguished-name",
        "it is the start of a distinguished name of a directory",  # RFC 4514
        lambda p: p.syntax == "bare" and _NAME_PART.match(p.value) and _NEXT_PART.match(p.text, p.end),
        drops=(("a.py", 'spec="ldap:x:password:«ou=apps»,dc=example,dc=com"', "password", "bare"),),
        keeps=(("a.yml", "password: «ou=apps»", "password", "bare"),),
    ),
)
