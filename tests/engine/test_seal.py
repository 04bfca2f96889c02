"""Sealing: no text of a finding holds a secret, whatever a rule quotes, and nothing else makes a finding."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import palint
from palint.engine import seal
from palint.findings import Fix, Related, Violation
from palint.rule import Rule
from palint.secrets.synthetic import SHAPES, generate
from palint.testing import results_of
from palint.text.source import SourceFile
from palint.tree.project import Project

from ..conftest import Repository, findings

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


def test_the_commit_that_an_action_is_pinned_to_stays() -> None:
    commit = hashlib.sha1(b"a").hexdigest()
    text = f"write:\n    - uses: acme/sign-in@{commit}\n"
    assert seal.sealed(text, ()) == text
    assert commit not in seal.sealed(f"write: {commit}", ()) and commit not in seal.sealed(f"x@{commit}", ())


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
    read_back = {"history/state.py", "fleet/reports.py"}  # what was sealed before it was stored
    assert makers - read_back == {"engine/seal.py"}, "only the sealer may make a finding"


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


class TestOwnWords:
    """palint's own words stay, also where a value of the file happens to be one of them."""

    def texts(self, text: str, value: str, own: tuple[str, ...] = ()) -> str:
        return seal.sealed(text, [value], lambda: own)

    def test_the_name_of_the_repository_an_environment_and_the_file_stay(self) -> None:
        words = ("warehouse-api", "production", ".env.docker-desktop.example")
        hint = "store it as `warehouse-api/production` (.env.docker-desktop.example)"
        for value in ("warehouse-api", "production", "docker-desktop", "warehouse-ap", "warehouse-api"):
            assert self.texts(hint, value, words) == hint

    def test_an_own_word_stays_beside_a_bracket_that_the_value_has_too(self) -> None:
        hint = "as `shop/<environment>` (production, staging or development). Set"
        assert self.texts(hint, "shop (development)", ("shop", "development")) == hint
        assert self.texts(hint, "x | y (z: development)", ("shop", "development")) == hint
        assert self.texts("`production).` is", "production).", ("production",)) == "`************` is"

    def test_a_common_word_stays(self) -> None:
        assert self.texts("remove the credentials", "credentials") == "remove the credentials"

    def test_a_value_that_contains_an_own_word_is_masked_whole(self) -> None:
        value = "warehouse-api/Zq8vT1xW4kkR"
        assert self.texts(f"`{value}` is", value, ("warehouse-api",)) == f"`{'*' * len(value)}` is"
        cut = self.texts(f"`{value[:20]}…` is", value, ("warehouse-api",))
        assert cut == f"`{'*' * 20}…` is"

    def test_the_start_or_end_of_a_value_is_masked_too(self) -> None:
        value = "Zq8vT1xW4kkRm2Lp9sYd6Hc3"
        for part in (value[:14], value[-14:]):
            assert self.texts(f"`{part}` is", value) == f"`{'*' * 14}` is"

    def test_the_name_of_a_variable_that_a_value_refers_to_stays(self) -> None:
        for name, value in (
            ("AZURE_REPOS_HOST", "vsaex.$AZURE_REPOS_HOST"),
            ("POOL_PASSWORD", "op://vault/item/POOL_PASSWORD"),
            ("converterApiKey", "op://vault/item/converterApiKey"),
        ):
            assert self.texts(f"`{name}` is", value) == f"`{name}` is"
            assert value not in self.texts(f"`{value}` is", value)
        assert "*" in self.texts("`Zq8vT1xW4kkR2` is", "op://vault/Zq8vT1xW4kkR2")

    @given(st.text("ab-/", min_size=1, max_size=40), st.text("ab-/", min_size=8, max_size=30))
    def test_without_own_words_no_value_is_quoted(self, text: str, value: str) -> None:
        assert value not in self.texts(f"{text}{value}{text}", value)

    def test_a_finding_names_the_service_and_the_file(self, repo: Repository) -> None:
        repo.git("remote", "add", "origin", "git@github.com:acme/warehouse-api.git")
        repo.write(
            ".env.production.example",
            "APP_NAME=warehouse-api\nAPP_ENV=production\nKIND=credentials\nTOKEN=warehouse-api/\n",
        )
        (found,) = findings(repo.palint("--format", "json", "--select", "env-example-value"))
        assert "`.env.production.example` sets values" in found["message"]
        assert "*" not in found["message"] + found["fix_hint"]
