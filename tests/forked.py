"""Run palint's command line in a forked copy of a process that has imported it: half the time of a start.

Starting Python and importing palint is most of what a run on a few files costs, and a thousand tests make
one. Each test process has a small server (`python -m tests.forked`), started for its first run. For a run
the server forks a child with the run's folder, environment, arguments and streams, which calls the function
of the console script. `tests/test_forked.py` compares the two. Tests of what depends on the start itself
(variables that the interpreter reads, imports, terminals, signals) start the installed program.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PALINT = Path(sys.executable).parent / "palint"
# With PALINT_TEST_WITHOUT_FORK (its value is the program's path), palint runs as where Python cannot fork or
# open a file from its directory's descriptor, as on Windows, with workers that are new interpreters:
# `make without-fork`.
WITHOUT_FORK = "PALINT_TEST_WITHOUT_FORK" in os.environ
AVAILABLE = hasattr(os, "fork") and hasattr(socket, "recv_fds") and not WITHOUT_FORK
_WINDOWS = """
import os, signal, sys
del os.fork, os.posix_spawn, os.fchmod, os.geteuid, os.sched_getaffinity
del signal.setitimer, signal.pthread_sigmask
os.supports_dir_fd, os.supports_fd = set(), set()
sys.argv[0] = os.environ["PALINT_TEST_WITHOUT_FORK"]
from palint.engine import workers
workers._FILES_PER_INTERPRETER = 2  # so that small trees have workers, too
from palint.cli.main import main
main()
"""
DIED = 70  # exit code of a run that ended outside of palint's own handling of errors
_READ_AT_START = ("PYTHON", "LC_", "LANG")  # starts of the names of variables that the interpreter reads
# What palint imports inside functions that most runs call, or that a run as another user calls, who may not
# be able to read the standard library of this one.
_LIBRARIES = (
    "argparse",
    "ast",
    "hyperscan",
    "importlib.metadata",
    "msgspec",
    "pathspec",
    "tree_sitter",
    "yaml",
)
# What these commands import: 50 MB, by which each fork takes 4 ms longer, so their runs have another server.
_LARGE = {"fleet": ("duckdb", "pyarrow.parquet"), "migrate": ("boto3",)}
COMMAND = [sys.executable, "-c", _WINDOWS] if WITHOUT_FORK else [str(PALINT)]
_NOT_IMPORTED = ("palint.lsp", "palint.testing", "palint.__main__")


class Ended(NamedTuple):
    """How a run ended: exit code (minus the signal that ended it), CPU seconds, the peak memory in bytes."""

    code: int
    cpu: float
    memory: int


def can_run(env: Mapping[str, str]) -> bool:
    """Whether a forked run does what the installed program would do with these variables."""
    changed = {name for name, value in env.items() if os.environ.get(name) != value}
    return AVAILABLE and not any(name.startswith(_READ_AT_START) for name in changed)


def run(
    args: Iterable[str],
    cwd: Path | str,
    env: Mapping[str, str],
    streams: tuple[int, int, int],
    *,
    timeout: float = 120,
    limits: Mapping[str, int] | None = None,
    constants: Mapping[str, float] | None = None,
    user: int | None = None,
) -> Ended:
    """Run palint.

    streams: descriptors of its standard input, output and error.
    timeout: seconds after which it and all that it started are killed.
    limits: of the system's resources, by their names in `resource`.
    constants: of palint's modules, {module:name: value}, for this run: a shorter wait.
    user: the number of the user and of the group that it runs as.
    Raises EOFError if the server died.
    """
    words = list(args)
    command = words[0] if words and words[0] in _LARGE else ""
    server = _servers.get(command)
    if server is None or server.owner != os.getpid():
        server = _servers[command] = _Server(command)
    what = {
        "args": words,
        "cwd": os.fspath(cwd),
        "env": dict(env),
        "timeout": timeout,
        "limits": dict(limits or {}),
        "constants": dict(constants or {}),
        "user": user,
    }
    try:
        return server.run(what, streams)
    except BaseException:  # it may still answer: that would count for the next run
        del _servers[command]
        raise


class _Server:
    """The process that forks runs for this one, one after the other."""

    def __init__(self, command: str) -> None:
        self.owner = os.getpid()
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forked", str(theirs.fileno()), command],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self._close)

    def run(self, what: Mapping[str, Any], streams: tuple[int, int, int]) -> Ended:
        with tempfile.TemporaryFile() as request:  # of any length, unlike a message
            request.write(json.dumps(what).encode())
            request.seek(0)
            socket.send_fds(self._socket, [b"x"], [request.fileno(), *streams])
        answer = self._socket.recv(1000)
        if not answer:
            raise EOFError("the server that forks runs of palint has ended")
        return Ended(*json.loads(answer))

    def _close(self) -> None:
        if os.getpid() == self.owner:  # not in a copy that a test forked
            self._socket.close()
            self._process.wait(timeout=10)


_servers: dict[str, _Server] = {}  # by the command of _LARGE, "" for all others


def _serve(connection: socket.socket, command: str) -> None:
    """Answer requests until the other end is closed."""
    _preload(_LARGE.get(command, ()))
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    while True:
        _, received, _, _ = socket.recv_fds(connection, 1, 4)
        if not received:
            return
        with open(received.pop(0), "rb") as request:
            what = json.loads(request.read())
        pid = os.fork()
        if pid == 0:
            connection.close()
            _child(what, received)
        for descriptor in received:
            os.close(descriptor)
        signal.signal(signal.SIGALRM, lambda *_, pid=pid: os.killpg(pid, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, what["timeout"])
        _, status, usage = os.wait4(pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        ended = Ended(
            os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit
        )
        connection.sendall(json.dumps(ended).encode())
        _take_patterns()


def keep_all_keywords() -> None:
    """Have this process keep what it compiles for each set of rules that tests use.

    The cache has room for eight, the oldest of which goes: the usual rules' database, which each process that
    a test starts would compile again (0.4 s).
    """
    from palint.util import user_cache

    user_cache.save.__kwdefaults__["keep"] = 500


_patterns_saved = 0  # when the file of compiled patterns was written, as it was last read, in nanoseconds


def _take_patterns() -> None:
    """Give the next run the patterns that this one compiled: a third of its time."""
    global _patterns_saved
    from palint.util import compiled_patterns, user_cache

    name = user_cache._name("patterns", compiled_patterns.KEY)
    with suppress(FileNotFoundError):
        written = os.stat(os.path.join(user_cache.directory(), name)).st_mtime_ns
        if written != _patterns_saved:
            _patterns_saved = written
            compiled_patterns._kept = {**(compiled_patterns._kept or {}), **compiled_patterns._load()}


def _preload(libraries: Iterable[str]) -> None:
    """Import palint and these libraries, and compile its patterns."""
    import palint
    from palint import registry, testing
    from palint.cli import commands
    from palint.config import Config
    from palint.engine import seal
    from palint.engine.file_checker import FileChecker
    from palint.tree.project import Project
    from palint.tree.worktree import WorkTree
    from palint.util import compiled_patterns, lazy_re, user_cache

    keep_all_keywords()
    for name in (*_LIBRARIES, *libraries):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(palint.__path__, "palint."):
        if not module.name.startswith(_NOT_IMPORTED):
            importlib.import_module(module.name)
    registry.load()
    # The keywords of a run without settings, whose database each run would read again: 4 of 57 ms.
    user_cache.checked_tree = os.devnull
    registry.load(deferred=True)  # keeps the rules' declarations
    rules = [rule(Config()) for rule in registry.load(deferred=True).values()]
    # What a run reads or compiles once: the classifier, patterns of each language, argparse's own.
    for rule in registry.load().values():
        with tempfile.TemporaryDirectory() as root:
            files = testing.example_files(rule, rule.bad[0]) if rule.bad else {}
            for path, text in files.items():
                testing.write(root, path, text)
            checker = FileChecker(Project(root, WorkTree(root, repository=False)), Config(), rules)
            for path in files:
                checker.check(path)
    commands.command_parser("check").parse_words([])
    user_cache.checked_tree = seal.run_key = None
    for value in gc.get_objects():
        if isinstance(value, lazy_re._Pattern):
            value.match  # noqa: B018 - compiles it
    sys.path[0] = str(PALINT.parent)  # as when the program starts
    compiled_patterns._kept = {**compiled_patterns._load(), **compiled_patterns._added}
    compiled_patterns._added.clear()  # else each run would compare them with those in the cache
    gc.collect()
    gc.freeze()


def _child(what: Mapping[str, Any], streams: list[int]) -> None:
    """Become the program: never returns."""
    try:
        os.setsid()  # so that it is killed with all that it started
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.chdir(what["cwd"])
        os.environ.clear()
        os.environ.update(what["env"])
        if what["limits"]:
            import resource

            for name, most in what["limits"].items():
                resource.setrlimit(getattr(resource, name), (most, most))
        for name, value in what["constants"].items():
            module, _, constant = name.partition(":")
            assert hasattr(sys.modules[module], constant), name
            setattr(sys.modules[module], constant, value)
        if what["user"] is not None:
            os.setgroups([])
            os.setgid(what["user"])
            os.setuid(what["user"])
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stderr = open(  # noqa: SIM115
            2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        sys.argv = [str(PALINT), *what["args"]]
        from palint.cli.main import main
        from palint.util import deadline

        deadline.restart()
        main()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(DIED)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
