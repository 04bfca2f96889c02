"""`make run`: palint on what the user names, or on a demonstration with a finding of each rule."""

from __future__ import annotations

import subprocess
import sys

from palint import registry

from .conftest import ROOT, Repository


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
    assert all(f"[{name}]" in made.stdout for name in registry.load())
    assert made.stdout.rstrip().endswith("make run ARGS=PATH")


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
