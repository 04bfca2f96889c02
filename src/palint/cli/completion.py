"""`palint completion SHELL`: print a script that completes commands, options, rules and formats."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence

from palint import registry
from palint.cli.options import add_check_options, add_shared_options
from palint.rule import Clause


def script(shell: str, parser: ArgumentParser, commands: Sequence[str]) -> str:
    """The completion script for `bash`, `zsh`, `tcsh`, `fish` or `powershell`.

    parser: of the whole program; it is modified. commands: the names of the program's commands.
    """
    import shtab

    # `palint --fo<TAB>`: without a command, the options are those of `check`.
    add_shared_options(parser)
    add_check_options(parser)
    rules = registry.load()
    clauses = [clause.label for clause in Clause if clause is not Clause.NONE]
    _add_choices(parser, [*rules, *clauses], commands)
    text = shtab.complete(parser, shell)
    # Any other word is a path, which bash completes with `-o default`, and fish with `-F`.
    text = text.replace("complete -o bashdefault -F", "complete -o bashdefault -o default -F")
    return text + _FISH_PATHS if shell == "fish" else text


# The script turns paths off for all words. Without a command, the first word may be one.
_FISH_PATHS = "\ncomplete -c palint -n 'test (count (commandline -opc)) -eq 1' -F\n"


def _add_choices(parser: ArgumentParser, names: list[str], commands: Sequence[str]) -> None:
    """Offer rule names for every argument that takes rules, and files where one is named."""
    import shtab

    for action in parser._actions:
        if action.metavar in ("PATH", "-- PATH", "FILE"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        if action.metavar in ("RULE", "RULE[,RULE…]"):
            action.choices = names
        elif action.metavar == "COMMAND" and action.choices is None:
            action.choices = list(commands)
        elif isinstance(action.choices, dict):  # formats, or the commands' parsers
            for child in action.choices.values():
                if isinstance(child, ArgumentParser):
                    _add_choices(child, names, commands)
