"""GitLab's secret-detection report: valid, with the secrets alone, and with the commit that was checked."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given, settings

from palint.findings import Notice, Results
from palint.secrets.synthetic import generate

from ..conftest import Repository
from .factories import finding, hostile_results, results, written
from .gitlab_secret_detection_schema import SCHEMA

VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
FORMAT = "gitlab-secret-detection"


@settings(max_examples=30)
@given(hostile_results())
def test_any_report_is_valid(run: Results) -> None:
    secrets = run._replace(findings=tuple(f._replace(value_bits=7) for f in run.findings))
    report = json.loads(written(FORMAT, secrets))
    VALIDATOR.validate(report)
    assert len(report["vulnerabilities"]) == len(run.findings)


def test_long_texts_are_cut_to_what_gitlab_takes() -> None:
    long = finding(value_bits=1)._replace(fix_hint="x" * 10_000)
    VALIDATOR.validate(json.loads(written(FORMAT, results(long))))


def test_an_incomplete_check_makes_the_scan_a_failure() -> None:
    notice = Notice("big.sql", "too-large", "is larger than 100 MiB")
    scan = json.loads(written(FORMAT, results(notices=(notice,))))["scan"]
    assert scan["status"] == "failure" and scan["messages"][0]["value"].startswith("big.sql: ")


def test_only_secrets_are_in_it_with_the_commit(repo: Repository) -> None:
    repo.write("a.py", f'TOKEN = "{generate("{github_token}")}"\n')
    repo.write("web.env", "PORT=3000\n")
    repo.add()
    repo.commit()
    made = repo.palint("--format", FORMAT)
    report = json.loads(made.stdout)
    VALIDATOR.validate(report)
    (found,) = report["vulnerabilities"]
    assert found["location"] == {
        "file": "a.py",
        "start_line": 1,
        "end_line": 1,
        "commit": {"sha": repo.git("rev-parse", "HEAD").strip()},
    }
    assert found["identifiers"][0]["url"].endswith("/rules/hardcoded-secret/")
    assert json.loads(repo.palint("--format", FORMAT).stdout)["vulnerabilities"] == [found]


def test_the_html_report_names_repository_commit_date_and_version(repo: Repository) -> None:
    repo.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    repo.write("a.py", "x = 1\n")
    repo.add()
    repo.commit("c", "--date=2020-01-01T00:00:00Z")
    page = repo.palint("--format", "html").stdout
    commit = repo.git("rev-parse", "--short=12", "HEAD").strip()
    import time

    assert f"acme/shop at {commit}, {time.strftime('%Y-', time.gmtime())}" in page
    assert f"UTC, {repo.palint('--version').stdout.strip()}</p>" in page
