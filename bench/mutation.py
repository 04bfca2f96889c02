"""Mutation testing: small faults are put into the code, one at a time, and the tests must notice each.

`make mutation` prints, for each module, how many mutants its tests killed, and every survivor. A survivor is
a missing test, code that nothing needs, or a mutant that means the same; docs/mutation.md reads them.

A mutant lives in a forked process, which imports the changed module instead of the file's and runs the tests
that name it. Nothing is written. So tests that start palint as a program do not count here.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import importlib.util
import os
import random
import resource
import signal
import sys
import time
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import NamedTuple

import hypothesis
import pytest
from mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent
# Imported once, before the forks. The last, only for the rules, imports all of palint below them.
PRELOAD = ["click", "detect_secrets", "hyperscan", "jsonschema", "markdown_it", "msgspec"]
PRELOAD += ["pathspec", "rich.console", "tree_sitter", "yaml", "palint.testing"]
# Quick to start: no plugins of the environment, no rewritten assertions, no collection of garbage at the end.
PYTEST = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:unraisableexception"]
BY_THE_PROGRAM = "--deselect=tests/test_baseline.py::test_a_copy_is_new_however_little_is_checked"
COLLECTION = 2  # pytest's exit code when a test's module cannot be imported
FLOOR = 0.85  # of the mutants must be killed
MEMORY = 4 << 30  # bytes a mutant may have


class Target(NamedTuple):
    """A module, the tests that must notice its faults, and how many of its mutants are tried (0: all)."""

    path: str
    module: str
    tests: list[str]
    sample: int


def targets(sample: int) -> list[Target]:
    """What is mutated: small modules whole; the rules, a rule's language and the verdict by sample."""
    rules = ROOT / "rules"
    examples = "tests/rules/test_examples.py::test_examples"
    snapshots = "tests/rules/test_snapshots.py::test_findings_match_the_snapshot"
    made = [
        Target("src/palint/suppressions.py", "palint.suppressions", ["tests/test_suppressions.py"], 0),
        Target("src/palint/baseline.py", "palint.baseline", ["tests/test_baseline.py", BY_THE_PROGRAM], 0),
        Target("src/palint/report/escape.py", "palint.report.escape",
               ["tests/report/test_escape.py", "tests/report/test_hostile.py"], 0),
        Target("src/palint/secrets/classifier/__init__.py", "palint.secrets.classifier",
               ["tests/secrets/test_classifier.py"], 0),
        Target("src/palint/secrets/filters/__init__.py", "palint.secrets.filters",
               ["tests/secrets/test_filters.py", "tests/secrets/test_pipeline.py"], 2 * sample),
        Target("src/palint/slack.py", "palint.slack",
               [f"{examples}[secret-to-slack]", f"{snapshots}[secret-to-slack]",
                *_naming("secret-to-slack", "secret_to_slack")], sample),
    ]  # fmt: skip
    for path in sorted(rules.glob("[a-z]*.py")):
        name = path.stem.replace("_", "-")
        tests = [f"{examples}[{name}]", f"{snapshots}[{name}]", *_naming(name, path.stem)]
        made.append(Target(f"rules/{path.name}", f"palint_rules.{path.stem}", tests, sample))
    return made


def _naming(*names: str) -> list[str]:
    """The tests of rules that name one of these."""
    tests = sorted((ROOT / "tests/rules").glob("test_*.py"))
    return [
        f"tests/rules/{path.name}"
        for path in tests
        if path.name != "test_examples.py" and any(name in path.read_text("utf-8") for name in names)
    ]


class _Finder:
    """Imports one module from a tree; all others are as they were."""

    def __init__(self, target: Target, code: CodeType) -> None:
        self.target, self.code = target, code

    def find_spec(self, name: str, path: object = None, module: object = None) -> ModuleSpec | None:
        if name != self.target.module:
            return None
        code = self.code

        class Loader(SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:
                return code

        place = str(ROOT / self.target.path)
        return importlib.util.spec_from_file_location(name, place, loader=Loader(name, place))


def start(target: Target, tree: ast.Module, mutant: Mutant | None, seconds: int) -> int:
    """Run a mutant's tests in a child process with a limit of CPU seconds; return its id."""
    child = os.fork()
    if child:
        return child
    code = COLLECTION
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        if mutant is not None:
            mutant.apply()
        sys.meta_path.insert(0, _Finder(target, compile(tree, str(ROOT / target.path), "exec")))
        code = int(pytest.main([*PYTEST, *target.tests]))
    finally:
        os._exit(code)


def wait(running: dict[int, tuple[Mutant | None, float]], limit: float) -> tuple[Mutant | None, int, float]:
    """The next that ends: the mutant, its exit code (negative: a signal's number), its CPU seconds."""
    while True:
        for child, (mutant, since) in list(running.items()):
            if time.monotonic() - since > limit:
                os.killpg(child, signal.SIGKILL)
            ended, status, used = os.wait4(child, os.WNOHANG)
            if ended:
                del running[child]
                return mutant, os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        time.sleep(0.02)


def run(target: Target, jobs: int, seed: int) -> tuple[int, int]:
    """How many mutants were tried and how many survived, each of which is printed.

    Raises SystemExit where the tests fail without a mutant.
    """
    tree = ast.parse((ROOT / target.path).read_text("utf-8"))
    chosen = list(mutants(tree))
    if 0 < target.sample < len(chosen):
        chosen = random.Random(f"{seed} {target.path}").sample(chosen, target.sample)
        chosen.sort(key=lambda mutant: mutant.line)
    running: dict[int, tuple[Mutant | None, float]] = {
        start(target, tree, None, 600): (None, time.monotonic())
    }
    _, code, used = wait(running, 3600)
    if code:
        raise SystemExit(f"{target.path}: its tests fail without a mutant: pytest {' '.join(target.tests)}")
    seconds, survived, left = int(2 + 4 * used), 0, list(reversed(chosen))
    while left or running:
        while left and len(running) < jobs:
            mutant = left.pop()
            running[start(target, tree, mutant, seconds)] = (mutant, time.monotonic())
        ended, code, _ = wait(running, 10 * seconds)
        if code == 0 and ended is not None:
            survived += 1
            print(f"    {target.path}:{ended.line}: {ended.what}", flush=True)
    return len(chosen), survived


def main() -> None:
    """Print each module's figures and survivors; exit 1 where too few are killed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("paths", nargs="*", help="only modules whose path holds one of these")
    words.add_argument("--sample", type=int, default=40, help="mutants tried of each rule")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = words.parse_args()
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PALINT_SHARED"] = os.devnull  # the figures must not depend on data that few have
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")
    for name in PRELOAD[:-1]:
        importlib.import_module(name)
    tried = killed = 0
    for target in targets(given.sample):
        if given.paths and not any(part in target.path for part in given.paths):
            continue
        if target.module.startswith("palint_rules."):
            importlib.import_module(PRELOAD[-1])
        gc.freeze()
        begin = time.monotonic()
        count, survived = run(target, given.jobs, given.seed)
        dead = count - survived
        tried, killed = tried + count, killed + dead
        took = time.monotonic() - begin
        print(f"{target.path}: {dead} of {count} killed, {dead / count:.0%} ({took:.0f} s)", flush=True)
    share = killed / max(tried, 1)
    print(f"all: {killed} of {tried} killed, {share:.1%}")
    sys.exit(share < FLOOR)


if __name__ == "__main__":
    main()
