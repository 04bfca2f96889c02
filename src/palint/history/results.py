"""The results of a check of the history: plain data without any secret value."""

from __future__ import annotations

from palint.findings import Finding, Notice, Severity
from palint.util.typing import NamedTuple


class CommitInfo(NamedTuple):
    """A commit: its name, its author as recorded, and the author's date (ISO 8601)."""

    commit: str
    author: str
    date: str


class HistorySecret(NamedTuple):
    """A secret value, or a .env file, that was committed and must be rotated.

    finding: the finding in the newest version that contains it (`finding.span` is a place in that version).
    oid: that version's name. first, last: the oldest and the newest of the checked commits with it.
    at_head: whether HEAD has it. paths: of files with it, HEAD's first. versions: number of file versions
    with it. names: for a .env file, the secrets that it set.
    """

    finding: Finding
    oid: str
    first: CommitInfo
    last: CommitInfo
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

    secrets: sorted by urgency: still at HEAD, vendor's format, severity, age.
    known: number of secrets in the baseline. accepted: number of secrets suppressed at HEAD.
    older: number of secrets that existed before the oldest requested commit.
    commits, versions: number checked, in this run and, with a state, in earlier ones.
    new_commits: number of commits in this run. head: HEAD's name, "" if none. origin: the remote's URL.
    part: whether only some commits were requested. until: the first day that is the last of a suppression.
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
    part: bool = False
    until: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything that was requested was checked."""
        return all(notice.complete for notice in self.notices)
