"""Progress of a run: on a terminal a line that changes, elsewhere one at the start and one a minute."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from palint.report.escape import terminal

_TERMINAL_SECONDS, _LOG_SECONDS = 0.5, 60.0  # between two lines
_SLOWEST = 10  # repositories that `verbose` names


class Progress:
    """Prints to standard error. total: repositories to check."""

    def __init__(self, total: int, *, verbose: bool = False, quiet: bool = False) -> None:
        self._total, self._verbose, self._quiet = total, verbose, quiet
        self._live = sys.stderr.isatty()
        self._began = time.monotonic()
        self._shown = self._began
        self._count = self._findings = 0
        self._slow: list[tuple[float, str]] = []

    def __enter__(self) -> Progress:
        if self._total:
            self._print(f"palint: 0 of {self._total:,} repositories")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._quiet:
            return
        if self._live and self._total:
            sys.stderr.write("\r\x1b[K")
        if self._verbose:
            for seconds, name in sorted(self._slow, reverse=True)[:_SLOWEST]:
                print(terminal(f"palint: {seconds:.1f} s: {name}"), file=sys.stderr)

    def done(self, name: str, findings: int, seconds: float) -> None:
        """A repository is done. seconds: how long it took."""
        self._count += 1
        self._findings += findings
        self._slow = sorted([*self._slow, (seconds, name)], reverse=True)[:_SLOWEST]
        now = time.monotonic()
        if now - self._shown >= (_TERMINAL_SECONDS if self._live else _LOG_SECONDS):
            self._shown = now
            self._print(self._line(now - self._began))

    def _print(self, line: str) -> None:
        if not self._quiet:
            sys.stderr.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
            sys.stderr.flush()

    def _line(self, seconds: float) -> str:
        rate = self._count / seconds
        left = (self._total - self._count) / rate
        minutes, rest = divmod(round(left), 60)
        return (
            f"palint: {self._count:,} of {self._total:,} repositories, {self._findings:,} findings, "
            f"{rate:.1f} a second, {minutes}:{rest:02} left"
        )
