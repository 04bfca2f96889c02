"""`palint migrate`: print the plan; with `--apply` execute it, step by step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping

from palint import registry
from palint.aws import secrets_manager
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute
from palint.config import Config
from palint.engine.seal import sealed
from palint.findings import Finding, PalintError
from palint.migrate import plan as planning
from palint.migrate import render, runtimes, shell_script
from palint.migrate.journal import NEW, Journal
from palint.migrate.migration_plan import MigrationPlan
from palint.report.escape import terminal
from palint.rule import Rule
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util.choices import invalid_value
from palint.util.typing import NamedTuple


class MigrateOptions(NamedTuple):
    """The options of `palint migrate`, as given."""

    apply: bool = False
    yes: bool = False
    undo: bool = False
    format: str = "text"
    service: str = ""
    environment: str = ""
    profile: str = ""
    region: str = ""
    replace: tuple[str, ...] = ()


def migrate(options: MigrateOptions) -> int:
    """Plan for the current directory's repository. Raises PalintError."""
    rules = registry.load()
    where = target.find(())
    if not where.repository:
        raise UsageError(f"{where.root!r} is not inside a git repository: run `git init` first")
    if options.yes and not (options.apply or options.undo):
        raise UsageError("--yes needs --apply or --undo")
    if options.undo:
        return _undo(where.root, options)
    config = resolve_config(CheckOptions(), where.root, rules)
    _check_name(options, config.environments)
    project = Project(where.root, WorkTree(where.root, repository=True), config.limits)
    journal = Journal.open(where.root)
    if journal.unfinished:
        _print_error("an earlier run did not end:")
        _print_states(journal)
    plan = _plan(project, config, rules, options)
    if options.format == "shell":
        sys.stdout.write(
            shell_script.script(
                project, plan, origin=project.own_name or "", profile=options.profile, region=options.region,
                expand=planning.expands(project),
            )
        )  # fmt: skip
        return EXIT_OK
    if plan.empty:
        journal.finish()
        _say_nothing_to_migrate(plan, options)
    else:
        _say_lines(render.plan_lines(plan))
        if options.apply and _apply(project, plan, options) != EXIT_OK:
            return EXIT_ERROR
        if not options.apply:
            _say_lines(["", "Nothing was changed. Carry it out with `palint migrate --apply`."])
    return EXIT_ERROR if any(file.lines for file in plan.kept) else EXIT_OK


def _plan(
    project: Project, config: Config, rules: dict[str, type[Rule]], options: MigrateOptions
) -> MigrationPlan:
    def check(checked: Project, select: tuple[str, ...] = ()) -> Iterable[Finding]:
        plan = RunPlan(checked, config._replace(select=select, ignore=()), rules, None, None)
        return execute(plan, CheckOptions(isolated=True, quiet=True)).findings

    choices = planning.Choices(
        config.environments, options.service, options.environment, options.profile, options.region,
        (*planning.OWN_LOADERS, *config.secret_loading_packages),
    )  # fmt: skip
    return planning.make_plan(project, tuple(check(project)), choices, check)


def _say_nothing_to_migrate(plan: MigrationPlan, options: MigrateOptions) -> None:
    _say("Nothing to migrate that palint can change." if plan.tasks else "Nothing to migrate.")
    _say_lines([*render.kept_lines(plan), ""])
    _print_checklist(plan, {}, options)


def _check_name(options: MigrateOptions, environments: tuple[str, ...]) -> None:
    """Raise UsageError for an environment or service whose secret `secret-name` would report."""
    if options.environment and options.environment not in environments:
        problem = invalid_value(options.environment, "--environment", environments)
        raise UsageError(f"{problem}, or add it to `environments` in the settings")
    if options.service and not secrets_manager.is_service(options.service):
        raise UsageError(
            f'invalid value "{options.service}" for --service: use a name of letters, digits and `_+=.@-` '
            "without a slash, the first part of `{service}/{environment}`"
        )


def _undo(root: str, options: MigrateOptions) -> int:
    from palint.migrate.store import SecretStore
    from palint.migrate.undo import Undo, secrets_of

    if options.apply:
        raise UsageError("--undo and --apply exclude each other")
    journal = Journal.open(root)
    if not journal.runs:
        _say("Nothing to undo.")
        return EXIT_OK
    ask = _ask(options.yes)
    region = options.region or journal.runs[-1]["region"]
    store = SecretStore(options.profile, region) if secrets_of(journal.last()) else None
    undo = Undo(root, journal, store, ask, _say)
    undo.run()
    for text in undo.left:
        _print_error(text)
    return EXIT_ERROR if undo.left else EXIT_OK


def _apply(project: Project, plan: MigrationPlan, options: MigrateOptions) -> int:
    from palint.migrate.apply import Migration
    from palint.migrate.store import SecretStore, StoreError

    ask = _ask(options.yes)
    region = runtimes.region(options.region, options.profile)
    store = None
    try:
        store = SecretStore(options.profile, region)
    except StoreError:  # then no one knows which keys are missing
        if plan.secrets:
            raise
    migration = Migration(
        project.root, plan, store, region=region or planning.DEFAULT_REGION,
        origin=project.own_name or "a local repository", replace=options.replace,
        expand=planning.expands(project), ask=ask, say=_say,
    )  # fmt: skip
    _say("")
    try:
        arns = migration.run()
        read = {secret_id: store.missing(secret_id, names) for secret_id, names in plan.read.items() if store}
    except PalintError as error:
        _print_error(str(error))
        _print_states(migration.journal)
        return EXIT_ERROR
    except KeyboardInterrupt:
        _print_states(migration.journal)
        raise
    staying = {file.path for file in plan.kept}
    for secret in plan.secrets:
        kept = sorted(staying & {source.path for key in secret.keys for source in key.sources})
        _say(f"`{secret.secret_id}`: " + (f"stored; still in {', '.join(kept)}" if kept else NEW))
    _say("")
    arns |= {secret_id: arn for secret_id, (arn, _) in read.items() if arn}
    missing = {secret_id: names for secret_id, (_, names) in read.items() if names} if store else None
    _print_checklist(plan, arns, options._replace(region=migration.region), missing)
    return EXIT_OK


def _print_checklist(
    plan: MigrationPlan,
    arns: dict[str, str],
    options: MigrateOptions,
    missing: Mapping[str, Collection[str]] | None = None,
) -> None:
    """missing: {secret id: keys} that Secrets Manager does not have; None if it was not consulted."""
    region = runtimes.region(options.region, options.profile) or planning.DEFAULT_REGION
    if missing is None:
        missing = render.to_store(plan)
    if plan.tasks or plan.secrets or plan.read:
        lines = render.checklist(plan, arns, region=region, runner=_runner(plan), missing=missing)
        _say_lines(lines)


def _runner(plan: MigrationPlan) -> str:
    """A command prefix that runs a program with the keys of the secret in its environment."""
    for file in plan.files:
        name = file.path.rpartition("/")[2]
        if name == "aws_secrets.py":
            return f"python {file.path}"
        if name in ("aws-secrets.js", "aws-secrets.cjs"):
            return f"node {file.path}"
    return (
        'sh -c \'eval "$(aws secretsmanager get-secret-value --secret-id "$SECRET_ID" --query SecretString '
        '--output text | jq -r "to_entries[] | \\"export \\\\(.key)=\\\\(.value | @sh)\\"")"; exec "$@"\' sh'
    )


def _ask(yes: bool) -> Callable[[str], bool]:
    """A function that asks before a step. Raises UsageError where no one can answer."""
    if yes:
        return lambda step: True
    if not sys.stdin.isatty():
        raise UsageError("not a terminal: pass `--yes`")
    return lambda step: input(f"{terminal(step)}? [y/N] ").strip().lower() in ("y", "yes")


def _print_states(journal: Journal) -> None:
    for secret_id, state, detail in journal.states():
        _print_error(f"`{secret_id}`: {state}: {detail}")


def _say(line: str) -> None:
    print(terminal(sealed(line, ())))


def _say_lines(lines: Iterable[str]) -> None:
    for line in lines:
        _say(line)


def _print_error(line: str) -> None:
    print(f"palint: {terminal(sealed(line, ()))}", file=sys.stderr)
