"""What docs/ and README.md hold that is made from the code is up to date, and their links lead somewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from palint import registry
from palint.secrets.synthetic import SHAPES
from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_rules_are_up_to_date() -> None:
    for path, text in runpy.run_path(str(ROOT / "docs" / "make_rules.py"))["pages"]().items():
        assert path.is_file(), f"{path} is missing: run `make docs`"
        assert path.read_text("utf-8") == text, f"{path.relative_to(ROOT)} is old: run `make docs`"


def test_the_page_of_settings_is_up_to_date() -> None:
    """It has each setting that the schema has, each key of a table and each option of a rule."""
    made = runpy.run_path(str(ROOT / "docs" / "make_settings.py"))["page"]()
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == made, "run: python docs/make_settings.py"


def test_the_page_on_rules_names_every_shape_of_a_secret() -> None:
    page = (ROOT / "docs/write-a-rule.md").read_text()
    assert [name for name in SHAPES if f"`{name}`" not in page] == []


def test_no_page_of_a_rule_that_is_gone() -> None:
    assert {p.stem for p in (ROOT / "docs" / "rules").glob("*.md")} == {*registry.load(), "index"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (document.parent / target.partition("#")[0]).exists(), f"{document}: {target}"


NAMED_TEST = re.compile(r"`(?=tests/|::test_)(tests/[\w/]+\.py)?(?:::(test_\w+))?`")
PAGES_OF_PROMISES = ("security", "policy", "ci", "migrate", "history", "ecosystem")


@pytest.mark.parametrize("page", PAGES_OF_PROMISES)
def test_each_promise_names_a_test(page: str) -> None:
    """Each row of a table whose last column is the test, but for a promise that no test can hold."""
    text = (ROOT / f"docs/{page}.md").read_text("utf-8")
    tables = re.findall(r"^\|[^\n]* \| (?:test|tested by) \|\n\|[-| ]+\|\n((?:\|.*\n?)+)", text, re.M)
    rows = [row for table in tables for row in table.splitlines()]
    assert len(rows) >= 6 and [row for row in rows if not NAMED_TEST.search(row)] == []


@pytest.mark.parametrize("page", PAGES_OF_PROMISES)
def test_the_tests_that_a_page_names_exist(page: str) -> None:
    """A promise names its test: a file, or a function in it or in the one that was named before."""
    named, path = 0, ""
    for found in NAMED_TEST.finditer((ROOT / f"docs/{page}.md").read_text("utf-8")):
        path, name = found[1] or path, found[2]
        named += bool(found[1] or name)
        text = (ROOT / path).read_text("utf-8") if path else ""
        assert text and (not name or re.search(rf"def {name}\(", text)), found[0]
    assert named >= 6
