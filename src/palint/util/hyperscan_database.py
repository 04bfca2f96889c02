"""A compiled hyperscan database, kept in the user's cache directory: to compile it takes 70 ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from palint.util import user_cache


def load(patterns: Sequence[str], outside: str) -> Any:
    """The `hyperscan.Database` of these patterns, from the cache, else compiled, and then kept there.

    outside: the tree being checked; a saved database that is inside it is not used.
    Raises ImportError where hyperscan is not installed.
    """
    import hyperscan

    key = _key(hyperscan, patterns)
    kept = user_cache.load("keywords", key, outside)
    if kept is not None:
        try:
            return hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:  # of another processor after all
            pass
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE
    database.compile(
        expressions=[p.encode() for p in patterns],
        ids=list(range(len(patterns))),
        flags=[flags] * len(patterns),
    )
    user_cache.save("keywords", key, hyperscan.dumpb(database), outside)
    return database


def _key(hyperscan, patterns: Sequence[str]) -> bytes:  # type: ignore[no-untyped-def]
    """Everything that a database depends on: the library, the processor, the patterns."""
    smallest = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    smallest.compile([b"a"])
    # Its description names the engine's version and the processor's features that it was built for.
    return b"\n".join([smallest.info(), hyperscan.__version__.encode(), *(p.encode() for p in patterns), b""])
