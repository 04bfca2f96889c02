"""The CI step: a workflow of its own at GitHub, a job more at GitLab."""

from __future__ import annotations

from importlib.metadata import version

from palint.init.facts import Facts
from palint.init.plan import Draft
from palint.report.sarif import HOME

WORKFLOW = ".github/workflows/palint.yml"
PIPELINE = ".gitlab-ci.yml"


def workflow() -> str:
    """A workflow that checks each pull request and the main branch, and needs to read only."""
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
      - uses: {HOME.removeprefix("https://github.com/")}@v{version("palint")}
"""


def job() -> str:
    """A job of GitLab CI: the merge request's widget shows what it finds."""
    return f"""\
palint:
  image: python:3.13
  variables:
    GIT_DEPTH: "0" # a merge request is compared with its base
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - pip install --quiet "palint @ git+{HOME}@v{version("palint")}"
    - palint check --since "${{CI_MERGE_REQUEST_DIFF_BASE_SHA:-0}}" --output gitlab:palint-codequality.json
  artifacts:
    when: always
    reports:
      codequality: palint-codequality.json
"""


def add(draft: Draft, facts: Facts) -> None:
    """Plan the step where no workflow or pipeline names palint yet."""
    if "github" in facts.hosts:
        workflows = [p for p in draft.project.files() if p.startswith(".github/workflows/")]
        if not any("palint" in draft.text(path) for path in workflows):
            draft.put(WORKFLOW, workflow())
    if "gitlab" in facts.hosts and "palint" not in draft.text(PIPELINE):
        gap = "\n" if draft.text(PIPELINE).strip() else ""
        draft.append(PIPELINE, gap + job())
