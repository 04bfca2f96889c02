"""The shared zoo of hostile inputs, and our own, each through every format."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from palint.tree.git import process
from tests.hostile import inputs
from tests.hostile.harness import RunOutcome, check, made_token


@pytest.mark.slow
def test_the_shared_zoo(
    shared: Path, open_path: Path, record_property: Callable[[str, object], None]
) -> None:
    base = open_path / "zoo"
    subprocess.run([sys.executable, shared / "zoo.py", base], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["chmod", "-R", "a+rX", base], capture_output=True, check=False)
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
    assert not wrong


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="the CPU use of git cannot be measured")
def test_git_is_given_up_within_seconds() -> None:
    """The harness shortens it, so that the inputs with a FIFO do not show this."""
    assert 1 < process.STALL_SECONDS < 10


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that another user may read, unlike pytest's, and that may get too deep for shutil.rmtree."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    try:
        shutil.rmtree(path)
    except (OSError, RecursionError):  # no permission, or too deep
        subprocess.run(["chmod", "-R", "u+rwX", path], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", path], check=False)


@pytest.mark.parametrize("name", inputs.INPUTS)
def test_our_own(name: str, open_path: Path, record_property: Callable[[str, object], None]) -> None:
    given = inputs.INPUTS[name]
    place = inputs.Place(open_path, name, made_token(name))
    place.root.mkdir()
    given.build(place)
    for path, mode in place.modes.items():
        path.chmod(mode)
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
    assert verdict == RunOutcome(verdict.state, ())
