"""The interface of a rule: `Rule`, `Example`, `Clause`, and the types that a rule's author needs."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import Enum, IntEnum
from functools import lru_cache
from re import Pattern

from palint.files import ALL_FILES, FileFilter, any_of
from palint.findings import Confidence, Edit, Fix, Related, Severity, Span, Violation
from palint.prefilter import Keyword
from palint.util.typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from palint.config import Config
    from palint.files.sets import (
        ACTIONS,
        DOCKERFILES,
        GO,
        JAVA,
        JAVASCRIPT,
        JSON,
        NOTEBOOKS,
        PYTHON,
        SHELL,
        TERRAFORM,
        WORKFLOWS,
        YAML,
        is_workflow,
    )
    from palint.text.source import SourceFile
    from palint.tree.project import Project


OWN = "palint_rules"  # the package of palint's own rules
REACH = 4608  # code points: the longest range of text around a match that decides (`Reads.NEAR`)
_RELATED = 20  # upper bound per finding: more does not help readers, and a hostile file could yield 50,000
SITE = "https://palindrom.github.io/palint/"  # the site that zensical.toml builds


class Clause(Enum):
    """The clauses of the standard; the value is (label, sentence)."""

    NO_ENV_FILES = ("C1", "No .env files, even locally")
    NO_SECRETS_IN_CODE = ("C2", "No secrets in code")
    SECRETS_MANAGER_ONLY = ("C3", "AWS Secrets Manager only, named {service}/{environment}")
    NO_LONG_LIVED_CREDENTIALS = ("C4", "No long-lived credentials: AWS SSO for people, OIDC for CI")
    NONE = ("–", "Other rules")

    @property
    def label(self) -> str:
        """`C1` to `C4`, or a dash."""
        return self.value[0]

    @property
    def sentence(self) -> str:
        """The sentence of the clause."""
        return self.value[1]


class Reads(IntEnum):
    """What decides whether a rule finds something in a file, beside its name, its kind and the settings.

    What a text says of a finding (the service, the account) may come from anywhere. Each may read what the
    ones above it read, except for NAME: the file must not exist, and only its own text can excuse it.
    """

    NAME = 0  # that it is there: also a link, a file that git ignores, one that is too large to hold
    NEAR = 1  # the text near a match (`Rule.reach`): also of a link, and of each chunk of a large file
    TEXT = 2  # the file's text
    TREE = 3  # other files, or more of the path


@lru_cache(maxsize=1024)
def name_and_kind(path: str) -> Hashable:
    """The part of a path that a rule with less than `Reads.TREE` depends on."""
    from palint.files import languages, roles  # a hook needs neither

    language = languages.find(path)
    role = roles.evidence(
        roles.lowered(path), language
    )  # two rows are infrastructure, and only one of them is pipelines
    return path.rpartition("/")[2], language.id, role and role.id, roles.is_test(path)


class Example(NamedTuple):
    """A case that documents a rule and tests it.

    text: the file's content, or "" if `files` has several. Braces name a shape
        (`{aws_access_key_id}`: palint.secrets.synthetic.SHAPES), filled from a seed when the example runs.
    location: text at which the first finding's span must start (a part of the line, before filling); a pair
        (path, text) if there are several files. Required for bad examples whose finding has a place.
    path: the file's name. files: {path: content}, an alternative to `text`.
    fixed: the whole text after the fix, or {path: content}; None: this case has no fix to show.
    severity: the finding's expected severity; None: any.
    options: settings of the rule for this case. note: a line for the documentation page.
    ignored: paths that git ignores in this case.
    """

    text: str = ""
    location: str | tuple[str, str] | None = None
    path: str = ""
    files: Mapping[str, str] | None = None
    fixed: str | Mapping[str, str] | None = None
    severity: Severity | None = None
    options: Mapping[str, object] | None = None
    note: str = ""
    ignored: tuple[str, ...] = ()


class Option(NamedTuple):
    """A setting that a rule declares: `[rules.<id>]` gets its name, type and default from here.

    type: bool, int, str, or list[str]. since: the version that brought it, if the rule is older.
    """

    type: object
    default: object
    help: str
    since: str = ""


_FLAGS_OF_0_1 = {
    "checks_ignored_paths": Reads.NAME,
    "checks_symlinks": Reads.NEAR,
    "supports_chunks": Reads.NEAR,
    # 0.1 used these for palint's own rules only
    "cache_key": None,
    "nearby_keywords": None,
    "needs_whole_file": None,
}


class Rule:
    """One clause of the standard, checked file by file. Subclasses are declarations plus a `check`.

    The class's docstring is its documentation (`palint explain`): a summary line, then `## Why`,
    `## Do this instead` and other sections in Markdown. The module's name, with hyphens, is the rule's id.
    """

    clause: ClassVar[Clause] = Clause.NONE
    severity: ClassVar[Severity] = Severity.ERROR
    # The version of its package that introduced the rule.
    since: ClassVar[str] = ""
    # A preview runs only where `select` names it, so that a new rule breaks no build before its findings
    # have been read.
    preview: ClassVar[bool] = False
    files: ClassVar[FileFilter] = ALL_FILES
    # Literals or short patterns, any letter case, in the syntax that hyperscan and `re` share. `check` runs
    # only on files that contain one; without keywords, on every file of `files`.
    keywords: ClassVar[Sequence[str | Keyword]] = ()
    # What the rule reads. What is not checked again follows from it: files that were clean in the last
    # run, the text that versions of a file have in common. `palint.testing` checks it.
    reads: ClassVar[Reads] = Reads.TREE
    # Also run by `palint history` on every committed version: for a rule whose findings still matter after
    # the file is deleted (secrets, .env files) and that needs no other file.
    checks_history: ClassVar[bool] = False
    # For a rule that also finds violations without a value: patterns, one of which matches in each text in
    # which it finds a value. `palint history` reports values only, and runs the rule where one matches.
    value_patterns: ClassVar[Sequence[Pattern[str]]] = ()
    # Rules whose finding this rule's finding replaces where both cover the same value.
    supersedes: ClassVar[Sequence[str]] = ()
    # When one of these files is in scope (given paths, --staged, --since), all of them are checked, since
    # a finding in one may be caused by another.
    companion_files: ClassVar[FileFilter | None] = None
    options: ClassVar[Mapping[str, Option]] = {}
    bad: ClassVar[Sequence[Example]] = ()
    good: ClassVar[Sequence[Example]] = ()

    def __init__(self, config: Config) -> None:
        """`config`: the settings in force; `self.option(name)` reads this rule's own."""
        self.config = config
        # what the rule used that a later version removes, a sentence each
        self.deprecated: set[str] = {
            f"`Rule.{name}` is replaced by `Rule.reads` since 0.2 and will be removed in 0.3"
            for name in _FLAGS_OF_0_1
            if hasattr(self, name)
        }

    def __init_subclass__(cls) -> None:
        """Until 0.3, read what a rule of 0.1 declares, which promises nothing for a part of a file."""
        old = [reads for name, reads in _FLAGS_OF_0_1.items() if vars(cls).get(name) and reads is not None]
        if old and "reads" not in vars(cls):
            cls.reads = min(old)
            cls.reach = lambda self, keyword: sys.maxsize  # type: ignore[method-assign]

    @classmethod
    def id(cls) -> str:
        """The rule's only name: its module's, with hyphens."""
        # interned: a worker sends one string for all findings
        return sys.intern(cls.__module__.rpartition(".")[2].replace("_", "-"))

    @classmethod
    def url(cls) -> str:
        """The address of the rule's page; "" for a rule of another package, which the site does not have."""
        return f"{SITE}rules/{cls.id()}/" if cls.is_own() else ""

    @classmethod
    def is_own(cls) -> bool:
        """Whether it is one of palint's rules, not of another package."""
        return cls.__module__.startswith(f"{OWN}.")

    @classmethod
    def summary(cls) -> str:
        """The docstring's first line."""
        return (cls.__doc__ or "").strip().partition("\n")[0].rstrip(".")

    def option(self, name: str) -> object:
        """The value in force of one of `options`."""
        return self.config.rule_options.get(self.id(), {}).get(name, self.options[name].default)

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        """Yield the violations in one file, each from `self.violation`.

        `file.keyword_matches`: matches of this rule's keywords, by offset.

        May raise `palint.text.source.ParseError` (from `file.parsed_with`): the engine then adds the notice
        `unparsed`, and the run is incomplete. Where files that do not parse are legitimate, catch it and
        search the text.
        """
        return ()

    def reach(self, keyword: int) -> int:
        """With `Reads.NEAR`, the length of the range of text that decides at a match of a keyword (an index).

        In code points; the range contains the match. A match whose keyword reaches over more than REACH needs
        the whole file.
        """
        return REACH

    def check_project(self, results: object) -> Iterable[Violation]:
        """Yield violations of the run as a whole; called once, after all files (`palint.engine.run.Run`)."""
        return ()

    def violation(
        self,
        span: Span,
        message: str,
        *,
        why: str = "",
        fix_hint: str = "",
        confidence: Confidence = Confidence.HIGH,
        severity: Severity | None = None,
        detector: str | None = None,
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        values: Iterable[tuple[int, int]] = (),
    ) -> Violation:
        """A violation of this rule at `span`. `check` yields it, and fails if a value is of another type.

        message: what is wrong, one clause; describe a secret with `palint.findings.summarize_secret`.
        why: evidence for a reader who could doubt the finding, at most two reasons; "" where no one would.
        fix_hint: what to do, imperative, in order, with the reader's own names; may be several lines.
        confidence: how certain it is that this is a violation.
        values: ranges [start, end) of the file's text, in code points, that hold a secret.
        """
        return Violation(
            rule=self.id(),
            clause=self.clause.label,
            severity=self.severity if severity is None else severity,
            message=message,
            why=why,
            fix_hint=fix_hint,
            confidence=confidence,
            span=span,
            detector=detector,
            related=_limited(tuple(dict.fromkeys(related))),
            fix=fix,
            values=tuple(values),
        )

    def finding(self, span: Span, message: str, **details: Any) -> Violation:
        """`violation`, by its name in 0.1. The first call adds a notice; the name is removed in 0.3."""
        self.deprecated.add("`Rule.finding` is called `Rule.violation` since 0.2 and will be removed in 0.3")
        return self.violation(span, message, **details)


def _limited(related: tuple[Related, ...]) -> tuple[Related, ...]:
    """At most _RELATED places; the last one says how many are left out."""
    left = len(related) - _RELATED
    if left <= 0:
        return related
    last = related[_RELATED - 1]
    more = "1 more place" if left == 1 else f"{left:,} more places"
    return (*related[: _RELATED - 1], last._replace(message=f"{last.message}, and {more}"))


__all__ = [
    "ACTIONS",
    "ALL_FILES",
    "DOCKERFILES",
    "GO",
    "JAVA",
    "JAVASCRIPT",
    "JSON",
    "NOTEBOOKS",
    "PYTHON",
    "SHELL",
    "TERRAFORM",
    "WORKFLOWS",
    "YAML",
    "Clause",
    "Confidence",
    "Edit",
    "Example",
    "FileFilter",
    "Fix",
    "Option",
    "Reads",
    "Related",
    "Rule",
    "Severity",
    "Span",
    "any_of",
    "is_workflow",
]


def __getattr__(name: str) -> object:
    """The sets of files, which are made when a rule first names one.

    A hook that runs no rule imports neither the sets nor the table of languages: two modules and 1.2 million
    instructions less.
    """
    if name in __all__:
        from palint.files import sets

        return getattr(sets, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
