"""What of a candidate is judged, and what the judgement is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from random import Random

import pytest

from palint import secrets
from palint.findings import Confidence
from palint.secrets import synthetic
from palint.secrets.documented_examples import is_documented
from palint.secrets.judge import decoded_line, judged_part
from palint.secrets.synthetic import generate


def test_a_basic_header_is_judged_by_the_password_in_it() -> None:
    assert judged_part("c29tZW9uZTpwYXNz", "Basic", "authorization-header") == "pass"
    assert judged_part("c29tZW9uZTpwYXNz", "Bearer", "authorization-header") == "c29tZW9uZTpwYXNz"


def judged(path: str, shape: str, seed: int = 2) -> list[Confidence]:
    """The confidences of what is reported at the value in «…»."""
    text, start, end = synthetic.make_with_value(shape, seed)
    return [s.confidence for s in secrets.in_line(text, path) if s.start < end and start < s.end]


# Where a value stands that a form of assignment had no entry for
@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("a.py", 'user, password = "app", "«{base62:20}»"'),
        ("a.go", 'user, name, token := "app", "x", "«{base62:20}»"'),
        ("a.py", 'run(["tool", "--keystore-password", "«{base62:16}»", "-v"])'),
        ("a.yml", 'command: ["tool", "--db-password", "«{base62:16}»"]'),
        ("a.php", "define('AUTH_SALT',        '«{base62:64}»');"),
        ("a.php", "define( 'NONCE_KEY', '«{base62:64}»' );"),
        ("a.yml", "csrf_secret: «{base62:40}»"),
        ("a.env", "MAIL_KEY=«key-{hex:32}»"),
        ("secrets.yml", "  password_pepper: «{base62:64}»"),
        ("a.py", 'url = "https://api.telegram.org/bot«{digits:10}:AA{base64url:33}»/getMe"'),
        ("a.py", 'password = "«{base62:20}»" if debug else read()'),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_random_value_is_found_in_every_form(path: str, shape: str, seed: int) -> None:
    assert len(judged(path, shape, seed)) == 1


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("a.js", "f({token:\n  'x9', tenant_id: '«{uuid}»'})"),  # the next member
        ("a.md", "your own value for the password:\n\n```«postgresql»\nCREATE DATABASE a;\n"),
        ("a.cjs", '{static{this.schema=[Pw("«recursive»",Ku.Forbids,["interactive","x"])]}}'),
        ("a.py", 'password, user = "x", "«{base62:20}»"'),  # the name at its place is not a secret's
        ("a.yml", "- value: «{base62:20}»\n- name: DB_PASSWORD"),  # the next item
        ("a.py", '["token", "«{base62:20}»", "x"]'),  # a list, not an option and its value
        ("a.json", '"https://cdn.example.com/x/tokenizer.ts": "«{hex:64}»"'),
        ("a.css", ".«md-button-toggle-appearance» { color: red }"),
        ("a.txt", "«{base64:40}%2FEAAC{base62:180}»"),  # base64, with its `/` escaped
        ("a.js", "const BARE_KEY = «/[A-Za-z0-9_-»]+/;"),
        ("a.ts", "const RNBW_TOKEN_ADDRESS: Address = '«0x{hex:40}»'"),
        ("a.json", '"uniqueTokens": ["«0x{hex:40}:42161»"]'),
        ("a.yml", "queue_arn: «arn:aws:sqs:eu-west-1:{digits:12}:role-events-test-of-a-long-name»"),
        ("a.env", "RECAPTCHA_PRIVATE_KEY=«6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe»"),
        ("a.rb", 'token = "«eyJhbGciOiJSUzI1NiIsInR5c»"'),
        ("a.key", "«-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----»"),
        ("a.java", 'String SERVICE_JWT = "«eyAidGVzdCI6InRlc3QiIH0=»"'),
        ("a.ts", '{"access_token": "«eyAiYSI6IDEgfQ==.ewoiZXhwIjoxCn0=»"}'),
        ("a.php", "$key = '«federation:webfinger:sha256:»' . $hash;"),
        ("a.json", '"https://a.example.com/b;jsessionid=«{BASE36:24}»?N=0"'),
        ("a.ts", 'const LAYOUT_KEY = "«exploreV2ObservationsLayout»"'),
        ("a.js", 'npm = {appId: "X", apiKey: "«6fe4476ee5a1832882e326b506d14126»"}'),
        ("a.json", '{"kty": "EC", "d": "«870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE»"}'),
        ("a.cs", "JsonWebKey = \"«{'e':'AQAB','kty':'RSA','n':'{base64url:342}'}»\""),
        # under the name of a key that nothing is said to open a value needs to look random
        ("a.go", 'strKey = "«Passw0rd»"'),
        ("a.py", 'lookup_key="«211elivingstonavecolumbusoh43215»"'),
        ("a.php", "'key' => '«{hex:13}»',"),
        ("a.md", 'Authorization: Hawk id="«{base36:12}»", ts="1353832234"'),
        ("a.xaml", '<SolidColorBrush x:Key="«Gray10Brush»" />'),
        ("a.ts", "const COLUMN_STATE_STORAGE_KEY = '«persistent_entities_state_v1»';"),
        ("a.tpl", 'key: {{ .Values.admin.passwordKey | default "«admin-password»" }}'),
        ("a.tpl", "{{- $password = «index» $data .key | b64dec }}"),
        ("a.md", "INFO Removing the expired token «{HEX:64}» of a device"),
        ("a.md", "9:01AM INF merchant keys aKeyID=«{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}:{base62:40}»"),
        ("a.md", "2. Get the password: «kubectl» -n argocd get secret initial"),
        ("a.yml", 'a.css: |\n  input[type="password"]:«focus»,\n  input { }'),
        ("a.sh", 'password="${DB_PASSWORD:-"«$env_password»"}"'),
        ("a.py", "{'token': env('TOKEN_THROTTLE_RATE', '«100000/s»')}"),
        ("A.java", 'given(helper.createUploadCredential("DIVORCE","«finrem»"))'),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_what_only_looks_like_a_secret_is_not_reported(path: str, shape: str, seed: int) -> None:
    assert judged(path, shape, seed) == []


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("a.yml", "partner_key: «{base62:32}»"),
        ("a.yml", "INGRESSCOOKIE: «{digits:10}.{digits:3}.{digits:5}.{digits:6}|{hex:32}»"),
        ("a.yml", "seed: «{base62:32}»"),
        ("a.ts", 'const apiKey = "«AIzaSyD-EXAMPLEKEY1234567890»"'),
        ("a.kt", 'passwordInput = "«123123123123»"'),
        ("a.yml", "deepl_api_key: «48E92789-57A3-466A-9959-1A1A1A1A1A1A»"),
        ("a.go", 'token: "«abcdefghijklmnop====»"'),
        ("a.php", "'api_key' => '«wertwertwegsdfbdf243w567fg8ihuon»'"),
        ("a.yml", "client_secret: «fdiuasdfusdfsdfpsdagofweopf»"),
        ("a.json", '"BadHashToken": "«{hex:63}»"'),
        ("a.yml", "apiKey: «llama-strix-dsv4f»"),
        ("a.py", 'BOT_TOKEN = "«{base62:8}»"'),
        ("a.xml", "<c:requestToken>«{base62:92}»</c:requestToken>"),
        ("a.py", 'JWT = (\n    "«eyJhbGciOiJIUzI1NiJ9.eyJ{base64url:42}»"\n    "{base64url:60}")'),
        ("a_test.go", 'blindedToken := "«{base64:43}=»"'),  # a message of a protocol
        ("a_test.go", 'pKey := "«{base64:43}=»"'),
        ("a.html", '<a href="https://a.example.com/?tix_reservation_token=«{base62:16}»#x">'),
        ("a.py", 'SDX_PRIVATE_KEY = "«{hex:40}»"'),  # the id of a pair
        ("a.yml", "user-lpa-actor-token: «{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}»"),
        ("a.json", '{"password": "«{base64:342}==»"}'),  # what RSA encrypts
        ("A.java", 'String sessionKey = "«{base64url:342}»";'),
        ("a.md", "7 named tokens: «bCSPX/bTSLA/bCOIN/bNVDA/bMSTR/GBPe/sDAI»"),
        ("a.py", "body = (b'[{\"token\":\"«{hex:30}'»\n    b'{hex:10}\"}]')"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_typed_or_named_by_no_credential_is_not_certain(path: str, shape: str, seed: int) -> None:
    assert Confidence.HIGH not in judged(path, shape, seed)


@pytest.mark.parametrize(
    ("path", "shape", "expected"),
    [
        ("a.properties", "admin.guest.password=«guest»", Confidence.LOW),  # RabbitMQ's default
        (
            "A.java",
            'String knownGeneratedKey = "«{hex:40}»";',
            Confidence.LOW,
        ),  # of nothing that it opens
        ("a.json", '"createServiceAccountKey": "«{hex:40}»"', Confidence.LOW),  # what an action is mapped to
        ("a.go", 'check("password", "«{hex:16}»")', Confidence.LOW),  # what follows a single word in quotes
        # what one request has: a form's token, a UUID against caches, the signature of its body
        ("a.php", "'_token' => '«{base64url:43}»'", Confidence.LOW),
        ("a.json", '"Postman-Token": "«{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}»"', Confidence.LOW),
        ("a.json", '"hmacSignature": "«{base64:43}=»"', Confidence.LOW),
        ("a.json", '"api_token": "«{base64url:43}»"', Confidence.HIGH),
        # what a link holds, and what is an id beside it
        ("a.json", '"join": "https://meet.example/j/1?pwd=«{base62:32}»"', Confidence.LOW),
        ("a.sh", "curl 'https://api.example/v4/files?private_token=«{base62:20}»'", Confidence.HIGH),
        ("a.json", '"token": "«{hex:32}»", "cart_id": "{hex:32}"', Confidence.HIGH),
        ("a.go", 'VerificationToken: "«{base62:24}»",', Confidence.LOW),
        ("a.json", '{"stateToken": "«{base62:42}»"}', Confidence.LOW),  # used once
        (
            "a.yml",
            "saml_secret_key: «000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f»",
            Confidence.LOW,
        ),
        ("a.html", '<input name="form_token" value="«{base62:40}»">', Confidence.LOW),
        ("a.py", "KIT_API_KEY = '«FEDEX-{base62:3}47{base62:3}»'", Confidence.LOW),
        # the id of an application, and what a bundler writes into pages
        ("a.py", "OAUTH_CONSUMER_KEY = '«{base62:20}47»'", Confidence.LOW),
        ("a.py", "SPOTIFY_ID_KEY = '«{base62:20}47»'", Confidence.LOW),
        ("a.env", "VITE_ANALYTICS_API_KEY=«{base62:20}47»", Confidence.LOW),
        ("a.env", "ANALYTICS_API_KEY=«{base62:20}47»", Confidence.HIGH),
        ("a.env", "MAPS_KEY=«{base62:20}47»\nMAPS_SECRET=x", Confidence.LOW),
        ("a.env", "MAPS_KEY=«{base62:20}47»\nURL=x", Confidence.HIGH),
        ("a.yml", "access-key: «{base62:18}47»\nsecret-key: ${SECRET}", Confidence.LOW),
        ("a.yml", "pay.access_key: «{base62:18}47»\npay.secret_access_key: x", Confidence.LOW),
        ("a.yml", "access-key: «{base62:18}47»\nurl: x", Confidence.HIGH),
        ("a.yml", "secret-access-key: «{base62:18}47»\nsecret-key: x", Confidence.HIGH),
        ("vars.sh", 'export HUB_SECRET_PARTY_KEY="«Y{digits:5}-{digits:7}»"', Confidence.LOW),  # a number
        ("a.ts", "jwt = '«eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHB9.{base64url:43}»'", Confidence.LOW),
        # what a page sends with a form, and what is entered there
        ("a.md", '<input type="hidden" name="token" value="«{base64:60}»">', Confidence.LOW),
        ("a.md", '<input type="text" name="token" value="«{base64:60}»">', Confidence.HIGH),
        ("a.rb", 'password_reset_token: "«{base62:24}»"', Confidence.LOW),
        ("A.java", 'String expectedToken = "«{hex:64}»";', Confidence.LOW),
        ("a.ts", 'const key = "«sk_live_0123456789abcdefghijklmnop»";', Confidence.LOW),
        ("a.php", "'admin_password' => '«Maut1cR0cks!»',", Confidence.LOW),
        ("a.js", "password: password || '«K0VUkTax2017Rocks»'", Confidence.LOW),  # words with a year
        ("A.java", 'String password = "«{hex:128}»";', Confidence.LOW),  # has the length of a hash
        ("A.java", 'user.setPassword("«{HEX:32}»");', Confidence.LOW),
        ("A.java", 'String secret = "«{hex:128}»";', Confidence.HIGH),
        ("a.json", '"passwordEncoded": "«{hex:96}»"', Confidence.LOW),
        # a hash beside its salt
        (
            "a.xml",
            '<field name="salt">{base62:31}</field>\n<field name="password">«{base64:86}==»</field>',
            None,
        ),
        (
            "a.xml",
            '<c name="password" value="«{hex:39}»"/>\n<c name="salt" value="{hex:40}"/>',
            None,
        ),
        ("a.json", '{"password": "«{hex:64}»", "salt": "{hex:16}"}', None),
        # the hash of a common word, here `password`
        ("a.php", f"'password' => '«{hashlib.md5(b'password').hexdigest()}»'", None),
        ("a.php", f"'password' => '«{hashlib.md5(b'Kq7vWz2p').hexdigest()}»'", Confidence.LOW),
        ("a.php", f"'api_key' => '«{hashlib.sha256(b'secret').hexdigest()}»'", Confidence.HIGH),
        ("a.json", '{"password": "«{hex:64}»", "saltRounds": "{hex:16}"}', Confidence.HIGH),
        ("a.xml", '<authorize password="«{hex:64}»" encoding="sha256">', None),
        ("a.xml", '<authorize password="«{hex:64}»" encoding="plain">', Confidence.HIGH),
        ("a.py", 'banned_passwords = ["«{base62:16}»"]', Confidence.LOW),
        # a password that stands in a URL, too
        ("a.yml", "PG_PASSWORD: «myAw3s0m3Pa55@w0rd»\nX: db://u:myAw3s0m3Pa55@w0rd@db/x", Confidence.HIGH),
        ("a.yml", "PG_PASSWORD: «myAw3s0m3Pa55@w0rd»\nX: db://u@db/x", Confidence.LOW),
        ("a.yml", "PG_PASSWORD: «north-wing»\nX: db://u:north-wing@db/x", Confidence.LOW),
        ("a.yml", 'COOKIE_SECRETS: "«{base62:16} {base62:16}»"', Confidence.HIGH),  # two, of one size
        ("a.ts", 'await login(page, "app", "«localpass»");', Confidence.LOW),  # the last two sign in
        ("a.ts", "const url = `jdbc:db;password=«hunter»;`;", Confidence.LOW),  # no name, in a string
        ("redis.conf", "masterauth «{base62:20}»", Confidence.HIGH),
        ("a.yml", 'FERNET_KEY: ${FERNET_KEY:-"«{base64url:43}=»"}', Confidence.HIGH),
        ("a.go", "// To set auth token «{HEX:64}»", Confidence.HIGH),
        ("a.json", '{"value": "«{base62:20}»", "name": "DB_PASSWORD"}', Confidence.HIGH),
        ("a.yml", "- value: «{base62:20}»\n  name: DB_PASSWORD", Confidence.HIGH),
        ("a.py", 'conf = """\nupdown_secret: «{letters:24}»\n"""', Confidence.HIGH),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_place_of_a_value_decides(path: str, shape: str, expected: Confidence | None, seed: int) -> None:
    assert judged(path, shape, seed) == [expected][: expected is not None]


@pytest.mark.parametrize("seed", range(3))
def test_words_before_random_characters_hide_nothing(seed: int) -> None:
    shape = "SECRET_KEY=«really-long-random-string-{base64:58}»"
    assert judged("docker-compose.env", shape, seed) == [Confidence.HIGH]


@pytest.mark.parametrize("name", ["id", "response_id", "cartId"])
def test_an_id_with_the_same_value_makes_it_one(name: str) -> None:
    value = generate("{hex:32}", 3)
    text = f'{{"token": "{value}", "{name}": "{value}"}}'
    assert [s.confidence for s in secrets.in_line(text, "a.json")] == [Confidence.LOW]


def test_a_value_in_parts_is_one_finding_and_a_public_key_in_parts_none() -> None:
    parts = [generate("{base64:64}", seed) for seed in range(3)]
    joined = '" +\n "'.join(parts)
    (found,) = secrets.in_line(f'String apiToken = "{joined}";', "A.java")
    assert found.confidence is Confidence.HIGH
    header = '-----BEGIN PUBLIC KEY-----\\n" +\n "'
    assert not secrets.in_line(f'String verifyKey = "{header}{joined}";', "A.java")


def test_the_private_member_of_json_in_base64_is_judged() -> None:
    """Grafana's keys: https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/"""
    for name, expected in (("k", [Confidence.HIGH]), ("api_key", [Confidence.HIGH]), ("n", [])):
        member = json.dumps({name: generate("{base62:32}", 1), "id": 1})
        line = f'GRAFANA_API_KEY = "{base64.b64encode(member.encode()).decode()}"'
        assert [s.confidence for s in secrets.in_line(line, "a.py")] == expected


def test_a_token_with_the_subject_of_the_published_one_is_not_certain() -> None:
    for claims, expected in (
        ({"sub": "1234567890"}, Confidence.LOW),
        ({"sub": "48151623"}, Confidence.HIGH),
        ({"iss": "https://example.com/"}, Confidence.LOW),
        ({"iss": "did:example:12345"}, Confidence.LOW),
        ({"value": "someone", "display": "public"}, Confidence.LOW),  # data that is signed, no claim
        ({"aud": "api.example.org"}, Confidence.LOW),
        ({"iss": "https://shop.io/", "aud": ["a", "b"]}, Confidence.HIGH),
    ):
        payload = claims if "value" in claims else {**claims, "iat": 1}
        parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, payload)]
        head = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        line = f'x = "{head}.{generate("{base64url:43}", 1)}"'
        assert [s.confidence for s in secrets.in_line(line, "a.py")] == [expected]


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "application/at+jwt", "statuslist+jwt", "vc+sd-jwt"])
def test_a_token_is_what_it_says_that_it_is(kind: str) -> None:
    """RFC 8725, section 3.11: of the types only an access token's signs someone in."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": kind}, {"sub": "48151623"})]
    head = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    found = secrets.in_line(f'x = "{head}.{generate("{base64url:342}", 1)}"', "a.py")
    assert bool(found) is (kind == "JWT" or "at+jwt" in kind)


def test_a_documented_key_is_one_at_the_end_of_a_connection_string_too() -> None:
    assert is_documented("mF_9.B5f-4.1JqM;")  # RFC 6750, section 4
    assert not is_documented("mF_9.B5f-4.1JqN;")


@pytest.mark.parametrize(
    ("key", "rest", "expected"),
    [
        ("secret", "", Confidence.LOW),
        ("your-512-bit-secret", "", Confidence.LOW),
        ("kq7vwz2p9x", "sign(claims, 'kq7vwz2p9x')", Confidence.LOW),  # its own file has the key
        ("kq7vwz2p9x", "sign(claims, 'other')", Confidence.HIGH),
    ],
)
@pytest.mark.parametrize("bits", ["256", "512"])
def test_a_token_that_anyone_can_sign_is_not_certain(
    key: str, rest: str, expected: Confidence, bits: str
) -> None:
    parts = [json.dumps(part).encode() for part in ({"alg": f"HS{bits}"}, {"sub": "48151623", "iat": 1})]
    head = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    signature = hmac.digest(key.encode(), head.encode(), f"sha{bits}")
    token = f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    assert [s.confidence for s in secrets.in_line(f"x = '{token}'; {rest}", "a.js")] == [expected]


def test_an_encrypted_key_is_not_certain() -> None:
    key = generate("{private_key}", 1)
    kind = key.split("-----")[1].removeprefix("BEGIN ")
    encrypted = key.replace(kind, "ENCRYPTED PRIVATE KEY")
    assert [s.confidence for s in secrets.in_line(key, "a.key")] == [Confidence.HIGH]
    assert [s.confidence for s in secrets.in_line(encrypted, "a.key")] == [Confidence.LOW]


@pytest.mark.parametrize(("cipher", "certain"), [(b"none", True), (b"aes256-ctr", False)])
def test_a_key_of_openssh_is_certain_if_no_cipher_is_named(cipher: bytes, certain: bool) -> None:
    size = len(cipher).to_bytes(4, "big")
    rest = b"\0\0\0\4none" + generate("{base62:300}", 1).encode()
    body = base64.b64encode(b"openssh-key-v1\0" + size + cipher + rest).decode()
    lines = "\n".join(body[at : at + 70] for at in range(0, len(body), 70))
    marks = [f"-----{word} OPENSSH PRIVATE KEY-----" for word in ("BEGIN", "END")]
    found = secrets.in_line(f"{marks[0]}\n{lines}\n{marks[1]}\n", "id_x")
    assert [s.confidence is Confidence.HIGH for s in found] == [certain]


NUMBERS = (
    ("a.py", 'DB_PASSWORD = "«N»"'),
    ("a.yml", "password: «N»"),
    ("a.properties", "spring.datasource.password=«N»"),
    ("a.java", 'String secretKey = "«N»";'),
    ("a.json", '{"encryption_key": "«N»"}'),
    ("a.xml", "<password>«N»</password>"),
    ("a.md", "mysql://root:«N»@db/x"),
)


@pytest.mark.parametrize(("path", "shape"), NUMBERS)
@pytest.mark.parametrize("seed", range(3))
def test_digits_under_a_name_that_opens_something_are_a_warning(path: str, shape: str, seed: int) -> None:
    assert judged(path, shape.replace("N", "7{digits:4}29"), seed) == [Confidence.LOW]


@pytest.mark.parametrize(("path", "shape"), [*NUMBERS, ("a.py", 'password_timeout = "«7294816»"')])
@pytest.mark.parametrize("number", ["123456", "87654321", "11111111", "4096"])
def test_digits_in_a_row_or_of_a_property_are_not_reported(path: str, shape: str, number: str) -> None:
    assert judged(path, shape.replace("N", number)) == []


def test_an_unquoted_code_of_an_error_is_no_password() -> None:
    assert judged("api.txt", "Status.STATUS_WRONG_PASSWORD = «3221225578»") == []


# What `wp_generate_password(64, true, true)` draws from, blanks and brackets too
_WORDPRESS = "".join(map(chr, range(33, 127))).translate({ord(c): None for c in "'\\\""}) + " "


@pytest.mark.parametrize("name", ["AUTH_KEY", "LOGGED_IN_SALT", "NONCE_SALT", "SECURE_AUTH_KEY"])
def test_a_key_of_all_characters_is_found(name: str) -> None:
    draw = Random(name)
    values = ["".join(draw.choices(_WORDPRESS, k=64)).strip() for _ in range(40)]
    found = [judged("wp-config.php", f"define( '{name}', '«{value}»' );") for value in values]
    assert sum(map(bool, found)) >= 38


USES = (
    ("a.py", "x = '«{base62:40}»'\nget(u, headers={'Authorization': f'Bearer {x}'})"),
    ("a.js", "const x = '«{base62:40}»';\nfetch(u, { headers: { Authorization: `Bearer ${x}` } });"),
    ("a.go", 'x := "«{base62:40}»"\nreq.Header.Set("Authorization", "Bearer "+x)'),
    ("a.rb", "x = '«{base62:40}»'\nreq['Authorization'] = \"Bearer #{x}\""),
    ("a.php", "$x = '«{base62:40}»';\nset($c, ['Authorization: Bearer ' . $x]);"),
    ("a.sh", 'X=«{base62:40}»\ncurl -H "Authorization: Bearer $X" https://api.example.com'),
    ("a.cs", 'var x = "«{base62:40}»";\nreturn new AuthenticationHeaderValue("Bearer", x);'),
    ("a.py", "x = '«{base62:40}»'\nclient = Client(api_key=x)"),
    ("a.js", "const x = '«{base62:40}»';\nconst client = new Client({ apiKey: x });"),
    ("a.py", "x = '«{base62:20}»'\nengine = create_engine(f'postgres://app:{x}@db/app')"),
)


@pytest.mark.parametrize(("path", "shape"), USES)
@pytest.mark.parametrize("seed", range(3))
def test_a_random_value_that_signs_in_is_certain_under_any_name(path: str, shape: str, seed: int) -> None:
    assert judged(path, shape, seed) == [Confidence.HIGH]


@pytest.mark.parametrize(("path", "shape"), USES)
def test_use_makes_no_secret_of_words_nor_of_another_variable(path: str, shape: str) -> None:
    first, use = shape.split("\n")
    assert judged(path, first + "\n" + use.replace("x", "y").replace("X", "Y")) == []
    words = re.sub(r"\{base62:\d+\}", "north-wing-of-the-house", shape)
    assert judged(path, words) == []


def test_base64_without_padding_is_read() -> None:
    line = base64.b64encode(b"north-wing-of-the-house").decode()
    assert decoded_line(line.rstrip("=")) == decoded_line(line) == "north-wing-of-the-house"


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_base64_of_an_impossible_length_is_no_line(padding: str) -> None:
    assert decoded_line("bm9ydGgtd2luZw" + "bm9" + padding) == ""


@pytest.mark.parametrize(
    "text", ["a line of text", "tab\tand more text", "<xml of some kind/>", "é is no ASCII"]
)
def test_base64_of_a_line_is_read(text: str) -> None:
    text += " " * (-len(text.encode()) % 3)
    line = text.isascii() and text.isprintable() and not text.startswith("<")
    assert decoded_line(base64.b64encode(text.encode()).decode()) == (text if line else "")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = process.env.JWT_SECRET || 'jwt-secret'", 1),
        ("x = process.env.JWT_SECRET || 'dev'", 0),
        ("x = process.env.JWT_SECRET || 'your-jwt-secret'", 0),
        ("x = process.env.CSRF_TOKEN || 'csrf-token'", 0),
        ("x = { JWT_SECRET: 'jwt-secret' }", 0),
    ],
)
def test_a_fallback_may_repeat_its_name_and_be_nothing_else(line: str, found: int) -> None:
    assert len(secrets.in_line(line, "a.js")) == found


@pytest.mark.parametrize(
    ("name", "shape", "count", "found"),
    [
        ("secret", "{hex:10}", 7, 7),
        ("secret", "{hex:10}", 8, 0),  # of photos: a part of their addresses
        ("password", "{hex:10}", 8, 8),  # of users
        ("client_secret", "{base62:20}47{base62:12}", 8, 8),  # random, so of high confidence
    ],
)
def test_a_name_that_each_record_has_is_that_of_an_id(name: str, shape: str, count: int, found: int) -> None:
    rows = [f'{{"id": {i}, "{name}": "{generate(shape, i)}"}}' for i in range(count)]
    assert len(secrets.in_line(", ".join(rows), "photos.json")) == found


def test_one_value_that_is_repeated_is_no_record() -> None:
    line = ", ".join([f'{{"secret": "{generate("{hex:10}", 1)}"}}'] * 9)
    assert len(secrets.in_line(line, "a.json")) == 9


@pytest.mark.parametrize("seed", range(3))
def test_what_scribe_shuffles_is_an_example(seed: int) -> None:
    """The same characters in any order, and nothing else of that length."""
    letters = list("abcdefghkvaZVDPE1864563")
    Random(seed).shuffle(letters)
    assert secrets.in_line(f"Authorization: Bearer {''.join(letters)}", "a.yaml") == []
    letters[0] = "m"
    assert secrets.in_line(f"Authorization: Bearer {''.join(letters)}", "a.yaml") != []
