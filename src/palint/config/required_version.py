"""`required-version`: the versions of palint that may read the settings, as `>=0.2,<0.3`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

# The part of PEP 440 that a requirement on a program needs. https://packaging.python.org/en/latest/specifications/version-specifiers/
_CLAUSE = re.compile(r"(?:(>=|<=|==|!=|<|>)\s*)?v?(\d+(?:\.\d+){0,3})")
_OPERATORS: Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    ">": operator.gt, "": operator.eq,
}  # fmt: skip


def is_requirement(text: str) -> bool:
    """Whether a text is a requirement: clauses such as `>=0.2`, separated by commas."""
    return all(_CLAUSE.fullmatch(clause.strip()) for clause in text.split(","))


def holds(requirement: str, version: str) -> bool:
    """Whether a requirement allows a version. Only the version's numbers count: `0.2.0rc1` is `0.2.0`."""
    ours = _numbers(re.split(r"\.?[^\d.]", version)[0])
    return all(
        _OPERATORS[operator](ours, _numbers(theirs)) for operator, theirs in _CLAUSE.findall(requirement)
    )


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, filled up with zeros: `0.2` and `0.2.0` are the same version."""
    numbers = [int(number) for number in version.split(".")]
    return tuple(numbers + [0] * (6 - len(numbers)))
