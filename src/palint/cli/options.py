"""The options of `check` and `hook`: their values, and how they are declared to argparse."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from palint import report
from palint.cli.exit_codes import UsageError
from palint.report import FORMATS, Format
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from argparse import ArgumentParser, _ActionsContainer, _ArgumentGroup

_MAX_JOBS = 256


class CheckOptions(NamedTuple):
    """The options of `check`, `hook` and `history`, as given; the last five are history's alone."""

    paths: tuple[str, ...] = ()
    format: str = "text"
    output: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    settings: str | None = None
    isolated: bool = False
    policy: str | None = None
    fail_on: str | None = None
    min_confidence: str | None = None
    allow_incomplete: bool = False
    jobs: int = 0  # 0: one per processor
    statistics: bool = False
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    exit_zero: bool = False
    fix: bool = False
    show_fixes: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    staged: bool = False
    since: str | None = None
    add_ignore: str | None = None
    stdin_filename: str | None = None
    cache: bool | None = None  # None: not in CI or a hook
    revs: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    write_baseline: str | None = None
    state: str | None = None
    no_state: bool = False

    @property
    def reads_baseline(self) -> bool:
        """Whether there may be a baseline: `--isolated` leaves out the repository's."""
        return self.baseline is not None or not self.isolated


def wanted_formats(options: CheckOptions) -> list[Format]:
    """What the formats of all wanted reports declare, that on standard output first. Raises UsageError."""
    names = [options.format, *(name for name, _ in split_outputs(options.output))]
    return [report.get(name).FORMAT for name in names]


def split_outputs(outputs: Iterable[str], formats: Mapping[str, str] = FORMATS) -> list[tuple[str, str]]:
    """(format, file) of each `--output FORMAT:FILE`. Raises UsageError for an unknown format."""
    reports = []
    for output in outputs:
        name, _, path = output.partition(":")
        if name not in formats or not path:
            known = ", ".join(formats)
            raise UsageError(f"--output {output!r}: write FORMAT:FILE, FORMAT being one of {known}")
        reports.append((name, path))
    return reports


# {environment variable: the option that it gives, where the command line does not}. An option of the command
# line comes first, and the environment before the settings.
VARIABLES = {
    "PALINT_FORMAT": "format",
    "PALINT_OUTPUT": "output",
    "PALINT_FAIL_ON": "fail_on",
    "PALINT_CONFIG": "settings",
    "PALINT_BASELINE": "baseline",
    "PALINT_NO_CACHE": "cache",
}


def environment() -> dict[str, str]:
    """The variables of `VARIABLES` that are set, with their values; an empty one is not set."""
    return {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}


def default_policy() -> str | None:
    """The policy file of a run without `--policy`."""
    return os.environ.get("PALINT_POLICY") or None


def add_shared_options(parser: ArgumentParser) -> None:
    """Declare the options that `check` and `hook` share."""
    output = _add_output_options(parser, FORMATS, "sarif:palint.sarif", variables=True)
    output.add_argument(
        "--statistics",
        action="store_true",
        help="Print counts by rule, clause, folder and file instead of the findings.",
    )
    _add_scope_options(parser.add_argument_group("what to check"))
    gate = parser.add_argument_group("settings")
    _add_gate_options(gate, "files")
    gate.add_argument(
        "--min-confidence",
        choices=("low", "high"),
        help="Lowest confidence of a finding that is reported [the settings' or low].",
    )
    gate.add_argument("--exit-zero", action="store_true", help="Exit with 0 even if there are findings.")


def _add_output_options(
    parser: ArgumentParser, formats: Mapping[str, str], example: str, *, variables: bool
) -> _ArgumentGroup:
    """Declare where reports go, and return the group. variables: whether `VARIABLES` name a format."""
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format", choices=formats, default="text", metavar="FORMAT",
        help=f"Report on standard output: {', '.join(formats)} [{'$PALINT_FORMAT or ' * variables}text].",
    )  # fmt: skip
    output.add_argument(
        "--output", action="append", default=[], metavar="FORMAT:FILE",
        help=f"Also write a report to a file, e.g. {example}; repeatable{' [$PALINT_OUTPUT]' * variables}.",
    )  # fmt: skip
    add_color_option(output)
    output.add_argument("-q", "--quiet", action="store_true", help="Print findings only.")
    output.add_argument(
        "-v", "--verbose", action="store_true", help="Print what was checked and how long it took."
    )
    return output


def _add_scope_options(group: _ActionsContainer) -> None:
    """Declare which rules and files count."""
    group.add_argument(
        "--select", action="append", default=[], metavar="RULE[,RULE…]",
        help="Run only these rules; a clause (C1 to C4) selects its rules.",
    )  # fmt: skip
    group.add_argument(
        "--ignore", action="append", default=[], metavar="RULE[,RULE…]",
        help="Do not run these rules, or those of a clause.",
    )  # fmt: skip
    group.add_argument(
        "--exclude", "--extend-exclude", action="append", default=[], metavar="GLOB",
        help="Skip matching files; patterns as in .gitignore, repeatable.",
    )  # fmt: skip


def _add_gate_options(group: _ActionsContainer, unit: str) -> None:
    """Declare what fails a run. unit: what is checked, for the help."""
    add_settings_options(group)
    group.add_argument(
        "--baseline", metavar="FILE",
        help="Baseline of known findings [$PALINT_BASELINE or palint-baseline.jsonl in the root].",
    )  # fmt: skip
    group.add_argument(
        "--fail-on", choices=("warning", "error"),
        help="Lowest severity that fails the run [$PALINT_FAIL_ON or the settings' or error].",
    )  # fmt: skip
    group.add_argument(
        "--allow-incomplete", action="store_true",
        help=f"Do not exit with 2 when some {unit} could not be checked in full.",
    )  # fmt: skip
    group.add_argument(
        "--jobs", type=_jobs, default=0, metavar="N", help="Worker processes [one per processor]."
    )


def add_check_options(parser: ArgumentParser) -> None:
    """Declare the options of `check` alone."""
    from argparse import BooleanOptionalAction

    parser.add_argument(
        "--cache", action=BooleanOptionalAction, default=None,
        help="Skip files that had no finding in the last run and are unchanged [yes, but "
        "not in CI or with $PALINT_NO_CACHE].",
    )  # fmt: skip
    what = parser.add_argument_group("parts of a repository")
    what.add_argument("--staged", action="store_true", help="Check the index: what the next commit holds.")
    what.add_argument(
        "--since", metavar="REV", help="Check only the files changed since the merge base with REV."
    )
    what.add_argument(
        "--stdin-filename", metavar="NAME", help="File name for the text that `-` reads from standard input."
    )
    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="Apply safe fixes.")
    fixes.add_argument(
        "--unsafe-fixes", action="store_true",
        help="With --fix or --diff: include fixes that change what the code does.",
    )  # fmt: skip
    fixes.add_argument("--show-fixes", action="store_true", help="With --fix: list what was fixed.")
    fixes.add_argument("--diff", action="store_true", help="Show what --fix would change, values masked.")
    fixes.add_argument(
        "--add-ignore", metavar="REASON", help="Add a suppression with this reason for every finding."
    )


def add_history_options(parser: ArgumentParser) -> None:
    """Declare the options of `history`."""
    parser.add_argument(
        "revs", nargs="*", metavar="REV",
        help="Commits to read, as `git log` takes them (v1..v2, ^old) [every ref, tag and stash].",
    )  # fmt: skip
    what = parser.add_argument_group("what to check")
    what.add_argument("--since", metavar="DATE", help="Only commits of this date or later.")
    what.add_argument(
        "--branch", action="append", default=[], metavar="NAME", help="Only this branch; repeatable."
    )
    _add_scope_options(what)
    from palint.report.history import FORMATS as HISTORY_FORMATS

    _add_output_options(parser, HISTORY_FORMATS, "html:history.html", variables=False)
    gate = parser.add_argument_group("settings")
    _add_gate_options(gate, "versions")
    gate.add_argument(
        "--write-baseline", metavar="FILE", help="Write what is found to a baseline, and report nothing."
    )
    gate.add_argument(
        "--state", metavar="FILE",
        help="Remember in this file which commits were read [a file in your cache directory].",
    )  # fmt: skip
    gate.add_argument("--no-state", action="store_true", help="Read every commit, and remember nothing.")


def add_settings_options(parser: _ActionsContainer) -> None:
    """Declare where the settings come from."""
    add_settings_files(parser)
    parser.add_argument(
        "--isolated", action="store_true", help="Ignore the repository's settings and baseline."
    )


def add_settings_files(parser: _ActionsContainer) -> None:
    """Declare `--config` and `--policy`."""
    parser.add_argument(
        "--config",
        dest="settings",
        metavar="FILE",
        help="Settings file to use instead of the repository's [$PALINT_CONFIG].",
    )
    parser.add_argument(
        "--policy", metavar="FILE", default=default_policy(),
        help="Settings that the repository cannot weaken [$PALINT_POLICY].",
    )  # fmt: skip


def add_color_option(parser: _ActionsContainer) -> None:
    """Declare `--color`."""
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="Color the output [auto]."
    )


def _jobs(text: str) -> int:
    from argparse import ArgumentTypeError

    if not text.isdecimal() or not 1 <= int(text) <= _MAX_JOBS:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {_MAX_JOBS}")
    return int(text)
