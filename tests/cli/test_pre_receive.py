"""`palint hook --pre-receive`: real pushes to a bare repository."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.cli.exit_codes import UsageError
from palint.cli.pre_receive import Update, updates
from palint.secrets.synthetic import generate
from tests.conftest import Repository

TOKEN = generate("{github_token}", "pre-receive")
BAD = f'TOKEN = "{TOKEN}"\n'


class Server:
    """A bare repository whose hook is palint."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def install(self, *args: str) -> None:
        hook = self.path / "hooks" / "pre-receive"
        program = [sys.executable, "-I", "-m", "palint", "hook", "--pre-receive", "--quiet", *args]
        hook.write_text(f"#!/bin/sh\nexec {shlex.join(program)}\n")
        hook.chmod(0o755)

    def has(self, oid: str) -> bool:
        command = ["git", "-C", str(self.path), "cat-file", "-e", oid]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a server that has no hook yet, and a clone whose only commit it has."""
    folder = tmp_path_factory.mktemp("pre-receive")
    subprocess.run(["git", "init", "-q", "--bare", "--template=", str(folder / "server.git")], check=True)
    (folder / "server.git" / "hooks").mkdir()
    clone = Repository(folder / "clone")
    commit(clone, "a.py", "x = 1\n")
    clone.git("remote", "add", "origin", "../server.git")
    assert push(clone, "HEAD:refs/heads/main") == (0, "")
    return folder


@pytest.fixture
def server(template: Path, tmp_path: Path) -> Server:
    shutil.copytree(template / "server.git", tmp_path / "server.git")
    server = Server(tmp_path / "server.git")
    server.install()
    return server


@pytest.fixture
def clone(template: Path, server: Server, tmp_path: Path) -> Repository:
    """A clone whose only commit is on the server."""
    shutil.copytree(template / "clone", tmp_path / "clone")
    return Repository(tmp_path / "clone")


def push(repo: Repository, *args: str) -> tuple[int, str]:
    """Whether the push was refused, and what the hook says."""
    command = ["git", "-C", str(repo.path), "push", "-q", "origin", *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, "\n".join(re.findall(r"^remote: (.*?) *$", done.stderr, re.M)).strip()


def commit(repo: Repository, path: str, text: str) -> str:
    repo.write(path, text)
    repo.add()
    repo.commit()
    return repo.git("rev-parse", "HEAD").strip()


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/heads/new", "refs/tags/v1", "refs/anything/x"])
def test_a_secret_is_refused_before_the_server_has_it(clone: Repository, server: Server, ref: str) -> None:
    oid = commit(clone, "b.py", BAD)
    code, said = push(clone, f"HEAD:{ref}")
    assert code == 1 and "b.py:1:10" in said and TOKEN not in said
    assert not server.has(oid), "the objects of a refused push are dropped with git's quarantine"


def test_what_a_later_commit_deletes_counts(clone: Repository) -> None:
    commit(clone, "b.py", BAD)
    commit(clone, "b.py", "TOKEN = None\n")
    assert push(clone, "HEAD:refs/heads/main")[0] == 1


def test_a_forced_push_is_checked_where_it_leaves_the_old_branch(clone: Repository, server: Server) -> None:
    commit(clone, "b.py", "y = 1\n")
    assert push(clone, "HEAD:refs/heads/main") == (0, "")
    clone.git("reset", "-q", "--hard", "HEAD~1")
    oid = commit(clone, "c.py", BAD)
    code, said = push(clone, "--force", "HEAD:refs/heads/main")
    assert code == 1 and "c.py:1:10" in said and not server.has(oid)
    clone.git("reset", "-q", "--hard", "HEAD~1")
    commit(clone, "c.py", "z = 1\n")
    assert push(clone, "--force", "HEAD:refs/heads/main") == (0, "")


def test_one_bad_ref_among_several_refuses_the_push(clone: Repository) -> None:
    commit(clone, "b.py", "y = 1\n")
    clone.git("branch", "good")
    commit(clone, "c.py", BAD)
    assert push(clone, "good:refs/heads/good", "HEAD:refs/heads/bad")[0] == 1
    assert push(clone, "good:refs/heads/good") == (0, "")


def test_an_annotated_tag_is_its_commit(clone: Repository) -> None:
    commit(clone, "b.py", BAD)
    clone.git("tag", "-a", "v1", "-m", "v1")
    assert push(clone, "refs/tags/v1")[0] == 1


@pytest.mark.parametrize("what", ["HEAD:b.py", "HEAD^{tree}"])
def test_a_ref_that_points_to_no_commit_is_refused(clone: Repository, what: str) -> None:
    commit(clone, "b.py", BAD)
    clone.git("update-ref", "refs/tags/x", clone.git("rev-parse", what).strip())
    code, said = push(clone, "refs/tags/x")
    assert code == 1 and "refs/tags/x points to no commit: not checked" in said


def test_a_deletion_and_what_the_server_has_bring_nothing(clone: Repository) -> None:
    assert push(clone, "HEAD:refs/heads/copy", "HEAD:refs/tags/v1") == (0, "")
    assert push(clone, ":refs/heads/copy", ":refs/tags/v1") == (0, "")


def test_settings_of_the_push_do_not_count(clone: Repository, server: Server) -> None:
    commit(clone, "palint.toml", 'exclude = ["b.py"]\n')
    commit(clone, "b.py", BAD)
    assert push(clone, "HEAD:refs/heads/main")[0] == 1
    (server.path / "palint.toml").write_text('exclude = ["b.py"]\n')
    assert push(clone, "HEAD:refs/heads/main") == (0, "")


def test_a_policy_decides_what_a_comment_may_suppress(
    clone: Repository, server: Server, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("allow-suppressing = []\n")
    server.install("--policy", str(policy))
    commit(clone, "b.py", BAD.rstrip("\n") + "  # palint: ignore[hardcoded-secret] revoked\n")
    assert push(clone, "HEAD:refs/heads/main")[0] == 1
    server.install()
    assert push(clone, "HEAD:refs/heads/main") == (0, "")


OID = st.text("0123456789abcdef", min_size=40, max_size=40)


@given(OID, OID, st.text("abc/é.-", min_size=1))
def test_lines_of_git(old: str, new: str, ref: str) -> None:
    assert updates([f"{old} {new} {ref}\n".encode()]) == [Update(old, new, ref)]


@pytest.mark.parametrize("line", [b"", b"\n", b"a b c\n", b"0" * 40 + b" refs/heads/main\n"])
def test_other_lines_are_an_error(line: bytes) -> None:
    with pytest.raises(UsageError, match="pre-receive"):
        updates([line])


@pytest.mark.parametrize("args", [(), ("--", "a.py"), ("a.py",)])
def test_without_the_lines_of_git_nothing_passes(repo: Repository, args: tuple[str, ...]) -> None:
    """A changed file called `--pre-receive` is no way to have nothing checked."""
    assert repo.palint("hook", "--pre-receive", *args).returncode == 2
