"""Which names are dotenv files, and what such a file contains."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.dotenv import files as dotenv_files
from palint.secrets.synthetic import generate
from palint.text.source import SourceFile

DOTENV = """.env .ENV .env.local .env.production .env.production.local prod.env deploy/prod.env .flaskenv
.envrc .env-local .env_test .env~ .env.bak .env.keys a/.envs/.local/.postgres
docker.env .env.txt .dev.vars .dev.vars.staging env.production env.local .env.json .env.dev.yaml
prod.env.bak2 .env.old .env.20240101 a/.env.d/10-app b.env.backup1 .envrc.local .env2 .env@prod
.env,v .env%20copy .flaskenv.local .gitlab.env a/.git.env .github-bot.env
.envs/.gitea .env.d/.git-sync"""
EXAMPLES = """.env.example .env.sample .env.template .env.dist .env.example.local example.env env.example
.env-example .env.local.example config/env.sample .envrc.example .env.schema sample.env"""
NEITHER = """env .envs/readme env.py .env.d.ts .env.ts .env.md .env.vault .env.enc .env.j2 environment.yml
.environment env/bin/activate .env.patch .env.sh process.env.js
.envs/.gitignore .env.d/.gitkeep env.d/10-app env.json config.env.ts dev.vars a.json .env.test.ts
config.envelope .venv .env/"""


@pytest.mark.parametrize(
    ("names", "kinds"),
    [(DOTENV, (True, False)), (EXAMPLES, (False, True)), (NEITHER, (False, False))],
)
def test_names(names: str, kinds: tuple[bool, bool]) -> None:
    for name in names.split():
        assert (dotenv_files.is_dotenv(name), dotenv_files.is_example(name)) == kinds, name
        assert kinds == (False, False) or any(part in name.lower() for part in dotenv_files.PATH_LITERALS), (
            name
        )


def test_copies_that_systems_and_editors_make() -> None:
    names = ".env copy", ".env copy 2", ".env - Copy", ".env (1)", "prod.env(2)", ".env#", "#.env#", ".env~"
    assert [name for name in names if not dotenv_files.is_dotenv(name)] == []
    assert not any(map(dotenv_files.is_dotenv, ("my env copy.md", "environment copy", "a (1).txt")))


def test_a_blank_at_the_end_hides_nothing() -> None:
    assert dotenv_files.is_dotenv("a/.env ") and dotenv_files.is_dotenv(".env.local\n")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env.enc", "A=1\n# x\n\nexport B=2\n", True),
        (".env.js", "A_KEY=abc\n", True),
        (".x_.env_prod", "A_KEY=abc\n", True),
        ("prod.env.vault", "A_KEY=abc\n", True),
        (".env.js", "const a = 1;\n", False),
        (".env.enc", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", False),
        (".env.md", "# Title\nA=1 sets it\nprose\n", False),
        (".env.enc", "", False),
    ],
)
def test_the_content_decides_of_a_name_that_says_encrypted_or_source(
    name: str, text: str, expected: bool
) -> None:
    assert dotenv_files.may_be_dotenv(name) and not dotenv_files.is_dotenv(name)
    assert dotenv_files.has_plain_values(text) == expected


def parse(text: str) -> list[tuple[str, str]]:
    return [(v.name, v.value) for v in dotenv_files.parse(SourceFile(".env", text.encode()))]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("A=1\r\nB=2", [("A", "1"), ("B", "2")]),
        ("export A=1", [("A", "1")]),
        ("  A = 'b c' # d", [("A", "b c")]),
        ('A="x\ny=z"\nB=1', [("A", "x\ny=z"), ("B", "1")]),
        ("A=a#b #c", [("A", "a#b")]),
        ("A=#c", [("A", "")]),
        ("A=", [("A", "")]),
        ("A: b\nC: 'd'\ne:f\n", [("A", "b"), ("C", "d")]),
        ('A="open\nB=1', [("A", '"open'), ("B", "1")]),
        ("# A=1\nprose here\nA B=1", []),
        (r'A="a\"b"', [("A", r"a\"b")]),
    ],
)
def test_assignments(text: str, variables: list[tuple[str, str]]) -> None:
    assert parse(text) == variables


@given(st.text(st.sampled_from("AB=:\"'`# \n\r\\export é\u2028"), max_size=60))
def test_offsets_and_never_a_failure(text: str) -> None:
    file = SourceFile(".env", text.encode(), encoding="utf-8")
    end = 0
    for variable in dotenv_files.parse(file):
        assert end <= variable.start <= variable.name_start
        assert file.text[variable.name_start : variable.name_end] == variable.name
        assert file.text[variable.value_start : variable.value_end] == variable.value
        end = variable.end


@pytest.mark.parametrize(
    ("text", "encrypted", "plain"),
    [
        ("DOTENV_PUBLIC_KEY=03\nA=encrypted:x", True, []),
        ("DOTENV_PUBLIC_KEY_PRODUCTION=03\nA=encrypted:x\nB=y\nC=", True, ["B"]),
        ("A=ENC[AES256_GCM,data:x]\nsops_mac=ENC[x]", True, []),
        ("A=encrypted:x", False, []),
        ("DOTENV_PUBLIC_KEY=03\nA=b", False, ["A"]),
    ],
)
def test_encrypted(text: str, encrypted: bool, plain: list[str]) -> None:
    found, left = dotenv_files.encrypted(dotenv_files.parse(SourceFile(".env", text.encode())))
    assert (found, [v.name for v in left]) == (encrypted, plain)


def wrapped(size: int, seed: int, width: int = 64) -> list[str]:
    """Lines of base64, the last one with its padding."""
    text = base64.b64encode(random.Random(seed).randbytes(size)).decode()
    return [text[at : at + width] for at in range(0, len(text), width)]


HEADER, FOOTER = (generate(f"-----{word} {{key_kind}}PRIVATE KEY-----", 9) for word in ("BEGIN", "END"))


@given(
    st.integers(1, 1300), st.integers(0, 99), st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\\\n"]),
    st.sampled_from(["", "Proc-Type: 4,ENCRYPTED\n\n", "X-Note: prod\n\n"]), st.booleans(),
)  # fmt: skip
def test_an_unquoted_pem_block_is_one_value(
    size: int, seed: int, line_end: str, before: str, fields: str, ends: bool
) -> None:
    """Whatever its length: one in three ends in `=`, as an empty variable does."""
    body = wrapped(size, seed)
    if not ends and len(body[-1]) < 20 and not body[-1].endswith("=="):
        body[-1] = wrapped(62, seed)[0]  # of a key that is cut, `ABC=` may be an empty variable
    block = "\n".join([HEADER, *([fields[:-1]] if fields else []), *body, *([FOOTER] if ends else [])])
    text = f"A=1\nKEY={before}{block}\nEMPTY=\nB=2\n".replace("\n", line_end)
    found = parse(text)
    if ends:
        assert found == [("A", "1"), ("KEY", block.replace("\n", line_end)), ("EMPTY", ""), ("B", "2")]
    assert {name for name, _ in found} == {"A", "KEY", "EMPTY", "B"}


def test_a_block_without_a_name_has_no_variables() -> None:
    text = "\n".join(["A=1", HEADER, *wrapped(1219, 3), FOOTER, "B=2"])
    assert parse(text) == [("A", "1"), ("B", "2")]


@given(st.integers(49, 2000), st.integers(0, 99))
def test_wrapped_base64_is_one_value(size: int, seed: int) -> None:
    value = "\n".join(wrapped(size - size % 3 + 1, seed))
    assert [name for name, _ in parse(f"CERT={value}\nEMPTY=\nDEBUG_=\nPASSWRD=\n")] == [
        "CERT", "EMPTY", "DEBUG_", "PASSWRD",
    ]  # fmt: skip


def test_a_word_below_base64_is_a_variable() -> None:
    token = generate("{base62:64}", 1)
    assert parse(f"A={token}\nFOO=\nDEBUG=1\nPORT=\n") == [
        ("A", token), ("FOO", ""), ("DEBUG", "1"), ("PORT", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("REDIS_URL=redis://localhost:6379/0", False), ("MONGODB_URI=mongodb://db/shop-app", False),
        ("DB_URL=postgres://u:${PASSWORD}@db/shop", True), ("HOOK_URL=https://h.example/a/T1/x", True),
        ("DATABASE_URL=${URL}", True), ("API_KEY=redis", True),
        ("DB=Host=db;Username=a;Password=b7", True), ("DB=Host=db;Password=$P", False),
        ("NODE_OPTIONS=--max_old_space_size=1024", False),
        ("API_TOKEN=true", False), ("PRODUCT=Kq7vWz2p9xmN4rT8bYgH", True),
        ("PRODUCT=the_largest_of_all_houses", False), ("PRODUCT_REF=Kq7vWz2p9xmN4rT8bYgH", False),
        ("SECRET_ID=Kq7vWz2p9xmN4rT8bYgH", True), ("CLIENT_ID_DEV=Kq7vWz2p9xmN4rT8bYgH", False),
    ],
)  # fmt: skip
def test_an_address_without_a_password_is_no_secret(line: str, secret: bool) -> None:
    [variable] = dotenv_files.parse(SourceFile(".env", line.encode()))
    assert variable.is_secret is secret


def test_of_two_blocks_each_is_its_own() -> None:
    cut = "\n".join([HEADER, *wrapped(96, 3)])
    assert parse(f"A={cut}\nB={HEADER}\n{FOOTER}\nC=1\n") == [
        ("A", cut),
        ("B", f"{HEADER}\n{FOOTER}"),
        ("C", "1"),
    ]
    assert parse(f"A={HEADER}") == [("A", HEADER)]


@pytest.mark.parametrize(
    ("line", "continued"), [("Zm9vYmE=", True), ("FOOBARS=", False), ("foobars=", False), ("Zm9vYg==", True)]
)
def test_the_last_line_of_wrapped_base64(line: str, continued: bool) -> None:
    first = generate("{base64:64}", 1)
    assert parse(f"A={first}\n{line}\n")[0][1] == (f"{first}\n{line}" if continued else first)


def test_names_are_listed_without_secrets_and_within_a_line() -> None:
    token, long = generate("{base62:32}", 1), "LONG_" * 9 + "NAME"
    variables = dotenv_files.parse(
        SourceFile(".env", f"{token}=\n{long}=1\nB=1\nLONG_NAME_OF_IT=1\nb=1\n".encode())
    )
    assert dotenv_files.names(variables) == (long, "B", "LONG_NAME_OF_IT", "b")
    assert dotenv_files.list_names(variables) == f"`{long}` and 4 more"
    assert dotenv_files.list_names(variables[:1]) == "1 variable"
