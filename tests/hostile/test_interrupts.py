"""A signal at any moment: every file is the old one or the new one, and nothing else is left behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from palint.cli import output
from palint.util import atomic_file
from tests.conftest import PALINT, Repository

WORKFLOW = """on: push
permissions:
  contents: read
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::123456789012:role/x", aws-region: eu-west-2}
"""


def processes_of(root: Path) -> list[int]:
    """Processes whose working directory is `root`."""
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.readlink(f"/proc/{name}/cwd") == str(root):
                found.append(int(name))
        except OSError:
            continue
    return found


def left_behind(root: Path) -> list[int]:
    """Processes whose working directory is still `root` after a moment for those that are ending."""
    for _ in range(100):
        if not processes_of(root):
            return []
        time.sleep(0.05)
    return processes_of(root)


@pytest.fixture
def tree(repo: Repository) -> Repository:
    for i in range(60):
        repo.write(f".github/workflows/w{i}.yml", WORKFLOW)
        repo.write(f"src/m{i}.py", "x = 1\n" * 500)
    repo.add()
    repo.commit()
    return repo


def whole_run(tree: Repository, *args: str) -> float:
    """How long the installed program takes undisturbed, in seconds."""
    begun = time.monotonic()
    made = subprocess.run([PALINT, *args], cwd=tree.path, capture_output=True, check=False)
    assert made.returncode in (0, 1), made.stderr
    return time.monotonic() - begun


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_fix(tree: Repository) -> None:
    args = ("check", "--fix", "--output", "json:report.json", "--output", "sarif:report.sarif", ".")
    whole_run(tree, *args)
    fixed = (tree.path / ".github/workflows/w0.yml").read_text()
    assert "id-token: write" in fixed
    moments = random.Random(1)
    interrupted: Counter[int] = Counter()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    tree.git("checkout", "-q", "--", ".")
    took = whole_run(tree, *args)  # by now everything is cached
    for attempt in range(90):
        number = signals[attempt % 3]
        if attempt >= 9 and all(interrupted[each] for each in signals):
            break
        tree.git("checkout", "-q", "--", ".")
        for name in ("report.json", "report.sarif"):
            (tree.path / name).unlink(missing_ok=True)
        process = subprocess.Popen(
            [PALINT, *args], cwd=tree.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        time.sleep(moments.uniform(0.2, 1.0) * took)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        assert process.returncode in (0, 1, 130, -number)
        # Before the first line of ours has run, a signal is Python's to answer.
        assert b"Traceback" not in err or process.returncode == -number
        interrupted[number] += process.returncode == 130
        for path in tree.path.glob(".github/workflows/*"):
            assert path.name.startswith("w") and path.name.endswith(".yml"), "left behind"
            assert path.read_text() in (WORKFLOW, fixed)
        if (tree.path / "report.json").exists():
            json.loads((tree.path / "report.json").read_text())
        left = set(os.listdir(tree.path)) - {".git", ".github", "src", "report.json", "report.sarif"}
        assert not left
        assert not left_behind(tree.path)
    assert all(interrupted[each] for each in signals)


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_baseline(tree: Repository) -> None:
    took = whole_run(tree, "baseline")
    before = (tree.path / "palint-baseline.jsonl").read_bytes()
    for part in (0.4, 0.8):
        process = subprocess.Popen(
            [PALINT, "baseline"], cwd=tree.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(took * part)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        assert (tree.path / "palint-baseline.jsonl").read_bytes() == before
        assert not [n for n in os.listdir(tree.path) if "baseline" in n and n != "palint-baseline.jsonl"]
        assert not left_behind(tree.path)


def test_modes_are_kept(tree: Repository) -> None:
    path = tree.path / ".github/workflows/w7.yml"
    path.chmod(0o755)
    tree.palint("check", "--fix", ".")
    assert path.stat().st_mode & 0o777 == 0o755
    assert "id-token" in path.read_text()


def test_an_interrupt_as_a_report_gets_its_name_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.replace

    def interrupted(old: str, new: str, **folders: int | None) -> None:
        rename(old, new, **folders)
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic_file.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.write_atomic(str(tmp_path / "report.json"), "{}")
    assert (tmp_path / "report.json").read_text() == "{}"
    assert os.listdir(tmp_path) == ["report.json"]


def test_an_interrupt_as_a_file_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal arrives during the system call; Python answers it when the call has returned."""
    make = os.open

    def interrupted(*args: object, **kwargs: object) -> int:
        os.close(make(*args, **kwargs))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic_file.os, "open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.write_atomic(str(tmp_path / "report.json"), "{}")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs POSIX signals")
def test_a_finalizer_swallows_no_interrupt() -> None:
    """Python prints what a `__del__` raises, and goes on."""
    program = (
        "import os, signal, time\n"
        "from palint.cli.main import _interrupt\n"
        "signal.signal(signal.SIGTERM, _interrupt)\n"
        "class Held:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        print('done')\n"
        "try:\n"
        "    Held()\n"
        "    time.sleep(20)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout.split() == ["done", "interrupted"] and made.stderr == ""


SENT_AT_ONCE = """
start = threading.Timer.start
def send(timer):
    threading.Timer.start = start
    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(0)
threading.Timer.start = send
"""


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs POSIX signals")
@pytest.mark.parametrize("more", ["", SENT_AT_ONCE], ids=["", "also while Python reports it"])
def test_a_callback_of_a_weak_reference_swallows_no_interrupt(more: str) -> None:
    """As importlib has one for a module's lock."""
    program = (
        "import os, signal, sys, threading, time, weakref\n"
        "from palint.cli import main\n"
        f"{more}"
        "def callback(reference):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    time.sleep(0)\n"
        "def run(arguments):\n"
        "    held = main.deadline.RunTimeout()\n"
        "    kept = weakref.ref(held, callback)\n"
        "    try:\n"
        "        del held\n"
        "        time.sleep(20)\n"
        "    except KeyboardInterrupt:\n"
        "        print('interrupted')\n"
        "    return 0\n"
        "main.run = run\n"
        "main.main()\n"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout == "interrupted\n" and made.stderr == ""


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_history(tree: Repository, tmp_path: Path) -> None:
    """Ends at once, leaves no git and no worker, and a state only if the run was complete."""
    for i in range(8):
        tree.write(f"src/m{i}.py", f"x = {i}\n" * 3000)
        tree.add()
        tree.commit()
    state = tmp_path / "state"
    argv = [str(PALINT), "history", "--state", str(state)]
    quiet = subprocess.DEVNULL
    whole = whole_run(tree, "history", "--no-state")
    for part in (0.4, 0.8):
        state.unlink(missing_ok=True)
        run = subprocess.Popen(argv, cwd=tree.path, stdout=quiet, stderr=quiet)
        time.sleep(whole * part)
        run.send_signal(signal.SIGINT)
        assert run.wait(10) in (0, 130, -signal.SIGINT)  # before our first line, the signal is Python's
        assert left_behind(tree.path) == []
        assert not list(tmp_path.glob("*.new"))
        if state.exists():
            json.loads(state.read_text())
