"""The program's exit codes, and the error for an invalid command line."""

from __future__ import annotations

from palint.findings import PalintError

EXIT_OK = 0  # everything requested was checked and is clean
EXIT_FINDINGS = 1  # a finding at or above `fail-on`
EXIT_ERROR = 2  # the check failed or is incomplete
EXIT_BUG = 3  # a bug in palint
EXIT_INTERRUPTED = 130


class UsageError(PalintError):
    """A command line that cannot be carried out; the message says what to do."""


class HelpPrinted(Exception):  # noqa: N818 - no error
    """The command line asked for help, which is printed."""
