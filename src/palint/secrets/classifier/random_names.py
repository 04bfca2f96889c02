"""Names that a machine made, which contain a word for a secret by chance: `PrV3Key7sNTq`, `pNhOtpxbrgxd`."""

from __future__ import annotations

from functools import lru_cache

from palint.secrets import vocabulary
from palint.secrets.classifier import features
from palint.util import lazy_re

_MIXED = lazy_re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9]{10,40}\Z")
_WORD = lazy_re.compile(f"(?i:{'|'.join(sorted({*vocabulary.SHORT, 'secret', 'token'} - {'pw'}))})")
_MOST_IN_WORDS = 0.42  # of its letters
_LEAST_IMPROBABLE, _VERY_IMPROBABLE = 3.9, 4.9  # bits a letter; of words joined they have 3.4 to 4.8
_MANY_CHANGES = 1 / 3  # of neighbours that differ in kind: `a1`, `aB`; in words joined fewer do


@lru_cache(maxsize=1024)
def is_random(name: str) -> bool:
    """Whether a name is hardly made of words, and changes case as no words do: `PwD`, `8gOtpM`.

    Of 10,088 names with a word for a secret (30 repositories and the labelled lines) nine are: eight random
    strings, and `opAssociateVpcCidrBlock`, in which `pAss` is by chance, too.
    """
    if not _is_unreadable(name, _LEAST_IMPROBABLE):
        return False
    words = _WORD.findall(name)
    by_chance = bool(words) and not any(map(_is_written, words))
    return by_chance or features.changes(features.kinds_of(name)) > _MANY_CHANGES


def is_unreadable(name: str) -> bool:
    """Whether a name is hardly made of words: `qjjHSWHLSKey`. Abbreviations are so, too."""
    return _is_unreadable(name, _VERY_IMPROBABLE)


def _is_unreadable(name: str, least: float) -> bool:
    return (
        _MIXED.match(name) is not None
        and features.coverage(name) <= _MOST_IN_WORDS
        and features.improbability(name) >= least
    )


def _is_written(word: str) -> bool:
    """Whether a word is in lower case, capitals, or has one capital at its start."""
    return word.isupper() or word[1:].islower()
