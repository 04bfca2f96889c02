"""A compiled hyperscan database, kept in the user's cache directory: compiling it takes 70 ms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from palint.util import user_cache

_BUILD = b"2"  # increase it when the same names give other patterns


def load(
    names: Sequence[str], patterns: Callable[[], Iterable[tuple[str, int]]], outside: str
) -> tuple[Any, bytes]:
    """(the `hyperscan.Database` of patterns, their numbers), from the cache, else compiled and saved.

    names: the sources of the patterns, in the same order. patterns: returns them, each with a number under
    256; called if there is no database yet.
    outside: the tree being checked; a saved database that is inside it is not used.
    Raises ImportError if hyperscan is not installed.
    """
    import hyperscan

    key = _key(hyperscan, names)
    kept = user_cache.load("keywords", key, outside)
    if kept is not None:
        try:
            return hyperscan.loadb(kept[len(names) :], hyperscan.HS_MODE_BLOCK), kept[: len(names)]
        except hyperscan.error:  # compiled for another processor
            pass
    made = list(patterns())
    numbers = bytes(number for _, number in made)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE
    database.compile(
        expressions=[pattern.encode() for pattern, _ in made],
        ids=list(range(len(made))),
        flags=[flags] * len(made),
    )
    user_cache.save("keywords", key, numbers + hyperscan.dumpb(database), outside)
    return database, numbers


def _key(hyperscan, names: Sequence[str]) -> bytes:  # type: ignore[no-untyped-def]
    """The cache key: the library's version, the processor's features and the names."""
    smallest = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    smallest.compile([b"a"])
    # Its description names the engine's version and the processor's features that it was built for.
    return b"\n".join(
        [smallest.info(), hyperscan.__version__.encode(), _BUILD, *(n.encode() for n in names), b""]
    )
