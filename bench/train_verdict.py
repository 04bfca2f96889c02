"""Learn the weights of `palint.secrets.verdict` from labelled lines: python bench/train_verdict.py

Reads `secret-lines-dev.jsonl` (see `rows`), writes `src/palint/secrets/weights.json`. Needs scikit-learn.

A row has a label, its candidates have none. In a row without a secret each candidate is a negative. In a row with
one, all candidates start as positives, and those that the model itself holds for much worse than the row's best are
set aside before it is fitted again (multiple-instance learning).
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from palint.secrets import assignments, entropy, features, formats, verdict

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "src/palint/secrets/weights.json"
STRENGTH = 0.7  # inverse of the L2 penalty
RARE = 8  # a feature that fewer candidates have is left out
THRESHOLD = 0.0  # log-odds; chosen out of fold


class Row(NamedTuple):
    """A labelled line; `name` is the file's base name, all that a detector sees of the path."""

    repository: str
    name: str
    text: str
    category: str
    secret: bool


class Judged(NamedTuple):
    """A candidate that no rule decided: the number of its row and its features."""

    row: int
    features: list[str]


def rows() -> list[Row]:
    """The labelled lines, one per (path, line), where a `T` wins over other labels.

    They lie in `$PALINT_SHARED/data`, or `../shared/data` beside the repository. Raises FileNotFoundError.
    """
    shared = Path(os.environ.get("PALINT_SHARED") or ROOT.parent / "shared")
    units: dict[tuple[str, int], dict[str, Any]] = {}
    for line in (shared / "data/secret-lines-dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        old = units.setdefault((row["path"], row["line"]), row)
        if row["label"] == "T" and old["label"] != "T":
            units[row["path"], row["line"]] = row
    return [
        Row(
            u["path"].split("/")[0],
            os.path.basename(u["path"]),
            u["text"],
            u["category"].split(":")[0],
            u["label"] == "T",
        )
        for u in units.values()
    ]


_NEEDLES = [re.compile(needle, re.I) for needle in assignments.NEEDLES]


def candidates(text: str, name: str) -> list[assignments.Candidate]:
    """All candidates of a text of one line, the most specific first: formats, assignments, random strings."""
    found = [
        assignments.Candidate(start, end, "", f"format:{fmt.id}")
        for fmt in formats.FORMATS
        if re.search(fmt.needle, text, re.I)
        for start, end in formats.matches(text, 0, len(text), fmt)
    ]
    for at in sorted({match.end() for needle in _NEEDLES for match in needle.finditer(text)}):
        found += assignments.find(text, at, (0, len(text)), name)
    for start, end, key, plugin in entropy.find(text, 0, len(text)):
        found.append(assignments.Candidate(start, end, key, f"upstream:{plugin}"))
    return list(dict.fromkeys(found))


def prepare(data: list[Row]) -> tuple[list[Judged], set[int]]:
    """What the score must judge, and the numbers of the rows that a rule keeps already."""
    judged, kept = [], set()
    for number, row in enumerate(data):
        certain: list[assignments.Candidate] = []
        for c in candidates(row.text, row.name):
            parts = (row.text[c.start : c.end], c.key, row.text, c.start, row.name, c.detector)
            if any(c.start < other.end and other.start < c.end for other in certain) or verdict.drops(*parts):
                continue
            if verdict.keeps(c.detector):
                certain.append(c)
                kept.add(number)
            else:
                judged.append(Judged(number, features.extract(*parts)))
    return judged, kept


def row_weights(data: list[Row]) -> Any:
    """Repeated lines and large repositories count less than their number, so that none decides alone."""
    sizes = Counter(row.repository for row in data)
    copies = Counter((row.repository, row.text) for row in data)
    return np.array(
        [copies[row.repository, row.text] ** -0.5 * sizes[row.repository] ** -0.25 for row in data]
    )


def fit(data: list[Row], judged: list[Judged], strength: float = STRENGTH) -> verdict.Model:
    """The model that these candidates teach."""
    counts = Counter(name for item in judged for name in set(item.features))
    names = sorted(name for name, count in counts.items() if count >= RARE)
    place = {name: i for i, name in enumerate(names)}
    columns = [sorted({place[f] for f in item.features if f in place}) for item in judged]
    ends = np.cumsum([0] + [len(c) for c in columns])
    matrix = csr_matrix((np.ones(ends[-1]), np.concatenate(columns), ends), shape=(len(judged), len(names)))
    row = np.array([item.row for item in judged])
    secret = np.array([data[number].secret for number in row])
    weight = row_weights(data)[row]
    use = np.ones(len(row), dtype=bool)
    for _ in range(3):
        model = LogisticRegression(C=strength, solver="liblinear", max_iter=500, random_state=0)
        model.fit(matrix[use], secret[use], sample_weight=weight[use])
        scores = model.decision_function(matrix)
        best = np.full(len(data), -np.inf)
        np.maximum.at(best, row, scores)
        use = ~secret | (scores >= best[row] - 1.0)
    weights = {name: round(float(w), 2) for name, w in zip(names, model.coef_[0]) if abs(w) >= 0.005}
    return verdict.Model(THRESHOLD, round(float(model.intercept_[0]), 2), weights)


def main() -> None:
    data = rows()
    judged, _ = prepare(data)
    WEIGHTS.write_text(
        json.dumps(fit(data, judged)._asdict(), indent=0, sort_keys=True) + "\n", encoding="utf-8"
    )
    print(f"{len(judged)} candidates of {len(data)} lines -> {WEIGHTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
