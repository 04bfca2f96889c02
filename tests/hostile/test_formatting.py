"""A named secret is found however a statement is formatted, as long as its language's parser reads the same.

`make fuzz` draws ten times as many statements.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.run import select
from palint.tree.project import Project
from tests.hostile import formatting
from tests.hostile.test_properties import targets

EXAMPLES = int(os.environ.get("PALINT_CHANGES", "200"))
each = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PALINT_CHANGES" not in os.environ,
    database=None,
    phases=[Phase.generate],  # the statement is short; to shrink it would need a parser each time
    suppress_health_check=list(HealthCheck),
)


RULES = [rule for rule in select(Config(), targets.RULES) if rule.id() == "hardcoded-secret"]
CHECKER = FileChecker(Project("/nowhere", targets.Memory({})), Config(), RULES)


def lines_with_findings(path: str, text: str) -> list[int]:
    project = Project("/nowhere", targets.Memory({path: text.encode()}))
    checker = FileChecker(project, Config(), RULES, matcher=CHECKER.matcher)
    result = checker.check(path)
    return [] if result is None else [finding.span.start.line for finding in result.findings]


@pytest.fixture(scope="module", autouse=True)
def node() -> Iterator[None]:
    yield
    formatting.Node.stop()


@pytest.mark.parametrize("name", formatting.LANGUAGES)
@each
@given(chance=st.randoms(use_true_random=False))
def test_what_the_parser_reads_is_found(name: str, chance: random.Random) -> None:
    if name == "javascript" and not shutil.which("node"):
        pytest.skip("needs Node")
    language = formatting.LANGUAGES[name]
    variable, value, text = formatting.draw(language, chance)
    assert language.reads(text).get(variable) == value, f"not the same for its parser: {text!r}"
    assert lines_with_findings(language.path, text), f"not found: {text!r}"


# Languages without a parser here: their references, on string literals and on what continues a line
WRITTEN = {
    "java": ("a.java", r'String db_p\uu0061ssword = "@";'),
    "java, octal": ("a.java", r'env.put("db_p\141ssword", "@");'),
    "go": ("a.go", r'm["db_p\141ssword"] = "@"'),
    "ruby": ("a.rb", r'h["db_\password"] = "@"'),
    "perl": ("a.pl", r'$h{"db_p\x{61}ssword"} = "@";'),
    "perl, named": ("a.pl", r'$h{"db_p\N{U+61}ssword"} = "@";'),
    "powershell": ("a.ps1", '$db_p`assword = "@"'),
    "powershell, cut": ("a.ps1", "$db_pass`\nword = '@'"),
    "batch": ("a.bat", "set db_pass^word=@"),
    "dockerfile": ("Dockerfile", "FROM a\nENV DB_PASS\\\nWORD=@\n"),
    "dockerfile, after": ("Dockerfile", "FROM a\nENV DB_PASSWORD=\\\n@\n"),
    "rust": ("a.rs", r'm.insert("db_p\x61ssword", "@");'),
    "swift": ("a.swift", r'd["db_p\u{61}ssword"] = "@"'),
    "csharp": ("a.cs", r'd["db_p\x61ssword"] = "@";'),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_reference_reads_is_found(name: str) -> None:
    path, text = WRITTEN[name]
    value = formatting.generate("{letters:4}7{base62:9}K{digits:2}q{base62:5}", name)
    assert lines_with_findings(path, text.replace("@", value)), text
