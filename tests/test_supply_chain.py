"""What leaves this repository: the same bytes twice, a bill of materials, workflows that tools find clean."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib
sys.path.insert(0, str(ROOT / "bench"))
import reproducible

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.skipif("PALINT_TEST_PACKAGING" not in os.environ, reason="builds twice: `make packaging`")
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
    with zipfile.ZipFile(names[".whl"]) as wheel:
        held = {name.partition("/")[2] for name in wheel.namelist() if name.startswith("palint/")}
    assert held == {str(path.relative_to(ROOT / "src" / "palint")) for path in sources()}


def sources() -> list[Path]:
    """What of src/palint a wheel has to hold."""
    shown = subprocess.run(
        ["git", "ls-files", "-z", "src/palint"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in shown.split("\0") if name]


def test_data_beside_the_modules_is_declared() -> None:
    """Else the wheel lacks it, and a test of what is installed editable does not notice."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    data = [path.relative_to(ROOT / "src" / "palint") for path in sources() if path.suffix != ".py"]
    assert data
    for path in data:
        assert any(path.match(glob.removeprefix("**/")) for glob in declared["palint"]), path


def test_a_source_archive_depends_on_its_files_alone(tmp_path: Path) -> None:
    """Not on the order, times and owners that a build gives them, nor on when it is compressed."""
    digests = []
    for number, names in enumerate((["b.py", "a.py"], ["a.py", "b.py"])):
        archive = tmp_path / str(number) / "a.tar.gz"
        archive.parent.mkdir()
        with tarfile.open(archive, "w:gz") as tar:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size, member.mtime, member.uid, member.uname = (
                    len(name),
                    number,
                    number,
                    f"user{number}",
                )
                tar.addfile(member, io.BytesIO(name.encode()))
        reproducible.settle(archive, 1_700_000_000)
        digests.append(hashlib.sha256(archive.read_bytes()).hexdigest())
        with tarfile.open(archive) as tar:
            assert sorted(tar.getnames()) == ["a.py", "b.py"]
            assert tar.extractfile("a.py").read() == b"a.py"  # type: ignore[union-attr]
    assert digests[0] == digests[1]


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
