"""PEM keys in the forms in which files hold them, and headers that hold none."""

from __future__ import annotations

import time

import pytest

from palint.secrets import synthetic
from palint.secrets.formats import FORMATS, matches

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
        ("\n// ", "// {}"),
        ("\n# ", "#   {}"),
        (" ", "KEY: {}"),
        ("&#10;", '<key value="{}"/>'),
    ],
)
def test_whole_keys(line_end: str, around: str) -> None:
    key = synthetic.generate("{private_key}", 4).replace("\n", line_end)
    (value,) = found(around.format(key))
    assert value == key


def test_encrypted_by_its_fields() -> None:
    iv, body = synthetic.generate("{HEX:32}", 4), synthetic.generate("{base64:64}\n{base64:64}", 4)
    key = f"{HEADER}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{iv}\n\n{body}\n{FOOTER}"
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
    ],
)
def test_a_header_without_a_key(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize(
    "unit",
    [" " * 200, "n" * 100 + "!", "\\n" * 60, "Proc-Type: 4\n" * 5, "Comment:" * 10, "A" * 300, "A-" * 200],
)
def test_headers_over_and_over(unit: str) -> None:
    line = (HEADER + unit) * (200_000 // len(HEADER + unit))
    began = time.process_time()
    for at in range(0, len(line), 2048):
        list(matches(line, at, at + 2048, FORMAT))
    assert time.process_time() - began < 5
