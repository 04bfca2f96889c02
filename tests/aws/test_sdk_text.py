"""`sdk_text` takes time that grows with the text, whatever the text repeats."""

from __future__ import annotations

import time

import pytest

from palint.aws import sdk_text
from tests.aws import sdk_text_inputs


@pytest.mark.parametrize(("path", "part"), sdk_text_inputs.CASES)
def test_repeated_starts_take_no_quadratic_time(path: str, part: str) -> None:
    # 12 s for the worst of them when each match searched the whole text; at most 0.5 s since.
    text = sdk_text_inputs.text(part, 100_000)
    start = time.process_time()
    list(sdk_text.find(path, text))
    assert time.process_time() - start < 3
