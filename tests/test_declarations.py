"""What a rule of another package declares: each mistake is named with its line and what to write."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint import declarations
from palint.findings import Position, Severity, Span, Violation
from palint.registry import RegistryError, rules_of
from palint.rule import Rule

MODULE = """\
import re

from palint.rule import *


class Token(Rule):
    \"""A token.\"""

    clause = Clause.NONE
    severity = Severity.ERROR
    files = FileFilter(suffixes=(".rb",))
    keywords = ("acme_",)
    reads = Reads.TEXT
    value_patterns = (re.compile("acme"),)
    options = {"most": Option(int, 3, "how many")}
    bad = (
        Example("acme_", path="a.rb", location="acme_"),
        Example(files={"a.rb": "acme_"}, location=("a.rb", "acme_")),
    )
    good = [Example("x", path="a.rb")]
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path / "acme_token.py"


def load(module: Path, text: str) -> type[Rule]:
    module.write_text(text)
    sys.modules.pop(module.stem, None)
    importlib.invalidate_caches()
    (rule,) = rules_of(f"{module.stem}:Token")
    return rule


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("acme_rules", "lists <function loads"),
        ("acme_rules:Other", "cannot be loaded: AttributeError"),
        ("json:JSONDecoder", "cannot be loaded: AttributeError"),
        ("no_such_module", "cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_an_entry_point_names_rules(module: Path, target: str, said: str) -> None:
    (module.parent / "acme_rules.py").write_text('RULES = ["json:loads"]\n')
    importlib.invalidate_caches()
    with pytest.raises(RegistryError, match=said):
        rules_of(target)


MISTAKES = [  # (what is written, what instead, its line, what is said)
    ("Clause.NONE", '"C1"', 9, "`clause` is 'C1': write a member of `Clause`, such as `Clause.NONE`"),
    ("Severity.ERROR", '"error"', 10, "`severity` is 'error': write `Severity.ERROR` or `Severity.WARNING`"),
    ('FileFilter(suffixes=(".rb",))', '"*.rb"', 11, "`files` is '*.rb': write `FileFilter(suffixes="),
    ('(".rb",)', '".rb"', 11, "`suffixes` is '.rb': write a tuple: `(\".rb\",)`"),
    ('(".rb",)', '(".RB",)', 11, "`files` has '.RB'; write '.rb', which matches any case"),
    ('("acme_",)', '"acme_"', 12, "`keywords` is 'acme_': write a tuple: `(\"…\",)`"),
    ('("acme_",)', '("(acme",)', 12, "keyword '(acme' is no regular expression: missing )"),
    ("keywords", "keyword", 12, "`keyword` declares nothing: did you mean `keywords`?"),
    ("Reads.TEXT", '"text"', 13, "`reads` is 'text': write a member of `Reads`, such as `Reads.TEXT`"),
    ("    reads", "    preview = 1\n    reads", 13, "`preview` is 1: write `True` or `False`"),
    ('(re.compile("acme"),)', 're.compile("acme")', 14, "`value_patterns` is re.compile('acme'): write a"),
    ('Option(int, 3, "how many")', "3", 15, "`options` is {'most': 3}: write `{\"name\": Option("),
    ('{"most": Option(int, 3, "how many")}', '["most"]', 15, "`options` is ['most']: write"),
    ("Option(int", "Option(dict", 15, "option 'most': `type` is <class 'dict'>: write `bool`, `int`"),
    ("Option(int, 3", "Option(int, True", 15, "option 'most': the default True is no int"),
    (' [Example("x", path="a.rb")]', ' (Example("x"))', 20, "`good` is Example(text='x', location=None, p"),
    ('[Example("x", path="a.rb")]', '("x",)', 20, "`good` is ('x',): write a tuple, with a comma also"),
    ('files={"a.rb": "acme_"}', 'files="a.rb"', 18, "bad example 2: `files` is 'a.rb': write"),
    ('("a.rb", "acme_")', '("a.rb", 1)', 18, "bad example 2: `location` is ('a.rb', 1): write a part"),
    ('Example("acme_",', 'Example(b"acme_",', 17, "bad example 1: `text` is b'acme_': write a text"),
    ('    """A token."""\n', "    pass\n", 6, "has no docstring, which is its documentation"),
]


@pytest.mark.parametrize(("written", "instead", "line", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_line(
    module: Path, written: str, instead: str, line: int, said: str
) -> None:
    assert not declarations.problem(load(module, MODULE))
    wrong = MODULE.replace(written, instead)
    assert wrong != MODULE
    problem = declarations.problem(load(module, wrong))
    assert problem.startswith(f"{module}:{line}: rule 'acme-token'") and said in problem


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        (MODULE.replace("    good", "    good good"), 20, "SyntaxError"),
        (MODULE.replace("Clause.NONE", "Clause.NON"), 9, "AttributeError"),
        # without the comma between two examples
        (MODULE.replace('"acme_"),\n        Example(files', '"acme_")\n        (files'), 17, "not callable"),
    ],
)
def test_what_cannot_be_imported_is_named_with_its_line(
    module: Path, wrong: str, line: int, said: str
) -> None:
    with pytest.raises(RegistryError) as raised:
        load(module, wrong)
    text = str(raised.value)
    assert text.startswith(f"{module}:{line}: the entry point 'acme_token:Token'") and said in text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("span", (3, 9), "`span` is (3, 9): write `file.span(start, end)`"),
        ("message", 5, "`message` is 5: write a text"),
        ("severity", "error", "`severity` is 'error': write `Severity.ERROR`"),
        ("fix", "x", "`fix` is 'x': write `Fix((Edit(span, text),))`"),
        ("values", (3, 9), "`values` is (3, 9): write a tuple of pairs: `((start, end),)`"),
    ],
)
def test_a_field_of_another_type_is_refused(field: str, value: object, said: str) -> None:
    span = Span("a.rb", Position(1, 1), Position(1, 2))
    right = Violation("acme-token", "–", Severity.ERROR, "a token", "remove it", span, values=((0, 1),))
    assert list(declarations.checked([right])) == [right]
    wrong = right._replace(**{field: value})  # type: ignore[arg-type]

    def check() -> Iterator[Violation]:
        yield right
        yield wrong

    with pytest.raises(TypeError) as raised:
        list(declarations.checked(check()))
    assert said in str(raised.value)
    assert isinstance(raised.value, declarations.ViolationError)
    summary = raised.value.summary  # without the value, if that is a text: it may be of the checked file
    assert summary.startswith(f"`{field}`") and said.partition(": ")[2] in summary
    assert repr(value) not in summary or not isinstance(value, str)
    assert raised.traceback[-1].name == "check"  # the rule's line that yields it


def test_what_is_no_violation_is_refused() -> None:
    with pytest.raises(TypeError, match=r"`check` yields what `self\.violation"):
        list(declarations.checked(("acme-token",)))
