"""Findings of a file, reused for its copies: vendored libraries, builds, examples."""

from __future__ import annotations

import os
import sys
from collections.abc import Hashable

from palint.text.source import SourceFile

_MAX_ENTRIES = 20_000
_MIN_BYTES = 1000  # checking less takes no longer than looking it up
_RANDOM_KEY = sys.hash_info.width == 64 and os.environ.get("PYTHONHASHSEED", "random") in ("random", "")


class ResultCache:
    """Small results by key and content; one per process, owned by its file checker.

    Content is compared by its length and 64 bits of SipHash, keyed for the run by Python itself: two
    different files of 80,000 collide with a probability of 2^-32; without the key no one can make a pair.
    Where the key is known (`PYTHONHASHSEED`), nothing is cached. Confirming with SHA-256 costs 40 ms for
    48 MB, 4 % of a run.
    """

    def __init__(self) -> None:
        self._entries: dict[tuple[Hashable, ...], object] = {}

    def get(self, file: SourceFile, key: Hashable) -> object | None:
        """The result stored for a file with the same content under the same key, or None."""
        if not _RANDOM_KEY or len(file.data) < _MIN_BYTES:
            return None
        return self._entries.get(_content(file, key))

    def put(self, file: SourceFile, key: Hashable, result: object) -> None:
        """Keep a result for all files with this content. It must be small and contain no text of the file."""
        if _RANDOM_KEY and len(file.data) >= _MIN_BYTES:
            if len(self._entries) >= _MAX_ENTRIES:
                self._entries.clear()
            self._entries[_content(file, key)] = result


def _content(file: SourceFile, key: Hashable) -> tuple[Hashable, ...]:
    return key, file.encoding, file.bom, len(file.data), hash(file.data)
