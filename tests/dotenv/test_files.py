"""Which names are dotenv files, and what stands in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.dotenv import files as dotenv_files
from palint.text.source import SourceFile

DOTENV = """.env .ENV .env.local .env.production .env.production.local prod.env deploy/prod.env .flaskenv
.envrc .env-local .env_test .env~ .env.bak .env.keys a/.envs/.local/.postgres
docker.env .env.txt"""
EXAMPLES = """.env.example .env.sample .env.template .env.dist .env.example.local example.env env.example
.env-example .env.local.example config/env.sample .envrc.example .env.schema sample.env"""
NEITHER = """env .envs/readme env.py .env.d.ts .env.ts .env.md .env.vault .env.enc .env.j2 environment.yml
.environment env/bin/activate .env.patch .env.sh process.env.js
.envs/.gitignore
config.envelope .venv .env/"""


@pytest.mark.parametrize(
    ("names", "kinds"),
    [(DOTENV, (True, False)), (EXAMPLES, (False, True)), (NEITHER, (False, False))],
)
def test_names(names: str, kinds: tuple[bool, bool]) -> None:
    for name in names.split():
        assert (dotenv_files.is_dotenv(name), dotenv_files.is_example(name)) == kinds, name


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
        ('A="open\nB=1', [("A", '"open'), ("B", "1")]),
        ("# A=1\nprose here\nA B=1", []),
        (r'A="a\"b"', [("A", r"a\"b")]),
    ],
)
def test_assignments(text: str, variables: list[tuple[str, str]]) -> None:
    assert parse(text) == variables


@given(st.text(st.sampled_from("AB=\"'`# \n\r\\export é\u2028"), max_size=60))
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
