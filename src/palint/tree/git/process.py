"""Run git: its flags, its environment, and a timeout if it does not answer."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from palint.findings import PalintError
from palint.util.typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_KEPT_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",  # a partial commit (`git commit -- path`) uses a temporary index
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
VARIABLES = {
    "GIT_NO_LAZY_FETCH": "1",  # otherwise a partial clone would fetch missing objects
    "GIT_ALLOW_PROTOCOL": "",  # the same for versions of git without the variable above
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # messages that are parsed below
}
FLAGS = (
    "--no-optional-locks",
    "--literal-pathspecs",
    "--no-replace-objects",  # with refs/replace the bytes would differ from those that are pushed
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "core.bigFileThreshold=16m",  # git streams larger blobs instead of holding them in memory
    # How much of a pack git maps into memory, by default several hundred MB; less costs no CPU.
    "-c", "core.packedGitWindowSize=1m", "-c", "core.packedGitLimit=32m",
    "-c", "core.deltaBaseCacheLimit=32m",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip
# Seconds without CPU use, as when git waits for a FIFO; without output where CPU use cannot be measured.
STALL_SECONDS = 4.0 if os.path.exists("/proc/self/stat") else 60.0
POLL_SECONDS = 0.5  # seconds between two looks at a process that is silent
_MAX_SECONDS = 300.0  # seconds for one call
_MAX_BYTES = 4 << 30  # memory of one call: a ref that is a link to an endless file is read into it
_SPAWNS = hasattr(os, "posix_spawn")  # not on Windows

trusted: list[str] = []  # `-c safe.directory=…`, once a repository needed it


class GitError(PalintError):
    """git failed; the message is for the user."""


class Call:
    """A git process in `directory`, started immediately; `result` waits for it.

    talks: whether its input is a pipe. source: descriptor of a file to use as input; the caller closes it.
    """

    def __init__(
        self, directory: str, args: Sequence[str], *, talks: bool = False, source: int | None = None
    ) -> None:
        self.name = args[0]
        self._reader: IO[bytes] | None = None
        self._popen: subprocess.Popen[bytes] | None = None
        self._done = False
        self._owner = os.getpid()
        argv = [program(directory), *FLAGS, *trusted, "-C", directory, *args]
        if _SPAWNS:
            self._spawn(argv, talks, source)
        else:
            self._start(argv, talks, source)

    def _spawn(self, argv: list[str], talks: bool, stdin: int | None) -> None:
        if talks:
            source, self._input = os.pipe()
        else:
            source, self._input = os.open(os.devnull, os.O_RDONLY) if stdin is None else os.dup(stdin), -1
        self._out, out = os.pipe()
        self._err, err = os.pipe()
        try:
            self._pid = spawn(argv, environment(), source, out, err)
        except OSError as error:
            self._done = True
            self._close()
            raise GitError(f"git does not start: {error.strerror}") from None
        finally:
            for fd in (source, out, err):
                os.close(fd)

    def _start(self, argv: list[str], talks: bool, stdin: int | None) -> None:
        import subprocess

        source = subprocess.PIPE if talks else subprocess.DEVNULL if stdin is None else stdin
        self._popen = subprocess.Popen(
            argv, env=environment(), stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    @property
    def reader(self) -> IO[bytes]:
        """The output of a process with a pipe as input."""
        if self._reader is None:
            if self._popen is not None:
                assert self._popen.stdout is not None
                self._reader = self._popen.stdout
            else:
                self._reader = open(self._out, "rb", buffering=1 << 16, closefd=False)  # noqa: SIM115
        return self._reader

    def widen(self) -> None:
        """Enlarge the output pipe to 1 MiB, so that the process waits less for its reader (Linux only)."""
        if sys.platform == "linux":
            import fcntl

            with suppress(OSError):  # above the user's limit
                fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, 1 << 20)

    def write(self, data: bytes) -> None:
        """Write a line to its input."""
        try:
            if self._popen is not None:
                assert self._popen.stdin is not None
                self._popen.stdin.write(data)
                self._popen.stdin.flush()
            else:
                os.write(self._input, data)
        except OSError:
            self.stop()
            raise GitError(f"git {self.name} ended before it was queried") from None

    def output(self) -> bytes:
        """Its output. Raises GitError if it failed."""
        out, err, code = self.result()
        if code:
            raise GitError(message(err, self.name))
        return out

    def result(self) -> tuple[bytes, bytes, int]:
        """(output, errors, exit code). Raises GitError if it does not answer."""
        if self._popen is None:
            return self._listen()
        import subprocess

        try:
            out, err = self._popen.communicate(timeout=_MAX_SECONDS)
        except subprocess.TimeoutExpired:
            self.stop()
            raise GitError(_silence(self.name)) from None
        self._done = True
        return out, err, self._popen.returncode

    def _listen(self) -> tuple[bytes, bytes, int]:
        import select

        pieces: dict[int, list[bytes]] = {self._out: [], self._err: []}
        poll = select.poll()
        for fd in pieces:
            poll.register(fd, select.POLLIN)
        waiting = set(pieces)
        begun = idle = time.monotonic()
        worked = -1
        while waiting:
            ready = poll.poll(POLL_SECONDS * 1000)
            for fd, _event in ready:
                piece = os.read(fd, 1 << 18)
                pieces[fd].append(piece)
                if not piece:
                    poll.unregister(fd)
                    waiting.discard(fd)
            if ready:
                idle = time.monotonic()
                continue
            now, (work, memory) = time.monotonic(), state_of(self._pid)
            if work != worked:
                worked, idle = work, now
            if now - idle > STALL_SECONDS or now - begun > _MAX_SECONDS:
                self.stop()
                raise GitError(_silence(self.name))
            if memory > _MAX_BYTES:
                self.stop()
                raise GitError(f"git {self.name} takes too much memory: is a file in .git a link or endless?")
        out, err = b"".join(pieces[self._out]), b"".join(pieces[self._err])
        return out, err, self._wait()

    def stop(self) -> None:
        """Kill the process if it still runs."""
        if self._done:
            return
        self._done = True
        if os.getpid() != self._owner:  # a forked child must not kill its parent's process
            self._close()
            return
        if self._popen is not None:
            self._popen.kill()
            self._popen.communicate()
            return
        try:
            os.kill(self._pid, 9)
        except ProcessLookupError:
            pass
        self._wait()

    def _wait(self) -> int:
        self._done = True
        self._close()
        try:
            return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        except ChildProcessError:  # the caller ignores SIGCHLD, so the exit code is lost
            return 0

    def _close(self) -> None:
        for fd in (self._input, self._out, self._err):
            if fd >= 0:
                os.close(fd)


def spawn(argv: list[str], env: Mapping[str, str], source: int, out: int, err: int) -> int:
    """Start a program with the given standard streams; return its process id.

    `posix_spawn` instead of `subprocess`, whose import costs 5 ms, a tenth of the hook's time.
    """
    return os.posix_spawn(
        argv[0],
        argv,
        env,
        file_actions=[(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate((source, out, err))],
    )


def program(directory: str) -> str:
    """The path of git: in an absolute folder of PATH that is outside the tree that contains `directory`.

    A tree may contain its own `git`, and a PATH with `node_modules/.bin` would run it. Raises GitError.
    """
    tree = os.path.realpath(_top(directory)).rstrip(os.sep) + os.sep
    if tree not in _programs:
        _programs[tree] = _find_program(tree)
    return _programs[tree]


_programs: dict[str, str] = {}  # {tree, with a separator at its end: path of git}


def _find_program(tree: str) -> str:
    name = "git" if os.name == "posix" else "git.exe"
    inside = ""
    for folder in os.get_exec_path():
        path = os.path.join(folder, name)
        if not (os.path.isabs(folder) and os.access(path, os.X_OK) and os.path.isfile(path)):
            continue
        places = os.path.realpath(folder) + os.sep, os.path.realpath(path)
        if not any(place.startswith(tree) for place in places):
            return path
        inside = path
    if inside:
        raise GitError(f"{inside} is inside the tree to check, so it is not run: install git elsewhere")
    raise GitError("git is not installed, or not in PATH")


def _top(directory: str) -> str:
    """The folder of the repository, found without git; `directory` if there is none."""
    folder = os.path.abspath(os.environ.get("GIT_WORK_TREE") or directory)
    current = folder
    while not os.path.lexists(os.path.join(current, ".git")):
        above = os.path.dirname(current)
        if above == current:
            return folder
        current = above
    return current


def read_safe_directories(directory: str) -> list[str]:
    """`safe.directory` from the user's and the system's settings, read outside of any repository."""
    import subprocess

    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
    env["GIT_DIR"] = os.devnull
    argv = [program(directory), "config", "-z", "--get-all", "safe.directory"]
    answer = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return list(map(os.fsdecode, answer.stdout.split(b"\0")[:-1]))


def message(err: bytes, name: str) -> str:
    """git's last error line, without control characters and without values of settings that it quotes."""
    lines = [x for x in err.decode("utf-8", "replace").splitlines() if x.startswith(("fatal:", "error:"))]
    text = "".join(c if c.isprintable() else "?" for c in (lines or ["it gave no reason"])[-1])
    if "value" in text:
        key = text.rpartition("' for '")[2] if "' for '" in text else "a setting'"
        text = f"refuses the value of '{key}"
    return f"git {name}: {text.removeprefix('fatal: ').removeprefix('error: ')}"


def _silence(name: str) -> str:
    return (
        f"git {name} does not answer: does it wait for a FIFO "
        "(as .gitignore, .git/index, or a file that .git/config includes)?"
    )


def environment() -> dict[str, str]:
    """The environment of every git call: the caller's, without settings that git would take from it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT_VARIABLES}
    for name in ("GIT_DIR", "GIT_WORK_TREE"):
        if name in env:  # git would otherwise set it to the directory given with `-C`
            env[name] = os.path.abspath(env[name])
    env.update(VARIABLES)
    return env


def state_of(pid: int) -> tuple[int, int]:
    """(a number that changes while a process works or waits for a disk, its memory in bytes); 0: unknown.

    Its memory without what it maps: git maps packs, which may be larger than the memory of the machine.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            words = file.read().rpartition(b")")[2].split()
        with open(f"/proc/{pid}/statm", "rb") as file:
            resident, shared = map(int, file.read().split()[1:3])
    except OSError:
        return 0, 0
    work = time.monotonic_ns() if words[0] in b"DR" else int(words[11]) + int(words[12])
    return work, (resident - shared) * os.sysconf("SC_PAGE_SIZE")
