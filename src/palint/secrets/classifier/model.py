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
    """threshold: log-odds above which the answer is yes; sure: the same for a value that looks random."""

    __slots__ = ("_rest", "bias", "sure", "threshold", "trees")

    def __init__(
        self, bias: float, threshold: float, sure: float, trees: tuple[tuple[Node, ...], ...]
    ) -> None:
        self.bias, self.threshold, self.sure, self.trees = bias, threshold, sure, trees
        # What each tree and those after it can add together at most, and at least
        leaves = [[value for feature, value, _, _ in tree if feature < 0] for tree in reversed(trees)]
        most = [total + _ROUNDING for total in accumulate(map(max, leaves))]
        least = [total - _ROUNDING for total in accumulate(map(min, leaves))]
        self._rest = list(zip(trees, most[::-1], least[::-1], strict=True))

    def score(self, numbers: Sequence[float]) -> float:
        """Log-odds for the numbers of `features.extract`."""
        return self._score(numbers, -math.inf, math.inf)

    def bounded_score(self, numbers: Sequence[float]) -> float:
        """A number on the same side of `threshold` and of `sure` as the score, found with fewer trees."""
        return self._score(numbers, *sorted((self.threshold, self.sure)))

    def _score(self, numbers: Sequence[float], low: float, high: float) -> float:
        total = self.bias
        for tree, most, least in self._rest:
            if total + most < low or total + least > high:
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
