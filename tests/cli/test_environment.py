"""Options that come from the environment: after the command line, before the settings, under a policy."""

from __future__ import annotations

import json

import pytest

from palint.cli.options import VARIABLES
from palint.secrets.synthetic import generate

from ..conftest import Repository, findings


@pytest.fixture
def warned(repo: Repository) -> Repository:
    """A repository with one warning."""
    repo.write(
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        "      - run: make\n        env:\n          TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n",
    )
    repo.add()
    repo.commit()
    return repo


def test_each_variable_gives_its_option(warned: Repository) -> None:
    reports = warned.path.parent / "reports"
    reports.mkdir()
    output = f"sarif:{reports / 'a.sarif'} json:{reports / 'a.json'}"
    env = {"PALINT_FORMAT": "json", "PALINT_OUTPUT": output, "PALINT_FAIL_ON": "warning"}
    made = warned.palint(env=env)
    assert made.returncode == 1 and [f["severity"] for f in findings(made)] == ["warning"]
    assert {path.name for path in reports.iterdir()} == {"a.sarif", "a.json"}
    settings = warned.write("../theirs.toml", 'ignore = ["github-secret"]\n')
    assert findings(warned.palint(env={**env, "PALINT_CONFIG": str(settings)})) == []
    assert warned.palint("baseline", env={"PALINT_BASELINE": "../known.jsonl"}).returncode == 0
    assert findings(warned.palint(env={**env, "PALINT_BASELINE": "../known.jsonl"})) == []
    assert len(findings(warned.palint(env={**env, "PALINT_BASELINE": "/dev/null"}))) == 1


def test_the_command_line_comes_first_and_the_settings_last(warned: Repository) -> None:
    warned.write("palint.toml", 'fail-on = "warning"\n')
    assert warned.palint().returncode == 1
    assert warned.palint(env={"PALINT_FAIL_ON": "error"}).returncode == 0
    made = warned.palint(
        "--fail-on=warning", "--format=json", env={"PALINT_FAIL_ON": "error", "PALINT_FORMAT": "html"}
    )
    assert made.returncode == 1 and len(findings(made)) == 1
    shown = warned.palint("config", env={"PALINT_FAIL_ON": "error", "PALINT_FORMAT": "json"}).stdout
    assert 'fail-on = "error"  # PALINT_FAIL_ON\n' in shown and '# PALINT_FORMAT = "json"\n' in shown
    assert 'fail-on = "warning"  # palint.toml:1\n' in warned.palint("config").stdout
    policy = warned.write("../policy.toml", 'fail-on = "error"\n')
    warned.write(
        "palint.toml", '[[allow]]\npaths = ["x"]\nrules = ["env-file"]\nreason = "y"\nuntil = 2020-01-31\n'
    )
    for strictest in ("error", "warning"):
        policy.write_text(f'fail-on = "{strictest}"\n')
        made = warned.palint("config", "--policy", str(policy), env={"PALINT_FAIL_ON": "error"})
        origin = "PALINT_FAIL_ON" if strictest == "error" else f"{policy}:1 (policy)"
        assert f'fail-on = "{strictest}"  # {origin}\n' in made.stdout, made.stdout
        assert "until = 2020-01-31  # ended\n" in made.stdout


def test_isolated_leaves_out_settings_and_baseline_of_the_environment(warned: Repository) -> None:
    settings = warned.write("../theirs.toml", 'ignore = ["github-secret"]\n')
    warned.palint("baseline", "--baseline=../known.jsonl")
    env = {"PALINT_CONFIG": str(settings), "PALINT_BASELINE": "../known.jsonl"}
    assert len(findings(warned.palint("--isolated", "--format=json", env=env))) == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PALINT_FAIL_ON", "warnin", 'invalid value "warnin" for PALINT_FAIL_ON: use "warning" or "error"'),
        ("PALINT_FORMAT", "sarf", 'invalid value "sarf" for PALINT_FORMAT: did you mean "sarif"?'),
        ("PALINT_OUTPUT", "report.json", "write FORMAT:FILE"),
        ("PALINT_CONFIG", "absent.toml", "absent.toml"),
        ("PALINT_BASELINE", "absent.jsonl", "absent.jsonl"),
    ],
)
def test_a_wrong_value_is_an_error(warned: Repository, name: str, value: str, words: str) -> None:
    made = warned.palint(env={name: value})
    assert made.returncode == 2 and words in made.stderr


def test_a_report_of_another_kind_keeps_its_format(warned: Repository) -> None:
    """The formats of a history and of `rules` are others, and a CI system sets one for all its steps."""
    env = {"PALINT_FORMAT": "github", "PALINT_OUTPUT": "junit:x.xml"}
    assert warned.palint("history", env=env).returncode == 0
    assert json.loads(warned.palint("rules", "--format=json", env=env).stdout)


def test_the_hook_has_them_too(repo: Repository) -> None:
    repo.commit()
    repo.write("a.py", f'TOKEN = "{generate("{github_token}")}"\n')
    repo.add()
    made = repo.palint("hook", "--", "a.py", env={"PALINT_FORMAT": "json"})
    assert [f["rule"] for f in findings(made)] == ["hardcoded-secret"]


POLICY = 'fail-on = "warning"\nallow-new-suppressions = false\n'


def test_a_policy_binds_the_environment(warned: Repository) -> None:
    policy = warned.write("../policy.toml", POLICY)
    env = {"PALINT_FAIL_ON": "error", "PALINT_POLICY": str(policy)}
    assert warned.palint(env=env).returncode == 1


@pytest.mark.parametrize("name", ["PALINT_CONFIG", "PALINT_BASELINE"])
def test_a_file_that_the_environment_names_counts_as_the_base_has_it(warned: Repository, name: str) -> None:
    """Under a policy that allows no new suppressions, as for `--config` and `--baseline`."""
    policy = warned.write("../policy.toml", POLICY)
    token = f'TOKEN = "{generate("{github_token}")}"\n'
    file = "ours.toml" if name == "PALINT_CONFIG" else "ours.jsonl"
    warned.write(file, "")
    warned.add()
    warned.commit()
    warned.write("a.py", token)
    if name == "PALINT_CONFIG":
        allow = '[[allow]]\npaths = ["a.py"]\nrules = ["hardcoded-secret"]\nreason = "mine"\n'
        warned.write(file, allow)
    else:
        warned.palint("baseline", "--add", "--baseline", file)
    warned.add()
    warned.commit()
    env = {name: file}
    free = warned.palint("--since=HEAD~1", "--format=json", env=env)
    assert [f for f in findings(free) if f["rule"] == "hardcoded-secret"] == []
    bound = warned.palint("--since=HEAD~1", "--format=json", env={**env, "PALINT_POLICY": str(policy)})
    assert "hardcoded-secret" in {f["rule"] for f in findings(bound)}, bound.stderr
    assert bound.returncode == 1


def test_each_variable_is_documented(warned: Repository) -> None:
    page = warned.palint("check", "--help").stdout
    assert [name for name in VARIABLES if f"${name}" not in page] == []
