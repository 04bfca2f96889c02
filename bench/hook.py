"""CPU and wall time of hooks on 3 and on 50 staged files, in a repository that is made for it, in one run.

    python bench/hook.py

Each command is what a hook runner calls: the program with the staged files' names, or its own staged mode.
User and system time of all its processes count, as a commit waits on a machine that does other things too;
beside it stands the time that it takes on an idle one.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))
import corpus

ROUNDS = 15
GOALS = {3: 4.0, 50: 6.0}  # times the CPU of `python -I -S -c pass` in the same run
SUFFIXES = (".py", ".yml", ".yaml", ".md", ".rst", ".toml", ".js", ".sh", ".html", ".json")


def sample(count: int) -> list[Path]:
    """Files of usual kinds and sizes (1 to 20 kB) from the whole tree, the same ones every time."""
    found = sorted(
        path
        for path in corpus.tree().rglob("*")
        if path.suffix in SUFFIXES and path.is_file() and 1_000 < path.stat().st_size < 20_000
    )
    return found[:: len(found) // count][:count]


def commands(names: list[str], programs: Path) -> dict[str, list[str] | None]:
    """{name: the hook's command}; None where the program is not on this machine."""
    gitleaks = corpus.gitleaks()
    staged = ["scan", "--staged", "--no-validate", "--no-update-check", "-q", "."]
    return {
        "palint hook": [str(programs / "palint"), "hook", "--", *names],
        "palint --staged": [str(programs / "palint"), "--staged"],
        "detect-secrets-hook": [str(programs / "detect-secrets-hook"), "--no-verify", *names],
        "betterleaks": [str(programs / "betterleaks"), "--silent", *names],
        "kingfisher": [str(programs / "kingfisher"), *staged],
        "gitleaks": [gitleaks, "protect", "--staged", "--no-banner", "-l", "error"] if gitleaks else None,
        "python": [sys.executable, "-I", "-S", "-c", "pass"],
    }


def milliseconds(command: list[str], folder: Path) -> tuple[float, float]:
    """User and system time of one run and of everything that it starts, and the time that passes."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=folder, stdout=quiet, stderr=quiet, env=corpus.ENVIRONMENT, check=False)
    ended, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return 1000 * work, 1000 * (ended - begun)


def measure(count: int) -> None:
    """Stage `count` files in a new repository and print what each hook costs there."""
    files = sample(count)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
        subprocess.run([*git, "init", "-q"], cwd=folder, check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "empty"], cwd=folder, check=True)
        names = [f"src/{number}{path.suffix}" for number, path in enumerate(files)]
        (folder / "src").mkdir()
        for name, path in zip(names, files, strict=True):
            shutil.copy(path, folder / name)
        subprocess.run([*git, "add", "."], cwd=folder, check=True)
        size = sum(path.stat().st_size for path in files)
        sys.stdout.write(f"\n{count} staged files, {size / 1000:.0f} kB\n")
        wanted = commands(names, corpus.environment())
        times: dict[str, list[tuple[float, float]]] = {who: [] for who, command in wanted.items() if command}
        for _ in range(ROUNDS):
            for who, command in wanted.items():
                if command:
                    times[who].append(milliseconds(command, folder))
    bare = median(work for work, _ in times["python"])
    for who in wanted:
        took = "        absent"
        if who in times:
            work, wall = (median(column) for column in zip(*times[who], strict=True))
            took = f"{work:7.0f} ms of CPU {wall:7.0f} ms in all  {work / bare:6.1f} × bare Python"
        sys.stdout.write(f"  {who:20} {took}\n")
    sys.stdout.write(f"  the goal for palint is at most {GOALS[count]:.1f} × bare Python\n")


def main() -> None:
    """Print both tables."""
    sys.stdout.write(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n"
    )
    for count in GOALS:
        measure(count)


if __name__ == "__main__":
    main()
