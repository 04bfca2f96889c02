"""Time limits: one for each file, within one for the run.

Both interrupt Python code and regular expressions in the main thread with a signal. Windows has no such
signal, and a library call that does not return is not interrupted: for that, worker processes are killed.
"""

from __future__ import annotations

import os
import signal
import time

GRACE = 60.0  # seconds for the reports after a run's time is up


class FileTimeout(BaseException):  # so that no `except Exception` in a rule catches it
    """A file, or one window of a large one, took longer than `limits.seconds`."""


class RunTimeout(BaseException):
    """The run took longer than `limits.run`."""


_started = time.monotonic()
_run_end: float | None = None  # on the monotonic clock
_process = 0  # the process whose handler is installed
_works = False


def limit_run(seconds: float) -> None:
    """Raise RunTimeout when the process has run for `seconds`, and again GRACE seconds later."""
    global _run_end
    _run_end = _started + seconds
    _arm(None)


def restart() -> None:
    """Restart the run's clock, for a process that makes several runs."""
    global _started
    _started = time.monotonic()


def forget_run() -> None:
    """Drop the run's limit: for a worker, whose parent watches it."""
    global _run_end
    _run_end = None
    _arm(None)


def check_run() -> None:
    """Raise RunTimeout if the run's time is up, for platforms without the signal."""
    if _run_end is not None and time.monotonic() >= _run_end:
        _on_alarm(0, None)


def limit_file(seconds: float) -> None:
    """Raise FileTimeout after `seconds`."""
    _arm(seconds)


def stop_file() -> None:
    """Cancel the file's limit."""
    _arm(None)


def _arm(seconds: float | None) -> None:
    """Set the process's only timer to the earlier of the two limits."""
    global _process, _works
    if _process != os.getpid():
        _process = os.getpid()
        _works = hasattr(signal, "setitimer")
        try:
            signal.signal(signal.SIGALRM, _on_alarm)
        except (AttributeError, ValueError):  # Windows; not in the main thread
            _works = False
    if not _works:
        return
    if _run_end is not None:
        left = max(_run_end - time.monotonic(), 1e-6)
        seconds = left if seconds is None else min(left, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds or 0)


def _on_alarm(signum: int, frame: object) -> None:
    global _run_end
    if _run_end is not None and time.monotonic() >= _run_end:
        _run_end = time.monotonic() + GRACE
        _arm(None)
        raise RunTimeout
    raise FileTimeout
