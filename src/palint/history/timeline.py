"""Find the first and the last commit that have each secret.

The changes against first parents form a forest: a commit has the files of its first parent, except for those
that it changed. A version that a commit adds is therefore in that commit and in its descendants by first
parents, until one changes the same path. Only changes to paths that ever had a secret are relevant, so the
forest is small; the newest commit in a part of it is looked up in a table of maxima.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from palint.history.versions import Versions
from palint.util.typing import NamedTuple


class Presence(NamedTuple):
    """The oldest and the newest commit that have a version: indices, in the order of their dates."""

    first: int
    last: int


def presence(versions: Versions, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], Presence]:
    """The commits that have each wanted (blob, path), without those that no commit of the run added."""
    forest = _Forest(versions, {path for _, path in wanted})
    ranges: dict[tuple[int, int], Presence] = {}
    for path, changes in forest.changes.items():
        for blob, first, last in forest.spans(changes):
            if (blob, path) in wanted:
                known = ranges.get((blob, path))
                ranges[blob, path] = Presence(
                    first if known is None else min(first, known.first),
                    last if known is None else max(last, known.last),
                )
    return ranges


class _Forest:
    """The commits that changed one of the paths, each with its descendants up to the next change.

    A node's number is its place in preorder, so that a node and its descendants are a range of numbers.
    """

    def __init__(self, versions: Versions, paths: set[int]) -> None:
        touched: dict[int, list[tuple[int, int]]] = {}
        for commit, path, blob in zip(*versions.changes, strict=True):
            if path in paths:
                touched.setdefault(commit, []).append((path, blob))
        order, ends = _preorder(versions, touched)
        self.ends = ends
        self.commit = sorted(order, key=order.__getitem__)  # of each node
        self.changes: dict[int, list[tuple[int, int]]] = {}  # path -> (node, blob), ascending
        for commit in self.commit:
            for path, blob in touched[commit]:
                self.changes.setdefault(path, []).append((order[commit], blob))
        newest = list(self.commit)
        node_of: list[int] = []
        for commit, parent in enumerate(versions.parents):
            node = order[commit] if commit in order else node_of[parent] if parent >= 0 else -1
            node_of.append(node)
            if node >= 0:
                newest[node] = max(newest[node], commit)
        self._table = _maxima(newest)

    def spans(self, changes: list[tuple[int, int]]) -> Iterable[tuple[int, int, int]]:
        """(blob, first commit, last commit) of each version of one path."""
        for i, (node, blob) in enumerate(changes):
            if blob < 0:
                continue
            start, last, inside = node, self.commit[node], i + 1
            while start < self.ends[node]:
                stop = changes[inside][0] if inside < len(changes) else self.ends[node]
                stop = min(stop, self.ends[node])
                if stop > start:
                    last = max(last, self._newest(start, stop))
                if stop >= self.ends[node]:
                    break
                start = self.ends[stop]
                while inside < len(changes) and changes[inside][0] < start:
                    inside += 1
            yield blob, self.commit[node], last

    def _newest(self, start: int, stop: int) -> int:
        """The newest commit of the nodes [start, stop)."""
        level = (stop - start).bit_length() - 1
        row = self._table[level]
        return max(row[start], row[stop - (1 << level)])


def _preorder(versions: Versions, touched: Collection[int]) -> tuple[dict[int, int], list[int]]:
    """{commit: its number in preorder} for the touched commits, and for each number the end of its range."""
    above: list[int] = []  # for each commit the nearest touched one at or above it
    children: dict[int, list[int]] = {}
    for commit, parent in enumerate(versions.parents):
        over = above[parent] if parent >= 0 else -1
        if commit in touched:
            children.setdefault(over, []).append(commit)
            above.append(commit)
        else:
            above.append(over)
    order: dict[int, int] = {}
    ends: list[int] = []
    stack = [(commit, False) for commit in reversed(children.get(-1, []))]
    while stack:
        commit, done = stack.pop()
        if done:
            ends[order[commit]] = len(order)
            continue
        order[commit] = len(order)
        ends.append(0)
        stack.append((commit, True))
        stack += [(child, False) for child in reversed(children.get(commit, []))]
    return order, ends


def _maxima(values: list[int]) -> list[list[int]]:
    """A table with the maximum of values[i : i + 2**n] in row n, column i."""
    rows = [values]
    width = 1
    while 2 * width <= len(values):
        last = rows[-1]
        rows.append([max(last[i], last[i + width]) for i in range(len(values) - 2 * width + 1)])
        width *= 2
    return rows
