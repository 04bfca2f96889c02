"""Precision and recall of the secret detectors on labelled lines: python bench/quality.py

Out of fold: the lines are split by repository into ten parts, and each part is judged by weights that were
learned from the other nine and from ordinary source trees. Upstream's plugins are run beside it.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from benign_corpus import trees
from sklearn.model_selection import GroupKFold
from train_classifier import Judged, Row, fit, ordinary, prepare, rows

from palint.secrets.classifier import model as classifier

FOLDS = 10
Counts = Counter[str]


def out_of_fold(data: list[Row], negatives: list[list[str]]) -> set[int]:
    """The numbers of the rows in which a secret is found by a model that never saw their repository."""
    judged, found = prepare(data)
    of_row: dict[int, list[Judged]] = defaultdict(list)
    for item in judged:
        of_row[item.row].append(item)
    repositories = [row.repository for row in data]
    for learn, test in GroupKFold(FOLDS).split(data, groups=repositories):
        model = fit(data, [item for number in learn for item in of_row[number]], negatives)
        found |= {
            n for n in test if any(classifier.score(model, item.features).is_secret for item in of_row[n])
        }
    return found


def in_sample(data: list[Row]) -> set[int]:
    """The same with the weights that ship, which have seen these lines."""
    judged, found = prepare(data)
    return found | {
        item.row for item in judged if classifier.score(classifier.model(), item.features).is_secret
    }


def upstream(data: list[Row]) -> set[int]:
    """The rows in which any plugin of detect-secrets 1.5.0 finds something, with its default settings."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    plugins = [plugin() for plugin in get_mapping_from_secret_type_to_class().values()]
    return {
        number
        for number, row in enumerate(data)
        if any(plugin.analyze_line(filename=row.name, line=row.text, line_number=1) for plugin in plugins)
    }


def figures(counts: Counts) -> tuple[float, float, float]:
    """Precision, recall and F1; 0.0 where there is nothing to divide by."""
    precision = counts["tp"] / max(1, counts["tp"] + counts["fp"])
    recall = counts["tp"] / max(1, counts["tp"] + counts["fn"])
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def report(title: str, data: list[Row], found: set[int], categories: bool = False) -> None:
    repositories: dict[str, Counts] = defaultdict(Counter)
    by_category: dict[str, Counts] = defaultdict(Counter)
    for number, row in enumerate(data):
        outcome = ("tp" if number in found else "fn") if row.secret else ("fp" if number in found else "tn")
        repositories[row.repository][outcome] += 1
        by_category[row.category][outcome] += 1
    print(f"\n{title}")
    if categories:
        for name, counts in sorted(by_category.items(), key=lambda item: -item[1].total()):
            if counts.total() >= 15:
                print("  {:28} P {:.2f} R {:.2f} F1 {:.2f}".format(name, *figures(counts)), dict(counts))
    each = [figures(counts) for counts in repositories.values() if counts["tp"] + counts["fn"] >= 5]
    mean = [sum(values) / len(each) for values in zip(*each, strict=True)]
    print(
        "  all {} lines: P {:.3f} R {:.3f} F1 {:.3f}".format(
            len(data), *figures(sum(repositories.values(), Counter()))
        )
    )
    print("  mean of {} repositories: P {:.3f} R {:.3f} F1 {:.3f}".format(len(each), *mean))


def main() -> None:
    data = rows()
    negatives = ordinary(trees())
    report("palint, out of fold by repository", data, out_of_fold(data, negatives), categories=True)
    report("palint, shipped weights (have seen these lines)", data, in_sample(data))
    report("detect-secrets' plugins, unfiltered", data, upstream(data))


if __name__ == "__main__":
    main()
