"""Check one file: which rules run on it, what they find, what suppresses it, and what may be shown of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from palint import prefilter, suppressions
from palint.config.model import Config
from palint.engine.crash import crash_notice
from palint.engine.file_index import FileNameIndex
from palint.engine.file_result import FileResult, merge_parts
from palint.engine.redact_line import redact_line
from palint.engine.redaction import Ranges, redact_finding, redact_unread, with_other_occurrences
from palint.engine.result_cache import ResultCache
from palint.engine.supersede import drop_superseded
from palint.engine.suppressing import Suppressions, uses_of
from palint.findings import Finding, Suppressed, relocate
from palint.prefilter import Keyword
from palint.rule import Rule
from palint.text.embedded import embedded_text
from palint.text.source import KeywordMatch, ParseError, SourceFile
from palint.tree.project import Project
from palint.util import deadline
from palint.util.deadline import FileTimeout

# Checked by `preload`: text of the kinds that most trees have, small enough to take milliseconds.
_WARMUP_FILES = (
    ("a.py", b"%s = 'Zq8 vT1/xW4 kkR'\n" % b"password"),
    ("a.md", b"%s: Zq8vT1-xW4\n%s=call(['Zq8.vT1'])\n" % (b"token", b"key")),
    ("b.py", b"import boto3\nboto3.client('s3', access_key=1)\n"),
    ("a.py", b"'%s'\n" % b"".join(b"%x%c" % (i * 37 % 16, 65 + i) for i in range(26))),
    (".github/workflows/a.yml", b"on: push\njobs: {a: {steps: [{run: aws_access_key_id}]}}\n"),
    ("a.yml", b"kind: Secret\n"),
)


_MAX_CACHED_FINDINGS = 64  # hits, or findings, that are remembered for copies of a file


class Extent(Enum):
    """How much of a file a text is."""

    WHOLE = "the file"
    FIRST = "the first window of a file too large to hold"
    LATER = "a later window"
    EMBEDDED = "what is in another encoding than the rest"


class FileChecker:
    """The rules that run, their keywords compiled into one pass, and where to look up who wants a file.

    project: where files come from. rules: the selected ones.
    """

    def __init__(
        self,
        project: Project,
        config: Config,
        rules: Sequence[Rule],
        excerpts: bool = True,
    ) -> None:
        """`excerpts`: whether any are shown."""
        self.excerpts = excerpts
        self.project, self.config, self.rules = project, config, list(rules)
        self.owners: list[list[tuple[int, int]]] = []  # pattern -> (rule index or -1, index of its keyword)
        patterns: dict[str | Keyword, int] = {}
        sources = [(-1, suppressions.KEYWORDS), *((i, rule.keywords) for i, rule in enumerate(self.rules))]
        for index, rule_needles in sources:
            for number, pattern in enumerate(rule_needles):
                at = patterns.setdefault(pattern, len(patterns))
                if at == len(self.owners):
                    self.owners.append([])
                self.owners[at].append((index, number))
        self.matcher = prefilter.compile(list(patterns), outside=project.root)
        self.heartbeat: Callable[[], None] = lambda: None  # called as each file or window begins
        self._deadline = 0.0
        self.by_name = FileNameIndex(
            [
                (i, r.files)
                for i, r in enumerate(self.rules)
                if not r.keywords and type(r).check is not Rule.check
            ]
        )
        self._suppressions = Suppressions(project, config)
        self._results = ResultCache()

    def preload(self, enough: Callable[[], bool]) -> None:
        """Until it is enough, do once what the first files would do anew in each worker.

        That is to compile patterns and to load words, weights and parsers. What is found is forgotten. Only
        palint's own rules run: another's must not see a file that does not exist, nor in this process.
        """
        own = frozenset(i for i, r in enumerate(self.rules) if type(r).__module__.startswith("palint_rules."))
        for path, text in _WARMUP_FILES:
            if enough():
                return
            file = SourceFile(path, text)
            self._deadline = time.monotonic() + self.config.limits.seconds
            for i, hits in self._keyword_matches(file, self.matcher.scan(text), own).items():
                file.keyword_matches = tuple(hits)
                self._run_rule(self.rules[i], file)

    def check(self, path: str) -> FileResult | None:
        """Check one file; None when there is nothing to say of it."""
        file = self.project.open(path)
        if file is not None:
            made = self.check_text(file)
            file.release()
            part = embedded_text(file)
            if part is None:
                return made
            return merge_parts([made, self.check_text(part, Extent.EMBEDDED)], self.project)
        parts = []
        extent = Extent.FIRST
        for window in self.project.windows(path):
            parts.append(self.check_text(window, extent))
            part = embedded_text(window)
            if part is not None:
                parts.append(self.check_text(part, Extent.EMBEDDED))
            extent = Extent.LATER
        return merge_parts(parts, self.project)

    def check_text(self, file: SourceFile, extent: Extent = Extent.WHOLE) -> FileResult | None:
        """Check a file, or one part of it, with the rules that want it.

        A rule that would want a large file, and cannot work on a part of it, is named in a notice.
        """
        whole = extent is Extent.WHOLE
        if not whole:
            self.heartbeat()
        found = self._scan(file)
        named = self.by_name.rules(file.path) if whole or extent is Extent.FIRST else ()
        if not found and not named:
            return None
        self.heartbeat()
        self._deadline = time.monotonic() + self.config.limits.seconds
        hinted = {rule for pattern in {p for p, _ in found} for rule, _ in self.owners[pattern]}
        selected = [i for i in sorted({*named, *hinted}) if i >= 0 and self._wants(i, file)]
        if not whole:
            selected = self._for_part(file, selected, extent)
        if not selected and -1 not in hinted and not file.notices:
            return None
        hits: dict[int, list[KeywordMatch]] | None = None
        findings: list[Finding] = []
        failed: set[str] = set()
        for i in selected:
            rule = self.rules[i]
            question = self._cache_key(rule, file) if whole else None
            made = None if question is None else self._cached_findings(question, file)
            if made is None:
                if hits is None:
                    hits = self._keyword_matches(file, found, frozenset(selected))
                file.keyword_matches = tuple(hits.get(i, ()))
                made = self._run_rule(rule, file)
                if (
                    question is not None
                    and made is not None
                    and len(made) <= _MAX_CACHED_FINDINGS
                    and not file.notices
                ):
                    self._results.put(file, question, tuple(made))
            if made is None:
                failed.add(rule.id())
            else:
                findings += made
        file.keyword_matches = ()
        return self._finalize(file, findings, -1 in hinted, failed)

    def check_name(self, path: str) -> FileResult | None:
        """Look at the name of a file that git ignores: only rules with `checks_ignored_paths` run."""
        selected = [r for r in self.rules if r.checks_ignored_paths and r.files.matches(path)]
        if not selected:
            return None
        self._deadline = time.monotonic() + self.config.limits.seconds
        file = self.project.open(path) or next(iter(self.project.windows(path)), None)
        if file is None:
            return merge_parts([], self.project)
        findings = [f for rule in selected for f in self._run_rule(rule, file) or ()]
        return self._finalize(file, findings, True, set())

    def _cache_key(self, rule: Rule, file: SourceFile) -> Hashable | None:
        """What the rule's findings in this file depend on besides its bytes; None when that is not known.

        Only palint's own rules are trusted to answer: a wrong answer hides findings.
        """
        if not type(rule).__module__.startswith("palint_rules."):
            return None
        try:
            seen = rule.cache_key(file.path)
        except Exception as error:
            file.notices.append(crash_notice(rule, file.path, error))
            return None
        return None if seen is None else (rule, seen)

    def _cached_findings(self, question: Hashable, file: SourceFile) -> list[Finding] | None:
        """The findings in a copy of this file, moved here."""
        known: Any = self._results.get(file, question)
        return None if known is None else [relocate(finding, file.path) for finding in known]

    def _scan(self, file: SourceFile) -> Sequence[tuple[int, int]]:
        found = self._results.get(file, None)
        if found is None:
            found = self.matcher.scan(file.utf8)
            if len(found) <= _MAX_CACHED_FINDINGS:
                self._results.put(file, None, found or ())
        return found  # type: ignore[return-value]

    def _keyword_matches(
        self, file: SourceFile, found: Sequence[tuple[int, int]], selected: frozenset[int]
    ) -> dict[int, list[KeywordMatch]]:
        """{rule index: its hits} of the rules that run, byte offsets turned into code points."""
        hits: dict[int, list[KeywordMatch]] = {}
        for (pattern, _), end in zip(found, file.offsets([end for _, end in found]), strict=True):
            for rule, keyword in self.owners[pattern]:
                if rule in selected:
                    hits.setdefault(rule, []).append(KeywordMatch(keyword, end))
        return hits

    def _for_part(self, file: SourceFile, selected: Sequence[int], extent: Extent) -> list[int]:
        """Those of the rules that can work on a part of a file; a notice names the others."""
        able = []
        unable = []
        for i in selected:
            by_name = self.rules[i].checks_ignored_paths
            if self.rules[i].supports_chunks or (by_name and extent is Extent.FIRST):
                able.append(i)
            elif not by_name:
                unable.append(self.rules[i].id())
        if unable and extent is not Extent.EMBEDDED:
            file.add_notice(
                "too-large",
                f"larger than `limits.text`, so not checked by {', '.join(f'`{rule}`' for rule in unable)}: "
                "exclude the file or raise the limit",
            )
        return able

    def _wants(self, index: int, file: SourceFile) -> bool:
        rule = self.rules[index]
        if file.link and not (rule.checks_ignored_paths or rule.checks_symlinks):
            return False
        return rule.files.every or rule.files.matches(file.path, file.data[:128])

    def _run_rule(self, rule: Rule, file: SourceFile) -> list[Finding] | None:
        """The rule's findings, or None when it could not do its work, which is then a notice."""
        seconds = self.config.limits.seconds
        left = self._deadline - time.monotonic()
        if left <= 0:
            file.add_notice(
                "timeout", f"`{rule.id()}` skipped: the {seconds:g} s limit for this file was reached"
            )
            return None
        try:
            deadline.limit_file(left)
            try:
                return list(rule.check(file, self.project))
            finally:
                deadline.stop_file()
        except ParseError as error:
            file.add_notice("unparsed", f"line {error.line}: {error.message}")
        except FileTimeout:
            file.add_notice(
                "timeout", f"{rule.id()} was not done in {seconds:g} seconds; raise limits.seconds"
            )
        except Exception as error:
            file.notices.append(crash_notice(rule, file.path, error))
        return None

    def _finalize(
        self, file: SourceFile, findings: list[Finding], commented: bool, failed: set[str]
    ) -> FileResult | None:
        if not findings and not commented and not file.notices and not self.project.notices:
            return None
        findings = [f._replace(severity=self.config.severity.get(f.rule, f.severity)) for f in findings]
        allow_suppressing = self.config.allow_suppressing
        findings = drop_superseded(self.rules, findings, file.path, allow_suppressing)
        seconds = self.config.limits.seconds
        try:
            deadline.limit_file(max(self._deadline - time.monotonic(), seconds / 2))
            try:
                result = self._suppress(file, findings, commented, failed)
            finally:
                deadline.stop_file()
        except FileTimeout:
            file.add_notice("timeout", f"shown without its text, which took longer than {seconds:g} s")
            result = FileResult(findings=tuple(map(redact_unread, findings)))
        result = result._replace(notices=(*file.notices, *self.project.take_notices()))
        file.notices.clear()
        return result if any(result) else None

    def _suppress(
        self, file: SourceFile, findings: list[Finding], commented: bool, failed: set[str]
    ) -> FileResult:
        """The findings, redacted, told apart by whether something suppresses them."""
        uses = {file.path: uses_of(file, failed)} if commented else {file.path: []}
        kept: list[Finding] = []
        silenced: list[Suppressed] = []
        allowed: dict[int, frozenset[str]] = {}
        for finding in findings:
            suppressed = self._suppressions.apply(finding, uses, allowed)
            if suppressed is None:
                kept.append(finding)
            else:
                silenced.append(suppressed)
        values = with_other_occurrences(
            file, (v for f in findings for v in f.values if f.span.path == file.path)
        )
        return FileResult(
            tuple(self._redact(f, file, values) for f in kept),
            tuple(s._replace(finding=self._redact(s.finding, file, values)) for s in silenced),
            (),
            tuple(use for each in uses.values() for use in each),
            allowed,
        )

    def redact_all(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Findings about the run, redacted with the text of the files that they are in.

        They quote comments and settings (reasons, globs, rule ids), which may contain a secret.
        """
        for finding in findings:
            finding = finding._replace(
                message=redact_line(finding.message, ""), fix_hint=redact_line(finding.fix_hint, "")
            )
            yield self._redact(finding, self.project.open(finding.span.path), [])

    def _redact(self, finding: Finding, file: SourceFile | None, values: Ranges) -> Finding:
        return redact_finding(finding, file, self.project, values, excerpts=self.excerpts)
