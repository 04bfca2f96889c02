"""Names that a machine made, which contain a word for a secret by chance: `PrV3Key7sNTq`, `pNhOtpxbrgxd`."""

from __future__ import annotations

from functools import lru_cache

from palint.secrets.classifier import features
from palint.util import lazy_re

_MIXED = lazy_re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9]{10,40}\Z")
_MOST_IN_WORDS = 0.42  # of its letters
_MANY_CHANGES = 1 / 3  # of neighbours that differ in kind: `a1`, `aB`; in words joined fewer do


@lru_cache(maxsize=1024)
def is_random(name: str) -> bool:
    """Whether a name is hardly made of words, and changes case as no words do: `PwD`, `8gOtpM`.

    Of 10,088 names with a word for a secret (30 repositories and the labelled lines) nine are: eight random
    strings, and `opAssociateVpcCidrBlock`, in which `pAss` is by chance, too.
    """
    return (
        _MIXED.match(name) is not None
        and features.coverage(name) <= _MOST_IN_WORDS
        and features.changes(features.kinds_of(name)) > _MANY_CHANGES
    )
