"""First and last commit of each version, against a walk over whole trees."""

from __future__ import annotations

from random import Random

import pytest

from palint.history.timeline import presence
from palint.history.versions import Versions
from palint.tree.git.history import Change, Commit


def trees(versions: Versions) -> list[dict[int, int]]:
    """{path: blob} of each commit."""
    made: list[dict[int, int]] = []
    changes = list(zip(*versions.changes, strict=True))
    for index, parent in enumerate(versions.parents):
        tree = dict(made[parent]) if parent >= 0 else {}
        for commit, path, blob in changes:
            if commit == index:
                tree[path] = blob
                if blob < 0:
                    del tree[path]
        made.append(tree)
    return made


def history(random: Random) -> Versions:
    """A forest of up to 40 commits that change four paths."""
    commits: list[Commit] = []
    for i in range(random.randint(1, 40)):
        parent = commits[random.randrange(i)].oid if i and random.random() < 0.95 else ""
        commits.append(Commit(f"{i:040x}", parent, i))
    versions = Versions(commits)
    changes = []
    for i in range(len(commits)):
        for path in (b"a", b"b", b"c", b"d"):
            if random.random() < 0.3:
                new = f"{random.randrange(6):040x}"  # zero: deleted
                changes.append(Change(i, path, 0o100644 if new.strip("0") else 0, "0" * 40, new))
    versions.fill(changes)
    return versions


@pytest.mark.parametrize("seed", range(60))
def test_presence(seed: int) -> None:
    random = Random(seed)
    versions = history(random)
    every = {(blob, path) for blob in range(len(versions.blobs)) for path in range(len(versions.paths))}
    wanted = {place for place in every if random.random() < 0.6}
    expected: dict[tuple[int, int], tuple[int, int]] = {}
    for commit, tree in enumerate(trees(versions)):
        for path, blob in tree.items():
            if (blob, path) in wanted:
                expected[blob, path] = (expected.get((blob, path), (commit,))[0], commit)
    assert {place: tuple(found) for place, found in presence(versions, wanted).items()} == expected
