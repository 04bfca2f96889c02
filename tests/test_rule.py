"""What a rule declares about what it reads, and that it cannot read more unnoticed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint.cli.info import rule_page
from palint.config import Config
from palint.engine.run import run
from palint.findings import Edit, Fix, Position, Related, Severity, Span, Violation
from palint.registry import RegistryError, select_rules
from palint.rule import REACH, Example, FileFilter, Reads, Rule
from palint.testing import check, results_of, run_examples, substitute, write
from palint.text.source import SourceFile
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree

MARK = "forbidden-mark"


class Marks(Rule):
    """A mark in a file."""

    keywords = (MARK,)
    reads = Reads.NEAR
    bad = (Example(f"one\n{MARK}\n", path="a.txt", location=MARK),)
    good = (Example("one\n", path="a.txt"),)

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for match in file.keyword_matches:
            if self.counts(file, project):
                yield self.violation(file.span(match.end - len(MARK), match.end), "a mark")

    def counts(self, file: SourceFile, project: Project) -> bool:
        return True


class InFirstLines(Marks):
    """Reads the start of the file."""

    def counts(self, file: SourceFile, project: Project) -> bool:
        return file.text.startswith("one")


class Neighbour(Marks):
    """Reads another file."""

    bad = (Example(files={"a.txt": MARK, "b.txt": ""}, location=("a.txt", MARK)),)

    def counts(self, file: SourceFile, project: Project) -> bool:
        return project.open("b.txt") is not None


class Folder(Marks):
    """Reads the folder."""

    bad = (Example(MARK, path="here/a.txt", location=MARK),)

    def counts(self, file: SourceFile, project: Project) -> bool:
        return file.path.startswith("here/")


@pytest.mark.parametrize(
    ("rule", "enough"), [(InFirstLines, Reads.TEXT), (Neighbour, Reads.TREE), (Folder, Reads.TREE)]
)
def test_examples_fail_where_a_rule_reads_more_than_it_declares(
    rule: type[Rule], enough: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reads in (Reads.NEAR, Reads.TEXT, Reads.TREE):
        monkeypatch.setattr(rule, "reads", reads)
        if reads < enough:
            with pytest.raises(AssertionError, match=rf"declare more in `{rule.__name__}.reads`"):
                run_examples(rule)
        else:
            run_examples(rule)


class Sibling(Neighbour):
    """Reads another file, though it declares to read names."""

    files = FileFilter(names=("a.txt",))
    reads = Reads.NAME
    bad = (Example(files={"a.txt": MARK, "b.txt": ""}, location=("a.txt", MARK)),)


class ValueElsewhere(Marks):
    """Finds a value that no declared pattern matches."""

    value_patterns = (re.compile("AKIA"),)

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for match in file.keyword_matches:
            start, end = match.end - len(MARK), match.end
            yield self.violation(file.span(start, end), "a mark", values=[(start, end)])


@pytest.mark.parametrize(
    ("rule", "message"), [(Sibling, "when it is alone"), (ValueElsewhere, "ValueElsewhere.value_patterns")]
)
def test_examples_fail_where_a_declaration_is_wrong(rule: type[Rule], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        run_examples(rule)


class Fixed(Marks):
    """A mark, with a fix that removes it."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for found in super().check(file, project):
            yield found._replace(fix=Fix((Edit(found.span, ""),), safe=True))


class Kept(Marks):
    """A mark, with a fix that keeps it."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for found in super().check(file, project):
            yield found._replace(fix=Fix((Edit(found.span, MARK),), safe=True))


@pytest.mark.parametrize(
    ("rule", "bad", "message"),
    [
        (Marks, Example("none", path="a.txt"), "has no finding"),
        (Marks, Example(MARK, path="a.txt", location="other"), "correct its `location`"),
        (Marks, Example(f"x{MARK}", path="a.txt", location="x"), "has no finding at its `location`"),
        (Marks, Example(MARK, path="a.txt", location=("b.txt", MARK)), "`location` names b.txt"),
        (Marks, Example(f"{MARK} {{github_tokn}}", path="a.txt"), "did you mean {github_token}?"),
        (Marks, Example(MARK, path="a.txt", severity=Severity.WARNING), "is of severity error, not warning"),
        (Fixed, Example(MARK, path="a.txt", fixed="x"), "the fix makes this of a.txt"),
        (Fixed, Example(MARK, path="a.txt", fixed={"b.txt": ""}), "`fixed` names b.txt"),
        (Kept, Example(MARK, path="a.txt", fixed=MARK), "has a finding with a fix even after its fix"),
    ],
)
def test_a_wrong_example_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, rule: type[Rule], bad: Example, message: str
) -> None:
    monkeypatch.setattr(rule, "bad", (bad,))
    with pytest.raises(AssertionError, match=re.escape(message)):
        run_examples(rule)


def test_a_right_example_passes_whatever_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    right = (
        Example(MARK, location=MARK, severity=Severity.ERROR),  # `example.txt`
        Example(f"{MARK} {{any_braces}}", path="a.txt"),
        Example(files={"a.txt": f"1{MARK}2{MARK}", "b.txt": MARK}, fixed={"a.txt": "12", "b.txt": ""}),
    )
    monkeypatch.setattr(Fixed, "bad", right)
    assert run_examples(Fixed) == 4
    monkeypatch.setattr(Fixed, "files", FileFilter(names=("marks",)))
    monkeypatch.setattr(Fixed, "bad", right[:1])
    monkeypatch.setattr(Fixed, "good", (Example("one"),))
    assert run_examples(Fixed) == 2


@pytest.mark.parametrize(
    ("count", "last"),
    [(20, "here"), (21, "here, and 1 more place"), (1022, "here, and 1,002 more places")],
)
def test_a_finding_has_twenty_related_places(count: int, last: str) -> None:
    place = Span("a.txt", Position(1, 1), Position(1, 2))
    spans = (Span("a.txt", Position(line, 1), Position(line, 2)) for line in range(1, count + 1))
    places = [Related(span, "here") for span in spans for _ in range(2)]  # each is shown once
    made = Marks(Config()).violation(place, "a mark", related=places)
    assert len(made.related) == 20 and made.related[-1].message == last


def test_a_field_of_an_example_is_filled_the_same_everywhere() -> None:
    text = "{password} {password:2} {base62:24} {password} {base62:24} {digits} {x:2} {password:2}"
    first, second, third, *again = substitute(text).split()
    assert again == [first, third, "{digits}", "{x:2}", second]
    assert len({first, second, third}) == 3 and re.fullmatch(r"\w{24}", third)


def test_findings_of_further_rules_are_not_those_of_the_rule() -> None:
    found = check(Marks, {"a.txt": MARK}, others=[Another])
    assert [f.rule for f in found] == [Marks.id()]


def test_examples_pass_where_a_rule_declares_what_it_reads() -> None:
    assert run_examples(Marks) == 2


def _checked(root: Path, rule: type[Rule], limits: Limits) -> tuple[set[str], list[str]]:
    """(the names of the files with a finding, the notices)."""
    tree = WorkTree(str(root), repository=False)
    project = Project(str(root), tree, limits)
    config = Config(limits=limits)
    results = run(project, config, {rule.id(): rule}, ignored=["ignored.txt"], in_process=True)
    return {f.span.path for f in results.findings}, [notice.kind for notice in results.notices]


class Names(Rule):
    """A file that must not exist."""

    files = FileFilter(suffixes=(".txt",))

    def check(self, file: SourceFile, project: Project) -> list[Violation]:
        return [self.violation(file.full_span(), "a file")]


class Another(Names):
    """A file that must not exist, under another id."""

    @classmethod
    def id(cls) -> str:
        return "another"


@pytest.mark.parametrize("rule", [Marks, Names])
@pytest.mark.parametrize("reads", Reads)
def test_where_a_rule_runs_follows_from_what_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: type[Rule], reads: Reads
) -> None:
    monkeypatch.setattr(rule, "reads", reads)
    write(str(tmp_path), "plain.txt", MARK)
    write(str(tmp_path), "large.txt", "a line\n" * 1_000 + MARK + "\n")
    os.symlink(MARK, tmp_path / "link.txt")
    expected = {"plain.txt"}
    if reads <= Reads.NEAR:
        expected |= {"link.txt", "large.txt"}
    if rule is Names and reads is Reads.NAME:
        expected |= {"ignored.txt"}
        write(str(tmp_path), "ignored.txt", "")
    found, notices = _checked(tmp_path, rule, Limits(text=2_000))
    assert found == expected
    assert ("too-large" in notices) is ("large.txt" not in found)


@pytest.mark.parametrize(
    ("old", "reads"),
    [
        ("checks_ignored_paths", Reads.NAME),
        ("checks_symlinks", Reads.NEAR),
        ("supports_chunks", Reads.NEAR),
        ("cache_key", Reads.TREE),
        ("needs_whole_file", Reads.TREE),
    ],
)
def test_what_a_rule_of_0_1_declares_counts_until_0_3(old: str, reads: Reads) -> None:
    value = (lambda *_: True) if reads is Reads.TREE else True
    declared = {"__doc__": "A rule.", "__module__": "acme.old", "keywords": (MARK,), old: value}
    rule = type("Old", (Rule,), {**declared, "check": Marks.check, "counts": Marks.counts})
    results = results_of(rule, {"a.txt": MARK})
    assert [f.span.path for f in results.findings] == ["a.txt"]
    (notice,) = results.notices
    assert (
        notice.message
        == f"`old`: `Rule.{old}` is replaced by `Rule.reads` since 0.2 and will be removed in 0.3"
    )
    assert rule.reads is reads
    assert rule(Config()).reach(0) > REACH or reads is Reads.TREE  # 0.1 promised nothing about parts


class Preview(Marks):
    """A rule that may still change."""

    preview = True
    since = "0.3.0"


def test_a_preview_runs_only_where_it_is_selected(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(MARK)
    name = Preview.id()

    def found(config: Config) -> int:
        project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        return len(run(project, config, {name: Preview}, in_process=True).findings)

    assert found(Config()) == 0
    assert found(Config(select=(name,))) == 1
    assert select_rules(name, {name: Preview}) == [name]
    with pytest.raises(RegistryError):
        select_rules(Preview.clause.label, {name: Preview})
    assert "Since 0.3.0. A preview: it runs only where `select` or `--select` names it." in rule_page(Preview)
