"""What is too large or takes too long is said, and never hides a finding."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from palint import registry, secrets
from palint.config import Config
from palint.engine.choice import Choice, FolderSettings
from palint.engine.file_checker import FileChecker
from palint.engine.run import run
from palint.findings import Finding, Results
from palint.rule import ALL_FILES, PYTHON, Rule
from palint.testing import substitute
from palint.text import windows
from palint.text.source import SourceFile
from palint.tree import reader
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from palint.util import deadline
from palint.util.deadline import FileTimeout

RULES = registry.load()
SMALL = Limits(text=2000, windows=100_000)


def check(root: Path, limits: Limits, rules: dict[str, type[Rule]], config: Config | None = None) -> Results:
    project = Project(str(root), WorkTree(str(root), repository=False), limits)
    config = (config or Config())._replace(limits=limits)
    return run(project, config, rules, jobs=1, ignored=None)


@pytest.mark.parametrize("size", [3_000, 200_000])
def test_a_file_is_judged_by_its_name_whatever_its_size(tmp_path: Path, size: int) -> None:
    (tmp_path / ".env").write_text("A=1\n" + "#" * size)
    results = check(tmp_path, SMALL, RULES)
    assert [f.rule for f in results.findings] == ["env-file"]
    assert results.complete == (size < SMALL.windows)


def test_so_is_one_that_git_ignores(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(".env\n")
    (tmp_path / ".env").write_text("A=1\n" + "#" * 3000)
    assert [f.rule for f in check(tmp_path, SMALL, RULES).findings] == ["env-file"]


@pytest.mark.parametrize("ignored", [False, True])
def test_a_rule_chosen_by_name_is_named_where_it_cannot_see_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignored: bool
) -> None:
    """An export behind a window of harmless lines is not read."""
    monkeypatch.setattr(windows, "_WINDOW", 64 << 10)
    monkeypatch.setattr(reader, "_PIECE", 16 << 10)
    limits = Limits(text=50_000)
    if ignored:
        (tmp_path / ".gitignore").write_text(".envrc\n")
    (tmp_path / ".envrc").write_text(f"export AWS_PROFILE={'p' * 2000}\n" * 110 + "export DB_PASSWORD=x1\n")
    results = check(tmp_path, limits, {"env-file": RULES["env-file"]})
    assert not results.findings and not results.complete
    assert "`env-file`" in results.notices[0].message and "limits.text" in results.notices[0].message


def test_a_rule_that_needs_the_whole_file_is_named(tmp_path: Path) -> None:
    text = 'import boto3\nboto3.client("s3", aws_access_key_id=a, aws_secret_access_key=b)\n'
    (tmp_path / "a.py").write_text(text + "#" * 3000)
    results = check(tmp_path, SMALL, RULES)
    assert not results.complete
    assert [n.path for n in results.notices] == ["a.py"]
    assert "boto3-access-key" in results.notices[0].message and "limits.text" in results.notices[0].message


def test_a_large_file_that_no_rule_wants_whole_is_complete(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(substitute('token = "{github_token}"\n') + "-" * 3000)
    results = check(tmp_path, SMALL, RULES)
    assert results.complete and [f.rule for f in results.findings] == ["hardcoded-secret"]


def test_a_large_file_is_searched_in_every_encoding(tmp_path: Path) -> None:
    secret = substitute('token = "{github_token}"\n').encode("utf-16-le")
    (tmp_path / "a.txt").write_bytes(b"-" * 3000 + b"\n" + secret)
    assert [f.rule for f in check(tmp_path, SMALL, RULES).findings] == ["hardcoded-secret"]


class Slow(Rule):
    """Finds the first character of each file.

    ## Why

    For a test.
    """

    files = PYTHON

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        return [self.violation(file.span(0, 1), "first character", fix_hint="remove it")]


def test_a_text_that_takes_too_long_to_redact_costs_the_text_not_the_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> str:
        time.sleep(20)
        return ""

    monkeypatch.setattr(secrets, "redact_part", slow)
    (tmp_path / "a.py").write_text("secret\n")
    began = time.monotonic()
    results = check(tmp_path, Limits(seconds=0.5), {"slow": Slow})
    assert time.monotonic() - began < 5
    (finding,) = results.findings
    assert finding.span.path == "a.py" and not finding.excerpt and finding.message != "first character"
    assert [(n.kind, n.complete) for n in results.notices] == [("timeout", False)]


def test_a_project_value_that_took_too_long_is_not_computed_again(tmp_path: Path) -> None:
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
    calls = []

    def compute(project: Project) -> int:
        calls.append(1)
        time.sleep(5)
        return 1

    for _ in range(3):
        deadline.limit_file(0.1)
        with pytest.raises(FileTimeout):
            project.cached(compute)
        deadline.stop_file()
    assert len(calls) == 1


class Sleeper(Rule):
    """Sleeps in each file.

    ## Why

    For a test.
    """

    files = PYTHON

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        if file.path != "a.py":
            time.sleep(0.4)
        return [self.violation(file.full_span(), "here")] if file.path == "a.py" else []


def test_a_run_ends_in_time_with_what_it_has(tmp_path: Path) -> None:
    for name in ("a.py", *(f"b{n}.py" for n in range(80))):
        (tmp_path / name).write_text("x\n")
    limits = Limits(run=1.5)
    deadline.limit_run(limits.run)
    began = time.monotonic()
    results = check(tmp_path, limits, {"sleeper": Sleeper})
    assert time.monotonic() - began < 10
    assert not results.complete
    assert "limits.run" in results.notices[0].message and results.notices[0].path == ""


def test_a_rule_that_may_be_suppressed_replaces_none_that_may_not() -> None:
    class Above(Rule):
        supersedes = ("below",)

        @classmethod
        def id(cls) -> str:
            return "above"

    class Below(Rule):
        @classmethod
        def id(cls) -> str:
            return "below"

    file = SourceFile("a.py", b"x = 1\n")
    project = Project("/", WorkTree("/", repository=False))
    rules = [Above(Config()), Below(Config())]
    found = [rule.violation(file.span(0, 1), "x") for rule in rules]

    def left(allow: tuple[str, ...] | None) -> list[str]:
        config = Config(allow_suppressing=allow)
        settings = FolderSettings(config, rules)
        choice = Choice(project, rules, lambda _: settings, lambda _: True)
        return [violation.rule for violation in choice.choose(file, found).reported]

    assert left(None) == ["above"]
    assert left(()) == ["above"]
    assert left(("above", "below")) == ["above"]
    assert left(("above",)) == ["above", "below"]


BOTO3 = 'import boto3\nd = dict(aws_access_key_id=k, aws_secret_access_key=s)\nboto3.client("s3", **d)\n'


@pytest.mark.parametrize(
    ("name", "padding"),
    [("comments", "# x\n" * 300_000), ("terms", "x = " + "+".join(["1"] * 20_000) + "\n")],
)
def test_padding_hides_nothing_that_only_a_tree_shows(tmp_path: Path, name: str, padding: str) -> None:
    """Text alone does not show this key: a file that is too large or too deep to parse is incomplete."""
    (tmp_path / "a.py").write_text(BOTO3)
    rule = {"boto3-access-key": RULES["boto3-access-key"]}
    assert len(check(tmp_path, Limits(), rule).findings) == 1
    (tmp_path / "a.py").write_text(BOTO3 + padding)
    results = check(tmp_path, Limits(), rule)
    assert results.findings or not results.complete


def test_a_program_that_does_not_run_is_searched_as_text(tmp_path: Path) -> None:
    """What Python itself refuses hides nothing that works."""
    (tmp_path / "a.py").write_text('print "x"\n' + BOTO3)
    assert check(tmp_path, Limits(), {"boto3-access-key": RULES["boto3-access-key"]}).complete


class OfWindows(Rule):
    """Takes a twentieth of a second for each window.

    ## Why

    For a test.
    """

    files = ALL_FILES
    keywords = ("key",)
    supports_chunks = True
    windows = 0

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        type(self).windows += 1
        time.sleep(0.05)
        return []


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_windows_of_one_line_share_a_files_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(windows, "_WINDOW", 64 << 10)
    monkeypatch.setattr(reader, "_PIECE", 16 << 10)
    monkeypatch.setattr(OfWindows, "windows", 0)
    (tmp_path / "a.json").write_text(f'"key": "{"a" * 500}",{end}' * 1500)
    limits = Limits(text=2000, seconds=0.5)  # less than the twelve windows take, ten times what one takes
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False), limits)
    config = Config()._replace(limits=limits)
    result = FileChecker(project, config, [OfWindows(config)]).check("a.json")
    timeouts = [notice for notice in result.notices if notice.kind == "timeout"] if result else []
    if end:
        assert OfWindows.windows > 10 and not timeouts
    else:
        assert OfWindows.windows <= 10 and timeouts
