"""Worker processes, forked so that a file that kills one costs that file only.

Each worker takes a range of the list of files, writes into shared memory which file it checks and since when,
and sends back its results. The parent assigns ranges and watches: if a worker dies or hangs, its file gets a
notice and another worker checks the rest of its range.
"""

from __future__ import annotations

import mmap
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, NoReturn, Protocol, TypeVar

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.findings import Notice
from palint.util import compiled_patterns, deadline, processes
from palint.util.deadline import RunTimeout

_RANGE = struct.Struct("=qq")  # first index and the one after the last
_FILES_PER_WORKER = 150  # fewer are not worth a second process
_CHUNK = 64  # minimum number of files assigned at once
_KILL_GRACE = 2.0  # seconds beyond twice a file's limit until its worker is killed
_SLOW = 1.0  # seconds until a file is named in the progress
_POLL_INTERVAL = 0.25  # seconds

Progress = Callable[[int, int, str], None]  # files checked, files in all, a file that takes long or ""
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Checker(Protocol[R_co]):
    """What a worker runs. heartbeat: set by the worker; called whenever progress is made."""

    config: Config
    heartbeat: Callable[[], None]

    def check(self, path: str) -> R_co | None:
        """The result of one file; None when there is nothing to report."""

    def after_range(self) -> R_co | None:
        """Further results for the files that were checked since the last call; None without any."""


def check_all(
    checker: FileChecker,
    paths: Sequence[str],
    names: Sequence[str],
    jobs: int,
    progress: Progress | None,
    companions: int = 0,
    in_process: bool = False,
) -> tuple[list[FileResult], list[Notice]]:
    """Check every path, and every name that git ignores; the results are in no particular order.

    companions: number of paths at the start that one worker must check, as a single range.
    in_process: without workers, as where the platform cannot fork.
    """
    results: list[FileResult] = []
    try:
        results += [found for name in names if (found := checker.check_name(name)) is not None]
    except RunTimeout:
        return results, [_stopped(checker.config)]
    more, notices = check_paths(checker, paths, jobs, progress, companions, in_process)
    return results + more, notices


def check_paths(
    checker: Checker[R],
    paths: Sequence[str],
    jobs: int,
    progress: Progress | None,
    companions: int = 0,
    in_process: bool = False,
) -> tuple[list[R], list[Notice]]:
    """Check every path, as `check_all` does."""
    results: list[R] = []
    notices: list[Notice] = []
    try:
        if in_process or not hasattr(os, "fork"):
            _check_here(checker, paths, progress, results)
            return results, notices
        with WorkerPool(checker, paths, progress, results, notices) as pool:
            pool.run(worker_count(len(paths), jobs), companions)
    except RunTimeout:
        notices.append(_stopped(checker.config))
    return results, notices


def worker_count(files: int, jobs: int) -> int:
    """The number of workers for some files. jobs: the most; 0: the number of processors, at most 8."""
    if not hasattr(os, "fork"):
        return 1
    return max(1, min(jobs or min(processes.available(), 8), files // _FILES_PER_WORKER + 1))


def _stopped(config: Config) -> Notice:
    message = f"stopped after {config.limits.run:g} s: not every file was checked. Raise `limits.run`"
    return Notice("", "timeout", message)


def _check_here(
    checker: Checker[R], paths: Sequence[str], progress: Progress | None, results: list[R]
) -> None:
    for index, path in enumerate(paths):
        deadline.check_run()
        made = checker.check(path)
        if made is not None:
            results.append(made)
        if progress is not None and index % _CHUNK == 0:
            progress(index, len(paths), "")
    if (more := checker.after_range()) is not None:
        results.append(more)


class WorkerStatus:
    """Memory that two processes share: the index of the file a worker checks, and since when.

    Each of the two is written in one step. `struct` would write zeros first, and the parent, reading those,
    would take a busy worker for a hanging one.
    """

    __slots__ = ("_index", "_since")

    def __init__(self) -> None:
        shared = memoryview(mmap.mmap(-1, 16))
        self._index, self._since = shared[:8].cast("q"), shared[8:].cast("d")
        self.start_file(-1)

    def start_file(self, index: int) -> None:
        """Record that the worker starts to check this file now."""
        self._since[0] = time.monotonic()
        self._index[0] = index

    @property
    def index(self) -> int:
        return self._index[0]

    @property
    def started_at(self) -> float:
        """Seconds on the monotonic clock."""
        return self._since[0]


class _Worker:
    """The parent's record of one child process."""

    __slots__ = ("at", "orders", "pid", "range", "received", "reports", "slot")

    def __init__(self, pid: int, orders: int, reports: int, slot: WorkerStatus, at: int) -> None:
        self.pid, self.orders, self.reports, self.slot = pid, orders, reports, slot
        self.at = at  # index of a file; the next range should be near it
        self.range: tuple[int, int] | None = None
        self.received = bytearray()


class WorkerPool(Generic[R]):
    """The workers of one run."""

    def __init__(
        self,
        checker: Checker[R],
        paths: Sequence[str],
        progress: Progress | None,
        results: list[R],
        notices: list[Notice],
    ) -> None:
        self.checker, self.paths, self.progress = checker, paths, progress
        self.results, self.notices = results, notices  # filled as workers report
        self.waiting: list[tuple[int, int]] = []
        self.companions = (0, 0)
        self.workers: list[_Worker] = []
        self.done = 0
        self.slow = ""  # a file that takes long

    def __enter__(self) -> WorkerPool[R]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            self._terminate(worker)

    def run(self, count: int, companions: int = 0) -> None:
        """Check every path with `count` workers, the first `companions` of them with one."""
        total = len(self.paths)
        self.companions = (0, companions)
        self.waiting = [(a, b) for a, b in (self.companions, (companions, total)) if a < b]
        sys.stdout.flush()
        sys.stderr.flush()
        while self.waiting or any(w.range for w in self.workers):
            while self.waiting and len(self.workers) < count:
                self.workers.append(self._spawn(total * len(self.workers) // max(1, count - 1)))
            for worker in self.workers:
                if worker.range is None and self.waiting:
                    self._assign(worker, self._next_chunk(worker.at, count))
            self._poll()

    def _next_chunk(self, at: int, count: int) -> tuple[int, int]:
        """The next range of waiting files, close to the file at index `at`.

        Neighbouring files often need the same patterns and parsers, which a worker loads once. Ranges become
        smaller, so that all workers finish at about the same time.
        """
        left = sum(last - first for first, last in self.waiting)
        nearest = min(self.waiting, key=lambda r: max(r[0] - at, at - r[1], 0))
        self.waiting.remove(nearest)
        first, last = nearest
        size = max(_CHUNK, left // (8 * count))
        if nearest == self.companions or count == 1 or last - first <= size:
            return nearest
        begin = min(max(at, first), last - size)
        self.waiting += [(a, b) for a, b in ((first, begin), (begin + size, last)) if a < b]
        return begin, begin + size

    def _spawn(self, at: int) -> _Worker:
        orders_read, orders_write = os.pipe()
        reports_read, reports_write = os.pipe()
        slot = WorkerStatus()
        pid = processes.fork()
        if pid == 0:
            for other in self.workers:
                os.close(other.orders)
                os.close(other.reports)
            os.close(orders_write)
            os.close(reports_read)
            _work(self.checker, self.paths, orders_read, reports_write, slot)
        os.close(orders_read)
        os.close(reports_write)
        return _Worker(pid, orders_write, reports_read, slot, at)

    def _assign(self, worker: _Worker, wanted: tuple[int, int]) -> None:
        worker.range, worker.at = wanted, wanted[0]
        worker.slot.start_file(wanted[0])
        with suppress(BrokenPipeError):  # it died: the next poll sees the end of its reports
            os.write(worker.orders, _RANGE.pack(*wanted))

    def _poll(self) -> None:
        """Wait for reports, receive them, and handle workers that died or hang."""
        ready, _, _ = select.select([w.reports for w in self.workers], [], [], _POLL_INTERVAL)
        for worker in [w for w in self.workers if w.reports in ready]:
            piece = os.read(worker.reports, 1 << 20)
            if not piece:
                self._handle_death(worker)
                continue
            worker.received += piece
            self._receive(worker)
        # A rule is interrupted in time unless it is stuck in a library; redaction needs time, too.
        limit = 2 * self.checker.config.limits.seconds + _KILL_GRACE
        now = time.monotonic()
        for worker in [w for w in self.workers if w.range]:
            if now - worker.slot.started_at > limit:
                os.kill(worker.pid, signal.SIGKILL)
        slow = [w.slot.index for w in self.workers if w.range and now - w.slot.started_at > _SLOW]
        if self.progress is not None and (slow or self.slow):
            self.slow = self.paths[slow[0]] if slow else ""
            self.progress(self.done, len(self.paths), self.slow)

    def _receive(self, worker: _Worker) -> None:
        """Unpack a complete report: 8 bytes of length, then the pickled results, if any."""
        if len(worker.received) < 8:
            return
        size = int.from_bytes(worker.received[:8], "little")
        if len(worker.received) < 8 + size or worker.range is None:
            return
        if size:
            import pickle  # a hook that finds nothing does not need it

            self.results += pickle.loads(worker.received[8 : 8 + size])
        self.done += worker.range[1] - worker.range[0]
        worker.received.clear()
        worker.range = None
        if self.progress is not None:
            self.progress(self.done, len(self.paths), self.slow)

    def _handle_death(self, worker: _Worker) -> None:
        """A worker died: report its file and requeue the rest of its range."""
        at = worker.slot.index
        _, status = os.waitpid(worker.pid, 0)
        self.workers.remove(worker)
        os.close(worker.orders)
        os.close(worker.reports)
        if worker.range is None:
            return
        first, last = worker.range
        path = self.paths[at]
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGKILL and time.monotonic() - worker.slot.started_at > _KILL_GRACE:
            self.notices.append(
                Notice(path, "timeout", "took too long and was stopped: exclude it or raise `limits.seconds`")
            )
        else:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            self.notices.append(
                Notice(path, "crashed", f"the process that checked it died ({how}); please report it")
            )
        self.waiting += [(a, b) for a, b in ((first, at), (at + 1, last)) if a < b]

    def _terminate(self, worker: _Worker) -> None:
        os.close(worker.orders)
        os.close(worker.reports)
        if worker.range is not None:
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(worker.pid, 0)


def _work(
    checker: Checker[object], paths: Sequence[str], orders: int, reports: int, slot: WorkerStatus
) -> NoReturn:
    """Run a worker until its parent closes the pipe; never return to the parent's code."""
    index = -1

    def heartbeat() -> None:
        slot.start_file(index)

    try:
        checker.heartbeat = heartbeat
        deadline.forget_run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        while order := os.read(orders, _RANGE.size):
            outcomes = []
            for index in range(*_RANGE.unpack(order)):
                heartbeat()
                made = checker.check(paths[index])
                if made is not None:
                    outcomes.append(made)
            if (more := checker.after_range()) is not None:
                outcomes.append(more)
            data = b""
            if outcomes:
                import pickle

                data = pickle.dumps(outcomes, pickle.HIGHEST_PROTOCOL)
            view = memoryview(len(data).to_bytes(8, "little") + data)
            while view:
                view = view[os.write(reports, view) :]
        compiled_patterns.save()
    except BaseException:
        os._exit(70)
    os._exit(0)
