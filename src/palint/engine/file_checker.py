"""One file: which rules to ask, what they find, what silences it, and the seal before the text is dropped."""

from __future__ import annotations

import os
import re
import time
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from palint import prefilter, suppressions
from palint.config.model import Config
from palint.engine.redaction import Stretches, seal, with_copies
from palint.findings import Finding, Notice, Severity, Suppressed, moved
from palint.rule import Files, Rule
from palint.suppressions import Suppression
from palint.text.source import Hit, SourceFile, Unparsed, foreign_parts
from palint.tree.project import Project
from palint.util import lazy_re


class SuppressionUse(NamedTuple):
    """A suppression, the rules of which it silenced a finding, and those that could not run on its file.

    refused: the rules of which it covers a finding that the settings do not let it silence.
    """

    suppression: Suppression
    used: frozenset[str] = frozenset()
    not_run: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """What came of one file. `allowed`: {index of an `[[allow]]`: the rules that it silenced}."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    notices: tuple[Notice, ...] = ()
    uses: tuple[SuppressionUse, ...] = ()
    allowed: Mapping[int, frozenset[str]] = {}


# What `warm` checks: what most trees hold, in pieces that are done in some milliseconds.
_COMMON = (
    ("a.py", b"%s = 'Zq8 vT1/xW4 kkR'\n" % b"password"),
    ("a.md", b"%s: Zq8vT1-xW4\n%s=call(['Zq8.vT1'])\n" % (b"token", b"key")),
    ("b.py", b"import boto3\nboto3.client('s3', access_key=1)\n"),
    ("a.py", b"'%s'\n" % b"".join(b"%x%c" % (i * 37 % 16, 65 + i) for i in range(26))),
    (".github/workflows/a.yml", b"on: push\njobs: {a: {steps: [{run: aws_access_key_id}]}}\n"),
    ("a.yml", b"kind: Secret\n"),
)


_FEW = 64  # hits, or findings, that are remembered for copies of a file


class FileTimeout(BaseException):  # no `except Exception` of a rule may swallow it
    """A file, or one window of a large one, took longer than `limits.seconds`."""


class Checker:
    """The rules that run, their needles compiled into one pass, and where to look up who wants a file.

    project: where files come from. rules: the selected ones.
    """

    def __init__(
        self,
        project: Project,
        config: Config,
        rules: Sequence[Rule],
        refused: frozenset[tuple[str, int]] = frozenset(),
        excerpts: bool = True,
    ) -> None:
        """`refused`: (path, offset) of suppressions that do not count. `excerpts`: whether any are shown."""
        self.refused, self.excerpts = refused, excerpts
        self.alarm = Alarm()
        self.project, self.config, self.rules = project, config, list(rules)
        self.owners: list[list[tuple[int, int]]] = []  # pattern -> (rule index or -1, index of its needle)
        patterns: dict[str, int] = {}
        sources = [(-1, suppressions.NEEDLES), *((i, rule.needles) for i, rule in enumerate(self.rules))]
        for index, rule_needles in sources:
            for number, pattern in enumerate(rule_needles):
                at = patterns.setdefault(pattern, len(patterns))
                if at == len(self.owners):
                    self.owners.append([])
                self.owners[at].append((index, number))
        self.matcher = prefilter.compile(list(patterns), outside=project.root)
        self.beat: Callable[[], None] = lambda: None  # called as each file or window begins: a sign of life
        self._deadline = 0.0
        self.by_name = _ByName(
            [
                (i, r.files)
                for i, r in enumerate(self.rules)
                if not r.needles and type(r).check is not Rule.check
            ]
        )
        self._allow = [matcher(a.paths) for a in config.allow]

    def warm(self, enough: Callable[[], bool]) -> None:
        """Until it is enough, do once what the first files would do anew in each worker.

        That is to compile patterns and to load words, weights and parsers. What is found is forgotten. Only
        palint's own rules are asked: another's must not see a file that is not there, nor in this process.
        """
        own = frozenset(i for i, r in enumerate(self.rules) if type(r).__module__.startswith("palint_rules."))
        for path, text in _COMMON:
            if enough():
                return
            file = SourceFile(path, text)
            self._deadline = time.monotonic() + self.config.limits.seconds
            for i, hits in self._hits(file, self.matcher.scan(text), own).items():
                file.hits = tuple(hits)
                self._ask(self.rules[i], file)

    def check(self, path: str) -> Outcome | None:
        """Check one file; None when there is nothing to say of it."""
        file = self.project.open(path)
        if file is None:
            return _together(
                [self.check_text(w, window=True) for w in self.project.windows(path)], self.project
            )
        made = self.check_text(file)
        file.release()
        parts = [self.check_text(part, window=True) for part in foreign_parts(file)]
        return _together([made, *parts], self.project) if any(parts) else made

    def check_text(self, file: SourceFile, *, window: bool = False) -> Outcome | None:
        """Check a file, or one window of a file too large to hold, with the rules that want it."""
        if window:
            self.beat()
        found = self._scan(file)
        named = () if window else self.by_name.rules(file.path)
        if not found and not named:
            return None
        self.beat()
        self._deadline = time.monotonic() + self.config.limits.seconds
        hinted = {rule for pattern in {p for p, _ in found} for rule, _ in self.owners[pattern]}
        asked = [i for i in sorted({*named, *hinted}) if i >= 0 and self._wants(i, file, window)]
        if not asked and -1 not in hinted:
            return None
        hits: dict[int, list[Hit]] | None = None
        findings: list[Finding] = []
        failed: set[str] = set()
        for i in asked:
            rule = self.rules[i]
            question = None if window else self._question(rule, file)
            made = None if question is None else self._recall(question, file)
            if made is None:
                if hits is None:
                    hits = self._hits(file, found, frozenset(asked))
                file.hits = tuple(hits.get(i, ()))
                made = self._ask(rule, file)
                if question is not None and made is not None and len(made) <= _FEW and not file.notices:
                    file.remember(question, tuple(made))
            if made is None:
                failed.add(rule.id())
            else:
                findings += made
        file.hits = ()
        return self._conclude(file, findings, -1 in hinted, failed)

    def check_name(self, path: str) -> Outcome | None:
        """Look at the name of a file that git ignores: only rules with `names_only` are asked."""
        asked = [r for r in self.rules if r.names_only and r.files.wants(path)]
        if not asked:
            return None
        self._deadline = time.monotonic() + self.config.limits.seconds
        file = self.project.open(path)
        if file is None:
            return None
        findings = [f for rule in asked for f in self._ask(rule, file) or ()]
        return self._conclude(file, findings, True, set())

    def _question(self, rule: Rule, file: SourceFile) -> Hashable | None:
        """What the rule's findings in this file depend on besides its bytes; None when that is not known."""
        try:
            seen = rule.looks_at(file.path)
        except Exception as error:
            self._note_crash(rule, file, error)
            return None
        return None if seen is None else (rule, seen)

    def _recall(self, question: Hashable, file: SourceFile) -> list[Finding] | None:
        """The findings in a copy of this file, moved here."""
        known: Any = file.recall(question)
        return None if known is None else [moved(finding, file.path) for finding in known]

    def _scan(self, file: SourceFile) -> Sequence[tuple[int, int]]:
        found = file.recall(self)
        if found is None:
            found = self.matcher.scan(file.scanned)
            if len(found) <= _FEW:
                file.remember(self, found or ())
        return found  # type: ignore[return-value]

    def _hits(
        self, file: SourceFile, found: Sequence[tuple[int, int]], asked: frozenset[int]
    ) -> dict[int, list[Hit]]:
        """{rule index: its hits} of the rules that are asked, byte offsets turned into code points."""
        hits: dict[int, list[Hit]] = {}
        for (pattern, _), end in zip(found, file.offsets([end for _, end in found]), strict=True):
            for rule, needle in self.owners[pattern]:
                if rule in asked:
                    hits.setdefault(rule, []).append(Hit(needle, end))
        return hits

    def _wants(self, index: int, file: SourceFile, window: bool) -> bool:
        rule = self.rules[index]
        if (window and not rule.windowed) or (file.link and not (rule.names_only or rule.links)):
            return False
        return rule.files.every or rule.files.wants(file.path, file.data[:128])

    def _ask(self, rule: Rule, file: SourceFile) -> list[Finding] | None:
        """The rule's findings, or None when it could not do its work, which is then a notice."""
        seconds = self.config.limits.seconds
        left = self._deadline - time.monotonic()
        if left <= 0:
            file.note(
                "timeout", f"{rule.id()} was not asked: {seconds:g} seconds were over; raise limits.seconds"
            )
            return None
        try:
            self.alarm.set(left)
            try:
                return list(rule.check(file, self.project))
            finally:
                self.alarm.stop()
        except Unparsed as error:
            file.note("unparsed", f"line {error.line}: {error.message}")
        except FileTimeout:
            file.note("timeout", f"{rule.id()} was not done in {seconds:g} seconds; raise limits.seconds")
        except Exception as error:
            self._note_crash(rule, file, error)
        return None

    def _note_crash(self, rule: Rule, file: SourceFile, error: Exception) -> None:
        # The exception's own words may carry source text.
        file.note("crashed", f"{rule.id()}: {type(error).__name__} at {_place(error)}; please report it")

    def _conclude(
        self, file: SourceFile, findings: list[Finding], commented: bool, failed: set[str]
    ) -> Outcome | None:
        if not findings and not commented and not file.notices and not self.project.notices:
            return None
        findings = [f._replace(severity=self.config.severity.get(f.rule, f.severity)) for f in findings]
        findings = self._spoken_for(findings, file.path)
        uses = {file.path: _uses(file, failed)} if commented else {file.path: []}
        kept: list[Finding] = []
        silenced: list[tuple[Finding, str]] = []
        allowed: dict[int, frozenset[str]] = {}
        for finding in findings:
            reason = self._silence(finding, uses, allowed)
            if reason is None:
                kept.append(finding)
            else:
                silenced.append((finding, reason))
        values = with_copies(file, (v for f in findings for v in f.values if f.span.path == file.path))
        sealed = [self._seal(f, file, values) for f in kept]
        suppressed = [Suppressed(self._seal(f, file, values), reason) for f, reason in silenced]
        outcome = Outcome(
            tuple(sealed),
            tuple(suppressed),
            (*file.notices, *self.project.take_notices()),
            tuple(use for each in uses.values() for use in each),
            allowed,
        )
        file.notices.clear()
        return outcome if any(outcome) else None

    def seal_all(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Findings about the run, sealed with the text of the files that they lie in."""
        for finding in findings:
            yield self._seal(finding, self.project.open(finding.span.path), [])

    def _seal(self, finding: Finding, file: SourceFile | None, values: Stretches) -> Finding:
        return seal(finding, file, self.project, values, excerpts=self.excerpts)

    def _spoken_for(self, findings: list[Finding], path: str) -> list[Finding]:
        """Without those for which a more specific rule, of no less weight, speaks at the same value."""
        speaks_for = {r.id(): r.speaks_for for r in self.rules if r.speaks_for}
        speakers = [f for f in findings if f.rule in speaks_for]
        if not speakers:
            return findings
        spoken = _Places(
            (start, end, silent, f.severity)
            for f in speakers
            if f.span.path == path
            for start, end in _places(f)
            for silent in speaks_for[f.rule]
        )
        return [f for f in findings if f.span.path != path or not spoken.over(f)]

    def _silence(
        self, finding: Finding, uses: dict[str, list[SuppressionUse]], allowed: dict[int, frozenset[str]]
    ) -> str | None:
        """The reason for which a finding is silenced, or None. Notes what silenced it."""
        path = finding.span.path
        if path not in uses:
            other = self.project.open(path)
            uses[path] = [] if other is None else _uses(other, set())
        for i, use in enumerate(uses[path]):
            if not use.suppression.covers(finding.rule, finding.span):
                continue
            if self._may_silence(use.suppression, finding.rule):
                uses[path][i] = use._replace(used=use.used | {finding.rule})
                return use.suppression.reason
            uses[path][i] = use._replace(refused=use.refused | {finding.rule})
        for i, allow in enumerate(self.config.allow):
            if finding.rule in allow.rules and self._allow[i](path):
                allowed[i] = allowed.get(i, frozenset()) | {finding.rule}
                return allow.reason
        return None

    def _may_silence(self, suppression: Suppression, rule: str) -> bool:
        place = (suppression.span.path, suppression.span.offset)
        suppressible = self.config.suppressible
        return (suppressible is None or rule in suppressible) and place not in self.refused


def _together(made: Iterable[Outcome | None], project: Project) -> Outcome | None:
    """What came of the windows or parts of one file, as of one; what two of them saw counts once."""
    outcomes = [outcome for outcome in made if outcome is not None]
    notices = tuple(project.take_notices())
    if not outcomes:
        return Outcome(notices=notices) if notices else None
    findings = {(f.rule, f.span): f for o in outcomes for f in o.findings}
    allowed: dict[int, frozenset[str]] = {}
    for outcome in outcomes:
        for number, rules in outcome.allowed.items():
            allowed[number] = allowed.get(number, frozenset()) | rules
    return Outcome(
        findings=tuple(findings.values()),
        suppressed=tuple(s for o in outcomes for s in o.suppressed),
        notices=(*notices, *(n for o in outcomes for n in o.notices)),
        uses=tuple(u for o in outcomes for u in o.uses),
        allowed=allowed,
    )


def _uses(file: SourceFile, failed: set[str]) -> list[SuppressionUse]:
    return [SuppressionUse(s, not_run=frozenset(failed)) for s in suppressions.find(file)]


def _places(finding: Finding) -> list[tuple[int, int]]:
    """Where a finding lies: its span and its values."""
    return [(finding.span.offset, finding.span.end_offset), *finding.values]


class _Places:
    """Where somebody speaks for other rules: (start, end, silenced rule, severity), looked up by place."""

    def __init__(self, places: Iterable[tuple[int, int, str, Severity]]) -> None:
        self._places = sorted(places)
        self._starts = [p[0] for p in self._places]
        self._longest = max((p[1] - p[0] for p in self._places), default=0)

    def over(self, finding: Finding) -> bool:
        """Whether a speaker of no less weight lies over the finding or one of its values."""
        for start, end in _places(finding):
            at = bisect_left(self._starts, start - self._longest)
            while at < len(self._starts) and self._starts[at] < end:
                _, spoken_end, rule, severity = self._places[at]
                if spoken_end > start and rule == finding.rule and severity >= finding.severity:
                    return True
                at += 1
        return False


def matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path matches one of some globs, as in .gitignore."""
    if not globs:
        return lambda path: False
    from pathspec import PathSpec

    spec = PathSpec.from_lines("gitignore", globs, backend="simple")
    return lambda path: bool(spec.match_file(path))


def _place(error: BaseException) -> str:
    """`module.py:line` of the innermost frame: enough to find a bug, nothing of the scanned text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.replace(chr(92), '/').rpartition('/')[2]}:{trace.tb_lineno}"


class _ByName:
    """The rules without needles, found by a file's name: by its endings and whole name in dictionaries."""

    def __init__(self, rules: Iterable[tuple[int, Files]]) -> None:
        self.every: list[int] = []
        self.names: dict[str, list[int]] = {}
        self.suffixes: dict[str, list[int]] = {}
        self.others: list[tuple[str, int, Callable[[str], bool]]] = []  # by a part of the path
        for index, files in rules:
            if files.every:
                self.every.append(index)
                continue
            for name in files.names:
                self.names.setdefault(name, []).append(index)
            for suffix in files.suffixes:
                self.suffixes.setdefault(suffix.rpartition(".")[2], []).append(index)
            if files.matches is not None:
                self.others += [(clue, index, files.matches) for clue in files.clues or ("",)]
        # One look for all clues: most paths hold none. What a folder holds, each path in it does.
        clues = {clue for clue, _, _ in self.others}
        self._clue = lazy_re.compile("|".join(sorted(map(re.escape, clues))))
        self._reach = max((clue.rstrip("/").rfind("/") + 1 for clue in clues), default=0)
        self._folder, self._in_folder = "", False

    def rules(self, path: str) -> Sequence[int]:
        """Indices of the rules that may want a file of this path; `Files.wants` has the last word."""
        path = path.lower()
        at = path.rfind("/") + 1
        name = path[at:]
        found = [*self.every, *self.names.get(name, ()), *self.suffixes.get(name[name.rfind(".") + 1 :], ())]
        if not self.others:
            return found
        if path[:at] != self._folder:
            self._folder = path[:at]
            self._in_folder = self._clue.search(self._folder) is not None
        if self._in_folder or self._clue.search(path, max(0, at - self._reach)):
            for clue, index, matches in self.others:
                if clue in path and index not in found and matches(path):
                    found.append(index)
        return found


class Alarm:
    """Raises FileTimeout in whatever runs when the time is up, where the platform can interrupt it.

    Not on Windows, and only in the main thread. The signal's handler is put in place once a process.
    """

    def __init__(self) -> None:
        self._process = 0
        self._works = False

    def set(self, seconds: float) -> None:
        """Go off in so many seconds."""
        import signal
        import threading

        if self._process != os.getpid():
            self._process = os.getpid()
            main = threading.current_thread() is threading.main_thread()
            self._works = main and hasattr(signal, "setitimer")
            if self._works:
                signal.signal(signal.SIGALRM, _expire)
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def stop(self) -> None:
        """Do not go off."""
        if self._works:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)


def _expire(signum: int, frame: object) -> None:
    raise FileTimeout
