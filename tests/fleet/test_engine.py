"""The local engine: results as they end, and nothing lost with a worker."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from palint.fleet import engine
from palint.fleet.engine import ATTEMPTS, TASKS, Failure, local


def square(number: int, attempt: int) -> int:
    return number * number


def die(number: int, attempt: int, *, until: int) -> int:
    if number == 3 and attempt < until:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def sleep(number: int, attempt: int) -> int:
    time.sleep(0 if number else 60)
    return number


def fail(number: int, attempt: int) -> int:
    raise ValueError("a secret text")


def remember(number: int, attempt: int, *, folder: Path) -> int:
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(60)
    return number


def test_every_task_has_one_result() -> None:
    for workers in (1, 3):
        assert sorted(local(square, range(50), workers=workers)) == [(n, n * n) for n in range(50)]
    assert list(local(square, [])) == []


def own_process(number: int, attempt: int) -> int:
    return os.getpid()


def test_a_process_does_only_so_many_tasks() -> None:
    made = dict(local(own_process, range(2 * TASKS + 1), workers=1))
    assert len(made) == 2 * TASKS + 1 and len(set(made.values())) == 3


def leave_cycles(number: int, attempt: int) -> int:
    """The MiB of this process before a task that leaves 40 MiB which only a collection frees."""
    size = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    kept: list[object] = [bytearray(4096) for _ in range(10_000)]
    kept.append(kept)
    return size


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux's files on a process")
def test_a_process_gives_memory_back_after_a_large_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LARGE", 0.0)
    sizes = [size for _, size in sorted(local(leave_cycles, range(8), workers=1)) if isinstance(size, int)]
    assert max(sizes) - min(sizes) < 80


def test_the_task_of_a_worker_that_died_is_done_again() -> None:
    assert sorted(local(partial(die, until=1), range(8), workers=2)) == [(n, n) for n in range(8)]


def test_a_task_that_kills_each_worker_is_a_failure_and_the_rest_goes_on() -> None:
    made = dict(local(partial(die, until=ATTEMPTS), range(8), workers=2))
    assert made[3] == Failure("its process died (-9)")
    assert sorted(made) == list(range(8)) and made[7] == 7


def test_a_task_that_takes_too_long_is_a_failure() -> None:
    made = dict(local(sleep, range(3), workers=1, seconds=0.3))
    assert made == {0: Failure("not done within 0.3 s"), 1: 1, 2: 2}


def test_a_bug_is_named_without_its_text() -> None:
    assert dict(local(fail, [1], workers=1)) == {0: Failure("a bug in palint: ValueError")}


def test_closing_ends_the_workers(tmp_path: Path) -> None:
    def first(number: int, attempt: int) -> int:
        return number if number == 0 else remember(number, attempt, folder=tmp_path)

    results = local(first, range(4), workers=2)
    assert next(results) == (0, 0)
    while not list(tmp_path.iterdir()):
        time.sleep(0.01)
    results.close()
    for path in tmp_path.iterdir():
        assert not Path(f"/proc/{path.name.partition('-')[2]}/cmdline").exists()
