"""Plain English: no banned word in a text for users, and no retired name in the code or its tests.

Texts for users are pages, help, documents, findings, notices and errors. Comments and docstrings may use
ordinary English ("the parser knows"); only idioms that say nothing to a new reader are refused there.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint import registry
from palint.cli.commands import COMMANDS
from tests.conftest import PALINT, ROOT
from tests.grouped import grouped

RULES = registry.load()

# Each with what to write instead. Only words that no correct sentence of ours needs.
BANNED = {
    r"\bstands? in\b": "is in, appears in",
    r"\bstands\b": "is, appears",
    r"\bis told\b": "is reported",
    r"\bwho signs in\b": "the profile, sign in",
    r"\bwhat was ever\b": "anything that was ever",
    r"\bby itself\b": "automatically",
    r"\bof its own\b|\bof their own\b": "your own, its",
    r"\bin place of\b": "instead of",
    r"\bis to be\b|\bare to be\b": "must be",
    r"\bnobody\b": "no one",
    r"\bsomebody\b": "someone, a user",
    r"\bmends?\b|\bmended\b": "fix",
    r"\bno word of code\b": "not an ordinary word",
    r"\bspeaks? of\b": "names, mentions",
    r"\bgiven to a name\b|\bgiven to a secret's name\b": "assigned to",
    r"\ballows none\b": "not allowed",
    r"\bis none\b|\bare none\b": "is not a",
    r"\bthe standard allows\b": "not allowed",
    r"\bneedles?\b": "keyword",
    r"\bknows\b": "recognises",
}
_BANNED = [(re.compile(pattern, re.I), instead) for pattern, instead in BANNED.items()]

# In comments and docstrings of our own code: old terms and idioms of which no one could guess the meaning.
BANNED_IN_CODE = {
    r"\bneedles?\b": "keyword",
    r"\bstretch(?:es)?\b": "range",
    r"\bclues?\b": "path literal",
    r"\bwhat (?:came|comes) of\b": "the result of",
    r"\bwhat (?:stands|lies)\b": "what is",
    r"\bno word of code\b": "not an ordinary word",
    r"\bin the making\b": "planned",
    r"\b(?:the|its|their|very|of) begin\b": "start",
    r"\bmemo\(": "cached",
    r"\bwho signs\b|\bwho commits\b|\bfor who\b": "a user who",
    r"\bto be looked (?:at|through)\b": "to be read",
}
_BANNED_IN_CODE = [(re.compile(pattern, re.I), instead) for pattern, instead in BANNED_IN_CODE.items()]
# Words of identifiers, in code and tests, that the glossary replaced.
RETIRED_NAMES = frozenset(
    ("needle", "needles", "stretch", "stretches", "clue", "clues", "told", "telling", "beat", "mend", "mends")
)
_MESSAGES = re.compile(r"Notice|add_notice|\w*Error|PolicyViolation")
SOURCES = sorted(path for folder in ("src", "rules") for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted(path for folder in ("tests", "bench", "fuzz") for path in (ROOT / folder).rglob("*.py"))

DOCUMENTS = sorted(
    str(path.relative_to(ROOT)) for pattern in ("*.md", "docs/*.md") for path in ROOT.glob(pattern)
)


def banned(text: str, words: list[tuple[re.Pattern[str], str]] = _BANNED) -> list[str]:
    """`line N: word -> instead` of each banned word in a text, not in code in backticks."""
    prose = re.sub(r"```.*?```", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    return [
        f"line {number}: {found[0]} -> {instead}"
        for number, line in enumerate(prose.splitlines(), 1)
        for pattern, instead in words
        for found in pattern.finditer(line)
    ]


@pytest.mark.parametrize("name", RULES)
def test_a_rules_page(name: str) -> None:
    rule = RULES[name]
    options = "\n".join(option.help for option in rule.options.values())
    notes = "\n".join(example.note for example in (*rule.bad, *rule.good))
    assert banned(f"{rule.__doc__}\n{options}\n{notes}") == []


@pytest.mark.parametrize("name", RULES)
def test_a_rules_findings(name: str) -> None:
    """Messages, why and fix of the snapshots: what a rule says of its examples."""
    text = (Path(__file__).parent / "rules" / "snapshots" / f"{name}.txt").read_text("utf-8")
    shown = "\n".join(line for line in text.splitlines() if not line.startswith(("  |", "===")))
    assert banned(shown) == []


@pytest.mark.parametrize("folder", ["advice", "migrate"])
def test_the_texts_that_are_compared_whole(folder: str) -> None:
    for path in (Path(__file__).parent / folder / "snapshots").iterdir():
        assert banned(re.sub(r"(?m)^===.*", "", path.read_text("utf-8"))) == [], path.name


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_a_command(command: str) -> None:
    made = subprocess.run(
        [PALINT, *([command] if command else []), "--help"], capture_output=True, text=True, check=True
    )
    assert banned(made.stdout) == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document(path: str) -> None:
    assert banned((ROOT / path).read_text("utf-8")) == []


def test_the_words_are_found() -> None:
    assert banned("The key stands in the text.\n```\nnobody\n```\n`by itself` is none") == [
        "line 1: stands in -> is in, appears in",
        "line 1: stands -> is, appears",
        "line 5: is none -> is not a",
    ]


@pytest.mark.parametrize("name", RULES)
def test_messages_are_one_short_clause(name: str) -> None:
    """At most 100 characters, lower case or code first, without a full stop; a notebook's cell follows it."""
    text = (Path(__file__).parent / "rules" / "snapshots" / f"{name}.txt").read_text("utf-8")
    for found in re.finditer(
        r"(?m)^(?:error|warning)(?: \(low confidence\))? \S+:\d+:\d+-\d+:\d+ (.*)$", text
    ):
        message = found[1]
        assert len(re.sub(r" \((?:output of )?cell .*", "", message)) <= 100 and not message.endswith("."), (
            f"{name}: {message}"
        )
        assert not re.match(r"(?:A|An|The|This|It)\b", message), f"{name}: {message}"


def literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of each string in an expression, `x` for each interpolation."""
    if isinstance(node, ast.JoinedStr):
        pieces = (str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
        yield node.lineno, "".join(pieces)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def messages(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of each string that is passed to a notice or an error."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            callee = node.func
            name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
            if _MESSAGES.fullmatch(name):
                for argument in (*node.args, *node.keywords):
                    yield from literals(argument)


def prose(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every docstring and comment in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            text = ast.get_docstring(node, clean=False)
            if text:
                yield node.body[0].lineno, text
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of every function, class, parameter, variable and attribute that a module defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def retired_names(tree: ast.AST) -> list[str]:
    """`line: name` of each identifier with a retired word."""
    return [
        f"{line}: {name}"
        for line, name in identifiers(tree)
        if RETIRED_NAMES & set(re.findall(r"[a-z]+", name.lower()))
    ]


def code_problems(source: str) -> list[str]:
    """`line: what is wrong` of a module's messages, docstrings, comments and names."""
    tree = ast.parse(source)
    found = [f"{line}: {each}" for line, text in messages(tree) for each in banned(text)]
    found += [f"{line}: {each}" for line, text in prose(source) for each in banned(text, _BANNED_IN_CODE)]
    return found + retired_names(tree)


@grouped("path", SOURCES, key=lambda path: str(path.parent.relative_to(ROOT)))
def test_code(path: Path) -> None:
    assert code_problems(path.read_text("utf-8")) == []


@grouped("path", TESTS, key=lambda path: str(path.parent.relative_to(ROOT)))
def test_names_in_tests(path: Path) -> None:
    assert retired_names(ast.parse(path.read_text("utf-8"))) == []


def test_words_in_code_are_found() -> None:
    source = '''
def find(stretches):
    """The stretch that stands in the text."""
    raise ParseError(f"{name} is none")  # what came of it
    file.add_notice("note", "nobody reads `nobody`" if x else "fine")
'''
    assert code_problems(source) == [
        "4: line 1: is none -> is not a",
        "5: line 1: nobody -> no one",
        "3: line 1: stretch -> range",
        "4: line 1: what came of -> the result of",
        "2: stretches",
    ]


def test_comments_may_use_ordinary_english() -> None:
    assert (
        code_problems(
            '"""The parser knows it by itself."""\nx = 1  # nobody reads this, and it stands alone\n'
        )
        == []
    )
