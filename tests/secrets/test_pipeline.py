"""From keywords to secrets: spans, occurrences, engines, floods, masks, and no value anywhere else."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import prefilter, secrets
from palint.findings import Confidence
from palint.secrets import Secret, candidates
from palint.secrets.classifier import looks_random
from palint.secrets.formats.format import Format
from palint.secrets.formats.table import FORMATS
from palint.secrets.synthetic import SHAPES, generate
from palint.text.source import KeywordMatch, SourceFile
from tests import growth
from tests.grouped import grouped
from tests.secrets import corpus, redos_inputs


@cache
def matcher(engine: str = "hyperscan") -> prefilter.Matcher:
    return prefilter.compile(secrets.KEYWORDS, engine=engine)


def detect(data: bytes | str, path: str = "a.py", engine: str = "hyperscan") -> list[Secret]:
    return detect_in(SourceFile(path, data.encode() if isinstance(data, str) else data), engine)


def detect_in(file: SourceFile, engine: str = "hyperscan") -> list[Secret]:
    hits = matcher(engine).scan(file.utf8, file.path)
    places = file.offsets([end for _, end in hits])
    return secrets.detect(file, [KeywordMatch(i, at) for (i, _), at in zip(hits, places, strict=True)])


def found(text: str, path: str = "a.py") -> list[str]:
    return [text[s.start : s.end] for s in detect(text, path)]


TOKEN = generate(SHAPES["github_token"], 1)
OTHER = generate(SHAPES["github_token"], 2)
PASSWORD = generate(SHAPES["password"], 1)


def test_a_value_without_its_quotes() -> None:
    (secret,) = detect(f'TOKEN = "{TOKEN}"  # ci')
    assert (secret.start, secret.end, secret.detector) == (9, 9 + len(TOKEN), "github-personal-access-token")
    assert secret.public_prefix_len == 4


def test_each_occurrence_on_a_line_and_in_a_file() -> None:
    text = f'a = ["{TOKEN}", "{TOKEN}", "{OTHER}"]\nb = "{TOKEN}"\n'
    assert found(text) == [TOKEN, TOKEN, OTHER, TOKEN]
    text = f"password: {PASSWORD}\nx: 1\npassword: {PASSWORD}\n"
    assert found(text, "a.yaml") == [PASSWORD, PASSWORD]


def test_one_secret_where_several_detectors_see_it() -> None:
    url = generate(SHAPES["slack_webhook_url"], 1)
    assert found(f'slack_token = "{url}"') == [url], "the format, not the keyword"
    assert found(f'github_token = "{TOKEN}"') == [TOKEN]


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
def test_encodings(codec: str) -> None:
    text = f'# schlüssel ☃ 𝄞\npassword = "{PASSWORD}"\n' + "# nothing here\n" * 5
    file = SourceFile("a.py", text.encode(codec))
    (secret,) = detect(text.encode(codec))
    assert file.text[secret.start : secret.end] == PASSWORD
    assert file.position(secret.start).line == 2


def test_latin_1_and_line_ends() -> None:
    (secret,) = detect(f'# \xe9\r\nx = 1\rpassword = "{PASSWORD}"\r'.encode("latin-1"))
    assert (
        SourceFile("a.py", "# \xe9\r\nx = 1\rpassword = ".encode("latin-1")).position(secret.start - 1).line
        == 3
    )


def test_a_secret_of_several_lines() -> None:
    key = generate(SHAPES["private_key"], 1)
    assert found(f"before\n{key}\nafter\n", "id_rsa") == [key]
    escaped = key.replace("\n", "\\n")
    (only,) = found(f'{{"key": "{escaped}"}}', "a.json")
    assert "BEGIN" in only and len(only) > 800


def test_a_very_long_line() -> None:
    text = "x = 1; " * 30_000 + f'password = "{PASSWORD}"; ' + "y = 2; " * 30_000
    assert found(text, "a.js") == [PASSWORD]


def test_pictures_are_not_secrets() -> None:
    data = generate("{base64:400}", 1)
    assert found(f'key = "data:image/png;base64,{data}"') == []
    assert found(f'"auth": "iVBORw0KGgo{data}"', "a.ipynb") == []


def test_placeholders_and_references_are_not_secrets() -> None:
    for line in (
        'password = "changeme"',
        'token = os.environ["TOKEN"]',
        'secret = "${SECRET}"',
        'key = "AKIAIOSFODNN7EXAMPLE"',
    ):
        assert found(line) == []


@grouped("fmt", FORMATS, key=lambda fmt: fmt.id[0])
def test_keywords_find_every_format(fmt: Format) -> None:
    """The finder starts at the keyword, so each keyword must be in or before its value."""
    text = f"\n{generate(fmt.example, 7)}\n"
    both = [detect(text, "a.txt", engine) for engine in ("hyperscan", "re")]
    assert both[0] == both[1]
    assert both[0], "nothing found"


def test_both_engines_find_the_same_on_real_files() -> None:
    rows = corpus.labelled()[::30]
    files = [(Path(path).name, line.encode()) for path, line, _ in rows] + list(corpus.installed(share=400))
    for path, data in files:
        assert detect(data, path) == detect(data, path, "re"), path
    assert len(files) > 20


@pytest.mark.parametrize("path", ["a.py", "a.yaml"])
@pytest.mark.parametrize("case", redos_inputs.CASES)
def test_much_of_the_worst_does_not_stall(case: str, path: str) -> None:
    text = redos_inputs.text(case)[: redos_inputs.MEGABYTE // 64]
    matcher()
    began = time.process_time()
    detect(text, path)
    # What is quadratic takes seconds. bench/redos.py measures the half second that a megabyte may take.
    assert time.process_time() - began < 2


class TestMasks:
    """What an excerpt may show."""

    @pytest.mark.parametrize("name", [n for n in SHAPES if "\n" not in SHAPES[n] and n not in ("uuid",)])
    def test_a_secret_given_to_a_name(self, name: str) -> None:
        value = generate(SHAPES[name], 1)
        line = f'secret_token = "{value}"  # ☃'
        shown = secrets.redact_line(line, "a.py")
        assert len(shown) == len(line)
        assert shown.startswith("secret_token = ") and shown.endswith("# ☃")
        assert value not in shown and value[8:24] not in shown

    def test_the_inside_of_a_key(self) -> None:
        for line in generate(SHAPES["private_key"], 1).splitlines()[1:-2]:
            assert secrets.redact_line(line, "id_rsa") == "*" * 64
            assert secrets.redact_line(f'    "{line}\\n"', "a.py").strip("*") == ""

    def test_a_line_without_a_secret_stays(self) -> None:
        for line in ("", "x = 1", "password = os.environ['P']", "\ud800 \x85 \u2028", "def key(self):"):
            assert secrets.redact_line(line, "a.py") == line

    @settings(max_examples=100)
    @given(
        st.lists(
            st.sampled_from([*(generate(s, 3) for n, s in SHAPES.items() if n != "private_key"), "password=",
                             "token: ", '"', "'", " ", "ü", "=", ",", "Bearer ", "x", "://u:", "@h", "#"]),
            max_size=12,
        ).map("".join)
    )  # fmt: skip
    def test_masks_what_detect_finds(self, line: str) -> None:
        shown = secrets.redact_line(line, "a.py")
        assert len(shown) == len(line)
        for secret in detect(line):
            assert set(shown[secret.start : secret.end]) == {"*"}
        file = SourceFile("a.py", line.encode())
        assert secrets.redact_part(file, 0, len(line)) == shown
        detect_in(file)
        assert secrets.redact_part(file, 0, len(line)) == shown

    @pytest.mark.parametrize("searched", [True, False])
    def test_a_value_whose_name_is_on_the_line_above(self, searched: bool) -> None:
        file = SourceFile("a.py", f'PASSWORD = (\n    "{PASSWORD}"\n)\nrest = 1\n'.encode())
        if searched:
            assert len(detect_in(file)) == 1
        shown = secrets.redact_part(file, *file.line_at(file.offset(2)))
        assert shown == f'    "{"*" * len(PASSWORD)}"'
        assert secrets.redact_part(file, *file.line_at(file.offset(4))) == "rest = 1"


def test_no_value_in_a_result_or_its_words() -> None:
    for name, shape in SHAPES.items():
        value = generate(shape, 1)
        for secret in detect(f'api_secret = "{value}"', "a.py"):
            assert value[6:20] not in repr(secret), name


def test_common_candidates_import_nothing_heavy() -> None:
    """Start-up is the hook's budget: detect-secrets loads for a candidate that only its plugins can judge."""
    program = (
        "import sys\n"
        "from palint import prefilter, secrets\n"
        "from palint.text.source import KeywordMatch, SourceFile\n"
        f"data = b'password = \"{PASSWORD}\"; url = https://u:{PASSWORD}@h/; t = {TOKEN}'\n"
        "hits = [KeywordMatch(*hit) for hit in prefilter.compile(secrets.KEYWORDS).scan(data, 'a.js')]\n"
        "assert secrets.detect(SourceFile('a.js', data), hits)\n"
        "loaded = {m.partition('.')[0] for m in sys.modules}\n"
        "heavy = loaded & {'detect_secrets', 'requests', 'urllib3', 'yaml', 'rich', 'pathspec'}\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_bytes_with_escapes_are_a_key() -> None:
    value = "".join(rf"\x{byte:02x}" for byte in Random(1).randbytes(16))
    assert len(secrets.in_line(f'key = b"{value}"', "a.py")) == 1


def test_a_json_web_token_may_have_one_claim() -> None:
    token = generate('"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MX0.{base64url:43}"', 1)  # {"id":1}
    assert [s.detector for s in secrets.in_line(f"let auth = header {token}", "a.hs")] == ["json-web-token"]


def test_a_keyword_of_names_is_no_keyword_of_a_format() -> None:
    """The finders of names are looked up without those of formats."""
    named = candidates.OF_NAMES
    assert candidates.every_finder()[: len(named)] == named
    assert len(secrets.KEYWORDS) == len(candidates.every_finder()) > len(named)
    assert candidates.finders_of(len(secrets.KEYWORDS)) == ()
    assert secrets.KEYWORDS[0] == next(iter(secrets.KEYWORDS))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("zh.json", r'"client_secret": "\u5bc6\u94a5"'),  # 密钥, as PHP's json_encode writes it
        ("el.json", r'"secret": "\u039c\u03c5\u03c3\u03c4\u03b9\u03ba\u03cc"'),
        ("app.js", r'x={action:"Acci\xF3n",password:"Contrase\xF1a",secret:"Verschl\xFCsselung"}'),
        ("app.js", "x={otpPassword:``,mfaId:``,authToken:``,b:1}"),
        ("a.java", r'webauthn = new JsonObject("{\"id\":\"-r1iW_eHUyIpU93f77odIrdUlNVfYzN\"}");'),
        ("a.java", r'webauthn = new JsonObject("{\"signature\":\"MEUCIA3bv92hSE3wNz1CNGIi\"}");'),
        ("a.go", "\tnextToken atomic.Uint64"),  # `Token` is a scheme only as a word
        ("yarn.lock", '    minipass: "npm:^7.0.3"'),
        ("a.go", "if !user.FollowExternalSymlinks {"),
        ("secret.yaml", "  token: KipTT1BTKio="),  # **SOPS**
        ("README.md", "[![codecov](https://codecov.io/gh/a/b/graph/badge.svg?token=bH39w8lIA9)](x)"),
        ("a.py", 'TOOLS = ("detect-secrets==1.5.0", "kingfisher-bin", "twine==6.1")'),
        ("a.ts", "  // Collect pass: iterate session.items in their order"),
        ("a.ts", "  //  password: hashedPassword, // dropped"),
        ("a.ts", "    key: 'yyyy-MM-dd_HH:mm_12H',"),
        ("a.sql", 'CREATE UNIQUE INDEX "Credential_recipientId_key" ON "Credential"("recipientId");'),
        ("a.vue", """<Icon v-if="type === 'password'" :icon="faEye" class="x">"""),
        ("a.php", "'password' => 'nullable|string|max:191',"),
        ("a.adoc", "This uses the OAuth _Resource Owner Password Grant_ mechanism"),
        ("a.yml", "join_token: SWMTKN-1--xxxxx"),
        ("a_test.go", f'Expect(data).To(HaveKeyWithValue("_sha256", "{generate("{hex:64}", 1)}"))'),
        ("a.go", 'secretUUID = "d5deb37a-7883-4fe2-a5e7-3c15420adc76"'),
        ("a.go", 'Key: "id:730aa98d-ec0c-4426-8202-b11aeec8ea1e",'),
        ("a.php", f"'website_key' => env('RECAPTCHA_WEBSITE_KEY', '{generate('{base62:40}', 1)}'),"),
        ("a.go", '"secret-session-token": []byte("c2VjcmV0LXNlc3Npb24tdG9rZW4K")'),  # the name itself
        ("i18n.lock", f"    auth/reset/new_password: {generate('{hex:32}', 1)}"),
        ("events.json", '"ClientRequestToken": "3faf3fb5-b289-41fc-b940-44151828f6cf"'),
        ("a.ts", 'headers: { authorization: "Bearer eyJhbGciOiJFZERTQSJ9.payload.signature" }'),
        (".editorconfig", "# not propagating the token\ndotnet_diagnostic.CA2016.severity = error"),
        ("a.eps", "%kU!#B-.nc']]m/0<phm\\QRa;]`j2%#t:;SHeXP0OQ^b&BG@/tfcrB'7Z-kdZ#;=HBY"),
        ("a.yaml", 'kind: {{ $.Values.externalSecret.secretStore.kind | default "SecretStore" }}'),
        ("a.php", "'password' \t\t=> 'Password',\n    'phone'  \t\t\t\t=> 'Phone',"),
        ("a.go", "oidKeyUsage = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 1, 22, 5, 9}"),
        ("a.css", 'hotpink:"#ff69b4"'),
        ("a.min.js", 'var pass=false,xmlns="xmlns";'),
        ("a.php", "'password' => 'confirmed|'.Setting::rules(),"),
        ("a.ts", "signingKey: '-----BEGIN PRIVATE KEY-----',\n  requestObjectSigningAlg: 'RS256',"),
        ("a.md", "oc login -u system:admin"),
        ("a.nix", 'password = mkOption {\n  default = "";'),
        ("a_test.go", '"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="'),
        ("a.js", 'r={key:"_navigationalBinder",value:function(t)'),
        ("a_test.go", f'testKeyThumbprint = "{generate("{base64url:43}", 2)}"'),
        ("realm.json", f'"secretData": "{{\\"salt\\":\\"{generate("{base64:24}", 1)}\\"}}"'),
    ],
)
def test_false_alarms_of_unread_repositories_are_gone(path: str, line: str) -> None:
    """The secret below is found, so the finder has read the line."""
    secret = generate("{base62:30}", 1)
    both = f'{line}\n{"password"} = "{secret}"\n'
    assert [both[s.start : s.end] for s in secrets.in_line(both, path)] == [secret]
    assert secrets.in_line(line, path) == []


@pytest.mark.parametrize(
    ("plain", "confidence"),
    [
        ("safebar-7", Confidence.LOW),
        ("{base62:32}", Confidence.HIGH),
        ("hello-world-producer", Confidence.LOW),
    ],
)
def test_the_confidence_in_base64_is_that_of_the_line_it_encodes(plain: str, confidence: Confidence) -> None:
    encoded = base64.b64encode(f"{generate(plain, 5)}\n".encode()).decode()
    found = secrets.in_line(f"  client_secret: {encoded}", "secret.yaml")
    assert [s.confidence for s in found] == [confidence]


def test_a_value_that_may_be_an_id_has_low_confidence() -> None:
    value = generate("{lower:8}{digits:2}{lower:8}", 2)
    call = f'NewPassword("{value}", "Alice123!")'
    assert [s.confidence for s in secrets.in_line(call, "a.go")] == [Confidence.LOW, Confidence.LOW]
    known = f'OnePassword = "{generate("{uuid}", 2)}"'
    assert [s.confidence for s in secrets.in_line(known, "a.ts")] == [Confidence.LOW]


@pytest.mark.parametrize("value", ["FearOfTheDark", "open the door", "correct-horse-battery"])
def test_words_are_not_random(value: str) -> None:
    assert not looks_random(value)
    assert looks_random(generate("{base62:24}", 3))


def test_random_letters_are_random() -> None:
    assert looks_random(generate("{lower:24}", 3))


def test_the_end_of_a_quote_in_a_string_is_not_part_of_the_value() -> None:
    line = r'"LoginModule required username=\"foo\" password=\"pa55word\";"), admin);'
    assert [line[s.start : s.end] for s in secrets.in_line(line, "A.java")] == ["pa55word"]


def test_each_process_counts_the_same() -> None:
    """The models' numbers are sums; in the order of a set, which differs, their last bit differed too."""
    code = (
        "from palint.secrets.classifier import features as f; print([f.entropy(v) for v in"
        " ('correct horse battery', 'abcdefghijklmnopqrstuvwxyzabcdefgh', 'Kq7vWz2p9xLmN4tR8sYd')])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "123456"
    }
    assert len(outputs) == 1


def test_escapes_do_not_hide_a_secret() -> None:
    value = generate("{base62:24}", 4)
    assert len(secrets.in_line(f'"client_secret": "\\\\u00e9{value}"', "a.json")) == 1


def test_many_candidates_cost_time_in_proportion_to_their_number() -> None:
    """A file of 1.8 MB with 8,800 candidates ended with a timeout once."""
    values = [generate("{base62:24}", seed) for seed in range(64)]
    note = "x " * 75

    def use(numbers: range) -> None:
        lines = [f'"service_{n}_password": "{values[n % 64]}{n}", "note": "{note}"' for n in numbers]
        assert len(detect("\n".join(lines), "a.json")) == len(numbers)

    use(range(100))
    assert not growth.is_slow(use, range(30_000, 30_500), range(20_000, 22_000))
