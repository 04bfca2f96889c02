"""Commits × rules -> secrets that must be rotated."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from palint import baseline
from palint.config import Config
from palint.engine.run import select as select_rules
from palint.engine.seal import sealed
from palint.engine.workers import check_paths
from palint.findings import Notice
from palint.history import state
from palint.history.check import Occurrence, VersionChecker, VersionResult
from palint.history.notices import first_path, summarize
from palint.history.results import CommitInfo, HistoryResults, HistorySecret
from palint.history.secrets import Group, Key, by_secret, select
from palint.history.state import State
from palint.history.timeline import Presence, presence
from palint.history.versions import Versions, list_versions
from palint.rule import Rule
from palint.tree import git
from palint.tree.git import history
from palint.tree.gitignore import compile_globs
from palint.util import dates


def rules_for(config: Config, rules: Mapping[str, type[Rule]]) -> list[Rule]:
    """The selected rules that check history."""
    return [rule for rule in select_rules(config, rules) if rule.checks_history]


def run(
    root: str,
    config: Config,
    rules: Mapping[str, type[Rule]],
    *,
    revs: Sequence[str] = (),
    since: str = "",
    without: Sequence[str] = (),
    entries: Iterable[baseline.Entry] = (),
    state_file: str | None = None,
    jobs: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> HistoryResults:
    """Check every version of every file in the requested commits.

    revs, since, without: as for `palint.tree.git.history.commits`. entries: of the baseline.
    state_file: path of the state, "" for the user's cache directory, None for no state; used only if all
    commits are read. jobs: worker processes; 0: one per processor. progress: called with
    (versions checked, versions in all). Raises GitError.
    """
    began = time.monotonic()
    config = config._replace(folders=None)  # a folder of a commit may not exist any more
    selected = rules_for(config, rules)
    state_path = None if revs or since else state_file
    fingerprint = state.fingerprint(config, selected)
    known = None if state_path is None else state.load(root, state_path, fingerprint)
    tips = history.tips(root)  # read before the commits are listed, so that the next run misses none
    commits = None if known is None else state.new_commits(root, known)
    if known is None or commits is None:
        known, commits = None, history.commits(root, revs, since=since, without=without)
        versions = list_versions(root, commits)
    else:
        versions = state.versions_since(root, known, commits)
    scan = _Scan(root, config, selected, versions, jobs)
    oids = versions.reading_order()
    results, notices = scan.check(oids, progress)
    notices = sorted({*notices, *(known.notices if known else ()), *_missing_parts(root, versions)})
    found, present = _found(results, known, versions, scan)
    head_oid = git.resolve(root, "HEAD")
    selection = select(found, versions, present, _at_head(root, head_oid, versions), entries)
    groups = scan.describe(selection.groups)
    commit_count = len(commits) + (known.commits if known else 0)
    version_count = len(oids) + (known.versions if known else 0)
    ends = (o.until for occurrences in found.values() for o in occurrences)
    until = dates.first((known.until if known else "", *ends))
    incomplete = [notice for notice in notices if not notice.complete]
    if state_path is not None and all(notice.kind in state.LASTING for notice in incomplete):
        counts = commit_count, version_count
        new_state = state.state_of(tips, versions, found.values(), present, *counts, until, incomplete)
        state.save(root, state_path, fingerprint, new_state)
    return HistoryResults(
        os.environ.get("GIT_DIR", root),
        secrets=tuple(_secrets(root, groups, versions)),
        known=selection.known,
        accepted=selection.accepted,
        older=selection.older,
        notices=tuple(notices),
        commits=commit_count,
        new_commits=len(commits),
        versions=version_count,
        seconds=time.monotonic() - began,
        head=head_oid or "",
        origin=git.origin(root) or "",
        part=bool(revs or since),
        until=until,
    )


def _found(
    results: list[VersionResult], known: State | None, versions: Versions, scan: _Scan
) -> tuple[dict[Key, list[Occurrence]], dict[tuple[int, int], Presence]]:
    """(the occurrences of each secret, including earlier runs; the commits that have each version)."""
    earlier: list[Occurrence] = []
    earlier_presence: dict[tuple[int, int], Presence] = {}
    if known is not None:
        earlier = state.occurrences(known, versions)
        earlier_presence = state.presence(known, versions)
        results = state.with_known_values(results, known, versions, lambda oids: scan.check(oids, None)[0])
    found = by_secret([*earlier, *(o for result in results for o in result.occurrences)])
    present = presence(versions, {(o.blob, o.path) for each in found.values() for o in each})
    for place, (first, last) in earlier_presence.items():
        present[place] = Presence(first, max(last, present[place].last if place in present else last))
    return found, present


class _Scan:
    """The checks of one run, in worker processes."""

    def __init__(
        self, root: str, config: Config, rules: Sequence[Rule], versions: Versions, jobs: int
    ) -> None:
        self._root, self._config, self._rules, self._versions = root, config, rules, versions
        self._jobs = jobs
        self._excluded = compile_globs(config.exclude)

    def check(
        self, oids: Sequence[str], progress: Callable[[int, int, str], None] | None, *, excerpts: bool = False
    ) -> tuple[list[VersionResult], list[Notice]]:
        """Check versions; return the results and the notices."""
        checker = VersionChecker(
            self._root,
            self._config,
            self._rules,
            self._versions,
            oids,
            excerpts=excerpts,
            excluded=self._excluded,
        )
        if not excerpts:
            checker.files.preload(lambda: False)

        def report(done: int, total: int, oid: str) -> None:
            if progress is not None:
                progress(done, total, first_path(oid, self._versions) if oid else "")

        results, stopped = check_paths(checker, oids, self._jobs, report)
        notices = [notice for result in results for notice in result.notices]
        return results, summarize(notices + stopped, self._versions)

    def describe(self, groups: Sequence[Group]) -> list[Group]:
        """The groups, each with the finding and excerpt of its newest version."""
        shown = {(group.key[0], *group.shown): i for i, group in enumerate(groups)}
        blobs = dict.fromkeys(self._versions.blobs[group.shown[0]] for group in groups)
        described = list(groups)
        results, _notices = self.check(list(blobs), None, excerpts=True)
        for result in results:
            for occurrence in result.occurrences:
                i = shown.get((occurrence.rule, occurrence.blob, occurrence.path, occurrence.key))
                if i is not None and occurrence.finding is not None and not occurrence.reason:
                    described[i] = described[i]._replace(finding=occurrence.finding)
        return described


def _at_head(root: str, head: str | None, versions: Versions) -> set[tuple[int, int]]:
    """The (blob, path) of the versions that are in HEAD's tree. head: its commit, None if there is none."""
    if head is None:
        return set()
    at_head = set()
    for entry in git.commit_entries(root, head):
        blob = versions.blob_index.get(entry.oid)
        path = versions.path_index.get(os.fsencode(entry.path))
        if blob is not None and path is not None:
            at_head.add((blob, path))
    return at_head


def _missing_parts(root: str, versions: Versions) -> list[Notice]:
    """Notices about parts of the history that are not in this repository."""
    notices = [
        Notice(os.fsdecode(path), "not-text", "submodule: not checked here") for path in versions.submodules
    ]
    if history.is_shallow(root):
        message = "shallow clone: older commits are missing and were not checked. Run `git fetch --unshallow`"
        notices.append(Notice("", "missing-object", message))
    return notices


def _secrets(root: str, groups: Sequence[Group], versions: Versions) -> Iterable[HistorySecret]:
    commits = versions.commits
    oids = [commits[index].oid for group in groups for index in (group.first, group.last)]
    authors = history.authors(root, oids)

    def commit(index: int) -> CommitInfo:
        oid = commits[index].oid
        return CommitInfo(oid, sealed(authors[oid].name, ()), authors[oid].date)

    for group in groups:
        yield HistorySecret(
            finding=group.finding,
            oid=versions.blobs[group.shown[0]],
            first=commit(group.first),
            last=commit(group.last),
            at_head=group.at_head,
            paths=group.paths,
            versions=len({blob for blob, _ in group.versions}),
            names=group.names,
        )
