"""What docs/rollout.md tells a platform engineer to install, tried with git."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from palint.secrets.synthetic import generate

from .conftest import ROOT, Repository


@pytest.fixture
def pushing(repo: Repository, tmp_path: Path) -> Repository:
    """A clone with one commit that was pushed to a bare repository with the page's pre-receive hook."""
    page = (ROOT / "docs" / "rollout.md").read_text("utf-8")
    (script,) = re.findall(r"```sh\n(#!/bin/sh\n# hooks/pre-receive.*?)```", page, re.DOTALL)
    server = tmp_path / "server.git"
    subprocess.run(["git", "init", "-q", "--bare", str(server)], check=True)
    hook = server / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\nPATH='{os.path.dirname(sys.executable)}':$PATH\n{script}")
    hook.chmod(0o755)
    repo.write("a.py", "x = 1\n")
    repo.add()
    repo.commit()
    repo.git("remote", "add", "origin", str(server))
    assert push(repo, "HEAD:refs/heads/main") == (0, "")
    return repo


def push(repo: Repository, *refs: str) -> tuple[int, str]:
    """The exit code of a push, and what the hook says."""
    command = ["git", "-C", str(repo.path), "push", "-q", "origin", *refs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    lines = re.findall(r"^remote: (.*?) *$", done.stderr, re.MULTILINE)
    return done.returncode, "\n".join(lines).strip()


def commit(repo: Repository, path: str, text: str) -> None:
    repo.write(path, text)
    repo.add()
    repo.commit()


def test_the_git_server_refuses_a_push_that_brings_a_secret(pushing: Repository) -> None:
    token = f'TOKEN = "{generate("{github_token}")}"'
    commit(pushing, "b.py", f"{token}\n")
    code, said = push(pushing, "HEAD:refs/heads/main")
    assert code == 1 and "b.py:1:10" in said
    commit(pushing, "b.py", "TOKEN = None\n")
    code, said = push(pushing, "HEAD:refs/heads/feature")
    assert code == 1 and "error[hardcoded-secret]" in said, "an earlier commit of the push has it"
    pushing.git("reset", "-q", "--hard", "HEAD~2")
    commit(pushing, "b.py", f"{token}  # palint: ignore[hardcoded-secret] revoked in March\n")
    assert push(pushing, "HEAD:refs/heads/main") == (0, "")


def test_what_the_git_server_has_is_not_checked_again(pushing: Repository) -> None:
    """A branch of a commit that is there, and the deletion of one, bring nothing."""
    assert push(pushing, "HEAD:refs/heads/copy", "HEAD:refs/tags/v1") == (0, "")
    assert push(pushing, ":refs/heads/copy") == (0, "")
