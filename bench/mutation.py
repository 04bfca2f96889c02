"""Mutation testing: small faults are put into the code, one at a time, and the tests must notice each.

`make mutation` draws mutants at random from all of `src/palint` and `rules` and prints those that no test
noticed. Such a survivor is a missing test, code that nothing needs, or a mutant that changes nothing;
docs/mutation.md lists the last kind.

First the suite runs once with a probe in each function, so that for each function it is known which tests
reach it, also in processes that they start. Then each mutant runs the tests that reach its function: those
beside its module first, and the others only if these pass. It runs them in a fork of a process that has
collected them, where it is put into the functions; one outside of functions has a new process. It is
also bound over its file in a mount namespace, so that every process of a test sees it and nothing is written.
That needs Linux and the right to mount: root, or unprivileged user namespaces.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import ctypes
import functools
import gc
import hashlib
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import conditions
import pytest
from mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent
# Imported once, before the forks. palint is not: each process imports it as its mutant has it.
PRELOAD = ["click", "detect_secrets", "hypothesis", "hyperscan", "jsonschema", "libcst", "markdown_it"]
PRELOAD += ["msgspec", "pathspec", "rich.console", "tree_sitter", "yaml"]
PYTEST = ["-q", "--continue-on-collection-errors", "-p", "no:cacheprovider", "-m", "not slow"]
PYTEST += ["-p", "no:unraisableexception", "-p", "pytest_asyncio.plugin"]
READS_SOURCE = ("test_layers.py", "test_plain_english.py", "test_docstrings.py")  # these run no code
STRINGS = 4  # one string in so many is in the draw: tables of words are a third of all mutants
FLOOR = 0.85  # of the mutants must be noticed
MEMORY = 4 << 30  # bytes that a process of a mutant may have
NO_MOUNT = 99  # exit code of a child
UNCHANGED = "(no function has another code)"
CANNOT_MOUNT = "cannot bind a file over another: run as root, or allow unprivileged user namespaces"
FIRST = 30  # tests that a mutant runs before the rest is even collected
TOGETHER = 8  # test files of one run with probes

_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000  # CLONE_NEWNS, CLONE_NEWUSER
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000  # MS_BIND, MS_REC, MS_PRIVATE

# Appended to palint's first module. One write for each function and test; a file that is full or closed, or
# another user's process, must not change what a test does.
_PROBE = """
import builtins as _builtins, os as _os
_seen = set()
def _reached(function):
    if function not in _seen:
        _seen.add(function)
        try:
            descriptor = _os.open({log!r}, _os.O_WRONLY | _os.O_APPEND)
            test = _os.environ.get("PYTEST_CURRENT_TEST", "")
            _os.write(descriptor, f"{{test}}\\t{{function}}\\n".encode())
            _os.close(descriptor)
        except OSError:
            pass
_builtins._reached, _builtins._reached_seen = _reached, _seen
try:
    import mmap as _mmap
    _descriptor = _os.open({outcomes!r}, _os.O_RDWR)
    _outcomes = _mmap.mmap(_descriptor, 0)
    _os.close(_descriptor)
except OSError:
    _outcomes = bytearray(1 << 20)
def _condition(number, value):
    _outcomes[2 * number + bool(value)] = 1
    return value
_builtins._condition = _condition
"""


class Test(NamedTuple):
    """A test as it ran without a mutant: seconds, whether it passed, and the functions that it reached."""

    name: str
    seconds: float
    passed: bool
    functions: list[str]


class Plugin:
    """Runs some of the collected tests in a given order, and notes how each ended."""

    def __init__(self, order: Sequence[str] | None = None) -> None:
        self.order = None if order is None else {name: number for number, name in enumerate(order)}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []  # also those that were skipped
        self.broken: list[str] = []
        self.uncollected: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen tests."""
        if self.order is not None:
            order = self.order
            items[:] = sorted((i for i in items if i.nodeid in order), key=lambda i: order[i.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note the files of which no test can run."""
        if report.failed:
            self.uncollected.append(report.nodeid)

    def pytest_runtest_setup(self) -> None:
        """Have the probes report each function again."""
        getattr(builtins, "_reached_seen", set()).clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the time of all phases and a failure in any."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        if report.outcome != "passed":
            self.failed.append(report.nodeid)
        if report.failed:
            self.broken.append(report.nodeid)


def bind(pairs: Iterable[tuple[str, str]]) -> None:
    """Have this process and its children see a file or folder at the path of another. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(result: int) -> None:
        if result:
            raise OSError(ctypes.get_errno(), "cannot mount: this needs root or user namespaces")

    user, group = os.getuid(), os.getgid()
    if user == 0:
        call(libc.unshare(_NEW_MOUNTS))
    else:
        call(libc.unshare(_NEW_USER | _NEW_MOUNTS))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    call(libc.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None))
    for new, old in pairs:
        call(libc.mount(os.fsencode(new), os.fsencode(old), None, _BIND, None))


def fork(
    pairs: list[tuple[str, str]], seconds: int, work: Callable[[], int], output: str = os.devnull
) -> int:
    """Run a function in a child with these mounts and a limit of CPU seconds; return its id.

    Its exit code is what the function returns, NO_MOUNT if it cannot mount.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number, descriptor in enumerate((null, out, out)):
            os.dup2(descriptor, number)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            bind(pairs)
        except OSError:
            os._exit(NO_MOUNT)
        code = work()
    finally:
        os._exit(code)


def wait(child: int, seconds: float) -> int:
    """A child's exit code, negative for a signal's number; it is killed after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)


# --- which tests reach which function


def with_probes(source: bytes, path: str) -> bytes:
    """A module that reports each function that is called, as `path:line of its def`."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        if not body:
            continue
        first = body[0]
        number = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))]) - 1
        probe = f'_reached("{path}:{node.lineno}")'.encode()
        indent = lines[number][: first.col_offset]
        if indent.strip():
            lines[number] = indent + probe + b"; " + lines[number][first.col_offset :]
        else:
            lines[number] = indent + probe + b"\n" + lines[number]
    return b"".join(lines)


class State:
    """What is kept between runs, in a folder: the tests of each test file, and the fate of each mutant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.tests: dict[str, Any] = self._read("tests.json")
        self.ended: dict[str, Any] = self._read("mutants.json")
        code = hashlib.sha256(b"".join(p.read_bytes() for p in modules())).hexdigest()
        if self.tests.setdefault("code", code) != code:
            raise SystemExit(f"{folder} belongs to other code: delete it")

    def _read(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        return json.loads(path.read_text("utf-8")) if path.exists() else {}

    def save(self) -> None:
        """Write both files."""
        self._write("tests.json", self.tests)
        self._write("mutants.json", self.ended)

    def note(self, drawn: Drawn, ended: tuple[str, str]) -> None:
        """Keep how a mutant ended."""
        self.ended[drawn.name] = ended
        self._write("mutants.json", self.ended)

    def _write(self, name: str, value: dict[str, Any]) -> None:
        new = self.folder / f"{name}.new"
        new.write_text(json.dumps(value, indent=0), "utf-8")
        new.replace(self.folder / name)


def modules() -> list[Path]:
    """The files that are mutated."""
    return sorted([*(ROOT / "src/palint").rglob("*.py"), *(ROOT / "rules").rglob("*.py")])


def learn(state: State, out_of_time: Callable[[], bool]) -> bool:
    """Run the test files that are new or changed with probes; False if the time is up before the last."""
    folder = state.folder / "probes"
    shutil.rmtree(folder, ignore_errors=True)
    log = folder / "log"
    for name in ("src/palint", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    known: list[conditions.Condition] = []
    for path in modules():
        name = str(path.relative_to(ROOT))
        (folder / name).write_bytes(conditions.with_probes(with_probes(path.read_bytes(), name), name, known))
    outcomes = state.folder / "outcomes"
    with open(outcomes, "ab") as file:
        file.truncate(2 * len(known))
    outcomes.chmod(0o666)
    with open(folder / "src/palint/__init__.py", "a", encoding="utf-8") as probe:
        probe.write(_PROBE.format(log=str(log), outcomes=str(outcomes)))
    pairs = [(str(folder / name), str(ROOT / name)) for name in ("src/palint", "rules")]
    files = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if path.name not in READS_SOURCE:
            name, digest = str(path.relative_to(ROOT)), hashlib.sha256(path.read_bytes()).hexdigest()
            if state.tests.get(name, {}).get("digest") != digest:
                files[name] = digest
    left = list(files)
    while left:
        if out_of_time():
            return False
        some, left = left[:TOGETHER], left[TOGETHER:]
        log.write_bytes(b"")
        log.chmod(0o666)  # some tests run palint as another user
        answer = folder / "answer"
        answer.unlink(missing_ok=True)

        def work(some: list[str] = some, answer: Path = answer) -> int:
            plugin = Plugin()
            code = int(pytest.main([*PYTEST, *some], plugins=[plugin]))
            answer.write_text(json.dumps([plugin.seconds, plugin.failed, plugin.uncollected]))
            return min(code, 1)

        if wait(fork(pairs, 1800, work, str(state.folder / "probes.log")), 3600) == NO_MOUNT:
            raise SystemExit(CANNOT_MOUNT)
        seconds, failed, uncollected = json.loads(answer.read_text())
        if uncollected:
            raise SystemExit(
                f"{', '.join(uncollected)}: no test can be collected, see {state.folder}/probes.log"
            )
        reached: dict[str, set[str]] = {}
        for line in log.read_text("utf-8", "replace").splitlines():
            test, _, function = line.rpartition("\t")
            reached.setdefault(test.rpartition(" (")[0], set()).add(function)
        for name in some:
            tests = [
                Test(test, round(took, 3), test not in failed, sorted(reached.get(test, ())))
                for test, took in seconds.items()
                if test.startswith(f"{name}::")
            ]
            state.tests[name] = {"digest": files[name], "tests": tests}
            print(
                f"  {name}: {len(tests)} tests, {sum(not t.passed for t in tests)} of them not used",
                flush=True,
            )
        state.save()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def one_sided(state: State, words: Sequence[str]) -> Iterable[str]:
    """The conditions that had one outcome in all tests, or none, by the modules whose path holds a word."""
    known: list[conditions.Condition] = []
    for path in modules():
        conditions.with_probes(path.read_bytes(), str(path.relative_to(ROOT)), known)
    outcomes = (state.folder / "outcomes").read_bytes()
    for number, each in enumerate(known):
        false, true = outcomes[2 * number : 2 * number + 2]
        if not (false and true) and (not words or any(word in each.path for word in words)):
            yield f"{each.path}:{each.line}: {'true' if true else 'false' if false else 'never'}: {each.text}"


# --- mutants


class Drawn(NamedTuple):
    """A mutant of a file (relative to the root)."""

    path: str
    mutant: Mutant

    @property
    def name(self) -> str:
        """What tells it from others, for people and for the state."""
        return f"{self.path}:{self.mutant.line}: {self.mutant.what}"

    def applied(self, source: bytes) -> bytes:
        """The module with the fault."""
        return source[: self.mutant.start] + self.mutant.new + source[self.mutant.end :]


def draw(number: int, seed: int, words: Sequence[str]) -> list[Drawn]:
    """Mutants of all modules, or of those whose path holds one of the words, by a seed."""
    dice = random.Random(seed)
    every = [
        Drawn(name, mutant)
        for path in modules()
        if not words or any(word in str(path.relative_to(ROOT)) for word in words)
        for name in [str(path.relative_to(ROOT))]
        for mutant in mutants(path.read_bytes())
        if mutant.kind != "text" or dice.randrange(STRINGS) == 0
    ]
    return sorted(dice.sample(every, min(number, len(every))), key=lambda d: (d.path, d.mutant.start))


def tests_for(drawn: Drawn, tests: Sequence[Test], budget: float) -> list[Test]:
    """The tests that reach a mutant, in the order in which they run, of `budget` seconds together.

    A mutant outside functions is reached by all tests: first run those that reach a function of its module.
    A function that no probe saw (a program of its own) may be reached by any test of its package.
    """
    function, module = f"{drawn.path}:{drawn.mutant.function}", f"{drawn.path}:"
    place = Path(drawn.path)
    package = "tests/rules/" if place.parts[0] == "rules" else f"tests/{place.parts[2].removesuffix('.py')}"
    stem = place.parent.name if place.stem == "__init__" else place.stem
    words = {stem.strip("_"), stem.strip("_").replace("_", "-")}

    def distance(test: Test) -> tuple[bool, int, float]:
        beside = any(word in test.name.partition("tests/")[2] for word in words)
        reaches = bool(drawn.mutant.function) or any(f.startswith(module) for f in test.functions)
        return not reaches, 0 if beside else 1 if test.name.startswith(package) else 2, test.seconds

    chosen = [test for test in tests if not drawn.mutant.function or function in test.functions]
    chosen = chosen or [test for test in tests if test.name.startswith(package)]
    total, kept = 0.0, []
    for test in sorted(chosen, key=distance):
        if total + test.seconds <= budget:
            total += test.seconds
            kept.append(test)
    return kept


def try_out(
    drawn: Drawn, parts: Iterable[Sequence[Test]], state: State, run: Callable[[Sequence[Test]], str]
) -> tuple[str, str] | None:
    """How a mutant ended: ("noticed", by which test) or ("survived", how many tests).

    parts: its tests, each part for a child of its own. run: runs a part in a child that sees the mutant in
    the module's file; returns the test that failed, "" for none, or UNCHANGED, for which this returns None.
    """
    source = (ROOT / drawn.path).read_bytes()
    number = int(hashlib.sha256(drawn.name.encode()).hexdigest()[:7], 16)
    copy = state.folder / f"mutant-{number}.py"
    copy.write_bytes(drawn.applied(source))
    os.utime(copy, (1 << 30, number + (1 << 30)))  # no two the same: Python's cached code goes by the time
    failed = state.folder / f"failed-{number}"
    count = 0
    try:
        for part in filter(None, parts):

            def work(part: Sequence[Test] = part) -> int:
                failed.write_text(run(part))
                return 0

            failed.unlink(missing_ok=True)
            took = sum(test.seconds for test in part)
            child = fork([(str(copy), str(ROOT / drawn.path))], int(20 + 4 * took), work)
            code = wait(child, 120 + 10 * took)
            if code == NO_MOUNT:
                raise SystemExit(CANNOT_MOUNT)
            by = failed.read_text() if failed.exists() else f"time or memory ({code})"
            if by == UNCHANGED:
                return None
            if by:
                return "noticed", by
            count += len(part)
        return "survived", f"{count} tests"
    finally:
        copy.unlink()
        failed.unlink(missing_ok=True)


def run_anew(tests: Sequence[Test]) -> str:
    """Import palint and collect the tests: the way for a mutant of a table, a default or a decorator."""
    plugin = Plugin([test.name for test in tests])
    files = dict.fromkeys(test.name.partition("::")[0] for test in tests)
    if not pytest.main([*PYTEST, "-x", "--assert=plain", *files], plugins=[plugin]):
        return ""
    return plugin.failed[0] if plugin.failed else "the tests do not start"


class Session:
    """A plugin: palint is imported and the tests are collected once, and each mutant has a fork of that.

    In it the functions that exist get the mutant's code, which saves most of the time of a mutant that is
    soon noticed: two seconds and not ten.
    """

    def __init__(self, chosen: Sequence[Drawn], try_one: Callable[[Drawn, Session], None]) -> None:
        self._chosen, self._try_one = chosen, try_one
        self.items: dict[str, pytest.Item] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep them by name."""
        self.items = {item.nodeid: item for item in items}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool:
        """Try the mutants."""
        gc.collect()
        gc.freeze()
        for drawn in self._chosen:
            self._try_one(drawn, self)
        return True

    def run(self, drawn: Drawn, source: bytes, tests: Sequence[Test]) -> str:
        """In a fork: put the mutant of `source` into its functions and run tests, as `try_out` asks."""
        if not put(str(ROOT / drawn.path), source, drawn.applied(source)):
            return UNCHANGED
        plugin = Plugin()
        items = [self.items[test.name] for test in tests]
        for item, following in zip(items, [*items[1:], None], strict=True):
            if item is items[0]:
                item.config.pluginmanager.register(plugin)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if plugin.broken:
                return plugin.broken[0]
        return ""


def put(path: str, source: bytes, changed: bytes) -> int:
    """Give the functions of a module that exist the code of a changed module: how many have another now.

    What functions have cached is forgotten. path: the module's file.
    """
    old, new = (_codes(compile(text, path, "exec", dont_inherit=True)) for text in (source, changed))
    codes = {code: new[name] for name, code in old.items() if name in new and new[name] != code}
    count = 0
    gc.unfreeze()  # else they are not listed
    for each in gc.get_objects():
        if type(each) is types.FunctionType and each.__code__.co_filename == path:
            code = codes.get(each.__code__)
            if code is not None and len(code.co_freevars) == len(each.__code__.co_freevars):
                each.__code__ = code
                count += 1
        elif type(each) is functools._lru_cache_wrapper:
            each.cache_clear()
    return count


def _codes(code: types.CodeType, name: str = "") -> dict[str, types.CodeType]:
    """The code in a code, by names and numbers that lead to it."""
    found = {name: code}
    inner = [each for each in code.co_consts if isinstance(each, types.CodeType)]
    for number, each in enumerate(inner):
        found |= _codes(each, f"{name}.{each.co_name}-{number}")
    return found


def main() -> None:
    """Print each survivor and the figure; exit 1 where too few are noticed, 75 if the time was up before."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("paths", nargs="*", help="only modules whose path holds one of these")
    words.add_argument("--sample", type=int, default=150, help="mutants that are tried")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--budget", type=float, default=60, help="seconds of tests for one mutant")
    words.add_argument("--state", type=Path, help="keep what is known there, and go on from it the next time")
    words.add_argument("--seconds", type=float, default=float("inf"), help="stop after this time")
    words.add_argument("--conditions", action="store_true", help="list conditions with one outcome instead")
    words.add_argument("--verbose", action="store_true", help="print by which test a mutant was noticed")
    given = words.parse_args()
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PALINT_SHARED"] = os.devnull  # the figures must not depend on data that few have
    for name in PRELOAD:
        importlib.import_module(name)
    gc.freeze()
    end = time.monotonic() + given.seconds
    state = State(given.state or Path(tempfile.mkdtemp(prefix="palint-mutation-")))
    if not learn(state, lambda: time.monotonic() > end):
        sys.exit(75)
    if given.conditions:
        print(*one_sided(state, given.paths), sep="\n")
        return
    tests = [Test(*t) for name, file in state.tests.items() if name != "code" for t in file["tests"]]
    tests = [test for test in tests if test.passed]
    chosen = draw(given.sample, given.seed, given.paths)

    def in_session(drawn: Drawn, session: Session) -> None:
        if drawn.mutant.function and drawn.name not in state.ended and time.monotonic() < end:
            part = [t for t in tests_for(drawn, tests, given.budget) if t.name in session.items]
            source = (ROOT / drawn.path).read_bytes()
            ended = try_out(drawn, [part], state, lambda tests: session.run(drawn, source, tests))
            if ended is not None:
                state.note(drawn, ended)

    def whole_session() -> int:
        return int(pytest.main([*PYTEST, "--assert=plain"], plugins=[Session(chosen, in_session)]))

    # In a child, since the others must import palint anew.
    wait(fork([], 1 << 20, whole_session, str(state.folder / "session.log")), float("inf"))
    state = State(state.folder)
    noticed = 0
    for drawn in chosen:
        if drawn.name not in state.ended:
            if time.monotonic() > end:
                sys.exit(75)
            every = tests_for(drawn, tests, given.budget)
            ended = try_out(drawn, (every[:FIRST], every[FIRST:]), state, run_anew)
            assert ended is not None
            state.note(drawn, ended)
        how, by = state.ended[drawn.name]
        noticed += how == "noticed"
        if how == "survived" or given.verbose:
            print(f"  {drawn.name}: {how}, {by}", flush=True)
    share = noticed / max(len(chosen), 1)
    print(f"{noticed} of {len(chosen)} noticed, {share:.1%} (seed {given.seed})")
    sys.exit(share < FLOOR)


if __name__ == "__main__":
    main()
