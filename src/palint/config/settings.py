"""Settings from the bytes of a file: `[tool.palint]` of a pyproject.toml, or a palint.toml, never both."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from palint import __version__
from palint.config import Allow, Config, ConfigError, FleetException, Pattern
from palint.config.schema import SETTINGS, OptionTypes, attribute, model, schema
from palint.findings import Confidence, Severity
from palint.languages.toml import KeyLocator
from palint.tree.gitignore import costly
from palint.tree.project import Limits
from palint.util import compiled_patterns, lazy_re
from palint.util.choices import invalid_value
from palint.util.typing import Any, TypeVar

with compiled_patterns.during_import():
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

T = TypeVar("T")

# tomllib's time and memory grow with the square of the number of parts in a dotted key.
_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_LONG_KEY = lazy_re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*\.[ \t]*{_PART}){{100}}")


def load(
    name: str, text: bytes, rules: OptionTypes, extended: Callable[[str, str], Config] | None = None
) -> Config:
    """Parse and validate the settings in a file's bytes.

    name: the path for messages; a name ending in `pyproject.toml` is read at `[tool.palint]`.
    rules: every rule's options, for `[rules.<id>]`.
    extended: returns the settings that `extends` names, given its value and its place for messages; None
    where it is refused.
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
    where = _Places(name, decoded, prefix)
    if not isinstance(data, dict):
        raise ConfigError(f"{where()}: [tool.palint] must be a table")
    _check_version(data.get("required-version"), where)
    named = data.get("extends")
    above = None
    if isinstance(named, str):
        if extended is None:
            raise ConfigError(
                f"{where('extends')}: `extends` is for the settings in the root or a policy, and not for "
                "those that are extended: name everything there"
            )
        above = extended(named, where("extends"))
    patterns = [each.get("id") for each in _list(data, "pattern") if isinstance(each, dict)]
    patterns += [] if above is None else [pattern.id for pattern in above.pattern]
    rules = {**{name: {} for name in patterns if isinstance(name, str)}, **rules}
    _check_keys(data, rules, where)
    config = _config(_convert(data, rules, where), data, where)
    return config if above is None else _extend(config, above)


def _extend(own: Config, above: Config) -> Config:
    """Settings on top of those that they extend.

    Of a key in both, the own value counts: of `severity` for a rule, of `rules` for an option. Entries of
    `allow`, `exception` and `pattern` add to the others.
    """
    taken = {key.partition(".")[0].replace("-", "_") for key in own.provenance} - {"rules"}
    used = {pattern.id for pattern in above.pattern}
    for pattern in own.pattern:
        if pattern.id in used:
            raise ConfigError(
                f"{own.file}:{pattern.line}: {own.extends} has a pattern {pattern.id!r}: choose another id"
            )
    merged = above._replace(**{name: getattr(own, name) for name in taken})
    return merged._replace(
        exclude=own.exclude if "exclude" in taken else (*above.exclude, *own.extend_exclude),
        severity={**above.severity, **own.severity},
        allow=(*own.allow, *above.allow),
        exception=(*own.exception, *above.exception),
        pattern=(*own.pattern, *above.pattern),
        rule_options={
            rule: {**above.rule_options.get(rule, {}), **own.rule_options.get(rule, {})}
            for rule in {**above.rule_options, **own.rule_options}
        },
        file=own.file,
        extended=above.file,
        provenance={**above.provenance, **own.provenance},
    )


def _toml(name: str, text: bytes) -> tuple[str, dict[str, Any]]:
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
        # The parser's message may quote the file, so only its position is shown.
        match = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"{match[1]}:{match[2]}" if match else str(decoded.count("\n") + 1)
        raise ConfigError(f"{name}:{where}: not valid TOML; fix the syntax there") from None
    except RecursionError:
        raise ConfigError(f"{name}:1: nested too deeply for settings") from None
    except ValueError:
        raise ConfigError(f"{name}:1: contains a number that is too long for Python") from None


class _Places:
    """Finds the `file:line` of a key's path, which is relative to palint's own table."""

    def __init__(self, name: str, text: str, prefix: tuple[str, ...]) -> None:
        self.name, self._keys, self._prefix = name, KeyLocator(text), prefix

    def line(self, *path: str | int) -> int:
        return self._keys.line((*self._prefix, *path))

    def __call__(self, *path: str | int) -> str:
        return f"{self.name}:{self.line(*path)}"


def _check_version(required: object, where: _Places) -> None:
    """Refuse settings for another version, before the keys that only that one has."""
    if not isinstance(required, str):
        return
    from palint.config.required_version import holds, is_requirement

    if not is_requirement(required):
        raise ConfigError(
            f'{where("required-version")}: required-version: write a version as in ">=0.2,<0.3"'
        )
    if not holds(required, __version__):
        raise ConfigError(
            f"{where('required-version')}: these settings are for palint {required}, and this is "
            f"{__version__}: install a version that they allow"
        )


_KEYS = tuple(name.replace("_", "-") for name in SETTINGS)
_ALLOW = ("paths", "rules", "reason", "until")
_EXCEPTION, _PATTERN = FleetException._fields, Pattern._fields[:-1]


def _check_keys(data: Mapping[str, Any], rules: OptionTypes, where: _Places) -> None:
    """Report unknown keys and rules, with the line and the most similar known name."""
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
            _known(_list(entry, "rules"), rules, where, ("allow", index, "rules"), "rule", leaf=False)
    for index, entry in enumerate(_list(data, "exception")):
        if isinstance(entry, dict):
            _known(entry, _EXCEPTION, where, ("exception", index), "key of [[exception]]")
            _known([entry.get("rule")], rules, where, ("exception", index, "rule"), "rule", leaf=False)
    for index, entry in enumerate(_list(data, "pattern")):
        if isinstance(entry, dict):
            _known(entry, _PATTERN, where, ("pattern", index), "key of [[pattern]]")
    for rule, options in _table(data, "rules").items():
        if isinstance(options, dict):
            if not rules[rule] and options:
                raise ConfigError(
                    f"{where('rules', rule)}: the rule {rule!r} has no settings; remove the table"
                )
            _known(options, rules[rule], where, ("rules", rule), f"setting of {rule}")


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    """A list of the settings; empty for another type, which the model rejects later."""
    return data[key] if isinstance(data.get(key), list) else []


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    return data[key] if isinstance(data.get(key), dict) else {}


def _known(
    names: Iterable[Any],
    known: Iterable[str],
    where: _Places,
    at: tuple[str | int, ...],
    what: str,
    *,
    leaf: bool = True,
) -> None:
    """Refuse a name that is not known. leaf: whether the names are keys at `at`, not words of its value."""
    known = list(known)
    for word in names:
        if isinstance(word, str) and word not in known:
            from difflib import get_close_matches

            near = get_close_matches(word, known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
            raise ConfigError(
                f"{where(*at, word) if leaf else where(*at)}: no {what} is called {word!r}{hint}"
            )


def _convert(data: Mapping[str, Any], rules: OptionTypes, where: _Places) -> Any:
    with compiled_patterns.during_import():
        import msgspec

    if isinstance(data.get("rules"), dict):  # a rule without options has no table in the model
        data = {**data, "rules": {k: v for k, v in data["rules"].items() if rules[k]}}
    try:
        return msgspec.convert(data, model(rules))
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        parts: list[str | int] = [
            int(index) if index else name for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", path)
        ]
        value, choices = _outside_choices(data, parts, rules)
        dotted = ".".join(str(p) for p in parts) or "settings"
        if choices:
            raise ConfigError(f"{where(*parts)}: {invalid_value(value, dotted, choices)}") from None
        below = dotted.startswith("limits.") and ">=" in message
        message = _in_words(message)
        if below:
            message += ": settings can only raise a limit"
        raise ConfigError(f"{where(*parts)}: {dotted}: {message}") from None


_TYPES = {
    "array": "a list", "bool": "`true` or `false`", "float": "a number", "int": "a whole number",
    "object": "a table", "str": "a text",
}  # fmt: skip


def _in_words(message: str) -> str:
    """A message of msgspec in plain English."""
    if missing := re.fullmatch(r"Object missing required field (`.+`)", message):
        return f"{missing[1]} is missing"
    if other := re.fullmatch(r"Expected `(\w+)`, got `(\w+)`", message):
        return f"must be {_TYPES.get(other[1], other[1])}, not {_TYPES.get(other[2], other[2])}"
    if limit := re.fullmatch(r"Expected `(\w+)` (of length )?([<>])= (\d+)", message):
        if limit[2] and limit[3] + limit[4] == ">1":
            return "must not be empty"
        unit = " characters" if limit[2] else ""
        return f"must {'have' if unit else 'be'} at {'least' if limit[3] == '>' else 'most'} {limit[4]}{unit}"
    if "matching regex" in message:
        return (
            "must have only letters a to z, digits and hyphens, and start with a letter"
            if "a-z" in message
            else "must not be empty"
        )
    if "date" in message:
        return "must be a date, such as 2027-01-31"
    return f"{message[:1].lower()}{message[1:]}"


def _outside_choices(
    data: Any, parts: list[str | int], rules: OptionTypes
) -> tuple[object, Sequence[object]]:
    """(the value at a path, the values that are allowed there); ((), ()) if any value or this one is allowed.

    parts: the path to the value; the key of a table whose keys are free is added.
    """
    declared = schema(rules)

    def resolve(node: Any) -> Any:
        while "$ref" in node:
            node = declared["$defs"][node["$ref"].rpartition("/")[2]]
        return node

    node = resolve(declared)
    for part in parts:
        data = data[part]
        node = resolve(node["items"] if isinstance(part, int) else node["properties"][part])
    free = node.get("additionalProperties")  # msgspec does not say which key it is
    if isinstance(free, dict) and isinstance(data, dict):
        parts.append(next(key for key, value in data.items() if value not in free["enum"]))
        node, data = free, data[parts[-1]]
    return (data, node["enum"]) if "enum" in node else ((), ())


def _config(settings: Any, data: Mapping[str, Any], where: _Places) -> Config:
    level = {s.label: s for s in Severity}
    for path, globs in _globs(settings):
        if any(map(costly, globs)):
            message = "a pattern with so many wildcards takes too long to match; write a simpler one"
            raise ConfigError(f"{where(*path)}: {message}")
    options: dict[str, dict[str, object]] = {}
    for rule in data.get("rules", {}):
        table = getattr(settings.rules, attribute(rule), None)
        if table is not None:
            options[rule] = {name: getattr(table, attribute(name)) for name in data["rules"][rule]}
    values = {name: getattr(settings, name) for name in SETTINGS if name != "rules"}
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    values |= {
        "exclude": (*settings.exclude, *settings.extend_exclude),
        "fail_on": level[settings.fail_on],
        "min_confidence": Confidence[settings.min_confidence.upper()],
        "severity": {rule: level[word] for rule, word in settings.severity.items()},
        "limits": Limits(**{name: getattr(settings.limits, name) for name in Limits._fields}),
        "allow": tuple(
            _plain(Allow, each, line=where.line("allow", number), file=where.name)
            for number, each in enumerate(settings.allow)
        ),
        "exception": tuple(_plain(FleetException, each) for each in settings.exception),
        "pattern": tuple(
            _plain(Pattern, each, line=where.line("pattern", number))
            for number, each in enumerate(settings.pattern)
        ),
    }
    return Config(
        **values,
        rule_options=options,
        file=where.name,
        provenance={
            **{key: where(key) for key in data},
            **{
                f"rules.{rule}.{name}": where("rules", rule, name)
                for rule in options
                for name in options[rule]
            },
        },
    )


def _plain(kind: Callable[..., T], entry: Any, **more: object) -> T:
    """An entry of an array of tables as plain data: lists are tuples, dates texts, and no value is ""."""
    values = {name: getattr(entry, name) for name in entry.__struct_fields__}
    for name, value in values.items():
        if isinstance(value, date):
            values[name] = value.isoformat()
        elif value is None or isinstance(value, list):
            values[name] = tuple(value) if value is not None else ""
    return kind(**values, **more)


def _globs(settings: Any) -> Iterator[tuple[tuple[str | int, ...], Iterable[str]]]:
    """(the path of a key, the globs that it has), of all keys with globs."""
    yield ("exclude",), settings.exclude
    yield ("extend-exclude",), settings.extend_exclude
    for number, allow in enumerate(settings.allow):
        yield ("allow", number), allow.paths
    for number, exception in enumerate(settings.exception):
        yield ("exception", number), (exception.repository, exception.path)
    for number, pattern in enumerate(settings.pattern):
        yield ("pattern", number), pattern.files
