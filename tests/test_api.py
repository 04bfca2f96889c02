"""`palint.api`, used by a program of another package."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from palint import api
from palint.cli.options import CheckOptions

from .conftest import ROOT, Repository, findings

NAME = "password"
LOW = f"{NAME} = 'superuser-2'"
PROGRAM = """
import json
from palint import api

results = api.check("a.py", "b.py", min_confidence="low")
found = [(f.rule, f.span.path, f.span.start.line, f.severity is api.Severity.ERROR) for f in results.findings]
text = api.check_text("%s = 'superuser-2'" % "password", "settings/local.py")
print(json.dumps([found, [f.rule for f in text.findings], results.complete]))
try:
    api.check("missing")
except api.PalintError as error:
    print(json.dumps(str(error)))
"""


@pytest.fixture
def shop(repo: Repository) -> Repository:
    repo.write("a.py", f"x = 1\n{LOW}\n")
    repo.write("b.py", f"{LOW}  # palint: ignore[hardcoded-secret] a test account\n")
    return repo


def test_a_program_gets_findings_as_data(shop: Repository) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=shop.path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0] == [[["hardcoded-secret", "a.py", 2, False]], ["hardcoded-secret"], True]
    assert "missing" in lines[1] and "does not exist" in lines[1]


def test_it_finds_what_the_command_finds(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path)
    wanted = [(f["fingerprint"], f["fix_hint"]) for f in findings(shop.palint("--format=json"))]
    assert [(f.fingerprint, f.fix_hint) for f in api.check(jobs=1).findings] == wanted
    assert not api.check(min_confidence=api.Confidence.HIGH, jobs=1).findings
    assert not api.check(min_confidence="high", jobs=1).findings
    with pytest.raises(api.PalintError, match='invalid value "hi" for min_confidence: use "low" or "high"'):
        api.check(min_confidence="hi", jobs=1)  # type: ignore[arg-type]
    (accepted,) = api.check("b.py", jobs=1).suppressed
    assert accepted.reason == "a test account"


def test_settings_that_are_not_valid_are_an_error(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path)
    shop.write("palint.toml", "fail-on = 3\n")
    for call in (lambda: api.check(jobs=1), lambda: api.check_text("", "a.py")):
        with pytest.raises(api.PalintError, match=r"palint\.toml:1"):
            call()
    assert api.check(isolated=True, jobs=1).findings


def test_a_text_is_checked_with_chosen_rules_and_under_a_policy(shop: Repository, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("fail-on = 'warning'\nallow-suppressing = ['env-file']\n")
    root, accepted = str(shop.path), f"{LOW}  # palint: ignore[hardcoded-secret] a test account"
    assert not api.check_text(accepted, "a.py", root=root, select=["hardcoded-secret"]).findings
    assert not api.check_text(LOW, "a.py", root=root, select=["env-file"]).findings
    found = api.check_text(accepted, "a.py", root=root, policy=str(tmp_path / "policy.toml")).findings
    assert "unused-suppression" in [f.rule for f in found] and len(found) == 2


def test_with_one_job_nothing_is_forked(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("c.py", 'import boto3\nboto3.client("s3", aws_access_key_id="a", aws_secret_access_key="b")\n')
    shop.add()
    shop.commit()
    monkeypatch.chdir(shop.path)
    monkeypatch.setattr(os, "fork", None)
    for options in ({}, {"since": "HEAD"}, {"staged": True}):
        assert api.check(jobs=1, **options).complete
    assert api.check_text(LOW, "a.py").findings


def test_it_gives_the_alarm_back(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path)
    before = signal.getsignal(signal.SIGALRM)
    api.check(jobs=1)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_type_checker_accepts_the_program(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache"), str(program)]
    done = subprocess.run(mypy, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_an_argument_that_is_left_out_is_an_option_that_is_left_out() -> None:
    defaults = {name: each.default for name, each in inspect.signature(api.check).parameters.items()}
    assert defaults.pop("jobs") == 0 and defaults.pop("paths") is inspect.Parameter.empty
    defaults["settings"] = defaults.pop("config")
    assert defaults == {name: getattr(CheckOptions(), name) for name in defaults}
    of_text = inspect.signature(api.check_text).parameters
    assert all(of_text[name].default == defaults[name] for name in ("select", "isolated", "policy"))


def test_any_text_is_checked_and_a_name_that_no_file_can_have_is_refused(shop: Repository) -> None:
    """A text with half a surrogate pair, which JSON can hold, ended in another exception."""
    for text in (f"\ud800{LOW}", f"\udcff\n{LOW}", f"\ud800\udcff\n{LOW}"):
        assert api.check_text(text, "a.txt", root=str(shop.path)).findings
    with pytest.raises(api.PalintError, match="cannot be the name of a file"):
        api.check_text(LOW, "\ud800.py", root=str(shop.path))
    for option in ({"since": "a\0b"}, {"baseline": "/dev/zero"}):
        with pytest.raises(api.PalintError, match=r"no such revision|larger than such a file"):
            api.check(str(shop.path), jobs=1, **option)  # type: ignore[arg-type]
