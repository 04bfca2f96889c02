"""Find the ranges in which a text differs from an earlier one."""

from __future__ import annotations

_BLOCK = 1 << 14  # bytes that are compared at once
_PROBE = 48  # bytes: a probe that is searched for in the earlier text, to find where both go on alike
_FIRST_STEP = 128  # bytes after a difference at which the first probe is taken
_STEPS = 6  # probes after a difference, each four times as far from it
_MAX_RANGES = 8  # maximum number of ranges; all later differences are one range


def changed_ranges(old: bytes, new: bytes, enough: int = 0) -> list[tuple[int, int]]:
    """Ascending [start, end) of `new`, in bytes, between which `new` equals a piece of `old`.

    A range is empty where text was only removed. The pieces before the first and after the last range
    are the common start and end of the texts. Takes linear time, so not every common piece is found.
    enough: a single range of at most so many bytes is not divided further.
    """
    size = min(len(old), len(new))
    start = _common_start(old, 0, new, 0)
    if start == size == max(len(old), len(new)):
        return []
    end = len(new) - _common_end(old, len(old), new, len(new), size - start)
    if end - start <= enough:
        return [(min(start, end), end)]
    ranges: list[tuple[int, int]] = []
    at, there = start, start
    last = len(old) - (len(new) - end)  # start of the common end in `old`
    while len(ranges) < _MAX_RANGES:
        found = _resume(old, there, last, new, at, end)
        if found is None:
            break
        there, next_ = found
        ranges.append((at, next_))
        same = _common_start(old, there, new, next_)
        at, there = next_ + same, there + same
    return [*ranges, (min(at, end), end)]


def _resume(old: bytes, there: int, last: int, new: bytes, at: int, end: int) -> tuple[int, int] | None:
    """(offset in old, offset in new) from which both are equal after a difference; None if not found."""
    step = _FIRST_STEP
    for _ in range(_STEPS):
        probe = at + step
        if probe + _PROBE > end:
            return None
        found = old.find(new[probe : probe + _PROBE], there, min(last, there + 4 * step + _BLOCK))
        if found >= 0:
            back = _common_end(old, found, new, probe, min(step, found - there))
            return found - back, probe - back
        step *= 4
    return None


def _common_start(old: bytes, there: int, new: bytes, at: int) -> int:
    """The length in bytes of the common start of old[there:] and new[at:]."""
    size = min(len(old) - there, len(new) - at)
    same = 0
    while same < size:
        step = min(_BLOCK, size - same)
        if old[there + same : there + same + step] != new[at + same : at + same + step]:
            break
        same += step
    else:
        return size
    high = min(size, same + _BLOCK) - 1  # the answer is in [same, high]
    while same < high:
        middle = (same + high + 1) // 2
        if old[there + same : there + middle] == new[at + same : at + middle]:
            same = middle
        else:
            high = middle - 1
    return same


def _common_end(old: bytes, there: int, new: bytes, at: int, most: int) -> int:
    """The length in bytes, at most `most`, of the common end of old[:there] and new[:at]."""
    same = 0
    while same < most:
        step = min(_BLOCK, most - same)
        if old[there - same - step : there - same] != new[at - same - step : at - same]:
            break
        same += step
    else:
        return most
    high = min(most, same + _BLOCK) - 1
    while same < high:
        middle = (same + high + 1) // 2
        if old[there - middle : there - same] == new[at - middle : at - same]:
            same = middle
        else:
            high = middle - 1
    return same
