"""The seam between palint and what runs its units: work goes in, results come out as they end.

An engine is a generator: `engine(work, tasks)` yields (index of the task, its result or a `Failure`), in the
order in which they end. Closing it cancels what runs. `work` and each task can be pickled, and to do a task
twice does no harm, so a task whose worker died is done again.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from palint.util import compiled_patterns, deadline, processes
from palint.util.typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[T, int], R]  # the second argument counts the attempts, from 0

ATTEMPTS = 3
LARGE = 0.5  # seconds of a task after which memory is given back, which takes some hundredths
TASKS = 1000  # of one process, should a library keep memory: 10 MB remain of 2,000 repositories


class Failure(NamedTuple):
    """A task without a result, and why."""

    reason: str


class _Child:
    """A forked worker. task: (index, attempt) of what it does, since `began`."""

    def __init__(self, work: Work[Any, Any], tasks: Sequence[Any], others: Sequence[_Child]) -> None:
        orders, self.orders = os.pipe()
        self.results, results = os.pipe()
        self.task: tuple[int, int] | None = None
        self.index = -1  # of the last task
        self.began = 0.0
        self.left = TASKS
        self.received = bytearray()
        self.pid = processes.fork()
        if self.pid == 0:
            for descriptor in (
                self.orders,
                self.results,
                *(fd for o in others for fd in (o.orders, o.results)),
            ):
                os.close(descriptor)
            _serve(work, tasks, orders, results)
        os.close(orders)
        os.close(results)

    def start(self, task: tuple[int, int]) -> None:
        self.task, self.index, self.began, self.left = task, task[0], time.monotonic(), self.left - 1
        with suppress(BrokenPipeError):  # it died: its end of the results says so
            os.write(self.orders, task[0].to_bytes(4, "little") + task[1].to_bytes(4, "little"))

    def end(self) -> int:
        """End it, by force if it is at work, and return its exit code; negative for a signal."""
        if self.task is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        os.close(self.orders)
        os.close(self.results)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def local(
    work: Work[T, R], tasks: Sequence[T], *, workers: int = 0, seconds: float = 3600
) -> Iterator[tuple[int, R | Failure]]:
    """Run tasks in forked processes. workers: 0 for one per processor. seconds: for one attempt at a task."""
    waiting = deque((index, 0) for index in range(len(tasks)))
    children: list[_Child] = []
    try:
        while waiting or any(child.task for child in children):
            for child in children:
                if child.task is None and waiting:
                    child.start(waiting.popleft())
            while waiting and len(children) < (workers or processes.available()):
                children.append(_Child(work, tasks, children))
                children[-1].start(waiting.popleft())
            ready = processes.readable([child.results for child in children], 1)
            for child in list(children):
                piece = os.read(child.results, 1 << 20) if child.results in ready else None
                late = child.task is not None and time.monotonic() - child.began > seconds
                if piece:
                    child.received += piece
                    message = processes.unframed(child.received)
                    if message is not None:
                        outcome = pickle.loads(message)
                        child.received, child.task = bytearray(), None
                        if not child.left:
                            child.end()
                            children.remove(child)
                        yield child.index, outcome
                elif piece == b"" or late:
                    code = child.end()
                    children.remove(child)
                    if child.task is not None:
                        index, attempt = child.task
                        if attempt + 1 < ATTEMPTS and not late:
                            waiting.appendleft((index, attempt + 1))
                        else:
                            how = f"not done within {seconds:g} s" if late else f"its process died ({code})"
                            yield index, Failure(how)
    finally:
        for child in children:
            child.end()


def _serve(work: Work[Any, Any], tasks: Sequence[Any], orders: int, results: int) -> None:
    """Work until the driver closes the pipe, or ends; never return to its code."""
    try:
        deadline.forget_run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver decides
        gc.set_threshold(*processes.GC_THRESHOLD)
        gc.freeze()  # what the driver has is in no collection
        while order := os.read(orders, 8):
            index, attempt = int.from_bytes(order[:4], "little"), int.from_bytes(order[4:], "little")
            began = time.monotonic()
            processes.send(results, pickle.dumps(done(work, tasks[index], attempt)))
            if time.monotonic() - began > LARGE:
                processes.release_memory()
        compiled_patterns.save()
    except BaseException:
        os._exit(70)
    os._exit(0)


def done(work: Work[T, R], task: T, attempt: int) -> R | Failure:
    """Do a task; an exception is a failure."""
    try:
        return work(task, attempt)
    except Exception as error:  # its message may quote a file
        return Failure(f"a bug in palint: {type(error).__name__}")
