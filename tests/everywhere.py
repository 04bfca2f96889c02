"""Run the suite on several interpreters, under conditions that it must not depend on: `make test-everywhere`.

For each interpreter the tree is copied, installed into a fresh environment, and tested twice: as it is, and
bare, that is with `LC_ALL=C`, without the shared data, and where this is root, as a user who owns the copy
and nothing else. Each run has a random order and an empty home. It fails if a test fails, or if it leaves a
file in the home, in the folders of temporary files or in the tree, or a process. Other work of the same user
on the machine may be taken for what a run left.

    python tests/everywhere.py [--seed SEED] [PYTHON...]

PYTHON is a name or path; without any, each of python3.10 to python3.14 that PATH has.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
TEMPORARY = ("/dev/shm", tempfile.gettempdir())
UNPRIVILEGED = 65534  # `nobody`, as user and group
PYTEST = ["-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m", "not slow", "-p", "no:cacheprovider"]


class Conditions(NamedTuple):
    """What a run differs in: a name, variables, and the user and group, or None for those of this process."""

    name: str
    environment: Mapping[str, str]
    user: int | None


def conditions(shared: str) -> list[Conditions]:
    """The two runs of an interpreter."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    bare = {"LC_ALL": "C", "PALINT_SHARED": "/nowhere"}
    return [Conditions("as it is", {"PALINT_SHARED": shared}, None), Conditions("bare", bare, user)]


def copy_tree(folder: Path) -> None:
    """Copy the files of the work tree that git does not ignore into a new repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in names:
        if name and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "The tree to test"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def install(python: str, tree: Path, environment: Path) -> str:
    """Install the tree and its development tools into a new environment: its interpreter."""
    subprocess.run([python, "-I", "-m", "venv", environment], check=True)
    pip = [str(environment / "bin/python"), "-m", "pip", "install", "--quiet"]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore:Editable installation"}
    for words in (["--upgrade", "pip>=25.1"], ["--editable", ".", "--group", "dev"]):
        subprocess.run([*pip, *words], cwd=tree, env=quiet, check=True)
    return pip[0]


def entries(user: int) -> set[str]:
    """What a user has in the folders of temporary files."""
    found = set()
    for folder in TEMPORARY:
        with os.scandir(folder) as scanned:
            found |= {entry.path for entry in scanned if entry.stat(follow_symlinks=False).st_uid == user}
    return found


def processes(home: Path) -> list[str]:
    """The commands of processes that were started with this home."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            if f"HOME={home}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def run(python: str, tree: Path, home: Path, how: Conditions, seed: str) -> list[str]:
    """Run the suite once: what is wrong, in lines to print."""
    user = os.geteuid() if how.user is None else how.user
    home.mkdir()
    if how.user is not None:
        subprocess.run(["chown", "-R", f"{user}:{user}", tree, home], check=True)
        started = subprocess.run([python, "-I", "-c", ""], user=user, group=user, capture_output=True)
        if started.returncode:
            return [f"user {user} cannot start it: its folder may be closed to other users"]
    before = entries(user)
    done = subprocess.run(
        [python, *PYTEST, "--shuffle", seed],
        cwd=tree,
        env={**os.environ, **how.environment, "HOME": str(home)},
        user=how.user,
        group=how.user,
        extra_groups=None if how.user is None else [],
    )
    wrong = [f"pytest ended with {done.returncode}"] if done.returncode else []
    wrong += [f"left {path}" for path in sorted(entries(user) - before)]
    wrong += [f"left {path}" for path in sorted(home.rglob("*")) if not path.is_dir()]
    status = ["git", "-c", "safe.directory=*", "status", "--porcelain"]
    changed = subprocess.run(status, cwd=tree, check=True, capture_output=True, text=True).stdout
    wrong += [f"the tree has changed: {line}" for line in changed.splitlines()]
    return wrong + [f"still running: {command}" for command in processes(home)]


def main() -> int:
    """Run everything, print what failed; 0 if nothing did."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pythons", metavar="PYTHON", nargs="*")
    parser.add_argument("--seed", default=str(random.randrange(10_000)))
    options = parser.parse_args()
    usual = (f"python3.{minor}" for minor in range(10, 15))
    pythons = options.pythons or [name for name in usual if shutil.which(name)]
    shared = os.environ.get("PALINT_SHARED", str(ROOT.parent / "shared"))
    failures = []
    for python in pythons:
        with tempfile.TemporaryDirectory(prefix="palint-everywhere-") as folder:
            os.chmod(folder, 0o755)
            tree = Path(folder, "tree")
            tree.mkdir()
            copy_tree(tree)
            installed = install(python, tree, Path(folder, "environment"))
            for number, how in enumerate(conditions(shared)):
                title = f"{python}, {how.name}, --shuffle {options.seed}"
                print(f"== {title}", flush=True)
                home = Path(folder, f"home{number}")
                failures += [f"{title}: {line}" for line in run(installed, tree, home, how, options.seed)]
    print(*(failures or [f"{len(pythons)} interpreters: every run passed and left nothing"]), sep="\n")
    return 1 if failures or not pythons else 0


if __name__ == "__main__":
    sys.exit(main())
