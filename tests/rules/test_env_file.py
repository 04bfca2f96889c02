"""`env-file` in real repositories: every state of a file in git, links, and other files."""

from __future__ import annotations

import os

import pytest

from palint.secrets.synthetic import SHAPES, generate
from tests.conftest import Repository, findings


def paths(repo: Repository, *args: str) -> list[str]:
    made = repo.palint("--select", "env-file", "--format", "json", *args)
    assert made.returncode in (0, 1), made.stderr
    return [finding["path"] for finding in findings(made)]


def test_every_state(repo: Repository) -> None:
    repo.write("tracked/.env", "A=1\n")
    repo.write("gone/.env", "A=1\n")
    repo.write(".gitignore", "ignored/.env\nnode_modules/\n")
    repo.add()
    repo.commit()
    repo.write("staged/.env.local", "")
    repo.add("staged/.env.local")
    repo.write("untracked/PROD.ENV", "A=1\n")
    repo.write("ignored/.env", "A=1\n")
    repo.write("node_modules/x/.env", "A=1\n")
    os.remove(repo.path / "gone/.env")
    expected = ["ignored/.env", "staged/.env.local", "tracked/.env", "untracked/PROD.ENV"]
    assert sorted(paths(repo)) == expected
    assert paths(repo, "--staged") == ["staged/.env.local"]


def test_links(repo: Repository) -> None:
    repo.write("secrets.txt", "A=1\n")
    for name, target in ((".env", "secrets.txt"), ("a.env", "/nowhere"), ("b.env", ".env.example")):
        os.symlink(target, repo.path / name)
    repo.add()
    assert sorted(paths(repo)) == [".env", "a.env", "b.env"]


def test_a_directory_is_not_a_dotenv_file(repo: Repository) -> None:
    repo.write(".env/bin/activate", "x\n")
    repo.write(".gitignore", "venv.env/\n")
    repo.write("venv.env/pyvenv.cfg", "x\n")
    assert paths(repo) == []


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("export AWS_PROFILE=palindrom\nuse nix\n", False),
        ("export AWS_PROFILE=palindrom\nexport API_URL=https://x\n", True),
        ("API_URL=https://x\n", False),
        ("set -a\nAPI_URL=https://x\n", True),
        ("export KEY=$(aws secretsmanager get-secret-value --secret-id a/b)\n", False),
    ],
)
def test_an_envrc_is_a_dotenv_file_if_it_exports_values(
    repo: Repository, text: str, flagged: bool, ignored: bool
) -> None:
    repo.write(".envrc", text)
    if ignored:
        repo.write(".gitignore", ".envrc\n")
    assert paths(repo) == [".envrc"] * flagged


def test_nothing_of_a_value_is_printed(repo: Repository) -> None:
    secret = generate(SHAPES["github_token"])
    repo.write(".env", f"TOKEN={secret}\n{secret}=\nKEY='\n{secret[:30]}=\n'\n")
    for form in ("text", "json", "concise"):
        made = repo.palint("--format", form)
        assert ".env" in made.stdout
        assert secret[8:30] not in made.stdout + made.stderr


@pytest.mark.parametrize("header", [b"\0GITCRYPT\0", b"\x84\x5e\x03"])  # git-crypt's, git-secret's
def test_an_encrypted_file_is_none(repo: Repository, header: bytes) -> None:
    """Its header alone hides nothing."""
    encrypted = header + bytes(range(256)).replace(b"\n", b"").replace(b"=", b"")
    repo.write("a/.secrets.env", encrypted)
    repo.write("a/.env.secret", encrypted)
    repo.write("b/.secrets.env", encrypted + b"\nA=1\n")
    repo.add()
    assert paths(repo) == ["b/.secrets.env"]
