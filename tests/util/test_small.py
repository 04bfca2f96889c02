"""The cache's place and what it trusts; days, choices, lazy sequences, the number of processors."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from palint.util import choices, dates, processes, user_cache
from palint.util.lazy_sequence import LazySequence


@pytest.mark.parametrize(
    ("platform", "base", "home", "expected"),
    [
        ("linux", "/cache", "/home/ann", "/cache/palint"),
        ("linux", "cache", "/home/ann", "/home/ann/.cache/palint"),
        ("darwin", "", "/Users/ann", "/Users/ann/Library/Caches/palint"),
        ("linux", "", "none", ""),
    ],
)
def test_the_folder_of_the_cache(
    monkeypatch: pytest.MonkeyPatch, platform: str, base: str, home: str, expected: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    monkeypatch.setenv("HOME", home)
    assert user_cache.directory() == expected
    monkeypatch.setattr(user_cache, "_POSIX", False)
    assert user_cache.directory() == "" and user_cache.load("kind", b"key") is None


def test_a_cache_that_the_checked_tree_holds_or_is_has_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a"))
    user_cache.save("kind", b"key", b"value")
    for outside, value in ((tmp_path / "b", b"value"), (tmp_path / "a/palint", None), (tmp_path, None)):
        assert user_cache.load("kind", b"key", str(outside)) == value
    (entry,) = (tmp_path / "a/palint").iterdir()
    entry.unlink()
    entry.mkdir()
    assert user_cache.load("kind", b"key") is None  # it is not a file


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        ("2027-01-31", True),
        ("2027-02-29", False),
        ("2027-1-31", False),
        ("2027-01-3１", False),
        ("2027/01/31", False),
        ("", False),
    ],
)
def test_a_day(text: str, is_day: bool) -> None:
    assert dates.is_day(text) is is_day


def test_one_choice_is_named_alone() -> None:
    assert choices.invalid_value("x", "--format", ["text"]) == 'invalid value "x" for --format: use "text"'


def test_the_first_items_are_known_without_the_others() -> None:
    made: list[int] = []
    lazy = LazySequence((1, 2), lambda: made.append(1) or (1, 2, 3))  # type: ignore[func-returns-value]
    assert (lazy[0], lazy[1], made) == (1, 2, [])
    assert (lazy[2], lazy[-1], lazy[:2], len(lazy), made) == (3, 3, (1, 2), 3, [1])


@pytest.mark.parametrize(("processors", "expected"), [(6, 6), (None, 1)])
def test_processors_where_the_platform_does_not_say_which(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, expected: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert processes.available() == expected
