"""The commands: name, help, options, and the function that runs each.

Functions import their modules when they run: `palint hook` must not import `palint init`.
"""

from __future__ import annotations

import argparse
from argparse import Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable

from palint.cli.exit_codes import EXIT_OK, HelpPrinted, UsageError
from palint.cli.options import (
    VARIABLES,
    CheckOptions,
    add_check_options,
    add_color_option,
    add_history_options,
    add_settings_files,
    add_settings_options,
    add_shared_options,
    environment,
)
from palint.util.choices import invalid_value
from palint.util.typing import Any, NamedTuple, NoReturn

argparse._ = lambda text: text  # type: ignore[attr-defined]  # its words are in English: no catalogue


class Command(NamedTuple):
    """A command. description: its help page; the first line is its entry in the list of commands.

    options: those that the environment may give (`options.VARIABLES`).
    """

    description: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    options: frozenset[str] = frozenset()


def _check(options: Namespace) -> int:
    from palint.cli.check import check

    return check(_check_options(options))


def _hook(options: Namespace) -> int:
    values = vars(options)
    pushed, assisted = values.pop("pre_receive"), values.pop("agent")
    if pushed:
        from palint.cli.pre_receive import pre_receive

        return pre_receive(_check_options(options))
    if assisted:
        from palint.cli.agent import agent

        return agent(_check_options(options))
    from palint.cli.hook import hook

    return hook(_check_options(options))


def _check_options(options: Namespace) -> CheckOptions:
    return CheckOptions(**_values(options))


def _values(options: Namespace) -> dict[str, Any]:
    """{option: its value}, as plain data that does not change."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in vars(options).items()}


def _rules(options: Namespace) -> int:
    from palint.cli.info import list_rules, run_examples

    given = CheckOptions(settings=options.settings, policy=options.policy)
    return run_examples(given) if options.test else list_rules(options.format, given)


def _explain(options: Namespace) -> int:
    from palint.cli.info import explain

    return explain(options.rule, options.color)


def _help(options: Namespace) -> int:
    name = options.command
    if name is not None and name not in COMMANDS:
        raise UsageError(unknown_command(name))
    (program_parser() if name is None else command_parser(name)).print_help()
    return EXIT_OK


def _baseline(options: Namespace) -> int:
    from palint.cli.baseline import write_baseline

    values = vars(options)
    add, prune = values.pop("add"), values.pop("prune")
    return write_baseline(_check_options(options), add=add, prune=prune)


def _history(options: Namespace) -> int:
    from palint.cli.history import history

    return history(_check_options(options))


def _init(options: Namespace) -> int:
    from palint.cli.init import init

    return init(options.yes, options.dry_run, everywhere=options.everywhere)


def _migrate(options: Namespace) -> int:
    from palint.cli.migrate import MigrateOptions, migrate

    return migrate(MigrateOptions(**_values(options)))


def _config(options: Namespace) -> int:
    from palint.cli.info import show_config

    fail_on = command_parser("check").parse_words([]).fail_on
    return show_config(options.schema, options.settings, options.isolated, options.policy, fail_on)


def _server(options: Namespace) -> int:
    from palint.cli.server import server

    return server()


def _demo(options: Namespace) -> int:
    from palint.cli.demo import demo

    return demo(options.color)


def _completion(options: Namespace) -> int:
    from palint.cli.completion import script

    print(script(options.shell, program_parser(), list(COMMANDS)))
    return EXIT_OK


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="Files and folders [the current directory].")
    add_shared_options(parser)
    add_check_options(parser)


def _hook_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="-- PATH", help="The files that the hook names.")
    parser.add_argument(
        "--pre-receive", action="store_true",
        help="On a git server: check the commits of a push, by the lines that git gives on standard input.",
    )  # fmt: skip
    parser.add_argument(
        "--agent", action="store_true",
        help="For a coding assistant: check the event that it gives on standard input.",
    )  # fmt: skip
    add_shared_options(parser)


def _explain_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "rule", nargs="?", default="", metavar="RULE", help="A rule's id, or a clause: C1 to C4 [the list]."
    )
    add_color_option(parser)


def _baseline_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="The repository [the current directory].")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--add", action="store_true", help="Add new findings to an existing baseline.")
    change.add_argument("--prune", action="store_true", help="Only drop entries that are no longer found.")
    parser.add_argument(
        "--baseline", metavar="FILE", help="Baseline file [palint-baseline.jsonl in the root]."
    )
    add_settings_files(parser)


def _init_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="Write without asking.")
    parser.add_argument("--dry-run", action="store_true", help="Show the changes and stop.")
    parser.add_argument(
        "--global", dest="everywhere", action="store_true",
        help="Instead: a hook for all your repositories, through git's core.hooksPath.",
    )  # fmt: skip


def _migrate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="Carry the plan out; ask before each step.")
    parser.add_argument("--yes", action="store_true", help="With --apply or --undo: do not ask.")
    parser.add_argument(
        "--undo", action="store_true",
        help="Restore the files that the last run changed, then remove the keys that it added.",
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=("text", "shell"), default="text",
        help="`shell` prints a script for the AWS CLI, for machines without boto3 or network [text].",
    )  # fmt: skip
    parser.add_argument("--service", metavar="NAME", default="", help="The service [the repository's].")
    parser.add_argument(
        "--environment", metavar="NAME", default="",
        help="For files that name none, such as `.env` [development for .env files, production for code].",
    )  # fmt: skip
    parser.add_argument("--profile", metavar="NAME", default="", help="The AWS profile to sign in with.")
    parser.add_argument(
        "--region",
        metavar="NAME",
        default="",
        help="The AWS region [AWS_REGION, AWS_DEFAULT_REGION, or the profile's].",
    )
    parser.add_argument(
        "--replace", action="append", default=[], metavar="KEY",
        help="Overwrite a different value of this key in Secrets Manager; repeatable.",
    )  # fmt: skip


def _config_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--schema", action="store_true", help="Print the JSON Schema of the settings.")
    add_settings_options(parser)


def _completion_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "shell", choices=("bash", "zsh", "tcsh", "fish", "powershell"), help="The shell to complete in."
    )


def _rules_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="A table, or a list for programs [text]."
    )
    parser.add_argument(
        "--test",
        action="store_true",
        help="Run the examples of your own rules, and of the patterns in the settings and the policy.",
    )
    add_settings_files(parser)


def _help_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("command", nargs="?", metavar="COMMAND", help="The command [all of them].")


def _fleet_arguments(parser: ArgumentParser) -> None:
    from palint.cli.fleet import add_commands

    add_commands(parser)


def _fleet(options: Namespace) -> int:
    raise AssertionError("`palint.cli.main` runs it with the words, since each of its commands has a parser")


def _no_arguments(parser: ArgumentParser) -> None:
    pass


COMMANDS = {
    "check": Command(
        """Check files, folders or the index (the default command).

examples:
  palint check
  palint check --staged
  palint check --since origin/main --output sarif:palint.sarif
  palint check --fix --diff""",
        _check_arguments,
        _check,
        frozenset(VARIABLES.values()),
    ),
    "hook": Command(
        """Check the files that pre-commit or prek names: `palint hook -- PATH…`.

Reads what is about to be committed or pushed, not the working copy. File names come after `--`, so that a
file called `--help` is a file: end `args` with "--".

With `--pre-receive` it is the hook `pre-receive` of a git server, which refuses a push whose commits bring a
secret: `exec palint hook --pre-receive`.

With `--agent` it is the hook of a coding assistant (Claude Code, Cursor, GitHub Copilot): prompts, commands,
and what is read and written are checked before they go on.""",
        _hook_arguments,
        _hook,
        frozenset(VARIABLES.values()) - {"cache"},
    ),
    "rules": Command(
        """List the rules: id, clause, severity, what each reports; `*` marks rules with a fix.""",
        _rules_arguments,
        _rules,
        frozenset({"settings"}),
    ),
    "explain": Command(
        """Show a rule's page: what it reports and why, how to comply, settings, examples, limits.""",
        _explain_arguments,
        _explain,
    ),
    "baseline": Command(
        """Accept today's findings: write them to palint-baseline.jsonl, so that only new ones fail.""",
        _baseline_arguments,
        _baseline,
        frozenset({"settings", "baseline"}),
    ),
    "history": Command(
        """Check everything that was ever committed: every version of every file.

Reads all refs, tags and stashes. A secret that a later commit deleted is still in every clone.

examples:
  palint history
  palint history main..feature
  palint history --since '1 month ago'
  palint history --output html:history.html""",
        add_history_options,
        _history,
        frozenset({"fail_on", "settings", "baseline"}),  # its formats are others
    ),
    "init": Command(
        """Set up settings, the hook and the CI step for this repository; shows the changes first.""",
        _init_arguments,
        _init,
    ),
    "migrate": Command(
        """Move secrets from .env files and code to AWS Secrets Manager; prints the plan and stops.

examples:
  palint migrate
  palint migrate --apply --profile palindrom
  palint migrate --format shell > store-secrets.sh""",
        _migrate_arguments,
        _migrate,
    ),
    "fleet": Command(
        """Check many repositories under one policy, and report on all of them.

Needs the extra `fleet`: pip install 'palint[fleet]'.""",
        _fleet_arguments,
        _fleet,
    ),
    "config": Command(
        """Show the effective settings and where each comes from.""",
        _config_arguments,
        _config,
        frozenset({"settings"}),
    ),
    "server": Command(
        """Run the language server for editors, on standard input and output.

Needs the extra `lsp`: pip install 'palint[lsp]'.""",
        _no_arguments,
        _server,
    ),
    "demo": Command(
        """Try palint on a temporary repository with one violation of each rule and made-up secrets.

A made-up token that you type into a file is mostly not reported, since its checksum is wrong.""",
        add_color_option,
        _demo,
    ),
    "completion": Command(
        """Print a completion script for your shell.

examples:
  palint completion bash > ~/.local/share/bash-completion/completions/palint
  palint completion zsh > ~/.zfunc/_palint
  palint completion fish > ~/.config/fish/completions/palint.fish
  palint completion powershell >> $PROFILE""",
        _completion_arguments,
        _completion,
    ),
    "help": Command("""Show the options of a command: `palint help check`.""", _help_arguments, _help),
}

_PROGRAM = """Check that a repository keeps its standard for secrets.

examples:
  palint                          check the current directory
  palint src deploy/api.tf        check a folder and a file
  palint check --staged           check what the next commit holds
  palint check --since main       check what changed since main
  palint --format sarif .         report for GitHub code scanning
  palint history                  check everything that was ever committed
  palint explain env-file         show one rule's page

`palint [PATH…]` is short for `palint check [PATH…]`; write `./rules` for a path named like a command."""


def unknown_command(word: str) -> str:
    """The error for a word that is neither a command nor a path, with the most similar command."""
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1, 0.7)
    hint = f"did you mean `palint {near[0]}`?" if near else "`palint --help` lists the commands"
    return f"{word!r} does not exist, and is not a command; {hint}"


def command_parser(name: str) -> CommandParser:
    """The parser of one command."""
    command = COMMANDS[name]
    return parser_of(name, command.description, command.add_arguments, command.options)


def parser_of(
    name: str,
    description: str,
    add_arguments: Callable[[ArgumentParser], None],
    from_environment: frozenset[str] = frozenset(),
) -> CommandParser:
    """A parser. name: what follows `palint`. from_environment: the options that the environment may give."""
    parser = CommandParser(
        prog=f"palint {name}",
        description=description,
        formatter_class=help_formatter,
        allow_abbrev=False,
    )
    add_arguments(parser)
    parser.from_environment = from_environment
    return parser


def program_parser() -> ArgumentParser:
    """The parser of all commands: for the program's help and for completion."""
    parser = ArgumentParser(
        prog="palint", description=_PROGRAM, formatter_class=help_formatter, allow_abbrev=False
    )
    parser.add_argument("-V", "--version", action="store_true", help="Print the version and exit.")
    group = parser.add_subparsers(title="commands", metavar="COMMAND", prog="palint")
    for name, command in COMMANDS.items():
        summary = command.description.partition("\n")[0]
        child = group.add_parser(
            name, help=summary, description=command.description, formatter_class=help_formatter
        )
        command.add_arguments(child)
    return parser


_NOT_GIVEN: Any = object()  # the value of an option that the command line does not give
_WIDTH = 110  # columns of the help
_SIMILAR = 0.8  # of difflib's ratio, from which on an option is taken for a misspelled one
# {option of ruff 0.17, zizmor 1.32, gitleaks 8.30 or semgrep 1.185: what it is in palint}
_OTHER_NAMES = {
    "--add-noqa": "--add-ignore REASON",
    "--autofix": "--fix",
    "--baseline-commit": "--since REV",
    "--baseline-path": "--baseline FILE",
    "--completions": "palint completion SHELL",
    "--dryrun": "--diff",
    "--enable-rule": "--select RULE",
    "--error": "--fail-on warning",
    "--exclude-rule": "--ignore RULE",
    "--exit-code": "--exit-zero",
    "--json": "--format json",
    "--log-opts": "palint history REV",
    "--lsp": "palint server",
    "--min-severity": "--fail-on",
    "--no-config": "--isolated",
    "--no-exit-codes": "--exit-zero",
    "--output-format": "--format",
    "--report-format": "--format",
    "--report-path": "--output FORMAT:FILE",
    "--sarif": "--format sarif",
    "--show-settings": "palint config",
    "--watch": "palint server",
}


class CommandParser(ArgumentParser):
    """An ArgumentParser whose usage errors are reported like other errors, with the most similar option."""

    from_environment: frozenset[str] = frozenset()  # names of options that the environment may give

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise HelpPrinted

    def parse_words(self, words: list[str]) -> Namespace:
        """Parse options and paths in any order; every word after `--` is a path. Raises UsageError."""
        split = words.index("--") if "--" in words else len(words)
        from_environment = {
            VARIABLES[name]: name for name in environment() if VARIABLES[name] in self.from_environment
        }
        self.set_defaults(**dict.fromkeys(from_environment.keys() - {"output"}, _NOT_GIVEN))
        parsed, unknown = self.parse_known_intermixed_args(words[:split])
        if unknown:
            option = unknown[0].partition("=")[0]
            self.error(f"unknown option {option}{self._hint(option)}")
        rest = words[split + 1 :]
        if rest:
            if not hasattr(parsed, "paths"):
                self.error(f"unexpected argument {rest[0]!r}")
            parsed.paths = [*parsed.paths, *rest]
        for option, name in from_environment.items():
            if getattr(parsed, option) in (_NOT_GIVEN, []):
                setattr(parsed, option, self._variable(parsed, option, name))
        return parsed

    def _variable(self, parsed: Namespace, option: str, name: str) -> Any:
        """The value of an option that the environment variable `name` gives. Raises UsageError."""
        value = environment()[name]
        if option in ("settings", "baseline"):
            return None if getattr(parsed, "isolated", False) else value
        if option == "cache":
            return None if value.lower() in ("0", "false", "no") else False
        if option == "output":
            return value.split()
        choices: Any = next(action.choices for action in self._actions if action.dest == option)
        if value not in choices:
            raise UsageError(invalid_value(value, name, list(choices)))
        return value

    def _hint(self, option: str) -> str:
        """What another linter's option is called here, or the most similar option; "" for neither."""
        from difflib import get_close_matches

        if option in ("--dry-run", "--dryrun") and "--apply" in self._option_string_actions:
            return ": without --apply nothing is changed"
        if option in _OTHER_NAMES:
            return f": in palint it is `{_OTHER_NAMES[option]}`"
        near = get_close_matches(option, self._option_string_actions, 1, _SIMILAR)
        return f" (did you mean {near[0]}?)" if near else ""

    def _check_value(self, action: Action, value: Any) -> None:
        """Refuse a value that is not one of an argument's choices, with the nearest one or all of them."""
        choices = list(action.choices or ())
        if choices and value not in choices:
            name = next(iter(action.option_strings), action.dest)
            raise UsageError(f"{invalid_value(value, name, choices)}; see `{self.prog} --help`")


def help_formatter(prog: str) -> RawDescriptionHelpFormatter:
    """The layout of help pages: examples keep their lines."""
    return RawDescriptionHelpFormatter(prog, max_help_position=30, width=_WIDTH)
