"""What `palint fleet check` says while it runs: a line a minute in a log, one that changes on a terminal."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from types import SimpleNamespace

import pytest

from palint.fleet import progress
from palint.fleet.progress import Progress


def test_a_log_has_a_line_a_minute_and_at_the_end_the_slow_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=100.0)
    monkeypatch.setattr(progress, "time", clock)
    with Progress(3_000, verbose=True) as shown:
        for number in range(1_000):
            shown.done(f"acme/r{number}", 2, 0.5)
        assert capsys.readouterr().err == "palint: 0 of 3,000 repositories\n"
        for now, said in (
            (159.9, ""),
            (160, "palint: 1,002 of 3,000 repositories, 2,002 findings, 16.7 a second, 2:00 left\n"),
            (219.9, ""),
            (221, "palint: 1,004 of 3,000 repositories, 2,004 findings, 8.3 a second, 4:01 left\n"),
        ):
            clock.now = now
            shown.done("acme/\x1b[31mweb", 1, now / 100)
            assert capsys.readouterr().err == said
    slow = [line.removeprefix("palint: ") for line in capsys.readouterr().err.splitlines()]
    seconds = ["2.2 s", "2.2 s", "1.6 s", "1.6 s"]
    assert slow[:4] == [f"{each}: acme/\\x1b[31mweb" for each in seconds]
    assert slow[4:] == [f"0.5 s: acme/r{number}" for number in range(999, 993, -1)]


def test_a_terminal_has_one_line_that_changes_and_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, terminal = os.openpty()
    with os.fdopen(terminal, "w", encoding="utf-8") as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setattr(progress, "_TERMINAL_SECONDS", 0.0)
        with Progress(2) as shown:
            shown.done("acme/api", 0, 0.1)
            shown.done("acme/web", 0, 0.1)
    written = ""
    with suppress(OSError):  # its end, on Linux
        while piece := os.read(reader, 4096):
            written += piece.decode()
    os.close(reader)
    assert "\n" not in written and written.endswith("\r\x1b[K")
    assert re.findall(r"\r\x1b\[Kpalint: (\d) of 2 repositories", written) == ["0", "1", "2"]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LOG_SECONDS", 0.0)
    with Progress(1, verbose=True, quiet=True) as shown:
        shown.done("acme/api", 0, 0.1)
    assert not capsys.readouterr().err
