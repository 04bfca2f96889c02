"""Filters on the values of HTTP's headers: cookies, and parameters of `Authorization`."""

from __future__ import annotations

from palint.secrets.filters.names import PairFilter
from palint.secrets.filters.place import Place, SyntaxFilter
from palint.util import lazy_re

_COOKIES = lazy_re.compile(r"[\w.$%!*~|-]{1,100}=(?!=|\Z)")
_COOKIE_NAME = lazy_re.compile(r"(?:\A|;\s{0,4})([^=;\s]{1,100})=")
# Names of cookies that sign a user in: `PHPSESSID`, `connect.sid`, `__Secure-3PSID`, `.ASPXAUTH`
_SIGNS_IN = lazy_re.compile(
    r"(?i:(?!.*(?:[cx]srf|nonce))[^\n]*?(?:sess|sid(?![a-z])|auth(?!or)|token|jwt|secret|pass(?!ive)|"
    r"credential|log(?:ged)?[_-]?in|remember|ticket|key\b|identity))"
)
_PARAMETER = lazy_re.compile(r"[\s,]([\w-]{1,40})=")
_LAST_PARAMETER = lazy_re.compile(r"[\w-][\s,]{1,4}([\w-]{1,40})=\\{0,2}[\"']?\Z")
# A scheme and its first parameter: `Hawk id="…"`, `Digest username="…"`
_PARAMETERS = lazy_re.compile(r"[A-Za-z][\w-]{1,30} {1,4}[\w-]{1,40}=\\{0,2}[\"']?\w")
# `token="…"` of Rails, `key=…` of Firebase; not what OAuth 1 and HTTP's signatures send beside a signature
_OPENS = lazy_re.compile(r"(?i:(?!oauth_|key_?id\Z)[\w-]{0,40}?(?:pass|pwd|secret|token|key|auth))")


def is_plain_cookie(value: str, name: str) -> bool:
    """Whether this is cookies, `name=value`, of which no own name says that it signs a user in."""
    if not name.lower().endswith(("cookie", "cookies")) or not _COOKIES.match(value):
        return False
    return not any(map(_SIGNS_IN.match, _COOKIE_NAME.findall(value)))


def has_plain_parameters(value: str, name: str) -> bool:
    """Whether this is a scheme with parameters, none of which is a secret: `Digest username="…", …`."""
    if not name.lower().endswith("authorization") or not _PARAMETERS.match(value):
        return False
    return not any(map(_OPENS.match, _PARAMETER.findall(value)))


def is_plain_parameter(place: Place) -> bool:
    """Whether this is a parameter of `Authorization` whose own name is not that of a secret."""
    if not place.name.lower().endswith("authorization"):
        return False
    parameter = _LAST_PARAMETER.search(place.before)
    return parameter is not None and not _OPENS.match(parameter[1])


PAIRS = (
    PairFilter(
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
    PairFilter(
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
)
PARAMETERS = (
    SyntaxFilter(
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
)
