"""How long the workflow rules take on real workflows, on one core: python bench/workflows.py TREES

TREES: a folder with one source tree a subfolder; only their workflows and actions are read. Prints the
number of files, and CPU seconds (best of three) for the graphs and all the workflow rules on all of them,
imports left out.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from palint.config import Config
from palint.github import graph
from palint.rule import ACTIONS, WORKFLOWS, Rule
from palint.text.source import ParseError
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

RULES = ("workflow_id_token", "workflow_access_key", "github_secret", "secret_to_slack", "env_file_loaded")


def rules() -> list[Rule]:
    """The rules that look at workflows."""
    import importlib

    made: list[Rule] = []
    for name in RULES:
        module = importlib.import_module(f"palint_rules.{name}")
        kind = next(
            x
            for x in vars(module).values()
            if isinstance(x, type) and x.__module__ == module.__name__ and issubclass(x, Rule)
        )
        made.append(kind(Config()))
    return made


def run(trees: list[Path], selected: list[Rule]) -> tuple[int, int]:
    """(files, findings) of one pass over all trees."""
    files = found = 0
    for tree in trees:
        project = Project(str(tree), WorkTree(str(tree), repository=False))
        project.cached(graph)
        for path in project.files():
            if not (WORKFLOWS.matches(path) or ACTIONS.matches(path)):
                continue
            file = project.open(path)
            if file is None:
                continue
            files += 1
            for rule in selected:
                try:
                    found += len(list(rule.check(file, project)))
                except ParseError:
                    pass
    return files, found


def main() -> None:
    """Measure and print."""
    trees = sorted(p for p in Path(sys.argv[1]).iterdir() if p.is_dir())
    selected = rules()
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        files, found = run(trees, selected)
        best = min(best, time.process_time() - begin)
    print(f"{files} files of {len(trees)} trees, {found} findings of {len(selected)} rules: {best:.2f} s CPU")


if __name__ == "__main__":
    main()
