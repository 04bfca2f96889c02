"""Plan a run: the project, its settings and rules, and the files in scope."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from palint import registry, report
from palint.cli import base, target
from palint.cli.base import Base
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions
from palint.config import Config, folders
from palint.findings import Confidence, Severity
from palint.rule import Rule
from palint.tree import git
from palint.tree.git_tree import GitTree, index_tree
from palint.tree.project import Project
from palint.tree.reader import Read, Reader
from palint.tree.tree import SUBMODULE
from palint.tree.worktree import WorkTree
from palint.util.typing import NamedTuple


class Source(NamedTuple):
    """Where the files are read that decide what is accepted.

    read: reads settings and baselines of the checked tree. policy: returns the bytes of a policy inside the
    tree, given its path there, or raises UsageError.
    """

    read: target.ReadFile
    policy: Callable[[str], bytes]

    def beside(self, path: str) -> target.Beside:
        """Reads the files that a policy inside the tree extends, as the policy is read."""
        return lambda name: target.in_tree(path, name, self.policy)


class RunPlan(NamedTuple):
    """A planned run.

    scope: files to check, None for all. ignored: names that git ignores, None for all. base: the base of a
    change, None without one. before, edited: see `base.Settled`. within: the given paths, none for the root.
    source: None for the disk.
    """

    project: Project
    config: Config
    rules: dict[str, type[Rule]]
    scope: Sequence[str] | None
    ignored: Sequence[str] | None
    base: Base | None = None
    before: Config = Config()
    edited: Mapping[str, Sequence[str]] = {}
    within: Sequence[str] = ()
    source: Source | None = None


def on_disk(root: str) -> Source:
    """The files on disk, for a run without a base."""
    disk = Reader(root)

    def read(path: str, limit: int) -> Read:
        content = disk.read(path, limit)
        ignored = folders.is_settings(path) and not content.is_missing and git.ignores(root, path)
        return Read(None) if ignored else content

    return Source(read, lambda path: base.committed_policy(root, path))


def index_source(root: str, index: GitTree, policy: Callable[[str], bytes]) -> Source:
    """The files of the index.

    Settings in subfolders that were not queried are read only if the disk has them, too: there are mostly
    none, and so they cost no query.
    """

    def read(path: str, limit: int) -> Read:
        if index.is_known(path):
            return index.read(path, limit)
        if folders.is_settings(path) and not os.path.lexists(os.path.join(root, path)):
            return Read(None)
        return GitTree(root, git.index_entries(root, [path])).read(path, limit)

    return Source(read, policy)


def source_of(options: CheckOptions, where: target.Target) -> Source:
    """The index for `--staged`, else the disk; a policy of the base if there is one."""
    root = where.root
    if options.staged and where.repository:
        own = base.own_paths(root, options)
        index = index_tree(root, git.index_entries(root, own), own)
        return index_source(root, index, lambda path: base.policy_at(root, "HEAD", path))
    source = on_disk(root)
    revision = options.since or ""
    if not where.repository or not revision.strip("0"):
        return source

    def policy(path: str) -> bytes:
        commit = base.merge_base(root, revision)
        if commit is None:
            raise UsageError(
                f"{path}: the policy of the change's base counts, but no merge base with {revision!r} is "
                "here: fetch it (`fetch-depth: 0` for actions/checkout), or keep the policy elsewhere"
            )
        return base.policy_at(root, commit, path)

    return source._replace(policy=policy)


def resolve_config(
    options: CheckOptions, root: str, rules: dict[str, type[Rule]], source: Source | None = None
) -> Config:
    """The settings from the file, overridden by the command line. Raises UsageError.

    source: None for the disk.
    """
    source = source or on_disk(root)
    policy = None
    if options.policy:  # first: the settings may name the rules of its patterns
        path = target.tree_path(root, options.policy)
        data = target.read_file(options.policy) if path is None else source.policy(path)
        beside = target.beside_file(options.policy) if path is None else source.beside(path)
        policy = target.load(options.policy, data, rules, beside, root)
    config = target.settings(root, rules, file=options.settings, isolated=options.isolated, read=source.read)
    select, ignore = _rules(options.select, rules), _rules(options.ignore, rules)
    if select:
        config = config._replace(select=select, ignore=())
    config = config._replace(
        ignore=(*config.ignore, *ignore),
        exclude=(*config.exclude, *options.exclude),
        fail_on=Severity[options.fail_on.upper()] if options.fail_on else config.fail_on,
        min_confidence=Confidence[options.min_confidence.upper()]
        if options.min_confidence
        else config.min_confidence,
    )
    if policy is not None:
        from palint.config.policy import apply_policy

        config = apply_policy(config, policy, {name: rule.severity for name, rule in rules.items()})
    return config


def _rules(words: Sequence[str], rules: Mapping[str, type[Rule]]) -> tuple[str, ...]:
    """The rule ids in `RULE[,RULE…]` options, where a clause selects all of its rules."""
    named = (name.strip() for word in words for name in word.split(",") if name.strip())
    return tuple(dict.fromkeys(rule for name in named for rule in registry.select_rules(name, rules)))


def plan_check(
    options: CheckOptions,
    where: target.Target,
    disk: WorkTree,
    config: Config,
    rules: dict[str, type[Rule]],
    source: Source,
) -> RunPlan:
    """The plan of `palint check` for these options. Raises UsageError."""
    if options.paths == ("-",):
        from palint.tree.stdin import StdinTree

        tree = StdinTree(options.stdin_filename or "stdin", sys.stdin.buffer)
        return RunPlan(Project(where.root, tree, config.limits), config, rules, tree.list(), ())
    if options.staged:
        if not where.repository:
            raise UsageError(f"--staged needs a git repository; {where.root!r} is not in one")
        entries = None if options.paths else [c.new for c in git.staged(where.root) if c.new is not None]
        project = Project(where.root, index_tree(where.root, entries), config.limits)
        staged = project.files() if entries is None else dict.fromkeys(e.path for e in entries)
        scope = [p for p in staged if target.inside(p, where.scope)]
        plan = RunPlan(project, config, rules, scope, (), within=where.scope, source=source)
        change = base.before_commit(where.root, base.own_paths(where.root, options, config.extended))
        return compared(plan, options, change)
    project = Project(where.root, disk, config.limits)
    if options.since is not None:
        if not where.repository:
            raise UsageError(f"--since needs a git repository; {where.root!r} is not in one")
        plan = RunPlan(project, config, rules, (), (), within=where.scope, source=source)
        return _plan_since(plan, options, options.since, where)
    if not where.scope:
        return RunPlan(project, config, rules, None, None)
    ignored = [p for p in project.ignored() if target.inside(p, where.scope)]
    in_scope = [p for p in project.files() if target.inside(p, where.scope)]
    # A file named on the command line is checked even if git ignores it.
    named = [p for p in where.scope if p not in in_scope and not os.path.isdir(os.path.join(where.root, p))]
    ignored = [p for p in ignored if p not in named]
    return RunPlan(project, config, rules, sorted({*in_scope, *named}), ignored)


def _plan_since(plan: RunPlan, options: CheckOptions, revision: str, where: target.Target) -> RunPlan:
    """The plan for the files that changed since the merge base with a revision; all files without one."""
    project = plan.project
    commit = base.merge_base(project.root, revision)
    if commit is None:
        if revision.strip("0"):  # CI systems pass an all-zero name for the first push of a branch
            _refuse_or_announce(revision, options)
        note_missing_base(plan, revision)
        project.base = base.nothing(project)
        scope = [p for p in project.files() if target.inside(p, where.scope)] if where.scope else None
        return plan._replace(scope=scope)
    own = base.own_paths(project.root, options, plan.config.extended)
    since = base.since(project.root, commit, own)
    paths = []
    for path, change in since.changes.items():
        if change.new is None or not target.inside(path, where.scope):
            continue
        if change.new.kind == git.TYPE_SUBMODULE or path.endswith("/"):
            project.add_notice(path, SUBMODULE.kind, SUBMODULE.message)
        else:
            paths.append(path)
    return compared(plan._replace(scope=paths), options, since)


def is_ci() -> bool:
    """Whether this runs in a CI system: GitHub, GitLab and most others set `CI`."""
    marks = (os.environ.get(name, "") for name in ("CI", "TF_BUILD", "JENKINS_URL"))
    return any(mark.lower() not in ("", "0", "false") for mark in marks)


def _refuse_or_announce(revision: str, options: CheckOptions) -> None:
    """Handle a missing base: an error for a person, a warning in CI, where the clone may be shallow.

    Raises UsageError outside of CI.
    """
    if not is_ci():
        raise UsageError(
            f"--since {revision!r}: there is no such revision here, or no commit in common with it; "
            "fetch it, or leave --since out to check everything"
        )
    if (
        report.get(options.format).FORMAT.for_terminal and not options.quiet
    ):  # otherwise the report has a notice
        print(
            f"palint: no merge base with {revision!r} here (not fetched?): checking everything",
            file=sys.stderr,
        )


def compared(plan: RunPlan, options: CheckOptions, change: Base) -> RunPlan:
    """The plan with the base of a change and the settings in force for it."""
    root, source = plan.project.root, plan.source
    assert source is not None

    def resolve(side: Base | None) -> Config:
        if side is None:
            without = options._replace(settings=None, isolated=True)
            return resolve_config(without, root, plan.rules, source)
        at_base = source._replace(read=base.read_at(source.read, side))
        return resolve_config(options, root, plan.rules, at_base)

    config, before, edited = base.settle(plan.config, change, resolve)
    return plan._replace(config=config, base=change, before=before, edited=edited)


def note_missing_base(plan: RunPlan, revision: str) -> None:
    """Add a notice about the missing base; if the policy needs one, the run is incomplete (exit code 2)."""
    if plan.config.allow_new_suppressions:
        message = f"no merge base with {revision!r} here (not fetched?): everything was checked"
        plan.project.add_notice("", "note", message)
        return
    message = (
        f"no merge base with {revision!r} here, so palint cannot tell which suppressions are new, and the "
        "policy allows no new ones: fetch it (`fetch-depth: 0` for actions/checkout)"
    )
    plan.project.add_notice("", "missing-object", message)
