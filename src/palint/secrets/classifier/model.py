"""Boosted trees as tables; the score is the sum of their leaves. `bench/train_classifier.py` writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from palint.secrets.classifier.features import feature_names, shipped

# (feature, threshold, left, right): left if the feature is at most the threshold. A leaf: (-1, value, 0, 0)
Node = tuple[int, float, int, int]
Tree = tuple[Node, ...]
_ROUNDING = 1e-6  # more than what the order of a sum can change


class Model:
    """threshold: log-odds above which the answer is yes; sure: above which it is certain."""

    __slots__ = ("_most", "bias", "sure", "threshold", "trees")

    def __init__(
        self, bias: float, threshold: float, sure: float, trees: tuple[tuple[Node, ...], ...]
    ) -> None:
        self.bias, self.threshold, self.sure, self.trees = bias, threshold, sure, trees
        # What each tree and those after it can add together at most
        largest = (max(value for feature, value, _, _ in tree if feature < 0) for tree in reversed(trees))
        self._most = [most + _ROUNDING for most in accumulate(largest)][::-1]

    def score(self, numbers: Sequence[float]) -> float:
        """Log-odds for the numbers of `features.extract`."""
        return self._score(numbers, -math.inf)

    def score_above(self, numbers: Sequence[float]) -> float:
        """The score if it is above the threshold, else any number that is not, found with fewer trees."""
        return self._score(numbers, self.threshold)

    def _score(self, numbers: Sequence[float], limit: float) -> float:
        total = self.bias
        for tree, most in zip(self.trees, self._most, strict=True):
            if total + most < limit:
                break
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
