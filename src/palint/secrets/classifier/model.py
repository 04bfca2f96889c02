"""Boosted trees as constants; the score is the sum of their leaves. The models are in `trained`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from palint.util.typing import NamedTuple

# (feature, threshold, left, right): left if the feature is at most the threshold. Each tree has three rows of
# these, and then leaves: a loop that asks each node what it is takes almost twice the instructions.
Last = tuple[int, float, float, float]
Middle = tuple[int, float, Last, Last]
Tree = tuple[int, float, Middle, Middle]


class Model(NamedTuple):
    """threshold: log-odds above which the answer is yes; sure: the same for a value that looks random.

    blocks: some trees each, with what they and those after them can add together at most, and at least. To
    ask that after each tree would take a fifth more instructions.
    """

    bias: float
    threshold: float
    sure: float
    blocks: tuple[tuple[tuple[Tree, ...], float, float], ...]

    def score(self, numbers: Sequence[float]) -> float:
        """Log-odds for the numbers of `features.extract`."""
        return self._score(numbers, -math.inf, math.inf)

    def bounded_score(self, numbers: Sequence[float]) -> float:
        """A number on the same side of `threshold` and of `sure` as the score, found with fewer trees."""
        return self._score(numbers, *sorted((self.threshold, self.sure)))

    def _score(self, numbers: Sequence[float], low: float, high: float) -> float:
        total = self.bias
        for trees, most, least in self.blocks:
            if total + most < low or total + least > high:
                break
            for feature, threshold, low_side, high_side in trees:
                feature, threshold, left, right = low_side if numbers[feature] <= threshold else high_side
                feature, threshold, low_leaf, high_leaf = left if numbers[feature] <= threshold else right
                total += low_leaf if numbers[feature] <= threshold else high_leaf
        return total
