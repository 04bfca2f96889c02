"""Where the CPU time of a run over a tree goes, in one process: time inside each part, timed as it is called.

    python bench/profile_stages.py [FOLDER]     the tree of corpus.py if no folder is given

What is timed are methods of the program itself, replaced by timed ones; one that is missing or never called
ends the script. A pass before the measured one imports and compiles what is needed once; values, names and
lines that palint remembers are known then, so a first run takes more. A timed call costs about 0.2 µs.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from palint import registry
from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.prefilter import HyperscanMatcher
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util import processes

STAGES = (  # (label, class, method); an inner part's time is not counted in the outer one's
    ("reading", Project, "peek"),
    ("opening", Project, "open"),
    ("searching again", FileChecker, "_scan"),
    ("checking keywords' matches", HyperscanMatcher, "scan"),
    ("hyperscan", HyperscanMatcher, "_ends"),
    ("matches that `re` ends too", HyperscanMatcher, "_exact"),
    ("positions", FileChecker, "_keyword_matches"),
    ("redaction, suppressions", FileChecker, "_finalize"),
)


class Clock:
    """CPU seconds by label; while an inner part runs, the outer one's time stands still."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._stack: list[str] = ["everything else"]
        self._since = time.process_time()

    def enter(self, label: str) -> None:
        """Start a part."""
        self._count()
        self.calls[label] += 1
        self._stack.append(label)

    def leave(self) -> None:
        """End the part that was started last."""
        self._count()
        self._stack.pop()

    def _count(self) -> None:
        now = time.process_time()
        self.seconds[self._stack[-1]] += now - self._since
        self._since = now


def timed(clock: Clock, owner: type, method: str, label: Callable[..., str]) -> None:
    """Replace a method by one that is timed. Raises AttributeError if there is none."""
    inner = getattr(owner, method)

    def call(*args: Any) -> Any:
        clock.enter(label(*args))
        try:
            return inner(*args)
        finally:
            clock.leave()

    setattr(owner, method, call)


def main() -> None:
    """Print the parts in milliseconds."""
    gc.set_threshold(*processes.GC_THRESHOLD)  # as the program does
    root = sys.argv[1] if len(sys.argv) > 1 else str(corpus.tree())
    rules = [rule(Config()) for rule in registry.load().values()]

    def check() -> int:
        project = Project(root, WorkTree(root, repository=False))
        checker = FileChecker(project, Config(), rules)
        return len([checker.check(path) for path in project.files()])

    check()
    clock = Clock()
    for label, owner, method in STAGES:
        timed(clock, owner, method, lambda *_, label=label: label)
    timed(clock, FileChecker, "_run_rule", lambda _, rule, *__: f"rule {rule.id()}")
    timed(clock, WorkTree, "list", lambda *_: "listing")
    clock.enter("everything else")
    files = check()
    clock.leave()
    unused = {label for label, _, _ in STAGES} - clock.calls.keys()
    if unused:
        raise SystemExit(f"never called: {', '.join(sorted(unused))}")
    sys.stdout.write(f"{root}: {files} files\n")
    for label, took in clock.seconds.most_common():
        sys.stdout.write(f"{label:32}{1000 * took:7.0f} ms {clock.calls[label]:8} calls\n")
    sys.stdout.write(f"{'together':32}{1000 * clock.seconds.total():7.0f} ms\n")


if __name__ == "__main__":
    main()
