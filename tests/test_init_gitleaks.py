"""What `palint init` reads from a `.gitleaks.toml`: whom an allowlist accepts, and paths as globs."""

from __future__ import annotations

import re

import pytest

from palint.init import gitleaks_config
from palint.init.gitleaks_config import Allowlist
from palint.secrets.synthetic import generate
from tests.conftest import Repository

A = (re.compile("a"),)


@pytest.mark.parametrize(
    ("allowlist", "by_path", "accepted"),
    [
        (Allowlist("x", paths=A), True, {"a.py"}),
        (Allowlist("x", paths=A, only_rules=True), False, {"a.py"}),
        (Allowlist("x", paths=A, regexes=A, needs_all=True), False, set()),
        (Allowlist("x", paths=A, stopwords=("secret",), needs_all=True), False, {"a.py"}),
        (Allowlist("x", paths=A, regexes=A), True, {"a.py"}),
        (Allowlist("x", paths=A, needs_all=True), True, {"a.py"}),
        (Allowlist("x", regexes=A), False, set()),
        (Allowlist("x", regexes=A, on_line=True), False, {"a.py", "b.py"}),
        (Allowlist("x", stopwords=("secret",)), False, {"a.py", "b.py"}),
        (Allowlist("x", needs_all=True), False, set()),
        (Allowlist("x", paths=A, stopwords=("secret",), only_rules=True), False, {"a.py", "b.py"}),
    ],
)
def test_an_allowlist_accepts_by_path_value_or_line(
    allowlist: Allowlist, by_path: bool, accepted: set[str]
) -> None:
    assert allowlist.is_by_path is by_path
    found = {path for path in ("a.py", "b.py") if allowlist.accepts(path, "The-SECRET", "x = 'a'")}
    assert found == accepted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[allowlist]\ndescription = ' '\nstopwords = ['', 'A', 1]\n", ("no. 1", ("a",), False)),
        ("[allowlist]\ndescription = ' b '\ntargetRules = ['c']\n", ("b", (), True)),
        ("rules = [1, {allowlists = [{}]}]\n", ("no. 1", (), True)),
        ("allowlists = [{description = 'c'}]\n", ("c", (), False)),
    ],
)
def test_an_allowlist_is_read(text: str, expected: tuple[str, tuple[str, ...], bool]) -> None:
    [found] = gitleaks_config.read(text)
    assert (found.name, found.stopwords, found.only_rules) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("^docs/a$", ["/docs/a"]), ("(^|/)a.json$", []), (r"(^|/)a\.json$", ["a.json"]), ("a$", ["*a"]),
        ("a", ["*a*"]), ("docs/", ["*docs/"]), ("docs/.*", ["*docs/*"]), ("/(a|b)/c$", ["a/c", "b/c"]),
        ("a[bc]$", []), (r".*\.lock$", ["*.lock"]), (r"(.*?)\.lock$", ["*.lock"]),
        (r"(?:^|/)a\.json$", ["a.json"]),
    ],
)  # fmt: skip
def test_a_simple_expression_is_a_glob(expression: str, expected: list[str]) -> None:
    assert gitleaks_config.globs(re.compile(expression)) == expected


def test_settings_in_another_form_are_left_to_a_person(repo: Repository) -> None:
    repo.write("pyproject.toml", "[tool.palint]\nallow = []\n")
    repo.write(
        ".gitleaks.toml",
        "[allowlist]\npaths = ['^keys/']\nregexes = ['^x$']\n"
        "[[allowlists]]\ndescription = 'none'\nregexes = ['^y$']\n"
        "[[rules]]\nid = 'a'\n[[rules.allowlists]]\ndescription = 'of a rule'\npaths = ['^other/']\n",
    )
    for path in ("keys/a.py", "other/b.py"):
        repo.write(path, f"TOKEN = '{generate('{github_token}', path)}'\n")
    made = repo.palint("init", "--yes")
    assert "pyproject.toml: add this by hand" in made.stdout, made.stdout
    assert "allowlist none: left out, it accepts nothing that palint finds" in made.stdout
    assert "allowlist of a rule: 1 finding accepted in palint-baseline.jsonl" in made.stdout
    repo.write("pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n")
    made = repo.palint("init", "--yes")
    assert "1 finding accepted with [[allow]]" in made.stdout
    assert "[[tool.palint.allow]]" in (repo.path / "pyproject.toml").read_text()
