"""Further examples of `workflow-id-token`."""

# ruff: noqa: E501 -- a line is a case

from __future__ import annotations

from palint.findings import Severity
from palint.rule import Example

ASSUMES = """\
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::111122223333:role/deploy
          aws-region: eu-west-2
"""

JOB = "    runs-on: ubuntu-latest\n    steps:\n"
PATH = ".github/workflows/ci.yml"
NONE = "on: push\npermissions: {contents: read}\njobs:\n  a:\n" + JOB


def needs(step: str, note: str) -> Example:
    """A step that needs a token, in a job without `id-token: write`."""
    return Example(NONE + step, path=PATH, location="permissions:", severity=Severity.ERROR, note=note)


def no_need(step: str, note: str) -> Example:
    """A step that needs no token."""
    return Example(NONE + step, path=PATH, note=note)


CALLEE = {
    ".github/workflows/deploy.yml": "on: workflow_call\njobs:\n  b:\n    permissions: {id-token: write}\n"
    + JOB
    + "      - run: make\n"
}

BAD = (
    needs(
        "      - parallel:\n          - run: make\n          - uses: aws-actions/configure-aws-credentials@v4\n"
        "            with: {role-to-assume: arn:aws:iam::111122223333:role/deploy, aws-region: eu-west-2}\n",
        "in a `parallel:` group",
    ),
    needs("      - uses: azure/login@v2\n        with: {client-id: a, tenant-id: b}\n", "Azure"),
    needs(
        "      - uses: google-github-actions/auth@v2\n        with: {workload_identity_provider: a}\n",
        "Google Cloud",
    ),
    needs("      - uses: pypa/gh-action-pypi-publish@release/v1\n", "PyPI"),
    needs("      - uses: actions/attest-build-provenance@v2\n        with: {subject-path: a}\n", "an attestation"),
    needs("      - run: npm publish --access public --provenance\n", "npm"),
    needs("      - run: cosign sign --yes ghcr.io/acme/api\n", "cosign"),
    needs("      - uses: jfrog/setup-jfrog-cli@v4\n        with: {oidc-provider-name: github}\n", "JFrog"),
    needs("      - uses: pulumi/auth-actions@v1\n        with: {organization: acme}\n", "Pulumi"),
    Example(
        files={PATH: "on: push\njobs:\n  a:\n    permissions: {contents: read}\n"
               "    uses: ./.github/workflows/deploy.yml\n", **CALLEE},
        location=(PATH, "permissions:"), severity=Severity.ERROR,
        note="a called workflow that declares the permission, though no step needs it",
    ),
    Example(
        "on: push\npermissions:\n  id-token: write\n  contents: read\njobs:\n  ship:\n" + JOB + ASSUMES
        + "  test:\n" + JOB + "      - run: make test\n",
        path=PATH, location="id-token", severity=Severity.WARNING,
        fixed="on: push\npermissions:\n  contents: read\njobs:\n  ship:\n    runs-on: ubuntu-latest\n"
        "    permissions:\n      id-token: write\n      contents: read\n    steps:\n" + ASSUMES
        + "  test:\n" + JOB + "      - run: make test\n",
        note="for the whole workflow, and one job does not use it",
    ),
    Example(
        "on: pull_request_target\njobs:\n  a:\n    permissions:\n      id-token: write\n      contents: read\n"
        + JOB + ASSUMES,
        path=PATH, location="id-token", severity=Severity.WARNING, note="an outsider can start it",
    ),
    Example(
        "on: push\npermissions:\n  id-token: write\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
        "    steps:\n" + ASSUMES,
        path=".github/workflows/deploy.yml",
        location="permissions:",
        severity=Severity.WARNING,
        note="`contents: read` is missing",
    ),
)  # fmt: skip

GOOD = (
    no_need("      - uses: azure/login@v2\n        with: {creds: x}\n", "with a password"),
    no_need("      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: {password: x}\n", "with a token"),
    no_need("      - run: npm publish\n        env: {NODE_AUTH_TOKEN: x}\n", "npm, with a token"),
    no_need("      - run: cosign sign --key env://COSIGN_PRIVATE_KEY api\n", "with a key"),
    no_need("      - uses: jfrog/setup-jfrog-cli@v4\n        env: {JF_ACCESS_TOKEN: x}\n", "with a token"),
    no_need("      - uses: google-github-actions/auth@v2\n        with: {credentials_json: x}\n", "with a key"),
    Example(
        "on: push\npermissions: {contents: read}\njobs:\n  a:\n    if: ${{ false }}\n" + JOB + ASSUMES,
        path=PATH, note="the job never runs",
    ),
    Example(
        files={PATH: "on: push\njobs:\n  a:\n    permissions: {contents: read, id-token: write}\n"
               "    uses: ./.github/workflows/deploy.yml\n", **CALLEE},
    ),
    Example(
        "on: push\npermissions: {id-token: write, contents: read}\njobs:\n  ship:\n" + JOB + ASSUMES
        + "  other:\n" + JOB + "      - uses: acme/unknown@v1\n",
        path=PATH, note="the other job's action may use the token",
    ),
    Example(
        "on: push\npermissions: read-all\njobs:\n  a:\n"
        "    runs-on: ubuntu-latest\n    steps: [{run: make}]\n",
        path=".github/workflows/test.yml",
    ),
)  # fmt: skip
