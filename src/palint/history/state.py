"""The state that a run saves, and how the next one continues from it, so that each commit is read once.

The state contains names of commits and file versions, redacted findings, and notices. It contains no value,
and no hash of one beyond the baseline's twelve bits. If a new version has a value with the same rule and the
same twelve bits as a known one, a version with the known value is read again, and the values are compared in
memory. The names of the versions with secrets are in the state, so they need not be read again to find the
commits that have them: the files of a commit that new ones build on are compared by name.

Anyone who could write it could hide findings, so it is used
only if it belongs to this user, no one else may read or write it, and the same palint with the same rules and
settings wrote it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

from palint import __version__, registry
from palint.config import Config
from palint.findings import Confidence, Finding, Notice, PalintError, Position, Severity, Span
from palint.history.check import Occurrence, VersionResult
from palint.history.timeline import Presence
from palint.history.versions import Versions
from palint.rule import Rule
from palint.tree import git
from palint.tree.git import history
from palint.tree.git.history import Commit
from palint.util import atomic_file, user_cache
from palint.util.dates import today
from palint.util.typing import Any, NamedTuple

_FORMAT = 3
_MAX_SIZE = 64 << 20  # bytes


class StateError(PalintError):
    """A state that cannot be saved where the user requests it."""


class Known(NamedTuple):
    """A secret of an earlier run.

    occurrences: (version, path, suppression reason, line hash, twelve bits, variables) of each.
    spans: {(version, path): (oldest, newest commit that has it)}.
    """

    rule: str
    about_file: bool
    finding: Finding
    occurrences: tuple[tuple[str, str, str, str, int | None, tuple[str, ...]], ...]
    spans: Mapping[tuple[str, str], tuple[str, str]]


class State(NamedTuple):
    """Results for the commits that earlier runs read.

    tips: {ref: object name}. times: of the commits in `secrets`, in seconds since 1970.
    commits, versions: number read so far. until: the first day that is the last of a suppression.
    notices: about versions that no run can check in full.
    """

    tips: Mapping[str, str]
    times: Mapping[str, int]
    secrets: tuple[Known, ...]
    commits: int
    versions: int
    until: str
    notices: tuple[Notice, ...] = ()


# Notices that every run of this palint with these settings has about a version
LASTING = frozenset(("unparsed", "too-large"))


def fingerprint(config: Config, rules: Sequence[Rule]) -> str:
    """A hash of what findings depend on besides the versions: palint itself, its rules and the settings."""
    parts = [str(_FORMAT), __version__, repr(sorted(rule.id() for rule in rules)), repr(config)]
    for folder in registry.code_folders(map(type, rules)):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".json"):
                info = path.stat()
                parts.append(f"{path.relative_to(folder)} {info.st_size} {info.st_mtime_ns}")
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def load(root: str, file: str, key: str) -> State | None:
    """The state that a run with the same `fingerprint` saved; None if there is none that can be trusted.

    Nor after the end of a suppression: what that accepted counts again.

    file: "" for the one in the user's cache directory. Raises StateError for a file inside the repository.
    """
    data = _read(root, file)
    if data is None:
        return None
    try:
        document = json.loads(data)
        if document["fingerprint"] != key or "" < document["until"] < today():
            return None
        return _decode(document)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def save(root: str, file: str, key: str, state: State) -> None:
    """Save a state for `load`. Raises StateError if the user's file cannot be written."""
    data = json.dumps({"fingerprint": key, **_encode(state)}, separators=(",", ":")).encode()
    if not file:
        user_cache.save("history", _cache_key(root), data, root)
        return
    try:
        atomic_file.replace(file, data, 0o600)
    except OSError as error:
        raise StateError(f"{file}: the state cannot be written: {error.strerror}") from None


def _cache_key(root: str) -> bytes:
    return os.fsencode(f"{_FORMAT} {os.environ.get('GIT_DIR', root)}")


def _read(root: str, file: str) -> bytes | None:
    if not file:
        return user_cache.load("history", _cache_key(root), root)
    folder = os.path.realpath(os.path.dirname(os.path.abspath(file)))
    top = os.path.realpath(root)
    if folder == top or folder.startswith(os.path.join(top, "")):
        raise StateError(
            f"{file}: a state inside the repository could be changed by everyone who can commit to it: "
            "name a file outside"
        )
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as opened:  # not a folder
            info = os.fstat(handle)
            foreign = hasattr(os, "geteuid") and (info.st_uid != os.geteuid() or info.st_mode & 0o077)
            if foreign or not stat.S_ISREG(info.st_mode) or info.st_size > _MAX_SIZE:
                return None
            return opened.read()
    except OSError:
        return None


def _encode(state: State) -> dict[str, Any]:
    """Encode a state as JSON data, with versions, paths and commits as indices into tables."""
    tables: dict[str, dict[str, int]] = {"blobs": {}, "paths": {}, "commits": {}}

    def number(table: str, name: str) -> int:
        return tables[table].setdefault(name, len(tables[table]))

    secrets = []
    for known in state.secrets:
        occurrences = [
            [number("blobs", blob), number("paths", path), *rest] for blob, path, *rest in known.occurrences
        ]
        spans = [
            [number("blobs", blob), number("paths", path), *(number("commits", c) for c in span)]
            for (blob, path), span in known.spans.items()
        ]
        secrets.append([known.rule, known.about_file, _encode_finding(known.finding), occurrences, spans])
    return {
        "tips": dict(state.tips),
        "times": dict(state.times),
        "commits": state.commits,
        "versions": state.versions,
        "until": state.until,
        "notices": state.notices,
        "tables": {name: list(table) for name, table in tables.items()},
        "secrets": secrets,
    }


def _decode(document: Mapping[str, Any]) -> State:
    tables = document["tables"]
    blobs, paths, commits = tables["blobs"], tables["paths"], tables["commits"]
    secrets = []
    for rule, about_file, finding, occurrences, spans in document["secrets"]:
        secrets.append(
            Known(
                rule,
                about_file,
                _decode_finding(finding),
                tuple(
                    (blobs[b], paths[p], reason, line, bits, tuple(names))
                    for b, p, reason, line, bits, names in occurrences
                ),
                {(blobs[b], paths[p]): (commits[first], commits[last]) for b, p, first, last in spans},
            )
        )
    counts = document["commits"], document["versions"]
    notices = tuple(Notice(*fields) for fields in document["notices"])
    return State(document["tips"], document["times"], tuple(secrets), *counts, document["until"], notices)


def _encode_finding(finding: Finding) -> list[Any]:
    span = finding.span
    place = [span.path, *span.start, *span.end, span.offset, span.end_offset]
    return [
        *(finding.rule, finding.clause, int(finding.severity), finding.message, finding.detector),
        *(finding.why, int(finding.confidence), finding.line_hash, finding.value_bits, place),
    ]


def _decode_finding(fields: Sequence[Any]) -> Finding:
    rule, clause, severity, message, detector, why, confidence, line_hash, bits, place = fields
    path, line, column, end_line, end_column, offset, end_offset = place
    return Finding(
        rule,
        clause,
        Severity(severity),
        message,
        "",
        Span(path, Position(line, column), Position(end_line, end_column), offset, end_offset),
        detector=detector,
        why=why,
        confidence=Confidence(confidence),
        line_hash=line_hash,
        value_bits=bits,
    )


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
    rows = []
    for number, known in enumerate(state.secrets, 1):
        for oid, path, reason, line_hash, bits, names in known.occurrences:
            blob, place = versions.place(oid, os.fsencode(path))
            value = 0 if known.about_file else -number
            key = (known.rule, line_hash, bits)
            rows.append(Occurrence(known.rule, value, blob, place, known.finding, reason, key, names))
    return rows


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
    until: str,
    notices: Iterable[Notice],
) -> State:
    """The state after a run. found: the occurrences of each secret. notices: those of LASTING kinds."""
    secrets = [_known(each, versions, present) for each in found]
    used = {oid for known in secrets for span in known.spans.values() for oid in span}
    times = {oid: versions.commits[versions.index[oid]].time for oid in used}
    return State(tips, times, tuple(secrets), commits, count, until, tuple(notices))


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
