"""Keys that a vendor means for pages and apps, told by what is beside them.

Some are no secrets by the vendor's own words: those of Firebase's settings, of Supabase's anonymous role, of
a captcha on a page, in the address of a script. Of others the value, its name and its neighbours do not say
so: an `apiKey` beside an `indexName` may be the search-only key of Algolia, which every reader of the page
has, or the admin key. So the confidence is low. A value in the format of another vendor stays certain
whatever is beside it.
"""

from __future__ import annotations

import re

from palint.secrets import checksums
from palint.util import lazy_re

_REACH = 400  # characters on each side of the value in which its object starts and ends
_NAMED = lazy_re.compile(
    r"(api|licen[sc]e)(?:_?(?:key|token))?[\"']?\s{0,4}[:=]\s{0,4}\{?\s?[\"'`]?\Z",
    re.I,
)
_NEIGHBOURS = {
    # `apiKey` beside `indexName`, or of DocSearch: https://www.algolia.com/doc/guides/security/api-keys/
    "api": lazy_re.compile(
        r"(?<!\w)(?:(?:indexName|index_name)[\"']?\s{0,4}[:=]|(?i:docsearch)\W|"
        r"appId[\"']?:\s{0,4}[\"'][A-Z0-9]{10}[\"'])"
    ),
    # `licenseKey` beside `errorBeacon`: https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
    "licen": lazy_re.compile(r"(?<!\w)(?:errorBeacon|applicationID)[\"']?\s{0,4}[:=]"),
}
FORMAT = "google-api-key"  # the only format of such keys; the others have none
_IN_SCRIPT = lazy_re.compile(r"<(/?)script\b", re.I)
_BRACKET = lazy_re.compile(r"[][{}()]")
_NAME = 20  # characters of the object's own name
_SCRIPT_LONGEST = 4000  # characters of a page's script before the key

# Settings beside the key of an app, and what it signs in at: https://firebase.google.com/docs/projects/api-keys
_OF_FIREBASE = lazy_re.compile(
    r"auth_?domain|messaging_?sender_?id|gcm_sender_id|google_app_id|mobilesdk_app_id|current_key|"
    r"/__/auth/|firebase:authUser:",
    re.I,
)
# The address of a map in a page, also one that code puts together
_OF_MAP = lazy_re.compile(r"\bmaps/(?:embed/v1/|api/js\?)(?:(?!https?:)[^<>\n]){0,300}\bkey=[\s\"'+.]{0,8}\Z")
# A site's key has the form of its secret key: https://developers.google.com/recaptcha/intro
_CAPTCHA = lazy_re.compile(r"(?!.*(?:secret|private)).*captcha", re.I)
# https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/#browser-key
# https://developers.cloudflare.com/web-analytics/get-started/
_OF_PAGE = lazy_re.compile(r"NREUM[^\n]{0,100}\0[0-9a-f]{10}\Z|cf-beacon[^\n]{0,100}\0[0-9a-f]{32}\Z")
# After `auth`: https://support.google.com/tagmanager/answer/6311518
_OF_TAG_MANAGER = lazy_re.compile(r"[\"'],?\s{0,40}[\"']?preview[\"']?\s{0,4}[:=]\s{0,4}[\"']env-\d")
# Keys of apps beside which there is a secret one: https://pusher.com/docs/channels/using_channels/connection,
# https://docs.jiguang.cn/en/jpush/quickstart/Android_quick,
# https://docs.developers.optimizely.com/feature-experimentation/docs/sdk-keys,
# https://developers.facebook.com/docs/facebook-login/guides/access-tokens,
# https://docs.mixpanel.com/reference/project-token
_OF_APP = lazy_re.compile(
    r"(?i)(?:(?:pusher(?:_?app)?|jpush(?:_?app)?|optimizely(?:_?sdk)?)_?key|"
    r"facebook_?client_?token|mixpanel_?(?:project_?)?token)\Z"
)
# The address of a script, or of what an element of a page shows, such as
# https://developers.google.com/maps/documentation/javascript/load-maps-js-api,
# https://developers.google.com/maps/documentation/embed/embedding-map
_SCRIPT = lazy_re.compile(
    r"(?:[./]js|\bsrc\s?=\s?\\?[\"']https?://[^\s\"'`<>?]{1,100})\?(?:[^\s\"'`<>]{1,200}&(?:amp;)?)?\w{0,20}key=\Z",
    re.I,
)


def is_for_clients(text: str, start: int, end: int, name: str) -> bool:
    """Whether text[start:end], which is assigned to this name, is a key that every page or app may have."""
    value = text[start:end]
    if value.startswith("ey") and value.count(".") == 2:  # https://supabase.com/docs/guides/api/api-keys
        return checksums.decode_json(value.split(".")[1]).get("role") == "anon"
    if value.startswith("AIza") and (
        _OF_FIREBASE.search(text, max(0, start - _REACH), end + _REACH)
        or _OF_MAP.search(text, max(0, start - _REACH), start)
    ):
        return True
    if value.startswith("6L") and _CAPTCHA.match(name + text[max(0, start - _NAME) : start]):
        return True
    if _OF_APP.search(name) or _OF_TAG_MANAGER.match(text, end):
        return True
    if _OF_PAGE.search(f"{text[max(0, start - 120) : start]}\0{value[:40]}"):
        return True
    return _SCRIPT.search(text, max(0, start - 240), start) is not None


def may_be_for_browsers(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is a key beside names of settings that only a browser's client has."""
    named = _NAMED.search(text, max(0, start - 40), start)
    if not named:
        return False
    tags = _IN_SCRIPT.findall(text, max(0, start - _SCRIPT_LONGEST), start)
    if tags and not tags[-1]:  # a script of the page itself
        return True
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    before = [(found.start(), found[0] in "[{(") for found in _BRACKET.finditer(text, low, named.start())]
    after = [(found.start(), found[0] in "]})") for found in _BRACKET.finditer(text, end, high)]
    inside = text[max(0, _unmatched(before[::-1], low) - _NAME) : _unmatched(after, high)]
    return _NEIGHBOURS[named[1][:5].lower()].search(inside) is not None


def _unmatched(brackets: list[tuple[int, bool]], default: int) -> int:
    """The place of the first bracket around the value; (place, whether it goes around), nearest first."""
    depth = 0
    for at, ends in brackets:
        if ends and not depth:
            return at
        depth += -1 if ends else 1
    return default
