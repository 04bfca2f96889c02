"""How often each keyword of the prefilter matches in a tree, and how many of the matches are hits.

    python bench/keywords.py [FOLDER]      the tree of corpus.py if no folder is given

A match is an end that the engine reports; a hit is one that the keyword's conditions and `re` confirm, for
which a rule then runs. A match costs about 1 µs, a hit 20 to 100 (2 cores). `!` marks a keyword of which
fewer than one match in a hundred is a hit: its pattern or its check should refuse more.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from palint import prefilter, registry
from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

MIN_MATCHES = 100  # of a keyword that is judged
MIN_HITS = 0.01  # of the matches


class Count(NamedTuple):
    """A keyword with its matches and hits in a tree. rules: the ids of those that have it."""

    pattern: str
    rules: tuple[str, ...]
    matches: int
    hits: int

    @property
    def is_poor(self) -> bool:
        """Whether too few of the matches are hits."""
        return self.matches >= MIN_MATCHES and self.hits < MIN_HITS * self.matches


def count(root: str) -> list[Count]:
    """The keywords that match in a tree, the most frequent first."""
    project = Project(root, WorkTree(root, repository=False))
    checker = FileChecker(project, Config(), [rule(Config()) for rule in registry.load().values()])
    matches: Counter[int] = Counter()
    hits: Counter[int] = Counter()
    for path in project.files():
        file = project.open(path)
        if file is not None:
            found = checker.matcher._ends(file.utf8, file.path)
            matches.update({keyword: len(ends) for keyword, ends in found.items()})
            hits.update(keyword for keyword, _ in checker.matcher.scan(file.utf8, file.path))
    return [
        Count(
            prefilter.as_keyword(checker.matcher.keywords[keyword]).pattern,
            tuple(checker.rules[rule].id() if rule >= 0 else "palint" for rule, _ in checker.owners[keyword]),
            number,
            hits[keyword],
        )
        for keyword, number in matches.most_common()
    ]


def main() -> None:
    """Print the keywords with at least MIN_MATCHES matches."""
    if len(sys.argv) > 1:
        root = sys.argv[1]
    else:
        import corpus

        root = str(corpus.tree())
    counts = count(root)
    total, hits = sum(each.matches for each in counts), sum(each.hits for each in counts)
    sys.stdout.write(f"{root}: {total} matches, {hits} hits of {len(counts)} keywords\n matches    hits\n")
    for each in counts:
        if each.matches >= MIN_MATCHES:
            mark, rules = "!" if each.is_poor else " ", ", ".join(each.rules)
            sys.stdout.write(f"{each.matches:8}{each.hits:8} {mark} {rules}: {each.pattern[:70]!r}\n")


if __name__ == "__main__":
    main()
