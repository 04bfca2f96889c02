"""Fork without running this process's signal handlers in the child; count the processors."""

from __future__ import annotations

import os
import signal
from contextlib import suppress


def fork() -> int:
    """`os.fork`, after which the child has the default handlers (ignored signals stay ignored).

    Signals with Python handlers are blocked until it returns: a handler that raises would unwind the parent's
    code in the child, or lose the child's process id in the parent.
    """
    handled = {number for number in signal.valid_signals() if callable(signal.getsignal(number))}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, handled)
    try:
        pid = os.fork()
        if pid == 0:
            for number in handled:
                with suppress(ValueError):  # not in the main thread
                    signal.signal(number, signal.SIG_DFL)
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def available() -> int:
    """The number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
