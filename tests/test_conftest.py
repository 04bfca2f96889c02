"""What the suite makes goes when it ends, whatever ends it, and none of it is in the caller's folders."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

END = (
    "import os, sys\n"
    "from tests import conftest\n"
    "folder = conftest._temporary_folder('made-')\n"
    "open(os.path.join(folder, 'file'), 'w').close()\n"
    "print(folder, os.environ['XDG_CACHE_HOME'], flush=True)\n"
    "number = int(sys.argv[1])\n"
    "os.kill(os.getpid(), number) if number else sys.exit()\n"
)


@pytest.mark.parametrize("number", [0, signal.SIGTERM, signal.SIGKILL], ids=["exit", "SIGTERM", "SIGKILL"])
def test_folders_are_removed(number: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", END, str(int(number))],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -number, done.stderr
    made = [Path(folder) for folder in done.stdout.split()]
    assert len(made) == 2 and all(folder.parent == tmp_path for folder in made)
    end = time.monotonic() + 30
    while number and any(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not list(tmp_path.iterdir())


WITHOUT_PLUGINS = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # they take a second to import


def test_collecting_writes_nothing_into_the_callers_cache(tmp_path: Path) -> None:
    """Some tests compile all keywords when they are imported, and palint keeps what it compiled."""
    words = ["--collect-only", "-q", "-p", "no:cacheprovider", "tests/hostile/test_properties.py"]
    environment = {
        **WITHOUT_PLUGINS,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path / "home"),
    }
    subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    assert not list(tmp_path.iterdir())


def test_a_shuffled_order_keeps_each_modules_tests_together() -> None:
    def order(*words: str) -> list[str]:
        collect = [*words, "--collect-only", "-q", "-p", "no:cacheprovider", "tests/text"]
        listed = subprocess.run(
            [sys.executable, "-m", "pytest", *collect],
            cwd=ROOT,
            env=WITHOUT_PLUGINS,
            check=True,
            capture_output=True,
            text=True,
        )
        return [line for line in listed.stdout.splitlines() if "::" in line]

    plain, first = order(), order("--shuffle", "1")
    assert first != plain and sorted(first) == sorted(plain)
    modules = [line.partition("::")[0] for line in first]
    changes = sum(a != b for a, b in itertools.pairwise(modules))
    assert changes == len(set(modules)) - 1
