"""The labelled lines as units to find, laid out as the files that they come from.

They are in `$PALINT_SHARED/data`, or `../shared/data` beside the repository: `secret-lines-dev.jsonl`, whose
README describes it. Each line is at its own number, with the lines around it; all else is blank.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Unit(NamedTuple):
    """Lines of a file and what is to be said of them.

    start, end: lines, 1-based, both included. value: [start, end) in the file's text, None where unknown.
    strength: "strong" or "weak" of a secret. part: "dev-1" or "dev-2".
    """

    path: str
    start: int
    end: int
    secret: bool
    strength: str
    category: str
    part: str
    value: tuple[int, int] | None

    @property
    def repository(self) -> str:
        return self.path.split("/")[0]


class Labelled(NamedTuple):
    """texts: by path. units: in file order. at: numbers of the units on a line, by (path, line)."""

    texts: dict[str, str]
    units: list[Unit]
    at: dict[tuple[str, int], list[int]]


def load() -> Labelled:
    """The labelled lines. Where a secret and others share a line, the secret counts.

    Raises FileNotFoundError.
    """
    shared = Path(os.environ.get("PALINT_SHARED") or ROOT.parent / "shared")
    lines: dict[str, dict[int, str]] = defaultdict(dict)
    rows: dict[tuple[str, int, int], dict[str, Any]] = {}
    for text in (shared / "data/secret-lines-dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        start = row["line"]
        end = row.get("end_line", start)
        file = lines[row["path"]]
        for number, line in enumerate(row["text"].split("\n") if end > start else [row["text"]], start):
            file[number] = line
        for number, line in enumerate(row.get("before", []), start - len(row.get("before", []))):
            file.setdefault(number, line)
        for number, line in enumerate(row.get("after", []), end + 1):
            file.setdefault(number, line)
        key = (row["path"], start, end)
        if key not in rows or _rank(row) > _rank(rows[key]):
            rows[key] = row
    secret_lines = {
        (path, line) for (path, a, b), row in rows.items() if row["label"] == "T" for line in range(a, b + 1)
    }
    texts, starts = {}, {}
    for path, file in lines.items():
        whole = [file.get(number, "") for number in range(1, max(file) + 1)]
        texts[path] = "\n".join(whole) + "\n"
        starts[path] = [0]
        for line in whole:
            starts[path].append(starts[path][-1] + len(line) + 1)
    units, at = [], defaultdict(list)
    for (path, a, b), row in rows.items():
        if row["label"] != "T" and any((path, line) in secret_lines for line in range(a, b + 1)):
            continue
        base = starts[path][a - 1]
        value = (base + row["at"][0], base + row["at"][1]) if "at" in row else None
        for line in range(a, b + 1):
            at[path, line].append(len(units))
        category = row["category"].split(":")[0]
        strength = row.get("strength", "") if row["label"] == "T" else ""
        units.append(Unit(path, a, b, row["label"] == "T", strength, category, row["set"], value))
    return Labelled(texts, units, at)


def _rank(row: dict[str, Any]) -> tuple[bool, bool]:
    return row["label"] == "T", row.get("strength") == "strong"


Counts = Counter[str]


class Figures(NamedTuple):
    """Of units that were or were not found; mean_f1: over repositories with five secrets or more."""

    precision: float
    recall: float
    f1: float
    mean_f1: float
    strong: float
    weak: float


def figures(units: Iterable[tuple[Unit, bool]]) -> Figures:
    """(unit, whether it was found) in, figures out; 0.0 where there is nothing to divide by."""
    total: Counts = Counter()
    by_repository: dict[str, Counts] = defaultdict(Counter)
    by_strength: dict[str, Counts] = defaultdict(Counter)
    for unit, found in units:
        outcome = ("tp" if found else "fn") if unit.secret else ("fp" if found else "tn")
        total[outcome] += 1
        by_repository[unit.repository][outcome] += 1
        by_strength[unit.strength][outcome] += 1
    means = [rates(c)[2] for c in by_repository.values() if c["tp"] + c["fn"] >= 5]
    mean = sum(means) / max(1, len(means))
    return Figures(*rates(total), mean, rates(by_strength["strong"])[1], rates(by_strength["weak"])[1])


def rates(counts: Counts) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    precision = counts["tp"] / max(1, counts["tp"] + counts["fp"])
    recall = counts["tp"] / max(1, counts["tp"] + counts["fn"])
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)
