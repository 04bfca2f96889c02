"""A signal in the very moment of a fork concerns no other process; pipes of any descriptor are read."""

from __future__ import annotations

import os
import signal
import subprocess
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint.util import background, processes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What `os.kill` is asked for. Replaced, since -1 would end every process of the user."""
    asked: list[int] = []
    monkeypatch.setattr(background, "os", types.SimpleNamespace(**vars(os)))
    monkeypatch.setattr(background.os, "kill", lambda pid, number: asked.append(pid))
    before = signal.getsignal(signal.SIGTERM)
    yield asked
    signal.signal(signal.SIGTERM, before)


def test_in_the_parent(monkeypatch: pytest.MonkeyPatch, killed: list[int]) -> None:
    children = []
    fork = os.fork

    def fork_and_signal() -> int:
        pid = fork()
        if pid:
            children.append(pid)
            signal.raise_signal(signal.SIGTERM)
        return pid

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    monkeypatch.setattr(os, "fork", fork_and_signal)
    monkeypatch.setattr(background.os, "fork", fork_and_signal)
    with pytest.raises(KeyboardInterrupt):
        background.BackgroundTask(lambda: 1)
    os.waitpid(children[0], 0)
    assert [pid for pid in killed if pid <= 0] == []


def test_in_the_child(monkeypatch: pytest.MonkeyPatch, killed: list[int]) -> None:
    parent, fork = os.getpid(), os.fork

    def fork_and_signal() -> int:
        pid = fork()
        if not pid:
            signal.raise_signal(signal.SIGTERM)
        return pid

    signal.signal(signal.SIGTERM, lambda *_: os.getpid() == parent or os._exit(99))
    monkeypatch.setattr(os, "fork", fork_and_signal)
    monkeypatch.setattr(background.os, "fork", fork_and_signal)
    task = background.BackgroundTask(lambda: 1)
    _, status = os.waitpid(task.pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGTERM, "no handler of ours ran in the child"
    assert task.result() == 1, "then it is computed here"


def test_pipes_are_waited_for_whatever_their_descriptors_number() -> None:
    """`select` refuses descriptors from 1,024 on: a program that calls palint may have as many files open."""
    resource = pytest.importorskip("resource")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if most < 1100:
        pytest.skip("this system allows too few open files")
    pipes = [os.pipe() for _ in range(3)]
    reading = [os.dup2(end, 1030 + number) for number, (end, _) in enumerate(pipes)]
    try:
        assert processes.readable(reading, 0) == set()
        os.write(pipes[0][1], b"x")
        os.close(pipes[1][1])  # ended
        assert processes.readable(reading, 5) == {reading[0], reading[1]}
    finally:
        for descriptor in (*reading, *(end for end, _ in pipes), pipes[0][1], pipes[2][1]):
            os.close(descriptor)


def test_a_new_interpreter_collects_as_rarely_as_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said.py").write_text("import gc\ndef threshold(): print(gc.get_threshold()[0])\n")
    monkeypatch.syspath_prepend(tmp_path)
    made = subprocess.run(
        processes.new_interpreter("said", "threshold"), capture_output=True, text=True, check=True
    )
    assert int(made.stdout) == processes.GC_THRESHOLD[0]
