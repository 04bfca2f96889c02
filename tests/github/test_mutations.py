"""Half-edited workflows: whatever a line becomes, a rule ends with findings inside the files, or says so."""

from __future__ import annotations

import random

import pytest
from palint_rules.env_file_loaded import EnvFileLoaded
from palint_rules.github_secret import GithubSecret
from palint_rules.secret_to_slack import SecretToSlack
from palint_rules.workflow_access_key import WorkflowAccessKey
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.findings import Finding
from palint.testing import results_of

RULES = [WorkflowIdToken, WorkflowAccessKey, GithubSecret, SecretToSlack, EnvFileLoaded]
FILES = {
    ".github/workflows/release.yml": """\
name: release
on: {push: {tags: ["v*"]}, workflow_call: {}}
permissions: &read
  contents: read  # everything else is none
env:
  AWS_ACCESS_KEY_ID: ${{ secrets.KEY }}
jobs:
  test: {runs-on: ubuntu-latest, permissions: *read, steps: [{run: make}]}
  ship:
    needs: test
    uses: ./.github/workflows/deploy.yml
    secrets:
      aws-key: ${{ secrets['AWS_KEY'] }}
""",
    ".github/workflows/deploy.yml": """\
on:
  workflow_call:
    secrets: {aws-key: {required: true}}
jobs:
  deploy:
    strategy: {matrix: {os: [ubuntu-latest, self-hosted]}}
    runs-on: ${{ matrix.os }}
    steps:
      - uses: ./.github/actions/sign-in
        with: {role: "arn:aws:iam::111122223333:role/x"}
      - name: Tell
        run: |
          cat > .env <<EOF
          A=${{ secrets.A }}
          EOF
          curl -d "{\\"text\\": \\"${{ secrets.B }}\\"}" "$SLACK_WEBHOOK_URL"
""",
    ".github/actions/sign-in/action.yml": """\
inputs: {role: {default: ""}}
runs:
  using: composite
  steps:
    - if: inputs.role != ''
      uses: aws-actions/configure-aws-credentials@v4
      with:
        role-to-assume: ${{ inputs.role }}
""",
}
PIECES = [
    "null",
    "[]",
    "{}",
    "5",
    "&a ",
    "*a",
    "<<: *a",
    '"',
    "'",
    "${{",
    "}}",
    "|",
    ">",
    "- ",
    "? ",
    ": ",
    "\t",
    "#",
]


def mutated(text: str, dice: random.Random) -> str:
    """The text after a few edits of single lines."""
    lines = text.split("\n")
    for _ in range(dice.randint(1, 4)):
        index = dice.randrange(len(lines))
        line, piece = lines[index], dice.choice(PIECES)
        at = dice.randint(0, len(line))
        lines[index] = dice.choice(
            [line[:at] + piece + line[at:], line.partition(":")[0] + ": " + piece, line[2:], "  " + line, ""]
        )
        if dice.random() < 0.3:
            lines.insert(index, dice.choice(lines))
    return "\n".join(lines)


def inside(finding: Finding, files: dict[str, str]) -> bool:
    spans = [finding.span, *(r.span for r in finding.related)]
    spans += [edit.span for edit in finding.fix.edits] if finding.fix else []
    return all(0 <= span.offset <= span.end_offset <= len(files[span.path]) for span in spans)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id())
def test_half_edited_workflows(rule: type) -> None:
    dice = random.Random(rule.id())
    for _ in range(25):
        files = {path: mutated(text, dice) for path, text in FILES.items()}
        results = results_of(rule, files)
        assert all(inside(finding, files) for finding in results.findings)
        assert {notice.kind for notice in results.notices} <= {"unparsed", "note", "parse-fallback"}
