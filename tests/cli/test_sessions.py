"""Whole outputs of command lines: each session's commands, what they print and their exit codes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from palint.testing import substitute
from tests.conftest import Repository, palint, settled
from tests.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).with_name("snapshots") / "sessions.txt"
DATES = {f"GIT_{who}_DATE": "2026-01-02T03:04:05Z" for who in ("AUTHOR", "COMMITTER")}
TODAY = re.compile(r"20(?!26-01-02)\d\d-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
FILES = {
    "app.py": 'TOKEN = "{github_token}"\nDEBUG = True\n',
    "api/s3.py": 'import boto3\ns3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n',
    ".github/workflows/release.yml": "on: push\npermissions: {}\n"
    "jobs:\n  ship:\n    runs-on: ubuntu-24.04\n    steps:\n"
    "      - uses: aws-actions/configure-aws-credentials@v4\n"
    "        with: {role-to-assume: arn:aws:iam::123456789012:role/ship, aws-region: eu-west-1}\n",
}
# `write PATH TEXT` and `show PATH` are of a file; `… < TEXT` is standard input. A text may have `\n` and the
# shapes of `substitute`, and `{head}` is the last commit.
SESSIONS = {
    "usage": """
        palint chekc
        palint explain no-such-rule
        palint explain C5
        palint help chekc
        palint check --selekt C1
        palint check --select C9
        palint check --select hardcoded-secrets
        palint check --ignore C1,env-fil
        palint check --jobs 0
        palint check --format sarf
        palint check --output sarif
        palint check --output sarif:
        git add app.py
        palint check --output sarif:app.py
        palint check --output sarif:.git/report
        palint check --fail-on never
        palint check --color sometimes
        palint check --min-confidence medium
        palint check --staged --since HEAD
        palint check --unsafe-fixes
        palint check --show-fixes
        palint check --add-ignore ' '
        palint check --stdin-filename a.py
        palint check --fix -
        palint check nowhere
        palint check --config nowhere.toml
        palint check --policy nowhere.toml
        palint check --baseline nowhere.jsonl
        palint check --since nowhere
        palint baseline api
        palint baseline --prune
        palint hook app.py
        palint hook -- ../app.py
        palint hook --agent app.py
        palint hook --agent < []
        palint hook --pre-receive app.py
        palint hook --pre-receive < x
        palint history ^HEAD
        palint history --branch nowhere
        palint migrate --yes
        palint migrate --apply --undo
        palint migrate --undo
        palint migrate --environment Prod!
        palint migrate --service a/b
        palint completion nushell
        palint rules --format yaml
        palint fleet chekc
        palint fleet report --store nowhere.duckdb
    """,
    "check": """
        palint check
        palint check --quiet app.py
        palint check --verbose --no-cache api
        palint check --format concise --select C1
        palint check --format concise --ignore C1
        palint check --format concise --exclude 'api/**' --min-confidence high
        palint check --format github --exit-zero
        palint check --statistics
        palint check --format json-lines --fail-on warning api
        palint check --format concise app.py api/s3.py
        palint check --format concise - --stdin-filename b.env < TOKEN={github_token:2}\\n
        palint check - < x = 1\\n
    """,
    "fix": """
        palint check --diff
        palint check --diff --unsafe-fixes api
        palint check --fix --quiet --format concise api
        palint check --fix --show-fixes --format concise
        palint check --fix --unsafe-fixes --show-fixes --quiet --format concise
        palint check --fix --quiet --exclude app.py
        show api/s3.py
        show .github/workflows/release.yml
        palint check --add-ignore 'is made up' --quiet
        palint check --add-ignore 'is made up' --quiet
        show app.py
    """,
    "staged": """
        git add -A
        palint check --staged --quiet --format concise
        write app.py x = 1\\n
        palint check --staged --format concise --quiet
        write .github/workflows/release.yml on: push\\n
        palint check --staged --fix --quiet --format concise
        git add -A
        palint check --staged --fix --unsafe-fixes --quiet --format concise
        git commit -q -m first
        write app.py x = 2\\n
        palint check --since HEAD --verbose --format concise
        palint check --staged
    """,
    "baseline": """
        palint baseline
        palint check
        palint baseline
        write new.env KEY={github_token:2}\\n
        palint baseline
        palint check --quiet --format concise
        palint baseline --add
        write app.py x = 1\\n
        palint check
        palint baseline --prune
        palint baseline --prune
        write broken.jsonl {
        palint check --baseline broken.jsonl
        write ../policy.toml allow-suppressing = ["C1"]\\n
        palint baseline --baseline other.jsonl --policy ../policy.toml
    """,
    "settings": """
        write palint.toml fail-on = "warning"\\nexclude = ["api"]\\nignore = ["env-file"]\\n
        palint config
        palint check --quiet --format concise
        write api/palint.toml ignore = ["boto3-access-key"]\\n
        palint config
        write ../policy.toml fail-on = "error"\\nselect = ["C1", "C3"]\\nallow-excludes = false\\n
        palint config --policy ../policy.toml
        write palint.toml [[allow]]\\npaths = ["api"]\\nrules = ["boto3-access-key"]\\nreason = "x"\\n
        palint check --quiet --format concise
        palint check api --verbose --no-cache --format concise
        write palint.toml fail-on = 3\\n
        palint config
        write palint.toml required-version = ">=99"\\n
        palint check
    """,
    "hook": """
        git add -A
        palint hook -- app.py
        palint hook --format concise -- app.py api/s3.py
        git commit -q -m first
        palint hook -- app.py
        palint hook --agent < {"prompt": "x", "cwd": "."}
        palint hook --agent < {"prompt": "use {github_token}"}
        palint hook --agent < {"tool_input": {"file_path": "a.py", "content": "T = '{github_token}'"}}
        palint hook --agent < {"conversation_id": "1", "prompt": "use {github_token}"}
        palint hook --agent < {"toolName": "x", "toolArgs": "use {github_token}"}
        palint hook --agent < {"workspace_roots": [], "prompt": "use {github_token}"}
        palint hook --agent < {"toolArgs": "use {github_token}"}
        palint hook --pre-receive < 0000000000000000000000000000000000000000 {head} refs/heads/main\\n
    """,
    "history": """
        git add -A
        git commit -q -m first
        write app.py x = 1\\n
        git commit -q -a -m second
        palint history --no-state
        palint history --no-state --quiet HEAD~1..HEAD
        palint history --no-state --format markdown --select hardcoded-secret
        palint history --no-state --write-baseline known.jsonl
        palint history --no-state --baseline known.jsonl
    """,
    "since": """
        git add -A
        git commit -q -m first
        write palint.toml [[allow]]\\npaths = ["api"]\\nrules = ["boto3-access-key"]\\nreason = "x"\\n
        palint check --since HEAD --verbose --format concise
        write app.py TOKEN = "{github_token}"  # {ignore} x\\n
        palint check --since HEAD --verbose --format concise
        write app.py x = 1\\nTOKEN = "{github_token}"\\nOTHER = "{github_token:2}"\\n
        palint check --since HEAD --format concise
        write policy.toml allow-new-suppressions = false\\n
        git add -A
        git commit -q -m second
        git mv app.py moved.py
        palint check --since HEAD --format concise
        palint check --since HEAD~1 --format concise --policy policy.toml
        write moved.py TOKEN = "{github_token}"  # {ignore} x\\n
        palint check --since HEAD --format concise --policy policy.toml --verbose
        palint baseline
        palint check --since HEAD --format concise --policy policy.toml
    """,
    "fleet": """
        git add -A
        git commit -q -m first
        palint fleet check . --store ../f.duckdb --quiet
        palint fleet report --store ../f.duckdb --format markdown
        palint fleet report --store ../f.duckdb --format json
        write app.py x = 1\\n
        write .env A=1\\n
        git add -f .env app.py
        git commit -q -m second
        palint fleet check . --store ../f.duckdb --quiet
        palint fleet report --store ../f.duckdb --format markdown --since 2020-01-01
        palint fleet diff --store ../f.duckdb 1 2
        palint fleet diff --store ../f.duckdb 1 2 --format csv
        palint fleet diff --store ../f.duckdb 1 2 --format json
        palint fleet graph --store ../f.duckdb
        palint fleet graph --store ../f.duckdb --format json
        palint fleet query --store ../f.duckdb
        palint fleet query --store ../f.duckdb "SELECT rule, path, line FROM findings ORDER BY ALL"
        palint fleet tickets --store ../f.duckdb
        palint fleet propose --store ../f.duckdb shop
        palint fleet propose --store ../f.duckdb nowhere
        palint fleet report --store ../f.duckdb --format sarif
        palint fleet query --store ../f.duckdb --format parquet
        palint fleet merge ../nowhere --store ../f.duckdb
        palint fleet check nowhere --store ../f.duckdb
        palint fleet check . --shard 3/2 --store ../f.duckdb
        palint fleet check . --hmac-key-file app.py --store ../f.duckdb
    """,
    "init": """
        git add -A
        palint init --yes
        palint init --dry-run
    """,
    "init, with other tools": """
        git remote add origin git@gitlab.com:palindrom/shop.git
        write .gitleaks.toml {gitleaks}
        write .gitleaksignore app.py:github-pat:1\\napp.py:github-pat:9\\n
        write .secrets.baseline {"results": {"api/s3.py": [{"line_number": 2}, {"line_number": 7}]}}
        write gitleaks-report.json [{"File": "old.sh", "StartLine": 1}]
        write old.sh TOKEN={github_token:2}\\n
        write docs/a.md TOKEN={github_token:3}\\n
        write lib/a.py A = "{github_token:4}"  # gitleaks:allow\\n
        write lib/a.js const a = "{github_token:5}"; /* trufflehog:ignore */ f();\\n
        write lib/b.py B = "{github_token:6}"\\nC = "{github_token:7}"\\n
        write .pre-commit-config.yaml repos:\\n- repo: x\\n  rev: y\\n  hooks:\\n  - id: gitleaks\\n
        write .gitlab-ci.yml stages: [build, deploy]\\nbuild:\\n  script: make\\n
        git add -A
        palint init --yes
        palint check --quiet --format concise
        palint init --yes
        write .gitlab-ci.yml stages: [\\n
        palint init --dry-run
    """,
    "migrate": """
        palint migrate
        write .env LOG_LEVEL=debug\\nAPI_TOKEN={base62:32}\\nBROKEN="x\\n
        write web.py import os\\nfrom dotenv import load_dotenv\\n\\nload_dotenv()\\nprint(os.environ["A"])\\n
        write Dockerfile FROM python:3.13\\nCOPY .env web.py ./\\nCMD ["python", "web.py"]\\n
        write compose.yaml services:\\n  web:\\n    build: .\\n    env_file: .env\\n
        palint migrate
        palint migrate --service api --environment staging --region us-east-1 --profile ops
        palint migrate --format shell --undo
        palint migrate --apply
    """,
    "rules": """
        palint rules --test
        palint explain C3
        write palint.toml {pattern}
        palint rules --test
        palint check --quiet - < acme5678
        palint explain acme
    """,
}


GITLEAKS = """\
[extend]
useDefault = true
[[allowlists]]
description = "documents"
paths = ['''^docs/''', '''\\.lock$''']
[[allowlists]]
regexes = ['''B = .*''']
regexTarget = "line"
[[allowlists]]
stopwords = ["nowhere"]
[[rules]]
id = "github-pat"
[[rules.allowlists]]
paths = ["api/x"]
"""
PATTERN = """\
[[pattern]]
id = "acme"
message = "Acme key"
keyword = "acme"
regex = "acme[0-9]{4}"
bad = ["acme1234"]
good = ["acme1"]
"""
TEXTS = {"{pattern}": PATTERN, "{gitleaks}": GITLEAKS, "{ignore}": f"palint: ignore[{'hardcoded-secret'}]"}


@pytest.mark.parametrize("name", SESSIONS)
def test_session(name: str, tmp_path: Path) -> None:
    repo = Repository(tmp_path / "shop")
    for path, text in FILES.items():
        repo.write(path, substitute(text))
    lines: list[str] = []
    for line in SESSIONS[name].replace("        ", "").strip().splitlines():
        lines.append(f"$ {line}")
        lines += run(repo, line).strip("\n").splitlines()
    check_snapshot(SNAPSHOTS, name, "\n".join(lines))


def run(repo: Repository, line: str) -> str:
    """What a line prints: `! ` stands before each line of errors, and palint's exit code is the last line."""
    line = line.replace("{head}", repo.git("rev-parse", "HEAD").strip()) if "{head}" in line else line
    for name, text in TEXTS.items():
        line = line.replace(name, text)
    command, _, given = (substitute(part.replace("\\n", "\n")) for part in line.partition(" < "))
    if command.startswith("write "):
        path, text = command.split(" ", 2)[1:]
        repo.write(path, text)
        return ""
    program, *arguments = shlex.split(command)
    if program == "git":
        return repo.git(*arguments, env=DATES)
    if program == "show":
        output = (repo.path / arguments[0]).read_text()
    else:
        made = palint(*arguments, cwd=repo.path, stdin=given)
        errors = "".join(f"! {each}\n" for each in made.stderr.splitlines())
        output = f"{made.stdout}{errors}({made.returncode})"
    for shape in ("{github_token}", "{aws_access_key_id}"):
        output = output.replace(substitute(shape), shape)
    output = settled(output, repo.path.parent)
    output = re.sub(r'(?<="digest": ")\w+', "DIGEST", output)  # of palint's own code
    return re.sub(TODAY, "TODAY", output)
