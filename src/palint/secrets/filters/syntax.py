"""Filters on a value's context: unquoted code, prose, arguments, parts of a longer name.

They read the text next to the value and its name, never the rest of the line.
"""

from __future__ import annotations

import re

from palint.secrets.filters.filter import FilterSet
from palint.secrets.filters.headers import PARAMETERS
from palint.secrets.filters.names import ABOUT, UUID
from palint.secrets.filters.place import Place, SyntaxFilter
from palint.secrets.filters.unquoted import UNQUOTED
from palint.secrets.filters.upstream import UPSTREAM
from palint.secrets.names import SCHEMES, names_secret
from palint.util import lazy_re

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
_PATH_KEY = lazy_re.compile(r"(?:\A|[\s\"'])[\w.@-]{1,60}(?:/[\w.@-]{1,80}){1,12}[\"']?:\s{1,4}[\"']?\Z")
_DIGEST = lazy_re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\Z")
_CALLED = lazy_re.compile(r"(\w{2,60})\(\s{0,80}[\"'`]\Z")
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
_HEADER_WORDS = lazy_re.compile(r"[\W_]?[A-Za-z]{1,40}(?:[_.\- /:+]+[A-Za-z]{1,40}){0,6}[\W_]{0,3}\Z")
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
    """Whether a function takes the value to find something, by its name: `find…`, `…ID`, `…Name`."""
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


FILTERS = (
    *UNQUOTED,
    *PARAMETERS,
    *UPSTREAM,
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
        is_in_longer_name,
        drops=(
            ("a.txt", "urn:ietf:params:oauth:token:«jwt-bearer»", "token", "bare"),
            ("a.md", "`store:external-secrets:«doppler-oidc»`", "external-secrets", "bare"),
        ),
        keeps=(("a.txt", "token:«Kq7vWz2p»", "token", "bare"),),
    ),
    SyntaxFilter(
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
    SyntaxFilter(
        "argument-of-lookup",
        "it is an id or a name that a function takes",
        is_for_lookup,
        drops=(
            ("a.go", 'passcode := m.SetUID("«uqxc08w3d0ej2283»")', "passcode", "wrapped"),
            ("a.py", 'password = secretByName("«app-Kq7vWz2p»")', "password", "wrapped"),
            ("a.js", "token = db.tokens.find('«n0-v4r5-4cc355»')", "token", "wrapped"),
        ),
        keeps=(("a.go", 'password := []byte("«Kq7vWz2p»")', "password", "wrapped"),),
    ),
    SyntaxFilter(
        "checksum-of-path",
        "it is the checksum of what a path names",
        lambda p: _DIGEST.match(p.value) and _PATH_KEY.search(p.before),
        drops=(("i18n.lock", "  auth/reset/new_password: «{hex:32}»", "new_password", "bare"),),
        keeps=(("a.yml", "  new_password: «{hex:32}»", "new_password", "bare"),),
    ),
    SyntaxFilter(
        "sql-column",
        "it is the name of a column",
        lambda p: p.syntax.endswith("argument") and _COLUMNS.search(p.before),
        drops=(("a.sql", 'INDEX "t_key" ON "Credential"("«recipientId»");', "Credential", "argument"),),
        keeps=(("a.py", 'set_password("«Kq7vWz2p»")', "set_password", "argument"),),
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
    SyntaxFilter(
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
    SyntaxFilter(
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
    SyntaxFilter(
        "hash-of",
        "it is what something hashes to",
        lambda p: ")" in p.before[-_AFTER_HASH:] and _OF_HASH.search(p.before),
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
        drops=(
            ("a.sh", "Authorization: Bearer «north-wing»", "Bearer", "authorization-header"),
            ("a.adoc", "the OAuth «_Resource» Owner Password Grant_", "OAuth", "authorization-header"),
        ),
        keeps=(("a.sh", "Authorization: Bearer «Kq7vWz2p9x»", "Bearer", "authorization-header"),),
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
