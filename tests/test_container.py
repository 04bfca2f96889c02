"""The container image: a linter checks its recipe; `make packaging` builds and runs it, given an engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Repository

HADOLINT = shutil.which("hadolint", path=os.pathsep.join([str(Path(sys.executable).parent), os.defpath]))
ENGINE = next(
    (
        name
        for name in ("docker", "podman")
        if shutil.which(name) and subprocess.run([name, "info"], capture_output=True).returncode == 0
    ),
    None,
)


@pytest.mark.skipif(not HADOLINT, reason="hadolint has no package for this platform")
def test_the_linter_finds_nothing() -> None:
    done = subprocess.run([HADOLINT, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr


def test_everything_that_it_copies_is_sent_to_the_engine() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


@pytest.fixture
def image() -> Iterator[str]:
    """An image built from this folder: its name. It and the base images pulled for it are removed again."""

    def images() -> set[str]:
        listed = subprocess.run([ENGINE, "images", "--quiet"], capture_output=True, text=True, check=True)
        return set(listed.stdout.split())

    name = f"palint-test-{uuid.uuid4().hex}"
    before = images()
    try:
        subprocess.run([ENGINE, "build", "--no-cache", "--tag", name, ROOT], check=True, timeout=1200)
        yield name
    finally:
        subprocess.run([ENGINE, "rmi", "--force", *sorted(images() - before)], check=False)


@pytest.mark.skipif("PALINT_TEST_PACKAGING" not in os.environ, reason="builds: `make packaging`")
@pytest.mark.skipif(not ENGINE, reason="no container engine on this machine")
def test_it_runs(image: str, make_repo: Callable[[str], Repository]) -> None:
    repo = make_repo("shop")
    repo.write(".env", "PORT=3000\n")
    repo.add()
    repo.commit()
    run = [ENGINE, "run", "--rm", "--network=none", f"--volume={repo.path}:/src:ro", image]
    done = subprocess.run([*run, "--format=concise"], capture_output=True, text=True, check=False)
    assert (done.returncode, "[env-file]" in done.stdout) == (1, True), done.stdout + done.stderr
    user = subprocess.run(
        [ENGINE, "run", "--rm", "--entrypoint=id", image, "-u"], capture_output=True, text=True, check=True
    )
    assert user.stdout.strip() != "0"
