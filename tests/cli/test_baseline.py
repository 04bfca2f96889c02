"""What `palint baseline` says: it counts as one speaks, and gives no hint that was followed already."""

from __future__ import annotations

import pytest

from palint.secrets.synthetic import generate

from ..conftest import Repository


@pytest.mark.parametrize(("count", "words"), [(0, "0 findings."), (1, "1 finding."), (2, "2 findings.")])
def test_it_says_how_many_findings_it_wrote(count: int, words: str, repo: Repository) -> None:
    for number in range(count):
        repo.write(f"{number}.py", f'TOKEN = "{generate("{github_token}", number)}"\n')
    said = repo.palint("baseline").stdout.splitlines()
    assert said[0].endswith(f"palint-baseline.jsonl: {words} Commit it; only new findings fail from now on.")
    assert len((repo.path / "palint-baseline.jsonl").read_text().splitlines()) == count


@pytest.mark.parametrize(
    ("attributes", "hinted"),
    [
        (None, True),
        ("* text\n", True),
        ("* text\r\npalint-baseline.jsonl merge=union\r\n", False),
        ("# palint-baseline.jsonl merge=union\n", True),
        ("palint-baseline.jsonl  text merge=union # note\n", False),
    ],
)
def test_the_hint_about_merging_is_for_who_needs_it(
    attributes: str | None, hinted: bool, repo: Repository
) -> None:
    if attributes is not None:
        repo.write(".gitattributes", attributes)
    said = repo.palint("baseline")
    assert said.returncode == 0 and ("merge=union" in said.stdout) is hinted
