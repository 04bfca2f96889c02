"""Find what a change itself accepts: the findings that are suppressed at its head but not at its base.

Both sides are checked by the same code and compared by rule, place and value, so a suppression whose text did
not change still counts as new when it now covers another value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from palint import baseline
from palint.baseline import Entry
from palint.config import Config
from palint.engine.choice import accepts
from palint.engine.run import fingerprinted, run
from palint.findings import Finding, Notice, Results, Severity, Suppressed
from palint.rule import Rule
from palint.tree.git import Change
from palint.tree.project import Project
from palint.util.typing import NamedTuple

_SHOWN = 10  # places that a notice names; the reports list them all


class State(NamedTuple):
    """One side of a change: its files, the settings in force and the baseline's entries there."""

    project: Project
    config: Config
    entries: Collection[Entry]


class Compared(NamedTuple):
    """A change.

    changes: the files that differ between the two, by path.
    settings: the keys that the change edits in each settings file, allowed or not.
    """

    before: State
    head: State
    changes: Mapping[str, Change]
    settings: Mapping[str, Sequence[str]]
    rules: Mapping[str, type[Rule]]
    scope: Sequence[str] | None
    jobs: int = 0


def mark_additions(results: Results, change: Compared) -> Results:
    """Mark the findings that the change itself accepts, and list them in notices.

    results: of the head, before any baseline is applied.
    Where the settings do not allow new suppressions, a finding that the change accepts is reported.
    """
    unchanged = _Unchanged(results, change)
    caused = [f for f in results.outside if not unchanged.had(f)]
    base = _Base(results, change, unchanged)
    known, added, rest = _apply_baseline((*results.findings, *caused), change, base, {id(f) for f in caused})
    suppressed = [s._replace(new=not base.had(s)) for s in results.suppressed]
    suppressed += added
    if change.head.config.allow_new_suppressions:
        suppressed += _silenced_by_settings(results, change)
        refused: list[Suppressed] = []
    else:
        refused = [s for s in suppressed if s.new]
        suppressed = [s for s in suppressed if not s.new]
    findings = sorted((*rest, *(s.finding for s in refused)), key=Finding.sort_key)
    notices = {*results.notices, *base.notices, *unchanged.notices, *_notices(suppressed, refused, change)}
    return results._replace(
        findings=tuple(fingerprinted(findings)),
        suppressed=tuple(sorted(suppressed, key=lambda s: s.finding.sort_key())),
        baselined=tuple(known),
        notices=tuple(sorted(notices)),
    )


class _Unchanged:
    """The findings that the base had in files that the change leaves as they are, computed when first needed.

    They matter where a rule also reads other files: a change may cause or remove a finding in a workflow by
    what it does to another one.
    """

    def __init__(self, results: Results, change: Compared) -> None:
        findings = (*results.outside, *(s.finding for s in results.suppressed))
        self._change = change
        self._findings = [f for f in findings if self._depends_on_others(f)]
        self._severities: dict[tuple[str, str, int], list[Severity]] | None = None
        self.notices: list[Notice] = []

    def had(self, finding: Finding) -> bool:
        """Whether the base had a finding, at least as severe; each of its findings counts once."""
        if not self._depends_on_others(finding):
            return True
        if self._severities is None:
            self._severities = self._check()
        known = self._severities.get(_key(finding), [])
        severity = next((each for each in sorted(known) if each >= finding.severity), None)
        if severity is not None:
            known.remove(severity)
        return severity is not None

    def _depends_on_others(self, finding: Finding) -> bool:
        rule = self._change.rules[finding.rule]
        return rule.companion_files is not None and finding.span.path not in self._change.changes

    def _check(self) -> dict[tuple[str, str, int], list[Severity]]:
        rules = sorted({f.rule for f in self._findings})
        config = self._change.head.config._replace(select=tuple(rules))
        results = _check_base(self._change, config, {f.span.path for f in self._findings})
        self.notices = _notices_of_base(results)
        severities: dict[tuple[str, str, int], list[Severity]] = {}
        for finding in (*results.findings, *(s.finding for s in results.suppressed)):
            severities.setdefault(_key(finding), []).append(finding.severity)
        return severities


class _Base:
    """The findings of the changed files at the base, computed when first needed.

    The workers have already checked those files whose heads have accepted findings (`Results.base`). The
    others are checked if a finding was not in its file: it may be moved.
    """

    def __init__(self, results: Results, change: Compared, unchanged: _Unchanged) -> None:
        self._change = change
        self._unchanged = unchanged
        self._seen = results.base or Results(results.root)
        self._every: Results | None = None
        self._suppressed = Counter(_key(s.finding) for s in self._seen.suppressed)
        self._had: Counter[tuple[str, str, int]] = Counter()
        self.notices = _notices_of_base(self._seen)

    def had(self, suppressed: Suppressed) -> bool:
        """Whether a finding was suppressed at the base, or its settings suppress it; counts once."""
        finding = suppressed.finding
        path = finding.span.path
        allows = self._change.before.config.of(path).allow
        if any(accepts(allow, finding.rule, path) for allow in allows):
            return True
        if path not in self._change.changes:
            return self._unchanged.had(finding)
        if self._suppressed[_key(finding)] <= 0 and self._every is None:
            # A rule that reads several files may have found it from another one.
            self._suppressed = Counter(_key(s.finding) for s in self._all().suppressed) - self._had
        if self._suppressed[_key(finding)] <= 0:
            return False
        self._suppressed[_key(finding)] -= 1
        self._had[_key(finding)] += 1
        return True

    def seen(self) -> Iterator[Finding]:
        """The findings of the files that were checked, suppressed or not."""
        return _all_of(self._seen)

    def every(self) -> Iterator[Finding]:
        """The findings of all changed files, suppressed or not."""
        return _all_of(self._all())

    def _all(self) -> Results:
        if self._every is None:
            paths = [c.path for c in self._change.changes.values() if c.old is not None]
            self._every = _check_base(self._change, self._change.before.config, paths)
            self.notices = _notices_of_base(self._every)
        return self._every


def _all_of(results: Results) -> Iterator[Finding]:
    yield from results.findings
    yield from (s.finding for s in results.suppressed)


def _check_base(change: Compared, config: Config, paths: Iterable[str]) -> Results:
    return run(
        change.before.project,
        config,
        change.rules,
        scope=sorted(paths),
        ignored=(),
        jobs=change.jobs,
        excerpts=False,
        edits=False,
    )


def _notices_of_base(results: Results) -> list[Notice]:
    """Why the base was not checked in full, as notes: the checked change need not fix that."""
    return [
        Notice(n.path, "note", f"at the base of the change: {n.message}")
        for n in results.notices
        if not n.complete
    ]


def _key(finding: Finding) -> tuple[str, str, int]:
    return finding.rule, finding.span.path, finding.identity


def _apply_baseline(
    findings: Sequence[Finding], change: Compared, base: _Base, caused: Collection[int]
) -> tuple[list[Finding], list[Suppressed], list[Finding]]:
    """(known, known by an entry that the change adds, not known).

    An entry has no path and few bits of a value, so it cannot tell a moved finding from a new one. A finding
    that the files did not have at the base therefore needs an entry that the base did not have either.
    caused: `id(finding)` of new ones in unchanged files.
    """
    entries = baseline.allowed(change.head.entries, change.head.config.allow_suppressing)
    head = Counter(entry[:3] for entry in set(entries))
    before = Counter(entry[:3] for entry in set(change.before.entries))
    candidates = [f for f in findings if head[baseline.key(f)]]
    if not candidates:
        return [], [], list(findings)
    carried = _carried(candidates, change.changes, base, caused)
    known, added, rest = [], [], []
    for finding in findings:
        key = baseline.key(finding)
        if not head[key]:
            rest.append(finding)
        elif id(finding) in carried and before[key]:
            head[key] -= 1
            before[key] -= 1
            known.append(finding)
        elif head[key] > before[key]:
            head[key] -= 1
            added.append(Suppressed(finding, "an entry of the baseline", baseline.NAME, True))
        else:
            rest.append(finding)
    return known, added, rest


def _carried(
    findings: Sequence[Finding], changes: Mapping[str, Change], base: _Base, caused: Collection[int]
) -> set[int]:
    """`id(finding)` of each finding that the base had, in the same file or in another one."""
    carried = {id(f) for f in findings if f.span.path not in changes and id(f) not in caused}
    if len(carried) == len(findings):
        return carried
    rest = [f for f in findings if id(f) not in carried]
    if not Counter(map(_key, rest)) - Counter(map(_key, base.seen())):
        return carried.union(map(id, rest))
    here = Counter(map(_key, base.every()))
    anywhere = Counter((rule, identity) for rule, _, identity in here.elements())
    moved = []
    for finding in rest:
        if here[_key(finding)] > 0:
            here[_key(finding)] -= 1
            anywhere[finding.rule, finding.identity] -= 1
            carried.add(id(finding))
        else:
            moved.append(finding)
    for finding in moved:
        if anywhere[finding.rule, finding.identity] > 0:
            anywhere[finding.rule, finding.identity] -= 1
            carried.add(id(finding))
    return carried


def _silenced_by_settings(results: Results, change: Compared) -> Iterator[Suppressed]:
    """Findings that fail the run under the settings of the base but not under those of the head."""
    before, head = change.before, change.head
    config = before.config
    if not change.settings:
        return
    under_base = run(
        head.project,
        config,
        change.rules,
        scope=change.scope,
        ignored=(),
        jobs=change.jobs,
        excerpts=False,
        edits=False,
    )
    failing = {_key(f) for f in results.findings if f.severity >= head.config.fail_on}
    accepted = {_key(s.finding) for s in results.suppressed}
    for finding in under_base.findings:
        key = _key(finding)
        if finding.severity >= config.fail_on and key not in failing and key not in accepted:
            yield Suppressed(finding, "the settings", _nearest(change.settings, finding.span.path), True)


def _nearest(files: Iterable[str], path: str) -> str:
    """The settings file, of those that a change edits, that decides about a path."""
    above = [file for file in files if path.startswith(file.rpartition("/")[0])]
    return max(above or files, key=len)


def changed_settings(before: Config, after: Config) -> list[str]:
    """The keys of the settings whose values differ, in whichever file and form they are written."""
    one, other = (
        {
            **config._asdict(),
            "allow": [allow._replace(line=0) for allow in config.allow],
            "pattern": [pattern._replace(line=0) for pattern in config.pattern],
            "policy_violations": (),
            "file": "",
            "provenance": {},
            "extended": "",
            "folders": None,
        }
        for config in (before, after)
    )
    names = {"rule_options": "rules"}
    return [names.get(key, key).replace("_", "-") for key in one if one[key] != other[key]]


def _notices(
    suppressed: Sequence[Suppressed], refused: Sequence[Suppressed], change: Compared
) -> Iterator[Notice]:
    for file, keys in change.settings.items():
        named = ", ".join(f"`{key}`" for key in keys)
        count = "" if change.head.config.allow_new_suppressions else "; the policy rejects these edits"
        yield Notice(file, "note", f"this change edits palint's settings: {named}{count}")
    new = [s for s in suppressed if s.new]
    for these, verb in ((new, "accepts"), (refused, "would accept, against the policy,")):
        if these:
            places = sorted({_place(s) for s in these})
            count = "1 finding" if len(these) == 1 else f"{len(these)} findings"
            message = f"this change {verb} {count}: {_listed(places)}"
            yield Notice("", "note", message)


def _place(suppressed: Suppressed) -> str:
    finding = suppressed.finding
    by = "" if suppressed.source.startswith(f"{finding.span.path}:") else f" ({suppressed.source})"
    return f"{finding.span.path}:{finding.span.start.line} {finding.rule}{by}"


def _listed(places: Iterable[str]) -> str:
    places = list(places)
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more
