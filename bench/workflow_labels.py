"""Precision and recall of the workflow rules on labelled trees: python bench/workflow_labels.py FOLDER

FOLDER holds labels.csv, head/ and history/ (one tree a repository). A finding matches a row of its rule and
file when its span, or a related one, begins within two lines of one of the row's lines. In head/, an error
that matches no row counts against precision; history/ counts for recall alone. Prints each rule's figures,
then those of each repository.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

from palint import registry
from palint.config import Config
from palint.engine.run import run
from palint.findings import Finding, Severity
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

RULES = ("workflow-id-token", "workflow-access-key", "env-file-loaded")
ROWS = dict[tuple[str, str], list[dict[str, str]]]


def rows(folder: Path) -> ROWS:
    """The labels of each tree, by (set, repository)."""
    made: ROWS = defaultdict(list)
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            made[row["set"], row["repo"]].append(row)
    return made


def found(tree: Path, *rules: str) -> list[Finding]:
    """What some rules find in a tree, in workflows and actions."""
    known = registry.load()
    project = Project(str(tree), WorkTree(str(tree), repository=False))
    made = run(project, Config(), {rule: known[rule] for rule in rules}, in_process=True).findings
    return [
        f for f in made if ".github/" in f.span.path or f.span.path.endswith(("action.yml", "action.yaml"))
    ]


def matches(finding: Finding, row: dict[str, str]) -> bool:
    wanted = {int(row["line"]), *(int(x) for x in row["lines"].split() if x.isdigit())}
    spans = [finding.span, *(r.span for r in finding.related if r.span.path == finding.span.path)]
    return (finding.rule, finding.span.path) == (row["rule"], row["path"]) and any(
        abs(span.start.line - line) <= 2 for span in spans for line in wanted
    )


def score(folder: Path) -> tuple[Counter[tuple[str, str]], list[str]]:
    """({(rule, repository): hits}, what is missed or should not be there: a word, the rule, and where)."""
    hits: Counter[tuple[str, str]] = Counter()
    wrong = []
    labelled = rows(folder)
    for kind in ("head", "history"):
        for tree in sorted((folder / kind).iterdir()):
            made, mine = found(tree, *RULES), labelled[kind, tree.name]
            for row in mine:
                if row["verdict"] == "violation":
                    hit = any(matches(f, row) for f in made)
                    hits[row["rule"], tree.name] += hit
                    wrong += [] if hit else [f"missed {row['rule']} {tree.name}/{row['path']}:{row['line']}"]
            if kind == "head":
                extra = [f for f in made if is_extra(f, mine)]
                wrong += [
                    f"extra {f.rule} {tree.name}/{f.span.path}:{f.span.start.line} {f.message}" for f in extra
                ]
    return hits, wrong


def is_extra(finding: Finding, mine: list[dict[str, str]]) -> bool:
    verdicts = {row["verdict"] for row in mine if matches(finding, row)}
    return verdicts == {"ok"} if verdicts else finding.severity is Severity.ERROR


def table(hits: Counter[tuple[str, str]], wrong: list[str]) -> list[str]:
    """Lines with recall and precision: of each rule, then of each of its repositories."""
    lines = []
    for rule in RULES:
        words = [text.split() for text in wrong]
        for name in ("", *sorted({repo for of, repo in hits if of == rule})):
            good = sum(count for (of, repo), count in hits.items() if of == rule and name in ("", repo))
            bad = Counter(w[0] for w in words if w[1] == rule and w[2].startswith(f"{name}/" if name else ""))
            recall, precision = good / max(1, good + bad["missed"]), good / max(1, good + bad["extra"])
            lines.append(
                f"{'  ' + name if name else rule:60} recall {recall:.3f} precision {precision:.3f} ({good})"
            )
    return lines


def main() -> None:
    """Measure and print."""
    hits, wrong = score(Path(sys.argv[1]))
    print("\n".join(table(hits, wrong) + wrong))


if __name__ == "__main__":
    main()
