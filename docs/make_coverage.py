"""Write docs/coverage.md from the examples of technologies: `python docs/make_coverage.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from palint import registry  # noqa: E402
from palint.testing import check  # noqa: E402
from tests.rules.technologies import NEAR_MISSES, TECHNOLOGIES  # noqa: E402

_HEAD = """---
search:
  exclude: true
---
# Coverage

Ways in which AWS keys and .env files reach a program, each in the form that its own documentation shows.
This page is made by `python docs/make_coverage.py`, which runs the examples of
`tests/rules/technologies.py`; a test fails when a result changes.
"""


def page() -> str:
    """The page's text."""
    rules = registry.load()
    rows, found = [], 0
    for case in TECHNOLOGIES:
        hit = bool(check(rules[case.rule], {case.path: case.text}))
        found += hit
        rows.append(f"| {case.name} | `{case.path}` | `{case.rule}` | {'found' if hit else 'missed'} |")
    wrong = 0
    for miss in NEAR_MISSES:
        clause = [rule for rule in rules.values() if rule.clause.label == miss.clause]
        wrong += any(check(rule, {miss.path: miss.text}) for rule in clause)
    counts = f"{found} of {len(TECHNOLOGIES)} forms are found"
    summary = f"{counts}; {wrong} of {len(NEAR_MISSES)} near misses are reported."
    table = "\n".join(["| form | file | rule | |", "| --- | --- | --- | --- |", *rows])
    return f"{_HEAD}\n{summary}\n\n{table}\n"


if __name__ == "__main__":
    (ROOT / "docs" / "coverage.md").write_text(page(), "utf-8")
