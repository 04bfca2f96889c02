"""An end to what takes too long."""

from __future__ import annotations

import os


class FileTimeout(BaseException):  # no `except Exception` of a rule may swallow it
    """A file, or one window of a large one, took longer than `limits.seconds`."""


class Deadline:
    """Raises FileTimeout in whatever runs when the time is up, where the platform can interrupt it.

    Not on Windows, and only in the main thread. The signal's handler is put in place once a process.
    """

    def __init__(self) -> None:
        self._process = 0
        self._works = False

    def set(self, seconds: float) -> None:
        """Go off in so many seconds."""
        import signal
        import threading

        if self._process != os.getpid():
            self._process = os.getpid()
            main = threading.current_thread() is threading.main_thread()
            self._works = main and hasattr(signal, "setitimer")
            if self._works:
                signal.signal(signal.SIGALRM, _on_alarm)
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def stop(self) -> None:
        """Do not go off."""
        if self._works:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)


def _on_alarm(signum: int, frame: object) -> None:
    raise FileTimeout
