"""The interface of a rule: `Rule`, `Example`, `Clause`, and the types that a rule's author needs."""

from __future__ import annotations

import sys
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from palint.files import ALL_FILES, FileFilter, any_of
from palint.findings import Confidence, Edit, Fix, Related, Severity, Span, Violation
from palint.prefilter import Keyword
from palint.util.named_tuple import NamedTuple

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


_RELATED = 20  # upper bound per finding: more does not help readers, and a hostile file could yield 50,000


REACH = 4608  # characters: what `Rule.needs_whole_file` promises
NEARBY = 2304  # characters: what `Rule.nearby_keywords` promises
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

    type: bool, int, str, or list[str].
    """

    type: object
    default: object
    help: str


class Rule:
    """One clause of the standard, checked file by file. Subclasses are declarations plus a `check`.

    The class's docstring is its documentation (`palint explain`): a summary line, then `## Why`,
    `## Do this instead` and other sections in Markdown. The module's name, with hyphens, is the rule's id.
    """

    clause: ClassVar[Clause] = Clause.NONE
    severity: ClassVar[Severity] = Severity.ERROR
    files: ClassVar[FileFilter] = ALL_FILES
    # Literals or short patterns, any letter case, in the syntax that hyperscan and `re` share. `check` runs
    # only on files that contain one; without keywords, on every file of `files`.
    keywords: ClassVar[Sequence[str | Keyword]] = ()
    # Also runs on symbolic links, and on the names of files that git ignores (their text stays unread).
    checks_ignored_paths: ClassVar[bool] = False
    # Also runs on symbolic links, whose text is their target.
    checks_symlinks: ClassVar[bool] = False
    # Runs on each chunk of a file too large to hold; other rules skip such a file, with a notice.
    supports_chunks: ClassVar[bool] = False
    # Also run by `palint history` on every committed version: for a rule whose findings still matter after
    # the file is deleted (secrets, .env files) and that needs no other file.
    checks_history: ClassVar[bool] = False
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
        self.deprecated: set[str] = set()  # what the rule used that a later version removes, a sentence each

    @classmethod
    def id(cls) -> str:
        """The rule's only name: its module's, with hyphens."""
        # interned: a worker sends one string for all findings
        return sys.intern(cls.__module__.rpartition(".")[2].replace("_", "-"))

    @classmethod
    def url(cls) -> str:
        """The address of the rule's page; "" for a rule of another package, which the site does not have."""
        return f"{SITE}rules/{cls.id()}/" if cls.__module__.startswith("palint_rules.") else ""

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

    def needs_whole_file(self, keyword: int) -> bool:
        """Whether findings at a match of this keyword (an index) may depend on text far from it.

        False promises that each finding depends only on the path and on a range of at most REACH characters
        that contains the match. `palint history` then checks only the text that a version changes.
        """
        return True

    def nearby_keywords(self, path: str) -> Container[int]:
        """Indices of the keywords at whose matches little text decides whether there is a finding.

        That promises that it depends only on `cache_key(path)` and on NEARBY characters before and after the
        match's end. `palint history` then does not check a match again with the same text around it.
        """
        return ()

    def may_leak(self, file: SourceFile) -> bool:
        """Whether the rule may find a value in the file, not only a violation without one.

        `palint history` reports values, which must be rotated; it does not run the rule where this is False.
        """
        return True

    def cache_key(self, path: str) -> Hashable | None:
        """Key under which a file with identical content need not be checked if another has no finding.

        Return only the parts of the path that decide whether there is a finding. None, the default, disables
        reuse: for a rule that reads other files or the whole path.
        """
        return None

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
        """A violation of this rule at `span`. Raises TypeError for a span or fix of another type.

        message: what is wrong, one clause; describe a secret with `palint.findings.summarize_secret`.
        why: evidence for a reader who could doubt the finding, at most two reasons; "" where no one would.
        fix_hint: what to do, imperative, in order, with the reader's own names; may be several lines.
        confidence: how certain it is that this is a violation.
        values: ranges [start, end) of the file's text, in code points, that hold a secret.
        """
        if not isinstance(span, Span):
            raise TypeError(f"pass `file.span(start, end)` as span, not {span!r}")
        if fix is not None and not (isinstance(fix, Fix) and all(isinstance(e, Edit) for e in fix.edits)):
            raise TypeError(f"pass `Fix((Edit(span, text),))` as fix, not {fix!r}")
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
            related=_limited(tuple(related)),
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
