"""Filters: each drops its examples and nothing near them, and what was reported by mistake is not again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import secrets
from palint.secrets import filters, synthetic
from palint.secrets.candidate import Candidate, Source, place_of
from palint.secrets.detect_secrets.adapter import PLUGINS
from palint.secrets.filters.filter import Filter, FilterSet
from tests.grouped import grouped

SETS = (
    filters.VALUE_FILTERS, filters.NAME_FILTERS, filters.WEAK_NAME_FILTERS, filters.FORMAT_FILTERS,
    filters.ROW_NAME_FILTERS, filters.ROW_FILTERS,
)  # fmt: skip
PLUGIN_NAMES = {plugin.name for plugin in PLUGINS}
PLAIN = [f for each in SETS for f in each.filters]


@pytest.mark.parametrize("each", PLAIN, ids=lambda f: f.id)
def test_a_filter_drops_its_examples_and_keeps_what_is_near(each: Filter) -> None:
    alone = FilterSet(each)
    assert [text for text in each.drops if not alone.matches(text)] == []
    assert [text for text in each.keeps if alone.matches(text)] == []
    assert each.drops and each.keeps


@pytest.mark.parametrize("each", [f for f in PLAIN if f.lower], ids=lambda f: f.id)
def test_a_filter_of_lower_case_text_names_no_capital(each: Filter) -> None:
    """One would never match."""
    assert isinstance(each.matches, str)
    letters = re.sub(r"\\[A-Z]", "", each.matches)
    assert letters == letters.lower()


@pytest.mark.parametrize("each", filters.PAIR_FILTERS, ids=lambda f: f.id)
def test_a_filter_of_a_value_under_its_name(each: Filter) -> None:
    assert [pair for pair in each.drops if not each.matches(*pair)] == []
    assert [pair for pair in each.keeps if each.matches(*pair)] == []
    assert each.drops and each.keeps


@pytest.mark.parametrize("each", filters.PLACE_FILTERS, ids=lambda f: f.id)
def test_a_filter_of_a_place(each: Filter) -> None:
    def matches(row: tuple[str, str, str, str]) -> bool:
        path, shape, name, syntax = row
        text, start, end = synthetic.make_with_value(shape)
        source = Source.PLUGIN if syntax in PLUGIN_NAMES else Source.ASSIGNMENT
        return bool(each.matches(place_of(text, Candidate(start, end, source, syntax, name), path)))

    assert [row for row in each.drops if not matches(row)] == []
    assert [row for row in each.keeps if matches(row)] == []
    assert each.drops and each.keeps


def test_ids_are_unique_within_their_set() -> None:
    for each in SETS:
        ids = [f.id for f in each.filters]
        assert len(ids) == len(set(ids))


VALUES = (
    "SuperSecret2024!", "admin_Xk29mZq7wR", "goodpassword", "prod-user-x8Kq2vN4", "superuser-Kq2vN4x8",
    "Example9xKq2vN", "foo7Kq2vN4x8bar", "testing-Kq2vN4x8-secret", "mysecretpassword", "changeit",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_a_word_in_a_value_does_not_drop_it(value: str) -> None:
    assert not filters.is_filtered_value(value)


@grouped("seed", range(400), key=lambda seed: f"{seed // 50 * 50}")
def test_no_word_drops_a_token_with_a_valid_checksum(seed: int) -> None:
    words = ("foo", "test", "example", "your", "key", "todo")
    token = synthetic.generate(
        f"ghp_{words[seed % 6]}{{base62:{30 - len(words[seed % 6])}}}{{github_crc}}", seed
    )
    assert [s.detector for s in secrets.in_line(f'x = "{token}"', "a.py")] == ["github-personal-access-token"]


NAME = "password"  # apart from its value, or this file would hold what it tests
ADDRESS = "fe80:0000:0000:0000:0204:61ff:fe9d:f156"
SWEDISH, SERBIAN, SPANISH, ODD = "Lösenord", "Лозинка", "Contraseña actual", "rəfpəc"
SPKI = "MIGeMA0GCSqGSIb3DQEBAQUAA4"  # how a public key of RSA begins in base64
CERTIFICATE = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR"  # `-----BEGIN CERTIFI` in base64

# (path, line with «value»): values that are no secret, each of a kind that was reported in a real repository.
# These are dropped by the value: another one at its place is a secret.
WILD_VALUES = (
    ("a.yml", "password: «abc»"),
    ("a.yml", "password: «changeme»"),
    ("a.env", "API_KEY=«your-api-key-here»"),
    ("a.env", "API_KEY=«xxxxxxxxxxxx»"),
    ("a.py", 'key = "AKIA«IOSFODNN7EXAMPLE»"'),
    ("a.yml", "password: «${DB_PASSWORD}»"),
    ("a.yml", "password: «$DB_PASS»"),
    ("a.js", "token = «process.env.X»"),
    ("a.py", 'secret = "«arn:aws:iam::1»"'),
    ("a.yml", 'private_key: "«/etc/ssl/server»"'),
    ("a.yml", "password: «!vau" + "lt» |"),
    ("a.yml", 'password: "«pre{{ value }}»"'),
    ("a.yml", "password: «$2b$12$abcdefghijklmnopqrstuv»"),
    ("a.json", '"password": "«pbkdf2' + '_sha256$26000$zz»"'),
    ("a.yml", "password: «Nothing»"),
    ("a.py", 'password = "«OLD_NAME»"'),
    ("a.yml", "ca_key: «ca-signing.pem»"),
    ("a.go", 'const AppAuthX9 = "«appauthx9»"'),
    ("a.yml", "app_auth: «north-wing»"),
    ("a.py", "password = «settings.pw»"),
    ("a.json", '"Rotate the secret": "«Rotation du jeton»"'),
    ("locales/de/app.json", '"secret": "«Geheimnis zeigen»"'),
    ("a.md", "refresh_token: «tGzv3JOkF0" + "XG5Qx2TlKWIA»"),
    ("a.sh", "Authorization: Bearer «north-wing»"),
    ("a.yml", "secret: «values/app.yaml#name»"),
    ("a.yml", "id-token: «write»"),
    ("a.yml", "id-token: «read-all»"),
    ("a.yml", "password: «required»"),
    ("a.yml", "seed: «{uuid}»"),
    ("a.md", "the GPG key: «13BB3A34C9E380258CE43D595CB150B31F6426BC»"),
    ("a.txt", "Set-Cookie: «name=content;» path=/"),
    ("a.txt", "Set-Cookie: «__Host-SID=22345»"),
    ("a.txt", "Credential=«xx/19700101/r/s3/aws4_request»,"),
    ("a.ts", "key = '«linux-bb828da54c148048dd17899ba9fda624811cfb43»'"),
    ("a.go", '"htpasswd": «configuration.Parameters{»'),
    ("a.exs", "~w(posts secret:«redact» title:string)"),
    ("a.md", "DSN=sms://LOGIN:«APIKEY»@default"),
    ("a.pp", "$old_password = «undef»"),
    ("a.pp", "password => '«*{HEX:40}»'"),
    ("a.txt", 'UsernamePasswordToken":«3:{i:0;a:1:»'),
    ("a.md", "`root_password`: «ルートパスワードの管理»"),
    ("a.php", f"SECRET = '«{SPKI}{{base64:40}}»'"),
    ("a.yml", f"tls.key: «{CERTIFICATE}{{base64:12}}»"),
    ("a.go", "p.ApiKey = «*(*{letters:4})(p)»"),
    ("a.go", "// user:password:«uid:gid:gecos:home:shell»"),
    ("a.sh", 'echo "--- PASS: «shellcheck» on x"'),
    ("a.yml", 'key: "«tests-fips-part-1-of-6»"'),
    ("a.yml", "key: «$.bundled_jdk.revision»"),
    ("a.json", "Username=100, Password=«101.» Card"),
    ("a.go", 'Nkey: "«U{base32:55}»"'),
    ("a.js", '{token:"«punctuation»",regex:"::"}'),
    ("a.js", '{"token": "«constant.numeric7»", "regex": h}'),
    ("a.vue", "password>«&bull;&bull;&bull;&bull;»</"),
    ("a.js", "key: '«{hex:5}»'"),
    ("conf/locale/locale_sv.ini", f"{NAME}=«{SWEDISH}»"),
    ("a.ini", f"password=«{SERBIAN}»"),
    ("a.ini", f"password=«{SPANISH}»"),
    ("a.js", f"pass: '«{ADDRESS}»'"),
    ("a.js", "pass: '«2011-02-04»'"),
    ("a.ts", "table.text('password', '«mediumtext»')"),
    ("a.ts", '{ password: ["«it can\'t be blank»"] }'),
    ("a.yml", "server: http://maildev-auth:«1080/»"),
    ("a.php", "'password' => '«confirmed»'"),
    ("a.go", 'auth("«CRAM-MD5»")'),
    ("a.yml", "secretKey: «credentials»"),
    ("a.go", "Token: «cfg.tkn7»"),
    ("a.sh", "Authorization: Bearer «{letters:31}»"),
    ("a.yml", "signing_key: «{uuid}»"),
    ("a.env", "API_TOKEN=«set-me-in-env»"),
    ("a.yml", "key: «ssh-rsa» AAAAB3NzaC1yc2E"),
    ("a.yml", "key: «v1-deps-cache»"),
    ("de.json", '"password": "«Passwort»"'),
    ("fr.json", '"password": "«Mot de passe»"'),
    ("a.yml", "password: «vault:v1:{base64:40}»"),
    ("a.yml", "password: «AQICAHh{base64:60}»"),
    ("a.js", "stripe_api_key: '«pk_test_{base62:24}»'"),
)  # fmt: skip
# The same, each dropped by its name or its form, whatever the value is.
WILD_NAMES = (
    ("a.ts", "password: «bytes»;"),
    ("package.json", '"passport": "«^3.0.1»"'),
    ("a.yml", "password_length: «abc5def»"),
    ("a.ts", "tokenType = '«abc5def»'"),
    ("a.tf", 'hash_key = "«GSI1PK2x»"'),
    ("a.py", 'public_token = "«zk3j5h3k»"'),
    ("a.py", 'x = "«{hex:40}»"'),
    ("a.md", "Basic «QWxhZGRpbjpvcGVuIHNlc2FtZQ==»"),
    ("a.sh", "--no-password «Kq7vWz2p9»"),
    ("a.py", "f(«conf.x9y»)"),
    ("a.py", "f(«kqvwzpab», x)"),
    ("a.js", f"if ({NAME} == «Kq7vWz2p9»)"),
    ("a.sh", "Authorization: Basic «kqvwz»"),
    ("a.sh", "-p «48151623»"),
    ("a.py", 'x = "«{hex:40}»"' + " secret"),
    ("a.yml", "arn:${AWS::Partition}:sm:1:secret:«app-Kq7v»"),
    ("a.json", '"arn:<p>:sm:<r>:1:secret:«app-Kq7v»"'),
    ("a.gradle", '":a:b:user-password:«in-memory»"'),
    ("a.yaml", "tlsSecret: «wordpress.local-tls»"),
    ("a.yaml", "tlsSecret: «jenkins»"),
    ("a.yaml", "secretNamespace: «grafana»"),
    ("a.go", "const HAS_PRIVATE_KEY = «1376256»"),
    ("a.html", 'name="csrfmiddlewaretoken" value="«{base62:64}»"'),
    ("a.sh", 'MINISIGN_PUBKEY="«RWT{base62:53}»"'),
    ("a.sh", "x --disabled-password «rundeck»"),
    ("a.ini", "PASSWORD_HASH_ALGO = «blake3»"),
    ("a.ts", "x: '«x[0].y[1]»'"),
    ("a.go", '"mongodb://h/?authMechanism=«mongodb-x7»"'),
    ("a.go", 'x: "«MONGODB-X509»"'),
    ("a.go", "masterKey: «azure», next"),
    ("a.go", "key := []byte{«1, 2, 3, 4, 5, 6, 7, 8»}"),
    ("a.go", "key := []byte{«9, 0, 9, 0, 9, 0, 9, 1»}"),
    ("a.py", "keys = [«37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45, 190»]"),
    ("a.go", "authResp := {«37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45, 190»}"),
    ("a.json", '"a/password-hasher": "«^6.4|^7.0»"'),
    ("a.yml", "PASSWORD_ITERATIONS: «4096»"),
    ("a.json", '"apiKeySource": "«AUTHORIZER»"'),
    ("a.py", "secret" + " " * 80 + 'x = "«{hex:40}»"'),
    ("a.go", "Token = «kqvwz7xk»"),
    ("a.py", "f(token=«kqvwz7xk»)"),
    ("a.md", "«-----BEGIN RSA PRIVATE KEY-----\n...\n»"),
    ("main.tf", "password = «local.x» ? null : var.y"),
    ("stack.yml", "- ParameterKey: «DbPassword»"),
    ("stack.yml", "!Join ['', ['{{resolve:secretsmanager:', x, '«:SecretString:password}}»']]"),
    ("Dockerfile", "ENV GPG_KEY «E3FF2839C048B25C084DEBE9B26995E310250568»"),
    ("a.json", '"auth/invalid-password": "«5170»"'),
    ("a.json", '"nextPageToken": "«{base64url:24}»"'),
    ("a.json", '"uploadToken": "«{base64url:40}»"'),
    ("a.txt", "('x-oauth-scopes', 'repo'), ('etag', '«{hex:32}»')"),
    ("a.txt", "('x-oauth-scopes', 'repo'), ('x-served-by', '«{hex:32}»')"),
    ("a.json", '"credsStore": "«osxkeychain»"'),
    ("cloudbuild.yml", "secretEnv: ['«DB_PASSWORD»']"),
)  # fmt: skip


def _reported(text: str, path: str, start: int, end: int) -> bool:
    return any(s.start < end and start < s.end for s in secrets.in_line(text, path))


@pytest.mark.parametrize(("path", "shape"), WILD_VALUES)
def test_another_value_at_the_place_of_a_false_alarm_is_reported(path: str, shape: str) -> None:
    text, start, end = synthetic.make_with_value(shape, 0)
    assert not _reported(text, path, start, end)
    random = re.sub("«.*?»", "«{base62:30}»", shape, flags=re.DOTALL)
    text, start, end = synthetic.make_with_value(random, 1)
    assert _reported(text, path, start, end)


@grouped("case", (*WILD_VALUES, *WILD_NAMES), key=lambda case: case[0].rpartition(".")[2])
def test_a_secret_below_a_false_alarm_is_reported(case: tuple[str, str]) -> None:
    path, shape = case
    text, start, end = synthetic.make_with_value(shape, 0)
    secret = synthetic.generate("{base62:30}", 1)
    both = f'{text}\n{NAME} = "{secret}"\n'
    assert not _reported(both, path, start, end)
    assert _reported(both, path, both.rindex(secret), len(both))


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_joined_patterns_decide_like_each_alone(text: str) -> None:
    for each in SETS:
        assert each.matches(text) is any(FilterSet(one).matches(text) for one in each.filters)
