"""Parts of a file in another encoding than the rest are read, and keep their places."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.engine import rewritten
from palint.engine.rewritten import embedded_text
from palint.text.source import SourceFile

MARKS = st.sampled_from([b"", b"\xfe\xff", b"\xff\xfe", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xef\xbb\xbf"])
LONG = st.sampled_from([b"plain text of some length, ", b"\0a" * 30])
PIECES = st.lists(st.one_of(st.binary(max_size=9), LONG))


@given(mark=MARKS, pieces=PIECES)
def test_the_searched_bytes_end_where_the_text_ends(mark: bytes, pieces: list[bytes]) -> None:
    file = SourceFile("a.txt", mark + b"".join(pieces))
    for each in filter(None, (file, embedded_text(file))):
        searched = each.utf8
        assert each.offsets([0, len(searched)]) == [0, len(each.text)]


def test_a_wide_part_of_odd_length_keeps_its_last_character() -> None:
    wide = "one two three four five six".encode("utf-16")
    part = embedded_text(SourceFile("a.txt", wide + b"plain text that is appended, 37 bytes"))
    assert part is not None
    assert part.text == "one two three four five sixplain text that is appended, 37 bytes"


def token_lines(count: int) -> bytes:
    return b"".join(f"another line {n}\n".encode("utf-16-le") + b"plain\n" for n in range(count))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("before", [b"", b"x", b"plain text\n", token_lines(500), "é\n".encode("latin-1")])
def test_text_of_another_encoding_is_found_wherever_it_begins(codec: str, before: bytes) -> None:
    data = b"one\n" + before + "the text that counts".encode(codec) + b"\xff"
    part = embedded_text(SourceFile("a.bin", data))
    assert part is not None and "the text that counts" in part.text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_plain_text_inside_utf_16_does_not_hide_what_follows(codec: str) -> None:
    wide = ("\ufeff" + "an ordinary line\n" * 20).encode(codec)
    data = wide + b"odd" + "the text that counts\n".encode(codec) + b"and plain text\n"
    part = embedded_text(SourceFile("a.txt", data))
    assert part is not None
    assert "the text that counts" in part.text and "and plain text" in part.text
    assert part.position(part.text.index("and plain")).line == 22


@pytest.mark.parametrize(
    "data",
    [b"plain", b"\x89PNG\r\n\0\0\1\0\xff\0", "all of it".encode("utf-16"), b"C\0strings\0are\0plain\0"],
)
def test_a_file_of_one_encoding_has_nothing_embedded(data: bytes) -> None:
    assert embedded_text(SourceFile("a.txt", data)) is None


@given(st.lists(st.sampled_from([b"\0", b"\0\0", b"a", b"ab", b"\n", b"\0\0\0a"]), max_size=40))
def test_each_wide_run_loses_its_nuls(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert rewritten.narrow(data) == rewritten.WIDE_RUN.sub(lambda run: run[0].replace(b"\0", b""), data)


def test_eight_characters_in_a_row_are_text_of_a_wide_encoding() -> None:
    """The one pattern finds what three searches find in a text of the kinds of its bytes."""
    kinds = bytes(
        ord("a") if (chr(b).isprintable() and b < 0x7F) or b in b"\t\n\r" else b and 120 for b in range(256)
    )
    runs = (b"a\0" * 8, b"a\0\0\0" * 8, b"\0a" * 8)
    random = Random(1)
    found = 0
    for _ in range(20_000):
        unit = random.choice((b"~\0", b"\0~", b"A\0\0\0", b"\0\0\0\n"))
        pieces = random.choices(
            (unit, b"\0", b"A", b"\x01", b"\xff"), (40, 1, 1, 1, 1), k=random.randrange(20)
        )
        data = b"".join(pieces)
        expected = any(run in data.translate(kinds) for run in runs)
        assert (rewritten.IN_TEXT.search(data) is not None) == expected, data
        found += expected
    assert found > 100
