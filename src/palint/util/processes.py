"""Fork without this process's signal handlers in the child; start an interpreter; messages through pipes."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress

# For `gc` in each process that checks files: syntax trees are many objects without cycles, and repeated
# collections would take a tenth of a run.
GC_THRESHOLD = (200_000, 20, 100)


def release_memory() -> None:
    """Give freed memory back to the system. Without it glibc kept 400 MB after 1,000 large repositories.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html; nothing happens where there is no glibc.
    """
    import ctypes
    import gc

    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


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


def readable(descriptors: Iterable[int], seconds: float) -> set[int]:
    """The pipes that have something to read, or have ended, within so many seconds.

    Unlike `select.select` also of descriptors from 1,024 on, which a program that calls palint may have.
    """
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(seconds * 1000)}


def new_interpreter(module: str, function: str) -> list[str]:
    """The command that calls a function of a module in a new interpreter.

    It is isolated: at its start it imports nothing of the checked tree (PYTHONPATH, the current folder). Then
    it has this process's search path.
    """
    start = (
        f"import gc, sys; gc.set_threshold{GC_THRESHOLD}; sys.path[:] = sys.argv[1:]; "
        f"from {module} import {function}; {function}()"
    )
    return [sys.executable, "-I", "-c", start, *(os.path.abspath(path) for path in sys.path if path)]


def framed(data: bytes) -> bytes:
    """A message for a pipe: 8 bytes of length, the least significant first, then the data."""
    return len(data).to_bytes(8, "little") + data


def unframed(received: bytearray) -> memoryview | None:
    """The data of a message; None while it has not been received in full."""
    if len(received) < 8 or len(received) < 8 + int.from_bytes(received[:8], "little"):
        return None
    return memoryview(received)[8:]


def send(descriptor: int, data: bytes) -> None:
    """Write a message to a pipe, however many writes that takes."""
    left = memoryview(framed(data))
    while left:
        left = left[os.write(descriptor, left) :]


def available() -> int:
    """The number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
