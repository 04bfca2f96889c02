"""What is known of a file, reused for its copies: vendored libraries, builds, examples."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable
from functools import lru_cache

from palint.text.source import SourceFile

_MAX_CONTENTS, _MAX_PATHS = 20_000, 16  # files that are known, and the copies of each with another key
_MIN_BYTES = 1000  # checking less takes no longer than looking it up
RANDOM_KEY = sys.hash_info.width == 64 and os.environ.get("PYTHONHASHSEED", "random") in ("random", "")

KeyOf = Callable[[str], Hashable]  # the part of a path that a result depends on


class ResultCache:
    """Small results by content and by what they depend on of a path; one per process.

    Content is compared by its length and 64 bits of SipHash, keyed for the run by Python itself: two
    different files of 80,000 collide with a probability of 2^-32; without the key no one can make a pair.
    Where the key is known (`PYTHONHASHSEED`), nothing is cached. Confirming with SHA-256 costs 40 ms for
    48 MB, 4 % of a run.

    The key of a path is computed only when a file has the content of an earlier one: most have not, and
    keys took 3 % of a run.
    """

    def __init__(self) -> None:
        self._results: dict[
            tuple[Hashable, ...], dict[str, object]
        ] = {}  # content and what -> path -> result

    def get(self, file: SourceFile, what: Hashable, key_of: KeyOf) -> object | None:
        """The result stored as `what` for a file with this content whose path has the same key, or None."""
        if not RANDOM_KEY or len(file.data) < _MIN_BYTES:
            return None
        known = self._results.get(_content(file, what))
        if known is None:
            return None
        key = key_of(file.path)
        return next((result for path, result in known.items() if key_of(path) == key), None)

    def put(self, file: SourceFile, what: Hashable, result: object) -> None:
        """Keep a result for all files with this content. It must be small and contain no text of the file."""
        if not RANDOM_KEY or len(file.data) < _MIN_BYTES:
            return
        if len(self._results) >= _MAX_CONTENTS:
            self._results.clear()
        known = self._results.setdefault(_content(file, what), {})
        if len(known) < _MAX_PATHS:
            known[file.path] = result


@lru_cache(maxsize=1024)
def name_and_kind(path: str) -> Hashable:
    """The part of a path that a rule with less than `Reads.TREE` depends on."""
    from palint.files import languages, roles  # for copies only: a hook has none

    lower = path.lower()
    language = languages.find(lower)
    role = roles.evidence(lower, language)  # a row: of two for infrastructure only one is a pipeline
    return path.rpartition("/")[2], language.id, role and role.id, roles.is_test(lower)


def _content(file: SourceFile, what: Hashable) -> tuple[Hashable, ...]:
    return what, file.encoding, file.bom, len(file.data), hash(file.data)
