"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def slow_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of another package, which takes a second and a half for a file with `wait here`."""
    (tmp_path / "installed" / "waiting-1.dist-info").mkdir(parents=True)
    (tmp_path / "installed" / "waiting-1.dist-info" / "entry_points.txt").write_text(
        "[palint.rules]\nwaiting = waiting:Waiting\n"
    )
    (tmp_path / "installed" / "waiting.py").write_text(
        "import time\n"
        "from palint.rule import Rule\n"
        "class Waiting(Rule):\n"
        "    'Wait.'\n"
        "    keywords = ('wait here',)\n"
        "    checks_history = True\n"
        "    def check(self, file, project):\n"
        "        time.sleep(1.5)\n"
        "        return ()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
