"""`[[pattern]]`: rules without code, for a company's own token."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from palint import pattern_rule
from palint.config import Pattern
from palint.secrets.synthetic import generate
from palint.util import deadline

from ..conftest import Repository, findings

PRINTED = True  # see the fixture `repo`

TOKEN = f"acme_{generate('{hex:32}')}"
PATTERN = r"""
[[pattern]]
id = "acme-token"
message = "hardcoded Acme token"
keyword = "ACME_"
regex = '\bacme_(?P<value>[0-9a-f]{32})\b'
bad = ["x acme_00112233445566778899aabbccddeeff"]
good = ["acme_token"]
"""


def found(repo: Repository, *args: str) -> list[tuple[str, str, str]]:
    return [(f["rule"], f["path"], f["message"]) for f in findings(repo.palint("--format=json", *args))]


@pytest.fixture
def acme(repo: Repository) -> Repository:
    repo.write("palint.toml", PATTERN)
    repo.write("a.txt", f"first {TOKEN} and {TOKEN[:-1]}0, not {TOKEN}0\n")
    return repo


def test_a_token_is_a_finding_of_its_own_rule(acme: Repository) -> None:
    made = acme.palint("--format=json")
    assert made.returncode == 1 and TOKEN[5:] not in made.stdout
    first, second = findings(made)
    assert (first["rule"], first["message"]) == ("acme-token", "hardcoded Acme token (32 characters)")
    assert (first["start"]["column"], second["start"]["column"]) == (12, 54)
    assert first["fix_hint"].startswith("rotate it")


def test_the_rule_is_one_like_any_other(acme: Repository) -> None:
    assert not found(acme, "--ignore=acme-token")
    assert [rule for rule, *_ in found(acme, "--select=acme-token")] == ["acme-token"] * 2
    acme.write("palint.toml", PATTERN + '[severity]\nacme-token = "warning"\n')
    assert acme.palint().returncode == 0
    acme.write("a.txt", f"{TOKEN} # palint: ignore[acme-token] revoked\n")
    assert not found(acme)
    assert "acme-token" in acme.palint("config").stdout


def test_only_in_its_files(acme: Repository) -> None:
    acme.write("palint.toml", PATTERN + 'files = ["*.md"]\n')
    acme.write("b.md", TOKEN)
    assert [path for _, path, _ in found(acme)] == ["b.md"]


def test_each_pattern_is_its_own_rule_and_an_empty_value_is_none(acme: Repository) -> None:
    other = PATTERN.replace("acme", "emca").replace("ACME", "EMCA").replace("[0-9a-f]{32}", "[0-9a-f]{0,32}")
    acme.write("palint.toml", PATTERN + other.replace('good = ["emca_token"]', 'good = ["token"]'))
    acme.write("a.txt", f"{TOKEN} emca_ emca_{TOKEN[5:]}\n")
    assert [rule for rule, *_ in found(acme)] == ["acme-token", "emca-token"]


@pytest.mark.parametrize(
    ("regex", "why"),
    [
        ("a{1,3}", ""),
        ("(?:a{2}){1,3}", ""),
        ("(?:a{1,3}){2}", ""),
        ("(?:a{1,3}){1,2}", "repeats a part that has a repetition itself"),
        ("(?:b|(?:a{1,3}){1,2})", "repeats a part that has a repetition itself"),
        ("(?=a{1,3}){1,2}", "repeats a part that has a repetition itself"),
        ("a+", "repeats without a bound: write {1,1000} or less"),
        ("a{1,1001}", "repeats without a bound"),
        ("(a)\\1", "refers back to a group"),
        ("(a)?(?(1)b|c)", "refers back to a group"),
        *([("(?>a{1,3}){1,2}", "repeats a part")] if sys.version_info >= (3, 11) else ()),
    ],
)
def test_a_regular_expression_takes_linear_time(regex: str, why: str) -> None:
    made = list(pattern_rule.problems([Pattern("acme-token", "m", "a", regex, (), (), (), 1)], {}))
    assert [text.partition(" that ")[2][: len(why)] for _, text in made] == ([why] if why else [])


def test_it_replaces_the_general_finding(acme: Repository) -> None:
    acme.write("a.txt", f"api_token = '{TOKEN}'\n")
    assert [rule for rule, *_ in found(acme)] == ["acme-token"]


def test_a_large_file_is_searched_in_parts(acme: Repository) -> None:
    acme.write("a.txt", ("x" * 79 + "\n") * 150_000 + TOKEN + "\n")
    assert [rule for rule, *_ in found(acme)] == ["acme-token"]


def test_a_deleted_file_is_found_in_the_history(acme: Repository) -> None:
    acme.add()
    acme.commit()
    (acme.path / "a.txt").unlink()
    acme.add()
    acme.commit()
    made = json.loads(acme.palint("history", "--format=json", "--no-state").stdout)
    assert {each["rule"] for each in made["secrets"]} == {"acme-token"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "acme-token"', 'id = "env-file"', "has the id of a rule"),
        ("[0-9a-f]{32}", "[0-9a-f", "has no valid `regex`"),
        ("[0-9a-f]{32}", "[0-9a-f]{99999999999}", "has no valid `regex`: the repetition number is too large"),
        ("[0-9a-f]{32}", "[0-9a-f]+", "repeats without a bound"),
        ("[0-9a-f]{32}", "(?:[0-9a-f]{1,9}x?){1,32}", "repeats a part that has a repetition"),
        ("[0-9a-f]{32}", "(?P<a>x)(?P=a)[0-9a-f]{30}", "refers back to a group"),
        ('bad = ["x ', 'bad = ["x', "does not find its bad example 1: `regex` does not match"),
        ('"ACME_"', '"acme-"', "bad example 1: the match does not contain `keyword`"),
        ('["acme_token"]', '["acme_00112233445566778899aabbccddeeff"]', "finds its good example 1"),
    ],
)
def test_a_pattern_that_cannot_work_is_an_error(repo: Repository, old: str, new: str, words: str) -> None:
    repo.write("palint.toml", PATTERN.replace(old, new))
    made = repo.palint()
    assert made.returncode == 2 and "palint.toml:2: " in made.stderr and words in made.stderr


@pytest.mark.parametrize(
    "regex", ["(?:a|aa){0,500}X", "(?:|a){0,999}X", "a?" * 60 + "X", "a{0,99}" * 9 + "X"]
)
def test_a_pattern_that_tries_too_many_ways_is_an_error(monkeypatch: pytest.MonkeyPatch, regex: str) -> None:
    monkeypatch.setattr(pattern_rule, "_SECONDS", 0.05)
    slow = Pattern("acme-token", "m", "aaa", regex, (), ("aaaX",), ("a" * 5000,), 1)
    deadline.limit_file(0.4)
    ((found, why),) = pattern_rule.problems([slow], {})
    assert found is slow and why.startswith("takes longer than 0.05 s for its examples")
    with pytest.raises(deadline.FileTimeout):  # of the file that the settings were read for
        time.sleep(2)


def test_its_examples_are_tested_when_asked(acme: Repository) -> None:
    assert acme.palint("rules", "--test").stdout == "acme-token: 2 examples\n"
    acme.write("palint.toml", PATTERN.replace('bad = ["x ', 'bad = ["x'))
    made = acme.palint("rules", "--test")
    assert made.returncode == 2 and "palint.toml:2: the pattern 'acme-token' does not find" in made.stderr
    acme.write("palint.toml", "")
    assert acme.palint("rules", "--test").stdout.startswith("No [[pattern]] in the settings")


def test_a_policys_examples_are_tested(repo: Repository) -> None:
    policy = repo.path / "policy.toml"  # in a repository, and not committed yet
    policy.write_text(PATTERN)
    assert repo.palint("rules", "--test", f"--policy={policy}").stdout == "acme-token: 2 examples\n"
    assert "acme-token " in repo.palint("rules", env={"PALINT_POLICY": str(policy)}).stdout
    policy.write_text(PATTERN.replace('bad = ["x ', 'bad = ["x'))
    made = repo.palint("rules", "--test", f"--policy={policy}")
    assert made.returncode == 2 and "policy.toml:2: the pattern 'acme-token' does not find" in made.stderr


def test_a_pattern_that_a_change_removes_or_weakens_counts_under_a_policy(acme: Repository) -> None:
    (acme.path / "a.txt").unlink()
    acme.add()
    acme.commit()
    policy: Path = acme.path.parent / "policy.toml"
    policy.write_text("allow-new-suppressions = false\n")
    for settings in ("", PATTERN.replace("{32}", "{40}").replace("eeff", "eeff00112233")):
        acme.write("palint.toml", settings)
        acme.write("b.txt", TOKEN)
        under = found(acme, "--since=HEAD", f"--policy={policy}")
        assert ("acme-token", "b.txt") in [row[:2] for row in under]
        made = acme.palint("--since=HEAD")
        assert "`pattern`" in made.stdout + made.stderr


def test_a_policys_patterns_count_everywhere(acme: Repository) -> None:
    policy: Path = acme.path.parent / "policy.toml"
    policy.write_text(PATTERN)
    acme.write("palint.toml", PATTERN.replace("[0-9a-f]{32}", "[0-9a-f]{31}0").replace("eeff", "eef0"))
    assert len([path for _, path, _ in found(acme, f"--policy={policy}") if path == "a.txt"]) == 2


def test_settings_may_name_the_patterns_of_a_policy(repo: Repository) -> None:
    policy: Path = repo.path.parent / "policy.toml"
    policy.write_text(PATTERN)
    repo.write("a.txt", TOKEN)
    repo.write("palint.toml", '[[allow]]\npaths = ["a.txt"]\nrules = ["acme-token"]\nreason = "made up"\n')
    assert found(repo, f"--policy={policy}") == []
    assert found(repo, f"--policy={policy}", "--select=acme-token") == []
    repo.write("palint.toml", "")
    assert [row[:2] for row in found(repo, f"--policy={policy}", "--select=acme-token")] == [
        ("acme-token", "a.txt")
    ]


def test_the_examples_of_a_policy_are_none_in_its_own_file(repo: Repository) -> None:
    repo.write("policy.toml", f"{PATTERN}# {TOKEN}\n")
    repo.write("other.toml", 'bad = "acme_00112233445566778899aabbccddeeff"\n')
    repo.add()
    repo.commit()
    rows = found(repo, "--policy=policy.toml", "--select=acme-token")
    assert [path for _, path, _ in rows] == ["other.toml", "policy.toml"]


def test_its_page_is_explained(acme: Repository) -> None:
    page = acme.palint("explain", "acme-token").stdout
    assert page.startswith("# acme-token\n") and "Hardcoded Acme token." in page
    assert "x acme_00112233445566778899aabbccddeeff\n```\n\nNot flagged:\n\n```\nacme_token" in page
    listed = acme.palint("explain").stdout
    assert "rules; * has a fix" in listed and "acme-token " in listed
    assert "acme-token" in [
        rule["id"] for rule in json.loads(acme.palint("rules", "--format", "json").stdout)
    ]
