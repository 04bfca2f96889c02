"""`key_pairs` takes time that grows with the text, whatever the text repeats."""

from __future__ import annotations

import time

import pytest

from palint.aws import key_pairs
from palint.files import languages
from tests.aws import key_pairs_inputs


@pytest.mark.parametrize(("path", "part"), key_pairs_inputs.CASES)
def test_repeated_starts_take_no_quadratic_time(path: str, part: str) -> None:
    text = key_pairs_inputs.text(part, 20_000)
    start = time.process_time()
    list(key_pairs.find(text, languages.find(path), path))
    assert time.process_time() - start < 1
