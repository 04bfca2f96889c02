"""What a check of the history gives: plain data, without a value in it."""

from __future__ import annotations

from palint.findings import Finding, Notice, Severity
from palint.util.named_tuple import NamedTuple


class Place(NamedTuple):
    """A commit: its name, its author as the commit has it, and the author's date (ISO 8601)."""

    commit: str
    author: str
    date: str


class HistorySecret(NamedTuple):
    """A value, or a file, that commits held and that must be rotated.

    finding: what and where, in the newest version that holds it (`finding.span` is a place in that
    version). oid: that version's name.
    first, last: the oldest and the newest commit that have it, of those that were read.
    at_head: whether HEAD has it. paths: where it was, HEAD's first. versions: how many versions of files have
    it. names: for a .env file, the variables that it set.
    """

    finding: Finding
    oid: str
    first: Place
    last: Place
    at_head: bool
    paths: tuple[str, ...]
    versions: int
    names: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The id of the rule that found it."""
        return self.finding.rule

    @property
    def severity(self) -> Severity:
        """The rule's severity."""
        return self.finding.severity


class HistoryResults(NamedTuple):
    """A check of the history.

    secrets: by what matters: still at HEAD, severity, a vendor's format, age.
    known: how many are in the baseline. accepted: how many are suppressed at HEAD.
    older: how many were there before the oldest commit that was asked for.
    commits, versions: how many were read, in this run and, with a state, in those before it.
    new_commits: how many of them in this run. head: HEAD's name, "" without one. origin: the remote's URL.
    """

    root: str
    secrets: tuple[HistorySecret, ...] = ()
    known: int = 0
    accepted: int = 0
    older: int = 0
    notices: tuple[Notice, ...] = ()
    commits: int = 0
    new_commits: int = 0
    versions: int = 0
    seconds: float = 0.0
    head: str = ""
    origin: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was checked."""
        return all(notice.complete for notice in self.notices)
