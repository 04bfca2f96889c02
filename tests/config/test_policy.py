"""A policy: what a repository cannot weaken, and that its attempts are findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.config import Config, FleetException
from palint.config.policy import apply_policy
from palint.findings import Confidence, Severity
from palint.testing import substitute
from palint.tree.project import Limits
from tests.conftest import Repository, findings

PRINTED = True  # see the fixture `repo`
NAME = "password"
LOW = f"{NAME} = 'superuser-2'\n"
SECRET = 'token = "{github_token}"'


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def check(repo: Repository, policy: Path, *args: str):  # type: ignore[no-untyped-def]
    return repo.palint("--format", "json", "--policy", str(policy), *args, ".")


def rules(made) -> set[str]:  # type: ignore[no-untyped-def]
    return {f["rule"] for f in findings(made)}


def messages(made) -> str:  # type: ignore[no-untyped-def]
    return "\n".join(f["message"] for f in findings(made) if f["rule"] == "unused-suppression")


def test_a_rule_cannot_be_switched_off(repo: Repository, policy: Path) -> None:
    policy.write_text("")
    repo.write(".env", "A=1\n")
    repo.write("palint.toml", 'ignore = ["env-file"]\n')
    made = check(repo, policy)
    assert made.returncode == 1
    assert "env-file" in rules(made)
    assert "`ignore` names env-file" in messages(made)


def test_nor_selected_away(repo: Repository, policy: Path) -> None:
    policy.write_text('select = ["env-file", "unused-suppression"]\n')
    repo.write(".env", "A=1\n")
    repo.write("palint.toml", 'select = ["hardcoded-secret"]\n')
    made = check(repo, policy)
    assert "env-file" in rules(made)
    assert "`select` leaves out env-file" in messages(made)


def test_what_a_policy_ignores_or_leaves_out_is_the_repositorys_choice() -> None:
    policy = Config(select=("a", "b"), ignore=("b",), exclude=("x/",), environments=("live",))
    policy = policy._replace(provenance={"environments": "policy.toml:1"})
    own = Config(select=("a", "c"), ignore=("a", "b", "d"), exclude=("x/", "y/"), environments=("live",))
    own = own._replace(provenance={"environments": "palint.toml:1"})
    made = apply_policy(own, policy, {})
    assert (made.select, made.ignore, made.exclude) == (("a", "c"), ("b", "d", "b"), ("x/",))
    assert [v.message for v in made.policy_violations] == [
        "`ignore` names a, which the policy runs", "`exclude` leaves out y/, which the policy does not",
    ]  # fmt: skip
    own = Config(select=("c",), exception=(FleetException(*"abcdef"),))
    made = apply_policy(own, policy, {})
    assert [v.key for v in made.policy_violations] == ["select", "exception"] and made.exception == ()
    whole = apply_policy(Config(ignore=("z",)), Config(), {}).policy_violations
    assert [v.message for v in whole] == ["`ignore` names z, which the policy runs"]


def test_settings_that_repeat_the_policy_are_no_attempt() -> None:
    places = dict.fromkeys(("fail-on", "environments"), "palint.toml:1")
    policy = Config(
        select=("a", "b"),
        ignore=("b",),
        severity={"a": Severity.WARNING},
        fail_on=Severity.WARNING,
        min_confidence=Confidence.HIGH,
        exclude=("x/",),
        environments=("live",),
        rule_options={"github-secret": {"allow": ("FOO",)}},
        limits=Limits(seconds=20),
        provenance=places,
    )
    assert apply_policy(policy, policy, {}).policy_violations == ()


def test_an_option_of_a_rule_is_the_policys_where_it_sets_it() -> None:
    policy = Config(rule_options={"github-secret": {"allow": ("FOO",)}})
    own = Config(rule_options={"github-secret": {"allow": ("BAR",)}, "secret-name": {"allow": ("a",)}})
    made = apply_policy(own, policy, {})
    assert made.rule_options == {"github-secret": {"allow": ("FOO",)}, "secret-name": {"allow": ("a",)}}
    assert [v.message for v in made.policy_violations] == [
        "`allow` of github-secret differs from that of the policy"
    ]


def test_severity_and_fail_on_only_rise(repo: Repository, policy: Path) -> None:
    policy.write_text('fail-on = "warning"\n[severity]\nenv-file = "error"\n')
    repo.write(".env", "A=1\n")
    repo.write("palint.toml", 'fail-on = "error"\n[severity]\nenv-file = "warning"\n')
    made = check(repo, policy)
    assert [f["severity"] for f in findings(made) if f["rule"] == "env-file"] == ["error"]
    assert "lowers env-file" in messages(made)
    assert "`fail-on` is laxer" in messages(made)
    (repo.path / ".env").unlink()
    (repo.path / "palint.toml").unlink()
    repo.write("a.py", LOW)  # a warning
    assert (repo.palint(".").returncode, check(repo, policy).returncode) == (0, 1)


def test_limits_and_environments_are_the_policys(repo: Repository, policy: Path) -> None:
    policy.write_text('environments = ["production"]\n[limits]\nseconds = 20.0\n')
    repo.write("palint.toml", 'environments = ["production", "qa"]\n[limits]\nseconds = 100.0\n')
    made = check(repo, policy)
    assert made.returncode == 1 and "`limits.seconds` is higher than the policy's 20" in messages(made)
    shown = repo.palint("config", "--policy", str(policy)).stdout
    assert 'environments = ["production"]' in shown and "seconds = 20" in shown


def test_exclude_is_the_policys(repo: Repository, policy: Path) -> None:
    policy.write_text('exclude = ["vendor/"]\n')
    repo.write("vendor/.env", "A=1\n")
    repo.write("app/.env", "A=1\n")
    repo.write("palint.toml", 'exclude = ["app/"]\n')
    made = check(repo, policy)
    assert [f["path"] for f in findings(made) if f["rule"] == "env-file"] == ["app/.env"]
    assert "`exclude` leaves out app/" in messages(made)


def test_only_some_rules_may_be_suppressed(repo: Repository, policy: Path) -> None:
    policy.write_text('allow-suppressing = ["secret-name"]\n')
    repo.write("a.py", substitute(f"{SECRET}  # palint: ignore[hardcoded-secret] a test\n"))
    made = check(repo, policy)
    assert "hardcoded-secret" in rules(made)
    assert "is not allowed by the policy" in messages(made)
    assert repo.palint("--select", "hardcoded-secret", ".").returncode == 0


def test_allow_is_no_way_round(repo: Repository, policy: Path) -> None:
    policy.write_text("allow-suppressing = []\n")
    repo.write(".env", "A=1\n")
    repo.write("palint.toml", '[[allow]]\npaths = [".env"]\nrules = ["env-file"]\nreason = "x"\n')
    made = check(repo, policy)
    assert "env-file" in rules(made)
    assert "`[[allow]]` accepts env-file" in messages(made)


def test_the_environment_names_it(repo: Repository, policy: Path) -> None:
    policy.write_text("")
    repo.write(".env", "A=1\n")
    repo.write("palint.toml", 'ignore = ["env-file"]\n')
    assert repo.palint(".").returncode == 0
    assert repo.palint(".", env={"PALINT_POLICY": str(policy)}).returncode == 1


def test_suppressions_that_the_change_adds(repo: Repository, policy: Path) -> None:
    repo.write("old.py", substitute(f"{SECRET}  # palint: ignore[hardcoded-secret] accepted long ago\n"))
    repo.add()
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("new.py", substitute(f"{SECRET}  # palint: ignore[hardcoded-secret] let me through\n"))
    repo.write(
        "old.py", substitute(f"x = 1\n{SECRET}  # palint: ignore[hardcoded-secret] accepted long ago\n")
    )
    repo.add()
    repo.commit()
    plain = repo.palint("--format", "json", "--since", "main")
    assert plain.returncode == 0
    assert "this change accepts 1 finding: new.py:1 hardcoded-secret" in plain.stdout
    policy.write_text("allow-new-suppressions = false\n")
    made = repo.palint("--format", "json", "--since", "main", "--policy", str(policy))
    assert {f["path"] for f in findings(made)} == {"new.py"}
    assert made.returncode == 1


def test_an_error_in_the_policy_names_it(repo: Repository, policy: Path) -> None:
    policy.write_text("ignor = []\n")
    made = check(repo, policy)
    assert made.returncode == 2
    assert "policy.toml:1: no setting is called 'ignor'" in made.stderr


def test_a_rules_own_severity_is_the_floor(repo: Repository, policy: Path) -> None:
    policy.write_text("")
    repo.write(".env", "A=1\n")
    repo.write("palint.toml", '[severity]\nenv-file = "warning"\n')
    made = check(repo, policy)
    assert [f["severity"] for f in findings(made) if f["rule"] == "env-file"] == ["error"]
    assert "lowers env-file" in messages(made)


def test_the_policy_may_lower_it(repo: Repository, policy: Path) -> None:
    policy.write_text('[severity]\nenv-file = "warning"\n')
    repo.write(".env", "A=1\n")
    made = check(repo, policy)
    assert [f["severity"] for f in findings(made) if f["rule"] == "env-file"] == ["warning"]


def test_an_option_is_no_way_round(repo: Repository, policy: Path) -> None:
    policy.write_text("allow-suppressing = []\n")
    workflow = (
        "on: push\njobs:\n  a:\n    runs-on: x\n    env: {T: '${{ secrets.TOKEN }}'}\n    steps: [{run: x}]\n"
    )
    repo.write(".github/workflows/a.yml", workflow)
    repo.write("palint.toml", '[rules.github-secret]\nallow = ["TOKEN"]\n')
    assert "github-secret" not in rules(repo.palint("--format", "json", "."))
    made = check(repo, policy)
    assert "github-secret" in rules(made)
    assert "`allow` of github-secret may only be set by the policy" in messages(made)


def test_the_baseline_is_no_way_round(repo: Repository, policy: Path) -> None:
    policy.write_text('allow-suppressing = ["secret-name"]\n')
    repo.write("a.py", substitute(SECRET + "\n"))
    repo.palint("baseline")
    assert repo.palint(".").returncode == 0
    assert "hardcoded-secret" in rules(check(repo, policy))
    repo.add()
    repo.commit()
    repo.write("a.py", substitute(f"x = 1\n{SECRET}\n"))
    repo.add()
    assert repo.palint("--staged", ".").returncode == 0
    assert "hardcoded-secret" in rules(check(repo, policy, "--staged"))


@pytest.mark.parametrize("way", ["comment", "allow", "baseline"])
def test_a_suppression_does_not_reach_the_rule_that_is_superseded(
    repo: Repository, policy: Path, way: str
) -> None:
    """`boto3-access-key` reports the key; findings of `hardcoded-secret` may not be suppressed."""
    policy.write_text('allow-suppressing = ["boto3-access-key"]\n')
    comment = "  # palint: ignore[boto3-access-key] a test" if way == "comment" else ""
    code = 'import boto3\nboto3.client("s3", aws_access_key_id="{aws_access_key_id}")'
    repo.write("a.py", substitute(f"{code}{comment}\n"))
    if way == "allow":
        repo.write("palint.toml", '[[allow]]\npaths = ["a.py"]\nrules = ["boto3-access-key"]\nreason = "x"\n')
    if way == "baseline":
        repo.palint("baseline")
    assert repo.palint(".").returncode == 0
    made = check(repo, policy)
    assert made.returncode == 1 and rules(made) == {"hardcoded-secret"}, messages(made)


def test_exceptions_added_by_the_change_do_not_count(repo: Repository, policy: Path) -> None:
    """Neither its baseline entries nor its settings; what stood before goes on to count."""
    policy.write_text("allow-new-suppressions = false\n")
    repo.write("old.py", substitute(SECRET + "\n", seed=1))
    repo.palint("baseline")
    repo.write(
        "palint.toml", '[[allow]]\npaths = ["fixtures/"]\nrules = ["hardcoded-secret"]\nreason = "made up"\n'
    )
    repo.write("fixtures/a.py", substitute(SECRET + "\n", seed=2))
    repo.add()
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("baselined.py", substitute(SECRET + "\n", seed=3))
    repo.palint("baseline", "--add")
    repo.write("allowed.py", substitute(SECRET + "\n", seed=4))
    repo.write("fixtures/b.py", substitute(SECRET + "\n", seed=5))
    repo.write("old.py", substitute("x = 1\n" + SECRET + "\n", seed=1))
    settings = (repo.path / "palint.toml").read_text().replace('["fixtures/"]', '["fixtures/", "allowed.py"]')
    repo.write("palint.toml", settings)
    repo.add()
    repo.commit()
    assert repo.palint("--since", "main").returncode == 0
    made = repo.palint("--format", "json", "--since", "main", "--policy", str(policy))
    assert [f["path"] for f in findings(made) if f["rule"] == "hardcoded-secret"] == [
        "allowed.py",
        "baselined.py",
    ]


def test_config_shows_the_policy(repo: Repository, policy: Path) -> None:
    policy.write_text('allow-suppressing = ["secret-name"]\nallow-new-suppressions = false\n')
    shown = repo.palint("config", "--policy", str(policy)).stdout
    assert 'allow-suppressing = ["secret-name"]' in shown
    assert "allow-new-suppressions = false" in shown and "(policy)" in shown


def test_low_confidence_stays_reported(repo: Repository, policy: Path) -> None:
    policy.write_text("")
    repo.write("palint.toml", 'min-confidence = "high"\n')
    repo.write("a.py", LOW)
    assert not findings(repo.palint("--format", "json", "."))
    made = check(repo, policy, "--min-confidence", "high")
    assert "hardcoded-secret" in rules(made)
    assert "`min-confidence` is higher than in the policy" in messages(made)


def test_a_stricter_severity_of_the_repository_counts(repo: Repository, policy: Path) -> None:
    policy.write_text("")
    repo.write("palint.toml", '[severity]\nhardcoded-secret = "error"\n')
    repo.write("a.py", LOW)
    assert [f["severity"] for f in findings(check(repo, policy))] == ["error"]
