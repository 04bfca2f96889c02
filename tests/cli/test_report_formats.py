"""A report format gets what its module declares in `FORMAT`, and nothing else needs to name it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from palint import report
from palint.cli.exit_codes import UsageError
from palint.cli.options import CheckOptions, split_outputs, wanted_formats
from palint.report.history import FORMATS as HISTORY_FORMATS
from palint.testing import substitute
from tests.conftest import Repository

# A new format, in a module that no part of palint names; it writes what it was given.
SCRIPT = """
import json, sys, types
import palint.cli.main
from palint import report

def write(results, rules, out, **options):
    json.dump({
        "lines": [len(f.excerpt) for f in results.findings],
        "places": len(results.findings),
        "origin": bool(results.commit),
        "edits": [bool(f.fix and f.fix.edits) for f in results.findings],
        "options": sorted(options),
    }, out)
    out.write("\\n")

sys.modules["new"] = new = types.ModuleType("new")
new.FORMAT, new.write = report.Format(**json.loads(sys.argv[1])), write
report.FORMATS["new"] = "new"
raise SystemExit(palint.cli.main.run(["--format", "new", "--statistics", "--no-cache", "."]))
"""


def run(repo: Repository, **declared: object) -> tuple[dict[str, object], str, str]:
    """(what a format with this declaration is given, the lines after it, standard error)."""
    repo.write("a.py", substitute("import os\n\nDB_PASSWORD = '{password}'\n\nx = '{password}'\n# end\n"))
    repo.add()
    repo.git("commit", "-qm", "a")
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(declared)],
        cwd=repo.path,
        capture_output=True,
        text=True,
        check=False,
    )
    given, _, rest = made.stdout.partition("\n")
    return json.loads(given), rest, made.stderr


def test_a_format_that_declares_nothing_is_for_programs(repo: Repository) -> None:
    given, rest, errors = run(repo)
    assert given["lines"] == [0]
    assert (given["origin"], given["options"], rest) == (False, [], "")
    assert "by rule:" in errors  # the report stays one document


def test_a_format_for_people_gets_lines_and_options(repo: Repository) -> None:
    given, rest, errors = run(repo, for_terminal=True, excerpts=True, options=["quiet", "width"])
    assert given["lines"] == [1]
    assert given["options"] == ["quiet", "width"]
    assert "by rule:" in rest
    assert not errors


def test_a_format_gets_context_and_origin_if_it_declares_them(repo: Repository) -> None:
    given, _, _ = run(repo, excerpts=True, context=True, origin=True)
    assert given["lines"] == [3]
    assert given["origin"]


@pytest.mark.parametrize("formats", [report.FORMATS, HISTORY_FORMATS])
def test_each_format_declares_itself(formats: dict[str, str]) -> None:
    for name in formats:
        assert isinstance(report.get(name, formats).FORMAT, report.Format)


def test_the_formats_of_files_count_too() -> None:
    text, html = wanted_formats(CheckOptions(output=("html:a.html",)))
    assert text.for_terminal and not html.for_terminal
    assert html.origin


@pytest.mark.parametrize("output", ["nothing:x", "html", "html:", "gitlab:a"])
def test_an_unknown_format_is_an_error(output: str) -> None:
    with pytest.raises(UsageError, match="FORMAT:FILE, FORMAT being one of text, json"):
        split_outputs([output], HISTORY_FORMATS)
