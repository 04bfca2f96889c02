"""Tokens in base64, hexadecimal or percent-encoding are found, wherever they start, whatever their name."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest

from palint.secrets import in_line
from palint.secrets.candidates import encoded
from palint.secrets.formats.format import Format
from palint.secrets.synthetic import generate
from palint.text.escapes import unescaped

WAYS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda token: b64encode(token).decode(),
    "second byte": lambda token: b64encode(b":" + token).decode(),
    "third byte": lambda token: b64encode(b"a:" + token + b"\n").decode(),
    "URL-safe": lambda token: urlsafe_b64encode(token).decode().rstrip("="),
    "hexadecimal": bytes.hex,
    "upper case": lambda token: b":".hex() + token.hex().upper(),
}


def formats() -> list[tuple[Format, str]]:
    """Each format whose start is searched for, with a token of it."""
    found = []
    for start, those in encoded.starts().items():
        for fmt in those:
            token = generate(fmt.example, 1).strip("«»")
            if token.startswith(start) and len(start) > 3:
                found.append((fmt, token))
    return found


@pytest.mark.parametrize("way", WAYS)
def test_each_format_is_found(way: str) -> None:
    lost = []
    for fmt, token in formats():
        line = f'blob = "{WAYS[way](token.encode())}"'
        if not any(line[s.start : s.end] in line.split('"') for s in in_line(line, "a.py")):
            lost.append((fmt.id, line))
    assert len(formats()) > 150 and {name for name, _ in lost} <= {"zoho-oauth-token"}, lost


def test_starts_of_three_characters_are_found_where_the_token_is_encoded_alone() -> None:
    token = generate("SG.{base64url:22}.{base64url:43}", 1)
    assert in_line(f"x {b64encode(token.encode()).decode()}", "a.txt")
    assert in_line(f"x {token.encode().hex()}", "a.txt")


def test_what_is_no_token_once_decoded_is_not_found() -> None:
    for way in WAYS.values():
        for text in (generate("ghp_{base62:36}", 1), "ghp_" + "a" * 36, "glpat-is-the-prefix-of-tokens"):
            assert not in_line(f"blob: {way(text.encode())}", "a.yml"), text


def test_a_percent_encoded_token_is_read() -> None:
    token = generate("{github_token}", 1)
    text = "".join(f"%{byte:02x}" for byte in token.encode())
    read = unescaped(f"see http://x.example/?q={text}&r=1\n".encode(), "a.txt")
    assert token.encode() in read


def test_percent_encoded_text_of_other_scripts_stays() -> None:
    text = b"http://x.example/%d7%a9%d7%9c%d7%95%d7%9d%20%5b%5d\n"
    assert unescaped(text, "a.txt") == text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", ["TOKEN=", "a=b&c==", "x", "-"])
def test_what_is_before_it_hides_no_token(way: str, before: str) -> None:
    token = generate("{github_token}", 1)
    assert in_line(f"{before}{WAYS[way](token.encode())}", "a.txt")


def test_a_list_of_words_after_an_equals_sign_is_read() -> None:
    """Its letters are those of a start in base64, and `=` ends no group of four there."""
    words = "languages=markup+css+docker+go+go-module+graphql+ini+java+javadoc+javadoclike+jsdoc+js-extras"
    for cut in range(8):
        assert not in_line(f"download.html#themes=prism&{words[cut:]}", "a.css")
