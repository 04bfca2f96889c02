"""What `palint fleet check` says while it runs: a line a minute in a log, one that changes on a terminal."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress

import pytest

from palint.fleet import progress
from palint.fleet.progress import Progress


def test_a_log_has_a_line_a_minute_and_at_the_end_the_slow_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Progress(3, verbose=True) as shown:
        assert capsys.readouterr().err == "palint: 0 of 3 repositories\n"
        shown.done("acme/api", 2, 1.5)
        assert not capsys.readouterr().err  # less than a minute
        monkeypatch.setattr(progress, "_LOG_SECONDS", 0.0)
        shown.done("acme/\x1b[31mweb", 1, 3.25)
        (line,) = capsys.readouterr().err.splitlines()
        assert re.fullmatch(r"palint: 2 of 3 repositories, 3 findings, [\d.]+ a second, \d+:\d\d left", line)
    assert capsys.readouterr().err == "palint: 3.2 s: acme/\\x1b[31mweb\npalint: 1.5 s: acme/api\n"


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
