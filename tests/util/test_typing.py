"""palint's NamedTuple is that of `typing` in all that palint uses of it."""

from __future__ import annotations

import pickle
import typing

import pytest

from palint.util.typing import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: NotEvenImported = 2  # type: ignore[name-defined]  # noqa: F821 - annotations are never evaluated

    def sum(self) -> int:
        """Of both."""
        return self.x + self.y  # type: ignore[no-any-return]

    @property
    def twice(self) -> int:
        return 2 * self.x


class Theirs(typing.NamedTuple):
    x: int
    y: int = 2


def test_it_is_a_tuple_with_names() -> None:
    point = Point(1)
    assert point == (1, 2) == Theirs(1)
    assert (point.x, point.sum(), point.twice) == (1, 3, 2)
    assert point._replace(y=5) == (1, 5)
    assert Point._fields == Theirs._fields and Point._field_defaults == Theirs._field_defaults
    assert repr(point) == "Point(x=1, y=2)" and Point.__doc__ == "A place."
    assert pickle.loads(pickle.dumps(point)) == point and type(pickle.loads(pickle.dumps(point))) is Point
    assert not hasattr(point, "__dict__")
    assert Point(y=3, x=1) == (1, 3) and point._asdict() == {"x": 1, "y": 2} and Point._make([4, 5]).y == 5
    for wrong in (lambda: Point(), lambda: Point(1, z=3), lambda: Point._make([1])):  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(ValueError, match="z"):
        point._replace(z=1)  # type: ignore[call-arg]


def test_a_class_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(TypeError, match="a field without a default follows"):
        type(NamedTuple)(
            "Bad", (NamedTuple,), {"__annotations__": {"a": 0, "b": 0}, "a": 1, "__module__": ""}
        )
    with pytest.raises(TypeError, match="annotations"):
        type(NamedTuple)("Bad", (NamedTuple,), {"__module__": ""})
