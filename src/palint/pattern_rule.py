"""Rules without code: each `[[pattern]]` of the settings is a rule, for a company's own token."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from palint.config import SETTINGS_FILES
from palint.findings import Confidence, Violation
from palint.prefilter import Keyword
from palint.rule import ALL_FILES, Clause, Example, FileFilter, Reads, Rule
from palint.text.source import SourceFile
from palint.tree.gitignore import compile_globs
from palint.util import deadline
from palint.util.typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    from re import _parser  # type: ignore[attr-defined]
else:
    import sre_parse as _parser

if TYPE_CHECKING:
    from palint.config import Config, Pattern
    from palint.tree.project import Project

AROUND = 1_000  # code points before and after a keyword in which its pattern is searched: the longest value
_NO_FILES = FileFilter()
_SECONDS = 2.0  # for the examples of a pattern, which take microseconds


class PatternRule(Rule):
    """The rule of the `[[pattern]]` that has its id in the settings in force; without one it finds nothing.

    A class has only its id: at the base of a change, the pattern may be another one or missing.
    """

    clause = Clause.NO_SECRETS_IN_CODE
    reads = Reads.NEAR
    checks_history = True
    supersedes = ("hardcoded-secret",)
    name = ""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        pattern = next((each for each in config.pattern if each.id == self.name), None)
        self.pattern = pattern
        if pattern is None:
            self.files = _NO_FILES  # type: ignore[misc]
            return
        self.keywords = (Keyword(re.escape(pattern.keyword)),)  # type: ignore[misc]
        self.files = _files(pattern)  # type: ignore[misc]
        self._search = re.compile(pattern.regex).finditer

    @classmethod
    def id(cls) -> str:
        """The pattern's id."""
        return cls.name

    def reach(self, keyword: int) -> int:
        """What is searched around a keyword."""
        return 2 * AROUND

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        """Yield a violation for each match of the pattern that holds its keyword."""
        assert self.pattern is not None  # else it has no files
        from palint.advice import Place
        from palint.advice import secrets as advice
        from palint.secrets import Secret

        done = 0
        examples = self.pattern.bad if self._declares(file) else ()
        for at in (match.end for match in file.keyword_matches):
            for found in self._search(file.text, max(done, at - AROUND), at + AROUND):
                start, end = found.span("value" if "value" in found.re.groupindex else 0)
                if not found.start() < at <= found.end() or start >= end:
                    continue
                done = found.end()
                if any(found[0] in example for example in examples):
                    continue
                secret = Secret(start, end, self.name, "", Confidence.HIGH, True)
                yield self.violation(
                    file.span(start, end),
                    f"{self.pattern.message} ({end - start} characters)",
                    fix_hint=advice.hardcoded(Place(file, project, self.config.environments), secret),
                    detector=self.name,
                    values=[(start, end)],
                )
                break

    def _declares(self, file: SourceFile) -> bool:
        """Whether a file has the pattern itself, and with it its examples: settings, or a policy."""
        if file.path in (*SETTINGS_FILES, self.config.extended):
            return True
        entries = (line.partition("=")[::2] for line in file.text.splitlines() if "id" in line)
        return file.path.endswith(".toml") and any(
            key.strip() == "id" and self.name in value.replace("'", '"').split('"')[1:2]
            for key, value in entries
        )


def _files(pattern: Pattern) -> FileFilter:
    return FileFilter(predicate=compile_globs(pattern.files)) if pattern.files else ALL_FILES


def add(rules: dict[str, type[Rule]], config: Config) -> None:
    """Add the rules of the settings' patterns to `rules`."""
    for pattern in config.pattern:
        if pattern.id not in rules:
            attributes: dict[str, Any] = {
                "name": pattern.id,
                "__doc__": f"{pattern.message[:1].upper()}{pattern.message[1:]}.",
                "bad": tuple(map(Example, pattern.bad)),
                "good": tuple(map(Example, pattern.good)),
            }
            rules[pattern.id] = type("PatternRule", (PatternRule,), attributes)


def problems(patterns: Sequence[Pattern], known: Mapping[str, type[Rule]]) -> Iterator[tuple[Pattern, str]]:
    """(a pattern, why it cannot be used) for those that cannot. known: the installed rules.

    A pattern that tries too many ways on its examples is one of them.
    """
    for pattern in patterns:
        try:
            with deadline.within(_SECONDS):
                why = _problem(pattern, known)
        except deadline.FileTimeout:
            why = f"takes longer than {_SECONDS:g} s for its examples: simplify its `regex`"
        if why:
            yield pattern, why


def _problem(pattern: Pattern, known: Mapping[str, type[Rule]]) -> str:
    if pattern.id in known and not issubclass(known[pattern.id], PatternRule):
        return "has the id of a rule: choose another"
    try:
        search = re.compile(pattern.regex).search
        why = _unbounded(_parser.parse(pattern.regex), repeated=False)
    except (re.error, OverflowError, RecursionError) as error:
        return f"has no valid `regex`: {error}"
    if why:
        return f"has a `regex` that {why}"
    for kind, examples in (("bad", pattern.bad), ("good", pattern.good)):
        for number, example in enumerate(examples, 1):
            match = search(example)
            found = match is not None and pattern.keyword.lower() in match[0].lower()
            if found and kind == "good":
                return f"finds its good example {number}"
            if not found and kind == "bad":
                why = "`regex` does not match" if match is None else "the match does not contain `keyword`"
                return f"does not find its bad example {number}: {why}"
    return ""


def _unbounded(parsed: Any, *, repeated: bool) -> str:
    """Why a parsed regular expression may take more than linear time or match without an end; "" if not.

    A repetition inside a repetition can try exponentially many ways.
    """
    for code, given in parsed:
        why, name = "", str(code)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = given
            if most > AROUND:
                return f"repeats without a bound: write {{{least},{AROUND}}} or less"
            if repeated and least != most:
                return "repeats a part that has a repetition itself"
            why = _unbounded(inner, repeated=repeated or least != most)
        elif name.startswith("GROUPREF"):
            return "refers back to a group"
        elif name == "BRANCH":
            why = next(filter(None, (_unbounded(each, repeated=repeated) for each in given[1])), "")
        elif name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"):
            why = _unbounded(given if name == "ATOMIC_GROUP" else given[-1], repeated=repeated)
        if why:
            return why
    return ""
