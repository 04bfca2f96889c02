"""An end to what takes too long: one alarm for a file inside one alarm for the run.

Both interrupt Python code and regular expressions in the main thread, by a signal. Windows has none; and a
library that does not return is not interrupted: for that, worker processes are killed.
"""

from __future__ import annotations

import os
import signal
import time

GRACE = 60.0  # seconds that a run has left for its reports once its time is up


class FileTimeout(BaseException):  # no `except Exception` of a rule may swallow it
    """A file, or one window of a large one, took longer than `limits.seconds`."""


class RunTimeout(BaseException):
    """The run took longer than `limits.run`."""


_started = time.monotonic()
_run_end: float | None = None  # of the monotonic clock
_process = 0  # the one whose handler is in place
_works = False


def limit_run(seconds: float) -> None:
    """Raise RunTimeout when the process has run for so many seconds, and again GRACE seconds later."""
    global _run_end
    _run_end = _started + seconds
    _arm(None)


def restart() -> None:
    """Count the run's time from now, for a process that makes several."""
    global _started
    _started = time.monotonic()


def forget_run() -> None:
    """Only files have an end from now on: for a worker, which its parent ends."""
    global _run_end
    _run_end = None
    _arm(None)


def check_run() -> None:
    """Raise RunTimeout when the run's time is up: for where there is no signal to do it."""
    if _run_end is not None and time.monotonic() >= _run_end:
        _on_alarm(0, None)


def limit_file(seconds: float) -> None:
    """Raise FileTimeout in so many seconds."""
    _arm(seconds)


def stop_file() -> None:
    """Do not raise FileTimeout."""
    _arm(None)


def _arm(seconds: float | None) -> None:
    """Set the one timer that a process has to whatever ends first."""
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
