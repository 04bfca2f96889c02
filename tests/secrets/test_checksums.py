"""Known answers: the catalogues' check values and the specifications' own test vectors."""

from __future__ import annotations

import json
from base64 import b32encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.secrets import checksums

CHECK = "123456789"  # what catalogues of checksums give the value for


def test_crc32() -> None:
    assert checksums.crc32(CHECK) == 0xCBF43926


def test_crc16() -> None:
    assert checksums.crc16(CHECK.encode()) == 0x31C3


def test_digits() -> None:
    assert checksums.encode(0, checksums.BASE62, 6) == "000000"
    assert [checksums.encode(n, checksums.BASE62, 1) for n in (9, 10, 36, 61, 62)] == [
        "9",
        "A",
        "a",
        "z",
        "10",
    ]


@given(st.integers(0, 2**64), st.sampled_from([checksums.BASE36, "01", "0123456789abcdef"]))
def test_digits_are_those_of_python(number: int, alphabet: str) -> None:
    assert int(checksums.encode(number, alphabet, 1), len(alphabet)) == number


def test_github() -> None:
    """The CRC of the nine digits in base 62, behind any prefix."""
    assert checksums.github(f"ghp_{CHECK}{checksums.encode(0xCBF43926, checksums.BASE62, 6)}")
    assert not checksums.github(f"ghp_{CHECK}000000")


def test_grafana_writes_the_low_byte_first() -> None:
    assert checksums.grafana(f"{CHECK}_2639f4cb")
    assert not checksums.grafana(f"{CHECK}_cbf43926")


@pytest.mark.parametrize(
    "valid", ["A12UEL5L", "a12uel5l", "?1ezyfcl", "abcdef1" + checksums.BECH32 + "mqqqxw"]
)
def test_bech32_as_bip_173_has_it(valid: str) -> None:
    assert checksums.bech32(valid)


@pytest.mark.parametrize("invalid", ["A1G7SGD8", "1qzzfhee", "A12uEL5L", "x1b4n0q5v", "10a06t8"])
def test_no_bech32(invalid: str) -> None:
    assert not checksums.bech32(invalid)


@given(st.binary(max_size=200))
def test_base64_of_either_alphabet_with_or_without_its_end(data: bytes) -> None:
    text = urlsafe_b64encode(data).decode()
    assert checksums.decode64(text) == checksums.decode64(text.rstrip("=")) == data


@given(st.text(max_size=60))
def test_invalid_json_is_empty(text: str) -> None:
    assert isinstance(checksums.decode_json(text), dict)
    assert checksums.decode_json(text) == {} or text.startswith("e")


def test_deep_json_is_refused() -> None:
    assert checksums.decode_json(urlsafe_b64encode(b"[" * 100_000).decode()) == {}


def test_a_macaroon_ends_with_its_signature() -> None:
    parts = b"\x02\x01\x08pypi.org\x02\x03abc\x00\x02\x02hi\x00\x00\x06\x20" + bytes(range(32))
    whole = urlsafe_b64encode(parts).decode().rstrip("=")
    assert checksums.macaroon(f"pypi-{whole}")
    assert not checksums.macaroon(f"pypi-{whole[:-4]}")
    assert not checksums.macaroon(f"pypi-{urlsafe_b64encode(parts + b'x').decode()}")


@pytest.mark.parametrize("size", [126, 127, 128, 129, 16_383, 16_384])
def test_a_size_in_a_macaroon_has_seven_bits_a_byte(size: int) -> None:
    length, rest = b"", size
    while rest >= 128:
        length, rest = length + bytes([rest & 127 | 128]), rest >> 7
    length += bytes([rest])
    parts = b"\x02\x02" + length + b"x" * size + b"\x00\x06\x20" + bytes(range(32))
    assert checksums.macaroon("pypi-" + urlsafe_b64encode(parts).decode())


def test_an_account_has_twelve_digits() -> None:
    def key_id(account: int) -> str:
        return "AKIA" + b32encode((1 << 79 | account << 39).to_bytes(10, "big")).decode()

    assert checksums.aws_account(key_id(10**12 - 1))
    assert not checksums.aws_account(key_id(10**12))
    assert not checksums.aws_account("AKIA" + "0189" * 4)


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ("MII" + "E" * 61, True),
        ("MII" + "E" * 40, False),
        ("b3BlbnNzaC1rZXktdjE" + "A" * 45, True),
        ("mysecretkey" * 5, False),
        ("...", False),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\\n", '\\n" +\n    "'])
def test_a_private_key_begins_as_one(body: str, valid: bool, line_end: str) -> None:
    block = line_end.join(["-----BEGIN PRIVATE " + "KEY-----", body, "-----END PRIVATE " + "KEY-----"])
    assert checksums.private_key(block) is valid


@pytest.mark.parametrize("broken", [0, 1])
def test_both_parts_of_a_json_web_token_are_json(broken: int) -> None:
    parts = [{"alg": "HS256"}, {"sub": "1"}]
    encoded = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    assert checksums.jwt(".".join([*encoded, "x"]))
    encoded[broken] = "bm90LWpzb24"
    assert not checksums.jwt(".".join([*encoded, "x"]))
