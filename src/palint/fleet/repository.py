"""A repository of the fleet, and which of a forge's repositories count."""

from __future__ import annotations

import os

from palint.findings import PalintError
from palint.util.typing import NamedTuple


class SourceError(PalintError):
    """A source that cannot be read; the message names it and says what to do."""


class Repository(NamedTuple):
    """A repository to check.

    name: `owner/name`, unique in a run. address: a URL, or the absolute path of a clone. branch: "" for the
    default one. team, tier: of the list. forge: "github" or "gitlab", whose CODEOWNERS it has. size: in KiB,
    0 if unknown. problem: why it cannot be read; "" if it can. head: the name of the commit to check, where
    the forge has named it.
    """

    name: str
    address: str
    branch: str = ""
    team: str = ""
    tier: str = ""
    forge: str = ""
    size: int = 0
    problem: str = ""
    head: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is read in place."""
        return os.path.isabs(self.address)


class Filters(NamedTuple):
    """Which repositories of a forge count.

    names: globs, of which one must match; none for all. topics: all must be set. pushed_since: ISO date.
    """

    archived: bool = False
    forks: bool = False
    topics: tuple[str, ...] = ()
    pushed_since: str = ""
    names: tuple[str, ...] = ()
