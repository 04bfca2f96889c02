"""Check one file: choose the rules, run them, apply suppressions and seal what they found."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from types import TracebackType

from palint import prefilter, suppressions
from palint.config import Config
from palint.engine.choice import Choice, FolderSettings
from palint.engine.file_result import Extent, FileResult, merge_parts, only_new
from palint.engine.origin import complete_where_written_by_program
from palint.engine.rewritten import Hits, rewritten
from palint.files import HEAD
from palint.findings import Finding, Notice, Violation
from palint.prefilter import Keyword
from palint.rule import FileFilter, Reads, Rule
from palint.text import escapes
from palint.text.encoding import is_plain
from palint.text.source import KeywordMatch, ParseError, SourceFile
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util import compiled_patterns, deadline
from palint.util.deadline import FileTimeout
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.engine.clean_files import CleanFiles

_MAX_ERROR_MESSAGE = 200  # characters of the exception's message that are shown


# (path, content): what `preload` checks. Most trees have these kinds; small, so that it takes milliseconds.
_WARMUP_FILES = (
    ("a.py", b"%s = 'Zq8 vT1/xW4 kkR'\n" % b"password"),
    ("a.md", b"%s: Zq8vT1-xW4\n%s=call(['Zq8.vT1'])\n" % (b"token", b"key")),
    ("b.py", b"import boto3\nboto3.client('s3', access_key=1)\n"),
    ("a.py", b"'%s'\n" % b"".join(b"%x%c" % (i * 37 % 16, 65 + i) for i in range(26))),
    (".github/workflows/a.yml", b"on: push\njobs: {a: {steps: [{run: aws_access_key_id}]}}\n"),
    ("a.yml", b"kind: Secret\n"),
)


class FileChecker:
    """Runs the selected rules on one file at a time.

    project: where files come from. rules: the selected ones.
    """

    def __init__(
        self,
        project: Project,
        config: Config,
        rules: Sequence[Rule],
        excerpts: bool = True,
        context: bool = True,
        clean: CleanFiles | None = None,
        matcher: prefilter.Matcher | None = None,
    ) -> None:
        """excerpts: whether any are shown, with the lines around them if `context`. clean: see CleanFiles.

        matcher: one to share, if it is for the same keywords.
        """
        self._shown, self._clean = {"excerpts": excerpts, "context": context}, clean
        self.project, self.config, self.rules = project, config, list(rules)
        if matcher is not None and matcher.keywords == tuple(self._owners_of):
            self.matcher = matcher
        self.heartbeat: Callable[[], None] = lambda: None  # called at the start of each file or window
        self.extend: Callable[[FileResult, str], FileResult] | None = None  # adds to the result of a path
        self._deadline = 0.0
        self._spent = 0.0  # seconds that earlier windows of the same line took
        self._in_force: dict[str, FolderSettings] = {}  # by folder
        self._root = FolderSettings(config, self.rules)
        self._choice = Choice(project, self.rules, self._settings_of, self._counts)
        self._scanned: tuple[bytes, str, Hits] = b"", "", ()  # the last bytes and path, and their keywords
        self._preloaded = 0  # number of _WARMUP_FILES
        self._deprecated: set[str] = set()  # what notices say already: `Rule.deprecated`

    @cached_property
    def _owners_of(self) -> dict[str | Keyword, list[tuple[int, int]]]:
        """{keyword: (rule index or -1, index of its keyword) of each owner}, those of escapes first.

        A run in which no file must be searched does not need it, nor what follows from it.
        """
        sources: list[tuple[int, Sequence[str | Keyword]]]
        sources = [(-2, escapes.KEYWORDS), (-1, suppressions.KEYWORDS)]
        sources += ((i, rule.keywords) for i, rule in enumerate(self.rules))
        owners: dict[str | Keyword, list[tuple[int, int]]] = {}
        for index, keywords in sources:
            for number, keyword in enumerate(keywords):
                owners.setdefault(keyword, []).append((index, number))
        return owners

    @cached_property
    def by_name(self) -> FileNameIndex:
        """The rules that files are chosen for by their names alone."""
        rules = enumerate(self.rules)
        return FileNameIndex(
            [(i, r.files) for i, r in rules if not r.keywords and type(r).check is not Rule.check]
        )

    @cached_property
    def owners(self) -> list[list[tuple[int, int]]]:
        """By index of a keyword: see `_owners_of`."""
        return list(self._owners_of.values())

    @cached_property
    def matcher(self) -> prefilter.Matcher:
        """Searches for the keywords."""
        return prefilter.shared_matcher(tuple(self._owners_of), self.project.root)

    def can_be_sent(self) -> bool:
        """Whether it can be pickled: it checks a whole work tree, without settings in subfolders."""
        return self.extend is None and self.config.folders is None and type(self.project.tree) is WorkTree

    def __reduce__(self) -> tuple[object, ...]:
        from palint.engine import seal

        names = [rule.id() for rule in self.rules]
        return _remade, (seal.run_key, self.project, self.config, names, *self._shown.values())

    def use(self, config: Config) -> None:
        """Check with other settings: the same, but that those of subfolders are known."""
        self.config = config
        self._root = FolderSettings(config, self.rules)

    def _settings_of(self, path: str) -> FolderSettings:
        """The settings and rules for a file, which its folders may set."""
        folders = self.config.folders
        if folders is None:
            return self._root
        folder = path.rpartition("/")[0]
        settings = self._in_force.get(folder)
        if settings is None:
            config = folders.of(self.config, path)
            settings = self._root
            if config is not self.config:
                settings = FolderSettings(config, [type(rule)(config) for rule in self.rules])
            self._in_force[folder] = settings
            for file, why in folders.problems().items():
                self.project.add_notice(file, "unreadable", why)
        return settings

    def preload(self, enough: Callable[[], bool]) -> None:
        """Load the keywords, then patterns, word lists, weights and parsers before forking, until `enough()`.

        Checks small texts and drops the findings. Only palint's own rules run: rules of other packages must
        neither see files that do not exist nor run in the parent process. A second call goes on.
        """
        own = frozenset(i for i, rule in enumerate(self.rules) if rule.is_own())
        search, _ = self.matcher.scan, self.by_name
        while self._preloaded < len(_WARMUP_FILES) and not enough():
            path, text = _WARMUP_FILES[self._preloaded]
            self._preloaded += 1
            file = SourceFile(path, text)
            self._deadline = time.monotonic() + self.config.limits.seconds
            for i, hits in self._keyword_matches(file, search(text, path), own).items():
                file.keyword_matches = tuple(hits)
                self._run_rule(self.rules[i], file)

    def check(self, path: str) -> FileResult | None:
        """Check one file; None when there is nothing to report."""
        self._scanned = b"", "", ()  # up to 40 MB, while this file is read
        read = self.project.peek(path)
        clean = self._clean if self._clean and self._settings_of(path) is self._root else None
        data, stat = read.data, read.stat
        if clean is None or stat is None:
            return self._extended(path, self._check(path, data))
        if data is not None and clean.holds(path, stat, data):
            notices = clean.notices(path)
            return FileResult(notices=notices) if notices else None
        clean.tree.was_read = False
        result = self._check(path, data)
        if not clean.tree.was_read and (result is None or result == FileResult(notices=result.notices)):
            clean.add(path, stat, data, result.notices if result else ())
        return self._extended(path, result)

    def _extended(self, path: str, result: FileResult | None) -> FileResult | None:
        return result if result is None or self.extend is None else self.extend(result, path)

    def has_nothing_to_check(self, path: str, data: bytes) -> bool:
        """Whether no rule applies to a file of this name and content, which is so for most files.

        False where the bytes may be read in more than one way. Such a file costs no more than its search.
        """
        if self.by_name.rules(path) or not is_plain(data) or escapes.is_always_compared(path):
            return False
        return not self._matches(data, path)

    def after_range(self) -> FileResult | None:
        """The files found clean since the last call; None without any."""
        clean = self._clean and self._clean.take()
        return FileResult(clean=clean) if clean else None

    def _check(self, path: str, data: bytes | None) -> FileResult | None:
        if data is not None and self.has_nothing_to_check(path, data):
            return None
        by_name, settings = self.by_name.rules(path), self._settings_of(path)
        file = self.project.open(path)
        if file is not None:
            matches = self._scan(file)
            whole = self.check_text(file, settings, matches, by_name)
            file.release()
            results = [whole]
            for part, extent, hits in rewritten(file, matches, self._scan):
                result = self.check_text(part, settings, hits, extent=extent)
                if extent is Extent.UNESCAPED:
                    result = only_new(result, whole, part.text)
                part.release()
                results.append(result)
            return merge_parts(results, self.project) if len(results) > 1 else whole
        parts = []
        extent, started = Extent.FIRST, 0.0
        for window in self.project.windows(path):
            starts_line = window.first_column == 1
            self._spent = 0.0 if starts_line else self._spent + time.monotonic() - started
            started = time.monotonic()
            matches = self._scan(window)
            parts.append(self.check_text(window, settings, matches, by_name, extent))
            for part, _, hits in rewritten(window, matches, self._scan):
                parts.append(self.check_text(part, settings, hits, extent=Extent.EMBEDDED))
            by_name, extent = (), Extent.LATER
        self._spent = 0.0
        return merge_parts(parts, self.project)

    def check_text(
        self,
        file: SourceFile,
        settings: FolderSettings,
        matches: Hits,
        by_name: Sequence[int] = (),
        extent: Extent = Extent.WHOLE,
    ) -> FileResult | None:
        """Check a file, or one part of it, with the rules that apply.

        settings: those in force for it. matches: its keywords. by_name: the rules that may apply by its name.
        Rules that apply to a large file but cannot check it in parts are named in a notice.
        """
        if extent is not Extent.WHOLE:
            self.heartbeat()
        if not matches and not by_name:
            return None
        self.heartbeat()
        self._deadline = time.monotonic() + self.config.limits.seconds - self._spent
        by_keyword = {rule for pattern in {p for p, _ in matches} for rule, _ in self.owners[pattern]}
        selected, unchecked = self._selected(file, {*by_name, *by_keyword}, extent)
        if not (selected or unchecked or -1 in by_keyword or file.notices):
            return None
        by_rule = self._keyword_matches(file, matches, frozenset(selected)) if selected else {}
        violations: list[Violation] = []
        failed: set[str] = set()
        for i in selected:
            rule = settings.rules[i]
            file.keyword_matches = tuple(by_rule.get(i, ()))
            reported = self._run_rule(rule, file)
            if reported is None:
                failed.add(rule.id())
            else:
                violations += reported
                if extent is Extent.FIRST and not reported and rule.reads is not Reads.NEAR:
                    unchecked.append(rule.id())  # what it reports may be in a later window
        file.keyword_matches = ()
        if unchecked:
            _note_unchecked(file, unchecked)
        return self._finalize(file, settings, violations, -1 in by_keyword, failed)

    def check_name(self, path: str) -> FileResult | None:
        """Check the name of a file that git ignores: only rules with `Reads.NAME` run."""
        settings = self._settings_of(path)
        selected = [r for r in settings.rules if r.reads is Reads.NAME and r.files.matches(path)]
        if not selected:
            return None
        self._deadline = time.monotonic() + self.config.limits.seconds
        whole = self.project.open(path)
        file = whole or next(iter(self.project.windows(path)), None)
        if file is None:
            return merge_parts([], self.project)
        violations = [v for rule in selected for v in self._run_rule(rule, file) or ()]
        if whole is None and not violations:
            _note_unchecked(file, [rule.id() for rule in selected])
        return self._finalize(file, settings, violations, True, set())

    def _scan(self, file: SourceFile) -> Hits:
        return self._matches(file.utf8, file.path)

    def _matches(self, data: bytes, path: str) -> Hits:
        if self._scanned[0] != data or self._scanned[1] != path:
            self._scanned = data, path, self.matcher.scan(data, path)
        return self._scanned[2]

    def _keyword_matches(
        self, file: SourceFile, matches: Sequence[tuple[int, int]], selected: frozenset[int]
    ) -> dict[int, list[KeywordMatch]]:
        """{rule index: its matches, in code points} for the selected rules. matches: ends in bytes."""
        by_rule: dict[int, list[KeywordMatch]] = {}
        in_bytes = [end for _, end in matches]
        for (pattern, _), end in zip(matches, file.offsets(in_bytes), strict=True):
            for rule, keyword in self.owners[pattern]:
                if rule in selected:
                    by_rule.setdefault(rule, []).append(KeywordMatch(keyword, end))
        return by_rule

    def _selected(
        self, file: SourceFile, rules: Iterable[int], extent: Extent
    ) -> tuple[list[int], list[str]]:
        """(those of the rules that check a file or its part, the ids of those that cannot check a part)."""
        selected, unchecked = [], []
        for i in sorted(i for i in rules if i >= 0):
            rule = self.rules[i]
            if file.link and rule.reads > Reads.NEAR:
                continue
            if not (rule.files.every or rule.files.matches(file.path, file.data[:HEAD])):
                continue
            in_part = rule.reads is Reads.NEAR or (rule.reads is Reads.NAME and extent is Extent.FIRST)
            if in_part or extent in (Extent.WHOLE, Extent.UNESCAPED):
                selected.append(i)
            elif rule.reads is not Reads.NAME and extent is not Extent.EMBEDDED:
                unchecked.append(rule.id())
        return selected, unchecked

    def _run_rule(self, rule: Rule, file: SourceFile) -> list[Violation] | None:
        """The rule's violations; None, with a notice, when it failed or ran out of time."""
        seconds = self.config.limits.seconds
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise FileTimeout
            deadline.limit_file(left)
            try:
                violations = list(yielded(rule, rule.check(file, self._project_for(rule))))
            finally:
                deadline.stop_file()
            if rule.deprecated - self._deprecated:
                self._deprecated |= rule.deprecated
                file.notices += [
                    Notice("", "note", f"`{rule.id()}`: {use}") for use in sorted(rule.deprecated)
                ]
            return violations
        except ParseError as error:
            file.add_notice("unparsed", f"line {error.line}: {error.message}")
        except FileTimeout:
            file.add_notice(
                "timeout",
                f"not fully checked: `{rule.id()}` took longer than {seconds:g} s. "
                "Exclude the file or raise `limits.seconds`"
                if left > 0
                else f"`{rule.id()}` skipped: the {seconds:g} s limit for this file was reached",
            )
        except (Exception, SystemExit) as error:  # a rule that ends the program must not end it in silence
            file.notices.append(_crash_notice(rule, file.path, error))
        return None

    def _project_for(self, rule: Rule) -> Project:
        """The project that a rule reads; `CleanFiles` observes what one reads that declares other files."""
        if self._clean is None or rule.reads is not Reads.TREE:
            return self.project
        self._clean.tree.was_read |= not rule.is_own()  # which may read files without the project
        return self._clean.tree  # type: ignore[return-value]

    def _counts(self, violation: Violation) -> bool:
        """Whether a violation is one to report: see `Choice`."""
        return True

    def _finalize(
        self,
        file: SourceFile,
        settings: FolderSettings,
        violations: Sequence[Violation],
        commented: bool,
        failed: Collection[str],
    ) -> FileResult | None:
        """The result of a file: what its rules found, sealed. commented: whether it may have suppressions."""
        if not (violations or commented or file.notices or self.project.notices):
            return None
        from palint.engine.seal import Sealer, seal_unread  # 36 KB of code that a clean file does not need

        names = settings.config.environments
        values = [
            value
            for violation in violations
            for value in violation.values
            if violation.span.path == file.path
        ]
        if violations:
            from palint.dotenv.files import secret_values  # no other file needs it

            values += file.parsed_with(secret_values)
        seconds = self.config.limits.seconds
        try:
            deadline.limit_file(max(self._deadline - time.monotonic(), seconds / 2))
            try:
                comments = file.parsed_with(suppressions.find) if commented else ()
                chosen = self._choice.choose(file, violations, comments, failed)
                sealer = Sealer(self.project, file, values, names=names, **self._shown)
                result = sealer.seal_all(chosen, file.notices)
            finally:
                deadline.stop_file()
        except FileTimeout:
            file.add_notice("timeout", f"excerpts omitted: masking took longer than {seconds:g} s")
            result = seal_unread(violations, file.notices)
        file.notices.clear()
        notices = complete_where_written_by_program(result.notices, self.project)
        result = result._replace(notices=(*notices, *self.project.take_notices()))
        return result if any(result) else None

    def seal_late(self, violations: Iterable[Violation]) -> Iterator[Finding]:
        """Seal what rules found in the run as a whole.

        Their texts quote comments and settings (reasons, globs, rule ids), which may contain a secret.
        """
        for violation in violations:  # few runs have any
            from palint import secrets
            from palint.engine.seal import Sealer

            file = self.project.open(violation.span.path)
            values = () if file is None else file.parsed_with(secrets.value_ranges)
            names = (self.config if file is None else self._settings_of(file.path).config).environments
            yield Sealer(self.project, file, values, names=names, **self._shown).seal(
                violation._replace(
                    message=secrets.redact_line(violation.message, ""),
                    fix_hint=secrets.redact_line(violation.fix_hint, ""),
                )
            )


def yielded(rule: Rule, violations: Iterable[Violation]) -> Iterable[Violation]:
    """What a rule yielded. Raises TypeError for what is no violation if the rule is of another package."""
    if rule.is_own():
        return violations
    from palint import declarations

    return declarations.checked(violations)


def _note_unchecked(file: SourceFile, rules: Sequence[str]) -> None:
    """Name the rules that cannot check a file that is checked in windows."""
    file.add_notice(
        "too-large",
        f"larger than `limits.text`, so not checked by {', '.join(f'`{rule}`' for rule in rules)}: "
        "exclude the file or raise the limit",
    )


def _crash_notice(rule: Rule, path: str, error: BaseException) -> Notice:
    """The notice for a rule that crashed on a file.

    The message names the rule, its package and the package's last line in the traceback, and no part of the
    checked text. The detail is the traceback with the exception's message, which may quote the checked text
    and is redacted.
    """
    from palint import secrets

    package = type(rule).__module__.partition(".")[0]
    whose = "please report it" if rule.is_own() else f"report it to the authors of `{package}`"
    frames = _frames(error.__traceback__)
    name = type(error).__name__
    inside = [frame for frame in frames if frame.startswith(f"{package}/")]
    if not (inside or rule.is_own()):  # what it yielded
        code = type(rule).check.__code__
        inside = [f"{type(rule).check.__module__.replace('.', '/')}.py:{code.co_firstlineno}"]
    where = (inside or frames)[-1].partition(" in ")[0]
    message = _mistake(rule, error)
    if message:
        message = f"{rule.id()} ({package}) failed at {where}: {message}"
    else:
        message = f"{rule.id()} ({package}) crashed: {name} at {where}; {whose} (`-v` shows the traceback)"
    detail = [
        *frames,
        f"{name}: {secrets.redact_line(' '.join(str(error).split()), path)[:_MAX_ERROR_MESSAGE]}",
    ]
    return Notice(path, "crashed", message, "\n".join(detail))


def _mistake(rule: Rule, error: BaseException) -> str:
    """What is wrong with what a rule of another package yielded, and what to write; "" for another error."""
    if rule.is_own():
        return ""
    from palint import declarations

    return error.summary if isinstance(error, declarations.ViolationError) else ""


def _frames(trace: TracebackType | None) -> list[str]:
    """`package/module.py:line in function` of each frame, the innermost last; no absolute paths."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__", "?")
        frames.append(f"{module.replace('.', '/')}.py:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return frames


def _remade(
    run_key: bytes | None,
    project: Project,
    config: Config,
    names: Sequence[str],
    excerpts: bool,
    context: bool,
) -> FileChecker:
    """A checker in a new interpreter, without a memory of clean files. names: the rules' ids."""
    from palint import pattern_rule, registry
    from palint.engine import seal
    from palint.util import user_cache

    seal.run_key = run_key
    user_cache.checked_tree = project.root
    rules = registry.load(deferred=True)
    pattern_rule.add(rules, config)
    return FileChecker(project, config, [rules[name](config) for name in names], excerpts, context)


class FileNameIndex:
    """Rules without keywords, indexed by whole file names and by suffixes."""

    def __init__(self, rules: Iterable[tuple[int, FileFilter]]) -> None:
        self.every: list[int] = []
        self.names: dict[str, list[int]] = {}
        self.suffixes: dict[str, list[int]] = {}
        self.others: list[tuple[str, int, Callable[[str], bool]]] = []  # (path literal, rule, predicate)
        for index, files in rules:
            if files.every:
                self.every.append(index)
                continue
            for name in files.names:
                self.names.setdefault(name, []).append(index)
            for suffix in files.suffixes:
                self.suffixes.setdefault(suffix.rpartition(".")[2], []).append(index)
            if files.predicate is not None:
                self.others += [(literal, index, files.matches) for literal in files.path_literals or ("",)]
        literals = sorted({literal for literal, _, _ in self.others})  # of which most paths contain none
        self._has_literal = compiled_patterns.compile("|".join(map(re.escape, literals))).search
        self._last: tuple[str, Sequence[int]] = "", ()  # asked for before a file is opened, and after

    def rules(self, path: str) -> Sequence[int]:
        """Indices of the rules that may apply to a path; `FileFilter.matches` decides."""
        if self._last[0] != path:
            self._last = path, self._rules(path.lower())
        return self._last[1]

    def _rules(self, path: str) -> Sequence[int]:
        name = path[path.rfind("/") + 1 :]
        rules = [*self.every, *self.names.get(name, ()), *self.suffixes.get(name[name.rfind(".") + 1 :], ())]
        if self._has_literal(path):
            for literal, index, matches in self.others:
                if literal in path and index not in rules and matches(path):
                    rules.append(index)
        return rules
