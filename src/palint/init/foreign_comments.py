"""Convert comments that suppress findings of gitleaks and TruffleHog into palint's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from palint.files import languages
from palint.findings import Finding
from palint.init.plan import InitDraft
from palint.pipelines import is_pipeline
from palint.util import lazy_re

_COMMENTS = {"gitleaks": "gitleaks:allow", "trufflehog": "trufflehog:ignore"}
_CLOSERS = {"/*": "*/", "<!--": "-->"}
COMMENT = lazy_re.compile(
    r"(?P<open>#|//|/\*|<!--|--|;|%|\*)(?P<space>[ \t]*)(?P<words>gitleaks:allow|trufflehog:ignore)"
)
_HOOKS = lazy_re.compile(r"\.pre-commit-config\.ya?ml|lefthook\.ya?ml|\.husky/[^/]+")
_CI_LANGUAGES = ("workflow", "jenkinsfile", "makefile")


def replace(draft: InitDraft, findings: Iterable[Finding], notes: list[str]) -> list[Finding]:
    """Plan palint's comment on lines with a finding and another scanner's comment.

    The other comment stays as long as a hook or CI file names its scanner. Returns the findings that no such
    comment suppresses.
    """
    lines = {path: re.split(r"(?<=\n)|(?<=\r)(?!\n)", draft.text(path)) for path in files(draft)}
    left: list[Finding] = []
    rules: dict[tuple[str, int], set[str]] = {}
    for finding in findings:
        path, number = finding.span.path, finding.span.start.line
        if path in lines and COMMENT.search(lines[path][number - 1]):
            rules.setdefault((path, number), set()).add(finding.rule)
        else:
            left.append(finding)
    scanners = {_scanner(lines[path][number - 1]) for path, number in rules}
    used = {scanner for scanner in scanners if _is_used(draft, scanner)}
    for (path, number), names in rules.items():
        lines[path][number - 1] = _with_ours(lines[path][number - 1], sorted(names), used)
    for path in {path for path, _ in rules}:
        draft.put(path, "".join(lines[path]))
    notes += [
        f"`{_COMMENTS[each]}` comments stay until {each} is gone from hook and CI" for each in sorted(used)
    ]
    return left


def files(draft: InitDraft) -> list[str]:
    """The files that contain another scanner's comment."""
    paths = []
    for path in draft.project.files():
        file = draft.project.open(path)
        if file is not None and not file.link and any(c.encode() in file.utf8 for c in _COMMENTS.values()):
            paths.append(path)
    return paths


def _is_used(draft: InitDraft, scanner: str) -> bool:
    """Whether a hook or a CI file names a scanner."""
    return any(
        scanner in draft.text(path).lower()
        for path in draft.project.files()
        if _HOOKS.fullmatch(path) or languages.find(path).id in _CI_LANGUAGES or is_pipeline(path)
    )


def _scanner(line: str) -> str:
    match = COMMENT.search(line)
    return match["words"].partition(":")[0] if match else ""


def _with_ours(line: str, rules: Sequence[str], used: set[str]) -> str:
    """A line with palint's comment instead of the other one, or after it while its scanner is in use."""
    match = COMMENT.search(line)
    assert match
    scanner = _scanner(line)
    words = f"palint: ignore[{', '.join(rules)}] accepted under {scanner}"
    if scanner not in used:
        return line[: match.start("words")] + words + line[match.end() :]
    closer = _CLOSERS.get(match["open"], "")
    end = line.find(closer, match.end()) + len(closer) if closer else len(line.rstrip("\r\n"))
    if closer and end < len(closer):
        return line  # the comment continues on the next line
    ours = f" {match['open']} {words}{f' {closer}' if closer else ''}"
    return line[:end].rstrip() + ours + line[end:]
