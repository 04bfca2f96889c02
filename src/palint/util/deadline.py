"""Time limits: one for each file, within one for the run.

Both interrupt Python code and regular expressions in the main thread with a signal. Windows has no such
signal, and a library call that does not return is not interrupted: for that, worker processes are killed.
"""

from __future__ import annotations

import atexit
import math
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from palint.util.typing import Any

GRACE = 60.0  # seconds for the reports after a run's time is up


class FileTimeout(BaseException):  # so that no `except Exception` in a rule catches it
    """A file, or one window of a large one, took longer than `limits.seconds`."""


class RunTimeout(BaseException):
    """The run took longer than `limits.run`."""


_started = time.monotonic()
# All on the monotonic clock
_run_end: float | None = None
_file_end: float | None = None
_fires: float | None = None  # when the timer fires
_process = 0  # the process whose handler is installed
_earlier: Any = None  # the handler before it
_works = False


def limit_run(seconds: float) -> None:
    """Raise RunTimeout when the process has run for `seconds`, and again GRACE seconds later."""
    global _run_end
    _run_end = _started + seconds
    _arm()


def restart() -> None:
    """Restart the run's clock, for a process that makes several runs."""
    global _started
    _started = time.monotonic()


def forget_run() -> None:
    """Drop the run's limit: for a worker, whose parent watches it."""
    global _run_end
    _run_end = None


def release() -> None:
    """Drop all limits and give the signal back, for a program that goes on after a run."""
    global _run_end, _file_end, _fires, _process
    if _process == os.getpid() and _works:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, _earlier)
    _run_end = _file_end = _fires = None
    _process = 0


def check_run() -> None:
    """Raise RunTimeout if the run's time is up, for platforms without the signal."""
    if _run_end is not None and time.monotonic() >= _run_end:
        _on_alarm(0, None)


def limit_file(seconds: float) -> None:
    """Raise FileTimeout after `seconds`."""
    global _file_end
    now = time.monotonic()
    _file_end = now + seconds
    if _fires is None or not now < _fires <= _file_end or _process != os.getpid():
        _arm()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise FileTimeout when this part of the work takes longer, or when its file's limit is reached."""
    global _file_end
    before = _file_end
    limit_file(seconds if before is None else min(seconds, before - time.monotonic()))
    try:
        yield
    finally:
        _file_end = before
        _arm()


def stop_file() -> None:
    """Cancel the file's limit."""
    global _file_end
    _file_end = None


def _arm() -> None:
    """Let the process's only timer fire at the earlier of the two limits, or before.

    It stays set when a limit is cancelled or moved: two system calls for each rule and file were two percent
    of `palint history`.
    """
    global _fires, _process, _works, _earlier
    if _process != os.getpid():
        _process, _fires = os.getpid(), None  # a fork has no timer
        _works = hasattr(signal, "setitimer")
        try:
            _earlier = signal.signal(signal.SIGALRM, _on_alarm)
            atexit.register(release)  # Python ends without a handler: the timer would kill it
        except (AttributeError, ValueError):  # Windows; not in the main thread
            _works = False
    end = min(end for end in (_run_end, _file_end, math.inf) if end is not None)
    now = time.monotonic()
    if _works and end < math.inf and not (_fires is not None and now < _fires <= end):
        _fires = end
        signal.setitimer(signal.ITIMER_REAL, max(end - now, 1e-6))


def _on_alarm(signum: int, frame: object) -> None:
    global _file_end, _fires, _run_end
    _fires = None
    now = time.monotonic()
    if _run_end is not None and now >= _run_end:
        _run_end = now + GRACE
        _arm()
        raise RunTimeout
    if _file_end is not None and now >= _file_end:
        _file_end = None
        raise FileTimeout
    _arm()
