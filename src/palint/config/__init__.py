"""The settings in force as plain data."""

from __future__ import annotations

from collections.abc import Mapping

from palint.findings import Confidence, PalintError, Severity
from palint.tree.project import Limits
from palint.util.dates import today
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.config.folders import Folders

SETTINGS_FILES = ("palint.toml", ".palint.toml", ".config/palint.toml", "pyproject.toml")


class ConfigError(PalintError):
    """Settings that cannot be used; the message names the file, the line and what to do."""


class Allow(NamedTuple):
    """`[[allow]]`: findings of `rules` in `paths` (globs) that are accepted, and why.

    until: the last day, in UTC, on which they are (`YYYY-MM-DD`); "" for no end.
    """

    paths: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str
    line: int  # 1-based, in `file`
    file: str = ""
    until: str = ""

    @property
    def ended(self) -> bool:
        """Whether the last day is over."""
        return bool(self.until) and self.until < today()


class Pattern(NamedTuple):
    """`[[pattern]]`: a rule without code.

    id: of the rule. message: what it says. keyword: a literal that each match has, in any letter case.
    regex: of a match; a group `value` is the secret if there is one. files: globs; empty: every file.
    bad, good: examples that it must find, and must not.
    """

    id: str
    message: str
    keyword: str
    regex: str
    files: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    line: int = 0  # 1-based


class FleetException(NamedTuple):
    """`[[exception]]` of a policy: findings that `palint fleet` accepts until the end of a day (UTC).

    repository, path: globs, as in .gitignore. owner: who has asked for it. until: ISO date.
    """

    repository: str
    rule: str
    path: str
    reason: str
    owner: str
    until: str


class PolicyViolation(NamedTuple):
    """A setting that the policy rejected.

    key: its key. message: what it tried to change. by: what rejected it. file: the settings file's path.
    """

    key: str
    message: str
    by: str = "the policy"
    file: str = ""


class Config(NamedTuple):
    """The settings in force.

    allow_suppressing: the rules whose findings a comment or an `[[allow]]` may suppress; None: every rule.
    allow_new_suppressions: whether suppressions that a change itself adds are accepted (with `--since`).
    exclude: with `extend_exclude`. extended: the path of the file of the tree that `extends` names, or "".
    policy_violations: settings that the policy rejected. provenance: {key: where its value comes from}.
    folders: settings in subfolders; None where they do not count.
    """

    required_version: str = ""  # empty: every version
    extends: str = ""
    select: tuple[str, ...] = ()  # empty: every rule
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
    min_confidence: Confidence = Confidence.LOW
    severity: Mapping[str, Severity] = {}
    environments: tuple[str, ...] = ("production", "staging", "development")
    secret_loading_packages: tuple[str, ...] = ()  # besides the organisation's own; for `palint migrate`
    limits: Limits = Limits()
    allow: tuple[Allow, ...] = ()
    exception: tuple[FleetException, ...] = ()
    pattern: tuple[Pattern, ...] = ()
    allow_suppressing: tuple[str, ...] | None = None
    allow_new_suppressions: bool = True
    policy_violations: tuple[PolicyViolation, ...] = ()
    rule_options: Mapping[str, Mapping[str, object]] = {}
    file: str = ""  # the settings file's path, relative to the root; "" without one
    extended: str = ""
    provenance: Mapping[str, str] = {}
    folders: Folders | None = None

    def of(self, path: str) -> Config:
        """The settings in force for a file: those of its folders, as far as the ones above allow."""
        return self if self.folders is None else self.folders.of(self, path)
