"""Wall time and memory of `palint history` and other scanners on the same bare clones, in one run, as ratios.

    git clone --bare URL wagtail.git
    python bench/history.py wagtail.git ansible.git

Every program reads the whole history with all its rules, offline; its output is thrown away. Rounds are
interleaved; the figure is the median of `ROUNDS` after one that warms the disk's cache. `git log -p` alone
and `git cat-file` alone (each blob once, in the order of the packs) are the costs of the two ways to read a
history. palint's second run has the state of the first one, and no new commits.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))
import compare
import corpus

ROUNDS = 3
_ALL = "git -C {0} cat-file --batch-all-objects --unordered --batch-check"
_BLOBS = f"{_ALL} | grep ' blob ' | cut -d' ' -f1 | git -C {{0}} cat-file --batch --buffer"


def commands(repository: str, programs: Path) -> dict[str, list[str] | None]:
    """{name: command that scans the history}; None where the program is not on this machine."""
    gitleaks = corpus.gitleaks()
    kingfisher = ("scan", "--no-validate", "--no-update-check", "-q", "--git-history", "full")
    return {
        "palint": [
            str(programs / "palint"),
            "history",
            "--isolated",
            "--no-state",
            "--allow-incomplete",
            "--format",
            "json",
        ],
        "kingfisher": [str(programs / "kingfisher"), *kingfisher, repository],
        "betterleaks": [str(programs / "betterleaks"), "git", "--silent", repository],
        "gitleaks": [gitleaks, "git", "--no-banner", "-l", "error", repository] if gitleaks else None,
        "git log -p -U0": ["git", "-C", repository, "log", "-p", "-U0", "--all", "--full-history"],
        "git cat-file": ["sh", "-c", _BLOBS.format(repository)],
    }


def seconds(command: list[str], repository: str, **environment: str) -> tuple[float, float]:
    """(wall time, processor time) of one run."""
    before, began = os.times(), time.perf_counter()
    quiet = subprocess.DEVNULL
    env = {**corpus.ENVIRONMENT, "GIT_DIR": repository, **environment}
    code = subprocess.run(command, stdout=quiet, stderr=quiet, env=env, check=False).returncode
    took, after = time.perf_counter() - began, os.times()
    if code not in (0, 1, 200, 205):
        raise SystemExit(f"{command[0]} ended with {code}")
    return took, sum(after[2:4]) - sum(before[2:4])


def report(repository: str) -> None:
    """Measure and print one table."""
    size = subprocess.run(
        ["git", "-C", repository, "rev-list", "--all", "--count"], capture_output=True, text=True, check=True
    )
    sys.stdout.write(f"\n{Path(repository).name}: {size.stdout.strip()} commits\n")
    wanted = commands(repository, corpus.environment())
    running = {name: command for name, command in wanted.items() if command}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in running}
    for number in range(ROUNDS + 1):
        for name, command in running.items():
            took = seconds(command, repository)
            if number:
                times[name].append(took)
    with tempfile.TemporaryDirectory() as cache:
        again = [*running["palint"]]
        again.remove("--no-state")
        seconds(again, repository, XDG_CACHE_HOME=cache)
        second = [seconds(again, repository, XDG_CACHE_HOME=cache) for _ in range(ROUNDS)]
    os.environ["GIT_DIR"] = repository
    held = compare.memory(running["palint"])
    del os.environ["GIT_DIR"]
    mine = median(wall for wall, _ in times["palint"])
    for name in wanted:
        if name not in times:
            sys.stdout.write(f"  {name:15} absent\n")
            continue
        wall, processor = (median(values) for values in zip(*times[name], strict=True))
        sys.stdout.write(
            f"  {name:15} {wall:7.1f} s, {processor:7.1f} s of processor time, {wall / mine:5.2f} × palint\n"
        )
    fastest = min(median(w for w, _ in t) for n, t in times.items() if n != "palint" and " " not in n)
    sys.stdout.write(
        f"  palint takes {mine / fastest:.2f} of the fastest one's time; the goal is 0.80\n"
        f"  palint, second run: {median(wall for wall, _ in second):.2f} s; memory {held:.0f} MB\n"
    )


def main() -> None:
    """Print a table for each bare repository on the command line."""
    sys.stdout.write(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n"
    )
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    for repository in sys.argv[1:]:
        report(str(Path(repository).resolve()))


if __name__ == "__main__":
    main()
