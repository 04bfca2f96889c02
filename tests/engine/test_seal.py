"""Sealing: no text of a finding holds a secret, whatever a rule quotes, and nothing else makes a finding."""

import ast
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import palint
from palint.findings import Fix, Related, Violation
from palint.rule import Rule
from palint.secrets.synthetic import SHAPES, generate
from palint.testing import results_of
from palint.text.source import SourceFile
from palint.tree.project import Project

SOURCES = Path(palint.__file__).parent


class Quoting(Rule):
    """A rule that quotes the value after each `key=` in all of its texts."""

    keywords = ("key=",)

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for hit in file.keyword_matches:
            start, end = hit.end, file.line_at(hit.end)[1]
            value = file.text[start:end]
            file.add_notice("note", f"the key is {value}")
            yield self.violation(
                file.span(start, end),
                f"key `{value}`",
                why=f"it starts with {value[:20]}",
                fix_hint=f"delete {value} and what ends in {value[-20:]}",
                related=[Related(file.span(0, 1), f"first character of the file with {value}")],
                fix=Fix((), follow_up=(f"Rotate {value}.",)),
                values=[(start, end)],
            )


@given(st.sampled_from(sorted(SHAPES)), st.integers(0, 10**6))
def test_no_text_of_a_finding_holds_the_value(shape: str, seed: int) -> None:
    value = generate(SHAPES[shape], seed).replace("\r", "").replace("\n", "")
    results = results_of(Quoting, {"a.txt": f"key={value}\n"})
    (finding,) = results.findings
    shown = repr((finding, results.notices))
    for start in range(max(1, len(value) - 12)):
        assert value[start : start + 13] not in shown, (value, shown)


class Naming(Rule):
    """A rule that quotes a name without knowing that it is a token."""

    keywords = ("job:",)

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for hit in file.keyword_matches:
            name = file.text[hit.end : file.line_at(hit.end)[1]].strip()
            yield self.violation(file.span(hit.end, hit.end + 1), f"job `{name}` has no permissions")


def test_a_token_that_is_a_name_is_masked() -> None:
    token = generate(SHAPES["github_token"], 3)
    (finding,) = results_of(Naming, {"a.txt": f"job: {token}\n"}).findings
    assert token[4:] not in repr(finding)
    (finding,) = results_of(Naming, {"a.txt": "job: build-and-publish-packages-2024\n"}).findings
    assert finding.message == "job `build-and-publish-packages-2024` has no permissions"


class Old(Rule):
    """A rule written for 0.1."""

    keywords = ("old",)

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for hit in file.keyword_matches:
            yield self.finding(file.span(hit.end - 3, hit.end), "old word")


def test_a_rule_for_0_1_runs_and_leads_to_one_notice() -> None:
    results = results_of(Old, {"a.txt": "old old\n", "b.txt": "old\n"})
    assert [f.message for f in results.findings] == ["old word"] * 3
    assert [(n.path, n.kind) for n in results.notices] == [("", "note")]
    assert "`Rule.violation`" in results.notices[0].message
    assert results.complete


def test_a_finding_is_made_in_one_place() -> None:
    makers = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    }
    assert makers - {"history/state.py"} == {"engine/seal.py"}, "only the sealer may make a finding"


class Pointing(Rule):
    """A rule whose findings point to the start of their file and of another one."""

    keywords = ("key=",)

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        other = project.open("b.txt")
        assert other is not None
        for hit in file.keyword_matches:
            places = [Related(file.span(0, 1), "here"), Related(other.span(4, 5), "there")]
            end = file.line_at(hit.end)[1]
            yield self.violation(file.span(hit.end, end), "a key", related=places, values=[(hit.end, end)])


def test_a_related_place_is_shown_by_its_one_line() -> None:
    value = generate(SHAPES["github_token"], 3)
    files = {"a.txt": f"first {value}\nbetween\nkey={value}\nlast\n", "b.txt": "one\ntwo\nthree\n"}
    (finding,) = results_of(Pointing, files).findings
    here, there = finding.related_excerpts
    assert [(line.number, line.text) for line in here] == [(1, "first " + "*" * len(value))]
    assert [(line.number, line.text) for line in there] == [(2, "two")]
    assert [line.number for line in finding.excerpt] == [2, 3, 4]
