"""Time, memory and scaling of `palint fleet check` on many repositories made from real trees.

    python bench/fleet.py DIR [COUNT] [--least-files N] [--ray] [--loop COMMAND…]

DIR: a folder of bare repositories (`DIR/*/repo` or `DIR/*.git`). Each of the COUNT (1,000) repositories is
one of their folders of N (3) to 3,000 files, evenly taken from all of them in the order of size, as the only
commit of a bare repository with a pack of its own, as a clone has: the engines begin with the largest pack.
Printed are seconds of wall and CPU time and the highest peak of memory of one process so far: with 1 and 2
workers, again without a change, for the report, and with --ray on that engine. --loop runs scanners on
checkouts of every tenth repository, one after the other, beside one run of palint on these:
`--loop 'kingfisher scan {}'`. A run before all others, which is not counted, has the disk's cache filled.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PALINT = str(Path(sys.executable).parent / "palint")
MOST_FILES = 3_000  # of a folder that becomes a repository
WHO = [
    word
    for key in ("user.name=t", "user.email=t@example.com", "commit.gpgsign=false")
    for word in ("-c", key)
]


def git(folder: Path, *words: str, given: str = "") -> str:
    """The output of git in a bare repository. given: its standard input."""
    return subprocess.run(
        ["git", f"--git-dir={folder}", *WHO, *words],
        input=given,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=True,
    ).stdout


def folders(bare: Path) -> list[tuple[int, str]]:
    """(number of files, object name) of each folder of a repository's head."""
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for line in git(bare, "ls-tree", "-r", "-t", "-z", "HEAD").split("\0")[:-1]:
        about, _, path = line.partition("\t")
        _, kind, oid = about.split()
        if kind == "tree":
            names[path] = oid
        parent = path.rpartition("/")[0]
        while kind == "blob" and parent:
            counts[parent] = counts.get(parent, 0) + 1
            parent = parent.rpartition("/")[0]
    return [(counts.get(path, 0), oid) for path, oid in names.items()]


def build(source: Path, target: Path, count: int, least_files: int) -> None:
    """Make the repositories."""
    bare = sorted([*source.glob("*/repo"), *source.glob("*.git")])
    found: dict[str, tuple[int, Path]] = {}
    for each in bare:
        with suppress(subprocess.CalledProcessError):  # an empty one
            found.update((oid, (n, each)) for n, oid in folders(each) if least_files <= n <= MOST_FILES)
    ordered = sorted((files, oid, each) for oid, (files, each) in found.items())
    chosen = [ordered[number * len(ordered) // count] for number in range(min(count, len(ordered)))]
    for number, (_, oid, each) in enumerate(chosen):
        made = target / f"r{number:04}.git"
        for folder in ("info", "pack"):
            (made / "objects" / folder).mkdir(parents=True)
        (made / "refs").mkdir()
        source_objects = made / "objects/info/alternates"
        source_objects.write_text(f"{each / 'objects'}\n")
        (made / "HEAD").write_text("ref: refs/heads/main\n")
        (made / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
        commit = git(made, "commit-tree", oid, "-m", "all").strip()
        git(made, "update-ref", "refs/heads/main", commit)
        pack = ("pack-objects", "--revs", "--window=0", "--missing=allow-any", f"{made}/objects/pack/pack")
        git(made, *pack, given=commit)
        source_objects.unlink()
    files = sum(files for files, _, _ in chosen)
    print(f"{len(chosen)} repositories of {len(bare)}, {files} files", flush=True)


def timed(name: str, words: list[str], cwd: Path) -> tuple[float, float]:
    """Run a command, print what it took, and return its wall and CPU time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    made = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = (made.stdout.strip().splitlines() or [made.stderr.strip()[-200:]])[-1]
    spent = f"{wall:.1f} s wall, {cpu:.1f} s CPU, {after.ru_maxrss >> 10} MB"
    print(f"{name}: {spent}, exit {made.returncode}: {last}", flush=True)
    return wall, cpu


def scaling() -> float:
    """How many times as fast as one two processes are here that share nothing."""
    spin = [sys.executable, "-c", "for _ in range(40_000_000): pass"]

    def wall(count: int) -> float:
        began = time.monotonic()
        for process in [subprocess.Popen(spin) for _ in range(count)]:
            process.wait()
        return time.monotonic() - began

    return 2 * min(wall(1) for _ in range(3)) / min(wall(2) for _ in range(3))


def copy(repositories: Path, target: Path, step: int) -> None:
    """Copy every step-th repository, from the smallest on."""
    for bare in sorted(repositories.iterdir())[::step]:
        shutil.copytree(bare, target / bare.name)


def check_out(repositories: Path, trees: Path) -> None:
    """Make the work tree of each repository, and name those whose paths git refuses to write."""
    for bare in sorted(repositories.iterdir()):
        tree = trees / bare.name
        tree.mkdir(parents=True)
        try:
            git(bare, f"--work-tree={tree}", "checkout", "-q", "-f", "main", "--", ".")
        except subprocess.CalledProcessError as error:
            print(f"{bare.name} is not checked out in full: {error.stderr.strip()[:200]}")


def simulate(store: Path, repositories: int = 100_000, workers: int = 256) -> None:
    """Print how long a fleet would take on many workers, its units drawn from the times of a run.

    One repository in 2,000 takes 300 times as long as the longest one of the run, as a monorepo would.
    """
    from palint.fleet.store import query

    measured = [seconds for (seconds,) in query(str(store), "SELECT seconds FROM coverage WHERE run = 1")[1]]
    chance = random.Random(1)
    units = [chance.choice(measured) for _ in range(repositories)]
    for index in range(0, repositories, 2_000):
        units[index] = max(measured) * 300 * chance.random()
    ideal = sum(units) / workers
    shards = [0.0] * workers
    for seconds in units:
        shards[chance.randrange(workers)] += seconds
    print(f"{repositories:,} repositories: {sum(units) / 3600:.1f} core-hours, longest {max(units):.0f} s")
    for name, order in (("largest first", sorted(units, reverse=True)), ("by name", units)):
        queue = [0.0] * workers
        for seconds in order:
            heapq.heapreplace(queue, queue[0] + seconds)
        print(
            f"{workers} workers, one queue, {name}: {max(queue):.0f} s, {max(queue) / ideal:.2f} of the ideal"
        )
    print(
        f"{workers} shards by a hash of the name: {max(shards):.0f} s, {max(shards) / ideal:.2f} of the ideal"
    )


def main() -> None:
    """Build, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("--least-files", type=int, default=3)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--loop", nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palint-fleet-") as name:
        here = Path(name)
        (here / "repos").mkdir()
        build(options.source.resolve(), here / "repos", options.count, options.least_files)

        def check(label: str, *words: str, repositories: str = "repos") -> tuple[float, float]:
            store = ["--store", f"{label}.duckdb"]
            return timed(label, [PALINT, "fleet", "check", repositories, "-q", *store, *words], here)

        check("warm-up")
        two = check("two", "--workers", "2")
        one = check("one", "--workers", "1")
        again = check("two", "--workers", "2")
        wall, cpu = (100 * after / before for after, before in zip(again, two, strict=True))
        print(f"two processes that share nothing are {scaling():.2f} times as fast as one")
        print(f"2 workers are {one[0] / two[0]:.2f} times as fast as 1")
        print(f"unchanged: {wall:.1f} % of the first run's wall time, {cpu:.1f} % of its CPU time")
        timed("report", [PALINT, "fleet", "report", "--store", "two.duckdb", "--output", "page.html"], here)
        simulate(here / "one.duckdb")
        if options.ray:
            os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
            copy(here / "repos", here / "smallest", options.count)
            alone, _ = check("one repository", repositories="smallest")
            words = ("--engine", "ray", "--workers")
            start = check("its ray", *words, "1", repositories="smallest")[0] - alone
            for workers, (local, _) in (("1", one), ("2", two)):
                wall, _ = check(f"ray{workers}", *words, workers)
                rest = f"{(wall - start) / local - 1:.1%} without its start of {start:.1f} s"
                print(f"ray with {workers} takes {wall / local - 1:.1%} longer than local, {rest}")
        if options.loop:
            copy(here / "repos", here / "tenth", 10)
            check_out(here / "tenth", here / "trees")
            check("tenth", repositories="tenth")
        for command in options.loop:
            script = "for tree in trees/*; do " + command.replace("{}", '"$tree"') + " >/dev/null 2>&1; done"
            timed(f"loop of {Path(command.split()[0]).name}", ["sh", "-c", script], here)


if __name__ == "__main__":
    main()
