"""CircleCI gives every job a token: https://circleci.com/docs/openid-connect-tokens/"""

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

_PASSES_TOKEN = token_pattern()


def _jobs(document: Node, text: str) -> Iterator[Job]:
    """The jobs and commands of a file that never uses the token available in each job."""
    if _PASSES_TOKEN.search(text) or "CIRCLE_OIDC_TOKEN" in text or "role_arn" in text:
        return
    for group in ("jobs", "commands"):
        members = document.get(group)
        for key, value in () if members is None else members.items:
            if value.kind == "map":
                yield Job(f"job `{key.value}`", key, value.end, role_requests(value, text, _PASSES_TOKEN), "")


PROVIDER = CiProvider(  # https://circleci.com/docs/openid-connect-tokens/
    "CircleCI",
    paths=lazy_re.compile(r"(?:^|/)\.circleci/(?:.*/)?[^/]*\.ya?ml$"),
    path_literals=(".circleci",),
    oidc="orbs:\n  aws-cli: circleci/aws-cli@5\nsteps:\n  - aws-cli/setup:\n"
    "      role_arn: arn:aws:iam::<account>:role/<role>",
    passes_token=_PASSES_TOKEN,
    jobs_without_token=_jobs,
    recipes=(
        # https://circleci.com/developer/orbs/orb/circleci/aws-ecr
        (
            lazy_re.compile(r"\baws-ecr/[\w-]+:\s*\n(?:[^\n]*\n)*[^\n]*\Z"),
            "- aws-ecr/build_and_push_image:\n    auth:\n      - aws-cli/setup:\n"
            "          role_arn: arn:aws:iam::<account>:role/<role>",
        ),
    ),
)
