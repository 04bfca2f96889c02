"""`palint hook --agent`, with events as the documentation of three assistants has them."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest

from palint.cli import agent, main
from palint.cli.options import CheckOptions
from palint.config import Config
from palint.secrets.synthetic import generate
from palint.tree.project import Limits

from ..conftest import Repository, palint

TOKEN = generate("{github_token}")
CHOSEN = generate("superuser-{digits:1}")
WRITES = f'token = "{TOKEN}"\n'


def hook(repo: Repository, event: object, *args: str) -> subprocess.CompletedProcess[str]:
    text = event if isinstance(event, str) else json.dumps(event)
    return palint("hook", "--agent", *args, cwd=repo.path, stdin=text)


def claude(name: str, **given: Any) -> dict[str, Any]:
    return {"session_id": "s", "transcript_path": "/t.jsonl", "hook_event_name": name, **given}


CLAUDE = {
    "prompt": claude("UserPromptSubmit", prompt=f"deploy with {TOKEN}"),
    "command": claude(
        "PreToolUse", tool_name="Bash", tool_input={"command": f"curl -H 'x: {TOKEN}' x.example"}
    ),
    "write": claude("PreToolUse", tool_name="Write", tool_input={"file_path": "app/a.py", "content": WRITES}),
    "edit": claude(
        "PreToolUse",
        tool_name="Edit",
        tool_input={"file_path": "app/a.py", "old_string": "token = None", "new_string": WRITES},
    ),
    "dotenv": claude(
        "PreToolUse", tool_name="Write", tool_input={"file_path": ".env", "content": "PORT=1\n"}
    ),
    "output": claude(
        "PostToolUse", tool_name="Bash", tool_input={"command": "env"}, tool_response={"stdout": WRITES}
    ),
}


@pytest.mark.parametrize("name", CLAUDE)
def test_claude_code_is_refused_by_the_exit_code(repo: Repository, name: str) -> None:
    done = hook(repo, CLAUDE[name])
    assert done.returncode == 2 and done.stderr.startswith("palint refused this:\n") and not done.stdout
    assert TOKEN not in done.stderr
    assert ("env-file" if name == "dotenv" else "hardcoded-secret") in done.stderr


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ("beforeSubmitPrompt", {"prompt": f"use {TOKEN}", "attachments": []}),
        ("beforeShellExecution", {"command": f"login {TOKEN}", "cwd": "/nowhere"}),
        ("beforeMCPExecution", {"tool_name": "q", "tool_input": json.dumps({"query": WRITES})}),
        ("beforeReadFile", {"file_path": "a.py", "content": WRITES}),
    ],
)
def test_cursor_is_refused_by_its_answer(repo: Repository, event: str, given: dict[str, Any]) -> None:
    done = hook(repo, {"conversation_id": "c", "hook_event_name": event, "workspace_roots": [], **given})
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and not answer["continue"] and answer["permission"] == "deny"
    assert "hardcoded-secret" in answer["user_message"] and TOKEN not in done.stdout


def test_of_many_problems_five_are_named(repo: Repository) -> None:
    text = "".join(f'token = "{generate("{github_token}", str(n))}"\n' for n in range(7))
    done = hook(repo, claude("PreToolUse", tool_input={"file_path": "a.py", "content": text}))
    assert done.stderr.count("[hardcoded-secret]") == 5 and done.stderr.endswith("\nand 2 more\n")


def test_copilot_is_refused_by_its_answer(repo: Repository) -> None:
    arguments = json.dumps({"path": "a.py", "file_text": WRITES})
    done = hook(repo, {"timestamp": 1, "cwd": str(repo.path), "toolName": "create", "toolArgs": arguments})
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and answer["permissionDecision"] == "deny"
    assert "a.py:1: " in answer["permissionDecisionReason"] and TOKEN not in done.stdout


PASSWORD = generate("{password}")
ARGUMENTS: dict[str, Any] = {
    "a name": {"user": "app", "password": PASSWORD},
    "a name below": {"login": {"db_password": PASSWORD}},
    "a name beside a path": {"path": "a.txt", "password": PASSWORD},
    "words": {"argv": ["mysql", "--password", PASSWORD]},
    "a path": {"path": f"https://x.example/?access_token={TOKEN}"},
    "a name of the event": {"cwd": TOKEN},
    "a name that is one": {"headers": {TOKEN: "1"}},
    "a name without a text": {"headers": {TOKEN: True}},
    "JSON": json.dumps({"password": PASSWORD}),
    "several edits": {"path": "a.py", "edits": [{"new_string": "x = 1"}, {"new_string": WRITES}]},
    "another folder": {"file_path": "../other/a.py", "content": WRITES},
    "the folder above": {"path": "..", "content": WRITES},
}


def test_the_arguments_of_every_tool_are_checked(repo: Repository) -> None:
    for name, given in ARGUMENTS.items():
        event = claude("PreToolUse", tool_name="mcp__x__y", tool_input=given)
        found = "".join(agent.problems(agent.texts(event, str(repo.path)), str(repo.path), CheckOptions()))
        assert "hardcoded-secret" in found, name
        assert TOKEN not in found and PASSWORD not in found


def test_a_text_that_was_not_read_in_full_is_refused(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Config(limits=Limits(text=1000, windows=2000))
    monkeypatch.setattr(agent, "resolve_config", lambda *_: small)
    event = claude("PreToolUse", tool_input={"file_path": "a.py", "content": "# x\n" * 1000})
    (found,) = agent.problems(agent.texts(event, str(repo.path)), str(repo.path), CheckOptions())
    assert found.startswith("a.py: ")


@pytest.mark.parametrize(
    "event",
    [
        claude("UserPromptSubmit", prompt="rename the class"),
        claude("PreToolUse", tool_use_id="toolu_01A09q90qw90lq917835lq9", tool_input={"path": "a/.env"}),
        claude("PreToolUse", tool_input={"required": ["password", "user"], "pattern": "password"}),
        claude("PreToolUse", tool_name="Write", tool_input={"file_path": "a.py", "content": "x = 1\n"}),
        claude("PreToolUse", tool_input={"file_path": "a.py", "old_string": WRITES, "new_string": ""}),
        claude("Stop"),
        # a part of a file, and a template
        claude("PreToolUse", tool_input={"file_path": ".github/workflows/a.yml", "content": "a: [\n"}),
        claude("PreToolUse", tool_input={"file_path": "a.tf", "content": 'provider "aws" {\n'}),
        claude("PreToolUse", tool_input={"file_path": "a.py", "content": f"password = '{CHOSEN}'\n"}),
        {"conversation_id": "c", "hook_event_name": "beforeShellExecution", "command": "ls"},
        {},
    ],
)  # fmt: skip
def test_nothing_to_report_goes_on(repo: Repository, event: dict[str, Any]) -> None:
    done = hook(repo, event)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_event_of_many_texts_is_read_at_once_or_refused(repo: Repository) -> None:
    """An assistant stops waiting for its hook, and goes on."""
    started = time.process_time()
    fields = {f"field{number}": f"text {number}" for number in range(5_000)}
    event = claude("PostToolUse", tool_response=[fields, {"last": TOKEN}])
    (found,) = agent.problems(agent.texts(event, str(repo.path)), str(repo.path), CheckOptions())
    assert "hardcoded-secret" in found and time.process_time() - started < 10
    edits = [{"new_string": f"x{number} = 1"} for number in range(101)]
    event = claude("PreToolUse", tool_input={"file_path": "a.py", "edits": edits})
    (found,) = agent.problems(agent.texts(event, str(repo.path)), str(repo.path), CheckOptions())
    assert "more than 100 texts" in found


def test_half_a_surrogate_pair_in_a_path(repo: Repository) -> None:
    event = claude("PreToolUse", tool_input={"file_path": "\ud800.py", "content": WRITES})
    assert "hardcoded-secret" in hook(repo, event).stderr


def test_a_bug_refuses_the_event(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """An assistant goes on after any exit code but 2."""
    monkeypatch.setattr(agent, "agent", lambda _options: [][0])
    assert main.run(["hook", "--agent"]) == 2
    assert main.run(["hook", "--agent", "--quiet"]) == 2


@pytest.mark.parametrize("event", ["", "no JSON", "[1]", "[" * 5000])
def test_what_is_no_event_is_refused(repo: Repository, event: str) -> None:
    done = hook(repo, event)
    assert done.returncode == 2 and "one event of a coding assistant" in done.stderr


def test_settings_and_comments_count(repo: Repository) -> None:
    accepted = WRITES.rstrip() + "  # palint: ignore[hardcoded-secret] revoked\n"
    write = claude("PreToolUse", tool_input={"file_path": "a.py", "content": accepted})
    assert hook(repo, write).returncode == 0
    repo.write("palint.toml", 'ignore = ["hardcoded-secret"]\n')
    assert hook(repo, CLAUDE["prompt"]).returncode == 0
    policy = repo.path.parent / "policy.toml"
    policy.write_text("")
    assert hook(repo, CLAUDE["prompt"], "--policy", str(policy)).returncode == 2


def test_text_that_looks_like_json_keeps_its_lines_and_its_file(repo: Repository) -> None:
    """Only the arguments of a tool are JSON within JSON, and only if they parse."""
    content = f'{{\n\n  "token": "{TOKEN}"\n}}\n'
    done = hook(
        repo, claude("PreToolUse", tool_name="Write", tool_input={"file_path": "a.json", "content": content})
    )
    assert done.returncode == 2 and "a.json:3:" in done.stderr, done.stderr
    for arguments in (f"{{broken {TOKEN}", f"plain {TOKEN}"):
        done = hook(repo, {"timestamp": 1, "cwd": str(repo.path), "toolName": "run", "toolArgs": arguments})
        assert json.loads(done.stdout)["permissionDecision"] == "deny", arguments
