"""Write docs/settings.md, the page of all settings, from their schema: `python docs/make_settings.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from palint import registry
from palint.config import Config, folders
from palint.config.schema import SETTINGS, Setting, schema

PAGE = Path(__file__).with_name("settings.md")


HEAD = """\
# Settings

Settings configure palint: in a config file at the root of the repository, `palint.toml` (or `.palint.toml`,
or `.config/palint.toml`), or in `[tool.palint]` of `pyproject.toml`; in one of them only. There is nothing to
set before the first run: each setting has a default. An unknown key or value is an error, with its line and
what to write instead.

```toml
# palint.toml
exclude = ["vendor/"]
fail-on = "warning"
environments = ["production", "staging", "development"]
```

In `pyproject.toml` the same keys are in the table `tool.palint`:

```toml
[tool.palint]
exclude = ["vendor/"]

[tool.palint.rules.github-secret]
allow = ["CODECOV_TOKEN"]
```

[All settings](#all-settings) are below. `palint config` prints those in force, each with the file and line
that it comes from, and `palint config --schema` their JSON Schema for editors. To silence a finding, see
[Accept a finding](accept.md).

## Who may override a setting

From strongest to weakest:

1. A [policy](policy.md) (`--policy`, `PALINT_POLICY`): the repository and the command line may be stricter,
   not laxer.
2. An option of the command line.
3. An environment variable, for the options that CI sets: `PALINT_FORMAT`, `PALINT_OUTPUT` (several are
   separated by spaces), `PALINT_FAIL_ON`, `PALINT_CONFIG`, `PALINT_BASELINE`, and `PALINT_NO_CACHE=1`. An
   empty one is not set.
4. The repository's settings file, or the one that `--config` names.
5. The default.

`--isolated` leaves out the repository's settings and baseline. The settings are those of what is checked: of
the index in the hook and with `--staged`. If a policy sets `allow-new-suppressions = false`, a change
that makes settings laxer is checked with the settings of its base.

## In a monorepo: settings per folder or package { #in-a-monorepo }

A folder may have its own configuration: a `palint.toml` (or `.palint.toml`) for the files below it, which
sets `severity`, `min-confidence`, `environments`, `[[allow]]` and `[rules]`. What it does not set is as
in the folders above. Its `[[allow]]` accepts findings in its folder only. Everything else may only be made
stricter: a severity raised, never lowered. An attempt to be laxer is a finding.

```toml
# packages/billing/palint.toml
environments = ["production", "sandbox"]

[[allow]]
paths = ["fixtures/*.pem"]
rules = ["hardcoded-secret"]
reason = "keys of a test server that exists only in the test"
```

`palint config` in that folder prints what is in force there. A settings file that git ignores or `exclude`
leaves out does not count, nor one in an installed package. `palint history` reads the root's settings alone:
an `[[allow]]` for a file of the past belongs there, with the folder in its `paths`.

## Settings shared by many repositories { #shared-by-many-repositories }

`extends` names settings that the repository's own build on: a file of the repository, by its path from the
settings file, or an installed Python package that has a `palint.toml`. Nothing is imported, and nothing is
downloaded.

```toml
# palint.toml
extends = "acme-standards"
extend-exclude = ["generated/"]
```

Where both set a key, the repository's value counts; in `[severity]` and `[rules]`, entry by entry.
`[[allow]]`, `[[pattern]]` and `extend-exclude` add to what is extended. Extended settings cannot extend
others.

The package is one that is installed beside palint: `uvx --with acme-standards palint`, or
`additional_dependencies: [acme-standards]` of the hook; its folder has the import name, `acme_standards`. A
package that the checked repository tracks is refused: name its file. What a repository must not change
belongs in a [policy](policy.md), not in `extends`.

"""


def page() -> str:
    """The page in Markdown."""
    rules = registry.load()
    options = {name: {o: tuple(v) for o, v in rule.options.items()} for name, rule in rules.items()}
    definitions = schema(options)["$defs"]  # type: ignore[arg-type]
    keys = definitions["Settings"]["properties"]
    heading = "## All settings: configuration options of the config file { #all-settings }"
    parts = [f"{HEAD}{heading}\n\n| setting | what it is | default |\n| --- | --- | --- |"]
    parts[0] += "".join(
        f"\n| [`{key}`](#setting-{key}) | {s['description']} | {_default(key, s)} |"
        for key, s in keys.items()
    )
    for key, setting in keys.items():
        parts += _section(key, setting, SETTINGS[key.replace("-", "_")], definitions)
    return "\n\n".join(parts) + "\n"


def _section(
    key: str, setting: Mapping[str, Any], about: Setting, definitions: Mapping[str, Any]
) -> Iterator[str]:
    description = setting["description"]
    # Not the key alone: who searches for "ignore" looks for the page on suppressing a finding.
    yield f"## Setting `{key}`"
    yield f"{description[:1].upper()}{description[1:]}."
    rows = [
        ("type", _type(setting)),
        ("default", _default(key, setting)),
        ("on the command line", about.option or "no option"),
        ("with a policy", about.policy),
        ("in a folder", "yes" if key in folders.KEYS else "no, it is for the whole repository"),
    ]
    yield "| | |\n| --- | --- |\n" + "\n".join(f"| {name} | {text} |" for name, text in rows)
    if key == "rules":
        yield _rule_options(setting, definitions)
    elif key in ("limits", "allow", "exception", "pattern"):
        yield _table(setting, definitions)
    yield f"```toml\n# palint.toml\n{about.example}\n```"


def _table(setting: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The keys of a table."""
    fields = definitions[_reference(setting)]["properties"]
    lines = ["| key | what it is | type | default |", "| --- | --- | --- | --- |"]
    for name, field in fields.items():
        default = f"`{json.dumps(field['default'])}`" if "default" in field else "required"
        lines.append(f"| `{name}` | {field['description']} | {_type(field)} | {default} |")
    return "\n".join(lines)


def _rule_options(setting: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The options of the rules that have any, with a link to each rule's page."""
    rules = registry.load()
    lines = ["| option | what it is | type | default |", "| --- | --- | --- | --- |"]
    for rule, reference in definitions[_reference(setting)]["properties"].items():
        fields = definitions[_reference(reference)]["properties"]
        for name, field in fields.items():
            option = rules[rule].options[name]
            lines.append(
                f"| [`{rule}`](rules/{rule}.md)`.{name}` | {option.help.rstrip('.')} | {_type(field)} "
                f"| `{json.dumps(option.default)}` |"
            )
    return "\n".join(lines)


def _reference(setting: Mapping[str, Any]) -> str:
    """The name of the definition that a setting, or each item of it, refers to."""
    return str((setting.get("items") or setting)["$ref"]).rpartition("/")[2]


def _default(key: str, setting: Mapping[str, Any]) -> str:
    if "$ref" in setting:
        return "see below"
    if key in ("select", "allow-suppressing"):
        return "every rule"
    default = setting["default"] if "default" in setting else getattr(Config(), key.replace("-", "_"))
    return f"`{json.dumps(default)}`" if default not in ([], {}) else "none"


def _type(setting: Mapping[str, Any]) -> str:
    """A type of the schema in words."""
    if "enum" in setting:
        return " or ".join(f"`{json.dumps(word)}`" for word in setting["enum"])
    if "anyOf" in setting:
        return " or ".join(_type(each) for each in setting["anyOf"] if each != {"type": "null"})
    if "$ref" in setting:
        return "table"
    if setting["type"] == "array":
        return "tables" if "$ref" in setting["items"] else "list of strings"
    if setting["type"] == "object":
        return f"table of rules: {_type(setting['additionalProperties'])}"
    if "minimum" in setting:
        return f"number from {setting['minimum']:,.0f} to {setting['maximum']:,}"
    return {"boolean": "`true` or `false`", "integer": "number"}.get(setting["type"], setting["type"])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
