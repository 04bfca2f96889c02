"""Days as `YYYY-MM-DD`, in UTC: texts that compare as the days do."""

from __future__ import annotations

import time
from collections.abc import Iterable


def today() -> str:
    """The day, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def first(days: Iterable[str]) -> str:
    """The first of the days that are not ""; "" if there is none."""
    return min(filter(None, days), default="")


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written `YYYY-MM-DD`."""
    if len(text) != 10 or not text.isascii():
        return False
    try:
        return time.strftime("%Y-%m-%d", time.strptime(text, "%Y-%m-%d")) == text
    except ValueError:
        return False
