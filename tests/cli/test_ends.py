"""Suppressions that end, those for a whole file, and the least confidence that is reported."""

from __future__ import annotations

from ..conftest import Repository, findings

NAME = "password"
LOW = f"{NAME} = 'superuser-2'\n"
PAST, FUTURE = "2020-01-31", "2999-12-31"


def found(repo: Repository, *args: str) -> list[tuple[str, str]]:
    return [(f["rule"], f["message"]) for f in findings(repo.palint("--format", "json", *args))]


def test_an_allow_ends(repo: Repository) -> None:
    repo.write("a.py", LOW)
    allow = '[[allow]]\npaths = ["a.py"]\nrules = ["hardcoded-secret"]\nreason = "x"\nuntil = '
    repo.write("palint.toml", allow + FUTURE)
    assert found(repo) == []
    repo.write("palint.toml", allow + PAST)
    rules = dict(found(repo))
    assert "hardcoded-secret" in rules
    assert rules["unused-suppression"] == f"[[allow]] for a.py ended on {PAST}"


def test_a_comment_ends(repo: Repository) -> None:
    comment = "# palint: ignore[hardcoded-secret] until="
    repo.write("a.py", f"{comment}{FUTURE} why\n{LOW}")
    assert found(repo) == []
    repo.write("a.py", f"{comment}{PAST} why\n{LOW}")
    rules = dict(found(repo))
    assert "hardcoded-secret" in rules
    assert rules["unused-suppression"] == f"suppression of `hardcoded-secret` ended on {PAST}"


def test_what_ended_at_the_base_is_new_when_a_change_gives_it_a_later_end(repo: Repository) -> None:
    """Under a policy without new suppressions, by a comment and by the settings."""
    comment = "# palint: ignore[hardcoded-secret] until="
    allow = '[[allow]]\npaths = ["b.py"]\nrules = ["hardcoded-secret"]\nreason = "x"\nuntil = '
    for day in (PAST, FUTURE):
        repo.write("a.py", f"{comment}{day} why\n{LOW}")
        repo.write("b.py", f"{LOW}# {day}\n")
        repo.write("palint.toml", allow + day)
        repo.add()
        repo.commit()
    policy = repo.path.parent / "policy.toml"
    policy.write_text("allow-new-suppressions = false\n")
    assert repo.palint("--since=HEAD~1").returncode == 0
    made = repo.palint("--format=json", "--since=HEAD~1", f"--policy={policy}")
    assert {f["path"] for f in findings(made) if f["rule"] == "hardcoded-secret"} == {"a.py", "b.py"}


def test_a_comment_for_the_whole_file(repo: Repository) -> None:
    repo.write("a.py", f"x = 1\n{LOW}# palint: ignore-file[hardcoded-secret] made by a generator\n{LOW}")
    assert found(repo) == []
    repo.write("a.py", "x = 1\n# palint: ignore-file[hardcoded-secret] made by a generator\n")
    assert found(repo) == [("unused-suppression", "suppression of `hardcoded-secret` suppresses nothing")]


def test_the_least_confidence_that_is_reported(repo: Repository) -> None:
    repo.write("a.py", f"{LOW}x = 1\n{LOW.strip()}  # palint: ignore[hardcoded-secret] why\n")
    assert [rule for rule, _ in found(repo)] == ["hardcoded-secret"]
    assert found(repo, "--min-confidence", "high") == []
    repo.write("palint.toml", 'min-confidence = "high"\n')
    assert found(repo) == []
    assert [rule for rule, _ in found(repo, "--min-confidence", "low")] == ["hardcoded-secret"]


def test_settings_in_the_other_places(repo: Repository) -> None:
    repo.write("a.py", LOW)
    for name in (".palint.toml", ".config/palint.toml"):
        repo.write(name, 'ignore = ["hardcoded-secret"]\n')
        assert found(repo) == []
        repo.write("palint.toml", "")
        made = repo.palint()
        assert made.returncode == 2 and f"settings are both here and in {name}" in made.stderr
        (repo.path / name).unlink()
        (repo.path / "palint.toml").unlink()
