"""Bitbucket Pipelines.

https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from palint.pipelines.ci_provider import (
    CiProvider,
    Job,
    role_requests,
    token_pattern,
)
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.languages.yaml import Node

_PASSES_TOKEN = token_pattern("BITBUCKET_STEP_OIDC_TOKEN")


def _steps(document: Node, text: str) -> Iterator[Job]:
    """The steps without `oidc: true`. A template is skipped if a step that merges it sets `oidc: true`."""
    steps = [
        (key, value)
        for node in document.walk()
        for key, value in (node.items if node.kind == "map" else ())
        if key.value == "step" and value.kind == "map"
    ]
    with_token = [value for _, value in steps if value.text("oidc") == "true"]
    merged = {id(source) for value in with_token for source in _merged(value)}
    for key, step in steps:
        if step.text("oidc") == "true" or id(step) in merged or step.alias is not None:
            continue
        requests = [
            request for each in (step, *_merged(step)) for request in role_requests(each, text, _PASSES_TOKEN)
        ]
        name = step.text("name") or ""
        subject = f"step `{name}`" if name and "\n" not in name else "this step"
        yield Job(subject, key, step.end, requests, "without `oidc: true`")


def _merged(node: Node) -> Iterator[Node]:
    """The maps that merge keys insert."""
    for key, value in node.items:
        if key.value == "<<":
            for source in value.elements if value.kind == "seq" else (value,):
                yield source.alias or source


PROVIDER = CiProvider(  # https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
    "Bitbucket Pipelines",
    paths=lazy_re.compile(r"(?:^|/)bitbucket-pipelines\.ya?ml$"),
    path_literals=("bitbucket-pipelines",),
    oidc="- step:\n    oidc: true\n    script:\n"
    "      - export AWS_ROLE_ARN=arn:aws:iam::<account>:role/<role>\n"
    "      - export AWS_WEB_IDENTITY_TOKEN_FILE=$(pwd)/aws-token\n"
    "      - echo $BITBUCKET_STEP_OIDC_TOKEN > aws-token",
    passes_token=_PASSES_TOKEN,
    jobs_without_token=_steps,
    recipes=(
        # https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
        (
            lazy_re.compile(r"\bpipe:[^\n]*\n\s*variables:\s*\n(?:[^\n]*\n)*[^\n]*\Z"),
            "- step:\n    oidc: true\n    script:\n      - pipe: <the same pipe>\n        variables:\n"
            "          AWS_OIDC_ROLE_ARN: arn:aws:iam::<account>:role/<role>",
        ),
    ),
)
