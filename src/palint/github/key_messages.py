"""Texts about a long-lived key in a workflow: message and fix."""

from __future__ import annotations

from palint.aws import sign_in
from palint.github import edits
from palint.github.aws_keys import KeyReference, KeySource


def message(source: KeySource, first: KeyReference) -> str:
    if source.step is not None:
        subject = f"step {source.step.label}"
    else:
        subject = f"job `{source.job.id[:40]}`" if source.job else "this workflow"
    if first.kind == "literal":
        return f"{subject} contains a hardcoded AWS key"
    key = f"a long-lived AWS key (`{first.name[:40]}`)"
    if first.kind == "output":
        return f"{subject} uses an AWS key from another step (`{first.name[-40:]}`)"
    if first.kind == "input":
        return f"{subject} uses a typed-in AWS key (`{first.name[:50]}`)"
    if source.place == "secrets":
        callee = source.job.uses.text.partition("@")[0] if source.job and source.job.uses else ""
        name = callee.rpartition("/")[2]
        return f"{subject} passes {key} to {f'`{name[:30]}`' if name else 'a called workflow'}"
    return f"{subject} uses {key}"


def fix_hint(source: KeySource, *, literal: bool) -> str:
    region = source.step.given("aws-region") if source.step else None
    uses = source.step.uses.text if source.step and source.configures_aws and source.step.uses else ""
    text = (
        "sign in with OIDC:\n"
        "    permissions:\n      id-token: write\n      contents: read\n    steps:\n"
        f"      - uses: {uses or 'aws-actions/configure-aws-credentials@v4'}\n        with:\n"
        f"          role-to-assume: {edits.ROLE}\n"
        f"          aws-region: {region or 'eu-west-2'}\n"
        "Create the role and the variable `AWS_ROLE_TO_ASSUME`, then delete the key in IAM and in GitHub."
    )
    return sign_in.rotate_first(text, literal=literal)
