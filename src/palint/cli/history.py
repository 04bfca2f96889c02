"""`palint history`."""

from __future__ import annotations

import os
from collections.abc import Sequence

from palint import baseline, registry
from palint.cli.baseline import is_complete
from palint.cli.exit_codes import EXIT_ERROR, EXIT_FINDINGS, EXIT_OK, UsageError
from palint.cli.options import CheckOptions, split_outputs
from palint.cli.output import Progress, write_atomic, write_reports
from palint.cli.plan import resolve_config
from palint.cli.run import read_baseline
from palint.config import Config
from palint.history.results import HistoryResults
from palint.report import history as history_report
from palint.report.escape import terminal
from palint.report.summary import pluralize
from palint.tree import git
from palint.util import deadline, user_cache


def history(options: CheckOptions) -> int:
    """Check the history of the current directory's repository and return the exit code."""
    return checked_history(repository_root("palint history"), options)


def checked_history(root: str, options: CheckOptions, *, without: Sequence[str] = ()) -> int:
    """Check a repository's history and return the exit code.

    without: names of commits to leave out, with all their ancestors.
    """
    from palint.history.run import run

    split_outputs(options.output, history_report.FORMATS)  # an error before the run, which takes minutes
    user_cache.checked_tree = root
    rules = registry.load()
    config = resolve_config(options, root, rules)
    deadline.limit_run(config.limits.run)
    revs = _revs(root, options)
    with Progress(quiet=options.quiet) as progress:
        results = run(
            root,
            config,
            rules,
            revs=revs,
            since=options.since or "",
            without=without,
            entries=_entries(root, options, config),
            state_file=None if options.no_state else options.state or "",
            jobs=options.jobs,
            progress=progress,
        )
    if options.write_baseline is not None:
        return _write_baseline(results, options.write_baseline)
    write_reports(results, rules, options, history_report.FORMATS)
    if not results.complete and not options.allow_incomplete:
        return EXIT_ERROR
    return EXIT_FINDINGS if any(s.severity >= config.fail_on for s in results.secrets) else EXIT_OK


def repository_root(command: str) -> str:
    """The root of the current directory's repository, or a bare repository's folder.

    Raises UsageError, which names the command, if there is none.
    """
    here = os.getcwd()
    root = git.top_level(here)
    if root is not None:
        return root
    if "GIT_DIR" in os.environ:
        return here
    if all(os.path.exists(os.path.join(here, name)) for name in ("HEAD", "objects", "refs")):
        os.environ["GIT_DIR"] = here  # git does not use a bare repository that it only discovers
        return here
    raise UsageError(f"{here!r} is not in a git repository: `{command}` reads commits")


def _revs(root: str, options: CheckOptions) -> Sequence[str]:
    """The revision arguments for git. Raises UsageError."""
    revs = list(options.revs)
    for part in (part for rev in revs for part in rev.lstrip("^").replace("...", "..").split("..")):
        if git.resolve(root, part) is None and os.path.lexists(part):  # which refuses an ambiguous name
            raise UsageError(
                f"{part!r} is a path: name commits, or none for all of the current directory's repository"
            )
    for name in options.branch:
        refs = [ref for ref in (f"refs/heads/{name}", f"refs/remotes/{name}") if git.resolve(root, ref)]
        if not refs:
            raise UsageError(f"there is no branch {name!r}")
        revs.append(refs[0])
    if revs and all(rev.startswith("^") for rev in revs):
        raise UsageError("every REV excludes commits: name one to start from, such as HEAD")
    return revs


def _entries(root: str, options: CheckOptions, config: Config) -> list[baseline.Entry]:
    """The entries of the baseline that the settings allow."""
    if options.write_baseline is not None or not options.reads_baseline:
        return []
    return baseline.allowed(read_baseline(root, options.baseline), config.allow_suppressing)


def _write_baseline(results: HistoryResults, file: str) -> int:
    if not is_complete(results.notices):
        return EXIT_ERROR
    write_atomic(file, baseline.dump(baseline.entries(secret.finding for secret in results.secrets)))
    print(terminal(f"{file}: {pluralize(len(results.secrets), 'secret')}. Pass it as `--baseline`."))
    return EXIT_OK
