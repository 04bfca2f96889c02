"""Advice on suppressions that do nothing, have no reason or are not allowed."""

from __future__ import annotations

from collections.abc import Sequence

from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.suppressions import Suppression

NOT_ALLOWED = "fix the finding, or ask the owner of the policy."
UNUSED = "delete it; if it was meant for another line, move it to the end of that line."
ENDED = "fix what it accepted and delete it, or give it a later `until`."
UNUSED_SETTING = "delete the entry, or this rule or path from it."


def restore_setting(by: str) -> str:
    """For a setting that was rejected. by: the policy, or the settings above a subfolder's."""
    other = "ask the owner of the policy" if by == "the policy" else "change the settings above"
    return f"remove it from the settings, or {other}."


def malformed(suppression: Suppression, rules: Sequence[str]) -> str:
    """For a suppression that is written wrongly. rules: the ids that it means."""
    keyword = "ignore-file" if suppression.of_file else "ignore"
    return f"write `palint: {keyword}[{', '.join(rules) or 'rule-id'}] reason`."


def unknown_rule(near: str | None) -> str:
    """For a suppression that names no rule. near: the rule whose name is most like it."""
    return f"write `{near}`." if near else "choose a rule from `palint rules`."
