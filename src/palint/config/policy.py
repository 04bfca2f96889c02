"""`--policy`: settings of the organisation that a repository cannot weaken.

A policy is a settings file like a repository's own. Where both set a value, the stricter one applies, and an
attempt to weaken the policy is recorded in `Config.policy_violations` and reported as a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palint.config import Config, PolicyViolation
from palint.findings import Severity
from palint.tree.project import Limits
from palint.util.typing import Any

Defaults = Mapping[str, Severity]  # {rule: the severity of its findings without settings}


def apply_policy(config: Config, policy: Config, defaults: Defaults) -> Config:
    """The settings in force: the repository's, as far as the policy allows.

    defaults: the default severity of every rule; only the policy may lower it.
    """
    return _merge(config, policy, defaults, "the policy")


def apply_above(config: Config, above: Config, defaults: Defaults) -> Config:
    """The settings in force in a subfolder: its own, as far as those above it allow."""
    if "min-confidence" not in config.provenance:
        config = config._replace(min_confidence=above.min_confidence)
    own = config._replace(policy_violations=(), folders=None)
    return _merge(own, above, defaults, "the settings above")._replace(folders=None)


def _merge(config: Config, policy: Config, defaults: Defaults, by: str) -> Config:
    """The settings in force. by: what to call the policy in messages.

    A rule that the policy selects always runs. Of `severity` and `fail-on` the stricter value applies. The
    policy's `environments` and rule options replace the repository's, whose `exclude` is not used. Rules
    outside `allow-suppressing` cannot be suppressed by a comment, `[[allow]]`, an option or the baseline.
    """
    required = [r for r in policy.select if r not in policy.ignore]
    severity = dict(policy.severity)
    for rule, level in config.severity.items():
        severity[rule] = max(level, _floor(rule, policy, defaults))
    options = {r: given for r, given in config.rule_options.items() if _may_suppress(r, policy)}
    for rule, given in policy.rule_options.items():
        options[rule] = {**options.get(rule, {}), **given}
    owned = {pattern.id for pattern in policy.pattern}
    merged = config._replace(
        select=tuple(dict.fromkeys((*config.select, *required)))
        if config.select and required
        else policy.select,
        ignore=tuple(
            r for r in (*config.ignore, *policy.ignore) if r in policy.ignore or not _runs(r, policy)
        ),
        exclude=policy.exclude,
        severity=severity,
        fail_on=min(config.fail_on, policy.fail_on),
        min_confidence=min(config.min_confidence, policy.min_confidence),
        environments=policy.environments if "environments" in policy.provenance else config.environments,
        allow_suppressing=policy.allow_suppressing,
        allow_new_suppressions=policy.allow_new_suppressions,
        allow=tuple(a for a in config.allow if all(_may_suppress(r, policy) for r in a.rules)) + policy.allow,
        exception=policy.exception,
        pattern=(*policy.pattern, *(p for p in config.pattern if p.id not in owned)),
        rule_options=options,
        limits=Limits(*(min(ours, theirs) for ours, theirs in _limits(config, policy))),
        policy_violations=tuple(
            violation._replace(by=by, file=config.file)
            for violation in _find_violations(config, policy, defaults, by)
        ),
    )
    return merged._replace(provenance=_provenance(config, policy, merged, by))


def _provenance(config: Config, policy: Config, merged: Config, by: str) -> dict[str, str]:
    """Where each value comes from: the policy if it sets the value or rejects the repository's."""
    mark = " (policy)" if by == "the policy" else ""
    provenance = {
        **config.provenance,
        **{key: f"{where}{mark}" for key, where in policy.provenance.items()},
    }
    for field in ("select", "ignore", "exclude", "severity", "fail_on", "min_confidence"):
        key = field.replace("_", "-")
        if getattr(merged, field) != getattr(config, field):
            provenance[key] = f"{policy.provenance.get(key, policy.file)}{mark}"
        elif key in config.provenance:
            provenance[key] = config.provenance[key]
    return provenance


def _limits(config: Config, policy: Config) -> Iterator[tuple[Any, Any]]:
    """Yield each limit of the repository with the maximum that the policy allows."""
    for name, ours in config.limits._asdict().items():
        yield ours, getattr(policy.limits, name) if "limits" in policy.provenance else ours


def _runs(rule: str, policy: Config) -> bool:
    return rule not in policy.ignore and (not policy.select or rule in policy.select)


def _may_suppress(rule: str, policy: Config) -> bool:
    return policy.allow_suppressing is None or rule in policy.allow_suppressing


def _floor(rule: str, policy: Config, defaults: Defaults) -> Severity:
    """The lowest severity that the policy allows for a rule's findings."""
    return policy.severity.get(rule, defaults.get(rule, Severity.WARNING))


def _find_violations(
    config: Config, policy: Config, defaults: Defaults, by: str
) -> Iterator[PolicyViolation]:
    """Yield each attempt of the repository's settings or the command line to weaken the policy."""
    for rule in config.ignore:
        if _runs(rule, policy):
            yield PolicyViolation("ignore", f"`ignore` names {rule}, which the policy runs")
    if config.select:
        for rule in policy.select:
            if rule not in config.select and rule not in policy.ignore:
                yield PolicyViolation("select", f"`select` leaves out {rule}, which the policy runs")
    for rule, level in config.severity.items():
        if level < _floor(rule, policy, defaults):
            yield PolicyViolation("severity", f"`severity` lowers {rule}, which is an error under {by}")
    if config.fail_on > policy.fail_on and "fail-on" in config.provenance:
        yield PolicyViolation("fail-on", "`fail-on` is laxer than the policy's")
    if config.min_confidence > policy.min_confidence:
        yield PolicyViolation("min-confidence", f"`min-confidence` is higher than in {by}")
    both = "environments" in config.provenance and "environments" in policy.provenance
    if both and config.environments != policy.environments:
        yield PolicyViolation("environments", f"`environments` differ from those of {by}")
    for glob in config.exclude:
        if glob not in policy.exclude:
            yield PolicyViolation("exclude", f"`exclude` leaves out {glob}, which the policy does not")
    for rule, given in config.rule_options.items():
        for name, value in given.items():
            if not _may_suppress(rule, policy):
                yield PolicyViolation("rules", f"`{name}` of {rule} may only be set by the policy")
            elif policy.rule_options.get(rule, {}).get(name, value) != value:
                yield PolicyViolation("rules", f"`{name}` of {rule} differs from that of {by}")
    for name, (ours, theirs) in zip(config.limits._fields, _limits(config, policy), strict=True):
        if ours > theirs:
            yield PolicyViolation("limits", f"`limits.{name}` is higher than the policy's {theirs:g}")
    if config.exception:
        yield PolicyViolation("exception", "`[[exception]]` counts in a policy only")
    for allow in config.allow:
        for rule in allow.rules:
            if not _may_suppress(rule, policy):
                yield PolicyViolation(
                    "allow", f"`[[allow]]` accepts {rule}, which may not be suppressed under the policy"
                )
