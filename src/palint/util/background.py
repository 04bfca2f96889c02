"""Run a function in a forked child; compute in-process where fork is unavailable."""

from __future__ import annotations

import marshal
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from palint.util import processes
from palint.util.typing import Generic, TypeVar

T = TypeVar("T")


class BackgroundTask(Generic[T]):
    """Starts `compute` in a forked process; its result must be plain data, as `marshal` writes it.

    `pickle` would be imported for nothing else, and takes 6.6 million instructions for that.

    If the platform cannot fork, or that process fails in any way, `compute` runs in this process when the
    result is requested, and its exceptions are raised here.
    """

    def __init__(self, compute: Callable[[], T]) -> None:
        self._compute = compute
        self.pid = self._pipe = -1
        if hasattr(os, "fork"):
            self._pipe, writing = os.pipe()
            self.pid = processes.fork()
            if self.pid == 0:
                os.close(self._pipe)
                _give(compute, writing)
            os.close(writing)

    def done(self) -> bool:
        """Whether `result` returns without waiting for the computation."""
        return self._pipe < 0 or bool(processes.readable([self._pipe], 0))

    def result(self) -> T:
        """Return the result; call it once only."""
        data = bytearray()
        if self._pipe >= 0:
            try:
                # Do not read to the end of the pipe: it comes only after the process has exited.
                while processes.unframed(data) is None and (piece := os.read(self._pipe, 1 << 20)):
                    data += piece
            except BaseException:  # interrupted: the result is not needed
                self._stop()
                raise
            self._close()
        message = processes.unframed(data)
        if message is None:  # it died while it wrote
            return self._compute()
        return marshal.loads(message)  # type: ignore[no-any-return]

    def _stop(self) -> None:
        if self.pid > 0:  # -1 would signal every process, 0 the whole group
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._close()
        self._wait()

    def _close(self) -> None:
        pipe, self._pipe = self._pipe, -1  # first: after an interrupt another file may have the descriptor
        os.close(pipe)

    def _wait(self) -> None:
        if self.pid > 0:
            with suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = -1

    def __del__(self) -> None:
        if self._pipe >= 0:  # not taken
            self._stop()
        self._wait()


def _give(compute: Callable[[], object], writing: int) -> None:
    """Compute and write the result in the child process; never return to the parent's code."""
    with suppress(BaseException):
        processes.send(writing, marshal.dumps(compute()))  # type: ignore[arg-type]
    os._exit(0)
