"""Encodings: each byte order mark decides, however little text follows and in whatever script."""

from __future__ import annotations

import codecs

import pytest

from palint.text.source import SourceFile

BYTE_ORDER_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", BYTE_ORDER_MARKS)
@pytest.mark.parametrize("text", ["", "a", "é", "秘密", "秘密 = 值\n" * 3000, "\U0001f511"])
def test_a_byte_order_mark_decides(encoding: str, text: str) -> None:
    """Text without an ASCII letter has no NULs by which the encoding could be guessed."""
    mark = BYTE_ORDER_MARKS[encoding]
    file = SourceFile("a.txt", mark + text.encode(encoding))
    assert (file.text, file.encoding, file.bom) == (text, encoding, mark)


@pytest.mark.parametrize("encoding", [name for name in BYTE_ORDER_MARKS if name != "utf-8"])
@pytest.mark.parametrize("text", ["key = 1\n", "key = 'é'\r\n" * 40])
def test_ascii_text_without_a_mark_is_recognised_by_its_nuls(encoding: str, text: str) -> None:
    assert SourceFile("a.txt", text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "data", [b"\xe9t\xe9", b"a\xff", b"\xff\xfeplain text, long enough", b"\xfe\xffplain text, long enough"]
)
def test_bytes_of_no_encoding_are_latin_1(data: bytes) -> None:
    assert SourceFile("a.txt", data).text == data.decode("latin-1")


@pytest.mark.parametrize(
    "data",
    [
        b"a\0\0b" * 9,
        b"\0\0ab" * 9,
        b"a\0\0\0" * 3 + b"a\0b\0" * 6 + b"ab\0\0",
        b"a\0\0\0" * 3 + b"a\0b\0" * 7,
    ],
)
def test_nuls_in_other_places_are_of_no_wide_encoding(data: bytes) -> None:
    assert SourceFile("a.txt", data).text == data.decode("latin-1")


@pytest.mark.parametrize("encoding", [name for name in BYTE_ORDER_MARKS if name != "utf-8"])
def test_plain_text_behind_what_only_starts_wide_is_read(encoding: str) -> None:
    wide = ("a line of text\n" * 400).encode(encoding)
    data = wide + b"plain text that counts\n" * 400
    assert "plain text that counts\n" * 400 in SourceFile("a.txt", data).text
    assert SourceFile("a.txt", wide).text == "a line of text\n" * 400
