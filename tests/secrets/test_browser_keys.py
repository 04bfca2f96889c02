"""Keys beside settings that only a browser's client has are reported with low confidence."""

from __future__ import annotations

import pytest

from palint import secrets
from palint.findings import Confidence
from palint.secrets.synthetic import generate

KEY, GOOGLE = "{hex:32}", "AIzaSy{base62:33}"
PUBLIC = (
    ("a.ts", "docsearch({\n  appId: 'Kq7',\n  apiKey: '«»',\n  indexName: 'docs',\n});", KEY),
    ("a.ts", "algolia: { indexName: 'docs', apiKey: \"«»\" }", KEY),
    ("a.tsx", '<DocSearch\n  indexName="docs"\n  apiKey="«»"\n/>', KEY),
    ("a.js", "docsearch({ appId: 'Kq7', apiKey: '«»', indices: [{ name: 'docs' }] });", KEY),
    ("a.tsx", '<DocSearch indices={[{ name: "docs" }]} apiKey="«»" />', KEY),
    (
        "a.js",
        "{ appId: 'Kq7', facets: [{ id: 'x' }], apiKey: '«»', params: { q: 'x' }, indexName: 'docs' }",
        KEY,
    ),
    ("a.js", "aa('init', {\n  appId: 'KQ7VWZ2P9X',\n  apiKey: '«»',\n})", KEY),
    ("a.js", 'firebase.initializeApp({apiKey: "«»", authDomain: "a.firebaseapp.com"})', GOOGLE),
    ("a.html", 'maps({apiKey: "«»"})', GOOGLE),
    ("a.html", 'window.NREUM={"errorBeacon":"bam.nr-data.net","licenseKey":"«»","agent":""}', KEY),
)
PRIVATE = (
    ("a.ts", "client({\n  appId: 'Kq7',\n  apiKey: '«»',\n});", KEY),
    ("a.ts", "index({ indexName: 'docs' }, { apiKey: '«»' })", KEY),
    ("a.ts", "client({ apiKey: '«»' }, { indexName: 'docs' })", KEY),
    ("a.ts", "docsearch({ appId: 'Kq7' }); client({ apiKey: '«»' })", KEY),
    ("a.ts", "client({ apiSecret: '«»', indexName: 'docs' })", KEY),
    ("a.js", 'maps({apiKey: "«»"})', GOOGLE),
)


def _confidence(path: str, text: str, shape: str) -> list[Confidence]:
    value = generate(shape, 7)
    return [s.confidence for s in secrets.in_line(text.replace("«»", value), path)]


@pytest.mark.parametrize(("path", "text", "shape"), PUBLIC)
def test_a_key_that_a_page_may_carry(path: str, text: str, shape: str) -> None:
    assert _confidence(path, text, shape) == [Confidence.LOW]


@pytest.mark.parametrize(("path", "text", "shape"), PRIVATE)
def test_a_key_that_nothing_says_a_page_carries(path: str, text: str, shape: str) -> None:
    assert _confidence(path, text, shape) == [Confidence.HIGH]
