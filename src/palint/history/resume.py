"""Continue where an earlier run ended: read only the commits since then.

The state has the names of the versions with secrets, so they need not be read again to find the commits that
have them: the files of a commit that new ones build on are compared by name. The state has no values. If a
new version has a value with the same rule and the same twelve bits as a known one, a version with the known
value is read again, and the values are compared in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from palint.history.check import Occurrence, VersionResult
from palint.history.state import Known, State
from palint.history.timeline import Presence
from palint.history.versions import Versions
from palint.tree import git
from palint.tree.git import history
from palint.tree.git.history import Commit

Check = Callable[[Sequence[str]], Iterable[VersionResult]]


def new_commits(root: str, state: State) -> list[Commit] | None:
    """The commits since a state; None if refs no longer reach its commits (deleted, or rewritten)."""
    old = list(dict.fromkeys(state.tips.values()))
    if not old:
        return None
    try:
        if history.is_unreachable(root, old):
            return None
        return history.commits(root, without=old)
    except git.GitError:  # a commit that it names no longer exists
        return None


def versions_since(root: str, state: State, commits: Sequence[Commit]) -> Versions:
    """The versions that new commits added, together with known versions in the commits that they build on."""
    new = {commit.oid for commit in commits}
    built_on = dict.fromkeys(c.parent for c in commits if c.parent and c.parent not in new)
    known = {oid: Commit(oid, "", time) for oid, time in state.times.items()}
    for oid in built_on:
        known.setdefault(oid, Commit(oid, "", 0))
    ordered = sorted(known.values(), key=lambda commit: commit.time)
    versions = Versions([*ordered, *commits])
    places = {place for secret in state.secrets for place in secret.spans}
    for commit in sorted(built_on, key=lambda oid: versions.index[oid]):
        for entry in git.commit_entries(root, commit):
            if (entry.oid, entry.path) in places:
                versions.put(versions.index[commit], os.fsencode(entry.path), entry.oid)
    versions.fill(history.changes(root, commits), first=len(ordered))
    return versions


def occurrences(state: State, versions: Versions) -> list[Occurrence]:
    """The known occurrences, as if found now; the value of the n-th secret is -n."""
    made = []
    for number, known in enumerate(state.secrets, 1):
        for oid, path, reason, line_hash, bits, names in known.occurrences:
            blob, place = versions.place(oid, os.fsencode(path))
            value = 0 if known.about_file else -number
            key = (known.rule, line_hash, bits)
            made.append(Occurrence(known.rule, value, blob, place, known.finding, reason, key, names))
    return made


def presence(state: State, versions: Versions) -> dict[tuple[int, int], Presence]:
    """The commits that have each known (blob, path)."""
    return {
        versions.place(oid, os.fsencode(path)): Presence(versions.index[first], versions.index[last])
        for known in state.secrets
        for (oid, path), (first, last) in known.spans.items()
    }


def with_known_values(
    found: Sequence[VersionResult], state: State, versions: Versions, check: Check
) -> list[VersionResult]:
    """Replace values in the results that equal a known secret by that secret's number."""
    wanted = {(o.rule, o.key[2]) for result in found for o in result.occurrences if o.value}
    candidates: dict[tuple[str, int, int, tuple[str, str, int | None]], int] = {}
    oids: dict[str, None] = {}
    for number, known in enumerate(state.secrets, 1):
        if not known.about_file and any((known.rule, o[4]) in wanted for o in known.occurrences):
            oid, path, _reason, line_hash, bits, _names = known.occurrences[0]
            blob, place = versions.place(oid, os.fsencode(path))
            candidates[known.rule, blob, place, (known.rule, line_hash, bits)] = -number
            oids[oid] = None
    values: dict[tuple[str, int], int] = {}
    for result in check(list(oids)):
        for o in result.occurrences:
            number = candidates.get((o.rule, o.blob, o.path, o.key), 0)
            if number:
                values[o.rule, o.value] = number
    return [
        result._replace(
            occurrences=tuple(
                o._replace(value=values.get((o.rule, o.value), o.value)) for o in result.occurrences
            )
        )
        for result in found
    ]


def state_of(
    tips: Mapping[str, str],
    versions: Versions,
    found: Iterable[Sequence[Occurrence]],
    present: Mapping[tuple[int, int], Presence],
    commits: int,
    count: int,
) -> State:
    """The state after a run. found: the occurrences of each secret."""
    secrets = [_known(each, versions, present) for each in found]
    used = {oid for known in secrets for span in known.spans.values() for oid in span}
    times = {oid: versions.commits[versions.index[oid]].time for oid in used}
    return State(tips, times, tuple(secrets), commits, count)


def _known(
    found: Sequence[Occurrence], versions: Versions, present: Mapping[tuple[int, int], Presence]
) -> Known:
    occurrences = dict.fromkeys(
        (versions.blobs[o.blob], _path(versions, o.path), o.reason, o.key[1], o.key[2], o.names)
        for o in found
    )
    spans = {}
    for blob, path in {(o.blob, o.path) for o in found} & present.keys():
        first, last = present[blob, path]
        oids = (versions.commits[first].oid, versions.commits[last].oid)
        spans[versions.blobs[blob], _path(versions, path)] = oids
    finding = next(o.finding for o in found if o.finding is not None)
    return Known(found[0].rule, found[0].value == 0, finding, tuple(occurrences), spans)


def _path(versions: Versions, index: int) -> str:
    return os.fsdecode(versions.paths[index])
