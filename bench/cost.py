"""Compare the instructions that palint takes with those of an earlier commit: `make cost`.

    python bench/cost.py              the work tree, its merge base with origin/main and the last release
    python bench/cost.py --base REV   the work tree and REV

All are counted in one run, on this machine, with this interpreter and these packages, on three generated
corpora (`cost_corpora`), by valgrind's cachegrind without a model of the cache; the processes of a run are
added up. Ends with 1 if a corpus takes over LIMIT per cent more than at the merge base or REV, or over CREEP
more than at the last release, and cost-accepted.txt has no new line that accepts it; with 2 if it cannot
compare.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
import cost_corpora

HERE = Path(__file__).parent
ROOT = HERE.parent
ACCEPTED = "bench/cost-accepted.txt"
LIMIT = 0.5  # per cent that one change may add to a corpus
# Counts of a corpus, of which the least is taken: what waits for another process looks more often under load,
# which adds up to 0.4 % to the short runs and next to nothing to the others.
COUNTS = {"start": 3}
CREEP = 3.0  # per cent that all changes since the last release may add to a corpus
PACKAGES = {"palint": "src/palint", "palint_rules": "rules"}  # {package: its folder in the repository}
_LINE = re.compile(r"(\d{4}-\d\d-\d\d) (\w+) \+(\d+(?:\.\d+)?)% (\S.*)")


class CostError(Exception):
    """Why there are no figures, for the person who called `make cost`."""


class Count(NamedTuple):
    """Instructions of a run, all processes.

    unnamed: those in libraries without symbols, which are hyperscan for the most part.
    """

    total: int
    unnamed: int


class Accepted(NamedTuple):
    """The file of accepted rises.

    start: the commit that changes are compared with until there is a release.
    """

    start: str
    rises: tuple[tuple[str, float, str], ...]  # corpus, per cent, whole line


class Base(NamedTuple):
    """A commit that the work tree is compared with, and how many per cent more a corpus may take."""

    name: str
    commit: str
    limit: float


def parse_accepted(text: str, name: str = ACCEPTED) -> Accepted:
    """Read `base COMMIT` and lines `DATE CORPUS +N% REASON`; `#` starts a comment.

    Raises CostError with the line that is neither.
    """
    start, rises = "", []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if re.fullmatch(r"base [0-9a-f]{7,40}", line):
            start = line.split()[1]
            continue
        found = _LINE.fullmatch(line)
        if found is None or found[2] not in cost_corpora.COMMANDS:
            raise CostError(
                f"{name}:{number}: must be `DATE CORPUS +N% REASON` with a corpus of "
                f"{', '.join(cost_corpora.COMMANDS)}, e.g. `2026-01-31 start +0.8% why it is worth it`"
            )
        rises.append((found[2], float(found[3]), line))
    return Accepted(start, tuple(rises))


def newly_accepted(head: Accepted, base: Accepted) -> dict[str, float]:
    """{corpus: per cent} of the lines that the head has more often than the base."""
    new = Counter(head.rises) - Counter(base.rises)
    allowed: dict[str, float] = dict.fromkeys(cost_corpora.COMMANDS, 0.0)
    for (corpus, percent, _), times in new.items():
        allowed[corpus] += times * percent
    return allowed


def rise(base: int, head: int) -> float:
    """By how many per cent the head takes more than the base; negative where it takes less."""
    return 100 * (head - base) / base


def instructions(folder: Path, forks: Iterable[tuple[str, str]]) -> Count:
    """The instructions of all processes that left a file `PID` in `folder`.

    forks: (child, marker) of each forked process; the marker's count is what the child has from its parent.
    Raises CostError if a process was killed: its instructions are missing.
    """
    counts = {path.name: _read(path) for path in folder.iterdir()}
    total = unnamed = 0
    for child, marker in forks:
        if child not in counts or marker not in counts:
            raise CostError(f"process {child} was killed before valgrind wrote what it counted")
        inherited = counts.pop(marker)
        total -= inherited.total
        unnamed -= inherited.unnamed
    total += sum(count.total for count in counts.values())
    unnamed += sum(count.unnamed for count in counts.values())
    return Count(total, unnamed)


def _read(path: Path) -> Count:
    """What one process counted.

    https://valgrind.org/docs/manual/cg-manual.html, "Cachegrind Output File Format"
    """
    unnamed, here = 0, False
    for line in path.read_text("utf-8", "replace").splitlines():
        if line.startswith("fn="):
            here = line == "fn=???"
        elif here and line[0].isdigit():
            unnamed += int(line.split()[1])
        elif line.startswith("summary: "):
            return Count(int(line.split()[1]), unnamed)
    raise CostError(f"process {path.name} was killed while valgrind wrote what it counted")


class Side:
    """A virtual environment with the palint of one commit, and this interpreter's other packages."""

    def __init__(self, folder: Path, sources: Path) -> None:
        self._folder = folder
        venv.create(folder, symlinks=os.name != "nt", with_pip=False)
        self._python = str(folder / "bin" / "python")
        (packages,) = folder.glob("lib/python*/site-packages")
        for package, place in PACKAGES.items():
            shutil.copytree(sources / place, packages / package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HERE / "cost_forks.py", packages)
        # A `.pth` file is read in this folder only, so an editable installation in the other has no effect.
        (packages / "cost.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport cost_forks\n")
        self._program = folder / "bin" / "palint"
        self._program.write_text("import sys\nfrom palint.cli.main import main\nsys.exit(main())\n")

    def measure(self, corpora: Path) -> dict[str, Count]:
        """{corpus: its count}, after a run that fills the caches. Raises CostError where palint fails."""
        counts = {}
        for corpus, commands in cost_corpora.COMMANDS.items():
            found = [self._least(command, corpora, COUNTS.get(corpus, 1)) for command in commands]
            counts[corpus] = Count(sum(c.total for c in found), sum(c.unnamed for c in found))
        return counts

    def _least(self, command: cost_corpora.Command, corpora: Path, counts: int) -> Count:
        # The first run is under valgrind, too: hyperscan's patterns are compiled, and cached, for the
        # processor that it sees, which has no AVX-512 there. What it imports to fill one cache, such as the
        # list of rules, it does not compile for another: a second run does.
        for _ in range(2):
            self._run(["--tool=none"], command, corpora)
        return min(self._count(command, corpora) for _ in range(counts))

    def _count(self, command: cost_corpora.Command, corpora: Path) -> Count:
        forks, out = self._folder / "forks", self._folder / "out"
        forks.unlink(missing_ok=True)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        self._run(
            ["--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}/%p"], command, corpora
        )
        lines = forks.read_text().splitlines() if forks.exists() else []
        return instructions(out, [(child, marker) for child, marker in map(str.split, lines)])

    def _run(self, tool: list[str], command: cost_corpora.Command, corpora: Path) -> None:
        valgrind = ["valgrind", "-q", *tool, "--trace-children=yes", self._python, str(self._program)]
        environment = {
            "PATH": os.defpath,
            "HOME": str(self._folder),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
            "PYTHONHASHSEED": "0",
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        done = subprocess.run(
            [*valgrind, *command.arguments],
            cwd=corpora / command.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise CostError(
                f"`palint {' '.join(command.arguments)}` of {self._folder.name} ended with {done.returncode} "
                f"on the corpus {command.folder}:\n{done.stderr or done.stdout}"
            )


def _git(*arguments: str) -> str:
    """What git prints here; "" where it fails."""
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def bases(accepted: Accepted, wanted: str = "") -> list[Base]:
    """The commits to compare with: `wanted` alone, or the merge base and the last release.

    The merge base is left out where it is the work tree. The last release is the newest tag `v*` before HEAD,
    or where there is no tag, the accepted file's `base`.
    Raises CostError if one is not in this clone.
    """
    head = _git("rev-parse", "HEAD")
    release = _git("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^") or accepted.start
    found = []
    if wanted:
        found.append(Base("base", wanted, LIMIT))
    else:
        for branch in ("origin/main", "main"):
            merge = _git("merge-base", "HEAD", branch)
            if merge and (merge != head or _git("status", "--porcelain", "--", *PACKAGES.values())):
                found.append(Base("base", merge, LIMIT))
                break
        if release:
            found.append(Base("last", release, CREEP))
    if not found:
        raise CostError(f"nothing to compare with: set BASE=REV, or add a line `base COMMIT` to {ACCEPTED}")
    named: list[Base] = []
    for base in found:
        commit = _git("rev-parse", "--verify", "--quiet", base.commit + "^{commit}")
        if not commit:
            raise CostError(
                f"{base.commit} is not in this clone: `git fetch --unshallow --tags`, or set BASE=REV"
            )
        if all(commit != other.commit for other in named):  # the first has the lower limit
            named.append(base._replace(commit=commit))
    return named


def _millions(count: Count) -> str:
    return f"{count.total / 1e6:8.1f} ({count.unnamed / 1e6:6.1f})"


def judge(
    base: Base, counts: dict[str, Count], head: dict[str, Count], allowed: dict[str, float]
) -> tuple[str, bool]:
    """A table of a comparison, and whether it passes.

    allowed: {corpus: per cent accepted since the base}.
    """
    lines = [f"beside {base.commit[:12]}, million instructions (of them in libraries without symbols):"]
    failed = []
    for corpus, before in counts.items():
        now, limit = head[corpus], base.limit + allowed[corpus]
        more = rise(before.total, now.total)
        lines.append(
            f"  {corpus:9} {_millions(before)} -> {_millions(now)}  {more:+7.3f} %, at most {limit:+.2f} %"
        )
        if more > limit:
            failed.append((corpus, more - allowed[corpus]))
    for corpus, more in failed:
        lines.append(
            f"{corpus} takes too much more. Make it cheaper, or accept it in {ACCEPTED}:\n"
            f"  YYYY-MM-DD {corpus} +{more:.1f}% what it is paid for"
        )
    return "\n".join(lines), not failed


def _export(commit: str, folder: Path) -> Path:
    """The packages of a commit, below `folder`."""
    archive = subprocess.run(
        ["git", "-C", ROOT, "archive", commit, *PACKAGES.values()], capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(folder, filter="data")
    return folder


def compare(wanted: str = "") -> bool:
    """Measure, print a table for each base, and return whether all pass. Raises CostError."""
    if shutil.which("valgrind") is None:
        raise CostError("valgrind is not installed: `apt-get install valgrind`")
    accepted = parse_accepted((ROOT / ACCEPTED).read_text("utf-8"))
    found = bases(accepted, wanted)
    with tempfile.TemporaryDirectory(prefix="palint-cost-") as made:
        folder = Path(made)
        cost_corpora.write(folder / "corpora")
        sources = {"head": ROOT}
        sources |= {base.name: _export(base.commit, folder / "sources" / base.name) for base in found}
        # Names of one length, since a path's length is in the count, too.
        sides = [Side(folder / name, place) for name, place in sources.items()]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            head, *others = pool.map(lambda side: side.measure(folder / "corpora"), sides)
    passed = True
    for base, counts in zip(found, others, strict=True):
        then = parse_accepted(_git("show", f"{base.commit}:{ACCEPTED}"), f"{base.commit[:12]}:{ACCEPTED}")
        table, good = judge(base, counts, head, newly_accepted(accepted, then))
        print(table, flush=True)
        passed &= good
    return passed


def main(arguments: list[str]) -> int:
    """0: no corpus takes more than it may; 1: one does; 2: not compared."""
    parser = argparse.ArgumentParser(
        description="Compare palint's instructions with those of an earlier commit."
    )
    parser.add_argument(
        "--base", default="", help="the commit to compare with, instead of those that the docs name"
    )
    try:
        return 0 if compare(parser.parse_args(arguments).base) else 1
    except CostError as error:
        print(f"cost: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
