"""Whether a candidate is a secret: first plain rules that drop, then a learned score.

The rules (`dropped`) drop what can be named: a placeholder, a reference, a template, a type, a path. What
they let pass is scored by a logistic regression: a sum of weights over the named features of `features`. The
weights are read from `weights.json`, which `bench/train_classifier.py` writes. A score above `threshold`
keeps the candidate. Every verdict says why, in words that hold nothing of the value.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from palint.secrets import documented_examples, filters
from palint.secrets.classifier import features
from palint.util import lazy_re


class Verdict(NamedTuple):
    """`keep` or drop, the score (log-odds; 0.0 where a rule decided), and why, with nothing of the value."""

    is_secret: bool
    score: float
    reason: str


class Model(NamedTuple):
    """`threshold` and `bias` are log-odds; `weights` maps a feature's name to what it adds."""

    threshold: float
    bias: float
    weights: dict[str, float]


def classify(value: str, key: str, line: str, column: int, path: str, detector: str) -> Verdict:
    """The verdict on `value`, which is given to the name `key` ("" if to none) and stands at `line[column:]`.

    `line` is the value's line, or a bounded part of it; `column` is 0-based in code points; `path` is the
    file's. `detector` names what found it: "keyword", "url-credentials", "format:<id>", "upstream:<class>".
    """
    reason = filters.filter_reason(value, key, line, column, path, detector)
    if reason:
        return Verdict(False, 0.0, reason)
    reason = always_report_reason(detector)
    found = Verdict(True, 0.0, reason) if reason else _scored(value, key, line, column, path, detector)
    if found.is_secret and documented_examples.is_documented(value):
        return Verdict(False, 0.0, "it is an example of a standard's or a vendor's documentation")
    return found


def _scored(value: str, key: str, line: str, column: int, path: str, detector: str) -> Verdict:
    found = features.extract(value, key, line, column, path, detector)
    verdict = score(model(), found)
    if not verdict.is_secret and _UNDER_A_STRONG_NAME in found and _MIXED.match(value):
        return Verdict(True, verdict.score, _describe_feature(_UNDER_A_STRONG_NAME))
    return verdict


# Whatever else the score holds against it: of the labelled lines none like this is harmless.
_UNDER_A_STRONG_NAME = "value:random under a strong name"
_MIXED = lazy_re.compile(
    r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_-]{14,80}\Z|(?=.*[a-f])(?=.*[0-9])[0-9a-f]{32,64}\Z"
)


def always_report_reason(detector: str) -> str:
    """Why a candidate of this detector that no rule drops needs no score, or "" if it does."""
    if detector == "byte-array":
        return "it is a row of numbers, as many as a key has bytes"
    if detector.startswith("format:"):
        return f"it has the form of a vendor's token ({detector[7:]})"
    return ""


def score(model: Model, found: list[str]) -> Verdict:
    """The verdict of the learned score on the features that `features.extract` found."""
    weights = [(model.weights.get(name, 0.0), name) for name in found]
    total = model.bias + sum(weight for weight, _ in weights)
    keep = total > model.threshold
    telling = [
        _describe_feature(name)
        for weight, name in sorted(weights, reverse=keep)
        if (weight > 0) == keep and weight
    ]
    *some, last = telling[:3] or ["everything about it together says so"]
    return Verdict(keep, round(total, 2), (", ".join(some) + " and " if some else "") + last)


# How a feature reads in a sentence; {} is what follows its colon.
_PHRASES = {
    "key": "its name says `{}`",
    "name": "its name is {}",
    "prefix": "its name begins with `{}`",
    "suffix": "its name ends with `{}`",
    "words": "its words are {} fifths of what code is made of",
    "charset": "it is made of {}",
    "length": "it has at most {} characters",
    "entropy": "its characters differ by {} half bits",
    "evenness": "its characters are spread by {} tenths",
    "changes": "the kind of its characters changes by {} tenths",
    "value": "it is or holds something {}",
    "shape": "it has the shape `{}`",
    "quote": "its quote is {}",
    "operator": "it follows `{}`",
    "next": "`{}` follows it",
    "near": "the line speaks of `{}`",
    "file": "the file's kind is `{}`",
    "file-name": "the file's name says `{}`",
    "detector": "it was found as `{}`",
}
_WHOLE = {
    "words:0": "it is no word of code",
    "value:random": "it looks random",
    "value:random under a strong name": "it looks random under a name that speaks of a secret",
    "value:digit": "it has a digit",
    "value:special": "it has punctuation",
    "key:other": "it stands where a password stands",
    "key:none": "it stands where a secret stands",
    "next:end": "nothing follows it",
    "quote:none": "it has no quotes",
}


@cache
def _describe_feature(name: str) -> str:
    kind, _, rest = name.partition(":")
    return _WHOLE.get(name) or _PHRASES[kind].format(rest)


@lru_cache(maxsize=1)
def model() -> Model:
    """The learned weights that ship with palint."""
    data = features.shipped("weights.json")
    return Model(data["threshold"], data["bias"], data["weights"])
