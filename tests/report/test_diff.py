"""The diff of a fix: no value is shown, on old lines, new lines and those around."""

from __future__ import annotations

import pytest

from palint.findings import Finding, Position, Severity, Span
from palint.report.diff import _masker
from palint.text.source import SourceFile


@pytest.mark.parametrize(
    ("value", "line", "shown"),
    [
        ("abcdefgh", "x = abcdefgh", "x = ********"),
        ("abcd", "x = abcd", "x = ****"),
        ("abc", "x = abc", "x = abc"),  # too short to be looked for: half of all lines would be stars
        ("abcd\nefghij\nkl", "efghij kl", "****** kl"),
        ("abcdefgh", "abcdefgh, abcdefgh", "********, ********"),
    ],
)
def test_a_value_is_masked_on_every_line(value: str, line: str, shown: str) -> None:
    file = SourceFile("a.py", f"k = '{value}'\n".encode())
    span = Span("a.py", Position(1, 1), Position(1, 2))
    finding = Finding("r", "C2", Severity.ERROR, "m", "h", span, value_ranges=((5, 5 + len(value)),))
    assert _masker(file, [finding])(line) == shown
