"""`palint init`: what it plans for the repository it finds, that it keeps what is there, and that it ends."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palint import __version__, baseline
from palint.init import accepted_findings, foreign_comments, gitleaks_config, hook, settings
from palint.init.repo_info import inspect
from palint.report import sarif
from palint.secrets.synthetic import generate
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

from .conftest import Repository, findings

PRINTED = True  # see the fixture `repo`


def files(repo: Repository) -> dict[str, str]:
    """Every file of the work tree, by path."""
    paths = repo.git("ls-files", "-co", "--exclude-standard").split()
    return {path: (repo.path / path).read_text("utf-8") for path in paths}


def init(repo: Repository) -> str:
    """Run `palint init --yes`; what it said. A second run must have nothing to do."""
    first = repo.palint("init", "--yes")
    assert first.returncode == 0, first.stderr
    before = files(repo)
    again = repo.palint("init", "--yes")
    assert "\nNothing to write" in again.stdout and files(repo) == before
    return first.stdout


def test_an_empty_repository_at_github_gets_everything_and_is_clean(repo: Repository) -> None:
    init(repo)
    assert set(files(repo)) == {
        ".gitattributes",
        ".github/workflows/palint.yml",
        ".gitignore",
        ".pre-commit-config.yaml",
    }
    made = repo.palint("check", "--fail-on=warning")
    assert made.returncode == 0, made.stdout + made.stderr


def test_husky_runs_it_where_husky_runs_the_hooks(repo: Repository) -> None:
    repo.write(".husky/pre-commit", "npx lint-staged")
    said = init(repo)
    assert files(repo)[".husky/pre-commit"] == "npx lint-staged\npalint --staged\n"
    assert ".pre-commit-config.yaml" not in files(repo) and "pipx install palint" in said
    assert "pre-commit install" not in said


def test_lefthook_s_entry_is_shown(repo: Repository) -> None:
    repo.write("lefthook.yml", "pre-commit: {}\n")
    said = init(repo)
    assert "run: palint --staged" in said and ".pre-commit-config.yaml" not in files(repo)


def test_the_output_starts_with_the_detected_facts(repo: Repository) -> None:
    repo.git("remote", "add", "origin", "https://gitlab.com/acme/shop.git")
    detected = "GitLab, service `shop`, environments production, staging, development"
    assert init(repo).startswith(f"Detected: {detected}.\n")


def test_the_example_describes_the_names_in_use_and_holds_no_value(repo: Repository) -> None:
    key = generate("{stripe_key}")
    repo.write("app.py", 'import os\nos.environ["STRIPE_KEY"]\nos.getenv("LOG_LEVEL")\nos.environ["PATH"]\n')
    repo.write("web/app.ts", "process.env.SESSION_SECRET; process.env.lower; process.env['SENTRY_DSN']\n")
    repo.write(".env", f"STRIPE_KEY={key}\nexport ONLY_HERE=1\nlower=1\n")
    repo.write("load.py", 'SECRET_ID = "billing/staging"\n')
    repo.git("remote", "add", "origin", "git@github.com:palindrom/shop.git")
    init(repo)
    example = files(repo)[".env.example"]
    assert example.splitlines() == [
        "# .env.example",
        "# All secrets are loaded from AWS Secrets Manager",
        "# Authenticate with: aws sso login",
        "",
        "# AWS_REGION - defaults to eu-west-2",
        "# SECRET_ID - the Secrets Manager secret to load (e.g., billing/production)",
        "# LOG_LEVEL - a setting, given by the environment",
        "# ONLY_HERE - a setting, given by the environment",
        "# SENTRY_DSN - a secret, loaded from AWS Secrets Manager",
        "# SESSION_SECRET - a secret, loaded from AWS Secrets Manager",
        "# STRIPE_KEY - a secret, loaded from AWS Secrets Manager",
    ]
    assert all(key not in text for path, text in files(repo).items() if path != ".env")
    said = findings(repo.palint("check", "--format=json"))
    assert not [f for f in said if f["path"] == ".env.example"]


def test_a_wsgi_request_is_not_the_environment(repo: Repository) -> None:
    repo.write(
        "wsgi.py",
        'def app(environ, start):\n    return environ["REQUEST_METHOD"], environ.get("HTTP_HOST")\n',
    )
    repo.write("app.py", 'from os import environ\nKEY = environ["STRIPE_KEY"]\n')
    init(repo)
    example = files(repo)[".env.example"]
    assert "STRIPE_KEY" in example and "REQUEST_METHOD" not in example and "HTTP_HOST" not in example


def test_settings_go_into_pyproject_and_add_the_environments_in_use(repo: Repository) -> None:
    repo.write("pyproject.toml", '[project]\nname = "x"')
    repo.write("infra/environments/uat/main.tf", "")
    repo.write("infra/environments/production.tfvars", "")
    init(repo)
    text = files(repo)["pyproject.toml"]
    assert text.startswith('[project]\nname = "x"\n\n#') and "palint.toml" not in files(repo)
    assert text.endswith('[tool.palint]\n# The environments of a secret\'s name, {service}/{environment}.\n'
                         'environments = ["production", "staging", "development", "uat"]\n')  # fmt: skip
    shown = repo.palint("config")
    assert shown.returncode == 0 and "uat" in shown.stdout


def test_existing_files_are_left_alone(repo: Repository) -> None:
    mine = {
        "palint.toml": 'fail-on = "warning"\n',
        ".gitignore": "node_modules\n.env\n",
        ".gitattributes": f"* text\n{baseline.ATTRIBUTE}\n",
        ".github/workflows/checks.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: palint\n",
        ".pre-commit-config.yaml": "repos:\n  - repo: https://example.com/palint\n    hooks: [id: palint]\n",
    }
    for path, text in mine.items():
        repo.write(path, text)
    assert repo.palint("init", "--yes").stdout.find("Nothing to write") > 0
    assert files(repo) == mine


def test_gitlab_gets_a_job_behind_those_it_has(repo: Repository) -> None:
    repo.write(".gitlab-ci.yml", "stages: [test]\n\nunit:\n  script: [make]")
    init(repo)
    text = files(repo)[".gitlab-ci.yml"]
    assert text.startswith("stages: [test]\n\nunit:\n  script: [make]\n\npalint:\n")
    assert list(yaml.safe_load(text)) == ["stages", "unit", "palint"]
    assert ".github/workflows/palint.yml" not in files(repo)


@pytest.mark.parametrize(
    ("pipeline", "stage"),
    [
        ("stages: [build, deploy]\n", "build"),
        ("stages:\n- build\n- test\n", None),
        ("stages: &all\n  - 'check: all'\n  - deploy\n", "check: all"),
        ('stages: ["no", deploy]\n', "no"),
        ("x: &s [lint]\nstages: *s\n", "lint"),
        ("spec:\n  inputs:\n    a:\n---\nstages: [lint]\n", "lint"),
        ("stages: []\n", None),
        ("stages: [[a], 1st]\n", "1st"),
        ("stages:\n", None),
        ("unit:\n  script: [!reference [.a, script]]\n", None),
        ("", None),
    ],
)
def test_the_job_at_gitlab_has_a_stage_that_there_is(
    pipeline: str, stage: str | None, repo: Repository
) -> None:
    repo.write(".gitlab-ci.yml", pipeline)
    init(repo)
    text = files(repo)[".gitlab-ci.yml"]
    assert text.startswith(pipeline)
    added = yaml.safe_load(text[len(pipeline) :])["palint"]
    assert added.get("stage") == stage and added["script"]


def test_a_pipeline_with_unknown_stages_is_mentioned(repo: Repository) -> None:
    repo.write(".gitlab-ci.yml", "include: [{local: /all.yml}]\n")
    assert "give the job `palint` one of these as its `stage`" in init(repo)


def test_a_pipeline_that_cannot_be_read_is_left_alone(repo: Repository) -> None:
    repo.write(".gitlab-ci.yml", "a: [\n")
    made = repo.palint("init", "--yes")
    assert made.returncode == 0 and files(repo)[".gitlab-ci.yml"] == "a: [\n"
    assert ".gitlab-ci.yml:" in made.stdout and "left alone. The job to add:\npalint:" in made.stdout


HOOKS = [
    "repos:\n- repo: a # first\n  rev: x\n  hooks: [{id: b}] # flow\n\n# end\nci: {autofix_prs: false}\n",
    "repos:\n    -   repo: a\n        rev: x\n        hooks:\n        -   id: b\n            args: ['--x']\n",
    "ci: {}\nrepos:\n  - repo: local\n    hooks:\n      - id: b\n        name: b\n        language: system\n"
    "        entry: |\n          x\n          y\n",
    "repos:\n  - {repo: a, rev: x, hooks: [{id: b}]}",
    "repos:\r\n  - repo: a\r\n    rev: x\r\n    hooks:\r\n      - id: b\r\n",
    "# nothing yet\nrepos: []\n",
    "repos: # nothing yet\nci: {}\n",
    "repos:\n  - repo: a\n    rev: x\n    hooks:\n      - id: b\n        # args: [c]\n# far\n  # more\n",
]


@pytest.mark.parametrize("before", HOOKS)
def test_the_hook_is_added_without_a_change_to_what_is_there(repo: Repository, before: str) -> None:
    repo.write(".pre-commit-config.yaml", before)
    init(repo)
    after = (repo.path / ".pre-commit-config.yaml").read_bytes().decode()
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    assert new["repos"][:-1] == (old["repos"] or [])
    assert [h["id"] for h in new["repos"][-1]["hooks"]] == ["palint", "palint-env"]
    assert {k: v for k, v in new.items() if k != "repos"} == {k: v for k, v in old.items() if k != "repos"}
    kept = iter(after.splitlines(keepends=True))
    if old["repos"]:
        assert all(line in kept for line in before.splitlines(keepends=True) if line.endswith("\n"))
    checked = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"],
        cwd=repo.path, capture_output=True, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    "text", ["repos: [{repo: a}]\n", "- a\n", "repos: {\n", "repos: {a: b}\n", "a: &x [*x]\n"]
)
def test_a_hook_file_that_is_not_understood_is_left_alone_and_it_is_said(repo: Repository, text: str) -> None:
    repo.write(".pre-commit-config.yaml", text)
    made = repo.palint("init", "--yes")
    assert made.returncode == 0, made.stderr
    assert files(repo)[".pre-commit-config.yaml"] == text
    assert "add this entry" in made.stdout and "id: palint" in made.stdout


@given(
    st.lists(
        st.sampled_from(["repos:", "- repo: a", "  hooks:", "    - id: b", "", "# c", "ci: {}", "x"]),
        max_size=8,
    )
)
def test_any_hook_file_is_added_to_or_refused(lines: list[str]) -> None:
    text = "\n".join(lines)
    new = hook.with_entry(text)
    if new is not None:
        assert yaml.safe_load(new)["repos"][-1]["repo"] == sarif.HOME


def test_a_link_is_not_written_through(repo: Repository) -> None:
    outside = repo.path.parent / "outside"
    outside.write_text("")
    (repo.path / ".gitignore").symlink_to(outside)
    made = repo.palint("init", "--yes")
    assert ".gitignore is a symbolic link" in made.stdout and outside.read_text() == ""


def test_nothing_is_written_without_a_yes(repo: Repository) -> None:
    assert repo.palint("init", "--dry-run").returncode == 0
    asked = repo.palint("init")
    assert asked.returncode == 2 and "--yes" in asked.stderr
    assert files(repo) == {}


def test_outside_of_a_repository_it_says_so(repo: Repository) -> None:
    from .conftest import palint

    folder = repo.path.parent / "plain"
    folder.mkdir()
    made = palint("init", "--yes", cwd=folder)
    assert made.returncode == 2 and "git init" in made.stderr


def test_findings_accepted_by_detect_secrets_go_into_the_baseline(repo: Repository) -> None:
    known, moved, new = (generate("{github_token}", seed) for seed in range(3))
    repo.write("a.py", f'A = "{known}"\nB = "{new}"\n\nC = "{moved}"\n')
    result = {"type": "GitHub Token", "filename": "a.py", "is_verified": False}
    sha1 = {
        value: hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest() for value in (known, moved)
    }
    accepted = {
        "version": "1.5.0",
        "results": {
            "a.py": [
                {**result, "hashed_secret": sha1[known], "line_number": 1},
                {**result, "hashed_secret": sha1[moved], "line_number": 40},
                {**result, "hashed_secret": "0" * 40, "line_number": 50},
            ]
        },
    }
    repo.write(".secrets.baseline", json.dumps(accepted, indent=2))
    shown = init(repo)
    assert ".secrets.baseline: 2 of 3 accepted in palint-baseline.jsonl, 1 no longer found" in shown
    assert "palint-baseline.jsonl: 2 more accepted findings" in shown and '"line":' not in shown
    left = findings(repo.palint("check", "--format=json", "--select=hardcoded-secret", "a.py"))
    assert [f["start"]["line"] for f in left] == [2]


def test_findings_accepted_by_gitleaks_go_into_the_baseline_and_its_comments_become_ours(
    repo: Repository,
) -> None:
    one, two, three, four = (generate("{github_token}", seed) for seed in range(4))
    repo.write(
        "a.py",
        f'A = "{one}"\nB = "{two}"\nC = "{three}"  # gitleaks:allow\nD = "{four}"\nE = 1  # gitleaks:allow\n',
    )
    repo.write(".gitleaksignore", "# known\n" + "0" * 40 + ":a.py:github-pat:1\n")
    report = [{"RuleID": "github-pat", "File": "a.py", "StartLine": 2, "Secret": "REDACTED"}]
    repo.write("gitleaks-baseline.json", json.dumps(report))
    init(repo)
    lines = files(repo)["a.py"].splitlines()
    comment = "palint: " + "ignore[hardcoded-secret] accepted under gitleaks"
    assert lines[2].endswith(f'"  # {comment}')
    assert lines[4] == "E = 1  # gitleaks:allow"
    left = findings(repo.palint("check", "--format=json", "a.py"))
    assert [(f["rule"], f["start"]["line"]) for f in left] == [("hardcoded-secret", 4)]


def test_a_finding_accepted_by_a_baseline_and_a_comment_is_accepted_once(repo: Repository) -> None:
    both, other = generate("{github_token}", 1), generate("{github_token}", 2)
    repo.write("a.py", f'A = "{both}"  # gitleaks:allow\nB = "{other}"\nC = "{other}"\n')
    sha1 = [hashlib.sha1(v.encode(), usedforsecurity=False).hexdigest() for v in (both, other)]
    found = [{"hashed_secret": h, "line_number": n} for n, h in enumerate(sha1, 1)]
    repo.write(".secrets.baseline", json.dumps({"version": "1.5.0", "results": {"a.py": found}}, indent=2))
    report = [{"File": "a.py", "StartLine": n} for n in (1, 3)]
    repo.write("gitleaks-report.json", json.dumps(report))
    init(repo)
    made = repo.palint("check", "--fail-on=warning")
    assert made.returncode == 0, made.stdout
    assert "no longer found" not in made.stdout and "1 suppressed, 2 in the baseline" in made.stdout


@pytest.mark.parametrize("piece", ["\n", " ", "environ[ ", "getenv( ", "[ ", "#\t", "environment: \n ", "a/"])
def test_a_hostile_file_costs_no_more_than_its_size(repo: Repository, piece: str) -> None:
    text = piece * ((1 << 20) // len(piece) - 1)
    for path in ("a.py", "pyproject.toml", ".github/workflows/x.yml", ".gitleaksignore", ".gitignore"):
        repo.write(path, text)
    begin = time.process_time()
    inspect(Project(str(repo.path), WorkTree(str(repo.path), repository=True)))
    list(accepted_findings.gitleaks_ignore(text))
    settings.TABLE.search(text)
    foreign_comments.COMMENT.search(text)
    assert time.process_time() - begin < 20  # seconds


@given(st.text(max_size=80))
def test_any_text_is_read_as_another_scanner_s(text: str) -> None:
    ours = accepted_findings
    for read in (ours.detect_secrets, ours.gitleaks_report, ours.gitleaks_ignore, gitleaks_config.read):
        list(read(text))


keys = st.sampled_from(["results", "a.py", "hashed_secret", "line_number", "File", "StartLine"])
documents = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
)


@given(documents)
def test_any_json_is_read_as_another_scanner_s(data: object) -> None:
    for read in (accepted_findings.detect_secrets, accepted_findings.gitleaks_report):
        list(read(json.dumps(data)))


def test_allowlists_of_gitleaks_become_allow_tables_or_baseline_entries(repo: Repository) -> None:
    """By path a glob or the files themselves; by value or rule today's findings; the rest is left out."""
    tokens = [generate("{github_token}", seed) for seed in range(6)]
    repo.write(
        ".gitleaks.toml",
        f"""
[extend]
useDefault = true
[allowlist]
description = "fixtures"
paths = ['(^|/)fixtures/.*\\.(json|py)$', 'te[s]t_key']
[[allowlists]]
description = "known value"
regexes = ['^{tokens[2][:8]}']
[[allowlists]]
description = "both"
condition = "AND"
paths = ['src/']
stopwords = ['{tokens[3][10:18].upper()}']
[[allowlists]]
paths = ['nothing/']
commits = ['abc']
[[rules]]
id = "github-pat"
[[rules.allowlists]]
description = "in one rule"
regexTarget = "line"
regexes = ['(?i)EXAMPLE', '[[:alpha:](']
""",
    )
    for path, token in zip(
        ("fixtures/a.py", "app/test_key.py", "b.py", "src/c.py", "d.py", "e.py"), tokens, strict=True
    ):
        repo.write(path, f'TOKEN = "{token}"{"  # example" if path == "d.py" else ""}\n')
    shown = init(repo)
    assert [line for line in shown.splitlines() if line.startswith(".gitleaks.toml: ")] == [
        ".gitleaks.toml: allowlist fixtures: 2 findings accepted with [[allow]]",
        ".gitleaks.toml: allowlist no. 4: `commits` is not taken over: palint checks what is there today",
        ".gitleaks.toml: allowlist no. 4: left out, palint finds no secret there",
        ".gitleaks.toml: allowlist in one rule: `regexes` has an expression that Python cannot read: "
        "`[[:alpha:](`",
        ".gitleaks.toml: allowlist known value: 1 finding accepted in palint-baseline.jsonl",
        ".gitleaks.toml: allowlist both: 1 finding accepted in palint-baseline.jsonl",
        ".gitleaks.toml: allowlist in one rule: 1 finding accepted in palint-baseline.jsonl",
    ]
    allow = 'paths = ["fixtures/*.json", "fixtures/*.py", "/app/test_key.py"]'
    assert f"+{allow}" in shown and allow in files(repo)["palint.toml"]
    left = findings(repo.palint("check", "--format=json", "--select=hardcoded-secret"))
    assert [f["path"] for f in left] == ["e.py"]
    assert "Nothing to write" in init(repo)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (1, []),
        ([1], []),
        ([{}], [("a.py", 0, "")]),
        ([{"line_number": "x", "hashed_secret": 1}], [("a.py", 0, "")]),
        ([{"line_number": 3, "hashed_secret": "ab"}], [("a.py", 3, "ab")]),
    ],
)
def test_entries_of_a_baseline_of_detect_secrets(entry: object, expected: list[tuple[str, int, str]]) -> None:
    text = json.dumps({"results": {"a.py": entry}})
    assert [tuple(each) for each in accepted_findings.detect_secrets(text)] == expected


def test_an_expression_that_never_ends_is_left_out(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitleaks_config, "_SECONDS", 0.2)
    (allowlist,) = gitleaks_config.read("[allowlist]\npaths = ['(a+)+$']\n")
    assert gitleaks_config.within_time(lambda: allowlist.accepts_path("a" * 40 + "b")) is None


def test_another_scanner_s_comments_stay_while_it_is_in_use(repo: Repository) -> None:
    """Ours comes after them; where no hook or CI file names the scanner, ours replaces its comment."""
    one, two, three, four = (generate("{github_token}", seed) for seed in range(4))
    step = "{uses: gitleaks/gitleaks-action@v2}"
    repo.write(".github/workflows/scan.yml", f"on: push\njobs: {{a: {{steps: [{step}]}}}}\n")
    repo.write("a.py", f'A = "{one}"  # gitleaks:allow\n')
    repo.write("b.css", f'/* a */ b {{ c: "{two}" }} /* gitleaks:allow */\n')
    repo.write("c.js", f'const c = "{three}"; // trufflehog:ignore\n')
    goes_on = f'd {{ e: "{four}" }} /* gitleaks:allow since\n it is made up */\n'
    repo.write("d.css", goes_on)
    shown = init(repo)
    assert "`gitleaks:allow` comments stay until gitleaks is gone from hook and CI" in shown
    ours = "palint: " + "ignore[hardcoded-secret] accepted under"
    made = files(repo)
    assert made["a.py"].endswith(f'"  # gitleaks:allow # {ours} gitleaks\n')
    assert made["b.css"].endswith(f"/* gitleaks:allow */ /* {ours} gitleaks */\n")
    assert made["c.js"].endswith(f"; // {ours} trufflehog\n")
    assert made["d.css"] == goes_on
    found = findings(repo.palint("check", "--format=json"))
    assert [finding["path"] for finding in found] == ["d.css"]


def test_an_environment_of_a_secrets_name_is_in_use(repo: Repository) -> None:
    repo.write("a.py", "read('shop/qa')\nread('shop/other')\n")
    assert "environments production, staging, development, qa.\n" in init(repo)


@pytest.mark.parametrize("path", [".gitlab-ci.yml", "ci/build.gitlab-ci.yml"])
def test_environments_of_gitlabs_jobs_are_known(repo: Repository, path: str) -> None:
    repo.write(path, "deploy:\n  environment: qa\n  script: [make]\n")
    assert "environments production, staging, development, qa" in init(repo)


def test_a_hook_names_the_commit_that_was_installed(tmp_path: Path) -> None:
    commit = hashlib.sha1(b"a commit", usedforsecurity=False).hexdigest()
    noted = {"url": "https://github.com/palindrom/palint", "vcs_info": {"vcs": "git", "commit_id": commit}}
    metadata = tmp_path / "palint-9.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: palint\nVersion: 9\n", "utf-8")
    for text, expected in (
        (json.dumps(noted), commit),
        ('{"url": "file:///x", "dir_info": {}}', f"v{__version__}"),
    ):
        (metadata / "direct_url.json").write_text(text, "utf-8")
        code = "from palint.init import hook; print(hook.entry())"
        shown = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert f"    rev: {expected}\n" in shown
