"""The runs that tests fork off do what the installed program does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from palint.secrets.synthetic import generate

from . import forked
from .conftest import Repository, palint

pytestmark = pytest.mark.skipif(not forked.AVAILABLE, reason="needs fork and passing of descriptors")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with findings in a commit and in its index, settings, and a name that is not UTF-8."""
    repo = Repository(tmp_path_factory.mktemp("forked") / "repo")
    repo.write("app/é.py", f'TOKEN = "{generate("{github_token}", "forked")}"\n')
    repo.write(b"latin-\xe9.yml", "a: [\n")
    repo.write("palint.toml", 'exclude = ["vendor/"]\n')
    repo.add()
    repo.commit()
    repo.write(".env", "PORT=1\n")
    repo.add()
    return repo.path


@pytest.mark.parametrize(
    "args",
    [
        ["--no-cache"],
        ["--no-cache", "--format", "json", "."],
        ["--no-cache", "-v", "--jobs", "1"],
        ["check", "--staged", "--format", "sarif"],
        ["check", "--since", "HEAD", "--format", "concise"],
        ["hook", "--", "app/é.py"],
        ["history", "--no-state", "--format", "json"],
        ["explain", "env-file"],
        ["rules"],
        ["--version"],
        ["--help"],
        ["check", "--frmat", "json"],
        ["nowhere"],
        ["-", "--stdin-filename", "a.py"],
    ],
    ids=" ".join,
)
def test_a_forked_run_does_what_the_program_does(tree: Path, args: list[str]) -> None:
    """Same output, errors and exit code, except for how long it took."""
    started = subprocess.run(
        [forked.PALINT, *args],
        cwd=tree,
        env=dict(os.environ),  # not also what the readline library set without Python
        input="password = 'x'\n",
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    copied = palint(*args, cwd=tree, stdin="password = 'x'\n")
    assert (copied.returncode, _timeless(copied.stderr)) == (started.returncode, _timeless(started.stderr))
    assert _timeless(copied.stdout) == _timeless(started.stdout)


def _timeless(text: str) -> str:
    return re.sub(r"\d+\.\d+ s|\"seconds\": ?[\d.]+", "", text)


def test_each_run_has_its_own_environment(tree: Path) -> None:
    one = palint("check", "--format", "github", cwd=tree, env={"GITHUB_ACTIONS": "true", "NO_COLOR": "1"})
    assert "NO_COLOR" not in os.environ
    two = palint("check", "--color", "always", cwd=tree)
    assert one.stdout.startswith("::error ") and "\x1b[" in two.stdout and "\x1b[" not in one.stdout


def test_variables_of_the_interpreter_need_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    assert not forked.can_run({"PYTHONPATH": "elsewhere"}) and not forked.can_run({"LC_ALL": "C"})
    assert forked.can_run({"LANG": "C.UTF-8", "HOME": "/"})


def test_a_run_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    """It waits for the end of its standard input, and the next run works."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as out:
        ended = forked.run(
            ["-", "--stdin-filename", "a.py"],
            tmp_path,
            os.environ,
            (reading, out.fileno(), out.fileno()),
            timeout=0.3,
        )
    os.close(reading)
    os.close(writing)
    assert ended.code == -signal.SIGKILL
    assert palint("--version", cwd=tmp_path).returncode == 0


def test_limits_are_those_of_the_run(tmp_path: Path) -> None:
    with tempfile.TemporaryFile() as out:
        streams = 0, out.fileno(), out.fileno()
        (tmp_path / "a.py").write_text("x = 1\n")
        ended = forked.run(["--no-cache"], tmp_path, os.environ, streams, limits={"RLIMIT_NOFILE": 3})
        assert ended.code != 0
        assert forked.run(["--no-cache"], tmp_path, os.environ, streams).code == 0
