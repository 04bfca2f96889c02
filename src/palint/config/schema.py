"""The schema of the settings: the type that validates them, and the published JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from palint.config import Config
from palint.findings import Confidence, Severity
from palint.tree.project import Limits
from palint.util.typing import NamedTuple

_Level = Literal["warning", "error"]
_Confidence = Literal["low", "high"]


class Setting(NamedTuple):
    """A setting. type: None for a table, which `model` makes. least: items that a list must have.

    The rest is for the page of settings (`make docs`). option, policy: what an option of the command line
    and what a policy does to it.
    """

    type: Any
    description: str
    example: str
    policy: str
    option: str = ""
    least: int = 0


# In the order of the schema. A setting's default is that of the field of `Config` with its name.
# `palint.config.settings` reads and copies each one, and `make docs` writes the published schema.
SETTINGS: Mapping[str, Setting] = {
    "required_version": Setting(
        str,
        "the versions of palint that may check the repository",
        'required-version = ">=0.2,<0.3"',
        policy="both must allow the version that runs; any other ends with 2",
    ),
    "extends": Setting(
        str,
        "a settings file of the repository, or an installed package that has one",
        'extends = "acme-standards" # or a file: "ci/shared.toml"',
        policy="extended settings are a part of the repository's; a policy may extend, too",
    ),
    "select": Setting(
        list[str],
        "run only these rules",
        'select = ["env-file", "hardcoded-secret"]',
        policy="a rule that the policy selects runs all the same",
        option="`--select` replaces it, and `ignore` as well",
    ),
    "ignore": Setting(
        list[str],
        "do not run these rules",
        'ignore = ["github-secret"]',
        policy="a rule that the policy runs cannot be ignored",
        option="`--ignore` adds to it",
    ),
    "exclude": Setting(
        list[str],
        "globs, as in .gitignore, of files not to check",
        'exclude = ["vendor/", "*.min.js", "!vendor/ours/"]',
        policy="only the policy's counts; the repository's is an error",
        option="`--exclude` adds to it",
    ),
    "extend_exclude": Setting(
        list[str],
        "globs besides those of `exclude`, also of extended settings",
        'extend-exclude = ["generated/"]',
        policy="only the policy's counts; the repository's is an error",
        option="`--extend-exclude` is `--exclude`",
    ),
    "fail_on": Setting(
        _Level,
        "lowest severity that fails a run",
        'fail-on = "warning"',
        policy="the stricter of the two",
        option="`--fail-on` replaces it",
    ),
    "min_confidence": Setting(
        _Confidence,
        "lowest confidence of a finding that is reported",
        'min-confidence = "high"',
        policy="the lower of the two",
        option="`--min-confidence` replaces it",
    ),
    "severity": Setting(
        dict[str, _Level],
        "the severity of a rule's findings",
        '[severity]\ngithub-secret = "error"\nenv-example-value = "warning"',
        policy="the stricter of the two; without a policy this may also make a rule milder",
    ),
    "environments": Setting(
        list[str],
        "the second part of a secret's name",
        'environments = ["production", "staging", "qa"]',
        policy="the policy's, if it has the key",
        least=1,
    ),
    "secret_loading_packages": Setting(
        list[str],
        "packages that load secrets, for `palint migrate`",
        'secret-loading-packages = ["acme-config"]',
        policy="the repository's",
    ),
    "limits": Setting(
        None,
        "how large a file and how long a run may be",
        "[limits]\nrun = 3600\ntext = 20971520",
        policy="a maximum, if the policy has the table",
    ),
    "allow_suppressing": Setting(
        list[str] | None,
        "only these rules' findings may be suppressed",
        'allow-suppressing = ["hardcoded-secret", "github-secret"]',
        policy="only the policy's counts; meant for a policy",
    ),
    "allow_new_suppressions": Setting(
        bool,
        "whether a suppression counts that the checked change adds",
        "allow-new-suppressions = false",
        policy="only the policy's counts; meant for a policy",
    ),
    "allow": Setting(
        None,
        "findings that are accepted: in which files, of which rules, why",
        '[[allow]]\npaths = ["tests/fixtures/*.pem"]\nrules = ["hardcoded-secret"]\n'
        'reason = "keys of a test server that exists only in the test"',
        policy="the policy's, and the repository's for rules that may be suppressed",
    ),
    "exception": Setting(
        None,
        "in a policy: findings that `palint fleet` accepts until a day",
        '[[exception]]\nrepository = "acme/legacy-*"\nrule = "env-file"\npath = "deploy/"\n'
        'reason = "moves with the new cluster"\nowner = "@acme/platform"\nuntil = "2027-03-31"',
        policy="only the policy's counts, in `palint fleet`; meant for a policy",
    ),
    "pattern": Setting(
        None,
        "rules without code, for a token of your own",
        '[[pattern]]\nid = "acme-token"\nmessage = "hardcoded Acme token"\nkeyword = "acme_"\n'
        "regex = '\\bacme_[a-z0-9]{32}\\b'\n"
        "bad = [\"ACME = 'acme_00112233445566778899aabbccddeeff'\"]\ngood = [\"ACME = 'acme_token'\"]",
        policy="the policy's, and the repository's with other ids",
    ),
    "rules": Setting(
        None,
        "options of single rules",
        '[rules.github-secret]\nallow = ["CODECOV_TOKEN"]',
        policy="the policy's, option by option, where it sets one",
    ),
}
OptionTypes = Mapping[str, Mapping[str, tuple[Any, Any, str]]]  # {rule: {option: (type, default, help)}}


# Name, type, the maximum that settings may request, and what it limits. Settings can only raise a limit: a
# lower one would exclude files from the check. The maximum keeps a change from exhausting the machine.
_LIMITS = (
    ("text", int, 100 << 20, "bytes of a file checked whole"),
    ("windows", int, 10 << 30, "bytes of a file checked in windows"),
    ("tree", int, 16 << 20, "bytes of a file that is parsed"),
    ("seconds", float, 600, "seconds a file may take"),
    ("run", float, 21_600, "seconds a run may take"),
)


def schema(rules: OptionTypes) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the settings in palint.toml."""
    import msgspec

    document = msgspec.json.schema(model(rules))
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = "palint settings"
    return document


def model(rules: OptionTypes) -> Any:
    """The msgspec type of the settings, the rules' own options included."""
    from copy import copy
    from datetime import date
    from functools import partial

    import msgspec

    def table(name: str, fields: list[tuple[Any, ...]], **how: Any) -> Any:
        return msgspec.defstruct(name, fields, forbid_unknown_fields=True, frozen=True, **how)

    kebab: dict[str, Any] = {"rename": "kebab", "kw_only": True}
    globs, end = "globs, as in .gitignore", "the last day, in UTC, on which it"
    tables = {
        "limits": table(
            "Limits",
            [
                (name, _of(kind, what, ge=getattr(Limits(), name), le=most), getattr(Limits(), name))
                for name, kind, most, what in _LIMITS
            ],
            **kebab,
        ),
        "allow": table(
            "Allow",
            [
                ("paths", _of(list[str], globs, min_length=1)),
                ("rules", _of(list[str], "ids of rules", min_length=1)),
                ("reason", _of(str, "why it is accepted", pattern=r"\S")),
                ("until", _of(date | None, f"{end} is accepted: 2027-01-31"), None),
            ],
            **kebab,
        ),
        "exception": table(
            "Exception",
            [
                ("repository", _of(str, "glob of repositories' names", pattern=r"\S")),
                ("rule", _of(str, "id of a rule", pattern=r"\S")),
                ("reason", _of(str, "why it is accepted", pattern=r"\S")),
                ("owner", _of(str, "who has asked for it", pattern=r"\S")),
                ("until", _of(date, f"{end} counts")),
                ("path", _of(str, "glob, as in .gitignore"), "*"),
            ],
            **kebab,
        ),
        "pattern": table(
            "Pattern",
            [
                ("id", _text("the rule's id", 3, 60, r"^[a-z][a-z0-9-]*$")),
                ("message", _text("what is wrong", 1, 80, r"\S")),
                ("keyword", _text("a text that each match has, in any letter case", 3, 40)),
                (
                    "regex",
                    _text("what is found, in Python's syntax; a group `value` is the secret", 1, 500),
                ),
                ("bad", _of(list[str], "lines in which it must be found", min_length=1)),
                ("good", _of(list[str], "lines in which it must not be found", min_length=1)),
                ("files", _of(list[str], f"{globs}; every file without any"), _default(())),
            ],
            **kebab,
        ),
    }
    tables = {name: kind if name == "limits" else list[kind] for name, kind in tables.items()}  # type: ignore[valid-type]
    per_rule: list[tuple[Any, ...]] = []
    for rule, options in rules.items():
        if options:
            fields = [
                (
                    attribute(name),
                    _of(kind, what),
                    msgspec.field(name=name, default_factory=partial(copy, value)),
                )
                for name, (kind, value, what, *_) in options.items()
            ]
            kind = table(f"Options_{attribute(rule)}", fields) | msgspec.UnsetType
            per_rule.append((attribute(rule), kind, msgspec.field(name=rule, default=msgspec.UNSET)))
    tables["rules"] = table("Rules", per_rule)
    fields = []
    for name, setting in SETTINGS.items():
        kind = tables.get(name, setting.type)
        default = msgspec.field(default_factory=kind) if name in ("limits", "rules") else None
        about = _of(kind, setting.description, min_length=setting.least or None)
        fields.append((name, about, default or _default(getattr(Config(), name))))
    return table("Settings", fields, **kebab)


def _of(kind: Any, description: str, **limits: Any) -> Any:
    """A type with its description, and limits as msgspec calls them."""
    from typing import Annotated

    import msgspec

    return Annotated[kind, msgspec.Meta(description=description, **limits)]


def _text(description: str, least: int, most: int, pattern: str | None = None) -> Any:
    return _of(str, description, min_length=least, max_length=most, pattern=pattern)


def _default(value: Any) -> Any:
    """A default of `Config`, as msgspec takes it."""
    import msgspec

    if isinstance(value, Severity | Confidence):
        return value.label
    if isinstance(value, tuple):
        return msgspec.field(default_factory=(lambda: list(value)) if value else list)
    return msgspec.field(default_factory=dict) if value == {} else value


def attribute(name: str) -> str:
    return re.sub(r"\W", "_", name)
