"""Whether a cost grows about as fast as its input, counted in CPU seconds, which a busy machine disturbs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

ENOUGH = 0.05  # CPU seconds up to which the larger input is fine however its cost grows
MOST = 7.0  # times the cost for four times the size: n log n is 4.6, n² is 16
T = TypeVar("T")


def seconds(use: Callable[[T], object], given: T) -> float:
    """The CPU seconds of one call."""
    gc.collect()
    start = time.process_time()
    use(given)
    return time.process_time() - start


def is_slow(use: Callable[[T], object], small: T, large: T, runs: int = 8) -> bool:
    """Whether `large`, of four times the size of `small`, takes more than MOST times as long.

    What else the machine does makes a call longer, never shorter. So the least of some calls counts, and
    of those that look too slow there are up to `runs`.
    """
    least, most = float("inf"), float("inf")
    for _ in range(runs):
        most = min(most, seconds(use, large))
        if most <= ENOUGH:
            return False
        least = min(least, seconds(use, small))
        if most <= MOST * least:
            return False
    return True
