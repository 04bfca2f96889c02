"""Where the CPU time of a run over the tree goes, in one process: each part by leaving it out.

    python bench/profile_stages.py

A pass before the measured ones imports and compiles what is needed once; of three passes the fastest counts.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from palint import registry
from palint.config.model import Config
from palint.engine.file_checker import FileChecker
from palint.findings import Finding
from palint.prefilter import Hits
from palint.rule import Rule
from palint.text.source import KeywordMatch, SourceFile
from palint.tree.project import Project
from palint.tree.worktree import WorkTree


class Part(FileChecker):
    """A checker of which parts can be left out."""

    selected: frozenset[str] | None = None  # the rules to run; None: all
    positions = scans = True

    def _ask(self, rule: Rule, file: SourceFile) -> list[Finding] | None:
        return super()._run_rule(rule, file) if self.selected is None or rule.id() in self.selected else []

    def _hits(
        self, file: SourceFile, found: Sequence[tuple[int, int]], selected: frozenset[int]
    ) -> dict[int, list[KeywordMatch]]:
        return super()._keyword_matches(file, found, selected) if self.positions else {}

    def leave_out_looks(self) -> None:
        """From now on hits are found and forgotten; without `scans` nothing is searched."""
        ends = self.matcher._ends

        def scan(data: bytes) -> Hits:
            if self.scans:
                ends(data)
            return []

        self.matcher = type("Deaf", (), {"scan": staticmethod(scan)})()  # type: ignore[assignment]


def fastest(run: Callable[[], object]) -> float:
    """CPU seconds of the fastest of three runs."""
    took = []
    for _ in range(3):
        began = time.process_time()
        run()
        took.append(time.process_time() - began)
    return min(took)


def main() -> None:
    """Print the parts in milliseconds."""
    gc.set_threshold(200_000, 20, 100)  # as the program does
    root = str(corpus.tree())
    project = Project(root, WorkTree(root, repository=False))
    files = project.files()
    rules = [rule(Config()) for rule in registry.load().values()]
    checker = Part(project, Config(), rules)

    def check() -> None:
        for path in files:
            checker.check(path)

    def read() -> None:
        for path in files:
            project.open(path)

    check()
    whole = fastest(check)
    rows = []
    for name in ("hardcoded-secret", "boto3-access-key"):
        checker.selected = frozenset({rule.id() for rule in rules} - {name})
        rows.append((name, whole - fastest(check)))
    checker.selected = frozenset()
    bare = fastest(check)
    rows.append(("the other rules", whole - bare - sum(took for _, took in rows)))
    checker.positions = False
    blind = fastest(check)
    rows.append(("decoding, positions", bare - blind))
    checker.leave_out_looks()
    heard = fastest(check)
    rows.append(("looks at hits", blind - heard))
    checker.scans = False
    deaf = fastest(check)
    rows.append(("hyperscan", heard - deaf))
    reading = fastest(read)
    rows += [("choosing rules", deaf - reading), ("reading", reading), ("together", whole)]
    for name, took in rows:
        sys.stdout.write(f"{name:22}{1000 * took:6.0f} ms\n")


if __name__ == "__main__":
    main()
