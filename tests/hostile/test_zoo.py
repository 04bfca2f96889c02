"""The shared zoo of hostile inputs, and our own, each through every format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile import inputs
from tests.hostile.harness import Verdict, check, made_token


def test_the_shared_zoo(shared: Path, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    base = tmp_path / "zoo"
    subprocess.run([sys.executable, shared / "zoo.py", base], check=True, stdout=subprocess.DEVNULL)
    _open_to_all(base)
    manifest = json.loads((base / "manifest.json").read_text())
    secrets = [each["secret"].encode() for each in manifest if each["secret"]]
    rows, wrong = [], []
    for each in manifest:
        verdict = check(
            base / "trees" / each["id"],
            each["expect"],
            secrets,
            repository=each["repo"],
            mark=base / "pwned" / each["id"],
            unprivileged=each["id"].startswith("fs-perm") and os.geteuid() == 0,
        )
        rows.append((each["group"], verdict.state, verdict.problems))
        if verdict.problems:
            wrong.append((each["id"], verdict))
    record_property("zoo", rows)
    subprocess.run(["rm", "-rf", base], check=True)  # too deep for shutil.rmtree
    assert not wrong


@pytest.mark.parametrize("name", inputs.INPUTS)
def test_our_own(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    given = inputs.INPUTS[name]
    place = inputs.Place(tmp_path, name, made_token(name))
    place.root.mkdir()
    given.build(place)
    if given.unprivileged:
        _open_to_all(tmp_path)
        for path, mode in place.modes.items():
            path.chmod(mode)
    try:
        verdict = check(
            place.root,
            given.expect,
            [place.secret.encode(), made_token("outside").encode()],
            repository=given.repository,
            mark=place.mark,
            unprivileged=given.unprivileged and os.geteuid() == 0,
            args=list(given.args),
        )
        record_property("zoo", [(name.partition("-")[0], *verdict)])
        assert verdict == Verdict(verdict.state, ())
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", place.root], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", place.root], check=False)


def _open_to_all(base: Path) -> None:
    """Let another user read what pytest keeps to its own."""
    for folder in [base, *base.parents]:
        if folder.name.startswith("pytest-") or folder == base:
            folder.chmod(folder.stat().st_mode | 0o755)
    subprocess.run(["chmod", "-R", "a+rX", base], capture_output=True, check=False)
