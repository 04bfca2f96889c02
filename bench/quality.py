"""Precision and recall of `hardcoded-secret` on labelled lines: python bench/quality.py [FOLDER_OF_CLONES]

Out of fold by repository: each of six parts is judged by models that learned from the other five, from
ordinary source trees and, as the models that ship, from the findings of real repositories in the folder
(`wild.py`), which are judged out of fold, too. Then the models of one half of the data judge the other half,
and the models that ship judge lines that they have seen. detect-secrets' plugins run beside it.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from benign_corpus import trees
from labelled import Labelled, Unit, figures, load, rates
from sklearn.model_selection import GroupKFold
from train_classifier import (
    RANDOM,
    Sample,
    fit,
    fit_random,
    labelled_samples,
    ordinary_samples,
    wild_samples,
)

from palint.secrets.classifier import trained
from palint.secrets.classifier.model import Model

FOLDS = 6
Scores = list[tuple[float, float]]  # of each sample: is a secret, looks random; log-odds


def scored(secret: Model, random: Model, samples: Sequence[Sample]) -> Scores:
    """Both models' log-odds; infinite where no model decides."""
    return [_scores(secret, random, s) for s in samples]


def _scores(secret: Model, random: Model, s: Sample) -> tuple[float, float]:
    endless = float("inf")
    if s.certain:
        return endless, -endless if s.unsure else endless
    score = secret.score(s.numbers)
    sure = not s.unsure and (score > secret.sure or not s.default)
    return endless if s.default else score, random.score(s.content) if sure else -endless


Wild = dict[str, list[Sample]]


def learned(
    data: Labelled, ordinary: Sequence[Sample], wild: Wild, learn: Sequence[Sample], test: Sequence[Sample]
) -> Scores:
    """The scores of one part of the samples by models of another."""
    return scored(fit(data, [*learn, *ordinary], wild.values()), fit_random(data, learn), test)


def report_wild(data: Labelled, samples: Sequence[Sample], wild: Wild, shipped: Model) -> None:
    """What the findings of real repositories are by models that have not seen their repository."""
    counts: Counter[tuple[bool, str]] = Counter()
    looks = fit_random(data, samples)
    for part in range(FOLDS):
        test = [s for name in sorted(wild)[part::FOLDS] for s in wild[name] if not s.certain]
        others = [wild[name] for number, name in enumerate(sorted(wild)) if number % FOLDS != part]
        for s, (score, random) in zip(test, scored(fit(data, samples, others), looks, test), strict=True):
            high = score > shipped.sure and random > RANDOM
            counts[bool(s.secret), "high" if high else "low" if score > shipped.threshold else "gone"] += 1
    print(f"\ncandidates at findings of {len(wild)} repositories, out of fold by repository")
    for right in (True, False):
        print(
            "  right:" if right else "  wrong:", {now: counts[right, now] for now in ("high", "low", "gone")}
        )


def report(title: str, data: Labelled, samples: Sequence[Sample], scores: Scores, model: Model) -> None:
    """Figures for all findings and for those of high confidence."""
    high = {
        s.unit
        for s, (score, random) in zip(samples, scores, strict=True)
        if score > model.sure and random > RANDOM
    }
    found = high | {s.unit for s, (score, _) in zip(samples, scores, strict=True) if score > model.threshold}
    parts = {data.units[s.unit].part for s in samples}
    units = [(n, unit) for n, unit in enumerate(data.units) if unit.part in parts]
    form = "P {:.3f} R {:.3f} F1 {:.3f}, mean F1 of repositories {:.3f}, strong {:.3f} weak {:.3f}"
    print(f"\n{title} ({len(units)} spans)")
    print("  all:  ", form.format(*figures((unit, n in found) for n, unit in units)))
    print("  high: ", form.format(*figures((unit, n in high) for n, unit in units)))


def by_category(units: Sequence[Unit], found: Callable[[int], bool]) -> None:
    """Figures for each category of 15 spans or more."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for number, unit in enumerate(units):
        outcome = ("tp", "fn") if unit.secret else ("fp", "tn")
        counts[unit.category][outcome[not found(number)]] += 1
    for name, count in sorted(counts.items(), key=lambda item: -item[1].total()):
        if count["tp"] + count["fn"] >= 15:
            precision, recall, _ = rates(count)
            print(f"  {name:28} {count['tp'] + count['fn']:5} secrets  P {precision:.2f} R {recall:.2f}")


def upstream(data: Labelled) -> set[int]:
    """The units in which any plugin of detect-secrets finds something, with its default settings."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    plugins = [plugin() for plugin in get_mapping_from_secret_type_to_class().values()]
    found = set()
    for number, unit in enumerate(data.units):
        lines = data.texts[unit.path].split("\n")[unit.start - 1 : unit.end]
        name = unit.path.rpartition("/")[2]
        if any(p.analyze_line(filename=name, line=line, line_number=1) for p in plugins for line in lines):
            found.add(number)
    return found


def main() -> None:
    wild = wild_samples(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    data = load()
    samples, ordinary = labelled_samples(data), ordinary_samples(trees())
    shipped = trained.SECRET
    groups = [data.units[s.unit].repository for s in samples]
    scores: Scores = [(0.0, 0.0)] * len(samples)
    for learn, test in GroupKFold(FOLDS).split(samples, groups=groups):
        made = learned(data, ordinary, wild, [samples[i] for i in learn], [samples[i] for i in test])
        for number, score in zip(test, made, strict=True):
            scores[number] = score
    report("palint, out of fold by repository", data, samples, scores, shipped)
    found = {s.unit for s, (score, _) in zip(samples, scores, strict=True) if score > shipped.threshold}
    by_category(data.units, found.__contains__)
    for part, other in (("dev-1", "dev-2"), ("dev-2", "dev-1")):
        learn, test = ([s for s in samples if data.units[s.unit].part == each] for each in (part, other))
        report(
            f"palint, learned on {part}, judged on {other}",
            data,
            test,
            learned(data, ordinary, wild, learn, test),
            shipped,
        )
    if wild:
        report_wild(data, [*samples, *ordinary], wild, shipped)
    mine = scored(shipped, trained.RANDOM, samples)
    report("palint, the models that ship (have seen these lines)", data, samples, mine, shipped)
    print("\ndetect-secrets' plugins, unfiltered")
    theirs = upstream(data)
    print(
        "  P {:.3f} R {:.3f} F1 {:.3f}, mean {:.3f}, strong {:.3f} weak {:.3f}".format(
            *figures((unit, n in theirs) for n, unit in enumerate(data.units))
        )
    )


if __name__ == "__main__":
    main()
