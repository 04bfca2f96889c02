"""Keys that a vendor means for pages in a browser, told by their neighbours in the same object.

The value and its name do not say so: an `apiKey` beside an `indexName` may be the search-only key of Algolia,
which every reader of the page has, or the admin key. So the confidence is low. A value in the format of
another vendor stays certain whatever is beside it.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

_REACH = 400  # characters on each side of the value in which its object starts and ends
_NAMED = lazy_re.compile(
    r"(api|licen[sc]e|current|auth|token)(?:_?(?:key|token))?[\"']?\s{0,4}[:=]\s{0,4}\{?\s?[\"'`]?\Z",
    re.I,
)
_NEIGHBOURS = {
    # `apiKey` beside `indexName`, or of DocSearch: https://www.algolia.com/doc/guides/security/api-keys/
    # `apiKey` beside `authDomain`: https://firebase.google.com/docs/projects/api-keys
    "api": lazy_re.compile(
        r"(?<!\w)(?:(?:indexName|index_name|authDomain)[\"']?\s{0,4}[:=]|(?i:docsearch)\W|"
        r"appId[\"']?:\s{0,4}[\"'][A-Z0-9]{10}[\"'])"
    ),
    # `licenseKey` beside `errorBeacon`: https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
    # `current_key` of `google-services.json`: https://firebase.google.com/docs/projects/api-keys
    "curre": lazy_re.compile(""),
    # `auth` beside a container of Tag Manager: https://support.google.com/tagmanager/answer/6311518
    "auth": lazy_re.compile(r"(?<!\w)GTM-[A-Z0-9]{6}"),
    # Cloudflare's beacon: https://developers.cloudflare.com/web-analytics/get-started/
    "token": lazy_re.compile(r"data-cf-beacon="),
    "licen": lazy_re.compile(r"(?<!\w)(?:errorBeacon|applicationID)[\"']?\s{0,4}[:=]"),
}
FORMAT = "google-api-key"  # the only format of such keys; the others have none
_BRACKET = lazy_re.compile(r"[][{}()]")
_NAME = 20  # characters of the object's own name


def may_be_for_browsers(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is a key beside names of settings that only a browser's client has."""
    named = _NAMED.search(text, max(0, start - 40), start)
    if not named:
        return False
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
