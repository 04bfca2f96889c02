"""Files × rules -> findings.

`run` is the entry point: it selects the files, has `workers` check them, merges the results in a fixed order
and runs the rules that check the run as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from palint.config import Allow, Config, PolicyViolation
from palint.engine.file_checker import FileChecker, yielded
from palint.engine.file_result import FileResult, SuppressionUse
from palint.engine.origin import mark_packages
from palint.engine.workers import check_all, worker_count
from palint.findings import Finding, Notice, Results, Span, Suppressed
from palint.rule import Rule
from palint.tree.gitignore import compile_globs
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.engine.base_check import BaseOfChange

_MIN_FILES_TO_PRELOAD = 1000  # files: each worker then needs most of what can be loaded before the fork

__all__ = ["Run", "SuppressionUse", "run"]


class Run(NamedTuple):
    """The run as a whole, for `Rule.check_project`.

    suppressions: all that were found, and what each suppressed.
    allows: the settings' `[[allow]]`, each with the rules of which it suppressed a finding.
    selected, known: the ids of the rules that ran, and of all installed rules.
    whole: whether every file of the project was checked, so that an unused suppression is not needed.
    policy_violations: settings that the policy rejected, or those above a subfolder's.
    """

    findings: tuple[Finding, ...]
    suppressions: tuple[SuppressionUse, ...]
    allows: tuple[tuple[Allow, frozenset[str]], ...]
    selected: frozenset[str]
    known: frozenset[str]
    whole: bool
    policy_violations: tuple[PolicyViolation, ...]


def run(
    project: Project,
    config: Config,
    rules: Mapping[str, type[Rule]],
    *,
    scope: Sequence[str] | None = None,
    changed_out_of_scope: Sequence[str] = (),
    ignored: Iterable[str] | None = (),
    jobs: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
    excerpts: bool = True,
    context: bool = True,
    edits: bool = True,
    cache: bool = False,
    in_process: bool = False,
    base: BaseOfChange | None = None,
) -> Results:
    """Check files and return the results.

    scope: paths (relative to the root) to check; None: every file of the project.
    changed_out_of_scope: paths that the checked change deletes, or edits outside of the scope; their
    companions are checked.
    ignored: paths that git ignores, of which only the names are checked; None: all ignored paths.
    jobs: worker processes; 0: chosen by the number of files and processors.
    progress: called from time to time with (files checked, files in all, a file that takes long or "").
    excerpts: whether findings need excerpts. context: with the lines around them. edits: whether fixes need
        theirs.
    cache: whether to leave out, and remember, files without findings (`CleanFiles`).
    in_process: check in this process instead of workers, where a debugger stops and coverage is measured. A
        parser that dies takes this process with it.
    base: the base of the change that is checked, for `Results.base`.
    """
    began = time.monotonic()
    selected = select(config, rules)
    clean = None
    if cache and isinstance(project.tree, WorkTree):  # not of an index or a commit
        from palint.engine import clean_files  # only where there is a cache

        clean = clean_files.load(project, project.tree, config, selected)
    checker = FileChecker(project, config, selected, excerpts, context, clean)
    if base is not None:
        from palint.engine.base_check import BaseCheck  # for changes only

        checker.extend = BaseCheck(base, checker).added_to
    unchanged: set[str] = set()
    if clean is not None and clean.known:  # so one process checks the few others, and loads what it needs
        unchanged = clean.unchanged(clean.known if scope is None else scope)
    elif not project.is_listed():
        checker.preload(project.is_listed)
    if scope is None:
        paths = project.files()
    else:
        paths = _with_companions(project, selected, scope, changed_out_of_scope)
    names = project.ignored() if ignored is None else list(ignored)
    if config.exclude:
        excluded = compile_globs(config.exclude)
        paths, names = [p for p in paths if not excluded(p)], [p for p in names if not excluded(p)]
    if config.folders is not None:
        evidence = project.base or project  # a change may bring any evidence of a package
        config = config.folders.prepare(
            config, paths, lambda path: evidence.packages.of(path) is not None, whole=scope is None
        )
        checker.use(config)
    folders = config.folders  # no file of a folder with settings is kept
    to_check = [p for p in paths if p not in unchanged or (folders and folders.decide(config, p))]
    to_check, companions = _companions_first(selected, to_check)
    if not in_process and to_check:  # what is loaded before the fork is loaded once
        many = len(to_check) >= _MIN_FILES_TO_PRELOAD and worker_count(len(to_check), jobs) > 1
        checker.preload(lambda: not many)
    outcomes, notices = check_all(checker, to_check, names, jobs, progress, companions, in_process)
    if clean is not None:
        left_out = (clean.messages.keys() & unchanged).intersection(paths).difference(to_check)
        outcomes = [*outcomes, *(FileResult(notices=clean.notices(path)) for path in sorted(left_out))]
        entries = {path: entry for outcome in outcomes for path, entry in outcome.clean.items()}
        clean.save(entries, paths if scope is None else None)
    merged = _merge(outcomes, None if scope is None else frozenset((*scope, *names)))
    configs = [config]
    if config.folders is not None:
        configs += config.folders.read(config)
        problems = config.folders.problems().items()
        notices = [*notices, *(Notice(path, "unreadable", why) for path, why in problems)]
    whole = scope is None and all(n.complete for n in (*notices, *merged.notices))
    as_whole = _as_whole(merged, configs, selected, rules, whole)
    violations = [v for rule in selected for v in yielded(rule, rule.check_project(as_whole))]
    violations = [v._replace(severity=config.severity.get(v.rule, v.severity)) for v in violations]
    late = [f for f in checker.seal_late(violations) if scope is None or f.span.path in scope]
    findings = mark_packages(sorted((*merged.findings, *late), key=Finding.sort_key), project, config)
    unresolved: list[Notice] = []
    if edits and any(f.fix is not None and f.fix.removal is not None for f in findings):
        from palint.changes import python

        findings, unresolved = python.resolve(findings, project.open)
    return Results(
        root=project.root,
        findings=tuple(fingerprinted(findings) if findings else ()),
        outside=merged.outside,
        suppressed=merged.suppressed,
        notices=tuple(sorted({*notices, *merged.notices, *unresolved, *project.notices})),
        files=len(paths) + len(names),
        seconds=time.monotonic() - began,
        rules=tuple(sorted(r.id() for r in selected)),
        base=_at_base(project.root, [o.base for o in outcomes if o.base is not None]),
    )


def _as_whole(
    merged: _Merged, configs: Sequence[Config], selected: Sequence[Rule], rules: Iterable[str], whole: bool
) -> Run:
    """The run for rules that check it; see `Run`. configs: the settings of the root and of its folders."""
    files = {each.file for each in configs}
    allows = dict.fromkeys(allow for each in configs for allow in each.allow if allow.file in files)
    return Run(
        findings=merged.findings,
        suppressions=merged.uses,
        allows=tuple((a, merged.allowed.get((a.file, a.line), frozenset())) for a in allows),
        selected=frozenset(rule.id() for rule in selected),
        known=frozenset(rules),
        whole=whole,
        policy_violations=tuple(v for each in configs for v in each.policy_violations),
    )


def _at_base(root: str, outcomes: Sequence[FileResult]) -> Results | None:
    if not outcomes:
        return None
    merged = _merge(outcomes, None)
    return Results(root, merged.findings, merged.suppressed, notices=merged.notices, files=len(outcomes))


def join(one: Results, other: Results) -> Results:
    """Join the results of two states of one tree; a finding of both counts once."""

    def key(finding: Finding) -> tuple[str, str, int]:
        return finding.rule, finding.span.path, finding.identity

    seen = {key(f) for f in one.findings}
    quiet = {key(s.finding) for s in one.suppressed}
    findings = sorted(
        (*one.findings, *(f for f in other.findings if key(f) not in seen)), key=Finding.sort_key
    )
    suppressed = [s for s in other.suppressed if key(s.finding) not in quiet and key(s.finding) not in seen]
    return one._replace(
        findings=tuple(fingerprinted(findings)),
        suppressed=tuple(sorted((*one.suppressed, *suppressed), key=lambda s: s.finding.sort_key())),
        notices=tuple(sorted({*one.notices, *other.notices})),
        seconds=one.seconds + other.seconds,
    )


def select(config: Config, rules: Mapping[str, type[Rule]]) -> list[Rule]:
    """The rules that run, instantiated with the settings."""
    chosen = config.select or tuple(name for name, rule in rules.items() if not rule.preview)
    return [rules[name](config) for name in rules if name in chosen and name not in config.ignore]


def _with_companions(
    project: Project, rules: Sequence[Rule], scope: Sequence[str], changed_out_of_scope: Sequence[str]
) -> list[str]:
    """The files in scope, and those whose findings a change may cause (a workflow's callers)."""
    paths = dict.fromkeys(scope)
    companions = [r.companion_files for r in rules if r.companion_files is not None]
    wanted = [files for files in companions if any(files.matches(p) for p in (*scope, *changed_out_of_scope))]
    if wanted:
        paths.update(dict.fromkeys(p for p in project.files() if any(files.matches(p) for files in wanted)))
    return sorted(paths)


def _companions_first(rules: Sequence[Rule], paths: Sequence[str]) -> tuple[list[str], int]:
    """The paths with companion files first, and the number of those.

    One process checks them, so what they share is read once. They are searched for in the joined paths by
    path literals and names, which is faster than a call for each path.
    """
    chosen: set[str] = set()
    joined = "\n".join(["", *paths, ""])
    for files in {r.companion_files for r in rules if r.companion_files is not None}:
        for literal in filter(None, (*files.path_literals, *(f"/{name}\n" for name in files.names))):
            start = joined.find(literal)
            while start >= 0:
                end = joined.index("\n", start + 1)
                path = joined[joined.rindex("\n", 0, start + 1) + 1 : end]
                if files.matches(path):
                    chosen.add(path)
                start = joined.find(literal, end)
    if not chosen:
        return list(paths), 0
    first = [p for p in paths if p in chosen]
    return [*first, *(p for p in paths if p not in chosen)], len(first)


class _Merged(NamedTuple):
    findings: tuple[Finding, ...]
    outside: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    notices: tuple[Notice, ...]
    uses: tuple[SuppressionUse, ...]
    allowed: Mapping[tuple[str, int], frozenset[str]]


def _merge(outcomes: Iterable[FileResult], scope: frozenset[str] | None) -> _Merged:
    """Merge results in a fixed order, whichever worker they came from; equal findings count once."""
    findings: dict[tuple[str, Span, str], Finding] = {}
    outside: dict[tuple[str, Span, str], Finding] = {}
    suppressed: dict[tuple[str, Span, str], Suppressed] = {}
    notices: dict[Notice, None] = {}
    uses: dict[tuple[str, int], SuppressionUse] = {}
    allowed: dict[tuple[str, int], frozenset[str]] = {}
    for outcome in outcomes:
        for f in outcome.findings:
            inside = scope is None or f.span.path in scope or any(r.span.path in scope for r in f.related)
            (findings if inside else outside)[f.rule, f.span, f.message] = f
        for s in outcome.suppressed:
            suppressed[s.finding.rule, s.finding.span, s.finding.message] = s
        notices.update(dict.fromkeys(outcome.notices))
        for use in outcome.uses:
            key = (use.suppression.span.path, use.suppression.span.offset)
            earlier = uses.get(key, use)
            uses[key] = SuppressionUse(
                use.suppression,
                earlier.used | use.used,
                earlier.disallowed | use.disallowed,
            )
        for entry, names in outcome.allowed.items():
            allowed[entry] = allowed.get(entry, frozenset()) | names
    return _Merged(
        tuple(sorted(findings.values(), key=Finding.sort_key)),
        tuple(sorted(outside.values(), key=Finding.sort_key)),
        tuple(sorted(suppressed.values(), key=lambda s: s.finding.sort_key())),
        tuple(notices),
        tuple(uses[key] for key in sorted(uses)),
        allowed,
    )


def fingerprinted(findings: Iterable[Finding]) -> list[Finding]:
    """Add fingerprints: a hash of rule, path, masked line and the ordinal among equal findings."""
    from palint.util.sha256 import sha256  # for findings only

    seen: dict[str, int] = {}
    result = []
    for finding in findings:
        base = "\0".join((finding.rule, finding.span.path, finding.line_hash))
        ordinal = seen[base] = seen.get(base, -1) + 1
        digest = sha256(f"{base}\0{ordinal}".encode("utf-8", "surrogateescape")).hexdigest()
        result.append(finding._replace(fingerprint=digest))
    return result
