"""`palint rules`, `palint explain` and `palint config`."""

from __future__ import annotations

import json
import os

from palint import registry, secrets
from palint.cli import target
from palint.cli.exit_codes import EXIT_FINDINGS, EXIT_OK
from palint.cli.options import CheckOptions, default_policy, environment
from palint.cli.output import colored
from palint.config import Config
from palint.config import schema as config_schema
from palint.findings import Confidence, Severity
from palint.pattern_rule import PatternRule
from palint.report.escape import terminal
from palint.report.summary import notice_line, pluralize
from palint.rule import Clause, Example, Rule
from palint.secrets.synthetic import SHAPES
from palint.tree.worktree import WorkTree


def list_rules(format_: str, options: CheckOptions) -> int:
    """List the rules, those of `[[pattern]]` in the settings in force too: one per line, or as JSON."""
    rules, _ = _rules_here(options)
    if format_ == "json":
        print(json.dumps([_rule_data(rule) for rule in rules.values()], indent=2))
        return EXIT_OK
    width = max(map(len, rules))
    for name, rule in rules.items():
        fixable = "*" if any(e.fixed is not None for e in rule.bad) else " "
        about = f"{rule.summary()} (preview)" if rule.preview else rule.summary()
        print(f"{name:{width}} {fixable} {rule.clause.label:3} {rule.severity.label:8} {about}")
    print(f"\n{len(rules)} rules; * has a fix. `palint explain RULE` shows one's page.")
    return EXIT_OK


def run_examples(options: CheckOptions) -> int:
    """Run the examples of the patterns in the settings in force, and of the rules of other packages.

    Raises ConfigError for a pattern with one that does not hold.
    """
    from palint.testing import run_examples

    rules, config = _rules_here(options)
    others = [rule for name, rule in rules.items() if not rule.is_own() and not issubclass(rule, PatternRule)]
    for pattern in config.pattern:
        print(f"{pattern.id}: {pluralize(len(pattern.bad) + len(pattern.good), 'example')}")
    code = EXIT_OK
    for rule in others:
        try:
            print(f"{rule.id()}: {pluralize(run_examples(rule), 'example')}")
        except AssertionError as error:
            print("\n".join(map(terminal, str(error).split("\n"))))
            code = EXIT_FINDINGS
    if not (config.pattern or others):
        print("No [[pattern]] in the settings here or the policy, and no rule of another package.")
    return code


def _rules_here(options: CheckOptions) -> tuple[dict[str, type[Rule]], Config]:
    """The rules by id, with those of `[[pattern]]` in the settings of this folder and the policy; these."""
    from palint.cli.plan import on_disk, resolve_config

    rules, root = dict(registry.load()), target.find(()).root
    # Nothing is checked, so a policy in the repository counts before it is committed.
    source = on_disk(root)._replace(policy=lambda path: target.read_file(os.path.join(root, path)))
    config = resolve_config(options, root, rules, source)
    return rules, config


def _rule_data(rule: type[Rule]) -> dict[str, object]:
    """A rule's entry in `palint rules --format json`, with its options, defaults and help."""
    return {
        "id": rule.id(),
        "clause": None if rule.clause is Clause.NONE else rule.clause.label,
        "severity": rule.severity.label,
        "summary": rule.summary(),
        "fixable": any(example.fixed is not None for example in rule.bad),
        "url": rule.url() or None,
        "since": rule.since or None,
        "preview": rule.preview,
        "options": {name: {"default": o.default, "help": o.help} for name, o in rule.options.items()},
    }


def explain(name: str, color: str) -> int:
    """The page of a rule, or of a clause with its rules; on a terminal the Markdown is rendered.

    Without a name, the list of rules. A `[[pattern]]` of the settings here is a rule, too.
    """
    options = CheckOptions(policy=default_policy())
    if not name:
        return list_rules("text", options)
    rules = registry.load()
    if name not in rules:
        rules, _ = _rules_here(options)
    named = [rules[rule] for rule in registry.select_rules(name, rules)]
    page = rule_page(named[0]) if name in rules else _clause_page(named)
    if colored(color):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(force_terminal=True).print(Markdown(page))
    else:
        print(page)
    return EXIT_OK


def _clause_page(rules: list[type[Rule]]) -> str:
    clause = rules[0].clause
    lines = [f"- `{rule.id()}`: {rule.summary()}" for rule in rules]
    text = f"{clause.sentence}.\n\nRules (`palint explain RULE` shows one's page):"
    return f"# {clause.label}\n\n{text}\n\n" + "\n".join(lines) + "\n"


def rule_page(rule: type[Rule]) -> str:
    """A rule's page in Markdown, generated from its docstring, options and examples."""
    from inspect import cleandoc

    text = cleandoc(str(rule.__doc__))
    summary, _, rest = text.partition("\n")
    parts = [f"# {rule.id()}", f"{summary}\n", _facts(rule), rest.strip()]
    if rule.options and "## Settings" not in rest:
        parts.append("## Settings")
    if rule.options:
        parts.append(_options(rule))
    parts.append("## Examples\n\nFlagged:")
    parts += [_example(rule, e) for e in rule.bad]
    parts.append("Not flagged:")
    parts += [_example(rule, e) for e in rule.good]
    return "\n\n".join(p.strip("\n") for p in parts if p.strip()) + "\n"


def _facts(rule: type[Rule]) -> str:
    facts = [f"Severity: {rule.severity.label}."]
    if rule.clause is not Clause.NONE:
        facts.insert(0, f"Clause {rule.clause.label}: {rule.clause.sentence}.")
    if rule.supersedes:
        facts.append(f"Supersedes {', '.join(rule.supersedes)} where both report the same value.")
    if rule.since:
        facts.append(f"Since {rule.since}{'' if rule.preview else ', stable'}.")
    if rule.preview:
        facts.append("A preview: it runs only where `select` or `--select` names it.")
    return " ".join(facts)


def _options(rule: type[Rule]) -> str:
    lines = [f"```toml\n[tool.palint.rules.{rule.id()}]"]
    for name, option in rule.options.items():
        since = f" (since {option.since})" if option.since else ""
        lines.append(f"# {option.help}{since}\n{name} = {json.dumps(option.default)}")
    return "\n".join(lines) + "\n```"


def _example(rule: type[Rule], example: Example) -> str:
    files = dict(example.files) if example.files is not None else {example.path: example.text}
    blocks = [example.note and example.note[:1].upper() + example.note[1:] + ":"]
    for path, text in files.items():
        blocks.append((f"`{path}`\n\n" if path else "") + _fenced(text))
    if example.fixed is not None:
        fixed = {"": example.fixed} if isinstance(example.fixed, str) else example.fixed
        blocks += ["after the fix:", *(_fenced(text) for text in fixed.values())]
    return "\n\n".join(b for b in blocks if b)


def _fenced(text: str) -> str:
    """A code block with every synthetic secret masked."""
    for shape in SHAPES:
        text = text.replace("{" + shape + "}", "*" * 8)
    fence = "````" if "```" in text else "```"
    return f"{fence}\n{text.rstrip(chr(10))}\n{fence}"


def show_config(
    schema: bool, file: str | None, isolated: bool, policy: str | None, fail_on: str | None
) -> int:
    """The settings in force as TOML, each with its origin; or their JSON Schema.

    fail_on: the value that the environment gives.
    """
    rules = registry.load()
    if schema:
        options = {name: {o: tuple(v) for o, v in rule.options.items()} for name, rule in rules.items()}
        print(json.dumps(config_schema.schema(options), indent=2))  # type: ignore[arg-type]
        return EXIT_OK
    from palint.cli.plan import resolve_config

    where = target.find(())

    given = CheckOptions(settings=file, isolated=isolated, policy=policy, fail_on=fail_on)
    config = resolve_config(given, where.root, rules)
    here = os.path.relpath(os.path.realpath("."), where.root)
    config = config.of("" if here == "." else f"{here.replace(os.sep, '/')}/")
    if fail_on == config.fail_on.label:  # else the policy's is stricter
        config = config._replace(provenance={**config.provenance, "fail-on": "PALINT_FAIL_ON"})
    variables = [f"# {name} = {json.dumps(value)}" for name, value in environment().items()]
    notes = [notice_line(each) for each in WorkTree(where.root, repository=where.repository).notices()]
    for line in (*variables, *_config_text(config, rules).splitlines(), *(f"# {note}" for note in notes)):
        print(line if line.endswith(_SEVERITIES) else secrets.redact_line(line, ""))
    return EXIT_OK


_SEVERITIES = tuple(f' = "{level.label}"' for level in Severity)  # also of a rule that is called `…-secret`


# Tables, which follow the other settings, and what is part of `exclude` by now
_SHOWN_APART = ("extend_exclude", "severity", "limits", "allow", "exception", "pattern", "rules")


def _config_text(config: Config, rules: dict[str, type[Rule]]) -> str:
    def origin(key: str) -> str:
        return config.provenance.get(key, "default")

    lines = []
    for name in config_schema.SETTINGS:
        value = getattr(config, name) if name not in _SHOWN_APART else ""
        if name == "select":
            value = value or tuple(rules)
        if value not in ("", None):
            shown = json.dumps(value.label if isinstance(value, Severity | Confidence) else value)
            key = name.replace("_", "-")
            lines.append(f"{key} = {shown}  # {origin(key)}")
    lines.append(f"\n[limits]  # {origin('limits')}")
    lines += [f"{name} = {json.dumps(value)}" for name, value in config.limits._asdict().items()]
    if config.severity:
        lines.append(f"\n[severity]  # {origin('severity')}")
        lines += [f"{rule} = {json.dumps(level.label)}" for rule, level in config.severity.items()]
    for allow in config.allow:
        lines.append(f"\n[[allow]]  # {allow.file}:{allow.line}")
        lines.append(f"paths = {json.dumps(list(allow.paths))}\nrules = {json.dumps(list(allow.rules))}")
        lines.append(f"reason = {json.dumps(allow.reason, ensure_ascii=False)}")
        if allow.until:
            lines.append(f"until = {allow.until}{'  # ended' if allow.ended else ''}")
    for each in config.exception:
        lines.append("\n[[exception]]")
        lines += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in each._asdict().items()]
    for pattern in config.pattern:
        lines.append("\n[[pattern]]")
        lines += [
            f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in pattern._asdict().items() if k != "line"
        ]
    for name, rule in rules.items():
        given = config.rule_options.get(name, {})
        if rule.options:
            lines.append(f"\n[rules.{name}]")
        for option, declared in rule.options.items():
            source = origin(f"rules.{name}.{option}")
            lines.append(f"{option} = {json.dumps(given.get(option, declared.default))}  # {source}")
    return "\n".join(lines) + "\n"
