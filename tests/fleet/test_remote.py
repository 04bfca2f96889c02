"""Fetching: over HTTP from git's own server, which asks for a password, hangs, redirects and fails."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from palint.fleet.clones import Clones
from palint.tree.git import GitError, remote
from palint.tree.git.remote import Remote

from .conftest import TOKEN, Fleet, GitServer, reply, secret


def test_a_repository_is_fetched_shallow_and_only_once(fleet: Fleet, server: GitServer) -> None:
    repo = fleet.repository("acme/api", {"a.py": f'T = "{secret("first")}"\n'})
    repo.write("a.py", "x = 1\n")
    repo.add()
    repo.commit()
    (fleet.path / "list.txt").write_text(f"# all\n{server.url('acme/api/.git')}\n")
    made = fleet.check("list.txt")
    assert made.returncode == 0, made.stderr
    assert fleet.rows("SELECT repository, status FROM coverage") == [("acme/api", "checked")]
    assert fleet.rows("SELECT * FROM findings") == []
    (clone,) = (fleet.path / "cache").glob("*.git")
    assert (clone / "shallow").exists() and not (clone / "index").exists()
    asked = len(server.asked)
    assert "1 of them unchanged" in fleet.check("list.txt").stdout
    assert len(server.asked) - asked == 2  # ls-remote alone
    made = fleet.check("list.txt", "--history")
    assert made.returncode == 0, made.stderr
    assert fleet.rows("SELECT rule, at_head FROM findings") == [("hardcoded-secret", False)]


def test_a_token_reaches_its_host_and_nothing_else(
    fleet: Fleet, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.repository("acme/api")
    server.token = TOKEN
    (fleet.path / "list.txt").write_text(server.url("acme/api") + "\n")
    made = fleet.check("list.txt")
    assert made.returncode == 2
    assert "not fully checked: git ls-remote: " in made.stderr
    env = {"GH_TOKEN": TOKEN, "GITHUB_API_URL": f"http://{server.host}/api/v3"}
    made = fleet.check("list.txt", env=env)
    assert made.returncode == 0, made.stderr
    for file in fleet.path.rglob("*"):
        if file.is_file() and ".git/" not in str(file):
            assert TOKEN.encode() not in file.read_bytes(), file
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob("palint-askpass-*"))


def test_a_redirect_to_another_host_gets_no_token(fleet: Fleet, server: GitServer) -> None:
    other = GitServer(fleet.path)
    other.token = "else"
    server.answer = lambda request: bool(
        reply(
            request,
            302,
            b"",
            {"Location": f"http://localhost:{other.host.partition(':')[2]}/x{request.path}"},
        )
        or True
    )
    with pytest.raises(GitError):
        remote.head(Remote(server.url("api"), TOKEN), seconds=20)
    other.close()
    assert other.asked and not any(other.asked)


def test_what_fails_is_said_in_time(fleet: Fleet, server: GitServer) -> None:
    fleet.repository("api")
    server.answer = lambda _: bool(time.sleep(3)) or True
    began = time.monotonic()
    with pytest.raises(GitError, match="no answer within"):
        remote.head(Remote(server.url("api")), seconds=0.3)
    assert time.monotonic() - began < 3
    for code in (403, 404, 429, 500):
        server.answer = lambda request, code=code: bool(reply(request, code, b"no", {})) or True
        with pytest.raises(GitError, match=r"403|not found|429|500"):
            remote.head(Remote(server.url("api")), seconds=20)
    server.answer = lambda request: bool(reply(request, 200, b"<html>nonsense", {})) or True
    with pytest.raises(GitError):
        remote.head(Remote(server.url("api")), seconds=20)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ext::sh -c touch% /tmp/x", "neither a folder nor an address"),
        ("--upload-pack=touch x", "neither a folder nor an address"),
        ("ftp://host/x", "not a transport"),
        (" https://host/x", "blanks at its ends"),
        ("http://user@host/x", "credentials"),
        ("https://user:" + "word@host/x", "credentials"),  # built, so that no tool takes it for one
        ("https://host/\x1b[31m", "control characters"),
        ("https://github.com/acme/../x", ""),
        ("git@github.com:acme/api.git", ""),
        ("ssh://git@host/acme/api", ""),
    ],
)
def test_addresses(address: str, why: str) -> None:
    problem = remote.problem(address)
    assert why in problem and bool(problem) == bool(why)


def test_a_damaged_clone_is_fetched_anew(fleet: Fleet, server: GitServer) -> None:
    fleet.repository("api", {"a.py": "x = 1\n"})
    clones = Clones(str(fleet.path / "cache"), 1 << 30)
    with clones.clone(Remote(server.url("api"))) as (folder, oid):
        first = oid
    (Path(folder) / "HEAD").write_text("nonsense")
    for pack in (Path(folder) / "objects/pack").iterdir():
        pack.chmod(0o600)
        pack.write_bytes(b"x")
    with clones.clone(Remote(server.url("api"))) as (folder, oid):
        assert oid == first


def test_the_least_recently_used_clones_go_and_none_in_use(fleet: Fleet, server: GitServer) -> None:
    for name in ("one", "two", "three"):
        fleet.repository(name)
    clones = Clones(str(fleet.path / "cache"), 1)
    with clones.clone(Remote(server.url("one"))) as (one, _):
        with clones.clone(Remote(server.url("two"))) as (two, _):
            assert Path(one).is_dir() and Path(two).is_dir()
        with clones.clone(Remote(server.url("three"))) as (three, _):
            assert not Path(two).exists() and Path(one).is_dir() and Path(three).is_dir()
