"""The place to report a missing `id-token` permission, and the places that show why the job needs it."""

from __future__ import annotations

from collections.abc import Iterator

from palint.findings import Related, Span
from palint.github.oidc import Evidence, MissingPermission
from palint.text.source import SourceFile


def place(file: SourceFile, missing: MissingPermission) -> Span:
    """The place to change: the permissions that apply to the job, else the job's key."""
    if missing.permissions is None:
        return file.span(missing.job.key.start, missing.job.key.end)
    key, value = missing.permissions.entry
    return file.span(key.start, value.end if value.end <= file.line_at(key.start)[1] else key.end)


def related(file: SourceFile, missing: MissingPermission) -> Iterator[Related]:
    if missing.permissions is not None:
        yield Related(file.span(missing.job.key.start, missing.job.key.end), f"job `{missing.job.id}`")
    if missing.job.uses is not None:
        node = missing.job.uses.node
        yield Related(file.span(node.start, node.end), "this call gets at most the caller's permissions")
    for evidence in missing.evidence:
        yield from _path_to_step(evidence)


def _path_to_step(evidence: Evidence) -> Iterator[Related]:
    """The step that requests the token, after the actions through which it is used."""
    request, at = evidence.request, evidence.request.at
    if at is None:
        if request.permissions is not None and evidence.callee is not None:
            key, value = request.permissions.entry
            file = evidence.callee.file
            end = value.end if value.end <= file.line_at(key.start)[1] else key.end
            yield Related(file.span(key.start, end), "the called workflow requests it here")
        return
    for step in (*at.uses_chain, at.step):
        node = step.uses.node if step.uses else step.node
        span = step.file.span(step.node.start, step.file.line_at(node.start)[1])
        what = f"this step {evidence.request.action}" if step is at.step else "through this action"
        yield Related(span, what)
