"""Further examples of `workflow-id-token`."""

from __future__ import annotations

from palint.findings import Severity
from palint.rule import Example

ASSUMES = """\
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::111122223333:role/deploy
          aws-region: eu-west-2
"""

BAD = (
    Example(
        "on: push\npermissions:\n  id-token: write\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
        "    steps:\n" + ASSUMES,
        path=".github/workflows/deploy.yml",
        location="permissions:",
        severity=Severity.WARNING,
        note="`contents: read` is missing",
    ),
)

GOOD = (
    Example(
        "on: push\npermissions: read-all\njobs:\n  a:\n"
        "    runs-on: ubuntu-latest\n    steps: [{run: make}]\n",
        path=".github/workflows/test.yml",
    ),
)
