"""GitLab CI: https://docs.gitlab.com/ci/secrets/id_token_authentication/"""

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

_PASSES_TOKEN = token_pattern(r"CI_JOB_JWT(?:_V[12])?")
_GLOBAL = frozenset((
    "default", "variables", "include", "stages", "workflow", "image", "services", "cache", "before_script",
    "after_script", "spec",
))  # fmt: skip


def _jobs(document: Node, text: str) -> Iterator[Job]:
    """The jobs without `id_tokens`, including their templates (`extends`, `!reference`); then the rest."""
    default = document.get("default")
    if default is not None and default.get("id_tokens") is not None:
        return
    jobs = [
        (key, value)
        for key, value in document.items
        if value.kind == "map" and key.value not in _GLOBAL and not key.value.startswith(".")
    ]
    any_token = False
    for key, job in jobs:
        chain, unknown = _templates(document, job)
        if any(each.get("id_tokens") is not None for each in chain):
            any_token = True
            continue
        requests = [request for each in chain for request in role_requests(each, text, _PASSES_TOKEN)]
        doubt = f"`{unknown}`, which it extends, may set them" if unknown else ""
        subject = f"job `{key.value}`"
        yield Job(subject, key, job.end, requests, "without `id_tokens`", doubt)
    if not any_token:
        for name in ("variables", "before_script", "default"):
            node = document.get(name)
            if node is not None:
                requests = role_requests(node, text, _PASSES_TOKEN)
                yield Job("this pipeline", node, node.end, requests, "without `id_tokens`")


def _templates(document: Node, job: Node) -> tuple[list[Node], str]:
    """(a job with the templates that it uses in this file, a name that is not in this file)."""
    chain, unknown, todo = [job], "", [job]
    while todo:
        for name in _named(todo.pop()):
            template = document.get(name)
            if template is None:
                unknown = unknown or name
            elif all(template is not each for each in chain):
                chain.append(template)
                todo.append(template)
    return chain, unknown


def _named(job: Node) -> Iterator[str]:
    extends = job.get("extends")
    if extends is not None:
        for each in extends.elements or [extends]:
            yield each.value
    for node in job.walk():
        if node.kind == "seq" and node.tag == "!reference" and node.elements:
            yield node.elements[0].value


PROVIDER = CiProvider(  # https://docs.gitlab.com/ci/cloud_services/aws/
    "GitLab CI",
    paths=lazy_re.compile(r"(?:^|/)[^/]*\.gitlab-ci\.ya?ml$|(?:^|/)\.gitlab/(?:.*/)?[^/]*\.ya?ml$"),
    path_literals=(".gitlab",),
    oidc="id_tokens:\n  AWS_TOKEN:\n    aud: https://gitlab.com\n"
    "variables:\n  AWS_ROLE_ARN: arn:aws:iam::<account>:role/<role>\n"
    "  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n"
    'before_script:\n  - echo "$AWS_TOKEN" > /tmp/aws-token',
    passes_token=_PASSES_TOKEN,
    jobs_without_token=_jobs,
)
