"""What is around a key: its lines, and the bracket that it is in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from palint.aws import assignments

LINES = [f"line {number}" for number in range(60)]


def test_fifteen_lines_around_a_key_count() -> None:
    text = "\n".join(LINES)
    start = text.index("line 30")
    end = start + len("line 30")
    assert assignments.surroundings(text, start, end) == "\n".join(LINES[30 - 14 : 30 + 15])


def test_an_empty_line_ends_them() -> None:
    text = "\n".join([*LINES[:28], "", *LINES[28:32], "", *LINES[32:]])
    start = text.index("line 30")
    assert assignments.surroundings(text, start, start + 7) == "\n".join(LINES[28:32])


@given(st.text("([{)]}a", max_size=30), st.integers(0, 30))
def test_the_innermost_open_bracket(text: str, at: int) -> None:
    """As a stack has it; what is closed and was never opened does not count."""
    at = min(at, len(text))
    opened: list[int] = []
    for index, character in enumerate(text[:at]):
        if character in "([{":
            opened.append(index)
        elif character in ")]}" and opened:
            opened.pop()
    assert assignments.opening_bracket(text, at) == (opened[-1] if opened else -1)
