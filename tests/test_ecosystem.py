"""The table of habits: every command and option of palint in it exists."""

from __future__ import annotations

import re
import shlex

import pytest

from palint.cli.commands import COMMANDS, command_parser
from tests.conftest import ROOT, palint

PAGE = (ROOT / "docs" / "ecosystem.md").read_text("utf-8").partition("\n## ")[0]
ROWS = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][2:]
OURS = sorted(
    {code for row in ROWS for code in re.findall(r"`([^`]+)`", row[-1]) if not code.startswith("#")}
)


def test_the_table_is_read() -> None:
    assert len(ROWS) > 20 and all(len(row) == 6 for row in ROWS) and len(OURS) > 25


@pytest.mark.parametrize("line", OURS)
def test_it_exists(line: str) -> None:
    words = shlex.split(line)
    words = words[1:] if words[0] == "palint" else words
    if words[:1] == ["-V"]:
        assert palint(*words, cwd=ROOT).returncode == 0
        return
    name, *rest = words if words and words[0] in COMMANDS else ["check", *words]
    assert command_parser(name).parse_words(rest)
