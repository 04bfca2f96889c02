"""Filters on a value's syntax: unquoted code, prose, arguments, parts of a longer name.

They read the text next to the value and its name, never the rest of the line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from palint.secrets.candidate import Place, Source
from palint.secrets.filters.filter import Filter, FilterSet, words
from palint.secrets.filters.names import ABOUT, OPENS_ACCOUNT, UUID
from palint.secrets.names import names_secret
from palint.secrets.vocabulary import SCHEMES
from palint.util import lazy_re

# --- parameters of URLs

_SIGNED_URL = lazy_re.compile(r"https?://(?P<url>[^\s\"'<>]{1,160})[?&](?:sig(?:nature)?|token)=\Z", re.I)
_REST_OF_URL = lazy_re.compile(r"[^\s\"'<>]{0,300}")
_EXPIRES = lazy_re.compile(r"[?&](?:e|exp(?:ires)?|deadline)=\d{9,13}(?:&|\Z)", re.I)  # in seconds since 1970
# What grants access for a time: to a container of Azure (`sv`), or an object of AWS, CloudFront or Google
_GRANTS_ACCESS = lazy_re.compile(
    r"(?:[?&](?:sv|sr|AWSAccessKeyId|GoogleAccessId|Key-Pair-Id)|X-(?:Amz|Goog)-Credential)=", re.I
)


def _signs_parameters(place: Place) -> bool:
    """Whether a value is the signature of a URL's other parameters, none of which grants access.

    A token is one if another parameter says when the URL expires.
    """
    found = _SIGNED_URL.search(place.before)
    rest = _REST_OF_URL.match(place.text, place.end)
    if found is None or rest is None:
        return False
    others = found[0] + rest[0]
    return not _GRANTS_ACCESS.search(others) and (
        place.name.lower() != "token" or _EXPIRES.search(others) is not None
    )


# --- values without quotes

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
_MAKEFILE = lazy_re.compile(r"(?:\A|/)(?:GNU)?makefile\Z|\.mk\Z", re.I)
_EXPRESSION = lazy_re.compile(r"/[^/]{0,80}?[\[(^\\]")
_CODE_NAME = lazy_re.compile(
    r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_]\w*)*(?:\?\.|\(|\[|\{|!;?)?\Z|[A-Z][a-z]+-[A-Z]\w+\Z"
)
_TYPE_NAME = lazy_re.compile(
    r"[A-Z][a-z]+(?:[A-Z][a-z]*)+\Z|[a-z]\w*(?:\??\.\w+)+[({]?\Z|[a-z]+(?:[A-Z][a-z]*)+\Z"
)
_WORDS = lazy_re.compile(r"[\"'¿¡]?[^\W\d_][^\W\d_A-Z']{0,40}[,.]?\Z")
_MORE_WORDS = lazy_re.compile(
    r",? [^\W\d_](?:[\w.-]{0,30}\w)?[.,;:]? [\w%\x80-\uffff]|"
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
_OPTION_LINE = lazy_re.compile(r"[ \t]{1,40}:\Z")
_TAKES_TOKEN = lazy_re.compile(r"(?i:.*(?:token|key)s?\Z)(?!.*pass)")
_COMPARED = lazy_re.compile(r"[\"'`]\s{0,4}[!=]==?\s{0,4}([\w.$]{1,60})")
_IMAGE_URL = lazy_re.compile(
    r"(?:\.(?:svg|png|gif|jpe?g|webp)|!\[[^\]\n]{0,40}\]\([^\s()?]{1,100}|<img [^<>?\n]{1,110})"
    r"\?[^\s\"'`]{0,80}\Z"
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
    if head.endswith(":=") and not _MAKEFILE.search(place.path):  # Go, and templates in its syntax
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


# --- values in quotes

_WORDS_IN_PARTS = lazy_re.compile(r"(?:[a-z]{2,20}\d{0,3}[-_:/=. ]){1,8}\Z")
_ARROW = lazy_re.compile(r"\w->\Z")
_DOTTED = lazy_re.compile(r"[A-Za-z_]\w*(?:\.\w+)+\Z")
_NAMED_GROUP = lazy_re.compile(r"\(\?P?<\w{1,60}>\Z")
_HOST = lazy_re.compile(r"://[\w.-]{1,253}:\Z")
_COLONS = lazy_re.compile(r"(?:\b[ua]rn:[^\s\"'`]{1,160}|(?:[\w.-]{0,60}:){2}[\w.-]{1,60}):\Z")
_COLON = lazy_re.compile(r"(?:\A|[\s\"'`])[A-Za-z][\w.-]{0,60}:[\w.-]{1,60}:\Z")
_WORDS_ONLY = lazy_re.compile(r"[A-Za-z]{2,}(?:(?:[_./-]|%2F)[A-Za-z]{2,}){1,6}\Z")
# `${file:/opt/app.properties:password}` of Kafka, `${vault:secret/app:key}`: where the value is kept
_PROVIDER = lazy_re.compile(r"\$\{[\w.-]{1,60}:\Z")
_SECRET_SCHEME = lazy_re.compile(r"\$\{secrets?:\Z")
_NAME_THERE = lazy_re.compile(r"[a-z][a-z0-9]{0,30}(?:[-_/:.][a-z0-9]{1,30}){0,10}\Z")
_KEPT_AT = lazy_re.compile(r"[\w.~-]{0,100}/[\w./-]{1,200}[:#][\w.-]{1,100}\Z")
# `src/secret_key.py: ` and `"auth/reset/password": ` before a digest, as in lock files
_PATH_KEY = lazy_re.compile(
    r"(?:\A|[\s\"'])(?:https?://)?[\w.@-]{1,60}(?:/[\w.@-]{1,80}){1,12}[\"']?:\s{1,4}[\"']?\Z"
)
_DIGEST = lazy_re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\Z")
_CALLED = lazy_re.compile(r"(\w{2,60})\(\s{0,80}[\"'`]\Z")
_GETS = lazy_re.compile(r"(?:[gG]et|[rR]equire|[fF]etch|[fF]ind|[lL]ook_?[uU]p)(?![a-z])")
_FINDS = lazy_re.compile(r"(?:[fF]ind|[lL]ook_?[uU]p)(?![a-z])")
_COLUMNS = lazy_re.compile(r"\w[\"`]\s{0,4}\(\s{0,4}[\"`]\Z")
_JOINED = lazy_re.compile(r"[\"'`]\s{0,4}[+.]\s{0,4}[A-Za-z_$(]")
_PUBLIC = lazy_re.compile(r"\bpublic[ _-]?key[\"'`]?\s{0,4}[:=]\s{0,4}[\"'`]?\Z", re.I)
_OBJECT_REACH = 240  # characters before the value in which the object starts
_PUBLIC_OBJECT = lazy_re.compile(r"public_?key\w{0,20}[\"'`]?(?:\s{0,4}(?::=|=>|[:=]))?\s{0,4}\Z", re.I)
# `Audience: jwt.ClaimStrings{"`, `"scope" => ["`
_FIELD = lazy_re.compile(r"([A-Za-z_][\w-]{1,60})[\"']?\s{0,4}(?:=>|:)\s{0,8}[^:,;\"'`]{0,80}[\"'`]?\Z")
_CONTENT = lazy_re.compile(r"val(?:ue)?s?\Z|data\Z|default|raw\Z|string|text|content|plain|bytes", re.I)
# `uuid.MustParse("`, `UUID.fromString("`, `Guid.Parse("`
_UUID_OF = lazy_re.compile(r"[gu]uid[\w.:]{0,40}\(\s{0,40}[\"'`]\Z", re.I)
_OF_HASH = lazy_re.compile(
    r"(?:hash|md5|sha-?\d{0,3}|digest|hmac)\w{0,20}\([^()]{0,60}\)\s{0,4}(?:[!=]==?|[:=,])\s{0,4}[\"'`]?\Z",
    re.I,
)
_AFTER_HASH = 13  # characters, at most, from its closing parenthesis to the value
# Also the class of a style sheet: `group/token opacity-0`
_HEADER_WORDS = lazy_re.compile(
    r"[\W_]?[A-Za-z]{1,40}(?:[_.\- /:+]+[A-Za-z]{1,40}){0,6}(?:-\d{1,4})?[\W_]{0,3}\Z"
)
_SCHEME = lazy_re.compile(rf"(?:{SCHEMES})(?: |%20)[\w+/.=-]{{6}}", re.I)
_ATTRIBUTE = lazy_re.compile(r"[a-z:.@-]+=\Z")
_SELECTOR = lazy_re.compile(r"\[[\w-]{1,40}[~|^$*]?=[\"']?[\w-]{1,40}[\"']?\]:{1,2}\Z")
_ABOUT_FILTERS = FilterSet(*ABOUT)
_FLAG = lazy_re.compile(r"--?(?:ask|no|use|enabled?|disabled?|show|print|require|without|with|stdin)-", re.I)


def is_in_longer_name(place: Place) -> bool:
    """Whether colons join the name and the value to more: three names, or two and a value of words."""
    if place.text[place.start - 1 : place.start] != ":":
        return False
    before = place.before
    return _COLONS.search(before) is not None or (
        _WORDS_ONLY.match(place.value) is not None and _COLON.search(before) is not None
    )


def is_for_lookup(place: Place) -> bool:
    """Whether a function takes the value to find something, by its name: `find…`, `…ID`, `…Name`, `get…`."""
    if place.syntax == "argument":
        return _GETS.match(place.name.rpartition(".")[2]) is not None
    called = _CALLED.search(place.before) if place.syntax == "wrapped" else None
    return called is not None and (_FINDS.match(called[1]) is not None or _ABOUT_FILTERS.matches(called[1]))


def is_of_other_field(place: Place) -> bool:
    """Whether a field between the name and the value has the value, and names no secret."""
    if place.syntax != "wrapped":
        return False
    before = place.text[max(0, place.start - _OBJECT_REACH) : place.start]
    field = _FIELD.search(before[before.rfind(place.name) + len(place.name) :])
    return field is not None and not names_secret(field[1]) and not _CONTENT.match(field[1])


def names_public_object(place: Place) -> bool:
    """Whether this is the `key` of an object that its own name calls a public key."""
    if place.name.lower() not in ("key", "value", "data"):
        return False
    low = max(0, place.start - _OBJECT_REACH)
    opening = place.text.rfind("{", low, place.start)
    if opening < 0 or "}" in place.text[opening : place.start]:
        return False
    return _PUBLIC_OBJECT.search(place.text, max(0, opening - 60), opening) is not None


def is_provider_reference(place: Place) -> bool:
    """Whether this is a path and a key in `${provider:path:key}`, not the default of `${NAME:default}`.

    `secret` alone names a place where secrets are kept, so after it comes a name, not a default.
    """
    if place.text[place.end : place.end + 1] != "}":
        return False
    kept = _KEPT_AT.match(place.value) is not None and _PROVIDER.search(place.before) is not None
    named = _NAME_THERE.match(place.value) is not None and _SECRET_SCHEME.search(place.before) is not None
    return kept or named


_LAST_PARAMETER = lazy_re.compile(r"[\w-][\s,]{1,4}([\w-]{1,40})=\\{0,2}[\"']?\Z")


def is_plain_parameter(place: Place) -> bool:
    """Whether this is a parameter of `Authorization` whose own name is not that of a secret."""
    if not place.name.lower().endswith("authorization"):
        return False
    parameter = _LAST_PARAMETER.search(place.before)
    return parameter is not None and not OPENS_ACCOUNT.match(parameter[1])


# JFrog documents no length. Two in public settings.xml files have 16 and 27 characters; 15 is below both.
_SHORTEST_PASSWORD = 15  # characters


FILTERS = (
    Filter(
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
    Filter(
        "regular-expression-literal",
        "it is a regular expression without quotes",
        lambda p: (
            p.syntax == "bare" and p.value[0] == "/" and _EXPRESSION.match(p.value) and is_code_file(p.path)
        ),
        drops=(
            ("a.js", "const BARE_KEY = «/[A-Za-z0-9_-»]+/;", "BARE_KEY", "bare"),
            ("a.rb", "TOKEN = «/\\A[a-f0-9»]{32}/", "TOKEN", "bare"),
        ),
        keeps=(("a.yml", "key: «/[Kq7vWz2p9x»", "key", "bare"), ("a.js", "key: «/Kq7vWz2p»", "key", "bare")),
    ),
    Filter(
        "compared-name",
        "it is a name in a comparison",
        lambda p: p.syntax == "bare" and p.before.rstrip()[-2:] in ("==", "!=") and _CODE_NAME.match(p.value),
        drops=(("a.sh", "if token == «expected»", "token", "bare"),),
        keeps=(("a.sh", "if token == '«expected»'", "token", "assigned"),),
    ),
    Filter(
        "prose",
        "it is a sentence",
        is_prose,
        drops=(
            ("a.md", "password: «the» one that you chose", "password", "bare"),
            ("a.ts", "// second pass: «iterate» session.items in order", "pass", "bare"),
            ("a.ini", "new_password=«Nová» heslo", "new_password", "bare"),
            ("a.go", 'Errorf("Password: «wrong» result. Want %q")', "Password", "bare"),
            ("a.go", 'Errorf("proto: Secret: «illegal» tag %d", 1)', "Secret", "bare"),
            ("a.go", "\"password: «option» 'variant' must be set\"", "password", "bare"),
        ),
        keeps=(
            ("a.md", "password: «postgres»", "password", "bare"),
            ("a.sh", "PGPASSWORD=«postgres» psql app", "PGPASSWORD", "bare"),
        ),
    ),
    Filter(
        "placeholder-of-words",
        "it is the first word of a placeholder",
        lambda p: p.syntax == "bare" and p.value[0] == "<" and _REST_OF_PLACEHOLDER.match(p.text, p.start),
        drops=(("a.yml", "SECRET=«<keycloak» client secret>", "SECRET", "bare"),),
        keeps=(("a.yml", "SECRET=«<Kq7vWz2p» # x", "SECRET", "bare"),),
    ),
    Filter(
        "style-rule",
        "it is the rest of a selector, and the rule of its style",
        lambda p: (
            p.syntax == "bare" and p.before[-1:] == ":" and _CSS_RULE.match(p.text, p.start, p.end + 240)
        ),
        drops=(("a.css", ".input.password:«hover{box-shadow:inset» 0 1px}", "password", "bare"),),
        keeps=(("a.yml", "password:«hover{x9»", "password", "bare"),),
    ),
    Filter(
        "image-url",
        "it is a parameter in the address of an image, which readers of the page see",
        lambda p: p.syntax == "bare" and _IMAGE_URL.search(p.before),
        drops=(
            ("a.md", "![](https://ci.example.com/badge/1?token=«Kq7vWz2p9x»)", "token", "bare"),
            ("a.md", '<img alt="x" src="https://x.example/badge/1?token=«Kq7vWz2p9x»">', "token", "bare"),
        ),
        keeps=(("a.md", "https://ci.example.com/graph/list?token=«Kq7vWz2p9x»", "token", "bare"),),
    ),
    Filter(
        "package",
        "it is a package of a group, as Maven names it",
        lambda p: p.syntax == "bare" and _PACKAGE.match(p.name) and _LOWER_WORDS.match(p.value),
        drops=(("a.toml", 'module = "io.jsonwebtoken:«jjwt-jackson»"', "io.jsonwebtoken", "bare"),),
        keeps=(("a.properties", "com.acme.token=«Kq7vWz2p»", "com.acme.token", "bare"),),
    ),
    Filter(
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
    Filter(
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
    Filter(
        "url-signature",
        "it signs the other parameters of its URL, which is published whole, and no access to a service",
        lambda p: p.name.lower() in ("sig", "signature", "token") and _signs_parameters(p),
        drops=(
            (
                "a.kt",
                'url = "https://i.example.com/a.png?width=1024&sig=«Kq7vWz2p9xKq7vWz2p9x%3D»"',
                "sig",
                "bare",
            ),
            ("a.md", "https://i.example.com/a.png?e=1576142006&token=«Kq7vWz2p:9xKq7v»", "token", "bare"),
            ("a.md", "https://i.example.com/a.png?w=9&signature=«Kq7vWz2p9xKq7v»", "signature", "bare"),
        ),
        keeps=(
            ("a.md", "https://i.example.com/a.csv?e=7&token=«Kq7vWz2p9xKq7v»", "token", "bare"),
            (
                "a.kt",
                'url = "https://x.example/?sv=2022-11-02&se=2027&sig=«Kq7vWz2p9xKq7vWz2p9x%3D»"',
                "sig",
                "bare",
            ),
            ("a.kt", "sig=«Kq7vWz2p9xKq7vWz2p9x»", "sig", "bare"),
        ),
    ),
    Filter(
        "tag-argument",
        "it is what a function of the file's own YAML tags is called with",
        lambda p: p.syntax == "bare" and _TAG.search(p.before),
        drops=(("a.yml", "password: !store.get «prod/ssm» /app", "password", "bare"),),
        keeps=(("a.yml", "password: !!str «prod/ssm»", "password", "bare"),),
    ),
    Filter(
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
    Filter(
        "role",
        "it is the role of a text in reStructuredText, or the option of a directive",
        lambda p: (
            p.syntax == "bare"
            and _ROLE.match(p.value)
            and (p.text.startswith("`", p.end) or _OPTION_LINE.match(p.before))
        ),
        drops=(
            ("a.rst", "pass :«paramref:»`.create_engine` to", "pass", "bare"),
            ("a.rst", ".. data:: ADCS_PWD\n    :«noindex:»\n", "ADCS_PWD", "bare"),
        ),
        keeps=(("a.yml", "pass: «paramref7:»", "pass", "bare"),),
    ),
    Filter(
        "in-parentheses",
        "it is literal text in parentheses, not an argument",
        lambda p: p.syntax == "argument" and p.before.endswith(" (`"),
        drops=(("a.md", "* Username and Password (`«userpass»`)", "Password", "argument"),),
        keeps=(("a.js", "setPassword(`«userpass»`)", "setPassword", "argument"),),
    ),
    Filter(
        "start-of-distinguished-name",
        "it is the start of a distinguished name of a directory",  # RFC 4514
        lambda p: p.syntax == "bare" and _NAME_PART.match(p.value) and _NEXT_PART.match(p.text, p.end),
        drops=(("a.py", 'spec="ldap:x:password:«ou=apps»,dc=example,dc=com"', "password", "bare"),),
        keeps=(("a.yml", "password: «ou=apps»", "password", "bare"),),
    ),
    Filter(
        "header-parameter",
        "it is a user's or a client's id, or a signature",
        is_plain_parameter,
        drops=(
            ("a.md", 'Authorization: Hawk id="«dh37fgj492je»", ts="1"', "Authorization", "assigned"),
            ("a.md", 'Server-Authorization: Hawk mac="«{base64:43}=»"', "Server-Authorization", "assigned"),
        ),
        keeps=(
            ("a.md", 'Authorization: Token token="«Kq7vWz2p9x»"', "Authorization", "assigned"),
            ("a.md", 'id="1" Authorization="«Kq7vWz2p9x»"', "Authorization", "assigned"),
        ),
    ),
    Filter(
        "unnamed-random",
        "it is random, and nothing that it is part of names a secret",
        lambda p: p.syntax.endswith("EntropyString") and not p.name,
        drops=(("a.py", 'x = "«{hex:40}»"', "", "HexHighEntropyString"),),
        keeps=(("a.py", 'f(secret, "«{hex:40}»")', "secret", "HexHighEntropyString"),),
    ),
    Filter(
        "word",
        "it is a word",
        lambda p: p.source in (Source.PLUGIN, Source.STRING) and p.value.rstrip("0123456789").isalpha(),
        drops=(("a.proto", "uint32 «APCNumberIn1» = 5;", "", "ArtifactoryDetector"),),
        keeps=(("a.go", "x = «AKCp7Kq2»", "", "ArtifactoryDetector"),),
    ),
    Filter(
        "shorter-than-encrypted",
        "it is shorter than known encrypted passwords of Artifactory, and only its start is like theirs",
        lambda p: (
            p.syntax == "ArtifactoryDetector"
            and p.value.startswith("AP")
            and len(p.value) < _SHORTEST_PASSWORD
        ),
        drops=(
            ("a.json", '"PREkUg9a5ffp": "«AP8fSn9oAAd2»"', "", "ArtifactoryDetector"),
            ("a.json", '"«AP8fSn9oAAd2»": "PREkUg9a5ffp"', "", "ArtifactoryDetector"),
        ),
        keeps=(
            ("a.xml", "<password>«AP5zC2mZguhKq7vW»</password>", "", "ArtifactoryDetector"),
            ("a.txt", "«AKCp7Kq2Wz2p»", "", "ArtifactoryDetector"),
        ),
    ),
    Filter(
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
    Filter(
        "first-argument",
        "it is the first of several arguments, a user perhaps",
        lambda p: p.syntax == "first-argument" and p.value.isalpha(),
        drops=(("a.py", 'set_password("«alice»", x)', "set_password", "first-argument"),),
        keeps=(("a.py", 'set_password("«Kq7vWz2p»", "x")', "set_password", "first-argument"),),
    ),
    Filter(
        "other-member",
        "its name is a member of a secret, not the secret",
        lambda p: (
            p.syntax.endswith("argument") and "." in p.name and not names_secret(p.name.rpartition(".")[2])
        ),
        drops=(("a.py", 'secret.data.decode("«Kq7vWz2p»")', "secret.data.decode", "argument"),),
        keeps=(("a.py", 'client.set_secret("«Kq7vWz2p»")', "client.set_secret", "argument"),),
    ),
    Filter(
        "scheme",
        "the credential in it is a separate candidate",
        lambda p: p.syntax != "authorization-header" and _SCHEME.match(p.value),
        drops=(("a.py", 'auth = "«Basic dXNlcjpwYXNzd29yZA==»"', "auth", "assigned"),),
        keeps=(("a.py", 'auth = "«basic-Kq7vWz2p»"', "auth", "assigned"),),
    ),
    Filter(
        "pem",
        "incomplete key",
        lambda p: p.value.startswith("-----BEGIN"),
        drops=(("a.go", "PrivateKey: `«-----BEGIN RSA PRIVATE KEY-----»\nshort", "PrivateKey", "assigned"),),
        keeps=(("a.go", "PrivateKey: `«Kq7vWz2p»`", "PrivateKey", "assigned"),),
    ),
    Filter(
        "markup",
        "it is an attribute or a selector",
        lambda p: p.syntax == "bare" and (_ATTRIBUTE.match(p.value) or _SELECTOR.search(p.before)),
        drops=(
            ("a.css", 'input[type="password"]:«focus»,', "password", "bare"),
            ("a.vue", 'type="password" :«append-icon=»"x"', "password", "bare"),
        ),
        keeps=(("a.yml", "password: «S3cret=»", "password", "bare"),),
    ),
    Filter(
        "longer-name",
        "it is part of a longer name",
        is_in_longer_name,
        drops=(
            ("a.txt", "urn:ietf:params:oauth:token:«jwt-bearer»", "token", "bare"),
            ("a.md", "`store:external-secrets:«doppler-oidc»`", "external-secrets", "bare"),
        ),
        keeps=(("a.txt", "token:«Kq7vWz2p»", "token", "bare"),),
    ),
    Filter(
        "provider-reference",
        "it says where the value is kept",
        is_provider_reference,
        drops=(
            ("a.java", '"key=${secrets:«shop/user-tls:user.key»}"', "secrets", "bare"),
            ("a.properties", "password=${file:«/opt/app.properties:password»}", "password", "bare"),
            ("a.yml", "client_secret: ${secret:«github-client-secret»}", "secret", "assigned"),
        ),
        keeps=(
            ("a.yml", "password: ${DB_PASSWORD:«postgres/app»}", "DB_PASSWORD", "assigned"),
            ("a.yml", "password: ${secret:«Kq7vWz2p»}", "secret", "assigned"),
        ),
    ),
    Filter(
        "argument-of-lookup",
        "it is an id or a name that a function takes",
        is_for_lookup,
        drops=(
            ("a.go", 'passcode := m.SetUID("«uqxc08w3d0ej2283»")', "passcode", "wrapped"),
            ("a.py", 'password = secretByName("«app-Kq7vWz2p»")', "password", "wrapped"),
            ("a.js", "token = db.tokens.find('«n0-v4r5-4cc355»')", "token", "wrapped"),
            ("a.ts", 'config.requireSecret("«slackWebhook»")', "config.requireSecret", "argument"),
        ),
        keeps=(
            ("a.js", 'resetPassword("«Kq7vWz2p»")', "resetPassword", "argument"),
            ("a.go", 'password := []byte("«Kq7vWz2p»")', "password", "wrapped"),
        ),
    ),
    Filter(
        "checksum-of-path",
        "it is the checksum of what a path names",
        lambda p: _DIGEST.match(p.value) and _PATH_KEY.search(p.before),
        drops=(("i18n.lock", "  auth/reset/new_password: «{hex:32}»", "new_password", "bare"),),
        keeps=(("a.yml", "  new_password: «{hex:32}»", "new_password", "bare"),),
    ),
    Filter(
        "sql-column",
        "it is the name of a column",
        lambda p: p.syntax.endswith("argument") and _COLUMNS.search(p.before),
        drops=(("a.sql", 'INDEX "t_key" ON "Credential"("«recipientId»");', "Credential", "argument"),),
        keeps=(("a.py", 'set_password("«Kq7vWz2p»")', "set_password", "argument"),),
    ),
    Filter(
        "member-access",
        "it is a member that code reads, not an element's text",
        lambda p: p.syntax == "element" and _ARROW.search(p.before),
        drops=(("a.blade.php", "@if($ticket->«is_paused»)", "$ticket", "element"),),
        keeps=(("a.xml", "<ticket>«Kq7vWz2p»</ticket>", "ticket", "element"),),
    ),
    Filter(
        "regular-expression-group",
        "it is the pattern of a group that is named so",
        lambda p: p.syntax == "element" and _NAMED_GROUP.search(p.before),
        drops=(("a.py", 'r"(?P<password>«[^@]+»)"', "password", "element"),),
        keeps=(("a.xml", "<password>«Kq7vWz2p»</password>", "password", "element"),),
    ),
    Filter(
        "port",
        "it is a port",
        lambda p: p.syntax == "bare" and p.value[0].isdigit() and _HOST.search(p.before),
        drops=(("a.txt", "http://secret:«8080»/x", "secret", "bare"),),
        keeps=(("a.txt", "secret:«8080x»", "secret", "bare"),),
    ),
    Filter(
        "part",
        "it is only a part of what is put together",
        lambda p: (
            p.value[-1] in "-_:/=. "
            and _JOINED.match(p.text, p.end)
            and (len(p.value) < 24 or _WORDS_IN_PARTS.match(p.value))
        ),
        drops=(
            ("a.js", "token = '«token-»' + id", "token", "assigned"),
            ("a.php", "$key = '«federation:webfinger:sha256:»' . $hash", "$key", "assigned"),
        ),
        keeps=(("a.js", "token = '«Kq7vWz2p»' + id", "token", "assigned"),),
    ),
    Filter(
        "flag",
        "it follows a flag that takes no value",
        lambda p: p.syntax == "password-option" and _FLAG.match(p.name),
        drops=(("a.sh", "x --ask-pass «web»", "--ask-pass", "password-option"),),
        keeps=(("a.sh", "x --pass «web1»", "--pass", "password-option"),),
    ),
    Filter(
        "public-key-name",
        "its name says that it is public",
        lambda p: p.name[-3:].lower() == "key" and _PUBLIC.search(p.before),
        drops=(("a.md", "* Public Key: «{hex:64}»", "Key", "bare"),),
        keeps=(("a.md", "* Private Key: «{hex:64}»", "Key", "bare"),),
    ),
    Filter(
        "other-field",
        "it is the value of a field between the name and it, which names no secret",
        is_of_other_field,
        drops=(
            ("a.go", 'token := Claims{Audience: jwt.Strings{"«Kq7vWz2p9x»"}}', "token", "wrapped"),
            ("a.rb", 'config.auth \'id\', {"scope" => ["«Kq7vWz2p9x»"]}', "auth", "wrapped"),
        ),
        keeps=(
            ("a.go", 'token := Login{Value: []byte("«Kq7vWz2p9x»")}', "token", "wrapped"),
            ("a.go", 'login := Login{Token: []byte("«Kq7vWz2p9x»")}', "login", "wrapped"),
            ("a.rs", 'password: String::from("«Kq7vWz2p9x»")', "password", "wrapped"),
        ),
    ),
    Filter(
        "public-key-object",
        "the object that it is in is called a public key",
        names_public_object,
        drops=(
            (
                "a.py",
                'PUBLIC_KEY_BODY = {\n    "key_id": "1",\n    "key": "«{base64:43}=»",',
                "key",
                "assigned",
            ),
            ("a.ts", "publicKey: { key: '«{base64:43}=»' }", "key", "assigned"),
            ("a.go", 'PublicKey{ID: nil, Key: String("«{base64:43}=»")}', "Key", "wrapped"),
        ),
        keeps=(
            ("a.py", 'PRIVATE_KEY_BODY = {"key": "«{base64:43}=»"}', "key", "assigned"),
            ("a.py", 'public_key = {"id": "1"}\nx = {"key": "«{base64:43}=»"}', "key", "assigned"),
        ),
    ),
    Filter(
        "uuid-of",
        "it is the id of something, which a function for ids parses",
        lambda p: p.syntax in ("wrapped", "argument") and UUID.match(p.value) and _UUID_OF.search(p.before),
        drops=(
            (
                "a.go",
                'credential: &Login{Model: uuid.MustParse("«01234567-89ab-cdef-0123-456789abcdef»")}',
                "credential",
                "wrapped",
            ),
        ),
        keeps=(("a.go", 'token := []byte("«01234567-89ab-cdef-0123-456789abcdef»")', "token", "wrapped"),),
    ),
    Filter(
        "hash-of",
        "it is what something hashes to",
        lambda p: ")" in p.before[-_AFTER_HASH:] and _OF_HASH.search(p.before),
        drops=(("a.py", 'md5("secret") == "«{hex:32}»"', "secret", "assigned"),),
        keeps=(("a.py", 'get("secret") == "«{hex:32}»"', "secret", "assigned"),),
    ),
    Filter(
        "header-words",
        "it is made of words",
        lambda p: (
            p.syntax == "authorization-header"
            and len(p.value) < 32
            and p.name.lower() != "basic"
            and _HEADER_WORDS.match(p.value)
        ),
        drops=(
            ("a.sh", "Authorization: Bearer «north-wing»", "Bearer", "authorization-header"),
            ("a.adoc", "the OAuth «_Resource» Owner Password Grant_", "OAuth", "authorization-header"),
        ),
        keeps=(("a.sh", "Authorization: Bearer «Kq7vWz2p9x»", "Bearer", "authorization-header"),),
    ),
    Filter(
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
            ("a.txt", "    --- PASS: «Test_helm2/upgrade»", "PASS", "bare"),
        ),
        keeps=(("a.txt", "DB_PASS: «TestLogin»", "DB_PASS", "bare"),),
    ),
)
