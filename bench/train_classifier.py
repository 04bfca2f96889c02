"""Learn the weights of `palint.secrets.classifier.model`: python bench/train_classifier.py

Reads the labelled lines of `secret-lines-dev.jsonl` (see `rows`) and ordinary source trees (`ordinary.py`),
writes `src/palint/secrets/classifier/weights.json`. Needs scikit-learn.

A row has a label, its candidates have none. In a row without a secret each candidate is a negative. In a row
with one, all candidates start as positives, and those that the model itself holds for much worse than the
row's best are set aside before it is fitted again (multiple-instance learning).

Every labelled line was picked because it looks like a secret, ordinary code was not. So each candidate in
the published code of a known project, its tests and documentation left out, is a negative of little weight.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from benign_corpus import trees
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from palint import prefilter, secrets
from palint.secrets import filters
from palint.secrets.classifier import features
from palint.secrets.classifier import model as classifier
from palint.text.encoding import code_points

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "src/palint/secrets/classifier/weights.json"
STRENGTH = 1.0  # inverse of the L2 penalty
ORDINARY = 0.06  # what a candidate of an ordinary tree weighs, where one of a labelled line weighs about 0.15
RARE = 8  # a feature that fewer candidates have is left out
THRESHOLD = -0.25  # log-odds; chosen out of fold


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


@lru_cache(maxsize=1)
def matcher() -> prefilter.Matcher:
    return prefilter.compile(secrets.KEYWORDS)


def undecided(text: str, path: str) -> tuple[list[list[str]], bool]:
    """The features of the candidates that no rule decides, and whether a rule keeps one."""
    data = text.encode("utf-8", "surrogatepass")
    hits = matcher().scan(data)
    places = code_points(data, [end for _, end in hits])
    candidates = secrets.candidates(text, zip([n for n, _ in hits], places, strict=True), path)
    certain: list[tuple[int, int]] = []
    found = []
    for c in sorted(candidates, key=lambda c: (c.rank, c.start - c.end, c.start, c.detector)):
        question = secrets._classifier_args(text, c, path)
        if any(c.start < end and start < c.end for start, end in certain) or filters.filter_reason(*question):
            continue
        if classifier.always_report_reason(c.detector):
            certain.append((c.start, c.end))
        else:
            found.append(features.extract(*question))
    return found, bool(certain)


def prepare(data: list[Row]) -> tuple[list[Judged], set[int]]:
    """What the score must judge, and the numbers of the rows that a rule keeps already."""
    judged, kept = [], set()
    for number, row in enumerate(data):
        found, certain = undecided(row.text, row.name)
        judged += [Judged(number, names) for names in found]
        if certain:
            kept.add(number)
    return judged, kept


_NOT_ORDINARY = re.compile(
    r"test|spec|doc|example|sample|fixture|tutorial|demo|change|history|readme|/t/", re.I
)
_LARGEST = 2_000_000  # bytes of a file


def ordinary(folder: Path) -> list[list[str]]:
    """The features of every candidate in the code of the trees in this folder that no rule decides."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if (
            _NOT_ORDINARY.search(name)
            or path.is_symlink()
            or not path.is_file()
            or path.stat().st_size > _LARGEST
        ):
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            found += undecided(data.decode("utf-8", "replace"), name)[0]
    return found


def row_weights(data: list[Row]) -> Any:
    """Repeated lines and large repositories count less than their number, so that none decides alone."""
    sizes = Counter(row.repository for row in data)
    copies = Counter((row.repository, row.text) for row in data)
    return np.array(
        [copies[row.repository, row.text] ** -0.5 * sizes[row.repository] ** -0.25 for row in data]
    )


def fit(
    data: list[Row], judged: list[Judged], negatives: list[list[str]], strength: float = STRENGTH
) -> classifier.Model:
    """The model that these candidates of rows, and these of ordinary code, teach."""
    weight = np.concatenate([row_weights(data), np.full(len(negatives), ORDINARY)])
    data = data + [Row("", "", "", "", False)] * len(negatives)
    judged = judged + [Judged(len(data) - len(negatives) + i, found) for i, found in enumerate(negatives)]
    counts = Counter(name for item in judged for name in set(item.features))
    names = sorted(name for name, count in counts.items() if count >= RARE)
    place = {name: i for i, name in enumerate(names)}
    columns = [sorted({place[f] for f in item.features if f in place}) for item in judged]
    ends = np.cumsum([0] + [len(c) for c in columns])
    matrix = csr_matrix((np.ones(ends[-1]), np.concatenate(columns), ends), shape=(len(judged), len(names)))
    row = np.array([item.row for item in judged])
    secret = np.array([data[number].secret for number in row])
    weight = weight[row]
    use = np.ones(len(row), dtype=bool)
    for _ in range(3):
        model = LogisticRegression(C=strength, solver="liblinear", max_iter=500, random_state=0)
        model.fit(matrix[use], secret[use], sample_weight=weight[use])
        scores = model.decision_function(matrix)
        best = np.full(len(data), -np.inf)
        np.maximum.at(best, row, scores)
        use = ~secret | (scores >= best[row] - 1.0)
    weights = {
        name: round(float(w), 2) for name, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.005
    }
    return classifier.Model(THRESHOLD, round(float(model.intercept_[0]), 2), weights)


def main() -> None:
    data = rows()
    judged, _ = prepare(data)
    negatives = ordinary(trees())
    model = fit(data, judged, negatives)
    WEIGHTS.write_text(json.dumps(model._asdict(), indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(
        f"{len(judged)} candidates of {len(data)} lines, {len(negatives)} of ordinary code -> {WEIGHTS.name}"
    )


if __name__ == "__main__":
    main()
