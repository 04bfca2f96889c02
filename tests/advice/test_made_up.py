"""A made-up value has the form of the one that it replaces."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.advice import made_up

KEYS = [
    "openssl genrsa -traditional 1024",
    "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:512",
    "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "openssl genpkey -algorithm ed25519",
    "openssl genpkey -algorithm x25519",
    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "openssl ecparam -name prime256v1 -genkey -noout",
    "openssl ecparam -name secp521r1 -genkey -noout",
    'ssh-keygen -q -t rsa -b 1024 -N "" -f key',
    'ssh-keygen -q -t ed25519 -N "" -f key',
    'ssh-keygen -q -t ecdsa -b 256 -N "" -f key',
]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A key of each command."""
    folder = tmp_path_factory.mktemp("keys")
    runs = [
        f"({each} && mv key {row} && rm key.pub) >/dev/null" if "ssh" in each else f"{each} >{row}"
        for row, each in enumerate(KEYS)
    ]
    script = "set -e\n" + "\n".join(runs)
    subprocess.run(["bash", "-c", script], cwd=folder, check=True, capture_output=True)
    return [Path(folder, str(row)).read_text() for row in range(len(KEYS))]


@pytest.mark.parametrize("row", range(len(KEYS)), ids=KEYS)
def test_the_command_makes_a_key_like_the_one_that_is_there(row: int, keys: list[str]) -> None:
    pem = keys[row]
    quoted = " +\n".join(f'    "{line}\\n"' for line in pem.splitlines())
    for written in (pem, repr(pem), quoted, pem.replace("\n", "\n      ")):
        assert made_up.private_key(written) == KEYS[row]


@pytest.mark.parametrize(
    "pem",
    [
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + "A" * 64 + "\n-----END ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + "A" * 64,
        "no key",
    ],
)
def test_a_key_that_cannot_be_read_has_no_command(pem: str) -> None:
    assert made_up.private_key(pem) == ""


@given(
    st.text(alphabet="ABCDabcd0123+/=\\n\n\"' -", max_size=300),
    st.sampled_from(["", "RSA ", "EC ", "OPENSSH "]),
)
def test_any_block_is_read(body: str, label: str) -> None:
    made_up.private_key(f"-----BEGIN {label}PRIVATE KEY-----\n{body}")


@pytest.mark.parametrize(
    ("value", "command"),
    [
        ("0" * 63 + "f", "openssl rand -hex 32"),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "uuidgen"),
        ("aB3+" * 10 + "aB3=", "openssl rand -base64 32"),
        ("k7Qp" * 10, "openssl rand -hex 20"),
        ("short", "openssl rand -hex 16"),
    ],
)
def test_a_random_value_keeps_its_size(value: str, command: str) -> None:
    assert made_up.command(value) == command
