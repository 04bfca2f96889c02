"""Filters on the name, and on a value under its name."""

from __future__ import annotations

import re

from palint.secrets.classifier.features import letters
from palint.secrets.filters.filter import Filter, words
from palint.secrets.names import WORD, is_password, is_strong
from palint.secrets.names import words as words_of
from palint.secrets.vocabulary import AGAIN, NEUTRAL
from palint.util import lazy_re

NAMES = (
    Filter("public-name", "its name says that it is public, or not the secret itself",
        ".*"
        + words(
            r"""
            (?:tls|ca)_?secrets?\b pub_?key public invalid encrypted hashed existing
            (?:pull|from)[_-]?secrets?\Z [cx]srf(?!.*(?:secret|key)) requestverification
            (?<!auth_)(?<!logged_in_)(?<!nonce_)salt(?:\Z|_value) nonce(?!_salt\Z|_key\Z) anti_?forgery
            sec[_-]?websocket sha_?(?:1|2|256|512) md5 digest etag authenticity_?token (?:token|secret)_?data
            mixpanel_?(?:project_?)?(?:token|key)\Z (?:allow|exclude)(?:ed|d)?_?credentials?\Z site_?key
            (?:gtm|tag_?manager)_?auth\Z amz[_-]?credential\Z (?:fastcgi|proxy|uwsgi|scgi|grpc)_?pass\Z
            synchronizer_?token kpasswd_server\Z session_?id\Z captcha[_-]?token\Z (?<!\w)1password\Z
            add_?user_?secrets\Z forg[eo]t(?:ten)?_?(?:password|pass|pwd)\Z (?<!.)credentialsjson\Z
            (?<!.)data-(?!.*(?:api|secret|access))(?:[a-z]{1,20}-){0,4}(?:key|hmac)\Z
            """
        ),
        lower=True,
        # TeamCity: https://www.jetbrains.com/help/teamcity/storing-project-settings-in-version-control.html
        # 1Password, which keeps passwords: https://1password.com
        # Mixpanel: https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects; Google's tags, in
        # pages: https://support.google.com/tagmanager/answer/6311518; attributes of elements, in pages, too:
        # https://html.spec.whatwg.org/multipage/dom.html#custom-data-attribute
        drops=("publicKey", "csrf_token", "csrfToken2", "oauth_nonce", "HASH_SALT", "encrypted_password",
            "password_salt", "PBKDF2_SALT_VALUE", "KEY_S256_DIGEST_B64", "existingSecret",
            "data-hydro-click-hmac", "--image-pull-secrets", "envFromSecret", "cnonce", "authenticity_token",
            "tokenData", "Sec-WebSocket-Key", "MIXPANEL_PROJECT_TOKEN", "gtm_auth", "antiForgeryToken",
            "SYNCHRONIZER_TOKEN", "forgotPassword", "1Password", "credentialsJSON", "kpasswd_server",
            "JSESSIONID", "captcha_token",  # of a visit and a form, which end
            "builder.AddUserSecrets"),  # an id: https://learn.microsoft.com/en-us/aspnet/core/security/app-secrets
        keeps=("_key_x", "data-api-key", "row-key", "password", "csrf_secret", "CSRF_SECRET_KEY", "AUTH_SALT",
            "NONCE_KEY", "MIXPANEL_API_SECRET", "FORGOT_PASSWORD_JWT_SECRET")),
    Filter("cursor", "it is a place in a list or an upload, or tells one request from another",
        r"(?=.*token\Z).*(?:next|delta|prev(?:ious)?|(?:for|back)ward|page|skip|pagination|continuation|cursor|sync|upload|"
        r"resume|resumption|scroll|marker|cancellation|update|lock|task|client_?request|idempotency)"
        r"[_.-]?(?:page[_.-]?)?token\Z",
        lower=True,
        drops=("nextPageToken", "@delta.token", "nextForwardToken", "$skiptoken", "upload-token",
            "ClientRequestToken", "taskToken"),
        keeps=("access_token", "token")),
)  # fmt: skip

# Under a name that is only a weak hint: `key`, `auth`, `session`, `nonce`, …
WEAK_NAME = (
    Filter("words", "it is made of words, and its name is a weak hint",
        r"@{0,2}[A-Za-z]{1,40}(?:(?:\d?[_.\- /:]+|V\d)[A-Za-z]{1,40}){0,6}[\W_]?\Z",
        drops=("Enter", "north-wing", "northV2Wing", "python3-saml", "user.profile", "@htpasswd"),
        keeps=("Kq7vWz2p",)),
    Filter("object-key", "it is the key of an object in a bucket, with its folder or its ending",
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-folders.html
        r"(?:[a-z]{3,20}(?:[_-][a-z]{2,20}){0,3}/){1,6}[\w.-]{1,120}\Z|"
        r"[\w-]{4,120}(?:/[\w-]{1,120}){0,6}(?:\.[a-z][a-z0-9]{1,4}){1,2}\Z",
        drops=("bafkq7vwz2p/bafkq7vwz2p.car", "mail/4f2f8gu2t8fkov1aidn6vb92k1", "user-uploads/images/2024",
            "4DNFIZ1TGJZR.bed.gz"),
        keeps=("Kq7v/Wz2p9x", "kq7v/wz")),
    Filter("key-id", "it is the fingerprint of a public key", r"(?:0x)?[0-9A-F]{40};?\Z",
        drops=("0123456789ABCDEF0123456789ABCDEF01234567", "0123456789ABCDEF0123456789ABCDEF01234567;"),
        keeps=("0123456789abcdef0123456789abcdef01234567",)),
    Filter("short-id", "it is a short id, or one of MongoDB",
        r"(?:(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9a-f]{4,8}|[0-9a-f]{24})|[a-z]+(?:[_-][a-z]+)*[_-]\d{1,4}|"
        r"[A-Za-z]+(?:[_-][A-Za-z]+){0,6}[_-](?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?:[_-][A-Za-z]+){0,3}|\d+|"
        r"[A-Za-z](?:[A-Za-z]*:)?\d+|[A-Za-z]+(?:-[A-Za-z]+){0,4}\d{1,3})\Z",
        drops=("node-12", "A1B2C3D4", "5170", "key1", "eap-mschapv2", "user:8495", "Q13218630",
            "507f1f77bcf86cd799439011"),
        keeps=("Kq7vWz2p9x", "kq13218630")),
)  # fmt: skip


# Also `id:UUID`, `UUID:1`, `UUID/folder/file.ext`, and `{UUID},10` of Windows
_UUID = lazy_re.compile(
    r"(?:[A-Za-z]{1,20}[:/_-]|\{)?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?:\}?[-_:.,]?\w{1,12}|\}|/[\w./-]{1,80})?\Z"
)
_MAY_BE_UUID = lazy_re.compile(r"secret|token|credential|pass|(?:api|auth|access|licen[sc]e)[_.-]?key", re.I)


_AGAIN = lazy_re.compile(rf"(?:{'|'.join(AGAIN)})\Z")


def repeats_name(value: str, name: str) -> bool:
    """Whether the value is the name, once or more, a path to it, or the word for a secret at its end."""
    first = WORD.search(value, 0, 60) if len(name) > 12 else None
    may_repeat = first is not None and (first[0].lower() in NEUTRAL or first[0].lower() in name.lower())
    found = set(words_of(value[:60])) if may_repeat else set()  # most values start with another word
    if len(found) > 2 and NEUTRAL.union(words_of(name)).issuperset(found):
        return True
    if "/" in value and letters(value[-60:].rpartition("/")[2]) == letters(name):
        return True
    plain, ends = _AGAIN.sub("", letters(value[:60])), _AGAIN.sub("", letters(name[-60:]))
    if plain.startswith("database"):
        ends = ends.replace("db", "database")
    if len(plain) > len(ends) > 8 and (ends * 9).startswith(plain):
        return True
    if ends.startswith(plain) and len(words_of(value)) > 1 and not is_password(name):
        return True  # `NorthWind` under `northWindServiceKey`
    return 2 < len(plain) <= len(ends) and ends.endswith(plain) and is_strong(plain)


_COOKIES = lazy_re.compile(r"[\w.$%!*~|-]{1,100}=(?!=|\Z)")
_COOKIE_NAME = lazy_re.compile(r"(?:\A|;\s{0,4})([^=;\s]{1,100})=")
# Names of cookies that sign a user in: `PHPSESSID`, `connect.sid`, `__Secure-3PSID`, `.ASPXAUTH`
_SIGNS_IN = lazy_re.compile(
    r"(?i:(?!.*(?:[cx]srf|nonce))[^\n]*?(?:sess|sid(?![a-z])|auth(?!or)|token|jwt|secret|pass(?!ive)|"
    r"credential|log(?:ged)?[_-]?in|remember|ticket|key\b|identity))"
)


def is_plain_cookie(value: str, name: str) -> bool:
    """Whether this is cookies, `name=value`, of which no own name says that it signs a user in."""
    if not name.lower().endswith(("cookie", "cookies")) or not _COOKIES.match(value):
        return False
    return not any(map(_SIGNS_IN.match, _COOKIE_NAME.findall(value)))


PAIRS = (
    Filter("repeats-name", "it repeats its own name", repeats_name,
        drops=(("password", "DB_PASSWORD"), ("apiKey", "api_key"), ("password", "password_confirmation"),
            ("password_confirmation", "password"),
            ("EndOfYearModalShowModal2025Key", "END_OF_YEAR_SHOW_MODAL_2025_KEY"),
            ("app/staging/db_password", "db_password"), ("database_password", "DB_PASSWORD"),
            ("NORTHWind", "northWindServiceKey"), ("test_search_password", "SEARCH_PASSWORD"),
            ("TWILIOAUTHTOKENTWILIOAUTHTOKENTWIL", "TWILIO_AUTH_TOKEN")),
        keeps=(("postgres", "POSTGRES_PASSWORD"), ("test_password", "SEARCH_PASSWORD"),
            ("north-wind", "NORTH_WIND_PASSWORD"),
            ("mypassword", "password"), ("a/Kq7vWz2p", "db_password"))),
    Filter("uuid", "it is the id of something",
        lambda value, name: _UUID.match(value) and not _MAY_BE_UUID.search(name),
        drops=(("01234567-89ab-cdef-0123-456789abcdef", "signing_key"),
            ("{01234567-89ab-cdef-0123-456789abcdef},10", "CLASS_KEY"),
            ("01234567-89ab-cdef-0123-456789abcdefpdf", "fileKey"),
            ("01234567-89ab-cdef-0123-456789abcdef/4DNFITTM7J2L.bw", "upload_key")),
        keeps=(("01234567-89ab-cdef-0123-456789abcdef", "api_key"),)),
    Filter("cookie", "it is a cookie that signs no one in", is_plain_cookie,
        drops=(("lang=en", "Cookie"), ("_ga=GS1.1.1693348041.1.0; tz=-420", "set-cookie"),
            ("b=e096d4332e53962bca507efb1bdbeb00", "cookie"), ("csrf_token=Kq7vWz2p9x", "Cookie")),
        keeps=(("sid=Kq7vWz2p9x", "Cookie"), ("lang=en; PHPSESSID=Kq7vWz2p9x", "cookie"),
            ("auth_token=Kq7vWz2p9x", "cookie"), ("a7Kq7vWz2p9x==", "erlang_cookie"),
            ("b=e096d4332e53", "COOKIE_SECRET"))),
)  # fmt: skip
