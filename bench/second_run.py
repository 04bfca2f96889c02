"""CPU and wall time of a second `palint check` on an unchanged tree, beside the first and one without cache.

    python bench/second_run.py TREE [ROUNDS]

The cache is a new one each round. The reports of all three must be the same.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
import corpus

ROUNDS = 3


class Run(NamedTuple):
    """One run: its report, and what it took in seconds."""

    report: bytes
    wall: float
    cpu: float


def check(tree: str, cache: str, *options: str) -> Run:
    """Check the tree with its own cache directory."""
    command = [
        str(Path(sys.executable).parent / "palint"),
        "check",
        "--isolated",
        "--format",
        "json",
        *options,
    ]
    env = {**corpus.ENVIRONMENT, "XDG_CACHE_HOME": cache}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    report = subprocess.run([*command, tree], env=env, capture_output=True, check=False).stdout
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(report, wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def main() -> None:
    """Print the least of each kind of run: other work on the machine only adds."""
    tree = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    runs: dict[str, list[Run]] = {"without cache": [], "first": [], "second": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            check(tree, cache, "--no-cache")  # palint's compiled keywords, and the disk's cache
            runs["without cache"].append(check(tree, cache, "--no-cache"))
            runs["first"].append(check(tree, cache, "--cache"))
            runs["second"].append(check(tree, cache, "--cache"))
    assert len({run.report for each in runs.values() for run in each}) == 1, "the reports differ"
    first = min(run.cpu for run in runs["first"])
    for name, each in runs.items():
        cpu, wall = min(run.cpu for run in each), min(run.wall for run in each)
        sys.stdout.write(f"{name:14} {cpu:6.2f} s of CPU  {wall:6.2f} s  {cpu / first:5.2f} × the first\n")


if __name__ == "__main__":
    main()
