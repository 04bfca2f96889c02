"""Plain data: findings, their places and fixes. This module imports no other module of palint."""

from __future__ import annotations

from enum import IntEnum

from palint.util.typing import NamedTuple


class PalintError(Exception):
    """The work could not be done. The message is for the user: it names the place and says what to do."""


class _Level(IntEnum):
    @property
    def label(self) -> str:
        """The lower-case name that reports and settings use."""
        return self.name.lower()


class Severity(_Level):
    """How severe a finding is: an error fails a run by default, a warning does not."""

    WARNING = 1
    ERROR = 2


class Confidence(_Level):
    """How certain a finding is."""

    LOW = 1
    HIGH = 2


class Position(NamedTuple):
    """A place in a text: 1-based line, 1-based column in Unicode code points."""

    line: int
    column: int


class Span(NamedTuple):
    """A range of one file's text.

    `path` is relative to the project's root with `/` (undecodable bytes as surrogate escapes), `end` is
    exclusive, `offset` and `end_offset` are the same two places in code points from the start of the text.
    """

    path: str
    start: Position
    end: Position
    offset: int = 0
    end_offset: int = 0

    @property
    def is_whole_file(self) -> bool:
        """Whether it is no place in the text: a finding about the file has the empty range at its start."""
        return self.start == self.end == (1, 1)


class Edit(NamedTuple):
    """Replace the text of `span` by `text`."""

    span: Span
    text: str


class ArgumentRemoval(NamedTuple):
    """Arguments to remove from a Python call: 0-based, in the order of the source."""

    call: Span
    arguments: tuple[int, ...]


class Fix(NamedTuple):
    """The edits that resolve a finding.

    safe: whether the program means the same afterwards; the others need `--unsafe-fixes`.
    follow_up: what a person must still do after the edits are applied, one imperative sentence each.
    removal: instead of edits; `palint.changes.python` computes them in runs that need them.
    """

    edits: tuple[Edit, ...]
    safe: bool = False
    follow_up: tuple[str, ...] = ()
    removal: ArgumentRemoval | None = None


class Related(NamedTuple):
    """A second place that explains a finding."""

    span: Span
    message: str


class Notice(NamedTuple):
    """A message about what was or was not checked.

    kind: one of NOTICE_KINDS. path: "" where the notice is about the run. detail: lines for `--verbose`.
    """

    path: str
    kind: str
    message: str
    detail: str = ""

    @property
    def complete(self) -> bool:
        """Whether the run still checked everything it should."""
        return NOTICE_KINDS[self.kind]


NOTICE_KINDS = {
    "not-text": True,  # FIFO, socket, device, submodule: has no text
    "parse-fallback": True,  # does not parse, so checked as plain text
    "note": True,
    "too-large": False,
    "unreadable": False,
    "timeout": False,
    "crashed": False,
    "unparsed": False,
    "missing-object": False,
}


class ExcerptLine(NamedTuple):
    """One line of source as a report may show it: every value on it is already masked.

    `column` is the 1-based column at which `text` starts: a very long line is cut to the part near the span.
    """

    number: int
    text: str
    column: int = 1


class Violation(NamedTuple):
    """What a rule found. Its texts may quote the file, so nothing prints or stores it.

    The engine seals it (`palint.engine.seal`): reports, baselines, the server and `palint migrate` get a
    `Finding`.

    message: what is wrong, in one clause. why: the evidence; "" where no reader would doubt the finding.
    fix_hint: what to do.
    values: the ranges [start, end) of the text of `span`'s file, in code points, that hold a secret.
    """

    rule: str
    clause: str
    severity: Severity
    message: str
    fix_hint: str
    span: Span
    detector: str | None = None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    values: tuple[tuple[int, int], ...] = ()
    why: str = ""
    confidence: Confidence = Confidence.HIGH


class Finding(NamedTuple):
    """A sealed violation: none of its texts holds a secret that was found. Made by `palint.engine.seal`.

    The edits of `fix` are the exception: they are written to the file that they quote, and `report.diff`,
    which shows them, masks each line. For the fields of the first block see `Violation`.
    """

    rule: str
    clause: str
    severity: Severity
    message: str
    fix_hint: str
    span: Span
    detector: str | None = None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    value_ranges: tuple[tuple[int, int], ...] = ()  # `Violation.values`: places, not texts
    why: str = ""
    confidence: Confidence = Confidence.HIGH

    excerpt: tuple[ExcerptLine, ...] = ()
    related_excerpts: tuple[tuple[ExcerptLine, ...], ...] = ()
    line_hash: str = ""  # SHA-256 (hex) of the primary line with every value masked
    value_bits: int | None = None  # twelve bits of the value's SHA-256; None if there is no value
    value_mac: str = ""  # HMAC-SHA-256 (hex) of the value, where the run has a key: `Project.value_key`
    fingerprint: str = ""
    identity: int = 0  # in this run: equal for equal values, or without values for equal lines
    value_ids: tuple[int, ...] = ()  # in this run: one for each of `value_ranges`, equal for equal values
    package: str = ""  # the installed package that the file is part of: a folder, or the file itself
    package_list: str = ""  # the path of the list of packages that names it
    others: tuple[Finding, ...] = ()  # findings that a report shows with this one: see `report.groups`
    folder: str = ""  # the folder that such a group is about; "" for one file

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """The fixed order of every report: path, line, column, rule."""
        return (self.span.path, self.span.start.line, self.span.start.column, self.rule, self.message)


def summarize_secret(value: str, public: int = 0) -> str:
    """Describe a value in a message: at most 4 characters of a public prefix, and its length.

    `public` is the length in characters of the part that carries no secret (a vendor's token prefix).
    """
    return f"{value[: min(public, 4)]}… ({len(value)} characters)"


def redact(value: str) -> str:
    """Mask a value for an excerpt: same width, line ends kept, every other character a `*`."""
    return "".join(c if c in "\r\n" else "*" for c in value)


class Suppressed(NamedTuple):
    """A suppressed finding, with the reason.

    source: `path:line` of what suppresses it. new: whether the checked change itself adds that.
    until: the last day, in UTC, on which it does (`YYYY-MM-DD`); "" for no end.
    """

    finding: Finding
    reason: str
    source: str = ""
    new: bool = False
    until: str = ""


class Results(NamedTuple):
    """The results of a run, from which every report is made.

    findings: those to report, in `Finding.sort_key` order, neither suppressed nor in the baseline.
    notices: sorted; the run is complete when each of them is.
    files: how many files were checked. seconds: wall time.
    rules: the ids of the rules that ran.
    outside: findings in companion files that are not in scope, which no report shows.
    base: what some of the files were at the base of a change; see `BaseCheck`.
    repository, commit, started: `owner/name`, HEAD, and seconds since the epoch, for reports that show them.
    staged: whether the files are those of the index, which the next commit holds.
    """

    root: str
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    baselined: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    files: int = 0
    seconds: float = 0.0
    rules: tuple[str, ...] = ()
    outside: tuple[Finding, ...] = ()
    repository: str = ""
    commit: str = ""
    started: float = 0.0
    base: Results | None = None
    staged: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything was checked."""
        return all(n.complete for n in self.notices)
