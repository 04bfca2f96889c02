"""The workflow rules on labelled trees of real repositories, where those are at hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from palint.changes import fixes
from palint.changes.write import write
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "bench"))
from workflow_labels import RULES, found, rows, score, table


def test_labelled_trees(shared: Path) -> None:
    hits, wrong = score(shared / "data" / "workflows-dev")
    assert wrong == []
    assert {rule for rule, _ in hits} == set(RULES)
    assert all("recall 1.000 precision 1.000" in line for line in table(hits, wrong))


def test_the_score_counts_errors(tmp_path: Path) -> None:
    """A tree with one row missed and one finding too many."""
    tree = tmp_path / "head" / "r" / ".github" / "workflows"
    tree.mkdir(parents=True)
    (tmp_path / "history").mkdir()
    (tree / "a.yml").write_text("env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.K }}\n" + "\n" * 20)
    row = "dev,head,r,.github/workflows/a.yml,20,workflow-access-key,violation,20,x\n"
    (tmp_path / "labels.csv").write_text("split,set,repo,path,line,rule,verdict,lines,note\n" + row)
    hits, wrong = score(tmp_path)
    assert [text.split()[0] for text in wrong] == ["missed", "extra"]
    assert "recall 0.000 precision 0.000 (0)" in table(hits, wrong)[1]


@pytest.mark.parametrize("rule", ["workflow-id-token", "workflow-access-key"])
def test_a_second_fix_changes_nothing(rule: str, shared: Path, tmp_path: Path) -> None:
    """On each labelled violation that can be fixed, a second run is clean and only its lines have changed."""
    folder = shared / "data" / "workflows-dev"
    allowed = ("permissions", "id-token", "contents: read", "role-to-assume", "aws-")
    for (kind, name), mine in rows(folder).items():
        if not any(row["rule"] == rule and row["verdict"] == "violation" for row in mine):
            continue
        copy, original = tmp_path / kind / name, folder / kind / name
        before = {}
        for path in (p for p in original.rglob("*") if p.is_file()):
            to = copy / path.relative_to(original)
            to.parent.mkdir(parents=True, exist_ok=True)  # the data may be read-only, its folders too
            to.write_bytes(path.read_bytes())
            before[to] = path.read_bytes()
        for _ in range(10):
            project = Project(str(copy), WorkTree(str(copy), repository=False))
            plan = fixes.plan(found(copy, rule), project.open, unsafe=True)
            if not plan.fixed:
                break
            for change in plan.changes:
                write(str(copy), change)
        assert [f.message for f in found(copy, rule) if f.fix] == []
        for path, data in before.items():
            old, new = data.splitlines(), path.read_bytes().splitlines()
            changed = [line for line in new if line not in old] + [line for line in old if line not in new]
            assert all(any(word in line.decode() for word in allowed) for line in changed), (path, changed)
