"""A rule may report a place in another file than the one that it checks: nothing about it gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from palint.config import Allow, Config
from palint.engine.run import run
from palint.findings import Finding, Related, Results, Severity, Violation
from palint.rule import FileFilter, Rule
from palint.secrets.synthetic import generate
from palint.testing import write
from palint.text.source import SourceFile
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree

TOKEN = generate("{github_token}")
KEY = generate("{aws_temporary_access_key_id}")


class Reporting(Rule):
    """What `index.txt` names is reported in the files that it names."""

    files = FileFilter(names=("index.txt",))
    supersedes = ("reported",)

    @classmethod
    def id(cls) -> str:
        return "reporting"

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for name in file.text.split():
            other = project.open(name)
            span = (other or file).span(0, 5)
            values = [(0, len(other.text.split()[0]))] if other else []
            related = [Related(file.span(0, 1), f"named here, {TOKEN}")]
            yield self.violation(span._replace(path=name), f"named: {TOKEN}", related=related, values=values)


class Reported(Rule):
    """Every file."""

    files = FileFilter(suffixes=(".py",))

    @classmethod
    def id(cls) -> str:
        return "reported"

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        yield self.violation(file.span(0, 5), f"a file, {TOKEN}", severity=Severity.WARNING)


def checked(root: Path, files: dict[str, str], config: Config = Config(), **limits: int) -> Results:  # noqa: B008
    for path, text in files.items():
        write(str(root), path, text)
    project = Project(str(root), WorkTree(str(root), repository=False), Limits(**limits))
    rules: dict[str, type[Rule]] = {"reporting": Reporting, "reported": Reported}
    return run(project, config, rules, in_process=True)


def one(made: Results, rule: str) -> Finding:
    (found,) = (f for f in made.findings if f.rule == rule)
    return found


def test_it_is_shown_and_hashed_by_its_own_text(tmp_path: Path) -> None:
    made = checked(tmp_path, {"index.txt": "a.py", "a.py": f"{TOKEN} = 1\n"})
    found = one(made, "reporting")
    assert found.span.path == "a.py" and TOKEN not in repr(made)
    assert found.excerpt[0].text == f"{'*' * len(TOKEN)} = 1"
    assert found.related_excerpts[0][0].text == "a.py"
    assert [f.rule for f in made.findings] == ["reported", "reporting"]  # its own file's alone are superseded
    checked(tmp_path, {"index.txt": "a.py", "a.py": f"{TOKEN} = 2\n"})
    other = one(checked(tmp_path, {"a.py": f"{TOKEN} = 2\n"}), "reporting")
    assert other.identity == found.identity and other.line_hash != found.line_hash


def test_a_file_that_is_not_there_has_its_place(tmp_path: Path) -> None:
    found = one(checked(tmp_path, {"index.txt": "none.py"}), "reporting")
    assert found.excerpt == () and found.line_hash and found.identity and TOKEN not in repr(found)


def test_what_accepts_it_is_in_its_own_file_or_the_settings(tmp_path: Path) -> None:
    comment = "# palint: " + "ignore-file[reporting, reported] known\n"
    made = checked(tmp_path, {"index.txt": "a.py none.py", "a.py": f"{TOKEN} = 1\n{comment}"})
    assert [(s.finding.rule, s.source) for s in made.suppressed] == [
        ("reported", "a.py:2"), ("reporting", "a.py:2"),
    ]  # fmt: skip
    assert [f.span.path for f in made.findings] == ["none.py"]
    allow = Allow(("none.py",), ("reporting",), "known", 3, "palint.toml")
    other = Allow(("none.py",), ("reported",), "known", 5, "palint.toml")
    made = checked(tmp_path, {}, Config(allow=(other, allow)))
    assert not made.findings and made.suppressed[-1].source == "palint.toml:3"


def test_a_temporary_key_of_another_file_keeps_its_severity(tmp_path: Path) -> None:
    made = checked(tmp_path, {"index.txt": f"a.py {KEY}", "a.py": f"{KEY} = 1\n"})
    assert {f.severity for f in made.findings if f.rule == "reporting"} == {Severity.ERROR}


@pytest.mark.parametrize("own", [True, False])
def test_a_crash_names_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool) -> None:
    def crash(self: Rule, file: SourceFile, project: Project) -> Iterator[Violation]:
        raise ZeroDivisionError(f"{TOKEN}\n{file.text}")

    monkeypatch.setattr(Reported, "check", crash)
    monkeypatch.setattr(Rule, "is_own", classmethod(lambda cls: own))
    (notice,) = checked(tmp_path, {"a.py": "x"}).notices
    assert notice.message.startswith("reported (tests) crashed: ZeroDivisionError at tests/engine/test_other")
    assert ("authors of `tests`" in notice.message) is not own
    assert TOKEN not in notice.detail and "ZeroDivisionError: " in notice.detail
