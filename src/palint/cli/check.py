"""`palint check`: from the command line's words to reports and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from palint import baseline, registry, report
from palint.cli import CLEAN, FAILED, FOUND, UsageError, target
from palint.config.model import Config
from palint.findings import Finding, Notice, Results, Severity
from palint.rule import Rule
from palint.tree import git
from palint.tree.git_tree import index_tree
from palint.tree.project import Project
from palint.tree.reader import Read
from palint.tree.worktree import WorkTree

_BASELINE_SIZE = 64 << 20  # bytes


class CheckOptions(NamedTuple):
    """The options of `check` and `hook`, as given."""

    paths: tuple[str, ...] = ()
    format_: str = "text"
    output: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    settings: str | None = None
    isolated: bool = False
    policy: str | None = None
    fail_on: str | None = None
    allow_incomplete: bool = False
    jobs: int | None = None
    statistics: bool = False
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    staged: bool = False
    since: str | None = None
    add_ignore: str | None = None
    stdin_filename: str | None = None

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> CheckOptions:
        """From click's parameters."""
        return cls(**words)


class StdinTree:
    """A tree of one file: the text on standard input, under the name that it is given."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self._name, self._data = os.path.normpath(name).replace(os.sep, "/"), stream.read()

    def list(self) -> Sequence[str]:
        return [self._name]

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def read(self, path: str, limit: int) -> Read:
        if path != self._name:
            return Read(None)
        return Read(self._data if len(self._data) <= limit else None, len(self._data))

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        yield self._data[:limit]


class RunPlan(NamedTuple):
    """A run, ready to go.

    scope: files to check, None for all. ignored: names that git ignores, None for all. refused: (path,
    offset) of suppressions that do not count. baseline_before: the baseline's text of which alone entries
    count.
    """

    project: Project
    config: Config
    rules: dict[str, type[Rule]]
    scope: Sequence[str] | None
    ignored: Sequence[str] | None
    disallowed: frozenset[tuple[str, int]] = frozenset()
    base_revision_baseline: str | None = None


def check(words: CheckOptions) -> int:
    """Run the check and give the exit code.

    The tree is listed in a process of its own from as early as can be: the engine and the rules are imported
    meanwhile.
    """
    _validate_options(words)
    paths = words.paths if words.paths != ("-",) else ()
    where = target.find(paths, isolated=words.isolated)
    tree = WorkTree(where.root, repository=where.repository)
    if not (words.paths == ("-",) or words.staged or words.since):
        tree.prefetch()
    rules = registry.load()
    config = resolve_config(words, where.root, rules)
    request = _plan(words, where, tree, config, rules)
    results = execute(request, words)
    if words.fix or words.diff:
        from palint.cli.fix import fix

        results = fix(request, results, words, lambda request: execute(request, words))
    return report_and_exit_code(results, request, words)


def _validate_options(words: CheckOptions) -> None:
    if words.staged and words.since:
        raise UsageError(
            "--staged and --since exclude each other: the one reads the index, the other the disk"
        )
    if words.unsafe_fixes and not (words.fix or words.diff):
        raise UsageError("--unsafe-fixes goes with --fix, or with --diff to see what it would change")
    if words.add_ignore is not None and not words.add_ignore.strip():
        raise UsageError("--add-ignore needs a reason that says why the findings are accepted")
    if words.stdin_filename is not None and words.paths != ("-",):
        raise UsageError("--stdin-filename goes with `-`, the text on standard input")
    if words.paths == ("-",) and (words.fix or words.add_ignore is not None):
        raise UsageError("what comes on standard input cannot be written: give a file, or use --diff")


def resolve_config(
    words: CheckOptions,
    root: str,
    rules: dict[str, type[Rule]],
    *,
    before: Mapping[str, bytes | None] | None = None,
) -> Config:
    """The settings file's settings, with what the command line says on top. Raises UsageError.

    before: {settings file: its bytes, None without one} to be read in the place of what lies on the disk.
    """
    config = target.settings(root, rules, file=words.settings, isolated=words.isolated, before=before or {})
    select, ignore = _listed(words.select), _listed(words.ignore)
    for word in (*select, *ignore):
        if word not in rules:
            raise UsageError(registry.unknown_rule(word, rules))
    if select:
        config = config._replace(select=select, ignore=())
    config = config._replace(
        ignore=(*config.ignore, *ignore),
        exclude=(*config.exclude, *words.exclude),
        fail_on=Severity[words.fail_on.upper()] if words.fail_on else config.fail_on,
    )
    if words.policy:
        from palint.config.policy import apply_policy

        policy = target.settings(root, rules, file=words.policy, isolated=False)
        config = apply_policy(config, policy, {name: rule.severity for name, rule in rules.items()})
    return config


def _listed(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(w.strip() for word in words for w in word.split(",") if w.strip())


def _plan(
    words: CheckOptions, where: target.Target, disk: WorkTree, config: Config, rules: dict[str, type[Rule]]
) -> RunPlan:
    if words.paths == ("-",):
        tree = StdinTree(words.stdin_filename or "stdin", sys.stdin.buffer)
        return RunPlan(Project(where.root, tree, config.limits), config, rules, tree.list(), ())
    if words.staged:
        if not where.repository:
            raise UsageError(f"--staged needs a git repository, and {where.root!r} is in none")
        entries = None if words.paths else git.staged(where.root)
        project = Project(where.root, index_tree(where.root, entries), config.limits)
        staged = project.files() if entries is None else dict.fromkeys(e.path for e in entries)
        scope = [p for p in staged if target.inside(p, where.scope)]
        return RunPlan(project, config, rules, scope, ())
    project = Project(where.root, disk, config.limits)
    if words.since is not None:
        from palint.cli.since import changed

        scope_or_all, added = changed(project, words.since, where)
        if config.allow_new_suppressions:
            return RunPlan(project, config, rules, scope_or_all, ())
        # What the change brings along to be let through does not count: comments, settings, baseline.
        config = resolve_config(words, where.root, rules, before=added.settings)
        return RunPlan(project, config, rules, scope_or_all, (), added.suppressions, added.baseline)
    if not where.scope:
        return RunPlan(project, config, rules, None, None)
    ignored = [p for p in project.ignored() if target.inside(p, where.scope)]
    known = [p for p in project.files() if target.inside(p, where.scope)]
    # A file named on the command line is checked even where git ignores it.
    named = [p for p in where.scope if p not in known and not os.path.isdir(os.path.join(where.root, p))]
    ignored = [p for p in ignored if p not in named]
    return RunPlan(project, config, rules, sorted({*known, *named}), ignored)


def execute(request: RunPlan, words: CheckOptions) -> Results:
    """Run the engine, with progress on a terminal, and hold the findings against the baseline."""
    from palint.cli.output import Progress
    from palint.engine.run import run

    with Progress(quiet=words.quiet) as progress:
        results = run(
            request.project,
            request.config,
            request.rules,
            scope=request.scope,
            ignored=request.ignored,
            disallowed=request.disallowed,
            jobs=words.jobs or 0,
            progress=progress,
            excerpts=_shows_excerpts(words),
        )
    if not results.files and not results.notices:
        nothing = Notice("", "note", "there is no file to check here")
        results = results._replace(notices=(nothing,))
    return with_baseline(results, request, words)


def _shows_excerpts(words: CheckOptions) -> bool:
    formats = (words.format_, *(output.partition(":")[0] for output in words.output))
    return words.add_ignore is not None or not report.EXCERPTS.isdisjoint(formats)


def with_baseline(results: Results, request: RunPlan, words: CheckOptions) -> Results:
    """The results without the findings that the baseline knows; what is stale in it is said."""
    if words.isolated and words.baseline is None:
        return results
    entries = read_baseline(request.project.root, words.baseline)
    if entries is None:
        return results
    if request.base_revision_baseline is not None:
        entries = [e for e in baseline.load(request.base_revision_baseline) if e in entries]
    allow_suppressing = request.config.allow_suppressing
    if allow_suppressing is not None:
        entries = [e for e in entries if e.rule in allow_suppressing]
    match = baseline.match(results.findings, entries, results.rules)
    if match.baselined and request.scope is not None:
        everywhere = _everywhere(request, {f.rule for f in match.baselined}, words)
        match = baseline.match_part(results.findings, everywhere, entries)
    notices = results.notices
    if match.stale and request.scope is None:
        count = len(match.stale)
        entries_ = "1 entry" if count == 1 else f"{count} entries"
        notices = (
            *notices,
            Notice(
                words.baseline or baseline.NAME,
                "note",
                f"{entries_} no longer found; `palint baseline --prune` drops them",
            ),
        )
    return results._replace(findings=match.new, baselined=match.baselined, notices=notices)


def _everywhere(request: RunPlan, rules: set[str], words: CheckOptions) -> Sequence[Finding]:
    """What some rules find in the whole tree."""
    from palint.engine.run import run

    config = request.config._replace(select=tuple(sorted(rules)), ignore=())
    project = request.project
    made = run(project, config, request.rules, ignored=None, jobs=words.jobs or 0)
    return made.findings


def read_baseline(root: str, file: str | None) -> list[baseline.Entry] | None:
    """The entries of the baseline file, None without one. Raises UsageError."""
    from palint.tree.reader import Reader

    if file is None:
        read = Reader(root).read(baseline.NAME, _BASELINE_SIZE)
        if read.data is None and not read.kind and not read.size:
            return None
        if read.data is None or read.link:
            raise UsageError(f"{baseline.NAME}: {target.why_unread(read)}; a baseline must be a regular file")
        data, name = read.data, baseline.NAME
    else:
        try:
            with open(file, "rb") as handle:
                data, name = handle.read(), file
        except OSError as error:
            raise UsageError(f"{file}: the baseline cannot be read: {error.strerror}") from None
    try:
        return baseline.load(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8; write it again with `palint baseline`") from None
    except baseline.BaselineError as error:
        raise UsageError(str(error)) from None


def report_and_exit_code(results: Results, request: RunPlan, words: CheckOptions) -> int:
    """Write the reports and give the exit code."""
    if words.add_ignore is not None:
        from palint.cli.add_ignore import add_suppressions

        return add_suppressions(request, results, words.add_ignore)
    from palint.cli.output import write_reports

    write_reports(results, request.rules, words)
    if not results.complete and not words.allow_incomplete:
        return FAILED
    failing = any(f.severity >= request.config.fail_on for f in results.findings)
    return FOUND if failing else CLEAN
