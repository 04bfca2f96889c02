"""The snippets of docs/ci.md run, each in its service's shell, on changes with and without a violation."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import PALINT, ROOT, Repository

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")


def snippet(heading: str) -> str:
    """The first fenced block under a heading."""
    section = re.split(rf"\n###? {re.escape(heading)}\n", PAGE)[1].partition("\n## ")[0]
    block = re.search(r"```\w+\n(.*?)```", section, re.DOTALL)
    assert block is not None, heading
    return block[1]


def gitlab() -> str:
    return "\n".join(yaml.safe_load(snippet("GitLab CI"))["palint"]["script"])


def bitbucket() -> str:
    pipelines = yaml.safe_load(snippet("Bitbucket Pipelines"))["pipelines"]
    return "\n".join(pipelines["pull-requests"]["**"][0]["step"]["script"])


def circleci() -> str:
    steps: list[dict[str, Any]] = yaml.safe_load(snippet("CircleCI"))["jobs"]["palint"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    return "\n".join(run if isinstance(run, str) else run["command"] for run in runs)


def jenkins() -> str:
    script = re.search(r"sh '''\n(.*?)'''", snippet("Jenkins"), re.DOTALL)
    assert script is not None
    return script[1]


def azure() -> str:
    steps = yaml.safe_load(snippet("Azure Pipelines"))["steps"]
    return str(next(step["bash"] for step in steps if "bash" in step))


def test_texts_name_one_version_of_the_action_that_signs_in() -> None:
    texts = [
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("src/**/*.py"),
        *ROOT.glob("rules/*.py"),
        ROOT / "README.md",
    ]
    named = re.compile(r"configure-aws-credentials@(v\d+)")
    assert {version for path in texts for version in named.findall(path.read_text("utf-8"))} == {"v4"}


@pytest.fixture
def clone(repo: Repository, tmp_path: Path) -> Repository:
    """A clone of a repository with an old violation on main; the branch `change` is checked out."""
    repo.write("old.env", "A=1\n")
    repo.add()
    repo.commit()
    repo.git("clone", "-q", ".", str(tmp_path / "clone"))
    made = Repository(tmp_path / "clone")
    made.git("checkout", "-q", "-b", "change")
    made.write("a.py", "x = 1\n")
    made.add()
    made.commit()
    return made


BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
SERVICES = [
    (gitlab, BASH, {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "origin/main"}, "palint-codequality.json"),
    (bitbucket, ["bash", "-e", "-c"], {"BITBUCKET_PR_DESTINATION_BRANCH": "main"}, "test-results/palint.xml"),
    (circleci, BASH, {}, "test-results/palint.xml"),
    (jenkins, ["sh", "-xe", "-c"], {"CHANGE_TARGET": "main"}, "palint.xml"),
    (azure, ["bash", "-c"], {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, "palint.xml"),
]


def run(script: str, shell: list[str], repo: Repository, variables: dict[str, str]) -> int:
    """Run a job's script; `pip install` does nothing, since the palint under test is there."""
    programs = repo.path.parent / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "pip").write_text("#!/bin/sh\n")
    (programs / "pip").chmod(0o755)
    env = {**os.environ, **variables, "PATH": f"{programs}:{PALINT.parent}:{os.environ['PATH']}"}
    return subprocess.run([*shell, script], cwd=repo.path, env=env, capture_output=True).returncode


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s[0].__name__)
def test_no_code_of_the_tree_runs_where_the_job_has_a_python_path(service: Any, clone: Repository) -> None:
    script, shell, variables, _ = service
    clone.write("src/sitecustomize.py", "raise SystemExit(70)\n")
    assert run(script(), shell, clone, {**variables, "PYTHONPATH": "src"}) == 0


@pytest.mark.parametrize(
    ("script", "shell", "variables", "report"), SERVICES, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_change_passes_or_fails_by_what_it_changes(
    script: Callable[[], str], shell: list[str], variables: dict[str, str], report: str, clone: Repository
) -> None:
    assert run(script(), shell, clone, variables) == 0
    text = (clone.path / report).read_text()
    assert "old.env" not in text
    clone.write("new.env", "A=1\n")
    clone.add("new.env")
    clone.commit()
    assert run(script(), shell, clone, variables) == 1
    assert "new.env" in (clone.path / report).read_text()


@pytest.mark.parametrize("service", [s for s in SERVICES if s[0] is not gitlab], ids=lambda s: s[0].__name__)
def test_a_tag_with_the_name_of_the_base_changes_nothing(service: Any, clone: Repository) -> None:
    """GitLab gives an object's name. The others give a branch's, which git looks for among tags first."""
    script, shell, variables, report = service
    clone.write("new.env", "A=1\n")
    clone.add("new.env")
    clone.commit()
    for name in ("main", "origin/main"):
        clone.git("tag", name)
        clone.git("push", "-q", "origin", f"refs/tags/{name}")
    assert run(script(), shell, clone, variables) == 1
    text = (clone.path / report).read_text()
    assert "new.env" in text and "old.env" not in text


@pytest.mark.parametrize(
    "service", [s for s in SERVICES if s[0] in (gitlab, jenkins, azure)], ids=lambda s: s[0].__name__
)
def test_without_a_change_to_compare_everything_is_checked(service: Any, clone: Repository) -> None:
    script, shell, _, report = service
    assert run(script(), shell, clone, {}) == 1
    assert "old.env" in (clone.path / report).read_text()


def test_the_required_job_of_gitlab_checks_under_the_policy(clone: Repository, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rollout.md").read_text("utf-8")
    (block,) = re.findall(r"```yaml\n# palint.yml in acme/standards\n(.*?)```", page, re.DOTALL)
    standards = Repository(tmp_path / "standards")
    standards.write("palint-policy.toml", 'fail-on = "warning"\n')
    standards.add()
    standards.commit()
    variables = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "origin/main",
        "CI_JOB_TOKEN": "t", "CI_SERVER_HOST": "gitlab.example",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{standards.path}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://gitlab-ci-token:t@gitlab.example/acme/standards.git",
    }  # fmt: skip
    script = "\n".join(yaml.safe_load(block)["palint"]["script"])
    clone.write("warned.py", "{} = 'superuser-2'\n".format("password"))
    assert run(script, BASH, clone, variables) == 1
    clone.write("warned.py", "")
    assert run(script, BASH, clone, variables) == 0


def by_hand(changes: dict[str, str]) -> str:
    """The commands that run the action's step, with some variables changed."""
    script = snippet("The step by hand")
    for name, value in changes.items():
        script, count = re.subn(rf"\b{name}=\S+", f"{name}={value}", script)
        assert count == 1
    return script


def test_the_action_s_step_runs_by_hand(clone: Repository) -> None:
    (clone.path.parent / "palint").symlink_to(ROOT)
    side = clone.path.parent
    reports = {"GITHUB_STEP_SUMMARY": f"{side}/summary.md", "GITHUB_OUTPUT": f"{side}/output"}
    assert run(by_hand({}), BASH, clone, {}) == 0
    assert run(by_hand({"GITHUB_EVENT_NAME": "push"}), BASH, clone, {"PALINT_BASE_OF_PUSH": "HEAD~1"}) == 1
    changed = {"GITHUB_EVENT_NAME": "push", "PALINT_SCOPE": "changed"}
    assert run(by_hand(changed), BASH, clone, {"PALINT_BASE_OF_PUSH": "HEAD~1"}) == 0
    merge = {"GITHUB_EVENT_NAME": "merge_group"}
    assert run(by_hand(merge), BASH, clone, {"PALINT_BASE_OF_MERGE_GROUP": "origin/main"}) == 0
    clone.write("new.env", "A=1\n")
    assert run(by_hand({"PALINT_SARIF": "palint.sarif"}), BASH, clone, reports) == 1
    assert (
        "new.env" in (side / "summary.md").read_text() and "old.env" not in (side / "summary.md").read_text()
    )
    name, _, written = (side / "output").read_text().strip().partition("=")
    assert name == "sarif-file" and written.endswith("/palint.sarif")
    assert "new.env" in Path(written).read_text("utf-8")


def test_the_jobs_are_those_that_init_writes() -> None:
    from palint.init import ci

    assert snippet("GitLab CI") == ci.job()
    assert snippet("GitHub Actions") == ci.workflow()


def test_the_template_for_gitlab_is_that_job() -> None:
    """With the defaults of its inputs, each of which it uses: https://docs.gitlab.com/ci/inputs/"""
    from palint.init import ci

    spec, text = (ROOT / "templates" / "palint.yml").read_text("utf-8").split("\n---\n")
    inputs = yaml.safe_load(spec)["spec"]["inputs"]
    assert {key for each in inputs.values() for key in each} == {"default", "description"}
    used = re.findall(r"\$\[\[ inputs\.(\w+) \]\]", text)
    assert sorted(used) == sorted(inputs)
    for name in inputs:
        assert f"`{name}`" in PAGE
        text = text.replace(f"$[[ inputs.{name} ]]", inputs[name]["default"])
    assert text.replace(" \n", "\n") == ci.job("test")
    assert f"/{inputs['version']['default']}/templates/palint.yml" in PAGE


def test_the_page_lists_every_input_and_every_format() -> None:
    from palint.report import FORMATS

    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    for name in (*action["inputs"], *FORMATS):
        assert f"`{name}`" in PAGE
