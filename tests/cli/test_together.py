"""Paths in several repositories: checked one after the other, in one report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from palint import api
from palint.testing import substitute
from tests.conftest import Repository, findings, palint

PRINTED = True  # see the fixture `repo`
SECRET = substitute('token = "{github_token}"\n')
IGNORED = SECRET.rstrip() + "  # palint: ignore[hardcoded-secret] revoked\n"


@pytest.fixture
def roots(make_repo: Callable[[str], Repository], tmp_path: Path) -> list[Repository]:
    """Two repositories, the first with a secret, an accepted one, and settings that the second has not."""
    made = [make_repo("shop"), make_repo("pay")]
    for repo in made:
        repo.write("app/a.py", SECRET)
        repo.add()
    made[0].write("app/b.py", IGNORED)
    made[0].write("palint.toml", '[severity]\nenv-file = "warning"\n')
    for repo in made:
        repo.write("app/.env", "A=1\n")
    return made


def test_paths_are_from_the_folder_that_holds_all_roots(roots: list[Repository], tmp_path: Path) -> None:
    sarif = tmp_path / "all.sarif"
    made = palint(
        "--format", "json", "--output", f"sarif:{sarif}", "shop", "pay/app", cwd=roots[0].path.parent
    )
    assert made.returncode == 1
    report = json.loads(made.stdout)
    assert [(f["path"], f["rule"], f["severity"]) for f in findings(made)] == [
        ("pay/app/.env", "env-file", "error"),
        ("pay/app/a.py", "hardcoded-secret", "error"),
        ("shop/app/.env", "env-file", "warning"),
        ("shop/app/a.py", "hardcoded-secret", "error"),
    ]
    assert [s["source"] for s in report["suppressed"]] == ["shop/app/b.py:1"]
    assert len({f["fingerprint"] for f in findings(made)}) == 4
    places = json.loads(sarif.read_text())["runs"][0]["results"]
    assert {p["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for p in places} >= {
        "shop/app/a.py",
        "pay/app/a.py",
    }


def test_the_worst_root_decides_the_exit_code(roots: list[Repository]) -> None:
    folder = roots[0].path.parent
    for repo in roots:
        (repo.path / "app/a.py").unlink()
    assert palint("shop", "pay", cwd=folder).returncode == 1  # an error in the second
    (roots[1].path / "app/.env").unlink()
    assert palint("shop", "pay", cwd=folder).returncode == 0
    assert palint("shop", "pay", "--fail-on", "warning", cwd=folder).returncode == 1
    roots[0].write("app/palint.toml", "nonsense = 1\n")
    made = palint("shop", "pay", cwd=folder)
    assert made.returncode == 2 and "shop/app/palint.toml" in made.stdout


@pytest.mark.parametrize("option", ["--exit-zero", "--allow-incomplete"])
def test_options_that_lower_the_exit_code_count_for_all_roots(roots: list[Repository], option: str) -> None:
    if option == "--allow-incomplete":
        for repo in roots:
            (repo.path / "app/a.py").unlink()
            (repo.path / "app/.env").unlink()
        roots[1].write(".github/workflows/a.yml", "a: [\n")
        assert palint("shop", "pay", cwd=roots[0].path.parent).returncode == 2
    assert palint("shop", "pay", option, cwd=roots[0].path.parent).returncode == 0


def test_a_fix_and_a_package_have_the_paths_of_the_report(roots: list[Repository]) -> None:
    roots[0].write("a.py", "import boto3\nboto3.client('s3', aws_access_key_id=a, aws_secret_access_key=b)\n")
    roots[1].write("vendor/modules.txt", "# github.com/acme/lib v1.0.0\n")
    roots[1].write("vendor/github.com/acme/lib/a.py", SECRET)
    roots[1].add()
    made = palint("--format", "json", "shop", "pay", cwd=roots[0].path.parent)
    fixes = {edit["path"] for f in findings(made) if f["fix"] for edit in f["fix"]["edits"]}
    assert fixes == {"shop/a.py"}
    assert [f["package"] for f in findings(made) if f["package"]] == ["pay/vendor/github.com/acme/lib"]
    made = palint("shop", "pay", cwd=roots[0].path.parent)
    assert "in packages that `pay/vendor/modules.txt` lists" in made.stdout


def test_a_report_does_not_replace_a_tracked_file_of_any_root(roots: list[Repository]) -> None:
    made = palint("--output", "json:pay/app/a.py", "shop", "pay", cwd=roots[0].path.parent)
    assert made.returncode == 2 and "is a tracked file" in made.stderr
    assert (roots[1].path / "app/a.py").read_text() == SECRET


def test_fixes_and_suppressions_are_written_in_each(roots: list[Repository]) -> None:
    folder = roots[0].path.parent
    assert palint("--diff", "shop", "pay", cwd=folder).returncode == 2
    assert (
        palint("--select", "hardcoded-secret", "--add-ignore", "a test", "shop", "pay", cwd=folder).returncode
        == 0
    )
    for repo in roots:
        assert "palint: ignore[hardcoded-secret] a test" in (repo.path / "app/a.py").read_text()


def test_the_interface_for_python_checks_them_too(roots: list[Repository]) -> None:
    made = api.check(*(str(repo.path) for repo in roots), select=["hardcoded-secret"])
    assert [f.span.path for f in made.findings] == ["pay/app/a.py", "shop/app/a.py"]
    assert made.root == str(roots[0].path.parent)


def test_a_baseline_is_of_one_root(roots: list[Repository]) -> None:
    made = palint("baseline", "shop", "pay", cwd=roots[0].path.parent)
    assert made.returncode == 2 and "run the command for each" in made.stderr
    assert not any((repo.path / "palint-baseline.jsonl").exists() for repo in roots)
