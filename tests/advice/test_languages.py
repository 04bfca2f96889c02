"""Each language has at most one row of advice."""

from __future__ import annotations

from collections import Counter

import pytest

from palint.advice import languages
from palint.files.languages import LANGUAGES, get


@pytest.mark.parametrize("row", languages.ROWS, ids=lambda row: row.languages[0])
def test_a_row_is_of_languages_that_exist(row: languages.LanguageAdvice) -> None:
    assert all(languages.find(get(name)) is row for name in row.languages)
    assert row.read.count("{id}") == bool(row.read)


def test_no_language_has_two_rows() -> None:
    counts = Counter(name for row in languages.ROWS for name in row.languages)
    assert set(counts.values()) == {1}


def test_a_language_without_a_row_has_no_advice() -> None:
    assert languages.find(get("fish")) is languages.find(get("yaml"))
    assert languages.find(get("tsx")) is languages.get("javascript")
    assert not languages.find(get("hcl")).read
    assert len(LANGUAGES) > len(languages.ROWS)
