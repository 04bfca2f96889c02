"""A name or value that escapes hide is found once, where it is, and no edit is offered for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.engine.rewritten import near_changes
from palint.rule import REACH
from palint.secrets.synthetic import generate
from palint.testing import write
from tests.conftest import findings, palint

PASSWORD, TOKEN = generate("{password}", "escaped"), generate("{github_token}", "escaped")
SECRET = 'apiVersion: v1\n"kin\\x64": Secret\nmetadata: {name: a}\ndata:\n  conf: eDlUcTJ2VjhrTDRwUnc=\n'
CREATED = 'Resources:\n  K:\n    Type: "AWS::IAM::Access\\x4bey"\n'


@pytest.mark.parametrize(
    ("path", "text", "rule", "line"),
    [
        ("a.yaml", SECRET, "kubernetes-secret", 5),
        ("a.json", f'{{"a": 1,\n"pass\\u0077ord": "{PASSWORD}"}}\n', "hardcoded-secret", 2),
        ("a.js", f'\n\nx("\\x67\\x68{TOKEN[2:]}");\n', "hardcoded-secret", 3),
        ("a.py", 'import os\nc.client("s3", **{"aws_access\\137key_id": k})\n', "boto3-access-key", 2),
        ("a.xml", f'<a>\n<add key="pass&#119;ord" value="{PASSWORD}"/></a>\n', "hardcoded-secret", 2),
        ("template.yaml", CREATED, "infrastructure-access-key", 3),
        ("compose.yml", 'services:\n  a: {"env\\x5ffile": ["\\x2eenv"]}\n', "env-file-loaded", 2),
        (
            "a.tf.json",
            '{"provider": {"aws": {"access_key": "${var.a}", "s\\u0065cret_key": "${var.b}"}}}',
            "infrastructure-access-key",
            1,
        ),
    ],
)
def test_found(tmp_path: Path, path: str, text: str, rule: str, line: int) -> None:
    write(str(tmp_path), path, text)
    found = [f for f in findings(palint("check", "--format", "json", cwd=tmp_path)) if f["rule"] == rule]
    assert [(f["path"], f["start"]["line"]) for f in found] == [(path, line)], found
    assert found[0].get("fix") is None
    shown = palint("check", cwd=tmp_path).stdout
    assert PASSWORD not in shown and TOKEN[4:] not in shown


def test_an_escape_elsewhere_changes_nothing(tmp_path: Path) -> None:
    """Neither is a finding reported twice, nor a comment taken for unused."""
    lines = [
        'import boto3, re; re.compile("\\x41")',
        'boto3.client("s3", aws_access_key_id=k)  # palint: ignore[boto3-access-key] a test',
        f'x = "{TOKEN}"; y = "p\\x61ssword"',
    ]
    write(str(tmp_path), "a.py", "\n".join(lines) + "\n")
    plain = [line.replace("\\x41", "A").replace("\\x61", "a") for line in lines]
    write(str(tmp_path), "b.py", "\n".join(plain) + "\n")
    made = findings(palint("check", "--format", "json", cwd=tmp_path))
    both = {
        path: [(f["rule"], f["start"]["line"]) for f in made if f["path"] == path]
        for path in ("a.py", "b.py")
    }
    assert both["a.py"] == both["b.py"] == [("hardcoded-secret", 3)]


def test_a_comment_suppresses_what_escapes_hide(tmp_path: Path) -> None:
    write(
        str(tmp_path), "a.js", f'x("\\x67\\x68{TOKEN[2:]}");  // palint: ignore[hardcoded-secret] revoked\n'
    )
    made = palint("check", "--format", "concise", "--fail-on", "warning", cwd=tmp_path)
    assert made.returncode == 0, made.stdout


@pytest.mark.parametrize(
    "value", ['"${{ \\x73ecrets.K }}"', '"${{ \\u0073ecrets.K }}"', '"${{ sec\\\n  rets.K }}"']
)
def test_an_escape_in_a_workflow_is_named(tmp_path: Path, value: str) -> None:
    text = f"on: push\nenv:\n  AWS_SECRET_ACCESS_KEY: {value}\njobs: {{}}\n"
    write(str(tmp_path), ".github/workflows/a.yml", text)
    for rule in ("workflow-access-key", "workflow-id-token", "github-secret"):
        made = palint("check", "--select", rule, "--format", "concise", cwd=tmp_path)
        assert made.returncode == 2 and "line 3: `\\" in made.stdout + made.stderr


def test_an_escape_in_a_script_or_of_another_character_is_not(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          printf '\\x41'\n"
    text += "      - run: \"printf '\\\\x41\\u001b[1m' \\\n          a\"\n"
    write(str(tmp_path), ".github/workflows/a.yml", text)
    made = palint("check", "--format", "concise", cwd=tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", f'x("{TOKEN[:20]}\\x{ord(TOKEN[20]):02x}{TOKEN[21:]}");\n'),
        ("a.py", f'x = "{TOKEN[:10]}\\\n{TOKEN[10:]}"\n'),
        ("a.sh", f"login {TOKEN[:10]}\\\n{TOKEN[10:]}\n"),
        ("a.yaml", f'x: "{TOKEN[:10]}\\\n    {TOKEN[10:]}"\n'),
    ],
)
def test_a_value_that_escapes_cut(tmp_path: Path, path: str, text: str) -> None:
    write(str(tmp_path), path, text)
    made = palint("check", "--format", "concise", cwd=tmp_path)
    assert f"{path}:1:" in made.stdout and "GitHub personal access token" in made.stdout
    assert TOKEN[10:] not in made.stdout


def test_a_value_of_a_joined_line_is_reported_once_where_it_is(tmp_path: Path) -> None:
    key = generate("{base64:24}", 7)
    lines = ("FROM a", "ENV \\", "  A=1 \\", f"  API_KEY='{key}' \\", "  X_KEY=fake-secret-key \\", "  B=2")
    write(str(tmp_path), "Dockerfile", "\n".join(lines) + "\n")
    made = palint("check", "--format", "concise", cwd=tmp_path)
    assert made.stdout.count("hardcoded secret") == 1 and "Dockerfile:4:12: " in made.stdout


def test_a_value_between_comments_is_reported_once_where_it_is(tmp_path: Path) -> None:
    lines = (
        "const a = b()",
        "/* c */",
        f'setPassword("{PASSWORD}")',
        "/* d */",
        'setHost("e")',
        "/* f */",
        "g",
    )
    write(str(tmp_path), "a.js", "\n".join(lines) + "\n")
    made = palint("check", "--format", "concise", cwd=tmp_path)
    assert made.stdout.count("hardcoded secret") == 1 and "a.js:3:14: " in made.stdout


@pytest.mark.parametrize(
    "anchors",
    [
        "x-credentials: &credentials\n  A: b\nx-all: &all\n  <<: [*credentials]\n",
        "x-token: &name app\nx-env: .env\n" + "# a\n" * 3000 + "x-all: *name\n",
    ],
)
def test_yaml_without_its_anchors_still_parses(tmp_path: Path, anchors: str) -> None:
    write(str(tmp_path), "compose.yml", anchors + "services:\n  b: {env_file: .env}\n")
    made = palint("check", cwd=tmp_path)
    assert made.returncode == 1 and "note" not in made.stdout + made.stderr


def test_the_hits_near_a_change_are_those_within_reach() -> None:
    first, last = 9 * REACH, 9 * REACH + 4
    ends = (1, first - REACH - 1, first - REACH, last, last + REACH, last + REACH + 1)
    assert [end for _, end in near_changes([(0, end) for end in ends], [(first, last)])] == list(ends[2:5])
