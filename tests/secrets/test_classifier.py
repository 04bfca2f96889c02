"""What the verdict keeps and drops, that it says why, and that it learned what it claims."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.secrets import filters, synthetic
from palint.secrets.classifier import features
from palint.secrets.classifier import model as classifier
from tests.secrets import corpus

BASE64 = "upstream:Base64HighEntropyString"
HEX = "upstream:HexHighEntropyString"
NAME = "password"  # apart from its value, or this file would hold what it tests


def judged(
    path: str, shape: str, key: str = "", detector: str = "keyword", seed: int = 0
) -> classifier.Verdict:
    """The verdict on the text between « and » of a shape."""
    text, start, end = synthetic.make_with_value(shape, seed)
    return classifier.classify(text[start:end], key, text, start, path, detector)


# (why, file, line with «value», name, detector)
ALGORITHM = "pbkdf2"
ADDRESS = "fe80:0000:0000:0000:0204:61ff:fe9d:f156"
SWEDISH, SERBIAN, SPANISH, ODD = "Lösenord", "Лозинка", "Contraseña actual", "rəfpəc"
SPKI = "MIGeMA0GCSqGSIb3DQEBAQUAA4"  # how a public key of RSA begins in base64
CERTIFICATE = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR"  # `-----BEGIN CERTIFI` in base64
DROPPED = (
    ("shorter", "a.yml", "password: «abc»", "password", "keyword"),
    ("placeholder", "a.yml", "password: «changeme»", "password", "keyword"),
    ("placeholder", "a.env", "API_KEY=«your-api-key-here»", "API_KEY", "keyword"),
    ("placeholder", "a.env", "API_KEY=«xxxxxxxxxxxx»", "API_KEY", "keyword"),
    ("placeholder", "a.sh", "Authorization: Basic «dXNlcjpwYXNz»", "Basic", "authorization-header"),
    ("placeholder", "a.py", 'key = "AKIA«IOSFODNN7EXAMPLE»"', "key", "format:aws-access-key-id"),
    ("refers to", "a.yml", "password: «${DB_PASSWORD}»", "password", "keyword"),
    ("refers to", "a.yml", "password: «$DB_PASS»", "password", "keyword"),
    ("refers to", "a.js", "token = «process.env.X»", "token", "keyword"),
    ("refers to", "a.py", 'secret = "«arn:aws:iam::1»"', "secret", "keyword"),
    ("refers to", "a.yml", 'private_key: "«/etc/ssl/server»"', "private_key", "keyword"),
    ("refers to", "a.yml", "password: «!vau" + "lt» |", "password", "keyword"),
    ("template", "a.yml", 'password: "«pre{{ value }}»"', "password", "keyword"),
    ("hash", "a.yml", "password: «$2b$12$abcdefghijklmnopqrstuv»", "password", "keyword"),
    ("hash", "a.json", '"password": "«pbkdf2' + '_sha256$26000$zz»"', "password", "keyword"),
    ("type", "a.ts", "password: «bytes»;", "password", "keyword"),
    ("word", "a.yml", "password: «Nothing»", "password", "keyword"),
    ("word", "a.py", 'password = "«OLD_NAME»"', "password", "keyword"),
    ("number or a version", "package.json", '"passport": "«^3.0.1»"', "passport", "keyword"),
    ("file", "a.yml", "ca_key: «ca-signing.pem»", "ca_key", "keyword"),
    ("repeats itself", "a.yml", "password: «abababab»", "password", "keyword"),
    ("its name says something", "a.yml", "password_length: «abc5def»", "password_length", "keyword"),
    ("its name says something", "a.ts", "tokenType = '«abc5def»'", "tokenType", "keyword"),
    ("data structure", "a.tf", 'hash_key = "«GSI1PK2x»"', "hash_key", "keyword"),
    ("public", "a.py", 'public_token = "«zk3j5h3k»"', "public_token", "keyword"),
    ("repeats its own name", "a.go", 'const AppAuthX9 = "«appauthx9»"', "AppAuthX9", "keyword"),
    ("weak hint", "a.yml", "app_auth: «north-wing»", "app_auth", "keyword"),
    ("short id", "a.json", '"key": "«5eFBUfGWqcAi»"', "key", "keyword"),
    ("a name in code", "a.py", "password = «settings.pw»", "password", "keyword"),
    ("template's expression", "a.tpl", "{{- $password := «lookup1» }}", "$password", "keyword"),
    ("sentence", "a.json", '"Rotate the secret": "«Rotation du jeton»"', "secret", "keyword"),
    ("generated", "yarn.lock", "secret@1: «zk3j5h3k»", "secret", "keyword"),
    ("translated", "locales/de/app.json", '"secret": "«Geheimnis zeigen»"', "secret", "keyword"),
    ("nothing before it", "a.py", 'x = "«{hex:40}»"', "x", "upstream:HexHighEntropyString"),
    ("documentation", "a.md", "refresh_token: «tGzv3JOkF0" + "XG5Qx2TlKWIA»", "refresh_token", "keyword"),
    ("documentation", "a.md", "Basic «QWxhZGRpbjpvcGVuIHNlc2FtZQ==»", "Basic", "authorization-header"),
    ("binary data", "a.bin", f"\x01{NAME}: «Kq7vWz2p9»", "password", "keyword"),
    ("flag that takes no value", "a.sh", "--no-password «Kq7vWz2p9»", "--no-password", "password-option"),
    ("dotted name", "a.py", "f(«conf.x9y»)", "password", "argument"),
    ("first of several", "a.py", "f(«kqvwzpab», x)", "password", "first-argument"),
    ("name in a comparison", "a.js", f"if ({NAME} == «Kq7vWz2p9»)", "password", "keyword"),
    ("generated", "web/style.css", f"{NAME}: «Kq7vWz2p9»", "password", "keyword"),
    ("not base64", "a.sh", "Authorization: Basic «kqvwz»", "Basic", "authorization-header"),
    ("made of words", "a.sh", "Authorization: Bearer «north-wing»", "Bearer", "authorization-header"),
    ("it is a number", "a.sh", "-p «48151623»", "-p", "keyword"),
    ("place in a file", "a.yml", "secret: «values/app.yaml#name»", "secret", "keyword"),
    ("level of access", "a.yml", "id-token: «write»", "id-token", "keyword"),
    ("level of access", "a.yml", "id-token: «read-all»", "id-token", "keyword"),
    ("choice", "a.yml", "password: «required»", "password", "keyword"),
    ("id of something", "a.yml", "seed: «{uuid}»", "seed", "keyword"),
    ("binary data", "a.bin", f"{NAME}: «Kq7vWz2p9»" + " " * 39 + "\x01", "password", "keyword"),
    ("binary data", "a.bin", "\x01" + " " * 29 + f"{NAME}: «Kq7vWz2p9»", "password", "keyword"),
    ("nothing before it", "a.py", 'x = "«{hex:40}»"' + " secret", "x", HEX),
    ("hashes to", "a.py", 'md5("secret") == "«{hex:32}»"', "", HEX),
    ("part of a longer name", "a.yml", "arn:${AWS::Partition}:sm:1:secret:«app-Kq7v»", "secret", "keyword"),
    ("part of a longer name", "a.json", '"arn:<p>:sm:<r>:1:secret:«app-Kq7v»"', "secret", "keyword"),
    ("part of a longer name", "a.gradle", '":a:b:user-password:«in-memory»"', "password", "keyword"),
    ("fingerprint", "a.md", "the GPG key: «13BB3A34C9E380258CE43D595CB150B31F6426BC»", "key", "keyword"),
    ("plain value", "a.txt", "Set-Cookie: «name=content;» path=/", "Set-Cookie", "keyword"),
    ("plain value", "a.txt", "Set-Cookie: «__Host-SID=22345»", "Set-Cookie", "keyword"),
    ("scope of a signature", "a.txt", "Credential=«xx/19700101/r/s3/aws4_request»,", "Credential", "keyword"),
    ("secret of Kubernetes", "a.yaml", "tlsSecret: «wordpress.local-tls»", "tlsSecret", "keyword"),
    ("short id", "a.ts", "key = '«linux-bb828da54c148048dd17899ba9fda624811cfb43»'", "key", "keyword"),
    ("choice", "a.yml", "SSH_KEYALGO: «ed25519»", "SSH_KEY", "keyword"),
    ("a name in code", "a.go", '"htpasswd": «configuration.Parameters{»', "htpasswd", "keyword"),
    ("placeholder's word", "a.exs", "~w(posts secret:«redact» title:string)", "secret", "keyword"),
    ("placeholder's word", "a.md", "DSN=sms://LOGIN:«APIKEY»@default", "", "url-credentials"),
    ("choice", "a.pp", "$old_password = «undef»", "password", "keyword"),
    ("it is a hash", "a.pp", "password => '«*{HEX:40}»'", "password", "keyword"),
    ("serialized", "a.txt", 'UsernamePasswordToken":«3:{i:0;a:1:»', "PasswordToken", "keyword"),
    ("sentence", "a.md", "`root_password`: «ルートパスワードの管理»", "root_password", "keyword"),
    ("public", "a.kt", "* Public Key: «{hex:64}»", "Key", "keyword"),
    ("public", "a.php", f"SECRET = '«{SPKI}{{base64:40}}»'", "SECRET", "keyword"),
    ("public", "a.yml", f"tls.key: «{CERTIFICATE}{{base64:12}}»", "tls.key", "keyword"),
    ("public, or no secret", "a.yaml", "tlsSecret: «jenkins»", "tlsSecret", "keyword"),
    ("secret of Kubernetes", "a.yaml", "CREDENTIALS: «broker_keystore_creds»", "CREDENTIALS", "keyword"),
    ("something about a secret", "a.yaml", "secretNamespace: «grafana»", "secretNamespace", "keyword"),
    ("it is code", "a.go", "p.FnKey = «*(*{letters:4})(p)»", "FnKey", "keyword"),
    ("lists fields", "a.go", "// user:password:«uid:gid:gecos:home:shell»", "password", "keyword"),
    ("part of what is put together", "a.java", 'token = "«{letters:6}-»" + next()', "token", "keyword"),
    ("it is a word", "a.go", "type APARTMENTID = «TAPARTMENTID»", "", "upstream:ArtifactoryDetector"),
    ("test that passed", "a.sh", 'echo "--- PASS: «shellcheck» on x"', "PASS", "keyword"),
    ("number or a name in code", "a.go", "const HAS_PRIVATE_KEY = «1376256»", "HAS_PRIVATE_KEY", "keyword"),
    ("name of a step", "a.yml", 'key: "«tests-fips-part-1-of-6»"', "key", "keyword"),
    ("refers to", "a.yml", "key: «$.bundled_jdk.revision»", "key", "keyword"),
    ("number or a version", "a.json", "Username=100, Password=«101.» Card", "Password", "keyword"),
    ("Stripe's, for tests", "a.cs", 'Token = "«tok_visa»"', "Token", "keyword"),
    ("data structure", "a.properties", "sonar.projectKey=«a_b_{base62:20}»", "sonar.projectKey", "keyword"),
    ("public, or no secret", "a.html", 'name="csrfmiddlewaretoken" value="«{base62:64}»"', "value", BASE64),
    ("public, or no secret", "a.sh", 'MINISIGN_PUBKEY="«RWT{base62:53}»"', "MINISIGN_PUBKEY", "keyword"),
    ("public", "a.go", 'Nkey: "«U{base32:55}»"', "Nkey", "keyword"),
    ("takes no value", "a.sh", "x --disabled-password «rundeck»", "--disabled-password", "password-option"),
    ("scope of a signature", "a.go", "Credential=«ID%2F20170529%2Fus%2Fs3_request»", "Credential", "keyword"),
    ("of a grammar", "a.js", '{token:"«punctuation»",regex:"::"}', "token", "keyword"),
    ("of a grammar", "a.js", '{"token": "«constant.numeric7»", "regex": h}', "token", "keyword"),
    ("it is hidden", "a.vue", "password>«&bull;&bull;&bull;&bull;»<", "password", "keyword"),
    ("short id", "a.js", "lock_with_key: '«{hex:5}»'", "lock_with_key", "keyword"),
    ("choice", "a.ini", f"PASSWORD = «{ALGORITHM}»", "PASSWORD", "keyword"),
    ("something about a secret", "a.ini", "PASSWORD_HASH_ALGO = «blake3»", "PASSWORD_HASH_ALGO", "keyword"),
    ("translated text", "conf/locale/locale_sv.ini", f"{NAME}=«{SWEDISH}»", "password", "keyword"),
    ("word or a sentence", "a.ini", f"password=«{SERBIAN}»", "password", "keyword"),
    ("word or a sentence", "a.ini", f"password=«{SPANISH}»", "password", "keyword"),
    ("it is an address", "a.js", f"pass: '«{ADDRESS}»'", "pass", "keyword"),
    ("path into an object", "a.ts", "x: '«x[0].y[1]»'", "sourceKey", "keyword"),
    ("something about", "a.go", '"mongodb://h/?authMechanism=«mongodb-x7»"', "authMechanism", "keyword"),
    ("choice", "a.go", 'x: "«MONGODB-X509»"', "Auth", "keyword"),
    ("a name in code", "a.go", "masterKey: «azure», next", "masterKey", "keyword"),
    ("number or a version", "a.js", "pass: '«2011-02-04»'", "pass", "keyword"),
    ("it is a type", "a.ts", "table.text('password', '«mediumtext»')", "password", "default"),
    ("in order", "a.go", "key := []byte{«1, 2, 3, 4, 5, 6, 7, 8»}", "key", "byte-array"),
    ("too much alike", "a.go", "key := []byte{«9, 0, 9, 0, 9, 0, 9, 1»}", "key", "byte-array"),
    ("speaks of several", "a.py", "keys = [«37, 185, 96, 3, 4, 24, 8, 111»]", "keys", "byte-array"),
    ("something about", "a.go", "authResp := {«37, 185, 96, 3, 4, 24, 8, 111»}", "authResp", "byte-array"),
    ("refers to", "a.exs", "use Endpoint, otp_app: «:phoenix»", "otp_app", "keyword"),
    ("number or a version", "a.json", '"a/password-hasher": "«^6.4|^7.0»"', "password-hasher", "keyword"),
    ("it is a message", "a.ts", '{ password: ["«it can\'t be blank»"] }', "password", "wrapped"),
    ("word or a sentence", "a.md", f"`{NAME}`: «4.xの関数x»", "password", "keyword"),
    ("it is a port", "a.yml", "server: http://maildev-auth:«1080/»", "auth", "keyword"),
    ("choice", "a.php", "'password' => '«confirmed»'", "password", "keyword"),
    ("choice", "a.go", 'auth("«CRAM-MD5»")', "auth", "argument"),
    ("choice", "a.yml", "secretKey: «credentials»", "secretKey", "keyword"),
    ("something about a secret", "a.yml", "PASSWORD_ITERATIONS: «4096»", "PASSWORD_ITERATIONS", "keyword"),
    ("something about a secret", "a.json", '"apiKeySource": "«AUTHORIZER»"', "apiKeySource", "keyword"),
    ("nothing before it", "a.py", "secret" + " " * 80 + 'x = "«{hex:40}»"', "x", HEX),
    ("a name in code", "a.go", "Token: «cfg.tkn7»", "Token", "keyword"),
    ("a name in code", "a.go", "Token = «kqvwz7xk»", "Token", "keyword"),
    ("a name in code", "a.py", "f(token=«kqvwz7xk»)", "token", "keyword"),
    ("made of words", "a.sh", "Authorization: Bearer «{letters:31}»", "Bearer", "authorization-header"),
    ("left out", "a.md", "«-----BEGIN RSA PRIVATE KEY-----\n...\n»", "", "format:private-key"),
)  # fmt: skip

# What a rule must leave to the score, although it is near what the rule drops.
LEFT = (
    ("a.yml", "secret: «values/app.yaml#name!»", "secret", "keyword"),
    ("a.yml", "id-token: «write-x7»", "id-token", "keyword"),
    ("a.yml", "password: «required7»", "password", "keyword"),
    ("a.yml", "api_key: «{uuid}»", "api_key", "keyword"),
    ("a.yml", "key: «{uuid}»", "key", "keyword"),
    ("a.bin", f"{NAME}: «Kq7vWz2p9»" + " " * 41 + "\x01", "password", "keyword"),
    ("a.bin", "\x01" + " " * 31 + f"{NAME}: «Kq7vWz2p9»", "password", "keyword"),
    ("a.py", "secret" + " " * 60 + 'x = "«{hex:40}»"', "x", HEX),
    ("a.txt", "Set-Cookie: «sid={base62:12}»", "Set-Cookie", "keyword"),
    ("a.py", f'{NAME}="«{ODD}»"', "auth_password", "keyword"),
    ("a.ini", f"password=«{SERBIAN}1»", "password", "keyword"),
    ("a.yml", "auth: «k{base62:8}.x{base62:8}»", "auth", "keyword"),
    ("a.sh", "Authorization: Bearer «k{base62:8}.x{base62:8}»", "Bearer", "authorization-header"),
    ("a.md", "signing key: «13BB3A34C9E380258CE43D595CB150B31F6426BC»", "signing key", "keyword"),
    ("a.tpl", f"{{{{ x }}}} {NAME}: «Kq7vWz2p9»", "password", "keyword"),
    ("a.sh", "--password «Kq7vWz2p9»", "--password", "password-option"),
    ("a.go", "Token: «kqvwz7xk»", "Token", "keyword"),
    ("a.js", "/* token: «kqvwz7xk»", "token", "keyword"),
    ("a.js", "// token: «kqvwz7xk»", "token", "keyword"),
    ("a.py", f'x = "{NAME}: «kqvwz7xk»', "password", "keyword"),
    ("a.py", "x = 'token: «kqvwz7xk»", "token", "keyword"),
    ("a.js", "x = `token: «kqvwz7xk»", "token", "keyword"),
    ("a.sh", "Authorization: Bearer «{letters:32}»", "Bearer", "authorization-header"),
    ("a.sh", "Authorization: Bearer «Kq7vWz2p9x»", "Bearer", "authorization-header"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "shape", "key", "detector"), LEFT)
def test_left_to_the_score(path: str, shape: str, key: str, detector: str) -> None:
    text, start, end = synthetic.make_with_value(shape, 1)
    assert filters.filter_reason(text[start:end], key, text, start, path, detector) == ""


KEPT = (
    ("app.yml", "password: «{password}»", "password", "keyword"),
    ("app.env", "DB_PASSWORD=«{password}»", "DB_PASSWORD", "keyword"),
    ("app.json", '"client_secret": "«{base64url:40}»",', "client_secret", "keyword"),
    ("app.tf", 'api_key = "«{hex:32}»"', "api_key", "keyword"),
    ("app.properties", "db.password=«{lower:5}{digits:3}»", "db.password", "keyword"),
    ("run.sh", "curl -u someone:«{password}» x", "-u", "user-option"),
    ("app.yml", "url: postgres://app:«{password}»@db/app", "", "url-credentials"),
    ("app.sh", "Authorization: Bearer «{base64url:40}»", "Bearer", "authorization-header"),
    ("app.py", 'x = "«ghp_{base62:36}»"', "", "format:github-token"),
    ("app.py", 'password = "«a%v{base62:6}*b{digits:2}s-f{base62:4}»"', "password", "keyword"),
    ("app.php", "define('DB_PASSWORD', '«{base62:8}{digits:2}»');", "DB_PASSWORD", "default"),
    ("app.go", "authKey := []byte{«37, 185, 96, 3, 4, 24, 8, 111»}", "authKey", "byte-array"),
)


@pytest.mark.parametrize(("why", "path", "shape", "key", "detector"), DROPPED)
def test_dropped_by_a_rule_that_says_why(why: str, path: str, shape: str, key: str, detector: str) -> None:
    found = judged(path, shape, key, detector)
    assert not found.is_secret
    assert found.score == 0.0
    assert why in found.reason


@pytest.mark.parametrize(("path", "shape", "key", "detector"), KEPT)
@pytest.mark.parametrize("seed", range(4))
def test_kept(path: str, shape: str, key: str, detector: str, seed: int) -> None:
    found = judged(path, shape, key, detector, seed)
    assert found.is_secret, found.reason
    assert found.reason


def test_the_score_is_the_sum_of_the_weights_that_ship() -> None:
    model = classifier.model()
    text, start, end = synthetic.make_with_value('token: "«{base64:32}»"', 3)
    names = features.extract(text[start:end], "token", text, start, "a.yml", "keyword")
    assert len(set(names)) == len(names)
    total = model.bias + sum(model.weights.get(name, 0.0) for name in names)
    found = classifier.classify(text[start:end], "token", text, start, "a.yml", "keyword")
    assert found.score == pytest.approx(total, abs=0.01)
    assert found.is_secret is (total > model.threshold)


def test_every_feature_reads_as_part_of_a_sentence() -> None:
    for name in classifier.model().weights:
        assert re.fullmatch(r"(?:its? |the |nothing |`).{4,}", classifier._describe_feature(name)), name
    found = judged("a.yml", "password: «{password}»", "password")
    assert found.is_secret
    assert "password" in found.reason
    assert " and " in found.reason


UUID = "-".join(("9f1c2d3e", "1a2b", "4c3d", "8e9f", "a1b2c3d4e5f6"))


@pytest.mark.parametrize(
    ("why", "value", "key", "path", "detector"),
    [
        ("it is shorter than four characters", "p9X", "password", "a.yml", "keyword"),
        ("", "p9Xq", "password", "a.yml", "keyword"),
        ("it holds a placeholder's word", "p9Xq" * 13 + "-example-k7u", "password", "a.yml", "keyword"),
        ("", "p9Xq" * 13 + "-example-k7uw", "password", "a.yml", "keyword"),
        ("it repeats itself", "k3Qzzzzzzzzq7", "password", "a.yml", "keyword"),
        ("it is a short id", "node-b-12", "session", "a.yml", "keyword"),
        ("it is a short id", "A1B2C3D4", "nonce", "a.yml", "keyword"),
        ("it repeats one character", "ghp_" + 36 * "q", "", "a.yml", "format:x"),
        ("", "ghp_" + 132 * "q", "", "a.yml", "format:x"),
        ("it is a number or a name in code", "cfg.field", "Password", "a.go", "keyword"),
        ("", "-----BEGIN X-----", "", "a.pem", "format:private-key"),
        ("its name only contains the word", "Kq7vWz2p", "passenger", "a.yml", "keyword"),
        ("", "Kq7vWz2p", "passenger_token", "a.yml", "keyword"),
        ("it is the id of something", UUID, "password", "a.yml", "keyword"),
        ("", UUID, "client_secret", "a.yml", "keyword"),
        ("it is a short id", "5eFBUfGWqcAi5eF", "key", "a.yml", "keyword"),
        ("it is a short id", "5eFBUfGWqcAi5eF", "Keys", "a.yml", "keyword"),
        ("", "5eFBUfGWqcAi5eFB", "key", "a.yml", "keyword"),
        ("it is a signature", "Kq7vWz2p", "x_signature", "a.yml", "keyword"),
        ("", "Kq7vWz2p", "oauth_signature", "a.yml", "keyword"),
        ("it is a number", "48151623", "session", "a.yml", "keyword"),
        ("", "48151623", "password", "a.yml", "keyword"),
        ("it repeats its own name", "appauthx9", "AppAuthX9", "a.yml", "keyword"),
        ("it repeats its own name", "the-abc-x9", "abc", "a.yml", "keyword"),
        ("it is made of words, and its name is a weak hint", "north-wing", "MY_KEY", "a.py", "keyword"),
        ("", "north-wing", "MY_KEY", "a.env", "keyword"),
    ],
)
def test_where_rules_begin_and_end(why: str, value: str, key: str, path: str, detector: str) -> None:
    assert filters.filter_reason(value, key, f"{key}: {value},", len(key) + 2, path, detector) == why


def test_each_phrase_is_of_a_feature() -> None:
    names = set(classifier.model().weights) | {"value:digit"}  # has no weight today
    assert set(classifier._WHOLE) <= names
    assert set(classifier._PHRASES) <= {name.partition(":")[0] for name in names}


def test_the_score_says_what_told_most() -> None:
    model = classifier.Model(0.5, 0.1, {"key:a": 1, "key:b": -2, "key:c": 0.2, "key:d": 3, "key:e": 0.4})
    kept = classifier.score(model, ["key:a", "key:b", "key:c", "key:d", "key:e", "key:new"])
    assert kept == (True, 2.7, "its name says `d`, its name says `a` and its name says `e`")
    assert classifier.score(model, ["key:b", "key:a", "key:new"]) == (False, -0.9, "its name says `b`")
    assert classifier.score(model, ["key:c"]) == (False, 0.3, "everything about it together says so")
    at = classifier.Model(1.1, 0.1, {"quote:none": 1.004, "key:b": -0.004})
    assert classifier.score(at, ["quote:none"]) == (True, 1.1, "it has no quotes")
    assert classifier.score(classifier.Model(1.0, 0.0, {"key:a": 1.0}), ["key:a"]).is_secret is False


def test_a_vendors_form_needs_no_score() -> None:
    assert (
        classifier.always_report_reason("format:x-token") == "it has the form of a vendor's token (x-token)"
    )
    assert (
        classifier.always_report_reason("keyword")
        == classifier.always_report_reason("upstream:format:x")
        == ""
    )
    assert classifier.model() is classifier.model()


def test_the_weights_are_names_of_features() -> None:
    kinds = {name.split(":")[0] for name in classifier.model().weights}
    known = """charset changes detector entropy evenness file file-name key length name near next operator
        prefix quote shape suffix value words"""
    assert kinds <= set(known.split())


text = st.text(max_size=300)


@given(text, text, text, text, st.sampled_from(["a.py", "a/b.yml", ".env", "x"]), st.sampled_from(
    ["keyword", "argument", "authorization-header", "url-credentials", "format:x", "upstream:XEntropyString"]
))  # fmt: skip
@settings(max_examples=300)
def test_any_text_is_judged_and_no_reason_quotes_it(
    before: str, value: str, after: str, key: str, path: str, detector: str
) -> None:
    found = classifier.classify(value, key, before + value + after, len(before), path, detector)
    assert found.reason
    if len(value) > 24:
        assert value not in found.reason
    same = classifier.classify("Z" + value, key, before + "Z" + value + after, len(before), path, detector)
    assert isinstance(same, classifier.Verdict)


@pytest.mark.parametrize(
    "unit", ["a", "aB3", " ", "$", "{", "[[", "a.", "a_", "A1", "/", "-", "=", "é", "\\", '"', "%("]
)
def test_a_long_value_costs_no_more_than_a_short_one(unit: str) -> None:
    value = (unit * 100_000)[:100_000]
    began = time.process_time()
    for _ in range(10):
        classifier.classify(value, "password", value[:600], 0, "a.yml", "keyword")
    assert time.process_time() - began < 5


def test_words_are_those_of_code() -> None:
    assert features.coverage("connection_timeout") == 1.0
    assert features.coverage("getUserName") == 1.0
    assert features.coverage("zqxvkjbw") == 0.0


def test_labelled_lines() -> None:
    """The weights that ship, on the lines that taught them: a floor that a broken rule falls through."""
    rows = corpus.labelled()
    if not rows:
        pytest.skip("no labelled lines: PALINT_SHARED")
    from palint import secrets

    counts: Counter[str] = Counter()
    for path, line, label in rows:
        found = bool(secrets.in_line(line, path.rsplit("/", 1)[-1]))
        counts[("tp" if found else "fn") if label == "T" else ("fp" if found else "tn")] += 1
    assert counts["tp"] / (counts["tp"] + counts["fp"]) > 0.9
    assert counts["tp"] / (counts["tp"] + counts["fn"]) > 0.88


def test_weights_file_is_sorted_and_rounded() -> None:
    path = Path(filters.__file__).parent / "classifier" / "weights.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    assert list(data["weights"]) == sorted(data["weights"])
    assert all(round(weight, 2) == weight for weight in data["weights"].values())


class TestMixed:
    """Random in capitals, small letters and digits, or in hexadecimal, under a strong name: kept."""

    def verdict(self, shape: str, key: str = "api_token", seed: int = 0) -> classifier.Verdict:
        line = f'  call(x, "{key}", "«{shape}»"),  # expect error'
        return judged("test_client.py", line, key, "default", seed)

    @pytest.mark.parametrize("seed", range(20))
    def test_is_kept_whatever_the_score(self, seed: int) -> None:
        assert self.verdict("q8Zr7Bv{base62:16}", seed=seed).is_secret
        assert self.verdict("7b{hex:62}", seed=seed).is_secret

    def test_says_so_where_the_score_says_no(self) -> None:
        kept = [self.verdict("q8Zr7Bv{base62:16}", seed=seed) for seed in range(20)]
        least = min(kept, key=lambda made: made.score)
        assert least.score < classifier.model().threshold
        assert least.reason == "it looks random under a name that speaks of a secret"

    def test_needs_all_of_it(self) -> None:
        def least(shape: str, key: str = "api_token") -> int:
            return sum(self.verdict(shape, key, seed).is_secret for seed in range(20))

        assert least("q8Zr7Bv{base62:6}") < 20  # 13 characters
        assert least("q8Zr!7Bv{base62:14}") < 20  # punctuation
        assert least("q8Zr7Bv{base62:16}", "nonce") < 20  # a weak name


def test_a_key_is_not_judged_as_a_value() -> None:
    """Its first words are placeholders' or prose; what has its form is for `private-key` to say."""
    for value in ("-----BEGIN TEST KEY-----", "-----BEGIN PRIVATE KEY-----\\nMIIEexample"):
        assert not filters.is_filtered_value(value) and not filters.value_filter_reason(value)
    assert filters.is_filtered_value("changeme") and filters.value_filter_reason("changeme")
