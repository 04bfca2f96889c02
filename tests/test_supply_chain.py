"""What leaves this repository: the same bytes twice, a bill of materials, workflows that tools find clean."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests.conftest import ROOT, palint

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_two_builds_are_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "reproducible.py", tmp_path / "dist"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    names = {p.suffix: p for p in (tmp_path / "dist").iterdir()}
    assert set(names) == {".whl", ".gz", ".json"}
    bill = json.loads(names[".json"].read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert {"libcst", "hyperscan", "pyyaml"} <= {c["name"].lower() for c in bill["components"]}


def test_zizmor_finds_nothing() -> None:
    done = subprocess.run(
        [
            BIN / "zizmor",
            "--offline",
            "--no-progress",
            "--persona",
            "regular",
            ROOT / ".github",
            ROOT / "action.yml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_palint_finds_nothing() -> None:
    done = palint("--fail-on", "warning", ".", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_and_nothing_is_granted_at_the_top() -> None:
    assert WORKFLOWS
    for path in WORKFLOWS:
        text = path.read_text()
        assert yaml.safe_load(text)["permissions"] == {}
        for uses in re.findall(r"uses: (\S+)", text):
            assert uses == "$/" or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", uses), f"{path.name}: {uses}"


def test_dependencies_are_few_and_explained() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text.split("\ndependencies = [", 1)[1].split("\n]", 1)[0]
    names = re.findall(r'^  "([\w-]+)', block, re.MULTILINE)
    assert len(names) <= 18
    explained = (ROOT / "docs" / "architecture.md").read_text()
    for name in names:
        word = name.removeprefix("tree-sitter-")
        assert word in explained, f"docs/architecture.md does not say what {name} is for"


def test_the_lock_has_hashes() -> None:
    lock = (ROOT / "action" / "requirements.txt").read_text()
    pinned = re.findall(r"^([\w.-]+)==\S+", lock, re.MULTILINE)
    assert len(pinned) >= 16
    assert lock.count("--hash=sha256:") >= len(pinned)
