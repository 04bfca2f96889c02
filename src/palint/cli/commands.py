"""The commands and their options; what they do is in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from palint.report import FORMATS

_FORMAT = click.Choice(list(FORMATS))
_PATHS = click.argument("paths", nargs=-1, type=click.Path())


class _Group(click.Group):
    """Commands in the order in which they are declared."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `check` and `hook` share."""
    for option in reversed(
        (
            click.option(
                "--format", "format_", type=_FORMAT, default="text", help="What goes to standard output."
            ),
            click.option(
                "--output",
                multiple=True,
                metavar="FORMAT:FILE",
                help="Write a report into a file as well; repeatable (sarif:palint.sarif).",
            ),
            click.option(
                "--select", multiple=True, metavar="RULE[,RULE…]", help="Run only these rules; repeatable."
            ),
            click.option(
                "--ignore", multiple=True, metavar="RULE[,RULE…]", help="Do not run these rules; repeatable."
            ),
            click.option(
                "--exclude",
                multiple=True,
                metavar="GLOB",
                help="Leave out files, as in .gitignore; repeatable.",
            ),
            click.option(
                "--baseline", metavar="FILE", help="Known findings [palint-baseline.jsonl at the root]."
            ),
            click.option("--config", "settings", metavar="FILE", help="Settings file instead of the root's."),
            click.option(
                "--isolated",
                is_flag=True,
                help="No settings file, no baseline; the root is the directory given.",
            ),
            click.option(
                "--policy",
                metavar="FILE",
                envvar="PALINT_POLICY",
                help="Settings that the repository cannot weaken [$PALINT_POLICY].",
            ),
            click.option(
                "--fail-on",
                type=click.Choice(["warning", "error"]),
                help="The least severity that fails the run [error].",
            ),
            click.option(
                "--allow-incomplete", is_flag=True, help="Do not fail when something could not be checked."
            ),
            click.option(
                "--jobs", type=click.IntRange(1, 256), help="Worker processes [as many as there is work for]."
            ),
            click.option("--statistics", is_flag=True, help="Count the findings of each rule."),
            click.option(
                "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="[auto]"
            ),
            click.option("--quiet", "-q", is_flag=True, help="Say nothing but findings."),
            click.option("--verbose", "-v", is_flag=True, help="Say what was done, too."),
        )
    ):
        command = option(command)
    return command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(None, "--version", package_name="palint", message="palint %(version)s")
def cli() -> None:
    """Prove that a repository keeps its standard for secrets.

    \b
    Examples:
      palint                          check the current directory
      palint src deploy/api.tf        check a folder and a file
      palint check --staged           check what the next commit holds
      palint check --since main       check what changed since main
      palint --format sarif .         a report for GitHub code scanning
      palint explain env-file         one rule's page

    `palint [PATH…]` is short for `palint check [PATH…]`; a path named like a command is written `./rules`.
    """


@cli.command(short_help="Check files (the default).")
@_PATHS
@_shared
@click.option("--fix", is_flag=True, help="Apply safe fixes.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that change what the code does."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, values masked.")
@click.option("--staged", is_flag=True, help="Check the index: what the next commit holds.")
@click.option("--since", metavar="REV", help="Check only what changed since the merge base with REV.")
@click.option(
    "--add-ignore", metavar="REASON", help="Write a suppression with this reason for what is found."
)
@click.option(
    "--stdin-filename", metavar="NAME", help="The name of the text that `-` reads from standard input."
)
def check(**words: Any) -> int:
    """Check files, folders or the index. No PATH means the current directory.

    \b
    Examples:
      palint check
      palint check --staged
      palint check --since origin/main --output sarif:palint.sarif
      palint check --fix --diff
    """
    from palint.cli.check import CheckOptions, check

    return check(CheckOptions.of(words))


@cli.command(
    short_help="Check for pre-commit and prek: `palint hook -- PATH…`.",
    context_settings={"allow_interspersed_args": False},
)
@_shared
@click.argument("paths", nargs=-1, type=click.Path())
def hook(**words: Any) -> int:
    """Check the files that pre-commit or prek names, with the bytes that are committed or pushed.

    The names must come after `--`, so that a file called `--help` is a file: end `args` with "--".
    """
    from palint.cli.check import CheckOptions
    from palint.cli.hook import hook

    return hook(CheckOptions.of(words))


@cli.command(short_help="List the rules, a line each.")
def rules() -> int:
    """List the rules, a line each: id, clause, severity, what it flags; `*` marks those with a fix."""
    from palint.cli.info import list_rules

    return list_rules()


@cli.command(short_help="Show one rule's page.")
@click.argument("rule")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def explain(rule: str, color: str) -> int:
    """Show one rule's page: what it flags and why, what to do instead, its settings, examples and limits."""
    from palint.cli.info import explain

    return explain(rule, color)


@cli.command(short_help="Write the baseline of known findings.")
@_PATHS
@click.option("--prune", is_flag=True, help="Only drop the entries that are no longer found.")
@click.option("--baseline", "baseline_", metavar="FILE", help="The file [palint-baseline.jsonl at the root].")
@click.option("--config", "settings", metavar="FILE", help="Settings file instead of the root's.")
def baseline(**words: Any) -> int:
    """Write what is found today into palint-baseline.jsonl, so that only new findings fail from now on."""
    from palint.cli.baseline import write_baseline

    return write_baseline(**words)


@cli.command(short_help="Set up settings, hook and CI for a repository.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show the changes and stop.")
def init(yes: bool, dry_run: bool) -> int:
    """Write settings, hook and CI step for this repository; shows the changes first."""
    from palint.cli.init import init

    return init(yes, dry_run)


@cli.command(short_help="Show the settings in force and where each comes from.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the settings.")
@click.option("--config", "settings", metavar="FILE", help="Settings file instead of the root's.")
@click.option("--isolated", is_flag=True, help="No settings file.")
@click.option(
    "--policy", metavar="FILE", envvar="PALINT_POLICY", help="Settings that the repository cannot weaken."
)
def config(schema: bool, settings: str | None, isolated: bool, policy: str | None) -> int:
    """Show the settings in force and where each comes from."""
    from palint.cli.info import show_config

    return show_config(schema, settings, isolated, policy)
