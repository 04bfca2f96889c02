"""`palint demo`, and `make run`, which runs it or palint on what the user names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from palint import registry

from .conftest import ROOT, Repository, rules_in


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "docs" / "demo.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_demonstration_has_a_finding_of_each_rule_and_succeeds() -> None:
    made = demo()
    assert made.returncode == 0, made.stderr
    assert rules_in(made.stdout) == set(registry.load())
    assert made.stdout.rstrip().endswith("palint PATH") and "`shop/<environment>`" in made.stdout


def test_an_installed_palint_has_the_demonstration(repo: Repository, tmp_path: Path) -> None:
    """With a temporary folder inside of a repository whose settings would turn rules off."""
    repo.write("palint.toml", 'select = ["env-file"]\n')
    repo.write("tmp/.keep")
    policy = repo.write("policy.toml", 'ignore = ["env-file"]\n')
    env = {"TMPDIR": str(repo.path / "tmp"), "PALINT_POLICY": str(policy)}
    made = repo.palint("demo", env=env)
    assert made.returncode == 0, made.stderr
    assert rules_in(made.stdout) == set(registry.load())
    assert os.listdir(repo.path / "tmp") == [".keep"], "nothing is left"


def test_findings_are_no_failure_of_make_and_it_is_said(repo: Repository) -> None:
    clean = demo(str(repo.path))
    assert clean.returncode == 0 and "exit code" not in clean.stderr
    repo.write(".env", "A=1\n")
    found = demo(str(repo.path))
    assert found.returncode == 0 and "[env-file]" in found.stdout
    assert "ends with exit code 1" in found.stderr


def test_a_palint_that_could_not_work_fails(repo: Repository) -> None:
    assert demo(str(repo.path / "absent")).returncode == 2
    repo.write("palint.toml", "no = \n")
    assert demo(str(repo.path)).returncode == 2
