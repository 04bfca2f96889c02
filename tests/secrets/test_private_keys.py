"""PEM keys in the forms in which files hold them, and headers that hold none."""

from __future__ import annotations

import textwrap
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from palint import secrets
from palint.findings import Confidence
from palint.secrets import synthetic
from palint.secrets.formats.table import FORMATS, matches

FORMAT = next(fmt for fmt in FORMATS if fmt.id == "private-key")
HEADER = synthetic.generate("-----BEGIN {key_kind}PRIVATE KEY-----")
FOOTER = synthetic.generate("-----END {key_kind}PRIVATE KEY-----")


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in matches(text, 0, len(text), FORMAT)]


@pytest.mark.parametrize(
    ("line_end", "around"),
    [
        ("\n", "{}\n"),
        ("\r\n", "{}\r\n"),
        ("\n    ", "key: |\n    {}\nnext: 1"),
        ("\\n", '"private_key": "{}\\n",'),
        ("\\r\\n", "KEY='{}'"),
        ("\\\\n", '"{}"'),
        ('\\n" +\n    "', 'String KEY = "{}";'),
        ('\\n"\n    "', 'const char *key =\n    "{}";'),
        ("\\n', '", "['{}'].join('')"),
        ('\\n"\n    b"', 'KEY = (\n    b"{}"\n)'),
        ("\\n'\n    Rb'", "KEY = (\n    Rb'{}'\n)"),
        ("\n// ", "// {}"),
        ("\n# ", "#   {}"),
        (" ", "KEY: {}"),
        ("&#10;", '<key value="{}"/>'),
        ("%0A", "http://x.example/?key={}"),
        ("\n+", "+{}"),
    ],
)
def test_whole_keys(line_end: str, around: str) -> None:
    key = synthetic.generate("{private_key}", 4).replace("\n", line_end)
    (value,) = found(around.format(key))
    assert value == key


@pytest.mark.parametrize("line", ["-{}", "12: {}", "7 {}"])
def test_lines_of_a_patch_or_with_numbers(line: str) -> None:
    key = synthetic.generate("{private_key}", 4)
    text = "\n".join(line.format(each) for each in key.splitlines())
    (value,) = found(text)
    assert value.startswith("-----BEGIN ") and value.endswith("PRIVATE KEY-----")


def test_a_comment_before_the_key() -> None:
    first, *rest = synthetic.generate("{private_key}", 4).splitlines()
    (value,) = found("\n".join([first, "# " + "c" * 120, *rest]))
    assert value.endswith("PRIVATE KEY-----")


def test_encrypted_by_its_fields() -> None:
    iv, body = synthetic.generate("{HEX:32}", 4), synthetic.generate("{base64:64}\n{base64:64}", 4)
    key = f"{HEADER}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{iv}\n\n{body}\n{FOOTER}"
    assert found(key) == [key]


# Fields that readers of PEM skip (RFC 1421, section 4.6)
FIELDS = st.lists(
    st.tuples(
        st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,40}", fullmatch=True),
        st.text(
            st.characters(codec="ascii", exclude_categories=("Cc",), exclude_characters="\\-"), max_size=200
        ),
    ),
    min_size=1,
    max_size=8,
).map(lambda fields: [f"{name}: {value}" for name, value in fields])


@given(FIELDS, st.integers(0, 600), st.sampled_from(["\n", "\r\n", "\\n", "\n    "]))
def test_any_field_and_any_blanks_may_be_before_the_key(fields: list[str], blanks: int, end: str) -> None:
    header, *body = synthetic.generate("{private_key}", 4).split("\n")
    key = "\n".join([header, *fields, " " * blanks, *body]).replace("\n", end)
    assert found(f"a: b\n{key}\n") == [key]


@pytest.mark.parametrize(
    "fields", ["X-Note: prod", "Comment: " + "x y" * 60, 'X-Note: it\'s "mine"', "A: b\nC: d"]
)
def test_a_parser_reads_a_key_with_any_field(fields: str) -> None:
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    text = key.decode().replace("\n", f"\n{fields}\n\n", 1)
    assert serialization.load_pem_private_key(text.encode(), None)
    assert found(text) == [text.rstrip("\n")]


def _curve_key(form: serialization.PrivateFormat) -> str:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(
        bytes(range(0xF0, 0xFF)) + b"\xfb\xef\xbe" * 5 + b"\xfb\xef"
    )
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.mark.parametrize("width", [1, 2, 3, 8, 15, 16, 24, 30, 33, 64, 76, 1000])
def test_lines_of_any_width_hold_a_key_that_opens_without_a_passphrase(width: int) -> None:
    for form, load in (
        (serialization.PrivateFormat.PKCS8, serialization.load_pem_private_key),
        (serialization.PrivateFormat.OpenSSH, serialization.load_ssh_private_key),
    ):
        begin, *body, end = _curve_key(form).strip().split("\n")
        text = "\n".join([begin, *textwrap.wrap("".join(body), width), end, ""])
        assert load(text.encode(), None)
        assert [s.confidence for s in secrets.in_line(text, "a.key")] == [Confidence.HIGH]


def test_a_line_may_start_with_a_sign_of_base64() -> None:
    """Of a patch each line starts with one that is not of the key."""
    begin, body, end = _curve_key(serialization.PrivateFormat.PKCS8).strip().split("\n")
    assert "+" in body
    lines = [begin, *body.replace("+", "\n+").split("\n"), end]
    for text in ("\n".join(lines), "\n".join(f"+{line}" for line in lines)):
        assert [s.confidence for s in secrets.in_line(text, "a.txt")] == [Confidence.HIGH]


@pytest.mark.parametrize(
    "field",
    ["X: BEGIN ENCRYPTED key", "X: a ... b", "X: a … b", "X: b3BlbnNzaC1rZXktdjEAAAAA", "A: xxxx"],
)
def test_no_field_makes_a_key_uncertain(field: str) -> None:
    text = _curve_key(serialization.PrivateFormat.PKCS8).replace("\n", f"\n{field}\n\n", 1)
    assert serialization.load_pem_private_key(text.encode(), None)
    assert [s.confidence for s in secrets.in_line(text, "a.key")] == [Confidence.HIGH]


def test_dots_that_a_parser_skips_leave_a_key_whole() -> None:
    """Python's base64 skips them, as cryptography reads OpenSSH's form."""
    begin, *body, end = _curve_key(serialization.PrivateFormat.OpenSSH).strip().split("\n")
    key = "\n".join([begin, "...", *body, end, ""])
    assert serialization.load_ssh_private_key(key.encode(), None)
    assert [s.confidence for s in secrets.in_line(key, "a.key")] == [Confidence.HIGH]
    cut = "\n".join([begin, body[0], "...", body[-1], end, ""])
    assert not secrets.in_line(cut, "a.key")  # as a page shows one


@pytest.mark.parametrize("blanks", [" " * 80, "\n" * 200, "\t" * 900, "\\n" * 80, " \r\n" * 90])
def test_blanks_before_the_key(blanks: str) -> None:
    header, *body = synthetic.generate("{private_key}", 4).split("\n")
    key = "\n".join([header + blanks, *body])
    assert found(key) == [key]


def test_of_pgp() -> None:
    body = synthetic.generate("lQOYBF{base64:58}\n{base64:64}", 4)
    begin, end = (f"-----{word} PGP PRIVATE " + "KEY BLOCK-----" for word in ("BEGIN", "END"))
    key = f"{begin}\nVersion: GnuPG v2\n\n{body}\n=aB3d\n{end}"
    assert found(f"\n{key}\n") == [key]


def test_two_keys_are_two() -> None:
    first, second = synthetic.generate("{private_key}", 1), synthetic.generate("{private_key}", 2)
    assert found(f"{first}\n{second}\n") == [first, second]


@pytest.mark.parametrize("end", ["", "\n", "\\n", '\\n"', '\\n" +', " fake\\n"])
def test_a_header_at_the_end_of_a_file_is_taken_at_its_word(end: str) -> None:
    assert found(HEADER + end) == [HEADER]


@pytest.mark.parametrize(
    "text",
    [
        f'if text.startswith("{HEADER}"):\n    return load(text)',
        f'key.replace("{HEADER}", "").replace("{FOOTER}", "")',
        f"{HEADER}\n...\n{FOOTER}",
        f"{HEADER}\n<your key>\n{FOOTER}",
        f"{HEADER}\n{{{{ key }}}}\n{FOOTER}",
        f"{HEADER}\n" + "privatekey" * 6 + f"\n{FOOTER}",
        f"`{HEADER}` begins a key of the older form.",
        synthetic.generate("{private_key}", 1).replace("PRIVATE", "PUBLIC"),
        f"header: {HEADER}\nfooter: {FOOTER}\nencoding: base64\n\nConfigurationOfTheProgram\n",
        f"{HEADER}: the header of a key\n\nConfigurationOfTheProgram {FOOTER}\n",
    ],
)
def test_a_header_without_a_key(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize(
    "unit",
    [
        "X: y\n", "nrb: 'x'\n" * 9, "rn: \"\n" * 8, "a: b\n\n" * 40, "a: b" * 40, "\n" * 1024, "\\" * 1024,
        "\\n" * 600, " " * 200, "n" * 100 + "!", "\\n" * 60, "Proc-Type: 4\n" * 5, "Comment:" * 10, "A" * 300,
        "A-" * 200,
    ],
)  # fmt: skip
def test_headers_over_and_over(unit: str) -> None:
    line = (HEADER + unit) * (50_000 // len(HEADER + unit))
    began = time.process_time()
    for at in range(0, len(line), 2048):
        list(matches(line, at, at + 2048, FORMAT))
    assert time.process_time() - began < 2
