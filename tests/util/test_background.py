"""A computation elsewhere gives what it would give here, also when that process fails."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time

import pytest

from palint.util.background import BackgroundTask


def wait(made: BackgroundTask[object]) -> None:
    until = time.monotonic() + 20
    while not made.done():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_the_result_of_another_process() -> None:
    here = os.getpid()
    made = BackgroundTask(lambda: (os.getpid(), "x" * 3_000_000))
    wait(made)
    pid, text = made.result()
    assert pid != here and len(text) == 3_000_000


def test_an_exception_of_the_child_is_raised_by_result() -> None:
    made: BackgroundTask[int] = BackgroundTask(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        made.result()


def test_a_process_that_dies_is_made_up_for() -> None:
    here = os.getpid()
    made = BackgroundTask(
        lambda: os.getpid() if os.getpid() == here else os.kill(os.getpid(), signal.SIGKILL)
    )
    wait(made)
    assert made.result() == here


def test_without_fork_it_is_computed_when_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    made = BackgroundTask(os.getpid)
    assert made.done() and made.result() == os.getpid()


def test_an_interrupt_ends_both() -> None:
    made = BackgroundTask(lambda: time.sleep(600))
    pid = made.pid
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        made.result()
    assert subprocess.run(["ps", "-p", str(pid)], stdout=subprocess.DEVNULL, check=False).returncode == 1


def test_a_task_without_a_reader_is_ended() -> None:
    made = BackgroundTask(lambda: time.sleep(600))
    pid = made.pid
    del made
    assert subprocess.run(["ps", "-p", str(pid)], stdout=subprocess.DEVNULL, check=False).returncode == 1
