"""What users of other linters try first: clauses as rules, help, misspelled commands, completion, fixes."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from palint import registry
from palint.cli import commands
from palint.rule import Clause
from palint.secrets.synthetic import generate

from ..conftest import ROOT, Repository, findings, palint

WORKFLOW = """\
on: push
permissions:
  contents: read
jobs:
  ship:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/ship
          aws-region: eu-west-2
"""


def write_static_key(repo: Repository) -> None:
    key, secret = generate("{aws_access_key_id}"), generate("{aws_secret_access_key}")
    keys = f'aws_access_key_id="{key}", aws_secret_access_key="{secret}"'
    repo.write("s3.py", f'import boto3\ns3 = boto3.client("s3", {keys})\n')


def test_rules_as_json(tmp_path: Path) -> None:
    rules = json.loads(palint("rules", "--format", "json", cwd=tmp_path).stdout)
    assert [rule["id"] for rule in rules] == list(registry.load())
    example = next(rule for rule in rules if rule["id"] == "env-example-value")
    assert (example["clause"], example["severity"]) == ("C1", "error")
    assert example["url"].endswith("/rules/env-example-value/")
    declared = registry.load()["env-example-value"].options["strict"]
    assert example["options"]["strict"] == {"default": declared.default, "help": declared.help}
    assert {rule["id"] for rule in rules if rule["fixable"]} >= {"workflow-id-token", "boto3-access-key"}


def test_a_clause_selects_its_rules(repo: Repository) -> None:
    repo.write(".env", "PORT=3000\n")
    repo.write(".github/workflows/ship.yml", WORKFLOW)
    both = {"env-file", "workflow-id-token"}
    assert {f["rule"] for f in findings(repo.palint("--format=json"))} == both
    assert {f["rule"] for f in findings(repo.palint("--format=json", "--select=C4"))} == {"workflow-id-token"}
    assert {f["rule"] for f in findings(repo.palint("--format=json", "--ignore=c4"))} == {"env-file"}
    wrong = repo.palint("--select=C9")
    assert wrong.returncode == 2 and "'C9'" in wrong.stderr


def test_explaining_a_clause_lists_its_rules(tmp_path: Path) -> None:
    page = palint("explain", "C4", cwd=tmp_path).stdout
    assert page.startswith(f"# C4\n\n{Clause.NO_LONG_LIVED_CREDENTIALS.sentence}.\n")
    named = {name for name, rule in registry.load().items() if f"- `{name}`: {rule.summary()}\n" in page}
    assert named == {name for name, rule in registry.load().items() if rule.clause.label == "C4"}


def test_help_of_a_command(tmp_path: Path) -> None:
    assert palint("help", "init", cwd=tmp_path).stdout == palint("init", "--help", cwd=tmp_path).stdout
    assert palint("help", cwd=tmp_path).stdout == palint("--help", cwd=tmp_path).stdout
    assert palint("-V", cwd=tmp_path).stdout == palint("--version", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("explan", "env-file"), "did you mean `palint explain`?"),
        (("help", "baselin"), "did you mean `palint baseline`?"),
        (("frobnicate",), "`palint --help` lists the commands"),
    ],
)
def test_a_misspelled_command_is_an_error(words: tuple[str, ...], hint: str, tmp_path: Path) -> None:
    made = palint(*words, cwd=tmp_path)
    assert made.returncode == 2 and hint in made.stderr


def test_the_options_of_other_linters_have_a_hint_that_works(tmp_path: Path) -> None:
    """Each that docs/ecosystem.md names, and that palint does not have itself."""
    page = (ROOT / "docs" / "ecosystem.md").read_text("utf-8")
    rows = [line.split(" | ")[1:5] for line in page.splitlines() if line.startswith("| ")]
    codes = re.findall(r"`([^`]+)`", " ".join(cell for row in rows for cell in row))
    # Not of a subcommand, such as `ruff rule --all`.
    named = {w for code in codes for w in re.findall(r"^(?:\w+ )?(--[a-z][a-z-]+)", code)}
    ours = {*_option_strings("check"), "--help", "--version"}
    assert len(named - ours) > 12
    for option in sorted(named - ours):
        said = palint(option, cwd=tmp_path).stderr
        hint = re.search(r"in palint it is `([^`]+)`", said)
        assert hint, f"{option}: {said}"
        program, *words = hint[1].split(",")[0].split()
        if program == "palint":
            assert words[0] in commands.COMMANDS, option
        else:
            assert program in ours, option


def _option_strings(name: str) -> set[str]:
    return set(commands.command_parser(name)._option_string_actions)


def test_a_path_that_looks_like_a_command_is_a_path(repo: Repository) -> None:
    repo.write("explan", f'TOKEN = "{generate("{github_token}")}"\n')
    assert len(findings(repo.palint("explan", "--format=json"))) == 1


@pytest.mark.skipif(not shutil.which("jq"), reason="no jq on this machine")
def test_json_lines_go_through_jq(repo: Repository) -> None:
    repo.write(".env", "PORT=3000\n")
    write_static_key(repo)
    lines = repo.palint("--format=json-lines").stdout
    query = 'select(.type == "finding") | [.rule, .path] | @tsv'
    done = subprocess.run(["jq", "-r", query], input=lines, capture_output=True, text=True, check=True)
    said = [tuple(line.split("\t")) for line in done.stdout.splitlines()]
    assert said == [(f["rule"], f["path"]) for f in findings(repo.palint("--format=json"))]
    assert {rule for rule, _ in said} == {"env-file", "boto3-access-key"}


def test_exit_zero(repo: Repository) -> None:
    repo.write(".env", "PORT=3000\n")
    assert repo.palint("--exit-zero").returncode == 0
    repo.write("x.py", b"\xff\xfe" + b"x" * (11 << 20))
    settings = repo.write("palint.toml", "limits = 3\n")
    assert repo.palint("--exit-zero").returncode == 2, settings


def test_fixes_are_listed_and_their_absence_is_reported(repo: Repository) -> None:
    write_static_key(repo)
    nothing = repo.palint("--fix")
    assert "No safe fixes; 1 with --unsafe-fixes" in nothing.stderr
    assert "No safe fixes; 1 with --unsafe-fixes" in repo.palint("--diff").stderr
    repo.write(".github/workflows/ship.yml", WORKFLOW)
    fixed = repo.palint("--fix", "--show-fixes")
    assert "  .github/workflows/ship.yml: 1\n    2: job `ship`" in fixed.stderr
    assert "[workflow-id-token]" in fixed.stderr
    repo.palint("--fix", "--unsafe-fixes")
    assert "No fixes to apply" in repo.palint("--fix").stderr
    assert repo.palint("--show-fixes").returncode == 2


COMPLETIONS = {
    ("explain", "env-f"): {"env-file", "env-file-loaded"},
    ("check", "--select", "workflow-i"): {"workflow-id-token"},
    ("--select", "C"): {"C1", "C2", "C3", "C4"},
    ("--format", "sa"): {"sarif"},
    ("--no-such",): set(),
    ("--unsa",): {"--unsafe-fixes"},
    ("baseline", "--pr"): {"--prune"},
    ("help", "ini"): {"init"},
    ("exp",): {"explain"},
}


def test_bash_completes_commands_options_rules_and_formats(tmp_path: Path) -> None:
    (tmp_path / "palint.bash").write_text(palint("completion", "bash", cwd=tmp_path).stdout)
    lines = ["source ./palint.bash", "complete -p palint"]
    for words in COMPLETIONS:
        lines += [f"COMP_WORDS=(palint {' '.join(words)})", f"COMP_CWORD={len(words)}", "COMPREPLY=()"]
        lines += ["_shtab_palint", 'echo "${COMPREPLY[*]}"']
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    declared, *replies = done.stdout.splitlines()
    assert " -o default " in declared, "other words are paths"
    assert [set(reply.split()) for reply in replies] == list(COMPLETIONS.values())


PATHS = (("check", "no-such", "./some-f"), ("some-f",), ("--config", "some-f"), ("check", "some-f"))


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish on this machine")
def test_fish_completes_commands_options_rules_formats_and_paths(tmp_path: Path) -> None:
    (tmp_path / "palint.fish").write_text(palint("completion", "fish", cwd=tmp_path).stdout)
    (tmp_path / "some-file.py").touch()
    lines = ["source palint.fish"]
    for words in (*COMPLETIONS, *PATHS):
        lines += [f"complete -C 'palint {' '.join(words)}' | string split -f 1 \\t", "echo ."]
    done = subprocess.run(
        ["fish", "--no-config", "-c", "\n".join(lines)],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    replies = [set(reply.split()) for reply in done.stdout.split(".\n")[:-1]]
    assert replies[: len(COMPLETIONS)] == list(COMPLETIONS.values())
    assert [{path.rpartition("/")[2] for path in reply} for reply in replies[len(COMPLETIONS) :]] == [
        {"some-file.py"}
    ] * len(PATHS)


@pytest.mark.skipif(not shutil.which("pwsh"), reason="no PowerShell on this machine")
def test_powershell_completes_commands_options_rules_and_formats(tmp_path: Path) -> None:
    (tmp_path / "palint.ps1").write_text(palint("completion", "powershell", cwd=tmp_path).stdout)
    lines = [". ./palint.ps1"]
    for words in COMPLETIONS:
        text = f"palint {' '.join(words)}"
        complete = f"TabExpansion2 -inputScript '{text}' -cursorColumn {len(text)}"
        lines.append(f"($({complete}).CompletionMatches.CompletionText -join ' ')")
    done = subprocess.run(
        ["pwsh", "-NoProfile", "-Command", "\n".join(lines)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [set(reply.split()) for reply in done.stdout.splitlines()] == list(COMPLETIONS.values())


TYPED = {
    "palint exp": "explain",
    "palint check --forma": "check --format",
    "palint explain env-ex": "explain env-example-value",
    "palint --format sar": "--format sarif",
    "palint check some-f": "check some-file.py",
}


@pytest.mark.parametrize(
    ("shell", "file", "start"),
    [
        ("zsh", "_palint", "autoload -Uz compinit; compinit -u -D; palint() { print -r GOT $* }"),
        ("tcsh", "palint.csh", "set edit; source palint.csh; alias palint echo GOT"),
    ],
)
def test_zsh_and_tcsh_complete_what_is_typed(shell: str, file: str, start: str, tmp_path: Path) -> None:
    """In a terminal: each line, a tab, and what the shell then runs."""
    program = shutil.which(shell) or pytest.skip(f"no {shell} on this machine")
    (tmp_path / file).write_text(palint("completion", shell, cwd=tmp_path).stdout)
    (tmp_path / "some-file.py").touch()
    functions = subprocess.run([program, "-fc", "echo $FPATH"], capture_output=True, text=True).stdout.strip()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.environ.update(HOME=str(tmp_path), TERM="vt100", FPATH=f"{tmp_path}:{functions}")
        os.execv(program, [program, "-f", "-i"])
    os.write(terminal, "".join(f"{line}\n" for line in (start, *(f"{t}\t" for t in TYPED), "exit")).encode())
    said = b""
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(terminal, 1 << 16):
            said += piece
    os.close(terminal)
    os.waitpid(pid, 0)
    ran = re.findall(r"^GOT (.*?) *\r?$", said.decode(), re.MULTILINE)
    assert ran == list(TYPED.values()), said.decode()


def test_a_policy_is_named_as_the_source_of_what_it_decides(repo: Repository) -> None:
    allow = '[[allow]]\npaths = ["{0}"]\nrules = ["env-file"]\nreason = "{0}"\n'
    repo.write(
        "../policy.toml",
        'fail-on = "warning"\n[rules.env-example-value]\nstrict = true\n' + allow.format("theirs"),
    )
    repo.write(
        "palint.toml",
        'environments = ["qa"]\nignore = ["env-file"]\n[rules.github-secret]\nallow = ["X"]\n'
        + allow.format("ours"),
    )
    shown = repo.palint("config", "--policy", "../policy.toml").stdout
    for line in (
        'fail-on = "warning"  # ../policy.toml:1 (policy)',
        'environments = ["qa"]  # palint.toml:1',
        "ignore = []  # ../policy.toml (policy)",
        "strict = true  # ../policy.toml:3 (policy)",
        'allow = ["X"]  # palint.toml:4',
        '[[allow]]  # palint.toml:5\npaths = ["ours"]',
        '[[allow]]  # ../policy.toml:4\npaths = ["theirs"]',
    ):
        assert line in shown, shown


@pytest.mark.parametrize(("program", "column"), [("ruff", 2), ("zizmor", 3)])
def test_the_other_linters_have_what_the_page_says(program: str, column: int) -> None:
    """Each option of the column, by the help of the real program."""
    page = (ROOT / "docs" / "ecosystem.md").read_text("utf-8")
    rows = [line.split("|")[column] for line in page.splitlines() if line.startswith("| ")]
    named = set(re.findall(r"`(?:\w+ )?(--[a-z][a-z-]+)", " ".join(rows)))
    commands_of = {"ruff": (["check", "--help"], ["rule", "--help"]), "zizmor": (["--help"],)}[program]
    path = Path(sys.executable).parent / program
    said = "".join(
        subprocess.run([path, *words], capture_output=True, text=True, check=True).stdout
        for words in commands_of
    )
    assert len(named) > 5 and named <= set(re.findall(r"--[a-z][a-z-]+", said))
