"""The schema of the settings: the type that validates them, and the published JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from palint.config import Config
from palint.findings import Confidence, Severity
from palint.tree.project import Limits
from palint.util.named_tuple import NamedTuple

_Level = Literal["warning", "error"]
_Confidence = Literal["low", "high"]


class Setting(NamedTuple):
    """A setting. type: None for a table, which `model` makes. least: items that a list must have."""

    type: Any
    description: str
    least: int = 0


# In the order of the schema. A setting's default is that of the field of `Config` with its name.
# `palint.config.settings` reads and copies each one, and `make docs` writes the published schema.
SETTINGS: Mapping[str, Setting] = {
    "required_version": Setting(str, "the versions of palint that may check the repository"),
    "extends": Setting(str, "a settings file of the repository, or an installed package that has one"),
    "select": Setting(list[str], "run only these rules"),
    "ignore": Setting(list[str], "do not run these rules"),
    "exclude": Setting(list[str], "globs, as in .gitignore, of files not to check"),
    "extend_exclude": Setting(list[str], "globs besides those of `exclude`, also of extended settings"),
    "fail_on": Setting(_Level, "lowest severity that fails a run"),
    "min_confidence": Setting(_Confidence, "lowest confidence of a finding that is reported"),
    "severity": Setting(dict[str, _Level], "the severity of a rule's findings"),
    "environments": Setting(list[str], "the second part of a secret's name", least=1),
    "secret_loading_packages": Setting(list[str], "packages that load secrets, for `palint migrate`"),
    "limits": Setting(None, "how large a file and how long a run may be"),
    "allow_suppressing": Setting(list[str] | None, "only these rules' findings may be suppressed"),
    "allow_new_suppressions": Setting(bool, "whether a suppression counts that the checked change adds"),
    "allow": Setting(None, "findings that are accepted: in which files, of which rules, why"),
    "exception": Setting(None, "in a policy: findings that `palint fleet` accepts until a day"),
    "pattern": Setting(None, "rules without code, for a token of your own"),
    "rules": Setting(None, "options of single rules"),
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
    from typing import Annotated

    import msgspec

    closed: dict[str, Any] = {
        "forbid_unknown_fields": True,
        "rename": "kebab",
        "kw_only": True,
        "frozen": True,
    }
    limits = msgspec.defstruct(
        "Limits",
        [
            (name, _limit(kind, getattr(Limits(), name), most, what), getattr(Limits(), name))
            for name, kind, most, what in _LIMITS
        ],
        **closed,
    )
    allow = msgspec.defstruct(
        "Allow",
        [
            (
                "paths",
                Annotated[list[str], msgspec.Meta(min_length=1, description="globs, as in .gitignore")],
            ),
            ("rules", Annotated[list[str], msgspec.Meta(min_length=1, description="ids of rules")]),
            ("reason", Annotated[str, msgspec.Meta(pattern=r"\S", description="why it is accepted")]),
            (
                "until",
                Annotated[
                    date | None,
                    msgspec.Meta(description="the last day, in UTC, on which it is accepted: 2027-01-31"),
                ],
                None,
            ),
        ],
        **closed,
    )
    required = {
        "repository": (r"\S", "glob of repositories' names"),
        "rule": (r"\S", "id of a rule"),
        "reason": (r"\S", "why it is accepted"),
        "owner": (r"\S", "who has asked for it"),
    }
    exception = msgspec.defstruct(
        "Exception",
        [
            *(
                (name, Annotated[str, msgspec.Meta(pattern=pattern, description=what)])
                for name, (pattern, what) in required.items()
            ),
            ("until", Annotated[date, msgspec.Meta(description="the last day, in UTC, on which it counts")]),
            ("path", Annotated[str, msgspec.Meta(description="glob, as in .gitignore")], "*"),
        ],
        **closed,
    )
    texts = {  # name: (pattern, least and most characters, what it is)
        "id": (r"^[a-z][a-z0-9-]*$", 3, 60, "the rule's id"),
        "message": (r"\S", 1, 80, "what is wrong"),
        "keyword": (None, 3, 40, "a text that each match has, in any letter case"),
        "regex": (None, 1, 500, "what is found, in Python's syntax; a group `value` is the secret"),
    }
    lines = {"bad": "lines in which it must be found", "good": "lines in which it must not be found"}
    pattern = msgspec.defstruct(
        "Pattern",
        [
            *(
                (
                    name,
                    Annotated[
                        str, msgspec.Meta(pattern=form, min_length=least, max_length=most, description=what)
                    ],
                )
                for name, (form, least, most, what) in texts.items()
            ),
            *(
                (name, Annotated[list[str], msgspec.Meta(min_length=1, description=what)])
                for name, what in lines.items()
            ),
            (
                "files",
                Annotated[
                    list[str], msgspec.Meta(description="globs, as in .gitignore; every file without any")
                ],
                msgspec.field(default_factory=list),
            ),
        ],
        **closed,
    )
    per_rule: list[Any] = [
        (
            attribute(rule),
            msgspec.defstruct(
                "Options_" + attribute(rule),
                [
                    (
                        attribute(name),
                        Annotated[option[0], msgspec.Meta(description=option[2])],
                        msgspec.field(name=name, default_factory=partial(copy, option[1])),
                    )
                    for name, option in options.items()
                ],
                forbid_unknown_fields=True,
                frozen=True,
            ),
            msgspec.field(name=rule, default=msgspec.UNSET),
        )
        for rule, options in rules.items()
        if options
    ]
    per_rule = [(a, t | msgspec.UnsetType, f) for a, t, f in per_rule]
    rule_table = msgspec.defstruct("Rules", per_rule, forbid_unknown_fields=True, frozen=True)
    tables = {
        "limits": limits,
        "allow": list[allow],  # type: ignore[valid-type]
        "exception": list[exception],  # type: ignore[valid-type]
        "pattern": list[pattern],  # type: ignore[valid-type]
        "rules": rule_table,
    }
    return msgspec.defstruct(
        "Settings",
        [
            (name, _annotated(setting, tables.get(name, setting.type)), _default(name, tables.get(name)))
            for name, setting in SETTINGS.items()
        ],
        **closed,
    )


def _annotated(setting: Setting, kind: Any) -> Any:
    from typing import Annotated

    import msgspec

    return Annotated[kind, msgspec.Meta(description=setting.description, min_length=setting.least or None)]


def _default(name: str, table: Any) -> Any:
    """The default of a setting, as msgspec takes it; that of a table is made by its type."""
    import msgspec

    if name in ("limits", "rules"):
        return msgspec.field(default_factory=table)
    value = getattr(Config(), name)
    if isinstance(value, Severity | Confidence):
        return value.label
    if isinstance(value, tuple):
        return msgspec.field(default_factory=(lambda: list(value)) if value else list)
    return msgspec.field(default_factory=dict) if value == {} else value


def _limit(kind: type, least: float, most: float, description: str) -> Any:
    from typing import Annotated

    import msgspec

    return Annotated[kind, msgspec.Meta(ge=least, le=most, description=description)]


def attribute(name: str) -> str:
    return re.sub(r"\W", "_", name)
