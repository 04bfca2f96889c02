"""Kinds of models for "is a secret", on the same candidates: python bench/compare_models.py

Logistic regression on binned numbers, the same with character n-grams of the value, and boosted trees. Out
of fold by repository as in `quality.py`, then learned on dev-2 and judged on dev-1, the harder direction.
Each at the threshold that is best for it on what it is judged on, so the figures compare models and promise
nothing. Needs scikit-learn; takes about five minutes of CPU.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from benign_corpus import trees
from labelled import Labelled, figures, load
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import KBinsDiscretizer
from train_classifier import Sample, labelled_samples, ordinary_samples, weights

FOLDS = 6
THRESHOLDS = np.linspace(-2, 2, 41)  # log-odds
Judge = Callable[[Labelled, Sequence[Sample], Sequence[Sample]], Any]  # learn, test -> log-odds of test


def matrix(samples: Sequence[Sample]) -> Any:
    """The numbers of samples that are asked about, one row each."""
    return np.array([s.numbers for s in samples])


def logistic(grams: bool) -> Judge:
    """Numbers in ten bins each; with `grams` also the value's character n-grams of one to four."""

    def judge(data: Labelled, learn: Sequence[Sample], test: Sequence[Sample]) -> Any:
        bins = KBinsDiscretizer(10, encode="onehot", strategy="quantile", subsample=None)
        hashed = HashingVectorizer(analyzer="char", ngram_range=(1, 4), n_features=1 << 16, lowercase=False)
        rows = [csr_matrix(bins.fit_transform(matrix(learn))), csr_matrix(bins.transform(matrix(test)))]
        if grams:
            rows = [
                hstack([row, hashed.transform([s.value[:64] for s in samples])]).tocsr()
                for row, samples in zip(rows, (learn, test), strict=True)
            ]
        model = LogisticRegression(C=1.0, max_iter=300, solver="liblinear")
        model.fit(rows[0], [bool(s.secret) for s in learn], sample_weight=weights(data, learn))
        return model.decision_function(rows[1])

    return judge


def boosted(depth: int, rounds: int) -> Judge:
    """Gradient-boosted trees, as `train_classifier.boost` fits them."""

    def judge(data: Labelled, learn: Sequence[Sample], test: Sequence[Sample]) -> Any:
        model = HistGradientBoostingClassifier(
            max_iter=rounds, max_depth=depth, learning_rate=0.07, l2_regularization=1.0, min_samples_leaf=12,
            random_state=0, early_stopping=False,
        )  # fmt: skip
        model.fit(matrix(learn), [bool(s.secret) for s in learn], sample_weight=weights(data, learn))
        return model.decision_function(matrix(test))

    return judge


MODELS = {
    "logistic regression, binned numbers": logistic(False),
    "logistic regression, numbers and n-grams of the value": logistic(True),
    "boosted trees, 100 of depth 3": boosted(3, 100),
    "boosted trees, 160 of depth 4 (the one that ships)": boosted(4, 160),
}


def is_asked(sample: Sample) -> bool:
    """Whether a model decides about a candidate."""
    return not (sample.certain or sample.default)


def scores(data: Labelled, ordinary: Sequence[Sample], judge: Judge, parts: Any) -> dict[int, float]:
    """{id of a sample: log-odds} of all samples that `parts`, pairs of (learn, test), test."""
    made: dict[int, float] = {}
    for learn, test in parts:
        known = [s for s in [*learn, *ordinary] if s.secret is not None and not s.certain]
        asked = [s for s in test if is_asked(s)]
        made.update((id(s), float("inf")) for s in test if not is_asked(s))
        made.update(zip(map(id, asked), judge(data, known, asked), strict=True))
    return made


def best(data: Labelled, samples: Sequence[Sample], scored: dict[int, float]) -> tuple[float, ...]:
    """`labelled.figures` at the threshold with the highest F1."""
    parts = {data.units[s.unit].part for s in samples}
    units = [(n, unit) for n, unit in enumerate(data.units) if unit.part in parts]

    def at(threshold: float) -> tuple[float, ...]:
        found = {s.unit for s in samples if scored[id(s)] > threshold}
        return tuple(figures((unit, n in found) for n, unit in units))

    return max(map(at, THRESHOLDS), key=lambda row: row[2])


def main() -> None:
    warnings.filterwarnings("ignore", module="sklearn.preprocessing")  # most numbers are 0 or 1: two bins
    data = load()
    samples, ordinary = labelled_samples(data), ordinary_samples(trees())
    groups = [data.units[s.unit].repository for s in samples]
    folds = [
        ([samples[i] for i in learn], [samples[i] for i in test])
        for learn, test in GroupKFold(FOLDS).split(samples, groups=groups)
    ]
    one, two = ([s for s in samples if data.units[s.unit].part == part] for part in ("dev-1", "dev-2"))
    form = "  {:55} P {:.3f} R {:.3f} F1 {:.3f} mean {:.3f} strong {:.3f} weak {:.3f}"
    for title, parts, judged in (
        ("out of fold by repository", folds, samples),
        ("learned on dev-2, judged on dev-1", [(two, one)], one),
    ):
        print(title)
        for name, judge in MODELS.items():
            print(form.format(name, *best(data, judged, scores(data, ordinary, judge, parts))), flush=True)


if __name__ == "__main__":
    main()
