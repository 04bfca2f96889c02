"""The labelled findings of real repositories, and what became of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from palint.secrets.synthetic import generate

from ..conftest import ROOT, Repository

sys.path.insert(0, str(ROOT / "bench"))
import wild

HEADER = "repository,commit,path,line,column,end_line,end_column,rule,confidence,verdict,cause\n"


def test_each_row_says_what_was_read_and_nothing_of_the_file() -> None:
    rows = wild.labels()
    assert len(rows) > 1000 and len({row[:8] for row in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{40}", row.commit) and re.fullmatch(r"[\w.-]+/[\w.-]+", row.repository)
        assert row.confidence in ("high", "low") and re.fullmatch(r"[a-z-]*", row.cause)


def test_a_wrong_finding_without_a_cause_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "findings.csv"
    table.write_text(f"{HEADER}a/b,{'0' * 40},x.py,1,2,1,3,hardcoded-secret,high,wrong,\n", "utf-8")
    with pytest.raises(ValueError, match="a cause unless it is right"):
        wild.labels(table)


@pytest.mark.parametrize("place", ["acme+shop/repo", "acme+shop", "acme/shop", "shop"])
def test_findings_are_compared_with_their_labels(
    place: str,
    repo: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A clone under each name; links are left out, and files that git would ignore are not."""
    text = f'x = 1\ntoken = "{generate("{github_token}", 1)}"\n'
    repo.write("a.py", text)
    repo.write("build/b.py", text)
    repo.write(".gitignore", "build\n")
    (repo.path / "c.py").symlink_to("a.py")
    subprocess.run(["git", "-C", str(repo.path), "add", "-f", "."], check=True)
    repo.commit("one")
    clones = tmp_path / "clones"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.path), str(clones / place)], check=True)
    commit = subprocess.run(
        ["git", "-C", str(repo.path), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    kept = f"acme/shop,{commit},{{}},2,10,2,50,hardcoded-secret,high,{{}}\n"
    table = tmp_path / "findings.csv"
    table.write_text(
        HEADER
        + kept.format("a.py", "right,")
        + kept.format("build/b.py", "wrong,identifier")
        + kept.format("c.py", "wrong,link"),
        "utf-8",
    )
    monkeypatch.setattr(wild, "LABELS", table)
    monkeypatch.setattr(wild.labels, "__defaults__", (table,))
    assert wild.main([str(clones), "--changed"]) == 0
    said = capsys.readouterr().out
    assert "high -> gone wrong hardcoded-secret acme/shop c.py:2:10 link" in said
    assert re.search(r"high right +1 +0 +0\n", said) and re.search(r"high wrong +1 +0 +1\n", said)
    assert "high now: 1 of 2 wrong (50.0%)" in said and re.search(r"identifier +1 +0 +0\n", said)
    assert wild.main([str(tmp_path / "nothing")]) == 2
