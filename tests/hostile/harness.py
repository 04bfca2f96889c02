"""Runs palint on one hostile input and judges what came of it."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

from tests import forked
from tests.forked import PALINT

CPU, WALL, MEMORY = 10.0, 60.0, 1 << 30  # seconds of processor, seconds on a busy machine, bytes
NOBODY = 65534  # the user and the group without rights
LIMITS = {"RLIMIT_AS": 4 << 30, "RLIMIT_CPU": int(WALL)}
# Seconds that git may wait for a FIFO, which each call of git in some inputs does.
STALL = {"palint.tree.git.process:STALL_SECONDS": 0.2, "palint.tree.git.process:POLL_SECONDS": 0.05}
STATES = ("found", "said", "quiet")
# Every format in one run: json as it is printed, the others into files.
FILED = ("text", "concise", "sarif", "github", "gitlab", "junit", "markdown", "html")
INJECTED = (b"\x1b[31m\x1b]0;pwn", b"\x1b]", b"\x9b31m", b"\x07")


class Run(NamedTuple):
    """One run of palint: exit code (None: it had to be killed), its output, processor seconds, peak bytes."""

    code: int | None
    out: bytes
    err: bytes
    cpu: float
    memory: int


class RunOutcome(NamedTuple):
    """found, said or quiet, and what went wrong: hung, crashed, executed, leaked, injected, missed, false…"""

    state: str
    problems: tuple[str, ...]


def made_token(name: str) -> str:
    """A made-up GitHub token with the checksum that its format has (github.blog, 2021-04-05)."""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    body = "".join(random.Random("hostile " + name).choices(alphabet, k=30))
    number, check = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        check = alphabet[digit] + check
    return "gh" + "p_" + body + check.rjust(6, "0")


def run(tree: Path, args: list[str], *, unprivileged: bool = False, env: dict[str, str] | None = None) -> Run:
    """palint in a tree, killed when it takes too long or too much."""
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    full = {**os.environ, "GITHUB_ACTIONS": "true", **trusted, **(env or {})}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        streams = nothing.fileno(), out.fileno(), err.fileno()
        user = NOBODY if unprivileged else None
        if forked.can_run(env or {}):
            made = forked.run(
                args, tree, full, streams, timeout=WALL, limits=LIMITS, constants=STALL, user=user
            )
        else:
            made = _started(args, tree, full, streams, user)
        out.seek(0)
        err.seek(0)
        code = None if made.code == -signal.SIGKILL else made.code
        return Run(code, out.read(), err.read(), made.cpu, made.memory)


def _started(
    args: list[str], tree: Path, env: dict[str, str], streams: tuple[int, int, int], user: int | None
) -> forked.Ended:
    """Start the installed program."""
    stdin, stdout, stderr = streams
    process = subprocess.Popen(
        [str(PALINT), *args], cwd=tree, env=env, stdin=stdin, stdout=stdout, stderr=stderr,
        start_new_session=True, preexec_fn=_limit, user=user, group=user,
        extra_groups=None if user is None else [],
    )  # fmt: skip
    before = signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, WALL)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    # A child's peak starts at its parent's, whose tests may have taken more than the program may.
    peak = usage.ru_maxrss if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else 0
    return forked.Ended(process.returncode, usage.ru_utime + usage.ru_stime, peak * unit)


def _limit() -> None:
    """For a process whose parent may be gone before it ends."""
    for name, most in LIMITS.items():
        resource.setrlimit(getattr(resource, name), (most, most))


def check(
    tree: Path,
    expect: str,
    secrets: list[bytes],
    *,
    repository: bool = False,
    mark: Path | None = None,
    unprivileged: bool = False,
    args: list[str] | None = None,
) -> RunOutcome:
    """Run palint on a directory in every format, with --staged in a repository, and judge.

    expect: find, skip-warn (or error), no-finding, any; about --staged where there is a repository.
    secrets: none of them may be in anything that palint writes. mark: must not exist afterwards.
    """
    problems: list[str] = []
    judged: Run | None = None
    reports = Path(tempfile.mkdtemp())
    reports.chmod(0o777)
    try:
        filed = [x for name in FILED for x in ("--output", f"{name}:{reports / name}")]
        given = ["--format", "json", *filed, *(args or []), "."]
        runs = {"directory": run(tree, given, unprivileged=unprivileged)}
        if repository:
            runs["staged"] = run(tree, ["check", "--staged", "--format", "json", *(args or [])])
        for name, made in runs.items():
            about = f"{name}, exit {made.code}, {made.cpu:.1f} s, {made.err[-300:]!r}"
            problems += [f"{problem}({about})" for problem in _failures(made)]
            problems += _written(name, made.out + made.err, secrets)
        for name in FILED:
            if (reports / name).exists():
                problems += _written(name, (reports / name).read_bytes(), secrets)
        text = reports / "text"
        if text.exists() and any(line.startswith(b"::") for line in text.read_bytes().split(b"\n")):
            problems.append("injected(workflow command)")
        judged = runs["staged" if repository else "directory"]
    finally:
        shutil.rmtree(reports)
    if mark is not None and mark.exists():
        problems.append("executed")
    state, complete = _state(judged)
    if expect == "find" and state == "quiet":
        problems.append("missed")
    if expect in ("skip-warn", "error") and state == "quiet":
        problems.append("unsaid")
    if expect == "no-finding" and state == "found":
        problems.append("false")
    if complete is False and judged.code == 0:
        problems.append("incomplete but 0")
    return RunOutcome(state, tuple(problems))


def _failures(made: Run) -> list[str]:
    problems = []
    if made.code is None or made.cpu > CPU:
        problems.append("hung")
    elif made.code not in (0, 1, 2) or b"Traceback" in made.out + made.err:
        problems.append("crashed")
    if made.memory > MEMORY:
        problems.append("memory")
    return problems


def _written(name: str, data: bytes, secrets: list[bytes]) -> list[str]:
    problems = []
    if any(secret in data for secret in secrets):
        problems.append(f"leaked({name})")
    if any(code in data for code in INJECTED):
        problems.append(f"injected({name})")
    return problems


def _state(made: Run) -> tuple[str, bool | None]:
    """(found, said or quiet; whether the run calls itself complete: None without a report)."""
    try:
        report = json.loads(made.out)
    except ValueError:
        return ("said" if made.code == 2 and made.err.strip() else "quiet"), None
    if report["findings"]:
        return "found", report["complete"]
    return ("said" if made.code == 2 or report["notices"] else "quiet"), report["complete"]
