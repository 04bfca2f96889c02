"""Every way in which a value is given to a name yields that value, whole and alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from palint import prefilter, secrets
from palint.secrets import candidates as finder
from palint.secrets import synthetic
from palint.secrets.candidate import Candidate, Source
from palint.secrets.candidates import literals
from palint.secrets.candidates.literals import name_before
from palint.text.encoding import code_points
from tests import growth
from tests.grouped import grouped
from tests.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).with_name("snapshots")

# « » marks the value, {…} a shape that is filled when the test runs.
WRITTEN = (
    ("settings.py", 'password = "«{password}»"'),
    ("compose.yml", "KAFKA_CLIENT_PASSWORDS: Kq7vWz2p9x, «{password}»\n"),
    ("compose.yml", "KAFKA_CLIENT_PASSWORDS: «{password}», Kq7vWz2p9x\n"),
    ("app.env", "SMTP_PASS=«qkzv wjtx pbrm xcdl»\n"),
    ("app.yml", "password: «{base62:600}»\n"),
    ("app.properties", "secret: «Kq7v'Wz2p9x'mN4»\n"),
    ("seed.sql", "VALUES\n/*password = «qazwsx1» */ ('{hex:8}-{hex:4}-{hex:4}', NULL)"),
    ("settings.py", "password = r'«{password}»'"),
    ("settings.py", 'password = """«{password}»"""'),
    ("settings.py", "password = '''«{password}»\nand more'''"),
    ("settings.py", 'db["password"] = "«{password}»"'),
    ("settings.py", 'connect(user="u", password="«{password}»")'),
    ("settings.py", 'os.environ.get("DB_PASSWORD", "«{password}»")'),
    ("settings.py", 'requests.get(url, auth=("someone", "«{password}»"))'),
    ("settings.py", 'password = os.environ["X"] if prod else "«{password}»"'),
    ("settings.py", 'password = """\n    «{password}»\n""".strip()'),
    ("settings.py", 'password = """\\\n«{password}»\\\n"""'),
    ("settings.py", 'password = (\n    # the old one\n    # and a line more\n    "«{password}»"\n)'),
    ("client.ts", 'const password = isProd ? process.env.X : "«{password}»";'),
    ("client.ts", 'const password = isDev ? "«{password}»" : process.env.X;'),
    ("client.ts", 'const password = isProd\n    ? process.env.X\n    : "«{password}»";'),
    ("settings.py", 'password = os.getenv("X") or "«{password}»"'),
    ("config.php", "$password = getenv('X') ?: '«{password}»';"),
    ("env.ts", 'const env = z.object({ DB_PASSWORD: z.string().default("«{password}»") });'),
    ("Client.java", 'String password = Optional.ofNullable(System.getenv("X")).orElse("«{password}»");'),
    ("Client.cs", 'public string Password { get; set; } = "«{password}»";'),
    ("client.ts", 'process.env.DB_PASSWORD ??= "«{password}»";'),
    ("client.ts", "const password = String.raw`«{password}»`;"),
    ("client.ts", "const password = `\n  «{password}»\n`.trim();"),
    ("app.rb", 'ENV["DB_PASSWORD"] ||= "«{password}»"'),
    ("app.rb", "password = <<~PW.strip\n  «{password}»\nPW\n"),
    ("config.php", "$password = <<<'EOT'\n«{password}»\nEOT;\n"),
    ("main.tf", "db_password = <<-EOT\n    «{password}»\n  EOT\n"),
    ("main.tf", 'db_password = var.x != "" ? var.x : "«{password}»"'),
    ("up.ps1", '$password = @"\n«{password}»\n"@\n'),
    ("lib.rs", 'const PASSWORD: &str = r#"«{password}»"#;'),
    ("Client.swift", 'let password = #"«{password}»"#'),
    ("Client.scala", 'val m = Map("password" -> "«{password}»")'),
    ("Client.kt", 'val m = mapOf("password" to "«{password}»")'),
    ("load.R", 'password <- "«{password}»"'),
    ("Makefile", "export DB_PASSWORD ?= «{password}»"),
    ("wifi.h", '#define WIFI_PASSWORD "«{password}»"'),
    ("db.clj", '(def password "«{password}»")'),
    ("db.edn", '{:user "app" :password "«{password}»"}'),
    ("env.fish", "set -gx DB_PASSWORD «{password}»"),
    ("env.csh", 'setenv DB_PASSWORD "«{password}»"'),
    ("site.conf", 'SetEnv DB_PASSWORD "«{password}»"'),
    ("README.md", "**Password:** `«{password}»`"),
    ("index.rst", "Consumer Secret: ``«{base62:24}»``"),
    ("api.json", '{"description": "> Consumer Secret: ``«{base62:24}»``\\n>"}'),
    ("app.toml", "password = '''\n«{password}»'''"),
    ("app.xml", "<password>\n    «{password}»\n  </password>"),
    ("app.plist", "<key>password</key>\n<string>«{password}»</string>"),
    (
        "app.config",
        '<setting name="DbPassword" serializeAs="String">\n  <value>«{password}»</value>\n</setting>',
    ),
    ("client.go", 'client.SetBasicAuth("someone", "«{password}»")'),
    ("client.go", 'var password string = "«{password}»"'),
    ("client.go", 'AccessKey: aws.String("«{password}»"),'),
    ("client.go", 'secret := []byte("«{password}»")'),
    ("client.go", "authKey := []byte{«37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45, 190»}"),
    (
        "client.go",
        "secret := [16]byte{\n\t«0x9d, 0x94, 0x4b, 0x0d, 0x31, 0xe7, 0x5a, 0x18,\n\t"
        "0x93, 0xd0, 0xc5, 0x44, 0x6f, 0x02, 0xab, 0x77»,\n}",
    ),
    (
        "Client.java",
        "byte[] key = new byte[] {«37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45, 190»};",
    ),
    (
        "client.py",
        "SECRET_KEY = bytes([«37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45, 190»])",
    ),
    ("client.ts", "const password: string = '«{password}»';"),
    ("client.ts", 'const secret = process.env.APP_SECRET || "«{password}»";'),
    ("client.js", "process.env['PGPASSWORD'] = '«{password}»'"),
    ("Client.java", '.password("«{password}»")'),
    ("Client.kt", 'val password: String = "«{password}»"'),
    ("Client.cs", 'new NetworkCredential("someone", "«{password}»");'),
    ("lib.rs", 'let password: &str = "«{password}»";'),
    ("config.php", "define('DB_PASSWORD', '«{password}»');"),
    ("Client.cs", 'command.AddWithValue("@password", "«{password}»");'),
    ("Client.java", 'set(properties, "DB_PASSWORD", "«{password}»");'),
    ("settings.py", 'os.environ.get(\n    "DB_PASSWORD", "«{password}»")'),
    ("app.rb", ":password => '«{password}»',"),
    ("app.json", '{"password": "«{password}»"}'),
    ("app.json", r'"body": "{\"password\":\"«{password}»\"}"'),
    ("app.xml", "<password>«{password}»</password>"),
    ("web.config", '<add key="ApiPassword" value="«{password}»" />'),
    ("app.yml", "password: «{password}»"),
    ("app.yml", "  - password: «{password}»  # a comment"),
    ("app.yml", "- name: DB_PASSWORD\n  value: «{password}»\n"),
    ("stack.yml", "- Name: DB_PASSWORD\n  Value: «{password}»\n"),
    ("app.json", '{"name":"DB_PASSWORD","value":"«{password}»"}'),
    ("app.yml", 'users: [{user: someone, password: «{password}», role: "x"}]'),
    ("app.properties", "spring.datasource.password=«{password}»"),
    ("app.ini", "# password = «{password}»"),
    ("redis.conf", "requirepass «{password}»"),
    (".netrc", "machine m login someone password «{password}»"),
    (".netrc", "machine m\n  login someone password «{password}»"),
    ("Dockerfile", "ENV DB_PASSWORD «{password}»"),
    ("build.gradle", 'storePassword "«{password}»"'),
    ("run.sh", "export DB_PASSWORD=«{password}»"),
    ("run.sh", "DB_PASSWORD=«{password}» pytest -q"),
    ("Makefile", "DB_PASSWORD= «{password}»"),
    ("run.sh", "DB_PASSWORD = «{password}»"),
    ("app.rb", 'set :password, "«{password}»"'),
    ("notes.md", "Don't use password: '«{password}»'"),
    ("body.js", "\"password: '«{password}»'\""),
    ("check.ts", 'if (password !== "«{password}»")'),
    ("auth.go", 'equal(password, "«{password}»")'),
    ("app.js", 'process.env["DB_PASSWORD"] || "«{password}»"'),
    ("run.sh", "tool --password «{password}» --verbose"),
    ("run.sh", "tool --db-password='«{password}»'"),
    ("run.sh", "curl -u someone:«{password}» https://example.com"),
    ("run.sh", "sshpass -p '«{password}»' ssh host"),
    ("run.sh", "mysql -uroot -p«{password}» db"),
    ("run.sh", "docker login -u someone -p «{password}» registry"),
    ("run.sh", "curl -H 'Authorization: Bearer «{base64url:40}»'"),
    ("run.ps1", "ConvertTo-SecureString '«{password}»' -AsPlainText"),
    ("init.sql", "CREATE USER someone IDENTIFIED BY '«{password}»';"),
    ("init.sql", "CREATE USER someone IDENTIFIED BY «{password}» DEFAULT TABLESPACE users;"),
    ("init.sql", "CREATE DATABASE LINK a CONNECT TO someone IDENTIFIED BY «{password}» USING 'b';"),
    ("init.sql", "alter user someone identified by «{password}»\n"),
    ("run.sh", "curl 'https://a.example.com/b?token=«{password}»#top'"),
    ("README.md", "postgres://someone:«{password}»@db.internal/app"),
    ("dsn.go", '"someone:«{password}»@tcp(db:3306)/app"'),
    ("conn.json", '"Server=db;User Id=sa;Password=«{password}»;Encrypt=true"'),
    ("a.py", "host, user, password = 'db', 'admin', '«{password}»'"),
    ("a.py", "user, password = ('admin', '«{password}»')"),
    ("a.go", 'var user, pass string = "admin", "«{password}»"'),
    ("a.kt", 'val (user, password) = Pair("admin", "«{password}»")'),
    ("a.js", 'const [user, password] = ["admin", "«{password}»"];'),
    ("a.py", "connect(host, user, password='«{password}»')"),
    ("a.py", 'run(["keytool", "--keystore-password", "«{password}»"])'),
    ("a.py", 'run(["mysql", "-p«{password}»"])'),
    ("a.yml", "args:\n  - --password\n  - «{password}»\n"),
    ("a.yml", 'command:\n  - "--db-password"\n  - "«{password}»"\n'),
    ("site.xml", "<name>db.password</name>\n  <value>«{password}»</value>"),
    ("celery.py", "broker_url = 'sentinel://a;sentinel://:«{password}»@b'"),
    ("celery.env", "BROKER_URL=sentinel://a:26379/0;sentinel://:«{password}»@b:26379/0"),
)


@cache
def matcher() -> prefilter.Matcher:
    return prefilter.compile(finder.KEYWORDS)


def candidates(text: str, path: str) -> set[Candidate]:
    data = text.encode()
    matches = matcher().scan(data, path)
    ends = code_points(data, [end for _, end in matches])
    return finder.find(text, zip([k for k, _ in matches], ends, strict=True), path)


@grouped("case", WRITTEN, key=lambda case: case[0].rpartition(".")[2])
def test_the_value_is_a_candidate(case: tuple[str, str]) -> None:
    path, shape = case
    for seed in range(3):
        text, start, end = synthetic.make_with_value(shape, seed)
        above = "\n" * seed
        found = candidates(above + text, path)
        assert (start + seed, end + seed) in {(c.start, c.end) for c in found}
        if not seed:
            check_snapshot(SNAPSHOTS / "candidates.txt", f"{path} {shape!r}", shown(text, path, found))


def shown(text: str, path: str, found: set[Candidate]) -> str:
    """All candidates of a text, and the secrets that they become."""
    lines = [
        f"{c.start}:{c.end} {c.source.name} {c.syntax} {c.name!r} {c.public_prefix_len} {c.vendor_prefix_len}"
        for c in sorted(found)
    ]
    lines += (
        f"= {s.start}:{s.end} {s.detector} {s.name!r} {s.confidence.label} {s.looks_random}"
        for s in secrets.in_line(text, path)
    )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "password = get_password(user)"),
        ("a.py", "token = request.headers[name]"),
        ("a.js", 'switch(x){case "password":return f()}'),
        ("a.js", 'y=x?"password":r?f(r):null'),
        ("a.md", "Create phases to close gaps identified by audit."),
        ("a.go", "func (c *Config) Password() string {"),
        ("a.js", "const key = items.map(item => item.id)"),
        ("a.js", "next=16807*(seed>>16);low+=(next&32767)<<16;"),
        ("a.md", "The password is stored in the vault."),
        ("a.md", "Basic authentication"),
        ("a.ts", 'const tabs = ["My profile", "Password", "Danger zone"]'),
        ("a.json", '["password", "hashing"]'),
        ("a.md", "- automatic login (no password prompting)"),
        ("a.js", "// validates the password for login by password strategy"),
        ("a.py", "columns = ('username', 'password', 'message')"),
        ("a.ts", "write('/run/password', 'sensitive')"),
        ("a.ts", "confirm('Your password', 'Are you sure')"),
        ("a.php", "Password::broker()->reset($user)"),
        ("a.php", "ResetPassword::$callback = null;"),
        ("a.sql", "select * from users where password=:password"),
        ("a.go", "a policy for the role identified by their name. This"),
        ("a.md", "the user identified by someone7x\nis new"),
        ("a.sql", "select 'kqvwz' as 'password', 'accounting' as 'role'"),
        ("a.ts", "equal(hash('password'), 'Kq7vWz2p9')"),
        ("a.go", "keyA := []byte{37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45}"),
        ("a.py", "tokens = [first, second, 3, 4, 5, 6, 7, 8]"),
        ("a.go", 'connect(name, username, password, "consistency")'),
        ("a.go", "\"Options are: 'password', 'phrase'.\""),
        ("a.go", '"secret_id_accessor"'),
        ("a.sh", "DB_PASSWORD= pytest -q"),
        ("a.sh", "mysql -h localhost -u root -p production < dump.sql"),
        ("a.sh", "exec chpst -u postgres:ssl-cert postmaster"),
        ("a.cs", 'cart["passwordManager"]!["seats"]!["discount"]'),
        ("a.sql", "--Add column 'UsePassword','SmSeats','SmAccounts'"),
        ("a.rs", 'prompt("Password: ").unwrap_or_default();'),
        ("a.c", 'if(checkprefix("Set-Cookie:", pointer))'),
        ("a.py", "ask('New password: ', stream=stream)"),
        ("a.sh", r'diff -u <(find a -printf "%f\n")'),
        ("a.ttf", "\x93 k:Q\xfe7v\xe9Wz2p9\xa3@/\x02"),
        ("a.py", 'creds = IDTokenCredentials(\n    credentials, target_audience="audience7"\n)'),
        ("a.py", 'x = {"bot_password": outputs[\n    "stages/05-kubernetes-keycloak"\n]["x"]}'),
        ("a.py", "auth = await signer.get_auth('service_name', 'region_name')"),
        ("a.sh", 'case "${MVNW_PASSWORD:+has-password7}" in'),
        ("a.sh", "${DB_PASSWORD:?set-it-first7}"),
        ("a.sh", "${DB_PASSWORD:?ERROR: it is required7}"),
        ("a.js", 'secret: {keywords: ["kanji", "red-circle"]}'),
        ("a.properties", "auth.clientSecret=secret\nauth.resourceId=requisition"),
    ],
)
def test_code_and_prose_hold_no_secret(path: str, text: str) -> None:
    assert not secrets.in_line(text, path)
    check_snapshot(
        SNAPSHOTS / "candidates.txt", f"{path} {text!r}", shown(text, path, candidates(text, path))
    )


def test_basic_credentials_are_base64_of_a_pair() -> None:
    text, _, _ = synthetic.make_with_value("Authorization: Basic «{base64:24}»", 1)
    assert not any(c.syntax == "authorization-header" for c in candidates(text, "a.sh"))
    pair = "c29tZW9uZTpzb21ldGhpbmc="
    text = f"Authorization: Basic {pair}"
    assert [
        text[c.start : c.end] for c in candidates(text, "a.sh") if c.syntax == "authorization-header"
    ] == [pair]


@given(
    st.text(alphabet="passwordkey=:\"'`([{<>,.|?@/- \t\n\\x1é", max_size=120),
    st.sampled_from(["a.py", "a.yml"]),
)
@settings(max_examples=100)
def test_spans_lie_in_the_text_and_hold_something(text: str, path: str) -> None:
    for at in range(1, len(text) + 1):
        for c in (c for form in finder.FORMS for c in form.find(text, at, path)):
            assert 0 <= c.start <= c.end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [" ", "secret", "secret_key = ", "://", " -p x", "key:[[[[", "token(", 'password="\\"', "secret=x=x=",
     "a:b@tcp", "Bearer abcdefgh ", "pass: a || ", '"token","', "key = a.b(c.d(", "key: a b c d e f ",
     " -u a:b", "password: {{"],
)  # fmt: skip
def test_no_pattern_backtracks(unit: str) -> None:
    """A hit costs a bounded time, so a line of nothing else takes what its length does."""
    matcher()
    small, large = ((unit * size)[:size] for size in (7_500, 30_000))
    assert not growth.is_slow(lambda text: candidates(text, "a.yml"), small, large)


def test_keywords_are_few_and_plain() -> None:
    every = {prefilter.as_keyword(keyword).pattern for form in finder.FORMS for keyword in form.keywords}
    assert len(every) <= 33
    for pattern in every:
        assert not re.search(r"\(\?[=!<]|\\\d", pattern), "no look-around, no references"


@pytest.mark.parametrize(
    ("path", "shape", "name"),
    [
        ("a.sh", "x=${DB_PASSWORD:-«{password}»}", "DB_PASSWORD"),
        ("a.cfg", "x = ${env:DB_PASSWORD:-«{password}»}", "DB_PASSWORD"),
        ("stack.yml", "- ParameterKey: DbPassword\n  ParameterValue: «{password}»\n", "DbPassword"),
        ("stack.json", '{"ParameterKey": "DbPassword", "ParameterValue": "«{password}»"}', "DbPassword"),
        ("a.js", '"Token": "{\\"user\\": \\"root\\", \\"sig\\": \\"«{hex:32}»\\"}"', "Token"),
        ("jwk.json", '{"kty": "EC", "crv": "P-256", "x": "{base64url:43}", "d": "«{base64url:43}»"}', ""),
        ("a.sql", "ALTER USER x IDENTIFIED WITH plugin BY '«{password}»';", "password"),
        ("psql.sql", "\\set POSTGRES_PASS «{password}»", "POSTGRES_PASS"),
        ("a.ps1", "tool -CertFilePassword «{password}» -x", "-CertFilePassword"),
        ("a.gradle", "    storePassword '«{password}»'", "storePassword"),
    ],
)
def test_the_name_and_the_value_are_the_right_ones(path: str, shape: str, name: str) -> None:
    text, start, end = synthetic.make_with_value(shape, 3)
    assert (start, end, name) in {(s.start, s.end, s.name) for s in secrets.in_line(text, path)}


def test_an_option_is_not_taken_for_an_attached_password() -> None:
    assert not secrets.in_line("mysql -password db -port 3306", "a.sh")


NAMED = st.sampled_from(
    ["password", "key", "api_key", "x", '"', "'", "]", ")", " ", "\n", ":", "=", "(", ".", "-", "$", "value",
     "ParameterValue", ",", "string ", "token", "a" * 30, "{", "["]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(NAMED, max_size=9).map("".join), st.sampled_from(":=!("))
def test_the_nearest_name_is_the_one_before(before: str, operator: str) -> None:
    text = before + operator
    other = f"\u00e9\n{text}"  # not ASCII: by the pattern alone
    assert name_before(text, len(text)) == name_before(other, len(other))


_PIECES = (
    "x", "(", ")", "]", ",", " ", "\t", "\n", "    ", "?", ":", "|", "/", "?:", "??", "||", "//", "if",
    "else", " else ", "or", " or ", "Or", ".or(", ".orElse(", ".getOrElse(", ".default(", '"a"', "'",
    "word" * 12, ";",
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_a_line_in_which_a_default_is_seen_has_a_mark_of_one(text: str) -> None:
    """What the cheap test rejects, the pattern rejects too."""
    assert literals.may_fall_back(text, 0) or not re.match(literals.LATER, text)


# Without what ends an authority, a word of the files' own syntax, or the start of a reference
_USERINFO = st.text(
    st.characters(codec="ascii", categories=("L", "N", "P", "S"), exclude_characters="/?#\"'<>`\\[]{}$%"),
    min_size=1,
    max_size=24,
)


@given(
    _USERINFO.filter(lambda user: ":" not in user),
    _USERINFO,
    st.sampled_from(["", "/", "/a?b=c@d:e", "?x=@y", "#@"]),
    st.sampled_from(['x = "{}"', "x: {}\n", "see {} there", "<a>{}</a>"]),
)
def test_a_urls_password_ends_at_the_authoritys_last_at_sign(
    user: str, password: str, rest: str, around: str
) -> None:
    """As the standard library reads it."""
    password = f"Zq{password}9kx2"
    url = f"postgres://{user}:{password}@db.example.com:5432{rest}"
    assume(urlsplit(url).password == password)
    assume(not re.search(r"(.)\1{7}", password))  # a placeholder
    text = around.format(url)
    found = candidates(text, "a.py")
    assert [text[c.start : c.end] for c in found if c.syntax == "url-credentials"] == [password]


@cache
def test_an_empty_line_ends_a_statement_of_settings_and_prose() -> None:
    value = synthetic.generate("{base62:24}", 1)
    for path, text in (
        ("a.properties", f"password=\n\n\n{value}\n"),
        ("a.md", f"Enter the password:\n\n\n    {value}\n"),
        (".env", f"PASSWORD=\n\n{value}\n"),
    ):
        assert not [c for c in candidates(text, path) if c.source is Source.ASSIGNMENT]


@pytest.mark.parametrize(
    "unit",
    [
        "password =" + " " * 3000, "password:\n\n\n", "password \u3000", "\u3000=", "password=(\n\n\n",
        " " * 3000 + "=", "password =" + "\u00a0" * 40, "token:" + "\n" * 500,
    ],
)  # fmt: skip
def test_runs_of_blanks_take_linear_time(unit: str) -> None:
    def text(size: int) -> str:
        return (unit * (size // len(unit) + 1))[:size]

    def use(text: str) -> None:
        candidates(text, "a.yaml")

    if growth.is_slow(use, text(10_000), text(40_000), runs=1):
        assert not growth.is_slow(use, text(30_000), text(120_000))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Authorization: Bearer {}", True),
        ("Authorization: bearer profile", False),
        ("Authorization: Bearer " + "abcdefghijklmnopqrstuvwxyzabcde", False),
        ("Authorization: Bearer " + "kqzvjxwpmfhdtrblgnsycqwkzjvxpmhd", True),
        ("Authorization: Basic profile", False),
    ],
)
def test_after_a_scheme_a_short_word_is_no_credential(header: str, expected: bool) -> None:
    line = header.format(synthetic.generate("{base62:30}", "header"))
    assert bool(matcher().scan(line.encode(), "a.sh")) is expected
