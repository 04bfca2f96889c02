"""What a person sees on a real terminal while a run lasts."""

from __future__ import annotations

import os
import re
import select
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.conftest import PALINT, Repository

pty = pytest.importorskip("pty")


def test_a_short_run_shows_nothing(repo: Repository) -> None:
    """Short is less than a second, here a minute: the machine may be busy."""
    repo.write("a.py", "x = 1\n")
    parent, child = pty.openpty()
    with open(os.devnull, "r+b") as nothing:
        streams = nothing.fileno(), nothing.fileno(), child
        for seconds, shown in ((60, False), (0, True)):
            constants = {"palint.cli.output:_SHOW_AFTER": seconds}
            assert forked.run(["check"], repo.path, os.environ, streams, constants=constants).code == 0
            assert bool(select.select([parent], [], [], 0)[0]) is shown
    os.close(parent)
    os.close(child)


def _on_terminal(folder: Path, *words: str) -> str:
    """What palint writes to a terminal on standard error, without its control sequences."""
    parent, child = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    process = subprocess.Popen(
        [str(PALINT), *words], cwd=folder, env=env, stdin=child, stdout=subprocess.DEVNULL, stderr=child
    )
    os.close(child)
    written = b""
    while True:
        ready, _, _ = select.select([parent], [], [], 60)
        try:
            piece = os.read(parent, 4096) if ready else b""
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(parent)
    process.wait(timeout=60)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode("utf-8", "replace"))


def test_a_file_that_takes_long_is_named(repo: Repository, slow_rule: None) -> None:
    for number in range(400):
        repo.write(f"src/{number}.py", f"x = {number}\n")
    repo.write("src/[bold]slow.py", "# wait here\n")
    repo.add()
    shown = _on_terminal(repo.path, "check", "--no-cache")
    assert "checking src/[bold]slow.py" in shown, "as it is called, not as markup"
    assert re.search(r"src/\[bold\]slow\.py .*%", shown), shown[-500:]
    assert "checking src/1.py" not in shown
    assert not _on_terminal(repo.path, "check", "--no-cache", "--quiet")


def test_a_version_that_takes_long_is_named_by_its_path(repo: Repository, slow_rule: None) -> None:
    repo.write("slow.py", "# wait here\n")
    repo.add()
    repo.commit()
    assert "checking slow.py" in _on_terminal(repo.path, "history", "--no-state")
