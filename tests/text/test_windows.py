"""Windows of a large file: no character is cut, in any encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.text import windows

# Characters of each length in UTF-8, and those whose high byte is next to the range of low surrogates.
CHARACTERS = "aé€\ud7ff\ue000\ufb00\uffff\U00010000\U0001f511\U0010ffff"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@given(text=st.text(CHARACTERS, min_size=4, max_size=12))
def test_a_boundary_is_between_characters_and_the_nearest_one_before(encoding: str, text: str) -> None:
    data = bytearray(text.encode(encoding))
    between = [len(text[:end].encode(encoding)) for end in range(len(text) + 1)]
    for at in range(4, len(data) - 1):
        assert windows.boundary(data, at, encoding) == max(place for place in between if place <= at)
