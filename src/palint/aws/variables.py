"""Environment variables that a file sets for a container, as plain data."""

from __future__ import annotations

from palint.util.named_tuple import NamedTuple


class Variable(NamedTuple):
    """A variable that is set. value: "" if it is only named, as in Compose's `- NAME`.

    start, end: the name and the value. value_start, value_end: the value without its quotes.
    """

    name: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


class Block(NamedTuple):
    """Variables that are set in one place.

    kind: "dockerfile", "compose", "devcontainer", "command", "" for others.
    """

    variables: list[Variable]
    kind: str
