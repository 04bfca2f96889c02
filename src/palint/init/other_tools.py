"""Convert what gitleaks, detect-secrets and TruffleHog accept into palint's own suppressions.

palint also supports detect-secrets' own comment (`pragma: allowlist secret`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from palint import baseline
from palint.findings import Finding, Results
from palint.init import accepted_findings, foreign_comments, gitleaks_config, settings
from palint.init.gitleaks_config import Allowlist
from palint.init.plan import InitDraft
from palint.report.summary import pluralize
from palint.tree.gitignore import compile_globs
from palint.util import lazy_re

_SPECIAL, _ESCAPED = lazy_re.compile(r"([\\*?\[\]!#])"), r"\\\1"


def add(draft: InitDraft, check: Callable[[], Results]) -> None:
    """Plan baseline, comments and `[[allow]]`, with a note on each source."""
    sources = list(accepted_findings.sources(draft))
    allowlists = gitleaks_config.read(draft.text(gitleaks_config.NAME))
    if not (sources or allowlists or foreign_comments.files(draft)):
        return
    results = check()
    notes: list[str] = []
    left = foreign_comments.replace(draft, results.findings, notes)
    left = _allow_paths(draft, allowlists, left, notes)
    accepted = [*_by_entries(draft, sources, left, notes), *_by_values(draft, allowlists, left, notes)]
    known = set(baseline.load(draft.text(baseline.NAME)))
    mine = known.union(baseline.entries(dict.fromkeys(accepted)))
    if mine != known:
        draft.put(baseline.NAME, baseline.dump(mine))
    if mine != known or len(left) < len(results.findings):
        draft.notes += notes


def _by_entries(
    draft: InitDraft,
    sources: Iterable[tuple[str, Sequence[accepted_findings.Accepted]]],
    findings: Sequence[Finding],
    notes: list[str],
) -> Iterator[Finding]:
    """The findings accepted by files of accepted findings."""
    for name, entries in sources:
        matched = accepted_findings.matches(entries, findings, draft)
        yield from (finding for matching in matched.values() for finding in matching)
        accepted = sum(map(bool, matched.values()))
        gone = len(entries) - accepted
        notes.append(
            f"{name}: {accepted:,} of {len(entries):,} accepted in {baseline.NAME}"
            + (f", {gone:,} no longer found" if gone else "")
            + "; delete the file when nothing else reads it"
        )


def _allow_paths(
    draft: InitDraft, allowlists: Sequence[Allowlist], findings: Sequence[Finding], notes: list[str]
) -> list[Finding]:
    """Plan an `[[allow]]` for each allowlist of paths. Returns the findings that none accepts."""
    left = list(findings)
    for allowlist in allowlists:
        where = f"{gitleaks_config.NAME}: allowlist {allowlist.name}"
        notes += [f"{where}: {problem}" for problem in allowlist.problems]
        if not allowlist.is_by_path:
            continue
        found = gitleaks_config.within_time(partial(_covered, draft, allowlist, left))
        if found is None:
            notes.append(f"{where}: left out, an expression of `paths` takes too long")
            continue
        covered, globs = found
        if not covered:
            notes.append(f"{where}: left out, palint finds no secret there")
            continue
        reason = f"allowed in {gitleaks_config.NAME}: {allowlist.name}"
        if settings.add_allow(draft, globs, sorted({finding.rule for finding in covered}), reason):
            left = [finding for finding in left if finding not in covered]
            notes.append(f"{where}: {pluralize(len(covered), 'finding')} accepted with [[allow]]")
    return left


def _covered(
    draft: InitDraft, allowlist: Allowlist, findings: Iterable[Finding]
) -> tuple[list[Finding], list[str]]:
    """The secrets that an allowlist's paths accept, and globs for the paths.

    Globs if they match the same files of the project, else the files with a finding.
    """
    covered = [f for f in findings if f.value_ranges and allowlist.accepts_path(f.span.path)]
    globs: dict[str, None] = {}
    for pattern in allowlist.paths if covered else ():
        same = [path for path in draft.project.files() if pattern.search(path)]
        proposal = gitleaks_config.globs(pattern)
        matches = compile_globs(proposal)
        if proposal and [path for path in draft.project.files() if matches(path)] == same:
            globs.update(dict.fromkeys(proposal))
        else:
            alone = (f.span.path for f in covered if pattern.search(f.span.path))
            globs.update(dict.fromkeys(f"/{_SPECIAL.sub(_ESCAPED, path)}" for path in alone))
    return covered, list(globs)


def _by_values(
    draft: InitDraft, allowlists: Sequence[Allowlist], findings: Sequence[Finding], notes: list[str]
) -> Iterator[Finding]:
    """The findings that allowlists accept by value, or only for some of gitleaks' rules."""
    for allowlist in allowlists:
        if not (allowlist.regexes or allowlist.stopwords or (allowlist.paths and allowlist.only_rules)):
            continue
        where = f"{gitleaks_config.NAME}: allowlist {allowlist.name}"
        accepted = gitleaks_config.within_time(partial(_accepted, draft, allowlist, findings))
        if accepted:
            yield from accepted
            notes.append(f"{where}: {pluralize(len(accepted), 'finding')} accepted in {baseline.NAME}")
        elif accepted is None:
            notes.append(f"{where}: left out, an expression takes too long")
        elif not allowlist.is_by_path:
            notes.append(f"{where}: left out, it accepts nothing that palint finds")


def _accepted(draft: InitDraft, allowlist: Allowlist, findings: Iterable[Finding]) -> list[Finding]:
    accepted = []
    for finding in findings:
        file = draft.project.open(finding.span.path)
        if file is None:
            continue
        start, end = file.line_at(file.offset(finding.span.start.line))
        secrets = accepted_findings.values(finding, draft)
        if any(allowlist.accepts(file.path, each, file.text[start:end]) for each in secrets):
            accepted.append(finding)
    return accepted
