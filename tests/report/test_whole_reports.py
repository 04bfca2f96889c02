"""Every report of one run with findings of all kinds, compared whole."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import yaml

from palint import __version__, report
from palint.testing import substitute

from ..conftest import PALINT, Repository
from ..snapshots import check_snapshot

SNAPSHOTS = Path(__file__).with_name("snapshots") / "reports.txt"
PASSWORD = "".join(("Sum", "mer2024!"))  # that someone chose: low confidence
TOKEN, SECOND = 'TOKEN = "{github_token}"', 'TOKEN = "{github_token:2}"'
WORKFLOW = """\
on: push
permissions:
  contents: read
jobs:
  ship:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: arn:aws:iam::123456789012:role/ship, aws-region: eu-west-1}
      - run: make
        env:
          FIRST: ${{ secrets.FIRST_TOKEN }}
          SECOND: ${{ secrets.SECOND_TOKEN }}
"""
FILES = {
    ".env": "A=1\nTOKEN={github_token}\n",
    ".env.example": "PORT=80\nAPI_KEY=changeme\n",
    ".github/workflows/ship.yml": WORKFLOW,
    ".github/workflows/test.yml": WORKFLOW.replace("ship", "test"),
    ".github/workflows/broken.yml": "on: [push\n",
    "app/tokens.py": f"{TOKEN}\n{SECOND}  # palint: ignore[hardcoded-secret] is made up\n",
    "app/s3.py": 'import boto3\ns3 = boto3.client(\n    "s3", aws_access_key_id="{aws_access_key_id}"\n)\n',
    "app/unused.py": "x = 1  # palint: ignore[env-file]\n",
    "broken.yaml": "a: [\nb: }\npassword: {base62:24}\n",
    "compose.yaml": "services:\n  web:\n    env_file: .env\n",
    "accepted.sh": TOKEN.replace(" ", "").replace("n}", "n:3}") + "\n",
    "known.sh": TOKEN.replace(" ", "").replace("n}", "n:4}") + "\n",
    "mail/\u00fc 'b'.py": f'\tx = "\u65e5\u672c"; {TOKEN.replace("n}", "n:5}")}\n',
    "tests/test_login.py": f'login(password="{PASSWORD}")\n\n' * 12,
    "tests/test_other.py": f'login(password="{PASSWORD}x")\n',
    "palint.toml": '[[allow]]\npaths = ["accepted.sh"]\nrules = ["hardcoded-secret"]\nreason = "no token"\n',
}


def test_every_report(repo: Repository) -> None:
    """Those for programs are shown as YAML. The one of lines has the objects of the one in JSON."""
    repo.write("known.sh", substitute(FILES["known.sh"]))
    repo.palint("baseline")
    for path, text in FILES.items():
        repo.write(path, substitute(text))
    os.mkfifo(repo.path / "pipe")
    outputs = [part for name in report.FORMATS for part in ("--output", f"{name}:../{name}")]
    verbose = repo.palint("--verbose", *outputs).stdout
    texts = {name: (repo.path.parent / name).read_text() for name in report.FORMATS}
    texts["text, the end of --verbose"] = verbose.partition("fix: as above (tests/test_login.py:1)\n")[2]
    data = {name: json.loads(texts[name]) for name in ("json", "sarif", "gitlab", "gitlab-secret-detection")}
    lines = [json.loads(line) for line in texts.pop("json-lines").splitlines()]
    rest = [data["json"]["version"], data["json"]["complete"], *data["json"]["summary"].values()]
    assert list(lines.pop().values()) == ["summary", *rest]
    for kind, name in (("finding", "findings"), ("suppressed", "suppressed"), ("notice", "notices")):
        assert [line for line in lines if line["type"] == kind] == [
            {"type": kind, **each} for each in data["json"][name]
        ]
    listed = data["sarif"]["runs"][0]["tool"]["driver"]["rules"]
    del listed[1:], listed[0]["help"]  # one of 17 is enough
    for name, made in data.items():
        texts[name] = yaml.safe_dump(made, sort_keys=False, width=110, allow_unicode=True)
    for name, text in texts.items():
        text = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.S)
        text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", "2026-01-02T03:04:05", text)
        text = re.sub(r"""\b\d+\.\d+(?= s\b)|(?:(?<=seconds: )|(?<=time="))[\d.]+""", "0.0", text)
        for varies, shown in ((__version__, "VERSION"), (str(PALINT), "palint"), (str(repo.path), "/repo")):
            text = text.replace(varies, shown)
        check_snapshot(SNAPSHOTS, name, text)
