"""`palint fleet`: its commands, and what they need of the other commands."""

from __future__ import annotations

import os
import re
import sys
import time
from argparse import ArgumentParser, Namespace, _ActionsContainer
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from palint import __version__
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.run import read_baseline
from palint.config import Config, ConfigError
from palint.findings import Notice, PalintError
from palint.report.escape import terminal
from palint.util import deadline, user_cache
from palint.util.typing import TYPE_CHECKING, Any, NamedTuple, TextIO

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from palint.baseline import Entry
    from palint.fleet.repository import Repository
    from palint.fleet.store import Covered, Run
    from palint.fleet.unit import Options, Task
    from palint.rule import Rule
    from palint.tree.git_tree import GitTree

STORE = "palint-fleet.duckdb"
_ASKING = 16  # processes of git that ask for heads at the same time
_VIEWS = """
    SELECT table_name AS "view", string_agg(column_name, ', ' ORDER BY column_index) AS columns
    FROM duckdb_columns() WHERE NOT internal AND table_name NOT IN ('accepted', 'seen') AND table_name IN (
      SELECT view_name FROM duckdb_views() UNION ALL VALUES ('coverage'), ('link'))
    GROUP BY ALL ORDER BY ALL"""
_EXTRA = {"duckdb": "duckdb", "pyarrow": "pyarrow", "github": "PyGithub", "gitlab": "python-gitlab"}


class FleetCommand(NamedTuple):
    """A command of `palint fleet`. description: its help page, of which the first line is its summary."""

    description: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def run(words: Sequence[str], parser_of: Callable[..., Any]) -> int:
    """Run `palint fleet` with these arguments and return the exit code. Raises UsageError.

    parser_of: makes a parser from what follows `palint`, a description, and what declares the arguments.
    """
    name, *rest = words
    if name not in COMMANDS:
        raise UsageError(f"`palint fleet` has no command {name!r}; it has {', '.join(COMMANDS)}")
    command = COMMANDS[name]
    parser = parser_of(f"fleet {name}", command.description, command.add_arguments)
    options = parser.parse_words(rest)
    _require(*_EXTRA)
    deadline.forget_run()  # that of a whole fleet is not ours to set
    try:
        return command.run(options)
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk, a bucket that refuses
        reason = error.strerror or str(error).partition("\n")[0][:300]
        raise UsageError(f"{error.filename}: {reason}" if error.filename else reason) from None


def add_commands(parser: ArgumentParser) -> None:
    """Declare the commands, for the help page and for completion."""
    group = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        summary = command.description.partition("\n")[0]
        command.add_arguments(group.add_parser(name, help=summary, description=command.description))


def _require(*modules: str, extra: str = "fleet") -> None:
    from importlib.util import find_spec

    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        names = ", ".join(_EXTRA.get(module, module) for module in missing)
        raise UsageError(f"`palint fleet` needs {names}: pip install 'palint[{extra}]'")


def settle(
    tree: GitTree, policy: Config | None, rules: dict[str, type[Rule]]
) -> tuple[Config, list[Entry], list[Notice]]:
    """The settings and the baseline in force for a commit, as far as the policy allows.

    rules: those that are installed; the rules of the patterns in force are added.
    Where the commit's own cannot be read, the policy alone counts, and a notice says why.
    """
    from palint import pattern_rule

    notices = []
    if policy is not None:
        pattern_rule.add(rules, policy)
    try:
        config = target.settings("", rules, file=None, isolated=False, read=tree.read)
    except ConfigError as error:
        config = Config()
        notices.append(Notice("", "unreadable", f"settings not used: {error}"))
    if policy is not None:
        from palint.config.policy import apply_policy

        config = apply_policy(config, policy, {name: rule.severity for name, rule in rules.items()})
    try:
        entries = read_baseline("", None, tree.read)
    except PalintError as error:
        entries = []
        notices.append(Notice("", "unreadable", f"baseline not used: {error}"))
    return config, entries, notices


def _check(options: Namespace) -> int:
    from palint import registry
    from palint.fleet import parts, shards, sources, store, unit

    began = time.time()
    rules = registry.load()
    number, count = _shard(options.shard)
    policy = _policy(options.policy, rules)
    listed = [
        each for source in options.sources for each in sources.read(source, _filters(options))
    ]  # fmt: skip
    repositories, notes = sources.unique(listed)
    for note in notes:
        _print(note)
    repositories = sources.shard(repositories, number, count)
    if not repositories and count == 1:
        raise UsageError("the sources name no repository")
    folder = options.parts or f"{options.store.removesuffix('.duckdb')}-parts"
    shared = unit.Options(
        folder,
        os.path.abspath(options.cache or os.path.join(user_cache.directory() or ".", "clones")),
        options.cache_size,
        policy and policy._replace(exception=()),
        options.history,
        _key(options.hmac_key_file),
        unit.code_digest(rules),
        options.fetch_seconds,
    )
    covered = _cover(repositories, shared, options)
    digest = parts.key([repr(shared.policy), shared.history]) if policy or shared.history else ""
    run = store.Run(began, time.time(), __version__, digest, bool(shared.key), covered)
    parts_folder = parts.Folder(folder)
    shards.write(parts_folder, number, count, run)
    if options.shard:
        return _say_ended(run, [(each.repository.name, each.reason) for each in covered if each.reason])
    return _merge_into(options.store, [parts_folder], run, policy)


def _merge_into(file: str, folders: Sequence[Any], run: Run, policy: Config | None) -> int:
    """Add a run to the store, name what was not fully checked, and return the exit code."""
    from palint.fleet import store

    number, failed = store.merge(file, folders, run, policy.exception if policy else ())
    return _say_ended(run, failed, f"Run {number} in {file}: ")


def _say_ended(run: Run, failed: Sequence[Sequence[str]], prefix: str = "") -> int:
    """Print what was checked and return the exit code. failed: (repository, reason)."""
    for name, reason in failed:
        _print(f"{name}: not fully checked: {reason}")
    count, reused = len(run.covered), sum(each.reused for each in run.covered)
    whole = f"{count - len(failed)} of {count} repositories checked in full, {reused} of them unchanged"
    print(f"{prefix}{whole}.")
    return EXIT_ERROR if failed else EXIT_OK


def _cover(repositories: Sequence[Repository], shared: Options, options: Namespace) -> list[Covered]:
    """Check the repositories that have no part yet, the largest first; what became of each, by name."""
    from palint.fleet import engine, parts, unit
    from palint.fleet.forges import token_for
    from palint.fleet.progress import Progress
    from palint.fleet.store import Covered
    from palint.util.background import BackgroundTask

    # In a separate process: threads that a library starts must not be forked with the workers.
    existing = parts.valid(BackgroundTask(partial(_names, shared.parts)).result())
    tokens: dict[str, str] = {}
    asked = [unit.Task(each, "", token_for(each, tokens)) for each in repositories]
    if not options.quiet:
        _print("looking for new commits")
    covered: dict[str, Covered] = {}
    tasks = []
    for task, head in zip(asked, _heads(asked, shared.seconds), strict=True):
        name = task.repository.name
        part = existing.get(unit.part_key(task.repository, head, shared)) if isinstance(head, str) else None
        if head is None:
            covered[name] = Covered(task.repository)
        elif not isinstance(head, str):
            covered[name] = Covered(task.repository, reason=str(head))
        elif part is not None:
            covered[name] = Covered(task.repository, head, part, reused=True)
        else:
            tasks.append(task._replace(commit=head))
    tasks.sort(key=lambda task: -_size(task.repository))
    work = partial(unit.run, options=shared, settle=settle)
    with Progress(len(tasks), verbose=options.verbose, quiet=options.quiet) as progress:
        for index, outcome in _engine(options)(work, tasks):
            repository = tasks[index].repository
            if isinstance(outcome, engine.Failure):
                outcome = unit.Outcome("", tasks[index].commit, outcome.reason)
            covered[repository.name] = Covered(
                repository, outcome.commit, outcome.part, outcome.reason, seconds=round(outcome.seconds, 3)
            )
            progress.done(repository.name, outcome.findings, outcome.seconds)
    return [covered[each.name] for each in repositories]


def _engine(options: Namespace) -> Callable[..., Any]:
    limits = {"workers": options.workers, "seconds": options.unit_seconds}
    if options.engine == "ray":
        _require("ray", extra="ray")
        from palint.fleet.ray_engine import ray

        return partial(ray, address=options.address, **limits)
    from palint.fleet.engine import local

    return partial(local, **limits)


def _names(folder: str) -> set[str]:
    from palint.fleet.parts import Folder

    return Folder(folder).names()


def _heads(tasks: Sequence[Task], seconds: float) -> list[str | Exception | None]:
    """The heads to check: an object name, None for an empty repository, or why there is none."""
    from concurrent.futures import ThreadPoolExecutor

    from palint.fleet import unit
    from palint.tree.git import GitError

    def head(task: Task) -> str | Exception | None:
        try:
            return unit.head(task, min(seconds, 60))
        except GitError as error:
            return error

    remote = [task for task in tasks if not task.repository.is_local and not task.repository.problem]
    with ThreadPoolExecutor(_ASKING) as pool:  # ends before the workers are forked
        heads = dict(zip((task.repository.name for task in remote), pool.map(head, remote), strict=True))
    return [heads[t.repository.name] if t.repository.name in heads else head(t) for t in tasks]


def _size(repository: Repository) -> int:
    """The size in KiB, as far as it is known without fetching."""
    if not repository.is_local:
        return repository.size
    from palint.fleet.sources import git_folder

    packs = os.path.join(git_folder(repository.address) or "", "objects", "pack")
    try:
        return sum(entry.stat().st_size for entry in os.scandir(packs)) >> 10
    except OSError:
        return 0


def _merge(options: Namespace) -> int:
    from palint import registry
    from palint.fleet import parts, shards

    run, folders = shards.read([parts.Folder(each) for each in options.parts])
    return _merge_into(options.store, folders, run, _policy(options.policy, registry.load()))


def _report(options: Namespace) -> int:
    from palint.fleet import page, reports, store, summary

    with store.opened(options.store) as db:
        if options.format == "sarif":
            return _write_sarif(db, options)
        if options.format == "csv":
            sql = "SELECT * FROM findings WHERE ? IN ('', team) ORDER BY ALL"
            names, values = store.table(db, sql, options.team)
            _write(options.output, lambda out: reports.write_csv(names, values, out))
            return EXIT_OK
        gathered = summary.gather(db, options.team, options.since)
    writers = {"html": page.write, "json": reports.write_json, "markdown": reports.write_markdown}
    _write(options.output, lambda out: writers[options.format](gathered, out))
    return EXIT_OK


def _write_sarif(db: DuckDBPyConnection, options: Namespace) -> int:
    from palint import registry
    from palint.fleet import reports, store

    if options.output is None:
        raise UsageError("--format sarif writes a file for each repository: pass --output FOLDER")
    mine = " WHERE ? IN ('', team) ORDER BY repository"
    _, names = store.table(db, f"SELECT repository FROM repositories{mine}", options.team)
    rows = store.rows(db, f"SELECT * FROM findings{mine}, path, line, rule", options.team)
    count = len(reports.write_sarif(options.output, [name for (name,) in names], rows, registry.load()))
    print(f"{options.output}: {count} SARIF files")
    return EXIT_OK


def _write(file: str | None, write: Callable[[TextIO], None]) -> None:
    """Write to a file, in one step, or to standard output."""
    if file is None:
        write(sys.stdout)
        return
    import io

    from palint.cli.output import write_atomic

    out = io.StringIO()
    write(out)
    write_atomic(file, out.getvalue())


def _diff(options: Namespace) -> int:
    from palint.fleet import reports, store, summary

    with store.opened(options.store) as db:
        rows = summary.changes(db, options.before, options.after, options.team)
    if options.format == "json":
        reports.write_data(rows, sys.stdout)
    elif options.format == "csv":
        names = list(rows[0]) if rows else ["change"]
        reports.write_csv(names, (list(row.values()) for row in rows), sys.stdout)
    else:
        for row in rows:
            where = f"{row['repository']}: {row['path']}:{row['line']}"
            print(terminal(f"{row['change']}: {where}: {row['message']} [{row['rule']}]"))
    return EXIT_OK


def _query(options: Namespace) -> int:
    from palint.fleet import reports, store

    names, rows = store.query(options.store, options.sql)
    if options.format == "parquet":
        if options.output is None:
            raise UsageError("--format parquet is no text: pass --output FILE")
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])
        parquet.write_table(table, options.output)
    elif options.format == "json":
        records = [dict(zip(names, row, strict=True)) for row in rows]
        _write(options.output, lambda out: reports.write_data(records, out))
    else:
        _write(options.output, lambda out: reports.write_csv(names, rows, out))
    return EXIT_OK


def _graph(options: Namespace) -> int:
    from palint.fleet import graph, reports, store

    with store.opened(options.store) as db:
        reach = graph.gather(db, options.most)
    writers: dict[str, Callable[[TextIO], None]] = {
        "text": lambda out: graph.write_text(reach, out),
        "svg": lambda out: graph.write_svg(reach, out),
        "json": lambda out: reports.write_data({"version": 1, **reach._asdict()}, out),
    }
    _write(options.output, writers[options.format])
    return EXIT_OK


def _tickets(options: Namespace) -> int:
    from palint.fleet import forges, store, tickets

    with store.opened(options.store) as db:
        wanted = tickets.wanted(db, options.repositories)
    failed = False
    done: Counter[str] = Counter()
    for ticket in wanted:
        try:
            for action in tickets.plan([ticket]):
                print(terminal(f"{action.what}: {action.repository}"))
                done[action.what] += 1
                if options.apply:
                    action.run()
        except Exception as error:  # of a forge's client; the rest goes on
            failed = True
            _print(f"{ticket.repository}: {forges.reason(ticket.kind, error)}")
    words = ", ".join(f"{count} to {what}" for what, count in sorted(done.items())) or "nothing to do"
    print(
        f"{len(wanted)} repositories: {words}."
        + ("" if options.apply or not done else " Pass --apply to do it.")
    )
    return EXIT_ERROR if failed else EXIT_OK


def _propose(options: Namespace) -> int:
    from palint.fleet import forges, propose, store

    with store.opened(options.store) as db:
        known = {row["repository"]: row for row in store.rows(db, "SELECT * FROM repositories")}
    failed, policy = False, options.policy and os.path.abspath(options.policy)
    for name in options.repositories:
        if name not in known:
            raise UsageError(f"{name}: not in the newest run; `palint fleet query` lists `repositories`")
    for name in options.repositories:
        try:
            proposal = propose.propose(known[name], options.apply, options.migrate, policy)
            print("\n".join(map(terminal, f"{name}: {proposal}".split("\n"))))
        except PalintError as error:
            failed = True
            _print(f"{name}: {error}")
        except Exception as error:  # of a forge's client; the rest goes on
            failed = True
            _print(f"{name}: {forges.reason(forges.kind_of(known[name]['address']), error)}")
    return EXIT_ERROR if failed else EXIT_OK


def _policy(file: str | None, rules: dict[str, type[Rule]]) -> Config | None:
    return (
        None if file is None else target.load(file, target.read_file(file), rules, target.beside_file(file))
    )


def _key(file: str | None) -> bytes:
    """The key for HMACs. Raises UsageError."""
    if file is None:
        return b""
    try:
        with open(file, "rb") as handle:
            key = handle.read(4096).strip()
    except OSError as error:
        raise UsageError(f"{file}: the key cannot be read: {error.strerror}") from None
    if len(key) < 32:
        raise UsageError(f"{file}: a key has 32 bytes at least: `openssl rand -hex 32 > {file}`")
    return key


def _filters(options: Namespace) -> Any:
    from palint.fleet.repository import Filters

    return Filters(
        options.archived, options.forks, tuple(options.topic), options.pushed_since, tuple(options.name)
    )


def _shard(text: str | None) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text or "1/1", re.ASCII)
    number, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= count <= 10_000:
        raise UsageError(f"--shard {text!r}: write I/N, such as 3/8: the third of eight parts of the list")
    return number, count


def _print(text: str) -> None:
    print(terminal(f"palint: {text}"), file=sys.stderr)


def _bytes(text: str) -> int:
    from argparse import ArgumentTypeError

    match = re.fullmatch(r"(\d+)([KMGT]?)", text, re.ASCII)
    if match is None:
        raise ArgumentTypeError(f"{text!r} is not a size such as 20G")
    return int(match[1]) << 10 * " KMGT".find(match[2] or " ")


def _add_store(parser: _ActionsContainer) -> None:
    parser.add_argument("--store", metavar="FILE", default=STORE, help=f"The store [{STORE}].")


def _add_policy(parser: _ActionsContainer) -> None:
    from palint.cli.options import default_policy

    parser.add_argument(
        "--policy", metavar="FILE", default=default_policy(),
        help="Settings that no repository can weaken, and exceptions [$PALINT_POLICY].",
    )  # fmt: skip


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE",
        help="A list (text, CSV, JSON), a folder of clones, an address, github:ORG or gitlab:GROUP.",
    )  # fmt: skip
    _add_store(parser)
    _add_policy(parser)
    what = parser.add_argument_group("what to check")
    what.add_argument("--history", action="store_true", help="Also every commit of every branch and tag.")
    what.add_argument("--archived", action="store_true", help="Also archived repositories of a forge.")
    what.add_argument("--forks", action="store_true", help="Also forks.")
    what.add_argument(
        "--topic", action="append", default=[], metavar="NAME", help="Only with this topic; repeatable."
    )
    what.add_argument(
        "--pushed-since",
        metavar="DATE",
        default="",
        help="Only repositories pushed to since, such as 2027-01-31.",
    )
    what.add_argument(
        "--name", action="append", default=[], metavar="GLOB", help="Only matching names; repeatable."
    )
    how = parser.add_argument_group("how")
    how.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="Processes here, or a Ray cluster [local].",
    )
    how.add_argument(
        "--address", default="", metavar="ADDRESS", help="Of the Ray cluster [one on this machine]."
    )
    how.add_argument(
        "--workers",
        type=int,
        default=0,
        metavar="N",
        help="Repositories at the same time [one per processor].",
    )
    how.add_argument("--shard", metavar="I/N", help="Check part I of N only, for `palint fleet merge`.")
    how.add_argument(
        "--parts", metavar="DIR", help="Folder or s3://bucket/prefix of parts [beside the store]."
    )
    how.add_argument("--cache", metavar="DIR", help="Folder of clones [in your cache directory].")
    how.add_argument(
        "--cache-size", type=_bytes, default=20 << 30, metavar="SIZE", help="Of all clones [20G]."
    )
    how.add_argument(
        "--hmac-key-file", metavar="FILE", help="Key that links equal secrets of several repositories."
    )
    how.add_argument("--fetch-seconds", type=float, default=600, metavar="N", help="For one fetch [600].")
    how.add_argument(
        "--unit-seconds", type=float, default=3600, metavar="N", help="For one repository [3600]."
    )
    how.add_argument("-q", "--quiet", action="store_true", help="Print no progress.")
    how.add_argument("-v", "--verbose", action="store_true", help="Name the slowest repositories.")


def _merge_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("parts", nargs="+", metavar="PARTS", help="What --parts of the shards named.")
    _add_store(parser)
    _add_policy(parser)


def _report_arguments(parser: ArgumentParser) -> None:
    _add_store(parser)
    formats = ("html", "json", "csv", "markdown", "sarif")
    parser.add_argument("--format", choices=formats, default="html", help="The report [html].")
    parser.add_argument(
        "--output", metavar="FILE", help="File, or folder for sarif, to write to [standard output]."
    )
    parser.add_argument("--team", metavar="NAME", default="", help="Only this team's repositories.")
    parser.add_argument(
        "--since", metavar="DATE", default="",
        help="Changes since the last run before this day [since the previous run].",
    )  # fmt: skip


def _diff_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("before", type=int, metavar="RUN", help="The number of a run.")
    parser.add_argument("after", type=int, metavar="RUN", help="The number of a later run.")
    _add_store(parser)
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="[text]")
    parser.add_argument("--team", metavar="NAME", default="", help="Only this team's repositories.")


def _graph_arguments(parser: ArgumentParser) -> None:
    _add_store(parser)
    parser.add_argument("--format", choices=("text", "json", "svg"), default="text", help="[text]")
    parser.add_argument("--output", metavar="FILE", help="File to write to [standard output].")
    parser.add_argument(
        "--most", type=int, default=10, metavar="N", help="Repositories that may use a role unnamed [10]."
    )


def _tickets_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("repositories", nargs="*", metavar="NAME", help="Repositories [all of a forge].")
    _add_store(parser)
    parser.add_argument("--apply", action="store_true", help="Do it; without, only print what would be done.")


def _propose_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("repositories", nargs="+", metavar="NAME", help="Repositories of the newest run.")
    _add_store(parser)
    _add_policy(parser)
    parser.add_argument("--apply", action="store_true", help="Push and open; else only print the changes.")
    parser.add_argument(
        "--migrate", action="store_true",
        help="Also move secrets to AWS Secrets Manager, with your session (`palint migrate`).",
    )  # fmt: skip


def _query_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "sql", nargs="?", default=_VIEWS, metavar="SQL", help="A query [the views and their columns]."
    )
    _add_store(parser)
    parser.add_argument("--format", choices=("csv", "json", "parquet"), default="csv", help="[csv]")
    parser.add_argument("--output", metavar="FILE", help="File to write to [standard output].")


COMMANDS = {
    "check": FleetCommand(
        """Check repositories, and add a run to the store.

examples:
  palint fleet check repositories.csv --policy policy.toml
  palint fleet check github:acme --name 'api-*'
  palint fleet check gitlab:acme --shard 3/8 --parts s3://acme-palint/parts""",
        _check_arguments,
        _check,
    ),
    "merge": FleetCommand(
        """Add the parts of shards to the store, as one run.""",
        _merge_arguments,
        _merge,
    ),
    "report": FleetCommand(
        """Report on the newest run: clauses, teams, what changed, what ends, what was not read.

examples:
  palint fleet report --output fleet.html
  palint fleet report --format markdown --team payments
  palint fleet report --format sarif --output sarif/""",
        _report_arguments,
        _report,
    ),
    "diff": FleetCommand(
        """Show which findings are new, fixed, accepted or gone between two runs.""",
        _diff_arguments,
        _diff,
    ),
    "graph": FleetCommand(
        """Show which repository, workflow, trigger and role reaches which secret.

Names the secrets that are created and read nowhere, and roles that many repositories assume.""",
        _graph_arguments,
        _graph,
    ),
    "tickets": FleetCommand(
        """Keep one issue for each repository of a forge; prints what it would do.

An issue names places and rules, never a value. It is closed when the repository has no open error. Needs a
token that may write issues.""",
        _tickets_arguments,
        _tickets,
    ),
    "propose": FleetCommand(
        """Propose the safe fixes as a pull request for each repository that is named; prints them first.

Needs a token that may write contents and pull requests.""",
        _propose_arguments,
        _propose,
    ),
    "query": FleetCommand(
        """Query the store's views in SQL; nothing can be changed.

examples:
  palint fleet query    # the views and their columns
  palint fleet query "SELECT * FROM clauses ORDER BY run, clause"
  palint fleet query "SELECT repository, errors FROM repositories WHERE errors > 0" --format json""",
        _query_arguments,
        _query,
    ),
}
