"""Build the wheel and the source archive twice and compare: `python bench/reproducible.py [DIST]`.

With DIST, the files and a CycloneDX bill of materials of what palint needs are left there.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def git(*args: str) -> str:
    """What git says about this repository."""
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, check=True, text=True).stdout


def copy_sources(into: Path) -> None:
    """What git tracks, as it lies on the disk."""
    for name in filter(None, git("ls-files", "-z").split("\0")):
        place = into / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, place)


def build(sources: Path, into: Path, time: int) -> dict[str, str]:
    """{file name: SHA-256} of a build in a new folder, dated `time` (seconds of the epoch)."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "palint"
        shutil.copytree(sources, copy)
        subprocess.run(
            [sys.executable, "-m", "build", "--outdir", str(into), str(copy)],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(time)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    for archive in into.glob("*.tar.gz"):
        settle(archive, time)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(into.iterdir())}


def settle(archive: Path, time: int) -> None:
    """Give an archive's members, and its compression, one time and no owner: setuptools writes today's."""
    members = []
    with tarfile.open(archive) as old:
        for member in old:
            content = old.extractfile(member)
            members.append((member, b"" if content is None else content.read()))
    with gzip.GzipFile(archive, "wb", mtime=time) as packed, tarfile.open(fileobj=packed, mode="w") as new:
        for member, data in sorted(members, key=lambda m: m[0].name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = time, 0, 0, "", ""
            member.pax_headers = {}
            new.addfile(member, io.BytesIO(data))


def bill_of_materials(into: Path) -> None:
    """What the locked dependencies are, in CycloneDX."""
    subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "cyclonedx_py",
                "requirements",
                str(ROOT / "action" / "requirements.txt"),
            ),
            *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"),
            *("--output-file", str(into / "palint.cdx.json")),
        ],
        check=True,
    )


def main(arguments: list[str]) -> int:
    """0 when both builds are the same to the byte."""
    time = int(git("log", "-1", "--format=%ct"))
    with tempfile.TemporaryDirectory() as folder:
        sources, one, two = (Path(folder) / name for name in ("sources", "one", "two"))
        copy_sources(sources)
        first, second = build(sources, one, time), build(sources, two, time)
        for name, digest in first.items():
            print(f"{digest}  {name}")
        if first != second:
            print("the second build differs", file=sys.stderr)
            return 1
        if arguments:
            into = Path(arguments[0])
            shutil.copytree(one, into, dirs_exist_ok=True)
            bill_of_materials(into)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
