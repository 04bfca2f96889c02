"""Find roles that a pipeline assumes without its CI system's OIDC token."""

from __future__ import annotations

from collections.abc import Iterator

from palint.languages import yaml
from palint.pipelines.ci_provider import ASSUMES_WITH_KEYS, CiProvider, Job, RoleRequest
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple

_KEYS_WHY = (
    "`aws sts assume-role` is signed by credentials that the job has: a stored key, or its runner's role"
)


class MissingToken(NamedTuple):
    """A role that is assumed without a token. start, end: the range to report.

    certain: whether it cannot work. why: the evidence. recipe: `Job.recipe`.
    """

    start: int
    end: int
    message: str
    certain: bool
    why: str
    provider: CiProvider
    recipe: str


def find_missing_tokens(file: SourceFile, provider: CiProvider) -> Iterator[MissingToken]:
    """Yield each role that a pipeline assumes without a token, once. Raises ParseError."""
    find, text = provider.jobs_without_token, file.text
    if find is None or not (
        provider.passes_token.search(text) or ASSUMES_WITH_KEYS.search(text) or "oidc" in text.lower()
    ):
        return
    seen: set[int] = set()
    for document in file.parsed_with(yaml.parse):
        for job in find(document, text):
            for request in job.requests[:1]:
                start, end = request.start, request.end
                if not job.key.start <= start < job.end:
                    start, end = job.key.start, job.key.end
                if start not in seen:
                    seen.add(start)
                    yield _missing(job, request, start, end, provider)


def _missing(job: Job, request: RoleRequest, start: int, end: int, provider: CiProvider) -> MissingToken:
    missing = job.missing if request.with_token else "without an OIDC token"
    why = job.doubt if request.with_token else _KEYS_WHY
    message = f"{job.subject} assumes an AWS role {missing}"
    return MissingToken(
        start,
        end,
        message,
        request.with_token and not job.doubt,
        why,
        provider,
        job.recipe if request.with_token else "",
    )
