"""What all tests share: the shared data's place, the installed program, and repositories made by real git."""

from __future__ import annotations

import atexit
import gc
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest

from palint import __version__
from palint.util import deadline

from . import forked
from .snapshots import check_snapshot

EXIT_BUG = 3  # palint's exit code for an error that it did not expect

# jsonschema imports it to check IRIs, which no schema here has; it builds 38 parsers, two seconds of CPU.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

_MEMORY = "/dev/shm"  # Linux's file system in memory
_ENOUGH = 4 << 30  # bytes free; what the tests write at once is less than one GiB
# The caller's variables that git, the forges' runners, AWS's tools or palint would read.
_CALLERS = ("GIT_", "PRE_COMMIT", "PREK_", "PALINT_POLICY", "GITHUB_", "AWS_", "XDG_")
_CACHE = "PALINT_TEST_CACHE"  # the cache of palint that a test process gives to its workers
_CALLERS_NAMES = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "CI", "TF_BUILD", "JENKINS_URL")


def _temporary_files_in_memory() -> None:
    """Have temporary files in memory where there is room: `git init` takes 3 ms there, and 20 on a disk."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return
    system = os.statvfs(_MEMORY)
    if system.f_bavail * system.f_frsize < _ENOUGH or system.f_flag & os.ST_NOEXEC:
        return
    folder = _temporary_folder("palint-tests-", _MEMORY)
    os.chmod(folder, 0o755)  # some tests run palint as another user
    os.environ["TMPDIR"] = folder  # also for the workers and what tests start
    tempfile.tempdir = None  # it may have been looked up


def _temporary_folder(prefix: str, parent: str | None = None) -> str:
    """A new folder that another process removes when this one ends, even by SIGKILL.

    That process waits for the end of its standard input, whose other end only this one has open. It tries
    again while a process that a test left behind still writes.
    """
    folder = tempfile.mkdtemp(prefix=prefix, dir=parent)
    remover = subprocess.Popen(
        ["sh", "-c", 'cat; until rm -rf "$0"; do sleep 1; done', folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a signal to this one's group must not end it
    )
    atexit.register(_remove, remover, os.getpid())
    return folder


def _remove(remover: subprocess.Popen[bytes], owner: int) -> None:
    """Wait until the folder is removed."""
    if os.getpid() == owner:  # not in a copy of this process that a test forked
        assert remover.stdin
        remover.stdin.close()
        remover.wait(timeout=60)


def _clean_environment() -> None:
    """Have tests see neither the caller's git settings nor their cache, policy, AWS or CI variables.

    Now, not in a fixture: collecting the tests imports palint, which writes compiled patterns into the cache.
    """
    cache = os.environ.pop(_CACHE, "") if "PYTEST_XDIST_WORKER" in os.environ else ""
    for name in list(os.environ):
        if name.startswith(_CALLERS) or name in _CALLERS_NAMES:
            del os.environ[name]
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
    if not cache:  # for workers, too, each of which would compile the same keywords: 0.4 s a set of rules
        cache = os.environ[_CACHE] = _temporary_folder("cache-")
    os.environ["XDG_CACHE_HOME"] = cache
    # Without bytecode each of two thousand child processes compiles what it imports: a third of a second.
    # `__pycache__` keeps that of the tests: the next collection takes 6 s of CPU instead of 14.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


_temporary_files_in_memory()
_clean_environment()
forked.keep_all_keywords()

# The suite says the same twice, also on a busy machine; `make fuzz` looks for what is new.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")

ROOT = forked.ROOT
PALINT = forked.PALINT
SHARED = Path(os.environ.get("PALINT_SHARED", ROOT.parent / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--shuffle`."""
    parser.addoption("--shuffle", metavar="SEED", help="run the tests in a random order")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """The seed, so that a failing order can be run again."""
    seed = config.getoption("--shuffle")
    return [] if seed is None else [f"--shuffle {seed}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle modules and the tests of each. A module's tests stay together, since they share fixtures."""
    seed = config.getoption("--shuffle")
    if seed is not None:
        order = random.Random(seed)
        modules: dict[Path, float] = {}
        places = {id(item): (modules.setdefault(item.path, order.random()), order.random()) for item in items}
        items.sort(key=lambda item: places[id(item)])


def pytest_collection_finish() -> None:
    """Collect garbage as the program does, and never traverse what collecting 12,000 tests has left."""
    gc.set_threshold(200_000, 20, 100)
    gc.collect()
    gc.freeze()


def pytest_runtest_setup() -> None:
    """Start the clock of `limits.run` again, or runs in this process fail when it is ten minutes old."""
    deadline.release()
    deadline.restart()


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Started in a shell's background, Python and what it starts would ignore an interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def shared() -> Path:
    """The folder of labelled data and the zoo; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the shared data is not here ({SHARED}); set PALINT_SHARED")
    return SHARED


_GIT_SETTINGS = [
    part
    for setting in (
        "user.name=t",
        "user.email=t@example.com",
        "commit.gpgsign=false",
        "maintenance.auto=false",  # else each commit starts another process: a third of its time
        "protocol.file.allow=always",
    )
    for part in ("-c", setting)
]


@cache
def _empty_repository() -> str:
    """A folder with what `git init` makes, which costs a tenth to copy; without 14 examples of hooks."""
    folder = _temporary_folder("empty-")
    os.chmod(folder, 0o755)
    subprocess.run(["git", "init", "-q", "-b", "main", "--template=", folder], check=True)
    return folder


def set_day(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Set the day for suppressions that end, in this process and those that it forks."""
    gmtime = partial(time.strptime, day, "%Y-%m-%d")
    monkeypatch.setattr("palint.util.dates.time", SimpleNamespace(**{**vars(time), "gmtime": gmtime}))


class Repository:
    """A git repository made for a test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not os.path.lexists(path / ".git"):
            shutil.copytree(_empty_repository(), path, dirs_exist_ok=True)

    def git(self, *args: str, env: dict[str, str] | None = None, check: bool = True) -> str:
        """Run git and give its output; a failure fails the test."""
        made = subprocess.run(
            ["git", *_GIT_SETTINGS, *args],
            cwd=self.path,
            env={**os.environ, **(env or {})},
            capture_output=True,
            check=False,
        )
        if check:
            assert made.returncode == 0, made.stderr.decode(errors="replace")
        return (made.stdout + made.stderr).decode(errors="replace")

    def write(self, path: str | bytes, text: str | bytes = "") -> Path:
        """Write a file, folders made."""
        place = os.path.join(os.fsencode(self.path), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        return Path(os.fsdecode(place))

    def add(self, *paths: str) -> None:
        """Stage paths, or everything."""
        self.git("add", "-f", "--", *paths) if paths else self.git("add", "-A")

    def commit(self, message: str = "c", *args: str) -> None:
        """Commit what is staged, without hooks."""
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", message, *args)

    def palint(self, *args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the installed palint here."""
        return palint(*args, cwd=self.path, env=env)


def palint(
    *args: str, cwd: Path | str, env: dict[str, str] | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run palint, as installed or as a copy of it (`tests.forked`): what it printed and its exit code.

    Fails the test if palint ends by a bug, whatever the test asks for.
    """
    made = _run(args, cwd, {**os.environ, **(env or {})}, stdin, as_copy=forked.can_run(env or {}))
    assert made.returncode not in (EXIT_BUG, forked.DIED), made.stdout + made.stderr
    return made


def _run(
    args: tuple[str, ...], cwd: Path | str, full: dict[str, str], stdin: str | None, *, as_copy: bool
) -> subprocess.CompletedProcess[str]:
    if not as_copy:
        return subprocess.run(
            [*forked.COMMAND, *args],
            cwd=cwd,
            env=full,
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=120,
        )
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write((stdin or "").encode("utf-8", "surrogateescape"))
        given.seek(0)
        ended = forked.run(args, cwd, full, (given.fileno(), out.fileno(), err.fileno()))
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "surrogateescape").replace("\r\n", "\n"))
    return subprocess.CompletedProcess(list(args), ended.code, *texts)


def findings(made: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The findings of a JSON report."""
    assert made.stdout, made.stderr
    found: list[dict[str, Any]] = json.loads(made.stdout)["findings"]
    return found


def rules_in(text: str) -> set[str]:
    """The rules of the findings that a text for people shows: a block may show those of several."""
    blocks = re.findall(r"^ *(?:error|warning)\[([^]\n]+)\]: ", text, re.MULTILINE)
    return {rule for block in blocks for rule in block.split(", ")}


class PrintingRepository(Repository):
    """A repository in which all that palint prints for people is as in a snapshot."""

    def __init__(self, path: Path, file: Path, test: str) -> None:
        super().__init__(path)
        self._file, self._test, self._count = file, test, 0

    def git(self, *args: str, env: dict[str, str] | None = None, check: bool = True) -> str:
        dates = {f"GIT_{who}_DATE": "2026-01-02T03:04:05Z" for who in ("AUTHOR", "COMMITTER")}
        return super().git(*args, env={**dates, **(env or {})}, check=check)

    def palint(self, *args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        made = super().palint(*args, env=env)
        self._count += 1
        errors = "".join(f"! {line}\n" for line in made.stderr.splitlines())
        text = f"$ palint {' '.join(args)[:200]}\n{made.stdout}{errors}({made.returncode})"
        if made.stdout[:1] not in ("{", "[", "<"):  # no report for a program or a page
            check_snapshot(self._file, f"{self._test} {self._count}", settled(text, self.path.parent))
        return made


def settled(text: str, folder: Path) -> str:
    """What palint prints, without what differs from run to run and from machine to machine."""
    for varies, shown in ((str(folder), ""), (str(PALINT), "palint"), (__version__, "VERSION")):
        text = text.replace(varies, shown)
    return re.sub(r"\b\d+\.\d+ s(?=\b|econds)", "0.0 s", text)


@pytest.fixture
def repo(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    """An empty repository; in a module with `PRINTED = True` all that palint prints is compared."""
    if getattr(request.module, "PRINTED", False) is not True:
        return Repository(tmp_path / "repo")
    file = request.path.with_name("snapshots") / f"{request.path.stem}.txt"
    return PrintingRepository(tmp_path / "repo", file, request.node.name)


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[[str], Repository]:
    """A maker of further repositories, by name."""
    return lambda name: Repository(tmp_path / name)
