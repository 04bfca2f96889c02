"""Windows of a large file: no character is cut, in any encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.text import windows


def test_an_empty_file_has_no_window_and_one_that_ends_in_a_line_end_has_it_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(windows.windows("a", iter([]))) == []
    monkeypatch.setattr(windows, "_WINDOW", 64)
    monkeypatch.setattr(windows, "_OVERLAP", 16)
    for shift in range(20):
        data = b"x" * (40 + shift) + b"\r\n" + b"y" * 90
        for window in windows.windows("a", iter([data])):
            assert not window.data.startswith(b"\n")


# Characters of each length in UTF-8, and those whose high byte is next to the range of low surrogates.
CHARACTERS = "aé€\ud7ff\ue000\ufb00\uffff\U00010000\U0001f511\U0010ffff"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@given(text=st.text(CHARACTERS, min_size=4, max_size=12))
def test_a_boundary_is_between_characters_and_the_nearest_one_before(encoding: str, text: str) -> None:
    data = bytearray(text.encode(encoding))
    between = [len(text[:end].encode(encoding)) for end in range(len(text) + 1)]
    for at in range(4, len(data) - 1):
        assert windows.boundary(data, at, encoding) == max(place for place in between if place <= at)
