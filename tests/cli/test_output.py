"""What a report on a terminal may have: colours, links, and the name of the program."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from palint.cli import info
from palint.cli.options import CheckOptions
from palint.cli.output import colored, write_reports
from palint.rule import Clause, Example, Option, Rule
from tests.report.factories import RULES, finding, results

LINK = "\x1b]8;;"


class Screen(io.StringIO):
    """A terminal, or a file."""

    def __init__(self, *, is_terminal: bool = True) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    for name in ("TERM", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "KONSOLE_VERSION", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return Screen()


@pytest.mark.parametrize(
    ("variables", "linked"),
    [
        ({}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal", "VTE_VERSION": "4999"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"VTE_VERSION": "5000"}, True),
        ({"WT_SESSION": "x"}, True),
        ({"KONSOLE_VERSION": "x"}, True),
    ],
)
def test_rules_are_links_where_the_terminal_knows_them(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], linked: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", screen)  # pytest sets it between a fixture and its test
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(RULES["known-rule"], "url", classmethod(lambda cls: "https://rules/known-rule"))
    write_reports(results(finding()), RULES, CheckOptions(color="always"))
    assert (LINK in screen.getvalue()) is linked
    screen.is_terminal = False
    screen.truncate(0)
    write_reports(results(finding()), RULES, CheckOptions(color="always"))
    assert LINK not in screen.getvalue()


@pytest.mark.parametrize(
    ("variables", "wish", "terminal", "expected"),
    [
        ({}, "auto", True, True),
        ({}, "auto", False, False),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"FORCE_COLOR": "1"}, "never", True, False),
    ],
)
def test_colors(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wish: str, terminal: bool,
    expected: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdout", screen)  # pytest sets it between a fixture and its test
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    screen.is_terminal = terminal
    assert colored(wish) is expected


def test_a_line_is_as_wide_as_the_terminal(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", screen)  # pytest sets it between a fixture and its test
    long = finding(fix_hint="read it from the manager of secrets " * 9)
    widths = {}
    for columns in ("60", ""):
        monkeypatch.setenv("COLUMNS", columns or "120")
        screen.truncate(0)
        write_reports(results(long), RULES, CheckOptions(color="never"))
        widths[columns] = max(len(line) for line in screen.getvalue().splitlines() if "manager" in line)
    assert widths["60"] <= 60 < widths[""] <= 110


def test_counts_follow_a_report_for_people_and_leave_one_for_programs_whole(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", screen)
    counts = {}
    for name in ("text", "concise", "json"):
        screen.truncate(0)
        write_reports(results(finding()), RULES, CheckOptions(format=name, statistics=True))
        counts[name] = screen.getvalue().count("by rule:"), capsys.readouterr().err.count("by rule:")
    assert counts == {"text": (1, 0), "concise": (1, 0), "json": (0, 1)}


@pytest.mark.parametrize(
    ("started", "environment", "path", "named"),
    [
        ("env/palint", {}, "env", "palint"),
        ("env/palint", {}, "", "{env}/palint"),
        ("env/palint", {}, "other", "{env}/palint"),
        ("env/palint", {"PRE_COMMIT": "1"}, "env", "{env}/palint"),
        ("env/palint", {}, "folder", "{env}/palint"),
        ("gone/palint", {}, "env", "{tmp}/gone/palint"),
        ("env/other", {}, "env", "palint"),
    ],
)
def test_the_commands_that_it_names_work_here(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started: str,
    environment: dict[str, str], path: str, named: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdout", screen)  # pytest sets it between a fixture and its test
    for name in ("env/palint", "other/palint"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "folder/palint").mkdir(parents=True)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / started)])
    monkeypatch.setenv("PATH", str(tmp_path / path) if path else os.devnull)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    write_reports(results(finding()), RULES, CheckOptions(color="never"))
    expected = named.format(env=tmp_path / "env", tmp=tmp_path)
    assert f"About a rule: `{expected} explain RULE`" in screen.getvalue()


class Documented(Rule):
    """Something is wrong."""

    clause = Clause.NO_SECRETS_IN_CODE
    since, preview = "9.1", True
    supersedes = ("hardcoded-secret",)
    options = {"strict": Option(bool, False, "Refuse more", since="9.2")}
    bad = (
        Example("```\nx = {github_token}\n```\n", "x", path="a.md", note="code"),
        Example(files={"b.py": "y\n"}, fixed={"b.py": "z\n"}),
    )
    good = (Example("w\n"),)

    @classmethod
    def id(cls) -> str:
        return "documented"


def test_the_page_of_a_rule_has_all_that_it_declares(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdout", screen)  # pytest sets it between a fixture and its test
    page = info.rule_page(Documented)
    settings = "[tool.palint.rules.documented]\n# Refuse more (since 9.2)\nstrict = false\n"
    for part in (
        "Supersedes hardcoded-secret where both", "Since 9.1. A preview: it runs only where",
        f"## Settings\n\n```toml\n{settings}```", "Code:\n\n`a.md`\n\n````\n```\nx = ********\n```\n````",
        "`b.py`\n\n```\ny\n```", "after the fix:\n\n```\nz\n```",
    ):  # fmt: skip
        assert part in page, page
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(info.registry, "load", lambda: {"documented": Documented})
    info.list_rules("text", CheckOptions())
    assert "documented * C2  error    Something is wrong (preview)\n" in screen.getvalue()
    info.explain("documented", "never")
    assert screen.getvalue().endswith(f"{page}\n")
    info.explain("documented", "always")
    assert "\x1b[" in screen.getvalue()
