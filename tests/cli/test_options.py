"""The command line: options and paths in any order, `--`, errors that name the nearest option, help."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.cli import fleet
from palint.cli.commands import COMMANDS, command_parser, parser_of, program_parser
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions

from ..conftest import Repository, palint
from ..snapshots import check_snapshot

OPTIONS = (
    (("--quiet",), {"quiet": True}),
    (("-v",), {"verbose": True}),
    (("--format", "json"), {"format": "json"}),
    (("--format=sarif",), {"format": "sarif"}),
    (("--select", "env-file"), {"select": ["env-file"]}),
    (("--jobs", "3"), {"jobs": 3}),
    (("--config", "a.toml"), {"settings": "a.toml"}),
)
PATHS = st.text("ab./ é", min_size=1, max_size=5).filter(lambda p: not p.startswith("-"))


@given(
    st.lists(st.one_of(st.sampled_from(OPTIONS), PATHS.map(lambda p: ((p,), p))), max_size=6),
    st.lists(st.sampled_from(["--quiet", "--help", "-", "--", "a", "-x"]), max_size=3),
)
def test_options_and_paths_in_any_order(
    words: list[tuple[tuple[str, ...], object]], after: list[str]
) -> None:
    line = [word for each, _ in words for word in each]
    parsed = vars(command_parser("check").parse_words([*line, "--", *after]))
    assert parsed["paths"] == [*(path for _, path in words if isinstance(path, str)), *after]
    expected: dict[str, object] = {}
    for _, value in words:
        if isinstance(value, dict):
            for key, given_value in value.items():
                known = expected.get(key)
                expected[key] = [*known, *given_value] if isinstance(known, list) else given_value
    assert {key: parsed[key] for key in expected} == expected


def test_every_option_is_a_field_with_its_default() -> None:
    defaults = {k: list(v) if isinstance(v, tuple) else v for k, v in CheckOptions._field_defaults.items()}
    check, history = (vars(command_parser(name).parse_words([])) for name in ("check", "history"))
    assert {**history, **check} == defaults
    assert all(defaults[name] == value for name, value in history.items())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--frmat", "json"], "unknown option --frmat (did you mean --format?)"),
        (["--quite"], "unknown option --quite (did you mean --quiet?)"),
        (["--format", "yaml"], 'invalid value "yaml" for --format: use "text", "concise", "json"'),
        (["--format", "sarf"], 'invalid value "sarf" for --format: did you mean "sarif"?'),
        (["--fail-on", "warnin"], 'invalid value "warnin" for --fail-on: use "warning" or "error"'),
        (["--watch"], "unknown option --watch: in palint it is `palint server`"),
        (["--output-format=json"], "unknown option --output-format: in palint it is `--format`"),
        (["--show-settings"], "unknown option --show-settings: in palint it is `palint config`"),
        (["--wrap"], "unknown option --wrap; see"),
        (["--jobs", "0"], "'0' is not a number from 1 to 256"),
        (["--config"], "expected one argument"),
    ],
)
def test_errors_say_what_to_do(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        command_parser("check").parse_words(words)
    assert message in str(error.value) and "palint check --help" in str(error.value)


def test_a_dry_run_is_what_migrate_does_without_apply() -> None:
    with pytest.raises(UsageError, match="unknown option --dry-run: without --apply nothing is changed"):
        command_parser("migrate").parse_words(["--dry-run"])


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help_page(name: str) -> None:
    made = palint(name, "--help", cwd=".")
    assert made.returncode == 0 and not made.stderr
    summary = COMMANDS[name].description.partition("\n")[0]
    assert made.stdout.startswith(f"usage: palint {name}")
    assert " ".join(summary.split()) in " ".join(made.stdout.split())
    assert max(map(len, made.stdout.splitlines())) <= 110


def test_the_program_lists_its_commands(repo: Repository) -> None:
    page = repo.palint("--help").stdout
    for name in COMMANDS:  # argparse puts the text after a long name on the next line
        assert re.search(rf"(?m)^    {name}(?: |$)", page)
    assert repo.palint("-V").stdout == repo.palint("--version").stdout != ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_scripts(shell: str, repo: Repository) -> None:
    script = repo.palint("completion", shell).stdout
    assert "--fail-on" in script and "explain" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_only_the_command_that_runs_is_imported() -> None:
    program = (
        "import sys\nfrom palint.cli import commands\n"
        "commands.command_parser('hook').parse_words(['--', 'a'])\n"
        "print([m for m in sys.modules if m in ('shtab', 'rich', 'msgspec', 'palint.engine.run')])"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"


def test_the_parser_of_all_commands_has_no_option_twice() -> None:
    assert program_parser().format_usage()


REQUIRED = {
    "completion": ["bash"],
    "fleet check": ["repos"],
    "fleet diff": ["1", "2"],
    "fleet merge": ["parts"],
    "fleet propose": ["shop"],
}


def test_options_of_each_command() -> None:
    """Their values where none is given."""
    parsers = {name: command_parser(name) for name in COMMANDS if name != "fleet"}
    for name, command in fleet.COMMANDS.items():
        parsers[f"fleet {name}"] = parser_of(f"fleet {name}", command.description, command.add_arguments)
    snapshots = Path(__file__).with_name("snapshots") / "options.txt"
    for name, parser in parsers.items():
        options = sorted(vars(parser.parse_words(REQUIRED.get(name, []))).items())
        defaults = "".join(f"{option} = {value!r}\n" for option, value in options)
        check_snapshot(snapshots, name, defaults)
