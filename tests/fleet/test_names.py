"""What a repository is called reaches no path and no terminal as it is."""

from __future__ import annotations

import json

import pytest

from palint.fleet.reports import file_name

from .conftest import Fleet, secret


@pytest.mark.parametrize(
    "name", ["../../etc/x", "..", "a/b", "a-b", "/abs", "a\x1b[31m", "ü" * 300, "con", ".git"]
)
def test_a_file_about_a_repository_stays_in_its_folder(name: str) -> None:
    made = file_name(name)
    assert "/" not in made and not made.startswith(".") and made.isprintable() and 0 < len(made) <= 100


def test_two_names_are_two_files() -> None:
    names = ["a/b", "a-b", "a b", "a/b/", "A/b"]
    assert len({file_name(name) for name in names}) == len(names)


def test_a_hostile_name_is_text_everywhere(fleet: Fleet) -> None:
    fleet.repository("api", {"a.py": f'TOKEN = "{secret("name")}"\n'})
    name = "../<img src=x>\x1b[31m\u202e"
    (fleet.path / "list.json").write_text(json.dumps([{"address": "repos/api", "name": name}]))
    made = fleet.check("list.json", "-v")
    assert made.returncode == 0 and "\x1b" not in made.stdout + made.stderr
    page = fleet.run("report").stdout
    assert "<img" not in page and "\x1b" not in page and "\u202e" not in page
    fleet.run("report", "--format", "sarif", "--output", "sarif/in")
    assert [path.parent.name for path in fleet.path.rglob("*.sarif")] == ["in"]
    message = fleet.run("report", "--format", "markdown").stdout + fleet.run("graph").stdout
    assert "<img" not in message and "\x1b" not in message
