"""Boosted trees as tables; the score is the sum of their leaves. `bench/train_classifier.py` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from palint.secrets.classifier.features import feature_names, shipped
from palint.util.named_tuple import NamedTuple

# (feature, threshold, left, right): left if the feature is at most the threshold. A leaf: (-1, value, 0, 0)
Node = tuple[int, float, int, int]


class Model(NamedTuple):
    """A model. threshold: log-odds above which a value is a secret; sure: above which confidence is high."""

    bias: float
    threshold: float
    sure: float
    trees: tuple[tuple[Node, ...], ...]

    def score(self, numbers: Sequence[float]) -> float:
        """Log-odds for the features from `features.extract`."""
        total = self.bias
        for tree in self.trees:
            feature, value, left, right = tree[0]
            while feature >= 0:
                feature, value, left, right = tree[left if numbers[feature] <= value else right]
            total += value
        return total


@cache
def load(name: str) -> Model:
    """A model that ships with palint, by its name in `model.json`.

    Raises ValueError if it was trained on other features.
    """
    data = shipped("model.json")
    if data["features"] != list(feature_names()):
        raise ValueError("model.json was trained on other features; run bench/train_classifier.py")
    model = data[name]
    trees = tuple(tuple(map(tuple, tree)) for tree in model["trees"])
    return Model(model["bias"], model["threshold"], model["sure"], trees)
