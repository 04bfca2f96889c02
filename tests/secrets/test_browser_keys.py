"""Keys for pages and apps: not reported if their vendor says so, else with low confidence."""

from __future__ import annotations

import base64
import json

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
    ("a.html", 'maps({apiKey: "«»"})', GOOGLE),
    ("a.html", 'window.NREUM={"errorBeacon":"bam.nr-data.net","licenseKey":"«»","agent":""}', KEY),
    ("a.html.erb", "<p>\n<script>\n  var apikey = '«»';\n</script>", KEY),
)
FOR_CLIENTS = (
    ("a.js", 'firebase.initializeApp({apiKey: "«»", authDomain: "a.firebaseapp.com"})', GOOGLE),
    ("google-services.json", '"api_key": [{"current_key": "«»"}]', GOOGLE),
    ("a.plist", "<key>API_KEY</key>\n<string>«»</string>\n<key>GCM_SENDER_ID</key>", GOOGLE),
    ("a.dart", "apiKey: '«»',\n    appId: '1:2:web:3',\n    messagingSenderId: '2',", GOOGLE),
    ("a.env", "VITE_FIREBASE_API_KEY=«»\nVITE_FIREBASE_AUTH_DOMAIN=a.example", GOOGLE),
    ("a.html", '<script src="https://maps.example/maps/api/js?v=3&amp;key=«»&callback=x">', GOOGLE),
    ("a.js", "load('//maps.example/v2/sdk.js?appkey=«»')", KEY),
    ("a.html.erb", '<iframe src="https://maps.example/embed/v1/place?key=«»&q=x">', GOOGLE),
    ("a.js", """x = '<iframe style="" src = "https://maps.example/embed/v1/view?key=«»&zoom=1">'""", GOOGLE),
    (
        "a.php",
        'echo "<iframe src=\'https://maps.example/maps/embed/v1/place?q=" . $a . "," . $b . "&amp;key=«»\'>"',
        GOOGLE,
    ),
    ("History", "https://auth.example/__/auth/handler?apiKey=«»&appName=x", GOOGLE),
    ("a.log", "key firebase:authUser:«»:[DEFAULT]", GOOGLE),
    ("strings.xml", '<string name="facebook_client_token">«»</string>', KEY),
    ("a.env", "MIXPANEL_TOKEN=«»", KEY),
    ("a.yml", r"NREUM.info={\"a\":1,\"licenseKey\":\"«»\"", "{hex:10}"),
    ("a.html", """data-cf-beacon='{"token": "«»"}'""", KEY),
    ("a.js", "auth: '«»',\n preview: 'env-41'", KEY),
    ("a.swift", 'pusherAppKey: "«»"', "{hex:20}"),
    ("a.env", "PUSHER_APP_KEY=«»", "{hex:20}"),
    ("a.gradle", 'JPUSH_APPKEY : "«»"', "{hex:24}"),
    ("a.env", "OPTIMIZELY_SDK_KEY=«»", "{base62:22}"),
    ("a.js", "token = await grecaptcha.execute('«»', { action: 'x' })", "6L{base62:38}"),
    ("a.js", "x.recaptcha_api_key ? x.recaptcha_api_key : '«»'", "6L{base62:38}"),
)
PRIVATE = (
    ("a.ts", "client({\n  appId: 'Kq7',\n  apiKey: '«»',\n});", KEY),
    ("a.ts", "index({ indexName: 'docs' }, { apiKey: '«»' })", KEY),
    ("a.ts", "client({ apiKey: '«»' }, { indexName: 'docs' })", KEY),
    ("a.ts", "docsearch({ appId: 'Kq7' }); client({ apiKey: '«»' })", KEY),
    ("a.ts", "client({ apiSecret: '«»', indexName: 'docs' })", KEY),
    ("a.js", 'maps({apiKey: "«»"})', GOOGLE),
    ("a.js", "</script><p>apikey = '«»';", KEY),
    ("a.js", "fetch('https://maps.example/json?key=«»')", GOOGLE),
    ("a.js", "get('https://maps.example/maps/embed/v1/x'); get('https://maps.example/json?key=«»')", GOOGLE),
    ("a.js", "get('https://maps.example/maps/api/geocode/json?key=«»')", GOOGLE),
    ("a.env", "MIXPANEL_SECRET=«»", KEY),
    ("a.env", "FACEBOOK_APP_SECRET=«»", KEY),
    ("a.js", "recaptcha_secret: '«»'", "6L{base62:38}"),
    ("a.yml", 'agent.info={"licenseKey":"«»"', "{hex:20}"),
    ("a.js", "auth: '«»',\n preview: true", KEY),
    ("a.env", "PUSHER_APP_SECRET=«»", "{hex:20}"),
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


@pytest.mark.parametrize(("path", "text", "shape"), FOR_CLIENTS)
def test_a_key_that_every_client_has(path: str, text: str, shape: str) -> None:
    assert _confidence(path, text, shape) == []


def _token(role: str) -> str:
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"iss": "supabase", "role": role, "iat": 1, "exp": 2_000_000_000},
    )
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join((*encoded, generate("{base64url:43}", 7)))


def test_the_token_of_the_anonymous_role() -> None:
    for role, expected in (("anon", []), ("service_role", [Confidence.HIGH])):
        assert _confidence("a.env", f"SUPABASE_KEY={_token(role)}", "") == expected
