"""Texts for users are plain English: none of the words that STYLE bans, in pages, help and documents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from palint import registry
from palint.cli.commands import COMMANDS
from tests.conftest import PALINT, ROOT

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

DOCUMENTS = sorted(
    str(path.relative_to(ROOT)) for pattern in ("*.md", "docs/*.md") for path in ROOT.glob(pattern)
)


def banned(text: str) -> list[str]:
    """`line N: word -> instead` of each banned word in a text; code in backticks may hold anything."""
    prose = re.sub(r"```.*?```", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    return [
        f"line {number}: {found[0]} -> {instead}"
        for number, line in enumerate(prose.splitlines(), 1)
        for pattern, instead in _BANNED
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
