"""Merge occurrences into secrets: one for each value and rule, with its commits and paths."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping

from palint import baseline
from palint.findings import Finding
from palint.history.check import Occurrence
from palint.history.timeline import Presence
from palint.history.versions import Versions
from palint.secrets.formats.table import FORMATS
from palint.util.typing import NamedTuple

_VENDOR = frozenset(fmt.id for fmt in FORMATS)
Key = tuple[str, int, int]  # rule, value, and the path of a finding about a file; -1 for a value


class Group(NamedTuple):
    """All occurrences of one secret.

    finding: from one version. shown: blob, path and baseline key of the newest version that contains it.
    first, last: indices of commits. at_head: whether HEAD has it.
    """

    key: Key
    finding: Finding
    shown: tuple[int, int, tuple[str, str, int | None]]
    first: int
    last: int
    at_head: bool
    paths: tuple[str, ...]
    versions: tuple[tuple[int, int], ...]
    names: tuple[str, ...]


class Selection(NamedTuple):
    """The groups to report, and the numbers of groups not reported, by reason."""

    groups: list[Group]
    known: int
    accepted: int
    older: int


def by_secret(occurrences: Iterable[Occurrence]) -> dict[Key, list[Occurrence]]:
    """The occurrences of each secret."""
    groups: dict[Key, list[Occurrence]] = {}
    for occurrence in occurrences:
        path = -1 if occurrence.value else occurrence.path
        groups.setdefault((occurrence.rule, occurrence.value, path), []).append(occurrence)
    return groups


def select(
    found: Mapping[Key, list[Occurrence]],
    versions: Versions,
    present: Mapping[tuple[int, int], Presence],
    head: Collection[tuple[int, int]],
    entries: Iterable[baseline.Entry] = (),
) -> Selection:
    """The secrets to report, the most urgent first.

    present: the commits that have each (blob, path). head: those of HEAD's tree. entries: the baseline.
    """
    baselined = {entry[:3] for entry in entries}
    groups: list[Group] = []
    known = accepted = older = 0
    for key, occurrences in found.items():
        unsuppressed = [o for o in occurrences if not o.reason and (o.blob, o.path) in present]
        if any(o.blob in versions.before for o in occurrences):
            older += 1
        elif not unsuppressed or _is_accepted(occurrences, head):
            accepted += 1
        elif any(o.key in baselined for o in occurrences):
            known += 1
        else:
            groups.append(_group(key, occurrences, unsuppressed, versions, present, head))
    groups.sort(key=lambda group: _rank(group, versions))
    return Selection(groups, known, accepted, older)


def _is_accepted(occurrences: Iterable[Occurrence], head: Collection[tuple[int, int]]) -> bool:
    """Whether HEAD has the secret, and suppresses it in every place."""
    now = [o.reason for o in occurrences if (o.blob, o.path) in head]
    return bool(now) and all(now)


def _group(
    key: Key,
    occurrences: list[Occurrence],
    unsuppressed: list[Occurrence],
    versions: Versions,
    present: Mapping[tuple[int, int], Presence],
    head: Collection[tuple[int, int]],
) -> Group:
    def recency(place: tuple[int, int]) -> tuple[object, ...]:
        return place in head, present[place].last, present[place].first, place

    places = sorted({(o.blob, o.path) for o in unsuppressed}, key=recency, reverse=True)
    newest = places[0]
    return Group(
        key=key,
        finding=next(o.finding for o in occurrences if o.finding is not None),
        shown=(*newest, next(o.key for o in unsuppressed if (o.blob, o.path) == newest)),
        first=min(present[place].first for place in places),
        last=max(present[place].last for place in places),
        at_head=any(place in head for place in places),
        paths=tuple(dict.fromkeys(os.fsdecode(versions.paths[path]) for _, path in places)),
        versions=tuple(places),
        names=tuple(dict.fromkeys(name for o in unsuppressed for name in o.names)),
    )


def _rank(group: Group, versions: Versions) -> tuple[object, ...]:
    """Sort key: still at HEAD first, then vendors' formats, then errors, then the oldest."""
    finding = group.finding
    age = versions.commits[group.first].time
    vendor = finding.detector in _VENDOR
    urgency = (not group.at_head, not vendor, -finding.severity, age)
    return (*urgency, group.paths[0], finding.span.offset, group.key[0], finding.line_hash)
