"""`make keywords`: matches and hits of the prefilter's keywords."""

from __future__ import annotations

import runpy
from pathlib import Path

from palint.secrets.synthetic import generate

KEYWORDS = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "keywords.py"))


def test_matches_and_hits_are_counted(tmp_path: Path) -> None:
    value = generate("{base62:12}", 4)
    (tmp_path / "a.py").write_text("password = get()\n" * 150 + f'password = "{value}"\n')
    (tmp_path / "b.py").write_text("import boto3\n")
    counts = KEYWORDS["count"](str(tmp_path))
    assert [each.matches for each in counts] == sorted((each.matches for each in counts), reverse=True)
    password = counts[0]
    assert (password.matches, password.hits) == (151, 1)
    assert password.rules == ("hardcoded-secret",)
    assert password.is_poor and not password._replace(hits=2).is_poor
    assert [(e.matches, e.hits) for e in counts if e.pattern == "boto3"] == [(1, 1)]
