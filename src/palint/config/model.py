"""The settings in force, where each comes from, and their closed schema.

They come from `[tool.palint]` in the root's pyproject.toml or from the root's palint.toml, never both.
Validation and the published JSON Schema both come from `_model`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from palint.findings import PalintError, Severity
from palint.tree.gitignore import costly
from palint.tree.project import Limits
from palint.util import lazy_re

OptionTypes = Mapping[str, Mapping[str, tuple[Any, Any, str]]]  # {rule: {option: (type, default, help)}}
SETTINGS_FILES = ("palint.toml", "pyproject.toml")


# Name, type, the most that a repository may ask for, and what it bounds. A change could otherwise raise the
# limits and bring a file that needs them.
_LIMITS = (
    ("text", int, 100 << 20, "bytes of a file checked whole"),
    ("windows", int, 10 << 30, "bytes of a file checked in windows"),
    ("tree", int, 16 << 20, "bytes of a file that is parsed"),
    ("seconds", float, 600, "seconds a file may take"),
)
# tomllib takes time and memory that grow with the square of a dotted key's parts.
_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_LONG_KEY = lazy_re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*\.[ \t]*{_PART}){{100}}")


class ConfigError(PalintError):
    """Settings that cannot be used; the message names the file, the line and what to do."""


class Allow(NamedTuple):
    """`[[allow]]`: findings of `rules` in `paths` (globs) that are accepted, and why."""

    paths: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str
    line: int  # 1-based, in the settings file


class PolicyViolation(NamedTuple):
    """A setting that a policy did not let through: its key, and what was tried."""

    key: str
    message: str


class Config(NamedTuple):
    """The settings in force.

    allow_suppressing: the rules of which a comment or an `[[allow]]` may silence findings; None: every rule.
    allow_new_suppressions: whether a suppression that a change itself adds counts (seen with `--since`).
    overruled: what a policy did not let through. origins: {key: where its value comes from}.
    """

    select: tuple[str, ...] = ()  # empty: every rule
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
    severity: Mapping[str, Severity] = {}
    environments: tuple[str, ...] = ("production", "staging", "development")
    limits: Limits = Limits()
    allow: tuple[Allow, ...] = ()
    allow_suppressing: tuple[str, ...] | None = None
    allow_new_suppressions: bool = True
    policy_violations: tuple[PolicyViolation, ...] = ()
    rule_options: Mapping[str, Mapping[str, object]] = {}
    file: str = ""  # the settings file's path, relative to the root; "" without one
    provenance: Mapping[str, str] = {}


def load(name: str, text: bytes, rules: OptionTypes) -> Config:
    """The settings that a file's bytes hold.

    name: the path for messages; a name ending in `pyproject.toml` is read at `[tool.palint]`.
    rules: every rule's options, for `[rules.<id>]`.
    Raises ConfigError.
    """
    decoded, data = _toml(name, text)
    prefix: tuple[str, ...] = ()
    if name.endswith("pyproject.toml"):
        prefix = ("tool", "palint")
        tool = data.get("tool")
        data = tool.get("palint", {}) if isinstance(tool, dict) else {}
        if data == {}:
            return Config()
    if not isinstance(data, dict):
        raise ConfigError(f"{name}:{key_line(decoded, prefix)}: [tool.palint] must be a table")
    where = KeyLocator(name, decoded, prefix)
    _check_keys(data, rules, where)
    settings = _convert(data, rules, where)
    return _config(settings, data, where)


def schema(rules: OptionTypes) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the settings, as they stand in palint.toml."""
    import msgspec

    made = msgspec.json.schema(_model(rules))
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "palint settings"
    return made


def _toml(name: str, text: bytes) -> tuple[str, dict[str, Any]]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: not UTF-8; TOML must be. Save the file as UTF-8") from None
    long_key = _LONG_KEY.search(decoded)
    if long_key is not None:
        line = decoded.count("\n", 0, long_key.start()) + 1
        raise ConfigError(f"{name}:{line}: a key of more than 100 parts; no setting has one")
    try:
        return decoded, tomllib.loads(decoded)
    except tomllib.TOMLDecodeError as error:
        # The parser's own words may quote the file; its position does not.
        found = re.search(r"at line (\d+), column (\d+)", str(error))
        place = f"{found[1]}:{found[2]}" if found else str(decoded.count("\n") + 1)
        raise ConfigError(f"{name}:{place}: not valid TOML; mend the syntax there") from None
    except RecursionError:
        raise ConfigError(f"{name}:1: nested too deep to be settings") from None
    except ValueError:
        raise ConfigError(f"{name}:1: holds a number that is too long for Python") from None


class KeyLocator(NamedTuple):
    """Turns a key's path into `file:line`."""

    name: str
    text: str
    prefix: tuple[str, ...]

    def __call__(self, *path: str | int) -> str:
        return f"{self.name}:{key_line(self.text, (*self.prefix, *path))}"


def key_line(text: str, path: Iterable[str | int]) -> int:
    """The 1-based line on which a key of some TOML stands, or of its nearest ancestor found.

    No TOML reader tells: tables, arrays of tables and dotted keys are followed in the text. A number in
    `path` is an index into an array of tables.
    """
    wanted = [str(part) for part in path]
    best, best_line, table = 0, 1, list[str]()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[(\[?)\s*([^\]]+?)\s*\]", line)
        if header:
            table = _key_parts(header[2])
            if header[1]:
                index = counts.get(tuple(table), -1) + 1
                counts[tuple(table)] = index
                table = [*table, str(index)]
            keys = table
        else:
            key = re.match(
                r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""", line
            )
            if not key:
                continue
            keys = [*table, *_key_parts(key[1])]
        same = 0
        while same < min(len(keys), len(wanted)) and keys[same] == wanted[same]:
            same += 1
        if same > best and (same == len(keys) or same == len(wanted)):
            best, best_line = same, number
    return best_line


def _key_parts(dotted: str) -> list[str]:
    return [a or b or c for a, b, c in re.findall(r"""([\w-]+)|"([^"]*)"|'([^']*)'""", dotted)]


def _model(rules: OptionTypes) -> Any:
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
            (name, Annotated[kind, msgspec.Meta(gt=0, le=most, description=what)], getattr(Limits(), name))
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
            _attribute(rule),
            msgspec.defstruct(
                "Options_" + _attribute(rule),
                [
                    (
                        _attribute(name),
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


def _attribute(name: str) -> str:
    return re.sub(r"\W", "_", name)


_KEYS = (
    "select",
    "ignore",
    "exclude",
    "fail-on",
    "severity",
    "environments",
    "limits",
    "allow-suppressing",
    "allow-new-suppressions",
    "allow",
    "rules",
)
_ALLOW = ("paths", "rules", "reason")


def _check_keys(data: Mapping[str, Any], rules: OptionTypes, where: KeyLocator) -> None:
    """Unknown keys and rules, each with its line and the nearest match."""
    _known(data, _KEYS, where, (), "setting")
    for key in ("select", "ignore", "allow-suppressing"):
        for word in _list(data, key):
            _known([word], rules, where, (key,), "rule", leaf=False)
    for key, known, what in (
        ("severity", rules, "rule"),
        ("limits", Limits._fields, "limit"),
        ("rules", rules, "rule"),
    ):
        _known(_table(data, key), known, where, (key,), what)
    for index, entry in enumerate(_list(data, "allow")):
        if isinstance(entry, dict):
            _known(entry, _ALLOW, where, ("allow", index), "key of [[allow]]")
            _known(
                _list(entry, "rules"),
                rules,
                where,
                ("allow", index, "rules"),
                "rule",
                leaf=False,
            )
    for rule, options in _table(data, "rules").items():
        if isinstance(options, dict):
            if not rules[rule] and options:
                raise ConfigError(
                    f"{where('rules', rule)}: the rule {rule!r} has no settings; remove the table"
                )
            _known(options, rules[rule], where, ("rules", rule), f"setting of {rule}")


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    """A list of the settings; empty where something else stands, which the model refuses later."""
    return data[key] if isinstance(data.get(key), list) else []


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    return data[key] if isinstance(data.get(key), dict) else {}


def _known(
    given: Iterable[Any],
    known: Iterable[str],
    where: KeyLocator,
    at: tuple[str | int, ...],
    what: str,
    *,
    leaf: bool = True,
) -> None:
    known = list(known)
    for word in given:
        if isinstance(word, str) and word not in known:
            from difflib import get_close_matches

            near = get_close_matches(word, known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
            raise ConfigError(
                f"{where(*at, word) if leaf else where(*at)}: no {what} is called {word!r}{hint}"
            )


def _convert(data: Mapping[str, Any], rules: OptionTypes, where: KeyLocator) -> Any:
    import msgspec

    if isinstance(data.get("rules"), dict):  # a rule without options has no table of its own in the model
        data = {**data, "rules": {k: v for k, v in data["rules"].items() if rules[k]}}
    try:
        return msgspec.convert(data, _model(rules))
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        parts: list[str | int] = [
            int(index) if index else name for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", path)
        ]
        dotted = ".".join(str(p) for p in parts) or "settings"
        raise ConfigError(f"{where(*parts)}: {dotted}: {message[:1].lower()}{message[1:]}") from None


def _config(settings: Any, data: Mapping[str, Any], where: KeyLocator) -> Config:
    level = {s.label: s for s in Severity}
    for glob in settings.exclude:
        _refuse_costly(glob, where("exclude"))
    for number, each in enumerate(settings.allow):
        for glob in each.paths:
            _refuse_costly(glob, where("allow", number))
    options: dict[str, dict[str, object]] = {}
    for rule in data.get("rules", {}):
        made = getattr(settings.rules, _attribute(rule), None)
        if made is not None:
            options[rule] = {name: getattr(made, _attribute(name)) for name in data["rules"][rule]}
    return Config(
        select=tuple(settings.select),
        ignore=tuple(settings.ignore),
        exclude=tuple(settings.exclude),
        fail_on=level[settings.fail_on],
        severity={rule: level[word] for rule, word in settings.severity.items()},
        environments=tuple(settings.environments),
        limits=Limits(**{name: getattr(settings.limits, name) for name in Limits._fields}),
        allow=tuple(
            Allow(tuple(a.paths), tuple(a.rules), a.reason, key_line(where.text, (*where.prefix, "allow", i)))
            for i, a in enumerate(settings.allow)
        ),
        allow_suppressing=None if settings.allow_suppressing is None else tuple(settings.allow_suppressing),
        allow_new_suppressions=settings.allow_new_suppressions,
        rule_options=options,
        file=where.name,
        provenance={key: where(key) for key in data},
    )


def _refuse_costly(glob: str, place: str) -> None:
    if costly(glob):
        raise ConfigError(
            f"{place}: a pattern with so many wildcards takes too long to match; write a simpler one"
        )
