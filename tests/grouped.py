"""Run one test for many values: pytest and xdist take 4 ms for a test, more than most of these values do."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def grouped(
    name: str, values: Iterable[T], key: Callable[[T], str]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorate a test to be called once for each value, with one test for pytest for each group of values.

    name: the test's parameter that gets a value. key: the group of a value, which is the id of its test.
    A failure ends its group, and says which value it was called with.
    """
    groups: dict[str, list[T]] = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(**arguments: Any) -> None:
            for value in arguments.pop("group"):
                try:
                    test(**arguments, **{name: value})
                except BaseException as error:
                    if hasattr(error, "add_note"):  # Python 3.11
                        error.add_note(f"{name} = {value!r}")
                    raise

        signature = inspect.signature(test)
        parameters = [p if p.name != name else p.replace(name="group") for p in signature.parameters.values()]
        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return pytest.mark.parametrize("group", list(groups.values()), ids=list(groups))(run)

    return decorate
