"""Write the golden files of a version: `python -m tests.golden.make REVISION`.

Those in 0.1/ are of a85ee7d. They stay as they are when palint changes: users of 0.1 have the same in their
repositories, dashboards and scripts.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

from . import tree

sys.path.insert(0, str(ROOT / "bench"))
import ecosystem

BASELINE = "baseline.jsonl"
INCOMPLETE = (
    ".github/workflows/broken.yml",
)  # no baseline is made of a tree with a file that cannot be read
REPORTS = {
    "json": "report.json",
    "sarif": "report.sarif",
    "gitlab": "gitlab.json",
    "gitlab-secret-detection": "gitlab-secret-detection.json",
    "junit": "junit.xml",
    "github": "github.txt",
    "concise": "concise.txt",
}


def write_reports(program: list[str], made: Path, into: Path, *options: str) -> None:
    """Write the report of a made tree in each format."""
    outputs = [f"--output={form}:{into / name}" for form, name in REPORTS.items()]
    command = [*program, "check", "--no-cache", "--exit-zero", "--allow-incomplete", *outputs, *options]
    subprocess.run(command, cwd=made, check=True, stdout=subprocess.DEVNULL)


def write_baseline(program: list[str], folder: Path, into: Path) -> None:
    """Write the baseline that `palint baseline` makes of the tree, which is made in a folder."""
    made = tree.make(folder, without=INCOMPLETE)
    subprocess.run([*program, "baseline"], cwd=made, check=True, stdout=subprocess.DEVNULL)
    shutil.copy(made / "palint-baseline.jsonl", into / BASELINE)


def main(revision: str) -> None:
    """Write all golden files with the palint of a commit."""
    with ecosystem.program_of(revision) as program, tempfile.TemporaryDirectory() as folder:
        write_reports(program, tree.make(Path(folder, "shop")), tree.FOLDER)
        write_baseline(program, Path(folder, "baseline"), tree.FOLDER)


if __name__ == "__main__":
    main(sys.argv[1])
