"""A value that a file repeats: one finding with its places in the reports, one for each place in JSON."""

from __future__ import annotations

import json

import pytest

from palint.findings import Confidence, Severity
from palint.report.groups import merge_repeats
from palint.secrets.synthetic import generate

from ..conftest import Repository, findings
from .factories import finding, results, span

PRINTED = True  # see the fixture `repo`
PASSWORD = "".join(("Sum", "mer2024!"))  # a password that someone chose: low confidence
OTHER = PASSWORD.replace("mm", "nn")
ONCE = "hardcoded secret in `password` (11 characters)"


def calls(number: int) -> str:
    """A test module with so many calls, three lines each."""
    return "".join(f'def test_{n}():\n    login(password="{PASSWORD}")\n\n' for n in range(number))


def lines(repo: Repository, *options: str) -> list[str]:
    """The findings of the concise report."""
    made = repo.palint("--format", "concise", "--quiet", *options).stdout.splitlines()
    return [line for line in made if "[hardcoded-secret]" in line]


def test_a_password_of_a_test_is_one_finding_a_file_and_the_rest_is_counted(repo: Repository) -> None:
    repo.write("tests/test_a.py", calls(413))
    repo.write("tests/test_b.py", calls(1))
    assert lines(repo) == [
        f"tests/test_a.py:2:21: warning: {ONCE}, 413 times in this file [hardcoded-secret] (low confidence)",
        f"tests/test_b.py:2:21: warning: {ONCE} [hardcoded-secret] (low confidence)",
    ]
    repo.write("tests/test_b.py", "")
    text = repo.palint().stdout
    assert text.count('login(password="') == 3
    assert "and on lines 11, 14, 17, 20, 23, 26, 29, 32 and 402 more\n" in text
    assert "Found 413 warnings in 1 file." in text


def test_json_lists_each_place_and_names_the_one_that_reports_show(repo: Repository) -> None:
    repo.write("a.py", calls(3) + f'token = "{generate("{github_token}", 1)}"\n')
    made = repo.palint("--format", "json")
    first, second, third, token = findings(made)
    assert [f["start"]["line"] for f in (first, second, third, token)] == [2, 5, 8, 10]
    assert first["repeat_of"] is None and token["repeat_of"] is None
    assert second["repeat_of"] == third["repeat_of"] == first["fingerprint"]
    assert json.loads(made.stdout)["summary"] == {
        "files": 1, "findings": 4, "repeats": 2, "suppressed": 0, "baselined": 0,
    }  # fmt: skip


def test_other_values_rules_and_files_stay_apart(repo: Repository) -> None:
    repo.write("a.py", calls(2) + f'login(password="{OTHER}")\n')
    repo.write("b.py", calls(2))
    assert [line.split(" ")[0] for line in lines(repo)] == ["a.py:2:21:", "a.py:7:17:", "b.py:2:21:"]


def test_the_most_severe_place_of_a_value_is_shown() -> None:
    """What is an error at one place must not pass as a warning because another place comes first."""
    weak = finding(value_ids=(7,), severity=Severity.WARNING, confidence=Confidence.LOW, message="a hint")
    strong = finding(value_ids=(7,), span=span("app/s3.py", 9, 1, 5))
    (merged,) = merge_repeats(results(weak, strong)).findings
    assert merged.severity is Severity.ERROR and merged.span == strong.span
    assert [(r.span, r.message) for r in merged.related] == [(weak.span, "a hint")]


def test_a_suppression_accepts_its_own_place_alone(repo: Repository) -> None:
    text = calls(3).splitlines()
    text[1] += "  # palint: ignore[hardcoded-secret] a made-up user"
    repo.write("a.py", "\n".join(text) + "\n")
    assert lines(repo) == [
        f"a.py:5:21: warning: {ONCE}, 2 times in this file [hardcoded-secret] (low confidence)"
    ]


def test_a_baseline_accepts_the_places_that_it_counted(repo: Repository) -> None:
    repo.write("a.py", calls(3))
    assert repo.palint("baseline").returncode == 0
    assert len((repo.path / "palint-baseline.jsonl").read_text().splitlines()) == 3
    assert lines(repo) == []
    repo.write("a.py", calls(5))
    assert lines(repo) == [
        f"a.py:11:21: warning: {ONCE}, 2 times in this file [hardcoded-secret] (low confidence)"
    ]


@pytest.mark.parametrize("strict", [False, True])
def test_a_change_that_adds_another_copy_is_seen(strict: bool, repo: Repository) -> None:
    """One copy is accepted at the base; the change adds another and accepts it, too."""
    accepted = f'login(password="{PASSWORD}")  # palint: ignore[hardcoded-secret] a made-up user\n'
    repo.write("pyproject.toml", f"[tool.palint]\nallow-new-suppressions = {str(not strict).lower()}\n")
    repo.write("a.py", accepted)
    repo.add(".")
    repo.commit("base")
    repo.write("a.py", accepted * 2)
    repo.add(".")
    repo.commit("head")
    made = repo.palint("--since", "HEAD~1", "--fail-on", "warning")
    assert made.returncode == int(strict)
    assert "a.py:2" in made.stdout or "a.py:1" in made.stdout


def test_sarif_has_the_places_as_related_locations(repo: Repository) -> None:
    repo.write("a.py", calls(120))
    (result,) = json.loads(repo.palint("--format", "sarif").stdout)["runs"][0]["results"]
    assert len(result["relatedLocations"]) == 100
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 5
    assert result["message"]["text"].startswith(f"{ONCE}, 120 times in this file")


@pytest.mark.parametrize("name", ["github", "gitlab", "junit", "markdown", "html", "gitlab-secret-detection"])
def test_every_other_report_shows_the_value_once(name: str, repo: Repository) -> None:
    repo.write("a.py", calls(12))
    made = repo.palint("--format", name).stdout
    assert made.count("12 times in this file") <= 2 and "12 times in this file" in made
    assert PASSWORD not in made


def blocks(text: str) -> list[str]:
    """The first lines of the blocks of a text report."""
    return [line for line in text.splitlines() if line.startswith(("error[", "warning["))]


PACKAGES = "# github.com/acme/lib v1.0.0\n"


def fill(repo: Repository) -> None:
    """A tree with 18 findings in three groups and one alone."""
    repo.write("vendor/modules.txt", PACKAGES)
    repo.write("vendor/github.com/acme/lib/.env", "PORT=1\n")
    repo.write("vendor/github.com/acme/lib/a.go", f'var token = "{generate("{github_token}", 1)}"\n')
    for number in range(3):
        repo.write(f"tests/unit/test_{number}.py", calls(2) + f'login(password="{OTHER}")\n')
    repo.write("tests/test_token.py", f'token = "{generate("{github_token}", 2)}"\n')
    repo.write("bin/setup.sh", "".join(f"echo NAME_{n}={n} >> .env\n" for n in range(4)))
    repo.write("bin/a.sh", "source .env\n")
    repo.write("bin/b.sh", "source .env\n")
    repo.add(".")


def test_one_decision_is_one_block(repo: Repository) -> None:
    fill(repo)
    text = repo.palint().stdout
    assert blocks(text) == [
        "error[env-file-loaded]: `source` loads `.env`, and 5 more in 3 files",
        "error[hardcoded-secret]: hardcoded GitHub personal access token (classic): `ghp_…` (40 characters)",
        "warning[hardcoded-secret]: 9 possible secrets in 3 test files in `tests/unit/` (low confidence)",
        "warning[env-file, hardcoded-secret]: 2 findings in packages that `vendor/modules.txt` lists",
    ]
    assert "╭─ bin/a.sh:1:1" in text and "├─ bin/b.sh:1:1" in text
    assert "why: env-file (1), hardcoded-secret (1); in `vendor/github.com/acme/lib` (2)" in text
    assert "Found 7 errors and 11 warnings in 9 files." in text


def test_the_tests_of_two_languages_are_one(repo: Repository) -> None:
    repo.write("tests/test_a.py", calls(2))
    repo.write("tests/b_test.rb", calls(2))
    repo.add(".")
    text = repo.palint().stdout
    assert len(blocks(text)) == 1
    assert "token_hex" not in text and "SecureRandom" not in text


def test_dotenv_files_of_settings_in_one_folder_are_one_block(repo: Repository) -> None:
    repo.write("fixtures/a.env", "A=1\n")
    repo.write("fixtures/b.env", "B=1\nC=2\n")
    repo.write("fixtures/c.env", f"PASSWORD={PASSWORD}\n")
    repo.write("other/a.env", "A=1\n")
    assert len(blocks(repo.palint().stdout)) == 3


def test_documents_are_one_block_and_folders_of_code_are_not(repo: Repository) -> None:
    for path in ("README.md", "docs/setup.md", "web/README.md"):
        repo.write(path, f"password: {PASSWORD}\n")
    for path in ("api/a.py", "api/b/c.py", "web/a.py"):
        repo.write(path, f'login(password="{PASSWORD}")\n')
    assert len(blocks(repo.palint().stdout)) == 3


def test_every_count_counts_each_finding(repo: Repository) -> None:
    """The text, its statistics, `--diff`, JSON's summary, Markdown and the page agree."""
    fill(repo)
    found = findings(repo.palint("--format", "json"))
    assert len(found) == json.loads(repo.palint("--format", "json").stdout)["summary"]["findings"] == 18
    total = "Found 7 errors and 11 warnings in 9 files."
    for options in ([], ["--format", "concise"], ["--format", "markdown"], ["--format", "html"]):
        assert total in repo.palint(*options).stdout, options
    assert total in repo.palint("--diff").stderr
    statistics = repo.palint("--statistics").stdout
    by_rule = {rule: sum(f["rule"] == rule for f in found) for rule in ("env-file", "hardcoded-secret")}
    for rule, count in by_rule.items():
        assert f"{count:7}  {rule}" in statistics
        assert f'{rule} <span class="soft">{count}</span>' in repo.palint("--format", "html").stdout


def test_what_counts_sees_each_finding(repo: Repository) -> None:
    """`--fail-on`, the baseline and suppressions: a group is only how a report shows findings."""
    fill(repo)
    assert repo.palint("baseline").returncode == 0
    entries = (repo.path / "palint-baseline.jsonl").read_text().splitlines()
    assert len(entries) == 18
    assert "No findings" in repo.palint("--fail-on", "warning").stdout
    repo.write("tests/unit/test_0.py", calls(3) + f'login(password="{OTHER}")\n')
    assert repo.palint("--fail-on", "warning").returncode == 1
    assert len(blocks(repo.palint().stdout)) == 1


def test_different_secrets_of_one_name_are_one_block_a_file(repo: Repository) -> None:
    """Two files with the same message are two secrets, unless the value is the same."""
    for number, name in enumerate(["a.py", "b.py", "c.py"]):
        repo.write(name, f'token = "{generate("{github_token}", min(number, 1))}"\n')
    assert len(blocks(repo.palint().stdout)) == 2


def test_secrets_of_several_workflows_that_move_together_are_one_block(repo: Repository) -> None:
    """Each names other jobs, and has other places in its own file."""
    job = "on: push\njobs:\n  {0}:\n    runs-on: x\n    steps:\n{1}"
    step = "      - run: x ${{ secrets.%s }}\n"
    repo.write(".github/workflows/a.yml", job.format("a", step % "A_TOKEN" * 2 + step % "B_TOKEN"))
    repo.write(".github/workflows/b.yml", job.format("b", step % "A_TOKEN" * 2))
    (shown,) = blocks(repo.palint().stdout)
    assert shown.endswith("keep it in AWS Secrets Manager, and 2 more in 2 files")
    staging = job.format("b", step % "A_TOKEN").replace("    steps", "    environment: staging\n    steps")
    repo.write(".github/workflows/c.yml", staging)
    assert len(blocks(repo.palint().stdout)) == 2  # another environment's secret


def test_a_value_of_a_built_file_is_shown_at_its_source(repo: Repository) -> None:
    token, other = generate("{github_token}", 1), generate("{github_token}", 2)
    repo.write("app/dist/main.js", f'const a = "{token}";\nconst b = "{other}";\n')
    repo.write("app/src/main.js", f'const a = "{token}";\n')
    text = repo.palint().stdout
    assert len(blocks(text)) == 2 and "Found 3 errors in 2 files." in text
    assert text.index("╭─ app/src/main.js:1:12") < text.index("├─ app/dist/main.js:1:12")
    assert "╭─ app/dist/main.js:2:12" in text  # nothing else has this one


def test_names_that_follow_no_standard_are_one_block(repo: Repository) -> None:
    secret = 'resource "aws_secretsmanager_secret" "a" {{\n  name = "{0}"\n}}\n'
    repo.write("a/main.tf", secret.format("db-password"))
    repo.write("b/main.tf", secret.format("api-token"))
    (shown,) = blocks(repo.palint().stdout)
    assert shown.endswith("and 1 more in 2 files")


def test_what_moves_in_the_same_way_is_one_block(repo: Repository) -> None:
    """Secrets of Kubernetes by any name, settings of tests, and a package with what is compiled from it."""
    secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {0}\nstringData:\n  password: {1}\n"
    repo.write("a/s.yaml", secret.format("db", PASSWORD))
    repo.write("b/s.yaml", secret.format("cache", OTHER))
    for path in ("test/a/test.env", "test/b/test.env"):
        repo.write(path, f"PASSWORD={PASSWORD}\n")
    repo.write("requirements.in", "python-dotenv==1\n")
    repo.write("requirements.txt", "# uv pip compile requirements.in\npython-dotenv==1\n")
    text = repo.palint().stdout
    assert len(blocks(text)) == 3


def test_a_fix_says_whose_names_it_has(repo: Repository) -> None:
    repo.write("fixtures/a.env", "API_TOKEN=\n")
    repo.write("fixtures/b.env", "API_TOKEN=\nDB_PASSWORD=\n")
    first, second = repo.palint().stdout, repo.palint("fixtures/a.env").stdout
    assert "The names are those of `fixtures/a.env:1`: use each place's own." in " ".join(first.split())
    assert "The names" not in second


def test_steps_for_other_languages_and_environments_are_other_blocks(repo: Repository) -> None:
    repo.write("a/run.sh", "source .env\n")
    repo.write("dev/Makefile", "include .env\n")
    repo.write("c/compose.yml", "services:\n  a:\n    build: .\n    env_file: .env\n")
    repo.write("d/compose.staging.yml", "services:\n  a:\n    build: .\n    env_file: .env\n")
    assert len(blocks(repo.palint().stdout)) == 4


def test_tests_are_one_block_whatever_their_files_and_each_package_is_another(repo: Repository) -> None:
    """A made-up value stays in a test of any format; each manifest has its own program."""
    repo.write("tests/test_a.py", calls(1))
    repo.write("tests/data.json", f'{{"password": "{PASSWORD}"}}\n')
    repo.write("tests/compose.yml", f"services:\n  a:\n    environment:\n      A_PASSWORD: {PASSWORD}\n")
    repo.write("composer.json", '{"require": {"symfony/dotenv": "7"}}\n')
    repo.write("package.json", '{"dependencies": {"dotenv": "16"}}\n')
    text = repo.palint().stdout
    assert len(blocks(text)) == 3
    assert "3 possible secrets in 3 test files" in text
    assert "`composer remove symfony/dotenv`" in text and "`npm uninstall dotenv`" in text


def test_a_dotenv_file_and_its_secrets_are_one_block(repo: Repository) -> None:
    token = generate("{github_token}", 1)
    repo.write(".env", f"API_TOKEN={token}\nPASSWORD={PASSWORD}\n")
    repo.write("web/.env.example", f"API_TOKEN={token}\n")
    repo.add(".")
    text = repo.palint().stdout
    first, second = blocks(text)
    assert "`.env` is a .env file" in first and first.endswith("and 2 more in this file")
    assert "`.env.example` sets a value" in second and second.endswith("and 1 more in this file [+]")
    assert "Found 4 errors and 1 warning in 2 files." in text and token not in text
    assert len(findings(repo.palint("--format", "json"))) == 5


def test_what_one_folder_of_tests_has_is_one_block(repo: Repository) -> None:
    """Keys with other numbers of lines, a snapshot beside its source, and one permission of two jobs."""
    key = generate("{private_key}", 1)
    for number in range(3):
        repo.write(f"pki/{number}.pem", key.replace("-----END", "A" * 40 * number + "\n-----END"))
    token = generate("{github_token}", 3)
    repo.write("cdk/stack.ts", f'const token = "{token}";\n')
    repo.write("cdk/__snapshots__/stack.test.ts.snap", f'exports[`a`] = `"token": "{token}"`;\n')
    job = "    runs-on: x\n    steps:\n      - uses: ./.github/actions/a\n"
    repo.write(
        ".github/workflows/a.yml",
        f"on: push\npermissions: {{id-token: write}}\njobs:\n  a:\n{job}  b:\n{job}",
    )
    repo.write(
        ".github/actions/a/action.yml",
        "runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4\n"
        "    - uses: aws-actions/configure-aws-credentials@v4\n"
        "      with: {role-to-assume: a, aws-region: b}\n",
    )
    repo.add(".")
    text = repo.palint().stdout
    found = blocks(text)
    assert len([line for line in found if "private key" in line]) == 1
    assert len([line for line in found if "GitHub personal access token" in line]) == 1
    assert "╭─ cdk/stack.ts:1:16" in text and "change the source" not in text
    assert len([line for line in found if "workflow-id-token" in line]) == 1
