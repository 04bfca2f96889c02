"""Run a function in a forked child; compute in-process where fork is unavailable."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from palint.util import processes

T = TypeVar("T")


class BackgroundTask(Generic[T]):
    """What `compute` gives, which may be pickled and holds no resource.

    It runs in a forked process from now on. Where the platform cannot fork, or that process fails in any way,
    it runs here when the result is taken, and raises here what it raises.
    """

    def __init__(self, compute: Callable[[], T]) -> None:
        self._compute = compute
        self._pid = self._pipe = -1
        if hasattr(os, "fork"):
            import pickle  # noqa: F401 - once for both; a hook lists nothing

            self._pipe, writing = os.pipe()
            self._pid = processes.fork()
            if self._pid == 0:
                os.close(self._pipe)
                _give(compute, writing)
            os.close(writing)

    def done(self) -> bool:
        """Whether `take` needs no more waiting for the computation."""
        return self._pipe < 0 or bool(select.select([self._pipe], [], [], 0)[0])

    def result(self) -> T:
        """The result; call it once."""
        data = bytearray()
        if self._pipe >= 0:
            try:
                # Not to the end: that comes when the process is gone, which takes it a while.
                while not _is_whole(data) and (piece := os.read(self._pipe, 1 << 20)):
                    data += piece
            except BaseException:  # interrupted: no one waits for it any more
                self._stop()
                raise
            self._close()
        if not _is_whole(data):  # it died while it wrote
            return self._compute()
        import pickle

        return pickle.loads(memoryview(data)[8:])  # type: ignore[no-any-return]

    def _stop(self) -> None:
        if self._pid > 0:  # -1 would be every process there is, 0 the whole group
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._close()
        self._wait()

    def _close(self) -> None:
        pipe, self._pipe = self._pipe, -1  # first: after an interrupt the number may be another file's
        os.close(pipe)

    def _wait(self) -> None:
        if self._pid > 0:
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = -1

    def __del__(self) -> None:
        if self._pipe >= 0:  # not taken
            self._stop()
        self._wait()


def _is_whole(data: bytearray) -> bool:
    """Whether as much has come as the first eight bytes say."""
    return len(data) >= 8 and len(data) == 8 + int.from_bytes(data[:8], "little")


def _give(compute: Callable[[], object], writing: int) -> None:
    """The life of the other process; it never returns into its parent's code."""
    import pickle

    with suppress(BaseException):
        data = pickle.dumps(compute(), pickle.HIGHEST_PROTOCOL)
        view = memoryview(len(data).to_bytes(8, "little") + data)
        while view:
            view = view[os.write(writing, view) :]
    os._exit(0)
