"""Which rules found nothing in a file, reused for its copies: vendored libraries, builds, examples."""

from __future__ import annotations

import os
import sys
from collections.abc import Hashable
from functools import lru_cache

from palint.text.source import SourceFile

_MAX_CONTENTS, _MAX_PATHS = 20_000, 16  # files that are kept, and the copies of each with another key
_MIN_BYTES = 1000  # checking less takes no longer than looking it up
RANDOM_KEY = sys.hash_info.width == 64 and os.environ.get("PYTHONHASHSEED", "random") in ("random", "")


class ResultCache:
    """Rules without a finding by a file's content and by what they depend on of its path; one per process.

    Content is compared by its length and 64 bits of SipHash, keyed for the run by Python itself: two
    different files of 80,000 collide with a probability of 2^-32; without the key no one can make a pair.
    Where the key is known (`PYTHONHASHSEED`), nothing is cached. Confirming with SHA-256 costs 40 ms for
    48 MB, 4 % of a run.

    The key of a path is computed only when a file has the content of an earlier one: most have not, and
    keys took 3 % of a run.
    """

    def __init__(self) -> None:
        self._paths: dict[tuple[Hashable, ...], list[str]] = {}  # by rule and content

    def has_nothing(self, rule: Hashable, file: SourceFile) -> bool:
        """Whether the rule found nothing in a file with this content, whose path has the same key."""
        if not RANDOM_KEY or len(file.data) < _MIN_BYTES:
            return False
        paths = self._paths.get(_content(rule, file))
        return paths is not None and name_and_kind(file.path) in map(name_and_kind, paths)

    def add(self, rule: Hashable, file: SourceFile) -> None:
        """Remember that the rule found nothing in this file."""
        if not RANDOM_KEY or len(file.data) < _MIN_BYTES:
            return
        if len(self._paths) >= _MAX_CONTENTS:
            self._paths.clear()
        paths = self._paths.setdefault(_content(rule, file), [])
        if len(paths) < _MAX_PATHS:
            paths.append(file.path)


@lru_cache(maxsize=1024)
def name_and_kind(path: str) -> Hashable:
    """The part of a path that a rule with less than `Reads.TREE` depends on."""
    from palint.files import languages, roles  # for copies only: a hook has none

    lower = path.lower()
    language = languages.find(lower)
    role = roles.evidence(lower, language)  # two rows are infrastructure, and only one of them is pipelines
    return path.rpartition("/")[2], language.id, role and role.id, roles.is_test(lower)


def _content(rule: Hashable, file: SourceFile) -> tuple[Hashable, ...]:
    return rule, file.encoding, file.bom, len(file.data), hash(file.data)
