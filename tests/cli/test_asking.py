"""What is asked before palint writes, and what it writes: fixes, suppressions, `palint init`."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from palint.cli.init import init
from palint.testing import substitute
from tests.conftest import Repository

SECRET = substitute('token = "{github_token}"\n')
CALL = "import boto3\nboto3.client('s3', aws_access_key_id=a, aws_secret_access_key=b)\n"


class Keyboard(io.StringIO):
    """A terminal on which someone types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "written"), [("\n", False), ("no\n", False), ("y\n", True), ("YES\n", True)]
)
@pytest.mark.parametrize("everywhere", [False, True])
def test_init_writes_what_a_person_agrees_to(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str,
    written: bool, everywhere: bool, tmp_path: Path,
) -> None:  # fmt: skip
    home = tmp_path / "home"
    home.mkdir()
    for name, value in (
        ("HOME", home),
        ("GIT_CONFIG_GLOBAL", home / ".gitconfig"),
        ("XDG_CONFIG_HOME", home),
    ):
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(repo.path)
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    assert init(False, False, everywhere=everywhere) == 0
    said = capsys.readouterr().out
    assert ("Nothing written." in said) is not written
    assert bool(list(home.iterdir() if everywhere else repo.path.glob(".pre-commit*"))) is written


def test_init_says_how_many_more_findings_are_accepted(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    assert repo.palint("baseline").returncode == 0
    repo.write("b.py", substitute('token = "{github_token}"\n', seed=2) + "#gitleaks:allow\n")
    repo.write(".gitleaksignore", f"{'0' * 40}:b.py:github-pat:1\n")
    made = repo.palint("init", "--dry-run")
    assert "palint-baseline.jsonl: 1 more accepted findings" in made.stdout, made.stdout


def test_fixes_are_listed_by_file_and_what_is_left_is_said(repo: Repository) -> None:
    for name in ("a.py", "b.py"):
        repo.write(name, CALL)
    made = repo.palint("--fix")
    assert made.returncode == 1 and "No safe fixes; 2 with --unsafe-fixes\n" in made.stderr
    assert "No safe fixes; 2 with --unsafe-fixes\n" in repo.palint("--diff").stderr
    made = repo.palint("--fix", "--unsafe-fixes", "--show-fixes")
    listed = [line for line in made.stderr.splitlines() if line.startswith("  ")]
    assert [line[:9] for line in listed[:4]] == ["  a.py: 1", "    2: st", "  b.py: 1", "    2: st"]
    for words in (["--fix"], ["--diff", "--unsafe-fixes"]):
        assert "No fixes to apply\n" in repo.palint(*words).stderr


def test_a_staged_file_is_fixed_where_it_equals_the_working_copy(repo: Repository) -> None:
    repo.write("a.py", CALL)
    repo.add()
    repo.write("a.py", CALL + "x = 1\n")
    made = repo.palint("--staged", "--fix", "--unsafe-fixes")
    assert made.returncode == 2 and "a.py: the staged version differs from the working copy" in made.stderr
    repo.add()
    made = repo.palint("--staged", "--fix", "--unsafe-fixes")
    assert "The work tree was changed, not the index: `git add` the files" in made.stderr
    assert "aws_access_key_id" not in (repo.path / "a.py").read_text()


def test_a_link_and_two_rules_on_one_line_have_one_comment_or_none(repo: Repository) -> None:
    os.symlink("nowhere", repo.path / ".env")
    repo.write("a.py", CALL.replace("=a", f"='{substitute('{aws_access_key_id}')}'"))
    made = repo.palint("--add-ignore", "a test")
    assert made.returncode == 2 and ".env:1: no comment is possible here; accept env-file" in made.stderr
    assert (repo.path / "a.py").read_text().count("palint: " + "ignore[") == 1


def test_a_reason_that_the_files_encoding_cannot_hold_is_not_written(repo: Repository) -> None:
    text = b"# caf\xe9\n" + SECRET.encode()
    repo.write("a.py", text)
    made = repo.palint("--add-ignore", "→ vault")
    assert made.returncode == 2 and "a.py:2: no comment is possible here" in made.stderr
    assert (repo.path / "a.py").read_bytes() == text


def test_pruning_writes_a_local_baseline_only_where_something_is_stale(repo: Repository) -> None:
    repo.write(".gitignore", ".env\n")
    repo.write(".env", "A=1\n")
    assert repo.palint("baseline").returncode == 0
    made = repo.palint("baseline", "--prune")
    assert made.stdout.count("entries dropped") == 1
    (repo.path / ".env").unlink()
    assert repo.palint("baseline", "--prune").stdout.count("entries dropped") == 2
    made = repo.palint("baseline", "--add")
    assert made.returncode == 0 and "0 known, 0 new" in made.stdout


def test_a_terminal_is_needed_to_ask(repo: Repository) -> None:
    assert "pass --yes to write, or --dry-run" in repo.palint("init").stderr
    repo.write("a.py", SECRET)
    made = repo.palint("migrate", "--apply")
    assert made.returncode == 2 and "not a terminal: pass `--yes`" in made.stderr
