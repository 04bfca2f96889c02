"""Bytes, text and what is searched agree on every place, whatever the encoding turns out to be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.text.embedded import embedded_encodings
from palint.text.source import SourceFile

MARKS = st.sampled_from([b"", b"\xfe\xff", b"\xff\xfe", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xef\xbb\xbf"])
LONG = st.sampled_from([b"plain text of some length, ", b"\0a" * 30])
PIECES = st.lists(st.one_of(st.binary(max_size=9), LONG))


@given(mark=MARKS, pieces=PIECES)
def test_what_is_searched_ends_where_the_text_ends(mark: bytes, pieces: list[bytes]) -> None:
    file = SourceFile("a.txt", mark + b"".join(pieces))
    for each in (file, *embedded_encodings(file)):
        searched = each.utf8
        assert each.offsets([0, len(searched)]) == [0, len(each.text)]


def test_a_stretch_of_odd_length_keeps_its_last_character() -> None:
    wide = "one two three four five six".encode("utf-16")
    (part,) = embedded_encodings(SourceFile("a.txt", wide + b"plain text that is appended, 37 bytes"))
    assert part.text == "plain text that is appended, 37 bytes"


@pytest.mark.parametrize("mark", [b"\xff\xfe\0\0", b"\0\0\xfe\xff"])
def test_what_only_begins_like_utf_32_is_latin_1(mark: bytes) -> None:
    file = SourceFile("a.txt", mark + b"\0\0\xffplain \xe9t\xe9")
    searched = file.utf8
    assert file.encoding == "latin-1"
    assert searched == file.data[4:] and len(file.text) == len(searched)


@given(st.text("a\r\n\u2028é", max_size=30))
def test_lines_begin_behind_each_end(text: str) -> None:
    file = SourceFile("a.txt", text.encode())
    ends = re.finditer("\r\n|\r|\n", text)
    assert file.line_starts == [0, *(end.end() for end in ends)]
