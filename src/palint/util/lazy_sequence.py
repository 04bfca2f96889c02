"""A sequence that computes its items when more than the first ones are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from palint.util.typing import Any, TypeVar

T = TypeVar("T")


class LazySequence(Sequence[T]):
    """A lazy sequence. first: its known items. make: returns all items, from `first` on; called once."""

    def __init__(self, first: Sequence[T], make: Callable[[], Sequence[T]]) -> None:
        self._first, self._make = tuple(first), make
        self._all: tuple[T, ...] | None = None

    def _whole(self) -> tuple[T, ...]:
        if self._all is None:
            self._all = tuple(self._make())
        return self._all

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int) and 0 <= index < len(self._first):
            return self._first[index]
        return self._whole()[index]

    def __len__(self) -> int:
        return len(self._whole())

    def __iter__(self) -> Iterator[T]:
        return iter(self._whole())

    def followed_by(self, *items: T) -> LazySequence[T]:
        """The same sequence with further items, not computed yet."""
        return LazySequence(self._first, lambda: (*self._whole(), *items))
