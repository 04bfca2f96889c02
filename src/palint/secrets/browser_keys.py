"""Keys that a vendor means for pages in a browser, told by their neighbours in the same object.

The value and its name do not say so: an `apiKey` beside an `indexName` may be the search-only key of Algolia,
which every reader of the page has, or the admin key. So the confidence is low.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

_REACH = 400  # characters on each side of the value in which its object starts and ends
_NAMED = lazy_re.compile(r"(api|licen[sc]e)_?key[\"']?\s{0,4}[:=]\s{0,4}\{?\s?[\"'`]\Z", re.I)
_NEIGHBOURS = {
    # `apiKey` beside `indexName`: https://www.algolia.com/doc/guides/security/api-keys/
    # `apiKey` beside `authDomain`: https://firebase.google.com/docs/projects/api-keys
    "api": lazy_re.compile(r"(?<!\w)(?:indexName|index_name|authDomain)[\"']?\s{0,4}[:=]"),
    # `licenseKey` beside `errorBeacon`: https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
    "licen": lazy_re.compile(r"(?<!\w)(?:errorBeacon|applicationID)[\"']?\s{0,4}[:=]"),
}
_OPENS = lazy_re.compile(r"[{(\[]|<[A-Za-z]")
_CLOSES = lazy_re.compile(r"[})\]]|/?>")


def may_be_for_browsers(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is a key beside names of settings that only a browser's client has."""
    named = _NAMED.search(text, max(0, start - 40), start)
    if not named:
        return False
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    openings = [found.end() for found in _OPENS.finditer(text, low, named.start())]
    closing = _CLOSES.search(text, end, high)
    inside = text[openings[-1] if openings else low : closing.start() if closing else high]
    return _NEIGHBOURS[named[1][:5].lower()].search(inside) is not None
