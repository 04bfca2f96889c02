"""Learn the models of `palint.secrets.classifier`: python bench/train_classifier.py FOLDER_OF_CLONES

Reads the labelled lines (`labelled.py`), ordinary source trees (`benign_corpus.py`) and the findings that
were read in real repositories (`wild.py`, those that are in the folder), and writes
`src/palint/secrets/classifier/trained.py`. Needs scikit-learn. The same input gives the same file.

A candidate that overlaps a labelled secret is a positive, one on a line that was labelled as harmless a
negative; the same of a finding that is right or wrong. Every labelled line was picked because it looks like
a secret; ordinary code was not. So each candidate in the published code of a known project, its tests and
documentation left out, is a negative of little weight. A second model tells random values from those that
people make.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from benign_corpus import trees
from labelled import ROOT, Labelled, load
from sklearn.ensemble import HistGradientBoostingClassifier
from wild import labels, texts

from palint import prefilter
from palint.findings import Confidence
from palint.secrets import browser_keys, documented_examples
from palint.secrets import candidates as finder
from palint.secrets.candidate import Candidate, by_specificity, place_of
from palint.secrets.candidates import KEYWORDS
from palint.secrets.classifier import features
from palint.secrets.classifier.model import Model, Tree
from palint.secrets.judge import Evidence, decide, evidence_of
from palint.text.encoding import code_points

MODEL = ROOT / "src/palint/secrets/classifier/trained.py"
ORDINARY = 0.05  # what a candidate of an ordinary tree weighs, where one of a labelled line weighs about 0.15
FROM_WILD = 0.05  # what a finding of a real repository weighs beside a candidate of a labelled line
THRESHOLD = 0.2  # log-odds, chosen out of fold (bench/quality.py)
SURE = -0.2  # the same for a value that looks random under a name that leaves no doubt
RANDOM = -1.6
DEPTH = 3  # what `Model` reads
BLOCK = 10  # trees after which a clear case may end
ROUNDING = 1e-6  # more than what the order of a sum can change
SOURCE = '''\
"""The models, written by `bench/train_classifier.py`: constants, which a `.pyc` keeps ready to use."""

# ruff: noqa: E501
# fmt: off
from palint.secrets.classifier.model import Model

PAIRS = {pairs}  # how often each letter of `features.SECOND` follows another in the words
FEATURES = {features}  # of `features.extract`, when they were trained
SECRET = Model{secret}
RANDOM = Model{random}
CHECKSUM = {checksum}  # of both models, which an edit by hand or a merge would leave as it was
'''


class Sample(NamedTuple):
    """A candidate that the filters left: its numbers, the unit it is in (-1: none), and what is known of it.

    content: the numbers of the value alone; of base64, those of the line of text that it encodes. unsure: it
    is not reported with high confidence. secret: None where that is not known. certain, default: it is
    reported whatever the models say; how sure, they say of a default.
    """

    numbers: list[float]
    content: list[float]
    unit: int
    secret: bool | None
    certain: bool
    default: bool
    value: str
    unsure: bool


@lru_cache(maxsize=1)
def matcher() -> prefilter.Matcher:
    return prefilter.compile(KEYWORDS)


def candidates(text: str, path: str) -> list[tuple[Candidate, Evidence]]:
    """The candidates of a text, the most specific first, with their evidence.

    Without those that a filter drops, and documented examples.
    """
    data = text.encode("utf-8", "surrogatepass")
    matches = matcher().scan(data, path)
    places = code_points(data, [end for _, end in matches])
    found = finder.find(text, zip([k for k, _ in matches], places, strict=True), path)
    judged = ((c, evidence_of(text, c, path)) for c in sorted(found, key=by_specificity))
    return [
        (c, evidence)
        for c, evidence in judged
        if evidence is not None and not documented_examples.is_documented(place_of(text, c, path).value)
    ]


def sample(text: str, c: Candidate, evidence: Evidence, unit: int, secret: bool | None) -> Sample:
    certain = evidence.certain or evidence.of_format
    doubtful = decide(evidence).confidence is not Confidence.HIGH if certain else evidence.is_doubtful
    unsure = doubtful or browser_keys.may_be_for_browsers(text, c.start, c.end)
    return Sample(
        [] if certain else evidence.numbers,
        list(features.of_value(evidence.plain)),
        unit,
        secret,
        certain,
        evidence.is_accepted,
        evidence.value,
        unsure,
    )


def labelled_samples(data: Labelled) -> list[Sample]:
    """Every candidate on a labelled line, once for each unit that it is in."""
    samples = []
    for path, text in data.texts.items():
        for c, evidence in candidates(text, path):
            first = text.count("\n", 0, c.start) + 1
            last = first + text.count("\n", c.start, c.end)
            for number in {n for line in range(first, last + 1) for n in data.at.get((path, line), ())}:
                unit = data.units[number]
                on_value = unit.value is None or (c.start < unit.value[1] and unit.value[0] < c.end)
                secret = (True if on_value else None) if unit.secret else False
                samples.append(sample(text, c, evidence, number, secret))
    return samples


_NOT_ORDINARY = re.compile(
    r"test|spec|doc|example|sample|fixture|tutorial|demo|change|history|readme|/t/", re.I
)
_LARGEST = 2_000_000  # bytes of a file


def ordinary_samples(folder: Path) -> list[Sample]:
    """Every candidate in the code of the trees in this folder, as no secret."""
    samples = []
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
            text = data.decode("utf-8", "replace")
            samples += [sample(text, c, e, -1, False) for c, e in candidates(text, name)]
    return [s for s in samples if not s.certain]


def wild_samples(folder: Path) -> dict[str, list[Sample]]:
    """Every candidate at a finding of `hardcoded-secret` that is not debatable, by repository."""
    samples: dict[str, list[Sample]] = {}
    rows = [row for row in labels() if row.rule == "hardcoded-secret" and row.verdict != "debatable"]
    for path, text, found in texts(folder, rows):
        for c, evidence in candidates(text, path):
            row = next((row for row, a, b in found if c.start < max(b, a + 1) and a < c.end), None)
            if row:
                made = sample(text, c, evidence, -1, row.verdict != "wrong")
                samples.setdefault(row.repository, []).append(made)
    return samples


def weights(data: Labelled, samples: Sequence[Sample]) -> Any:
    """Repeated values and large repositories count less than their number, so that none decides alone."""
    where = [data.units[s.unit].repository if s.unit >= 0 else "" for s in samples]
    sizes = Counter(where)
    copies = Counter(zip(where, (s.value for s in samples), strict=True))
    return np.array(
        [
            copies[r, s.value] ** -0.5 * (sizes[r] ** -0.25 if r else ORDINARY)
            for r, s in zip(where, samples, strict=True)
        ]
    )


def wild_weights(samples: Sequence[Sample]) -> list[float]:
    """The same for the findings of one repository."""
    copies = Counter(s.value for s in samples)
    return [float(FROM_WILD * copies[s.value] ** -0.5 * len(samples) ** -0.25) for s in samples]


def fit(data: Labelled, samples: Sequence[Sample], wild: Iterable[Sequence[Sample]] = ()) -> Model:
    """The model of "is a secret" that these samples teach, and findings by repository."""
    known = [s for s in samples if s.secret is not None and not s.certain]
    weight = list(weights(data, known))
    for found in wild:
        uncertain = [s for s in found if not s.certain]
        known += uncertain
        weight += wild_weights(uncertain)
    return boost([s.numbers for s in known], [bool(s.secret) for s in known], np.array(weight), 300)


def fit_random(data: Labelled, samples: Sequence[Sample]) -> Model:
    """The model of "looks random" that the secrets among these samples teach."""
    known = [s for s in samples if s.secret and s.unit >= 0 and not s.certain]
    strong = [data.units[s.unit].strength == "strong" for s in known]
    return boost([s.content for s in known], strong, weights(data, known), 100)


def boost(numbers: list[list[float]], labels: list[bool], weight: Any, rounds: int) -> Model:
    """Boosted trees, each split on the best of a fifth of the features, which learns less by heart."""
    model = HistGradientBoostingClassifier(
        max_iter=rounds, max_depth=DEPTH, max_features=0.2, learning_rate=0.07, l2_regularization=1.0,
        min_samples_leaf=12, random_state=0, early_stopping=False,
    )  # fmt: skip
    model.fit(np.array(numbers), np.array(labels), sample_weight=weight)
    return Model(
        round(float(model._baseline_prediction.ravel()[0]), 4),
        THRESHOLD,
        SURE,
        bounded([_tree(predictor[0].nodes) for predictor in model._predictors]),
    )


def pairs() -> dict[str, tuple[int, ...]]:
    """How often each letter follows another in the common words, or starts or ends one."""
    counts = Counter(a + b for word in features.common_words() for a, b in pairwise(f"^{word}$"))
    return {a: tuple(counts[a + b] for b in features.SECOND) for a in "^" + features.SECOND[:-1]}


def _tree(nodes: Any, at: int = 0, depth: int = DEPTH) -> Any:
    """A tree of DEPTH rows; a leaf further up is on both sides of those below it."""
    node = nodes[at]
    if depth == 0:
        return round(float(node["value"]), 4)
    if node["is_leaf"]:
        return 0, 0.0, _tree(nodes, at, depth - 1), _tree(nodes, at, depth - 1)
    threshold = round(float(node["num_threshold"]), 4)
    left, right = (_tree(nodes, node[side], depth - 1) for side in ("left", "right"))
    return int(node["feature_idx"]), threshold, left, right


def bounded(trees: Sequence[Tree]) -> tuple[tuple[tuple[Tree, ...], float, float], ...]:
    """Blocks of trees with what each and those after it can add together at most, and at least."""
    found = []
    most, least = ROUNDING, -ROUNDING
    for first in reversed(range(0, len(trees), BLOCK)):
        block = tuple(trees[first : first + BLOCK])
        most, least = most + sum(max(leaves(t)) for t in block), least + sum(min(leaves(t)) for t in block)
        found.append((block, round(most, 6), round(least, 6)))
    return tuple(reversed(found))


def leaves(node: Any) -> list[float]:
    return [node] if isinstance(node, float) else [*leaves(node[2]), *leaves(node[3])]


def as_source(model: Model) -> str:
    return repr(tuple(model)).replace(" ", "")


def main() -> None:
    wild = wild_samples(Path(sys.argv[1]))
    data = load()
    samples = labelled_samples(data)
    ordinary = ordinary_samples(trees())
    secret = fit(data, samples + ordinary, wild.values())
    random = fit_random(data, samples)._replace(threshold=RANDOM, sure=RANDOM)
    models = as_source(secret), as_source(random)
    MODEL.write_text(
        SOURCE.format(
            pairs=pairs(),
            features=features.feature_names(),
            secret=models[0],
            random=models[1],
            checksum=zlib.crc32("".join(models).encode()),
        ),
        encoding="utf-8",
    )
    print(
        f"{len(samples)} candidates of labelled lines, {len(ordinary)} of ordinary code, "
        f"{sum(map(len, wild.values()))} of {len(wild)} repositories -> {MODEL.name}"
    )


if __name__ == "__main__":
    main()
