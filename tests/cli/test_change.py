"""What the base of a change decides, for each way in which a base can be missing or unusual."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from palint.testing import substitute
from tests.conftest import Repository, findings

PRINTED = True  # see the fixture `repo`
SECRET = substitute('token = "{github_token}"\n')
ACCEPTED = SECRET.rstrip() + "  # palint: ignore[hardcoded-secret] revoked\n"
ZEROS = "0" * 40
GUARDED = "allow-new-suppressions = false\n"


@pytest.fixture
def changed(repo: Repository) -> Repository:
    """A repository whose second commit adds a secret, and an accepted one."""
    repo.write("README", "x\n")
    repo.add()
    repo.commit()
    repo.write("app/a.py", SECRET)
    repo.write("b.py", ACCEPTED)
    repo.add()
    repo.commit()
    return repo


def push(repo: Repository, remote: str | None, *args: str, pushed: str = "HEAD"):  # type: ignore[no-untyped-def]
    env = {"PRE_COMMIT_TO_REF": pushed} | ({} if remote is None else {"PRE_COMMIT_FROM_REF": remote})
    return repo.palint("hook", *args, "--", "app/a.py", "b.py", env=env)


def test_a_push_is_compared_with_what_the_remote_has(changed: Repository) -> None:
    assert push(changed, "HEAD~1").returncode == 1
    assert push(changed, "HEAD").returncode == 1  # the files are named all the same
    made = push(changed, "1" * 40)
    assert made.returncode == 2 and f"'{'1' * 40}' is not here: fetch it" in made.stderr
    assert push(changed, "HEAD", pushed="1" * 40).returncode == 2
    orphan = changed.git("commit-tree", "HEAD~1^{tree}", "-m", "x").strip()
    made = push(changed, orphan, "--format", "json")
    assert made.returncode == 1 and "this change accepts 1 finding: b.py:1" in made.stdout


@pytest.mark.parametrize("remote", [None, "", ZEROS])
def test_a_new_branch_has_no_base(changed: Repository, tmp_path: Path, remote: str | None) -> None:
    assert push(changed, remote).returncode == 1
    (tmp_path / "policy.toml").write_text(GUARDED)
    made = push(changed, remote, "--policy", str(tmp_path / "policy.toml"))
    assert made.returncode == 2
    assert "no merge base with 'the branch of the remote' here, so palint cannot tell" in made.stdout


def test_a_push_to_an_empty_remote_reads_head(changed: Repository) -> None:
    changed.write("app/a.py", "x = 1\n")
    changed.add()
    for env, code in (({"PRE_COMMIT_REMOTE_NAME": "origin"}, 1), ({}, 0)):
        assert changed.palint("hook", "--", "app/a.py", env=env).returncode == code


def test_the_scope_of_a_change(changed: Repository, make_repo) -> None:  # type: ignore[no-untyped-def]
    inner, other = make_repo("inner"), Repository(changed.path / "nested")
    for each in (inner, other):
        each.write("x.py", SECRET)
        each.add()
        each.commit()
    changed.git("submodule", "add", "-q", str(inner.path), "sub")
    made = changed.palint("--since", "HEAD~1", "--format", "json", ".")
    assert [f["path"] for f in findings(made)] == ["app/a.py"]
    for name in ("sub", "nested"):
        assert f'"path": "{name}' in made.stdout and "submodule: not checked here" in made.stdout
    made = changed.palint("--since", "HEAD~1", "--format", "json", "b.py", "nested")
    assert not findings(made) and '"path": "sub"' not in made.stdout
    changed.write("c.py", SECRET)
    changed.add()
    made = changed.palint("--staged", "--format", "json", "app")
    assert [f["path"] for f in findings(made)] == ["app/a.py"]


def test_without_a_base_everything_in_scope_is_checked_in_ci(changed: Repository) -> None:
    assert changed.palint("--since", "none", ".").returncode == 2
    made = changed.palint("--since", "none", "app", env={"CI": "1"})
    assert made.returncode == 1 and "no merge base with 'none' here" in made.stderr
    assert not changed.palint("--since", "none", "--quiet", ".", env={"CI": "1"}).stderr
    assert not changed.palint("--since", "none", "--format", "json", ".", env={"CI": "1"}).stderr
    assert changed.palint("--since", ZEROS, "b.py").returncode == 0


def test_a_policy_in_the_tree_is_committed_and_of_a_size(repo: Repository) -> None:
    repo.write("policy.toml", "# " + "x" * (1 << 20))
    made = repo.palint("--policy", "policy.toml", ".")
    assert made.returncode == 2 and "policy.toml: the policy is not in HEAD" in made.stderr
    repo.add()
    repo.commit()
    for words in ([], ["--since", "HEAD"]):
        made = repo.palint(*words, "--policy", "policy.toml", ".")
        assert made.returncode == 2 and "larger than a settings file can be" in made.stderr


@pytest.mark.parametrize("path", ["palint.toml", ".config/palint.toml"])
def test_a_change_of_the_settings_is_named_also_if_it_deletes_them(repo: Repository, path: str) -> None:
    strict = '[severity]\nhardcoded-secret = "error"\n'
    repo.write(path, strict)
    repo.write("a.py", SECRET)
    repo.write("b.py", SECRET)
    repo.add()
    repo.commit()
    (repo.path / path).unlink()
    repo.add()
    made = repo.palint("--since", "HEAD", ".")
    assert f"{path}: note: this change edits palint's settings: `severity`" in made.stdout
    repo.write("a.py", SECRET + "x = 1\n")
    repo.write(path, 'ignore = ["hardcoded-secret"]\n')
    made = repo.palint("--since", "HEAD", ".")
    assert f"a.py:1 hardcoded-secret ({path})" in made.stdout, made.stdout


def test_a_baseline_that_was_a_link_had_no_entries(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    assert repo.palint("baseline").returncode == 0
    os.rename(repo.path / "palint-baseline.jsonl", repo.path / "real")
    os.symlink("real", repo.path / "palint-baseline.jsonl")
    repo.add()
    repo.commit()
    (repo.path / "palint-baseline.jsonl").unlink()
    os.rename(repo.path / "real", repo.path / "palint-baseline.jsonl")
    repo.write("a.py", SECRET + "x = 1\n")
    made = repo.palint("--since", "HEAD", "--format", "json", ".")
    assert "an entry of the baseline" in made.stdout and not findings(made), made.stdout


def test_of_many_accepted_findings_ten_places_are_named(repo: Repository) -> None:
    repo.commit()
    for number in range(12):
        repo.write(f"{number:02}.py", ACCEPTED)
    repo.add()
    made = repo.palint("--staged")
    assert "this change accepts 12 findings: 00.py:1" in made.stdout and " and 2 more" in made.stdout


def test_what_was_not_checked_at_the_base_is_a_note(repo: Repository) -> None:
    accepted = ACCEPTED.replace(" = ", ": ")
    repo.write(".github/workflows/a.yml", f"on: push\n{accepted}jobs: [\n")
    repo.add()
    repo.commit()
    repo.write(".github/workflows/a.yml", f"on: push\n{accepted}jobs: {{}}\n")
    repo.add()
    made = repo.palint("--staged")
    assert made.returncode == 0 and "note: at the base of the change: " in made.stdout, made.stdout


def test_only_entries_of_rules_that_may_be_accepted_count(repo: Repository, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('allow-suppressing = ["env-file"]\n')
    repo.write("a.py", SECRET)
    repo.write(".env", "A=1\n")
    assert repo.palint("baseline").returncode == 0
    repo.add()
    repo.commit()
    checks = (["check"], ["check", "--since", "HEAD~0"], ["history", "--no-state"])
    for words in checks:
        repo.write("a.py", SECRET + f"x = {len(words)}\n")
        made = repo.palint(*words, "--format", "json", "--policy", str(policy))
        assert "hardcoded-secret" in made.stdout and '"rule": "env-file"' not in made.stdout, words
        assert repo.palint(*words).returncode == 0, words
        made = repo.palint(*words, "--isolated")
        assert made.returncode == 1, words
        made = repo.palint(*words, "--isolated", "--baseline", "palint-baseline.jsonl")
        assert made.returncode == 0, words
