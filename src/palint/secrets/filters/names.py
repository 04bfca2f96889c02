"""Filters on the name, and on a value under its name."""

from __future__ import annotations

import re
from base64 import b64decode

from palint.secrets import vocabulary
from palint.secrets.classifier.features import letters
from palint.secrets.filters.filter import Filter, words
from palint.secrets.names import is_password, is_strong, names_key_of_structure, names_key_of_thing
from palint.secrets.names import words as name_words
from palint.util import lazy_re

_ABOUT = """
    id name file path ur[li] type field length size count method mode error page user username login algo?
    algorithm format policy expir\\w+ ttl timeout endpoint header prefix suffix label hint message arn version
    status state scheme mechanism encryption hash digest class ref provider regexp? pattern source title text
    iterations? rounds namespace resp(?:onse)? store helper keychain manager placeholder desc(?:ription)?
    strength rule validator uuid guid reset_?url env payload confirmation visib(?:le|ility) button hasher
    keyword kind tag param address accessor identifier colou?r chars? characters charset alphabet proof serial
    (?:account|application|call|messag(?:e|ing)|service|workspace)_?sid
"""
_ABOUT_IN_CAMEL_CASE = " ".join(
    ["ID UID URL TTL ARN UUID GUID", *(word[0].upper() + word[1:] for word in _ABOUT.split())]
)
_RANDOM_NAME = lazy_re.compile(
    r"(?=[A-Z]*[a-z0-9]+[A-Z])(?=[^0-9]+[0-9]|[0-9])(?=.*[a-z])[A-Za-z0-9]{8,40}\Z"
)
_LONG_WORD = lazy_re.compile(r"pass(?:w|phrase)|secret|token|credential|(?:api|access|private|auth)key", re.I)


def is_random_name(name: str) -> bool:
    """Whether a name is made by a machine, so that it contains a word by chance: `ketjQjm1Jwtp`."""
    if not _RANDOM_NAME.match(name) or _LONG_WORD.search(name):
        return False
    parts = name_words(name)
    return len(parts) > 3 and vocabulary.SHORT.isdisjoint(parts)


ABOUT = (
    Filter(
        "about",
        "its name is about a secret, not the secret",
        rf".*(?:[_.-](?:re|{words(_ABOUT)})|sha\d{{0,3}}|md5)(?:e?s)?(?:v?\d)?\W*\Z",
        lower=True,
        drops=(
            "password_field",
            "secret-name",
            "TOKEN_KEYWORD",
            "JWT_AUTH_ALGORITHMS",
            "keySHA1",
            "JWT_KEY_HASHES",
            "messaging_service_sid",
            "secret_id_accessor",
            "subject_key_identifier",
            "appsecret_proof",
            "token_param",
            "$token_regexp",
            "PASSWORD_RE",
        ),
        keeps=("password", "field_password", "tokens", "connect.sid", "passes"),
    ),
    Filter(
        "about-in-camel-case",
        "its name is about a secret, not the secret",
        rf".*(?<=[a-z])(?=[A-Z]){words(_ABOUT_IN_CAMEL_CASE)}(?:[eE]?[sS])?(?:V?\d)?\W*\Z",
        drops=("tokenUrl", "secretEnv", "secretUUID", "tokenIdV2", "authTag", "pwdChars", "TokenSerial"),
        keeps=("fieldPassword", "tokenid"),
    ),
)
_SECRET_PART = words("pass[wp] secret token cred key pwd psw auth cookie session jwt otp hmac nonce seed")
# What may follow `pass` in one word with it, such as `userpassprod`
_AFTER_PASS = words(
    "w ph f code kod key in out arg env auth enc db user admin root test text value str new old"
)
_OTHER_WORDS = (
    Filter(
        "other-word",
        "its name only contains the word",
        r"(?!.*(?:password|secret|token)).*(?:pass(?:es|ed|ive|enger|through|port|ing|age)|(?:com|sur|tres)pass\Z|bypass)|(?:.*[_.-])?(?:no_?passwd|pswp(?:in|out))\Z|"
        r"(?!.*(?:pass|secret|token|credential|key)).*"
        r"(?:author(?!i[sz])|authenticator_?(?:data|attachment|selection|transport))",
        lower=True,
        drops=(
            "passenger",
            "bypass",
            "BYPASSRLS",
            "NOPASSWD",
            "pswpin",
            "authenticatorData",
            "post.author",
        ),
        keeps=("passenger_token", "pass", "authenticator", "Authorization", "authorToken"),
    ),
    Filter(
        "other-word-of-pass",
        "its name contains another word that starts with `pass`",
        rf"(?!(?i:.*{_SECRET_PART})).*(?:(?:(?<![A-Za-z])pass|Pass)(?!{_AFTER_PASS})[a-z]{{3}}|"
        rf"(?<![A-Za-z])PASS(?!{_AFTER_PASS.upper()})[A-Z]{{3}})",
        drops=("PASSBOLT_JS_BUILD", "Passbolt", "this->passthru"),
        keeps=(
            "PASSBOLT_TOKEN",
            "dbPass",
            "PASSWORT",
            "passphrase",
            "userPassTest",
            "DB_PASS_PROD",
            "-passin",
        ),
    ),
)
NAMES = (
    Filter(
        "random-name",
        "its name is random, and contains the word by chance",
        is_random_name,
        drops=("ketjQjm1Jwtp", "ItpA8nfRPsWY"),
        keeps=("oauth2Pwd1", "s3AccessKeyId2", "dbPassword2", "DB_PASSWORD_2"),
    ),
    Filter(
        "working-directory",
        "it is the working directory",
        r".*(?:[dD]ir|os|[pP]ath|[pP]rocess|[sS]hell)\.pwd\Z|OLDPWD\Z",
        drops=("Dir.pwd", "os.path.pwd", "OLDPWD"),
        keeps=("db.pwd", "DB_PWD", "PWD"),  # ODBC's; a folder is a path
    ),
    *ABOUT,
    Filter(
        "text-as-name",
        "its name is a text for people, as translations are named",
        r"(?:[a-z0-9]+_){0,30}(?:your|their|please|forgot)_[a-z0-9_]*\Z",
        drops=("forgot_your_password_", "a_code_in_addition_to_their_password", "please_enter_the_token"),
        keeps=("YOUR_PASSWORD", "password", "yours_key", "db_your"),
    ),
    Filter(
        "file-name",
        "its name is that of a file",
        r".*\w\.(?:[cm]?[jt]sx?|py|rb|go|php|java|css|html?|json|ya?ml|md|svg|png|wasm)\Z",
        lower=True,
        drops=("tokenizer.ts", "https://cdn.example.com/auth.js", "password-reset.html"),
        keeps=("auth.token", "ts", "process.env.key"),
    ),
    Filter(
        "structure",
        "it is the key of a data structure, or of an id",
        names_key_of_structure,
        drops=(
            "primaryKey",
            "ParameterKey",
            "cache_key",
            "RECAPTCHA_WEBSITE_KEY",
            "userIdKey",
            "USER_ID_KEY",
        ),
        keeps=("api_key", "key", "SECRET_KEY", "validKey", "ANDROID_KEY", "feed_key"),
    ),
    Filter(
        "public-name",
        "its name says that it is public, or not the secret itself",
        ".*"
        + words(
            r"""
            (?:tls|ca)_?secrets?\b secrets?[_-]?manager pub_?key public publishable invalid encrypted
            hashed existing fingerprint thumbprint key_?with_?value
            pull[_-]?secrets?\Z [cx]srf(?!.*(?:secret|key)) requestverification
            (?<!auth_)(?<!logged_in_)(?<!nonce_)salt\Z synchronizer_?token
            sec[_-]?websocket sha_?(?:1|2|256|512) md5 digest etag nonce(?!_salt\Z|_key\Z)
            (?:\A|[a-z0-9]_)salt_ (?:hide|show|toggle|reveal)_?pass
            authenticity_?token (?:token|secret)_?data request_?id authtag magic_?cookie
            (?:\A|[^a-z])phpass\d?\Z peer_?\d{0,2}_?key\Z
            """
        ),
        lower=True,
        drops=(
            "publicKey",
            "csrf_token",
            "csrfToken2",
            "oauth_nonce",
            "HASH_SALT",
            "encrypted_password",
            "password_salt",
            "PBKDF2_SALT_VALUE",
            "hidePassword",
            "KEY_S256_DIGEST_B64",
            "existingSecret",
            "--image-pull-secrets",
            "cnonce",
            "authenticity_token",
            "HaveKeyWithValue",
            "tokenData",
            "x_auth0_requestid",
            "secretData",
            "dnsPeer1Key",
            "MagicCookieValue",
            "phpass3",
            "user_phpass",
            "SYNCHRONIZER_TOKEN",
            "Sec-WebSocket-Key",
        ),
        keeps=("_key_x", "password", "graphpass", "csrf_secret", "CSRF_SECRET_KEY", "AUTH_SALT", "NONCE_KEY"),
    ),
    Filter(
        "cursor",
        "it is a place in a list or an upload, or tells one request from another",
        r"(?=.*token\Z).*(?:next|prev(?:ious)?|forward|backward|page|pagination|continuation|cursor|sync|upload|resume|scroll|resumption|cancellation|update|lock|"
        r"client_?request|idempotency)"
        r"[_.-]?(?:page[_.-]?)?token\Z",
        lower=True,
        drops=(
            "nextPageToken",
            "nextForwardToken",
            "continuation_token",
            "upload-token",
            "update_token",
            "ClientRequestToken",
        ),
        keeps=("access_token", "token"),
    ),
    *_OTHER_WORDS,
)

_UUID_FORM = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z"
_KEY_ID_FORM = (
    r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})\Z|(?:[0-9A-F]{4} {1,2}){9}[0-9A-F]{4}\Z|"
    r"(?:[0-9a-f]{2}:){15,31}[0-9a-f]{2}\Z"
)

# Under a name that is only a weak hint: `key`, `auth`, `session`, `nonce`, …
WEAK_NAME = (
    Filter(
        "words",
        "it is made of words, and its name is a weak hint",
        r"@?[A-Za-z]{1,40}(?:\d?[_.\- /:]+[A-Za-z]{1,40}){0,6}[\W_]?\Z",
        drops=("Enter", "north-wing", "python3-saml", "user.profile", "@htpasswd"),
        keeps=("Kq7vWz2p",),
    ),
    Filter(
        "step",
        "it is the name of something",
        r"[a-z]{2,40}(?:-(?:[a-z]{2,40}|[a-z]\d{1,2}[a-z])){1,8}(?:-(?:[a-z]{2,40}\d{0,2}|\d{1,3})){1,6}\Z|v\d+[-_]|"
        r"(?:[a-z]{2,20}|\d{1,3}[a-z]?)(?:_(?:[a-z]{2,20}|\d{1,3}[a-z]?)){1,6}\Z",
        drops=(
            "build-and-test-2",
            "v1-deps",
            "cache-e2e-negative",
            "app-production-useast1",
            "10t_diapers",
            "pullup_56t",
        ),
        keeps=("k9-x2",),
    ),
    Filter(
        "member",
        "it is a path into an object",
        r"[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){0,6}\[\w{1,12}\][\w.\[\]]{0,80}\Z",
        drops=("items[0].key",),
        keeps=("Kq[",),
    ),
    Filter(
        "short-id",
        "it is a short id, or one of MongoDB",
        r"(?:(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9a-f]{4,8}|[0-9a-f]{24})|[a-z]+(?:[_-][a-z]+)*[_-]\d{1,4}|"
        r"[A-Za-z]+(?:[_-][A-Za-z]+){0,6}[_-](?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?:[_-][A-Za-z]+){0,3}|\d+|"
        r"[A-Za-z]+:?\d{1,3})\Z",
        drops=("node-12", "A1B2C3D4", "5170", "key1", "bicycle:0", "507f1f77bcf86cd799439011"),
        keeps=("Kq7vWz2p9x",),
    ),
    Filter(
        "uuid",
        "it is the id of something",
        rf"(?:[A-Za-z]{{1,20}}[:/_-])?{_UUID_FORM[:-2]}(?:[-_:]\w{{1,12}})?\Z",
        drops=(
            "01234567-89ab-cdef-0123-456789abcdef",
            "id:01234567-89ab-cdef-0123-456789abcdef",
            "Q-01234567-89ab-cdef-0123-456789abcdef-0",
        ),
        keeps=("0123",),
    ),
    Filter(
        "key-id",
        "it is the fingerprint of a public key",
        _KEY_ID_FORM,
        drops=("0123456789ABCDEF0123456789ABCDEF01234567",),
        keeps=("0123456789abcdef0123456789abcdef01234567",),
    ),
)


UUID = lazy_re.compile(_UUID_FORM)
_MAY_BE_UUID = lazy_re.compile(
    r"secret|token|credential|api[_.-]?key|auth|access[_.-]?key|license|\Akey\Z|pass", re.I
)
_SIGNS_KEY = lazy_re.compile(r"(?:gpg|pgp|signing|release|sign)[\w.-]{0,60}key", re.I)
_KEY_ID = lazy_re.compile(_KEY_ID_FORM)
_MAY_OPEN = lazy_re.compile(
    r"(?=.*\d)(?=.*[g-zG-Z])(?![a-z]+(?:_[a-z]+)*_?\d+\Z)\S{20}"
)  # more than hexadecimal
_GRAMMAR = lazy_re.compile(
    r"(?:punctuation|keyword|comment|string|constant|variable|support|storage|entity|markup|identifier|text|"
    r"paren|invalid|operator|meta|whitespace)(?:\.[\w-]+)*\Z"
)
_PLURAL = lazy_re.compile(r"[a-z]{2,20}(?:_[a-z]{2,20}){0,3}s\Z")
_SIGNATURE = lazy_re.compile(r"(?:(?i:signature|hmac|[_.-]sig)|Sig)\Z")


def repeats_name(value: str, name: str) -> bool:
    """Whether the value is the name itself, or the word for a secret that its name ends with."""
    plain = letters(value[:60])
    return 2 < len(plain) <= len(name) and letters(name[-60:]).endswith(plain) and is_strong(plain)


def is_number(value: str, name: str) -> bool:
    """Whether a value is digits, and too few for a password or a secret, or under another name."""
    if not value.isdigit():
        return False
    if name != "-p" and is_password(name):
        return len(value) < _SHORTEST_PASSWORD
    return len(value) < _SHORTEST_SECRET or _OF_SECRET_KEY.search(name) is None


_SHORTEST_PASSWORD, _SHORTEST_SECRET = 5, 6  # digits
_OF_SECRET_KEY = lazy_re.compile(rf"secret|(?:{vocabulary.ENCRYPTS})[_.-]?key", re.I)
_SECRET_WORDS = frozenset(("password", "passwd", "pass", "pwd", "secret", "secrets", "token", "key", "auth"))
_KEBAB = lazy_re.compile(r"[a-z]{2,20}(?:-[a-z]{2,20}){2,8}\Z")


def is_resource_of_name(value: str, name: str) -> bool:
    """Whether a value is words joined by dashes, and at most one of them is not in its name, too."""
    if not _KEBAB.match(value):
        return False
    parts = value.split("-")
    shared = set(name_words(name)).intersection(parts)
    return len(shared - _SECRET_WORDS) > 1 and len(shared) >= len(parts) - 1


# --- cookies, and parameters of `Authorization`

_COOKIES = lazy_re.compile(r"[\w.$%!*~|-]{1,100}=(?!=|\Z)")
_COOKIE_NAME = lazy_re.compile(r"(?:\A|;\s{0,4})([^=;\s]{1,100})=")
# Names of cookies that sign a user in: `PHPSESSID`, `connect.sid`, `__Secure-3PSID`, `.ASPXAUTH`
_SIGNS_IN = lazy_re.compile(
    r"(?i:(?!.*(?:[cx]srf|nonce))[^\n]*?(?:sess|sid(?![a-z])|auth(?!or)|token|jwt|secret|pass(?!ive)|"
    r"credential|log(?:ged)?[_-]?in|remember|ticket|key\b|identity))"
)
_PARAMETER = lazy_re.compile(r"[\s,]([\w-]{1,40})=")
# A scheme and its first parameter: `Hawk id="…"`, `Digest username="…"`
_PARAMETERS = lazy_re.compile(r"[A-Za-z][\w-]{1,30} {1,4}[\w-]{1,40}=\\{0,2}[\"']?\w")
# `token="…"` of Rails, `key=…` of Firebase; not what OAuth 1 and HTTP's signatures send beside a signature
OPENS_ACCOUNT = lazy_re.compile(r"(?i:(?!oauth_|key_?id\Z)[\w-]{0,40}?(?:pass|pwd|secret|token|key|auth))")


def is_plain_cookie(value: str, name: str) -> bool:
    """Whether this is cookies, `name=value`, of which no own name says that it signs a user in."""
    if not name.lower().endswith(("cookie", "cookies")) or not _COOKIES.match(value):
        return False
    return not any(map(_SIGNS_IN.match, _COOKIE_NAME.findall(value)))


def has_plain_parameters(value: str, name: str) -> bool:
    """Whether this is a scheme with parameters, none of which is a secret: `Digest username="…", …`."""
    if not name.lower().endswith("authorization") or not _PARAMETERS.match(value):
        return False
    return not any(map(OPENS_ACCOUNT.match, _PARAMETER.findall(value)))


# --- tickets, and users of access keys

_TICKET = lazy_re.compile(r"(?i:(?:\A|.*[^a-z])tickets?\Z)|.*[a-z]Tickets?\Z")
# `ticket_id`, `PROJ-123`, `sqlalchemy/sqlalchemy2-stubs/2`
_ISSUE = lazy_re.compile(r"[A-Za-z]{2,30}\d?(?:[-_./# ][A-Za-z]{2,30}\d?){0,5}(?:[-/#]\d{1,6})?\Z")
_ACCESS_KEY = lazy_re.compile(r"(?i:(?!.*secret)(?:.*[^a-z])?(?:s3|aws|minio)?[_-]?access[_-]?key)\Z")
_BASE64 = lazy_re.compile(r"[A-Za-z0-9+/]{4,24}={0,2}\Z")


def is_issue(value: str, name: str) -> bool:
    """Whether a ticket is an issue's id or words, and not what Kerberos or a site issues."""
    return _TICKET.match(name) is not None and _ISSUE.match(value) is not None


def encodes_user(value: str, name: str) -> bool:
    """Whether an access key, which goes with a secret key, is a word in base64: the name of a user."""
    if len(value) % 4 or not _ACCESS_KEY.match(name) or not _BASE64.match(value):
        return False
    decoded = b64decode(value).rstrip(b"\n")
    return decoded.isalpha() and decoded.islower()


PAIRS = (
    Filter(
        "resource-of-name",
        "it is the name of a resource, which its own name repeats",
        is_resource_of_name,
        drops=(
            ("rook-csi-rbd-provisioner", "CsiRBDProvisionerSecret"),
            ("hosted-grafana-id", "hostedGrafanaIdKey"),
        ),
        keeps=(("my-db-password", "DB_PASSWORD"), ("correct-horse-battery", "password")),
    ),
    Filter(
        "repeats-name",
        "it repeats its own name",
        repeats_name,
        drops=(("password", "DB_PASSWORD"), ("apiKey", "api_key")),
        keeps=(("postgres", "POSTGRES_PASSWORD"), ("mypassword", "password")),
    ),
    Filter(
        "uuid",
        "it is the id of something",
        lambda value, name: UUID.match(value) and not _MAY_BE_UUID.search(name),
        drops=(("01234567-89ab-cdef-0123-456789abcdef", "signing_key"),),
        keeps=(("01234567-89ab-cdef-0123-456789abcdef", "api_key"),),
    ),
    Filter(
        "key-of-thing",
        "it is the key of something, which nothing says that it opens, and not a long random one",
        lambda value, name: not _MAY_OPEN.match(value) and names_key_of_thing(name),
        drops=(
            ("0123456789abcdef" * 2, "feed_key"),
            ("OL2709493M", "cover_edition_key"),
            ("HdMp4VideoFile", "download_type_key"),
        ),
        keeps=(
            ("Kq7vWz2p9xKq7vWz2p9x", "feed_key"),
            ("Kq7vWz2p", "stripe.key"),
            ("Kq7vWz2p", "encryption.deterministic_key"),
            ("Kq7vWz2p", "FEED_KEY"),
            ("Kq7vWz2p", "setCipherKey"),
        ),
    ),
    Filter(
        "number",
        "it is a number",
        is_number,
        drops=(("5170", "password"), ("3600", "token"), ("84729173", "token"), ("12345", "secret")),
        keeps=(("121212", "password"), ("8472917364", "SECRET_KEY"), ("534534534", "jwt_secret")),
    ),
    Filter(
        "short-key",
        "it is a short id",
        lambda value, name: name.lower() in ("key", "keys") and len(value) < 16,
        drops=(("5eFBUfGWqcAi", "key"),),
        keeps=(("5eFBUfGWqcAi5eFB", "key"),),
    ),
    Filter(
        "table-of-several",
        "it is the name of what has several, such as a table",
        lambda value, name: name.lower().endswith(("passwords", "tokens")) and _PLURAL.match(value),
        drops=(("users", "passwords"), ("customers", "passwords"), ("access_tokens", "apiTokens")),
        keeps=(("users", "password"), ("Kq7vs", "passwords")),
    ),
    Filter(
        "signature",
        "it is a signature",
        lambda value, name: _SIGNATURE.search(name),
        drops=(("Kq7vWz2p", "x_signature"), ("Kq7vWz2p", "hmac_sig"), ("Kq7vWz2p", "oauth_signature")),
        keeps=(("Kq7vWz2p", "sig_key"),),
    ),
    Filter(
        "key-id",
        "it is the fingerprint of a public key",
        lambda value, name: _KEY_ID.match(value) and _SIGNS_KEY.search(name),
        drops=(("0123456789ABCDEF", "GPG_SIGNING_KEY"),),
        keeps=(("0123456789ABCDEF", "API_KEY"),),
    ),
    Filter(
        "grammar",
        "it is a kind of token, of an editor's grammar",
        lambda value, name: name == "token" and _GRAMMAR.match(value),
        drops=(("punctuation", "token"), ("constant.numeric", "token")),
        keeps=(("punctuation7", "token"), ("keyword", "api_token")),
    ),
    Filter(
        "cookie",
        "it is a cookie that signs no one in",
        is_plain_cookie,
        drops=(
            ("lang=en", "Cookie"),
            ("_ga=GS1.1.1693348041.1.0; tz=-420", "set-cookie"),
            ("b=e096d4332e53962bca507efb1bdbeb00", "cookie"),
            ("csrf_token=Kq7vWz2p9x", "Cookie"),
        ),
        keeps=(
            ("sid=Kq7vWz2p9x", "Cookie"),
            ("lang=en; PHPSESSID=Kq7vWz2p9x", "cookie"),
            ("auth_token=Kq7vWz2p9x", "cookie"),
            ("a7Kq7vWz2p9x==", "erlang_cookie"),
            ("b=e096d4332e53", "COOKIE_SECRET"),
        ),
    ),
    Filter(
        "header-parameters",
        "it is a user's or a client's id, and a signature",
        # RFC 7616, RFC 5849, https://github.com/mozilla/hawk/blob/main/API.md
        has_plain_parameters,
        drops=(
            (r"Hawk id=\"dh37fgj492je\", ts=\"1353832234\"", "Authorization"),
            ('Digest username="Mufasa", realm="x", nonce="Kq7v"', "Authorization"),
            ('OAuth oauth_consumer_key="Kq7v", oauth_token="Wz2p"', "authorization"),
        ),
        keeps=(
            ('Token token="Kq7vWz2p9x"', "Authorization"),
            ("Bearer Kq7vWz2p9x==", "Authorization"),
            ("key=Kq7vWz2p9x", "Authorization"),
        ),
    ),
    Filter(
        "issue",
        "it is the id of an issue, or the name of a field",
        is_issue,
        drops=(
            ("ticket_id", "ticket"),
            ("sqlalchemy/sqlalchemy2-stubs/2", "tickets"),
            ("PROJ-123", "jiraTicket"),
        ),
        keeps=(
            ("ST-1856339-aA5Yuvrxzpv8Tau1cYQ7", "ticket"),
            ("ticket_id", "ticket_secret"),
            ("doIFKq7v", "ticket"),
        ),
    ),
    Filter(
        "encoded-user",
        "it is the name of a user in base64",
        encodes_user,
        drops=(("YWRtaW4=", "accesskey"), ("YWRtaW4K", "S3_ACCESS_KEY")),
        keeps=(("YWRtaW4=", "secretkey"), ("YWRtaW4=", "SECRET_ACCESS_KEY"), ("Kq7vWz2p", "accesskey")),
    ),
)
