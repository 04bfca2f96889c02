"""Worker processes, so that a file that kills one costs that file only.

They are forked; where the platform cannot fork (Windows), a large tree gets new interpreters.

Each worker takes a range of the list of files, writes into shared memory which file it checks and since when,
and sends back its results. The parent assigns ranges and watches: if a worker dies or hangs, its file gets a
notice and another worker checks the rest of its range.
"""

from __future__ import annotations

import math
import mmap
import os
import signal
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.findings import Notice
from palint.util import compiled_patterns, deadline, processes
from palint.util.deadline import RunTimeout
from palint.util.typing import TYPE_CHECKING, Generic, NoReturn, Protocol, TypeVar

_RANGE = struct.Struct("=qqd")  # first index, the one after the last, and `_SLICE` or infinity
_DONE = struct.Struct("=q")  # the index after the last file that a report is of
_FILES_PER_WORKER = 150  # fewer are not worth a second process
_FILES_PER_INTERPRETER = 1000  # the same for one that is not forked: its imports take 0.2 s
_CHUNK = 2  # minimum number of files assigned at once
_SLICE = 0.03  # seconds after which a worker returns the rest of its range: another may have nothing to do
_KILL_GRACE = 2.0  # seconds beyond twice a file's limit until its worker is killed
_SLOW = 1.0  # seconds until a file is named in the progress
_POLL_INTERVAL = 0.25  # seconds

Progress = Callable[[int, int, str], None]  # files checked, files in all, a file that takes long or ""
if TYPE_CHECKING:
    import queue

CAN_FORK = hasattr(os, "fork")
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

    def can_be_sent(self) -> bool:
        """Whether it can be pickled for a new interpreter."""


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
        results += [result for name in names if (result := checker.check_name(name)) is not None]
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
        if in_process or not (CAN_FORK or _is_worth_starting(checker, paths)):
            _check_here(checker, paths, progress, results)
            return results, notices
        pool_type = WorkerPool if CAN_FORK else SpawnedPool
        with pool_type(checker, paths, progress, results, notices) as pool:
            pool.run(worker_count(len(paths), jobs), companions)
    except RunTimeout:
        notices.append(_stopped(checker.config))
    return results, notices


def worker_count(files: int, jobs: int) -> int:
    """The number of workers for some files. jobs: the most; 0: the number of processors, at most 8."""
    each = _FILES_PER_WORKER if CAN_FORK else _FILES_PER_INTERPRETER
    return max(1, min(jobs or min(processes.available(), 8), files // each + 1))


def _is_worth_starting(checker: Checker[R], paths: Sequence[str]) -> bool:
    return len(paths) >= _FILES_PER_INTERPRETER and checker.can_be_sent()


def _stopped(config: Config) -> Notice:
    message = f"stopped after {config.limits.run:g} s: not every file was checked. Raise `limits.run`"
    return Notice("", "timeout", message)


def _check_here(
    checker: Checker[R], paths: Sequence[str], progress: Progress | None, results: list[R]
) -> None:
    for index, path in enumerate(paths):
        deadline.check_run()
        result = checker.check(path)
        if result is not None:
            results.append(result)
        if progress is not None and index % 64 == 0:
            progress(index, len(paths), "")
    if (more := checker.after_range()) is not None:
        results.append(more)


class Status(Protocol):
    """Where a worker records what it does."""

    def start_file(self, index: int) -> None:
        """Record that the worker starts to check this file now."""


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

    __slots__ = ("at", "orders", "pid", "range", "received", "reports", "slot", "started", "stopped")

    def __init__(self, pid: int, orders: int, reports: int, slot: WorkerStatus, at: int) -> None:
        self.pid, self.orders, self.reports, self.slot = pid, orders, reports, slot
        self.started = True  # so that the time that it takes is a file's
        self.stopped = False  # by this process, since a file took too long
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
                self.workers.append(self._start(total * len(self.workers) // max(1, count - 1)))
            for worker in self.workers:
                if worker.range is None and self.waiting:
                    self._assign(worker, self._next_chunk(worker.at, count))
            self._poll()

    def _next_chunk(self, index: int, count: int) -> tuple[int, int]:
        """The next range of waiting files, close to the file at `index`.

        Neighbouring files often need the same patterns and parsers, which a worker loads once. Ranges become
        smaller, so that all workers finish at about the same time.
        """
        left = sum(last - first for first, last in self.waiting)
        nearest = min(self.waiting, key=lambda r: max(r[0] - index, index - r[1], 0))
        self.waiting.remove(nearest)
        first, last = nearest
        size = max(_CHUNK, left // (4 * count))
        if nearest == self.companions or count == 1 or last - first <= size:
            return nearest
        begin = min(max(index, first), last - size)
        self.waiting += [(a, b) for a, b in ((first, begin), (begin + size, last)) if a < b]
        return begin, begin + size

    def _start(self, at: int) -> _Worker:
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
        in_one = wanted == self.companions or len(self.workers) == 1
        self._send(worker, _RANGE.pack(*wanted, math.inf if in_one else _SLICE))

    def _poll(self) -> None:
        """Wait for reports, receive them, and handle workers that died or hang."""
        for worker, piece in self._wait(_POLL_INTERVAL):
            if not piece:
                self._handle_death(worker)
                continue
            worker.received += piece
            self._receive(worker)
        # A rule is interrupted in time unless it is stuck in a library; redaction needs time, too.
        limit = 2 * self.checker.config.limits.seconds + _KILL_GRACE
        now = time.monotonic()
        for worker in [w for w in self.workers if w.range and w.started]:
            if now - worker.slot.started_at > limit and not worker.stopped:
                worker.stopped = True
                self._kill(worker)
        slow = [w.slot.index for w in self.workers if w.range and now - w.slot.started_at > _SLOW]
        if self.progress is not None and (slow or self.slow):
            self.slow = self.paths[slow[0]] if slow else ""
            self.progress(self.done, len(self.paths), self.slow)

    def _wait(self, seconds: float) -> list[tuple[_Worker, bytes]]:
        """What workers have reported; b"" for one that ended."""
        ready = processes.readable([w.reports for w in self.workers], seconds)
        return [(w, os.read(w.reports, 1 << 20)) for w in self.workers if w.reports in ready]

    def _send(self, worker: _Worker, order: bytes) -> None:
        with suppress(BrokenPipeError):  # it died: the next poll sees the end of its reports
            os.write(worker.orders, order)

    def _kill(self, worker: _Worker) -> None:
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)

    def _end(self, worker: _Worker) -> int:
        """Wait for a worker's end; its exit code, or minus the signal that killed it."""
        os.close(worker.orders)
        os.close(worker.reports)
        with suppress(ChildProcessError):
            return os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])
        return 0

    def _receive(self, worker: _Worker) -> None:
        """Unpack a complete report: how far the worker came, and the pickled results, if any."""
        message = processes.unframed(worker.received)
        if message is None or worker.range is None:
            return
        if len(message) > _DONE.size:
            from palint.util import pickling  # a hook that finds nothing does not need it

            self.results += pickling.loads(message[_DONE.size :])
        (done,), (first, last) = _DONE.unpack_from(message), worker.range
        self.done += done - first
        if done < last:
            self.waiting.append((done, last))
            worker.at = done
        worker.received = bytearray()
        worker.range = None
        if self.progress is not None:
            self.progress(self.done, len(self.paths), self.slow)

    def _handle_death(self, worker: _Worker) -> None:
        """A worker died: report its file and requeue the rest of its range."""
        index = worker.slot.index
        code = self._end(worker)
        self.workers.remove(worker)
        if worker.range is None:
            return
        first, last = worker.range
        path = self.paths[index]
        if worker.stopped:
            self.notices.append(
                Notice(path, "timeout", "took too long and was stopped: exclude it or raise `limits.seconds`")
            )
        else:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            self.notices.append(
                Notice(path, "crashed", f"the process that checked it died ({how}); please report it")
            )
        self.waiting += [(a, b) for a, b in ((first, index), (index + 1, last)) if a < b]

    def _terminate(self, worker: _Worker) -> None:
        if worker.range is not None:
            self._kill(worker)
        self._end(worker)


class _Interpreter(_Worker):
    """A worker that is not forked, and the thread that exchanges orders and reports with it.

    It gets the pickled checker and paths on its standard input, then ranges. On its standard output it writes
    results as a forked worker does, and before each file 8 bytes: -1 minus its index. Windows can wait for a
    pipe only by reading it.
    """

    __slots__ = ("pending", "process", "thread")

    def __init__(self, at: int, first: bytes, reports: queue.Queue[tuple[_Worker, bytes]]) -> None:
        """first: what it is sent at its start. reports: where its reports go, then b""."""
        import queue
        import subprocess
        import threading

        self.process = subprocess.Popen(
            processes.new_interpreter("palint.engine.workers", "spawned"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        super().__init__(self.process.pid, -1, -1, WorkerStatus(), at)
        self.started = False
        self.pending: queue.Queue[bytes | None] = queue.Queue()
        self.thread = threading.Thread(target=self._exchange, args=(first, reports), daemon=True)
        self.thread.start()

    def _exchange(self, first: bytes, reports: queue.Queue[tuple[_Worker, bytes]]) -> None:
        orders = self.process.stdin
        assert orders
        with suppress(OSError, EOFError):
            order: bytes | None = first
            while order is not None:
                orders.write(order)
                orders.flush()
                if order is not first:
                    reports.put((self, self._report()))
                order = self.pending.get()
        with suppress(OSError):
            orders.close()
        reports.put((self, b""))

    def _report(self) -> bytes:
        """The next report. Raises EOFError at the worker's end."""
        assert self.process.stdout
        while True:
            head = self.process.stdout.read(8)
            size = int.from_bytes(head, "little", signed=True)
            if len(head) < 8:
                raise EOFError
            if size >= 0:
                return head + self.process.stdout.read(size)
            self.slot.start_file(-1 - size)
            self.started = True


class SpawnedPool(WorkerPool[R]):
    """The workers of one run, each a separate interpreter."""

    def _start(self, at: int) -> _Worker:
        import pickle
        import queue

        if not self.workers:
            made = pickle.dumps((self.checker, self.paths), pickle.HIGHEST_PROTOCOL)
            self._first = processes.framed(made)
            self._reports: queue.Queue[tuple[_Worker, bytes]] = queue.Queue()
        return _Interpreter(at, self._first, self._reports)

    def _wait(self, seconds: float) -> list[tuple[_Worker, bytes]]:
        import queue

        deadline.check_run()
        with suppress(queue.Empty):
            return [self._reports.get(timeout=seconds)]
        return []

    def _send(self, worker: _Worker, order: bytes) -> None:
        assert isinstance(worker, _Interpreter)
        worker.pending.put(order)

    def _kill(self, worker: _Worker) -> None:
        assert isinstance(worker, _Interpreter)
        worker.process.kill()

    def _end(self, worker: _Worker) -> int:
        assert isinstance(worker, _Interpreter)
        worker.pending.put(None)
        worker.thread.join()
        assert worker.process.stdout
        with worker.process.stdout:
            return worker.process.wait()


class _ReportedStatus:
    """A worker's status, which its parent reads from the reports."""

    def __init__(self, reports: int) -> None:
        self._reports = reports

    def start_file(self, index: int) -> None:
        os.write(self._reports, (-1 - index).to_bytes(8, "little", signed=True))


def spawned() -> None:
    """Run a worker that is not forked: the main function of its interpreter."""
    import pickle

    reports = os.dup(1)
    os.dup2(2, 1)  # so that nothing that code prints is taken for a report
    checker, paths = pickle.loads(_read(int.from_bytes(_read(8), "little")))
    _work(checker, paths, 0, reports, _ReportedStatus(reports))


def _read(size: int) -> bytes:
    """The next bytes of standard input, and not one more: `_work` reads the rest itself."""
    data = bytearray()
    while len(data) < size and (piece := os.read(0, size - len(data))):
        data += piece
    return bytes(data)


def _work(
    checker: Checker[object], paths: Sequence[str], orders: int, reports: int, slot: Status
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
            first, last, seconds = _RANGE.unpack(order)
            until = time.monotonic() + seconds
            for index in range(first, last):
                heartbeat()
                result = checker.check(paths[index])
                if result is not None:
                    outcomes.append(result)
                if time.monotonic() > until:
                    break
            if (more := checker.after_range()) is not None:
                outcomes.append(more)
            data = b""
            if outcomes:
                from palint.util import pickling

                data = pickling.dumps(outcomes, -1)  # the highest protocol
            processes.send(reports, _DONE.pack(index + 1) + data)
        compiled_patterns.save()
    except BaseException:
        os._exit(70)
    os._exit(0)
