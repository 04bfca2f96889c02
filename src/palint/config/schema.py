"""The schema of the settings: the type that validates them, and the published JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from palint.config import Config
from palint.tree.project import Limits

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

    made = msgspec.json.schema(model(rules))
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "palint settings"
    return made


def model(rules: OptionTypes) -> Any:
    """The msgspec type of the settings, the rules' own options included."""
    from copy import copy
    from functools import partial
    from typing import Annotated, Literal

    import msgspec

    closed: dict[str, Any] = {
        "forbid_unknown_fields": True,
        "rename": "kebab",
        "kw_only": True,
        "frozen": True,
    }
    level = Literal["warning", "error"]
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
            ("rules", Annotated[list[str], msgspec.Meta(min_length=1)]),
            ("reason", Annotated[str, msgspec.Meta(pattern=r"\S", description="why it is accepted")]),
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
    words = list[str]
    return msgspec.defstruct(
        "Settings",
        [
            (
                "select",
                Annotated[words, msgspec.Meta(description="only these rules")],
                msgspec.field(default_factory=list),
            ),
            (
                "ignore",
                Annotated[words, msgspec.Meta(description="not these rules")],
                msgspec.field(default_factory=list),
            ),
            (
                "exclude",
                Annotated[words, msgspec.Meta(description="globs, as in .gitignore, of files not to check")],
                msgspec.field(default_factory=list),
            ),
            ("fail_on", level, "error"),
            ("severity", dict[str, level], msgspec.field(default_factory=dict)),
            (
                "environments",
                Annotated[
                    words, msgspec.Meta(min_length=1, description="the second part of a secret's name")
                ],
                msgspec.field(default_factory=lambda: list(Config().environments)),
            ),
            (
                "secret_loading_packages",
                Annotated[
                    words,
                    msgspec.Meta(description="packages that load secrets, for `palint migrate`"),
                ],
                msgspec.field(default_factory=list),
            ),
            ("limits", limits, msgspec.field(default_factory=limits)),
            (
                "allow_suppressing",
                Annotated[
                    words | None, msgspec.Meta(description="only these rules' findings may be suppressed")
                ],
                None,
            ),
            (
                "allow_new_suppressions",
                Annotated[
                    bool,
                    msgspec.Meta(description="whether a suppression counts that the checked change adds"),
                ],
                True,
            ),
            ("allow", list[allow], msgspec.field(default_factory=list)),  # type: ignore[valid-type]
            ("rules", rule_table, msgspec.field(default_factory=rule_table)),
        ],
        **closed,
    )


def _limit(kind: type, least: float, most: float, description: str) -> Any:
    from typing import Annotated

    import msgspec

    return Annotated[kind, msgspec.Meta(ge=least, le=most, description=description)]


def attribute(name: str) -> str:
    return re.sub(r"\W", "_", name)
