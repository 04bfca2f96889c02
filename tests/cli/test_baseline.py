"""Output of `palint baseline`: singular and plural, and no hint that was already followed."""

from __future__ import annotations

import pytest

from palint.secrets.synthetic import generate

from ..conftest import Repository, findings

PRINTED = True  # see the fixture `repo`


@pytest.mark.parametrize(("count", "words"), [(0, "0 findings."), (1, "1 finding."), (2, "2 findings.")])
def test_it_says_how_many_findings_it_wrote(count: int, words: str, repo: Repository) -> None:
    for number in range(count):
        repo.write(f"{number}.py", f'TOKEN = "{generate("{github_token}", number)}"\n')
    said = repo.palint("baseline").stdout.splitlines()
    assert said[0].endswith(f"palint-baseline.jsonl: {words} Commit it; only new findings fail from now on.")
    assert len((repo.path / "palint-baseline.jsonl").read_text().splitlines()) == count


@pytest.mark.parametrize(
    ("attributes", "hinted"),
    [
        (None, True),
        ("* text\n", True),
        ("* text\r\npalint-baseline.jsonl merge=union\r\n", False),
        ("# palint-baseline.jsonl merge=union\n", True),
        ("palint-baseline.jsonl  text merge=union # note\n", False),
    ],
)
def test_the_hint_about_merging_is_for_who_needs_it(
    attributes: str | None, hinted: bool, repo: Repository
) -> None:
    if attributes is not None:
        repo.write(".gitattributes", attributes)
    said = repo.palint("baseline")
    assert said.returncode == 0 and ("merge=union" in said.stdout) is hinted


def test_a_second_run_counts_known_and_new_and_adds_only_with_an_option(repo: Repository) -> None:
    repo.write("old.py", f'TOKEN = "{generate("{github_token}", 1)}"\n')
    assert repo.palint("baseline").returncode == 0
    written = (repo.path / "palint-baseline.jsonl").read_text()
    again = repo.palint("baseline")
    assert again.returncode == 0 and "1 known, 0 new" in again.stdout
    repo.write("new.py", f'TOKEN = "{generate("{github_token}", 2)}"\n')
    output = repo.palint("baseline")
    assert output.returncode == 1
    assert "1 known, 1 new" in output.stdout and "new.py:1 hardcoded-secret" in output.stdout
    assert (repo.path / "palint-baseline.jsonl").read_text() == written
    assert repo.palint("baseline", "--add").returncode == 0
    assert set(written.splitlines()) < set((repo.path / "palint-baseline.jsonl").read_text().splitlines())
    assert repo.palint().returncode == 0


def test_findings_in_ignored_files_are_accepted_for_this_clone_alone(repo: Repository) -> None:
    """One person's `.env` is accepted for no one else, and never leaves their clone."""
    repo.write(".gitignore", ".env\n")
    repo.write(".env", "A=1\n")
    repo.write("team.env", "A=1\n")
    made = repo.palint("baseline")
    assert made.returncode == 0 and "for this clone alone" in made.stdout
    assert (repo.path / "palint-baseline.jsonl").read_text().count("\n") == 1
    assert repo.palint().returncode == 0
    repo.add()
    repo.commit()
    repo.git("clone", "-q", ".", str(repo.path.parent / "other"))
    other = Repository(repo.path.parent / "other")
    other.write(".env", "A=1\n")
    assert ".env" in other.palint("--format", "concise").stdout
    assert "0 of 1 entries dropped" in other.palint("baseline", "--prune").stdout
    (repo.path / ".env").unlink()
    assert "1 of 1 entries dropped" in repo.palint("baseline", "--prune").stdout


def test_an_entry_for_a_whole_file_names_its_path(repo: Repository) -> None:
    repo.write("a/.env", "A=1\n")
    repo.palint("baseline")
    repo.write("b/.env", "A=1\n")
    made = repo.palint("--format", "concise")
    assert made.returncode == 1 and "b/.env" in made.stdout and "a/.env" not in made.stdout
    (repo.path / "a/.env").write_text("A=1\n" + "#" * 11_000_000)
    (repo.path / "b/.env").unlink()
    assert repo.palint().returncode == 0


@pytest.mark.parametrize("options", [(), ("--add",), ("--prune",)])
def test_an_incomplete_check_writes_no_baseline(options: tuple[str, ...], repo: Repository) -> None:
    """What was not checked would be new in the next run; what was checked in part would be stale."""
    repo.write("old.py", f'TOKEN = "{generate("{github_token}", 1)}"\n')
    assert repo.palint("baseline").returncode == 0
    written = (repo.path / "palint-baseline.jsonl").read_text()
    (repo.path / "old.py").unlink()
    repo.write("new.py", f'TOKEN = "{generate("{github_token}", 2)}"\n')
    repo.write(".github/workflows/a.yml", "a: [\n")
    repo.write("compose.yml", "a: [\nenv_file: .env\n")  # searched as text: that is complete
    made = repo.palint("baseline", *options)
    assert made.returncode == 2 and made.stdout == ""
    assert ".github/workflows/a.yml: " in made.stderr and "no baseline was written" in made.stderr
    assert "compose.yml" not in made.stderr and "new.py" not in made.stderr
    assert (repo.path / "palint-baseline.jsonl").read_text() == written
    (repo.path / "palint-baseline.jsonl").unlink()
    assert repo.palint("baseline", *options).returncode == 2
    assert not (repo.path / "palint-baseline.jsonl").exists()


def test_of_many_new_findings_twenty_are_listed(repo: Repository) -> None:
    assert repo.palint("baseline").returncode == 0
    for number in range(20):
        repo.write(f"{number}.py", f'TOKEN = "{generate("{github_token}", number)}"\n')
    shown = repo.palint("baseline").stdout
    assert shown.count("hardcoded-secret") == 20 and "more" not in shown
    repo.write("20.py", f'TOKEN = "{generate("{github_token}", 20)}"\n')
    shown = repo.palint("baseline").stdout
    assert "0 known, 21 new." in shown and shown.count("hardcoded-secret") == 20
    assert "  and 1 more\nFix them, or accept them with `palint baseline --add`." in shown


def test_pruning_keeps_what_is_still_there(repo: Repository) -> None:
    for number in range(3):
        repo.write(f"{number}.py", f'TOKEN = "{generate("{github_token}", number)}"\n')
    made = repo.palint("baseline", "--prune")
    assert made.returncode == 2 and "no palint-baseline.jsonl to prune" in made.stderr
    repo.palint("baseline")
    before = (repo.path / "palint-baseline.jsonl").read_text().splitlines()
    (repo.path / "1.py").unlink()
    made = repo.palint("baseline", "--prune")
    assert made.returncode == 0 and "1 of 3 entries dropped" in made.stdout
    after = (repo.path / "palint-baseline.jsonl").read_text().splitlines()
    assert len(after) == 2 and set(after) < set(before)
    assert repo.palint().returncode == 0


def test_a_baseline_is_for_a_whole_repository(repo: Repository) -> None:
    repo.write("sub/a.py", "")
    made = repo.palint("baseline", "sub/a.py")
    assert made.returncode == 2 and "whole repository" in made.stderr
    assert repo.palint("baseline", ".").returncode == 0


def test_a_baseline_at_another_path_has_ignored_files_too(repo: Repository) -> None:
    repo.write(".gitignore", ".env\n")
    repo.write(".env", "A=1\n")
    made = repo.palint("baseline", "--baseline", "known/all.jsonl")
    assert made.returncode == 0 and "for this clone alone" not in made.stdout
    assert (repo.path / "known/all.jsonl").read_text().count("\n") == 1
    assert repo.palint("--baseline", "known/all.jsonl").returncode == 0
    assert repo.palint().returncode == 1


def test_it_is_written_under_a_policy(repo: Repository) -> None:
    """What the policy does not let a repository accept is named, and a run under it agrees."""
    policy = repo.path.parent / "policy.toml"
    policy.write_text('allow-suppressing = ["secret-name"]\nenvironments = ["live"]\n')
    repo.write("a.py", 'client.get_secret_value(SecretId="shop/production")\n')
    repo.write("b.py", f'TOKEN = "{generate("{github_token}", 1)}"\n')
    for env, options in (({}, ("--policy", str(policy))), ({"PALINT_POLICY": str(policy)}, ())):
        said = repo.palint("baseline", *options, env=env)
        assert said.returncode == 1 and "palint-baseline.jsonl: 1 finding." in said.stdout, said
        assert said.stdout.splitlines()[-2:] == [
            "Not accepted, since the policy does not allow it: 1 finding.", "  b.py:1 hardcoded-secret"
        ]  # fmt: skip
        assert [f["rule"] for f in findings(repo.palint(*options, "--format=json", env=env))] == [
            "hardcoded-secret"
        ]
        (repo.path / "palint-baseline.jsonl").unlink()
