"""Wall time and memory of palint beside other scanners on the same tree, in one run, as ratios.

    python bench/compare.py               the tree, ten copies of it, and ten variants
    python bench/compare.py tree          the tree alone; likewise `copies` and `variants`

Every program runs with all its rules, offline, and prints what it finds to nowhere. Rounds are interleaved,
so that what else the machine does meets all of them; the figure is the median of five rounds after one that
warms the disk's cache. Memory is the sum over a program's processes (Linux: proportional set size) in
a separate round. detect-secrets runs once, on the tree alone, and is stopped after three minutes.
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))
import corpus

ROUNDS = 5
PATIENCE = 180  # seconds for detect-secrets


def commands(place: Path, programs: Path) -> dict[str, list[str] | None]:
    """{name: command that scans `place`}; None where the program is not on this machine."""
    there = str(place)
    gitleaks = shutil.which("gitleaks", path=os.defpath + os.pathsep + "/usr/local/bin")
    return {
        "palint": [str(programs / "palint"), "--isolated", "--format", "concise", there],
        "betterleaks": [str(programs / "betterleaks"), "--silent", there],
        "kingfisher": [
            str(programs / "kingfisher"),
            "scan",
            "--no-validate",
            "--no-update-check",
            "-q",
            there,
        ],
        "gitleaks": [gitleaks, "detect", "--no-git", "--no-banner", "-l", "error", "-s", there]
        if gitleaks
        else None,
        # It scans nothing of an absolute path, so it runs in the tree.
        "detect-secrets": [
            str(programs / "detect-secrets"),
            *("--cores", str(os.cpu_count() or 1)),
            *("-C", there),
            *("scan", "--all-files", "--no-verify", "."),
        ],
        "cat": ["sh", "-c", 'find "$1" -type f -print0 | xargs -0 cat', "sh", there],
    }


def seconds(command: list[str], patience: float | None = None) -> float:
    """Wall time of one run; infinite when it was stopped after `patience` seconds."""
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    run = subprocess.Popen(
        command, stdout=quiet, stderr=quiet, env=corpus.ENVIRONMENT, start_new_session=True
    )
    try:
        run.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return float("inf")
    took = time.perf_counter() - began
    # 1 and 200 say that something was found; a program that fails at once would look fast.
    if run.returncode not in (0, 1, 123, 200):
        raise SystemExit(f"{command[0]} ended with {run.returncode}")
    return took


def memory(command: list[str]) -> float:
    """The most memory (MB) that a program's processes held together; 0.0 where the system does not say."""
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(
        command, stdout=quiet, stderr=quiet, env=corpus.ENVIRONMENT, start_new_session=True
    )
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, sum(_held(pid) for pid in _session(child.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    child.wait()
    done.set()
    watcher.join()
    return most / 1024


def _session(leader: int) -> list[str]:
    """The processes of a session."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(pid)
    return found


def _held(pid: str) -> int:
    """A process's proportional set size in kB: what it shares with others counts by its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def compare(name: str, place: Path, slow: bool) -> None:
    """Measure and print one table."""
    count, total = corpus.size(place)
    sys.stdout.write(f"\n{name}: {count} files, {total / 1e6:.1f} MB\n")
    wanted = commands(place, corpus.environment())
    running = {who: command for who, command in wanted.items() if command and who != "detect-secrets"}
    times: dict[str, list[float]] = {who: [] for who in running}
    for command in running.values():
        seconds(command)
    for _ in range(ROUNDS):
        for who, command in running.items():
            times[who].append(seconds(command))
    held = {who: memory(command) for who, command in running.items()}
    if slow and wanted["detect-secrets"]:
        times["detect-secrets"] = [seconds(wanted["detect-secrets"], PATIENCE)]
    mine = median(times["palint"])
    fastest = min(median(t) for who, t in times.items() if who not in ("palint", "cat"))
    for who in wanted:
        if who not in times:
            sys.stdout.write(f"  {who:15} absent\n")
            continue
        took = median(times[who])
        if took == float("inf"):
            sys.stdout.write(f"  {who:15} stopped after {PATIENCE} s\n")
            continue
        spread = f"{min(times[who]):.2f} to {max(times[who]):.2f}" if len(times[who]) > 1 else "one run"
        sys.stdout.write(
            f"  {who:15} {took:7.2f} s ({spread:>14})  {took / mine:6.2f} × palint"
            f"  {held.get(who, 0):6.0f} MB\n"
        )
    sys.stdout.write(f"  palint takes {mine / fastest:.2f} of the fastest one's time; the goal is 0.50\n")


def main() -> None:
    """Print the tables named on the command line."""
    wanted = sys.argv[1:] or ["tree", "copies", "variants"]
    sys.stdout.write(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n"
    )
    if "tree" in wanted:
        compare("the tree", corpus.tree(), slow=True)
    if "copies" in wanted:
        compare("ten copies", corpus.copies(), slow=False)
    if "variants" in wanted:  # what remains where nothing is a copy of anything
        compare("ten variants", corpus.variants(), slow=False)


if __name__ == "__main__":
    main()
