"""The engine `ray`: tasks on a cluster, or on one that is started here; see `palint.fleet.engine`."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence

from palint.fleet.engine import ATTEMPTS, LARGE, TASKS, Failure, Work, done
from palint.util import compiled_patterns, processes
from palint.util.typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3  # batches submitted for each processor
_SECONDS = 1.0  # that a batch takes, as far as the last ones tell: Ray takes 5 ms of CPU for each
_MEMORY = 500 << 20  # bytes that a task reserves; a unit takes 100 to 200 MB


def ray(
    work: Work[T, R], tasks: Sequence[T], *, address: str = "", workers: int = 0, seconds: float = 3600
) -> Iterator[tuple[int, R | Failure]]:
    """Run tasks on a cluster. address: of its head; "" starts one on this machine, with `workers` processors.

    seconds: for one attempt at a task. A task whose worker or node died, or ran out of memory, is done again.

    The first tasks, which are the largest, go out one by one, later ones in batches of about a second, and
    the last again in small ones, so that all processors end together: a task takes Ray as much CPU as the
    check of ten files. What was in a batch that failed is done again one by one.
    """
    if not tasks:
        return  # starting a cluster takes five seconds
    import ray as cluster

    own = {} if address else {"num_cpus": workers or None, "include_dashboard": False}
    if not cluster.is_initialized():
        cluster.init(address=address or "local", log_to_driver=False, logging_level="ERROR", **own)

    def bounded(batch: Sequence[tuple[T, int]]) -> tuple[list[R | Failure], float]:
        gc.set_threshold(*processes.GC_THRESHOLD)
        began = time.monotonic()
        results = [_unit(work, task, attempt, seconds) for task, attempt in batch]
        took = time.monotonic() - began
        compiled_patterns.save()
        if took > LARGE:
            processes.release_memory()
        return results, took

    unit = cluster.remote(num_cpus=1, memory=_MEMORY, max_retries=0, max_calls=TASKS)(bounded)
    waiting = deque((index, 0) for index in range(len(tasks)))
    running: dict[Any, list[tuple[int, int]]] = {}
    processors, asked, at_once = 1, 0.0, 1
    try:
        while waiting or running:
            if time.monotonic() - asked > 1:  # nodes may have come or gone
                processors, asked = int(cluster.cluster_resources().get("CPU", 1)), time.monotonic()
            ahead = _AHEAD * processors
            while waiting and len(running) < ahead:
                size = 1 if waiting[0][1] else min(at_once, 1 + len(waiting) // ahead)
                batch = [waiting.popleft() for _ in range(min(size, len(waiting)))]
                running[unit.remote([(tasks[index], attempt) for index, attempt in batch])] = batch
            for each in cluster.wait(list(running), timeout=1)[0]:
                batch = running.pop(each)
                try:
                    results, took = cluster.get(each)
                    at_once = max(1, min(2 * at_once, round(_SECONDS * len(batch) / max(took, 1e-6))))
                    yield from zip((index for index, _ in batch), results, strict=True)
                except cluster.exceptions.RayError as error:
                    for index, attempt in batch:
                        if attempt + 1 < ATTEMPTS:
                            waiting.appendleft((index, attempt + 1))
                        else:
                            yield index, Failure(f"its process died ({type(error).__name__})")
    finally:
        for each in running:
            cluster.cancel(each, force=True)
        if own:
            cluster.shutdown()


def _unit(work: Work[T, R], task: T, attempt: int, seconds: float) -> R | Failure:
    """Do a task; a thread ends the process, as a cluster's node would, if it takes too long."""
    timer = threading.Timer(seconds, os._exit, (75,))
    timer.daemon = True
    timer.start()
    try:
        return done(work, task, attempt)
    finally:
        timer.cancel()
