"""Wall time and memory of palint beside other scanners on the same tree, in one run, as ratios.

    python bench/compare.py               everything below
    python bench/compare.py tree          one tree of ten Python projects; `copies`, `variants`: ten of it
    python bench/compare.py trees         trees of other kinds (trees.txt), each and all together

Every program runs with all its rules, offline, and prints what it finds to nowhere. Rounds are interleaved,
so that what else the machine does meets all of them; the figure is the median of five rounds after one that
warms the disk's cache. Memory is the sum over a program's processes (Linux: proportional set size) in
a separate round. detect-secrets runs once, on the tree alone, and is stopped after three minutes.
CPU time is that of all of a program's processes, the median too: it depends less on what else runs.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median

try:
    import resource
except ImportError:  # Windows: no CPU time
    resource = None  # type: ignore[assignment]

sys.path.insert(0, str(Path(__file__).parent))
import corpus

ROUNDS = 5
GOAL, GOALS = 0.6, {"moto": 0.7, "localstack": 0.7, "all trees": 0.5}  # of the fastest other's time
PATIENCE = 180  # seconds for detect-secrets


def commands(place: Path, programs: Path) -> dict[str, list[str] | None]:
    """{name: command that scans `place`}; None where the program is not on this machine."""
    there = str(place)
    gitleaks = corpus.gitleaks()
    return {
        "palint": [str(programs / "palint"), "--isolated", "--no-cache", "--format", "concise", there],
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


def _children() -> float:
    """CPU seconds of the processes that have ended and were waited for."""
    if resource is None:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(command: list[str], patience: float | None = None) -> tuple[float, float]:
    """Wall and CPU time of one run; infinite when it was stopped after `patience` seconds."""
    before, began = _children(), time.perf_counter()
    quiet = subprocess.DEVNULL
    run = subprocess.Popen(
        command, stdout=quiet, stderr=quiet, env=corpus.ENVIRONMENT, start_new_session=True
    )
    try:
        run.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return float("inf"), float("inf")
    took = time.perf_counter() - began, _children() - before
    # 1 and 200: something was found; 2: palint searched a file as text that it could not parse. A program
    # that fails at once would look fast.
    if run.returncode not in (0, 1, 2, 123, 200):
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


Times = dict[str, list[tuple[float, float]]]  # of each program, the wall and CPU time of each round


def measure(place: Path, slow: bool = False) -> tuple[Times, dict[str, float]]:
    """({program: times}, {program: MB}) of all programs that are on this machine."""
    wanted = commands(place, corpus.environment())
    running = {who: command for who, command in wanted.items() if command and who != "detect-secrets"}
    times: Times = {who: [] for who in running}
    for command in running.values():
        seconds(command)
    for _ in range(ROUNDS):
        for who, command in running.items():
            times[who].append(seconds(command))
    held = {who: memory(command) for who, command in running.items()}
    if slow and wanted["detect-secrets"]:
        times["detect-secrets"] = [seconds(wanted["detect-secrets"], PATIENCE)]
    return times, held


def show(name: str, times: Times, held: dict[str, float]) -> None:
    """Print one table. In the last line the ratios of each round: its median, the least and the most."""
    mine = median(wall for wall, _ in times["palint"])
    for who, rounds in times.items():
        walls = [wall for wall, _ in rounds]
        took, spread = median(walls), f"{min(walls):.2f} to {max(walls):.2f}"
        if took == float("inf"):
            sys.stdout.write(f"  {who:15} stopped after {PATIENCE} s\n")
            continue
        sys.stdout.write(
            f"  {who:15} {took:7.2f} s ({spread:>14})  {took / mine:6.2f} × palint"
            f"  {median(cpu for _, cpu in rounds):7.2f} s CPU {held.get(who, 0):6.0f} MB\n"
        )
    peers = [who for who in times if who not in ("palint", "cat", "detect-secrets")]
    parts = []
    for which in (0, 1):
        fastest = min(peers, key=lambda who: median(each[which] for each in times[who]))
        ratios = [
            own[which] / other[which] if other[which] else 0.0
            for own, other in zip(times["palint"], times[fastest], strict=True)
        ]
        parts.append(f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) of {fastest}'s")
    goal = GOALS.get(name, GOAL)
    sys.stdout.write(f"  palint takes {parts[0]} wall time and {parts[1]} CPU time; the goal is {goal:.2f}\n")


def compare(name: str, place: Path, slow: bool = False) -> tuple[Times, dict[str, float]]:
    """Measure one tree and print its table."""
    count, total = corpus.size(place)
    sys.stdout.write(f"\n{name}: {count} files, {total / 1e6:.1f} MB\n")
    times, held = measure(place, slow)
    show(name, times, held)
    sys.stdout.flush()
    return times, held


def together(tables: list[tuple[Times, dict[str, float]]]) -> tuple[Times, dict[str, float]]:
    """One table of several: times of a round added up, the most memory."""
    whole: Times = {
        who: [
            (sum(wall for wall, _ in rounds), sum(cpu for _, cpu in rounds))
            for rounds in zip(*(times[who] for times, _ in tables), strict=True)
        ]
        for who in tables[0][0]
    }
    return whole, {who: max(held[who] for _, held in tables) for who in whole}


def main() -> None:
    """Print the tables named on the command line."""
    wanted = sys.argv[1:] or ["tree", "copies", "variants", "trees"]
    sys.stdout.write(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n"
    )
    if "tree" in wanted:
        compare("the tree", corpus.tree(), slow=True)
    if "copies" in wanted:
        compare("ten copies", corpus.copies())
    if "variants" in wanted:  # what remains where nothing is a copy of anything
        compare("ten variants", corpus.variants())
    if "trees" in wanted:
        tables = [compare(name, place) for name, place in corpus.trees().items()]
        sys.stdout.write("\nall trees\n")
        show("all trees", *together(tables))


if __name__ == "__main__":
    main()
