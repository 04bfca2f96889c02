"""The CI step: a new workflow on GitHub, a new job on GitLab."""

from __future__ import annotations

import json
import re

from palint.init.installed import revision
from palint.init.plan import InitDraft
from palint.init.repo_info import RepoInfo
from palint.languages import yaml as yaml_
from palint.languages.yaml import Node
from palint.report.sarif import HOME
from palint.text.source import ParseError, SourceFile

WORKFLOW = ".github/workflows/palint.yml"
PIPELINE = ".gitlab-ci.yml"


def workflow() -> str:
    """A workflow that checks each pull request and the main branch with read-only permissions."""
    return f"""\
name: palint
on:
  pull_request:
  merge_group:
  push:
    branches: [main, master]
permissions:
  contents: read
jobs:
  palint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # a pull request is compared with its base
          persist-credentials: false
      - uses: {HOME.removeprefix("https://github.com/")}@{revision()}
"""


def job(stage: str = "") -> str:
    """A GitLab CI job whose findings are shown in the merge request.

    stage: the job's, if it cannot be GitLab's default, `test`.
    """
    line = f"  stage: {stage}\n" if stage else ""
    return f"""\
palint:
{line}  image: python:3.13
  variables:
    GIT_DEPTH: "0" # a merge request is compared with its base
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - unset PYTHONPATH # it could lead into the checked tree
    - pip install --quiet "palint @ git+{HOME}@{revision()}"
    - palint check --since "${{CI_MERGE_REQUEST_DIFF_BASE_SHA:-0}}" --output gitlab:palint-codequality.json
  artifacts:
    when: always
    reports:
      codequality: palint-codequality.json
"""


def add(draft: InitDraft, facts: RepoInfo) -> None:
    """Plan the step unless a workflow or pipeline already runs palint."""
    if "github" in facts.hosts:
        workflows = [p for p in draft.project.files() if p.startswith(".github/workflows/")]
        if not any("palint" in draft.text(path) for path in workflows):
            draft.put(WORKFLOW, workflow())
    if "gitlab" in facts.hosts and "palint" not in draft.text(PIPELINE):
        _add_job(draft)


def _add_job(draft: InitDraft) -> None:
    text = draft.text(PIPELINE)
    try:
        documents = yaml_.parse(SourceFile(PIPELINE, text.encode("utf-8", "surrogatepass")))
    except ParseError as error:
        draft.notes.append(f"{PIPELINE}:{error.line}: {error.message}; left alone. The job to add:\n{job()}")
        return
    pipeline = documents[-1] if documents else None  # after the declaration of inputs, if there is one
    stages = pipeline.get("stages") if pipeline else None
    if stages is None and pipeline and pipeline.get("include"):
        draft.notes.append(
            f"{PIPELINE} includes others: where they list `stages` without `test`, "
            "give the job `palint` one of these as its `stage`"
        )
    draft.append(PIPELINE, ("\n" if text.strip() else "") + job(_stage(stages)))


def _stage(stages: Node | None) -> str:
    """The stage for a new job: the first in the list, if `test` is not in it."""
    names = [node for node in stages.elements if node.kind == "scalar"] if stages else []
    if not names or "test" in [node.value for node in names]:
        return ""
    first = names[0]
    plain = first.style is None and re.fullmatch(r"[A-Za-z_][\w-]*", first.value)
    return first.value if plain else json.dumps(first.value)
