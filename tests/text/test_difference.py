"""Between the changed ranges a text is made of pieces of the earlier one."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from palint.text.difference import changed_ranges

LINES = st.lists(st.sampled_from([b"a\n", b"bb\n", b"x = 1\n", b"y" * 90 + b"\n", b"z\n" * 400]), max_size=12)


def check(old: bytes, new: bytes, enough: int = 0) -> list[tuple[int, int]]:
    ranges = changed_ranges(old, new, enough)
    if not ranges:
        assert old == new
        return ranges
    assert all(start <= end for start, end in ranges)
    assert new.startswith(old[: ranges[0][0]])
    last = len(new) - ranges[-1][1]
    assert new[ranges[-1][1] :] == old[len(old) - last :]
    assert all(a[1] <= b[0] and new[a[1] : b[0]] in old for a, b in pairwise(ranges))
    return ranges


@given(old=LINES, new=LINES)
def test_unchanged_parts_are_in_the_earlier_text(old: list[bytes], new: list[bytes]) -> None:
    check(b"".join(old), b"".join(new))


@given(data=st.binary(max_size=40), other=st.binary(max_size=40))
def test_short_texts(data: bytes, other: bytes) -> None:
    check(data, other)
    check(data, data + other)
    check(data + other, data)
    check(other + data, data)


def test_two_changes_far_apart_are_two_ranges() -> None:
    old = b"".join(b"line %d\n" % n for n in range(9000))
    new = old.replace(b"line 200\n", b"line 200 or so\n").replace(b"line 8000\n", b"")
    ranges = check(old, new)
    assert len(ranges) >= 2 and sum(end - start for start, end in ranges) < 2000
    assert len(check(old, new, enough=len(new))) == 1


def test_random_edits() -> None:
    random = Random(7)
    for _ in range(300):
        old = b"".join(b"%d\n" % random.randrange(3000) for _ in range(2000))
        new = old
        for _ in range(random.randrange(1, 12)):
            at = random.randrange(len(new))
            new = new[:at] + random.randbytes(random.randrange(40)) + new[at + random.randrange(600) :]
        check(old, new)


def test_nothing_changed() -> None:
    assert changed_ranges(b"abc", b"abc") == []
