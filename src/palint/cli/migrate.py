"""`palint migrate`: print the plan; with `--apply` execute it, step by step."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping

from palint import registry
from palint.aws import secrets_manager
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute
from palint.engine.seal import sealed
from palint.findings import Finding, PalintError
from palint.migrate import plan as planning
from palint.migrate import render, runtimes, shell_script
from palint.migrate.journal import NEW, Journal
from palint.migrate.migration_plan import MigrationPlan
from palint.report.escape import terminal
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util.choices import invalid_value
from palint.util.named_tuple import NamedTuple


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
    config = config._replace(select=(), ignore=())
    _check_name(options, config.environments)
    project = Project(where.root, WorkTree(where.root, repository=True), config.limits)

    def check(checked: Project, select: tuple[str, ...] = ()) -> Iterable[Finding]:
        own = config._replace(select=select)
        return execute(
            RunPlan(checked, own, rules, None, None), CheckOptions(isolated=True, quiet=True)
        ).findings

    choices = planning.Choices(
        config.environments, options.service, options.environment, options.profile, options.region,
        (*planning.OWN_LOADERS, *config.secret_loading_packages),
    )  # fmt: skip
    journal = Journal.open(where.root)
    if journal.unfinished:
        _print_error("an earlier run did not end:")
        _print_states(journal)
    made = planning.make_plan(project, tuple(check(project)), choices, check)
    if options.format == "shell":
        expand = planning.expands(project)
        sys.stdout.write(
            shell_script.script(
                project, made, origin=project.own_name or "", profile=options.profile, region=options.region,
                expand=expand,
            )
        )  # fmt: skip
        return EXIT_OK
    code = EXIT_ERROR if any(file.lines for file in made.kept) else EXIT_OK
    if made.empty:
        journal.finish()
        _say("Nothing to migrate that palint can change." if made.tasks else "Nothing to migrate.")
        for line in render.kept_lines(made):
            _say(line)
        _say("")
        _print_checklist(made, {}, options)
        return code
    for line in render.plan_lines(made):
        _say(line)
    if not options.apply:
        _say("")
        _say("Nothing was changed. Carry it out with `palint migrate --apply`.")
        return code
    return _apply(project, made, options) or code


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
    from palint.migrate.undo import Undo

    if options.apply:
        raise UsageError("--undo and --apply exclude each other")
    journal = Journal.open(root)
    if not journal.runs:
        _say("Nothing to undo.")
        return EXIT_OK
    if not options.yes and not sys.stdin.isatty():
        raise UsageError("not a terminal: pass `--yes`")
    store = SecretStore(options.profile, options.region or journal.runs[-1]["region"])
    undo = Undo(root, journal, store, _ask(options.yes), _say)
    undo.run()
    for text in undo.left:
        _print_error(text)
    return EXIT_ERROR if undo.left else EXIT_OK


def _apply(project: Project, made: MigrationPlan, options: MigrateOptions) -> int:
    from palint.migrate.apply import Migration
    from palint.migrate.store import SecretStore

    if not options.yes and not sys.stdin.isatty():
        raise UsageError("not a terminal: pass `--yes`, or leave out `--apply` to see the plan")
    store = SecretStore(options.profile, runtimes.region(options.region, options.profile))
    migration = Migration(
        project.root, made, store, origin=project.own_name or "a local repository", replace=options.replace,
        expand=planning.expands(project), ask=_ask(options.yes), say=_say,
    )  # fmt: skip
    _say("")
    try:
        arns = migration.run()
        found = {secret_id: store.missing(secret_id, names) for secret_id, names in made.read.items()}
    except PalintError as error:
        _print_error(str(error))
        _print_states(migration.journal)
        return EXIT_ERROR
    except KeyboardInterrupt:
        _print_states(migration.journal)
        raise
    staying = {file.path for file in made.kept}
    for secret in made.secrets:
        kept = sorted(staying & {source.path for key in secret.keys for source in key.sources})
        _say(f"`{secret.secret_id}`: " + (f"stored; still in {', '.join(kept)}" if kept else NEW))
    _say("")
    arns |= {secret_id: arn for secret_id, (arn, _) in found.items() if arn}
    missing = {secret_id: names for secret_id, (_, names) in found.items() if names}
    _print_checklist(made, arns, options._replace(region=store.region), missing)
    return EXIT_OK


def _print_checklist(
    made: MigrationPlan,
    arns: dict[str, str],
    options: MigrateOptions,
    missing: Mapping[str, Collection[str]] | None = None,
) -> None:
    """missing: {secret id: keys} that Secrets Manager does not have; None if it was not consulted."""
    region = runtimes.region(options.region, options.profile) or planning.DEFAULT_REGION
    if missing is None:
        missing = render.to_store(made)
    if made.tasks or made.secrets or made.read:
        lines = render.checklist(made, arns, region=region, runner=_runner(made), missing=missing)
        for line in lines:
            _say(line)


def _runner(made: MigrationPlan) -> str:
    """A command prefix that runs a program with the keys of the secret in its environment."""
    for file in made.files:
        name = file.path.rpartition("/")[2]
        if name == "aws_secrets.py":
            return f"python {file.path}"
        if name in ("aws-secrets.js", "aws-secrets.cjs"):
            return f"node {file.path}"
    return (
        'sh -c \'eval "$(aws secretsmanager get-secret-value --secret-id "$SECRET_ID" --query SecretString '
        '--output text | jq -r "to_entries[] | \\"export \\\\(.key)=\\\\(.value | @sh)\\"")"; exec "$@"\' sh'
    )


def _ask(yes: bool):  # type: ignore[no-untyped-def]
    def ask(step: str) -> bool:
        return yes or input(f"{terminal(step)}? [y/N] ").strip().lower() in ("y", "yes")

    return ask


def _print_states(journal: Journal) -> None:
    for secret_id, state, detail in journal.states():
        _print_error(f"`{secret_id}`: {state}: {detail}")


def _say(line: str) -> None:
    print(terminal(sealed(line, ())))


def _print_error(line: str) -> None:
    print(f"palint: {terminal(sealed(line, ()))}", file=sys.stderr)
