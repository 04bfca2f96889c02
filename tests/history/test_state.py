"""A second run: what it reads, that it reports what a full run reports, and which states are not believed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from palint import registry
from palint.baseline import value_bits
from palint.config import Config
from palint.history import state as history_state
from palint.history.run import run
from palint.history.state import StateError, load
from tests.conftest import set_day
from tests.history.conftest import Past, build, line, secret


def report(past: Past, *args: str) -> dict[str, Any]:
    made = past.palint("history", "--format", "json", *args)
    assert made.returncode in (0, 1), made.stderr
    document: dict[str, Any] = json.loads(made.stdout)
    del document["summary"]["seconds"]
    return document


def same(past: Past, state: Path) -> dict[str, Any]:
    """The report with the state, which must be that of a full run; only the count of new commits differs."""
    short, full = report(past, "--state", str(state)), report(past, "--no-state")
    new = short["summary"].pop("new_commits")
    del full["summary"]["new_commits"], full["summary"]["versions"], short["summary"]["versions"]
    assert short == full
    return {"new": new, **short}


def test_every_step_of_a_history(past: Past, tmp_path: Path) -> None:
    state = tmp_path / "state"
    build(past)
    assert same(past, state)["new"] > 20
    assert same(past, state)["new"] == 0
    # A known value again, in another file; one that is not known; a known one goes.
    past.save(again_py=line("deleted"), fresh_py=line("fresh"))
    assert same(past, state)["new"] == 1
    past.save(a_py="x = 1\n")
    assert same(past, state)["new"] == 1
    # A branch from an old commit, and its merge.
    past.git("checkout", "-q", "-b", "late", "HEAD~4")
    past.save(late_py=line("late") + line("stays"))
    past.git("checkout", "-q", "main")
    past.git("merge", "-q", "--no-ff", "-m", "late", "late")
    assert same(past, state)["new"] == 2
    # HEAD elsewhere.
    past.git("checkout", "-q", "--detach", "HEAD~3")
    assert same(past, state)["new"] == 0


def test_several_new_commits_a_new_root_and_no_commit(past: Past, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert same(past, state)["new"] == same(past, state)["new"] == 0
    past.save(a_py=line("one"))
    assert same(past, state)["new"] == 1
    past.save(a_py=line("two"))
    past.save(a_py=line("three"))
    past.git("checkout", "-q", "--orphan", "other")
    past.save(a_py=line("one") + line("four"))
    made = same(past, state)
    assert made["new"] == 3 and len(made["secrets"]) == 4


def test_rewritten_history_is_read_afresh(past: Past, tmp_path: Path) -> None:
    state = tmp_path / "state"
    past.save(a_py=line("kept"))
    past.save(b_py=line("dropped"))
    assert len(same(past, state)["secrets"]) == 2
    past.git("reset", "-q", "--hard", "HEAD^")
    made = same(past, state)
    assert made["new"] == 1 and len(made["secrets"]) == 1


def test_it_keeps_nothing_of_a_value(past: Past, tmp_path: Path) -> None:
    state = tmp_path / "state"
    past.save(a_py=line("kept"), _env=f"API_KEY={secret('dotenv')}\n")
    report(past, "--state", str(state))
    text = state.read_text()
    assert secret("kept") not in text and secret("dotenv") not in text
    (known,) = [s for s in json.loads(text)["secrets"] if s[2][8] == value_bits(secret("kept"))]
    assert known[0] == "hardcoded-secret"
    assert state.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")
def test_a_state_that_others_could_write_is_not_believed(past: Past, tmp_path: Path) -> None:
    state = tmp_path / "state"
    past.save(a_py=line("kept"))
    report(past, "--state", str(state))
    document = json.loads(state.read_text())
    document["secrets"] = []
    state.write_text(json.dumps(document))
    assert report(past, "--state", str(state))["secrets"] == []  # the user's own file is believed
    state.write_text(json.dumps(document))
    state.chmod(0o644)
    assert len(report(past, "--state", str(state))["secrets"]) == 1
    assert state.stat().st_mode & 0o777 == 0o600
    target = tmp_path / "elsewhere"
    state.rename(target)
    state.symlink_to(target)
    assert report(past, "--state", str(state))["summary"]["new_commits"] == 1


def test_a_state_of_other_rules_or_settings_is_not_believed(past: Past, tmp_path: Path) -> None:
    state = tmp_path / "state"
    past.save(a_py=line("kept"))
    assert report(past, "--state", str(state), "--select", "env-file")["secrets"] == []
    assert len(report(past, "--state", str(state))["secrets"]) == 1


def test_a_state_inside_the_repository_is_refused(past: Past) -> None:
    past.save(a_py=line("kept"))
    for name in ("state", "folder/state"):
        with pytest.raises(StateError, match="inside the repository"):
            run(str(past.path), Config(), registry.load(), state_file=str(past.path / name))


def test_a_state_is_not_believed_after_the_end_of_a_suppression(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def paths() -> list[tuple[str, ...]]:
        made = run(str(past.path), Config(), registry.load(), state_file=str(tmp_path / "state"), jobs=1)
        return [each.paths for each in made.secrets]

    accepted = "  # palint: ignore[hardcoded-secret] until=2027-01-31 the vendor rotates it\n"
    past.save(a_py=line("a").rstrip() + accepted)
    set_day(monkeypatch, "2027-01-31")
    assert paths() == []
    past.save(b_py="x = 1\n")
    assert paths() == []  # the state has the day of what an earlier run read
    set_day(monkeypatch, "2027-02-01")
    assert paths() == [("a.py",)]


def test_damaged_states_are_read_over(past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"
    past.save(a_py=line("kept"))
    state.mkdir()
    assert past.palint("history", "--state", str(state)).returncode == 2
    state.rmdir()
    report(past, "--state", str(state))
    key, root = json.loads(state.read_text())["fingerprint"], str(past.path)
    assert load(root, str(state), key) is not None and load(root, str(state), "other") is None
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert load(root, str(state), key) is None, "another user's file"
    monkeypatch.setattr(history_state, "_MAX_SIZE", state.stat().st_size - 1)
    assert load(root, str(state), key) is None
    for text in ("", "{", "[]", '{"fingerprint": 1}', "\0" * 100):
        state.write_text(text)
        state.chmod(0o600)
        assert len(report(past, "--state", str(state))["secrets"]) == 1


def test_an_incomplete_run_leaves_no_state(past: Past, tmp_path: Path) -> None:
    past.save(a_py=line("old"))
    past.save(a_py="x = 1\n")
    past.git("clone", "-q", "--depth=1", f"file://{past.path}", str(tmp_path / "shallow"))
    state = tmp_path / "state"
    run(str(tmp_path / "shallow"), Config(), registry.load(), state_file=str(state))
    assert not state.exists()


def test_what_no_run_can_check_in_full_is_read_once(past: Past, tmp_path: Path) -> None:
    past.save(a_py='import boto3\nboto3.client("s3", aws_access_key_id=key, aws_secret_access_key=(\n')
    past.save(a_py="x = 1\n")
    state = str(tmp_path / "state")
    first = run(str(past.path), Config(), registry.load(), state_file=state)
    assert [notice.kind for notice in first.notices] == ["unparsed"] and first.new_commits == 2
    past.save(b_py=line("new"))
    second = run(str(past.path), Config(), registry.load(), state_file=state)
    assert second.notices == first.notices and not second.complete and second.new_commits == 1
    third = run(str(past.path), Config(), registry.load(), state_file=state)
    assert third.notices == first.notices and third.new_commits == 0 and len(third.secrets) == 1
