"""A computation elsewhere gives what it would give here, also when that process fails."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time

import pytest

from palint.util.background import Ahead


def wait(made: Ahead[object]) -> None:
    until = time.monotonic() + 20
    while not made.ready():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_the_result_of_another_process() -> None:
    here = os.getpid()
    made = Ahead(lambda: (os.getpid(), "x" * 3_000_000))
    wait(made)
    pid, text = made.take()
    assert pid != here and len(text) == 3_000_000


def test_what_it_raises_is_raised_here() -> None:
    made: Ahead[int] = Ahead(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        made.take()


def test_a_process_that_dies_is_made_up_for() -> None:
    here = os.getpid()
    made = Ahead(lambda: os.getpid() if os.getpid() == here else os.kill(os.getpid(), signal.SIGKILL))
    wait(made)
    assert made.take() == here


def test_without_fork_it_is_computed_when_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    made = Ahead(os.getpid)
    assert made.ready() and made.take() == os.getpid()


def test_an_interrupt_ends_both() -> None:
    made = Ahead(lambda: time.sleep(600))
    pid = made._pid
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        made.take()
    assert subprocess.run(["ps", "-p", str(pid)], stdout=subprocess.DEVNULL, check=False).returncode == 1


def test_what_nobody_takes_ends() -> None:
    made = Ahead(lambda: time.sleep(600))
    pid = made._pid
    del made
    assert subprocess.run(["ps", "-p", str(pid)], stdout=subprocess.DEVNULL, check=False).returncode == 1
