"""Filters on rows of numbers, which may be the bytes of a key."""

from __future__ import annotations

import re
from itertools import pairwise

from palint.secrets.filters.filter import Filter, FilterSet


def _numbers(row: str) -> list[int]:
    return [int(number, 0) for number in re.findall(r"0[xX][0-9A-Fa-f]+|[1-9]\d*|0", row)]


def is_plain_row(row: str) -> bool:
    """Whether the numbers are in order, too similar to be random bytes, or no bytes.

    Of 64 random bytes 57 are distinct, of fewer a larger part.
    """
    numbers = _numbers(row)
    distinct = len(set(numbers))
    return (
        len({b > a for a, b in pairwise(numbers)}) == 1
        or distinct < max(7, len(numbers) // 2)
        or max(numbers) > 255
    )


SEVERAL = FilterSet(
    Filter(
        "several",
        "its name is of several",
        r"(?i:.*(?:key|token|code|id|seed|salt)s\W*\Z)",
        drops=("keys", "user_ids"),
        keeps=("key", "authKey"),
    )
)
ROW = FilterSet(
    Filter(
        "plain-row",
        "its numbers are in order, too much alike, or no bytes",
        is_plain_row,
        drops=(
            "1, 2, 3, 4, 5, 6, 7, 8",
            "0, 0, 0, 0, 0, 0, 0, 1",
            "1, 3, 6, 1, 4, 1, 311, 2, 5, 22",
            "7, " * 12 + "1, 2, 3, 9, 4, 5, 6",
        ),
        keeps=("37, 185, 96, 3, 4, 24, 8, 111",),
    )
)
