"""The settings, where some are needed: `[tool.palint]` where there is a pyproject.toml, else palint.toml."""

from __future__ import annotations

import re

from palint.init.plan import PlanBuilder
from palint.init.repo_info import DEFAULT_ENVIRONMENTS, RepoInfo
from palint.util import lazy_re

_TABLE = lazy_re.compile(r"^[ \t]*(?:\[\[?[ \t]*)?tool[ \t]*\.[ \t]*palint\b", re.MULTILINE)


def add(draft: PlanBuilder, facts: RepoInfo) -> None:
    """Plan settings where the environments are not the usual ones; existing settings stay as they are."""
    if facts.environments == DEFAULT_ENVIRONMENTS:
        return
    if draft.exists("palint.toml") or _TABLE.search(draft.text("pyproject.toml")):
        return
    environments = ", ".join(f'"{name}"' for name in facts.environments)
    words = (
        "# `palint config` shows the settings in force, `palint config --schema` which there are.\n"
        "{table}"
        "# The environments of a secret's name, {{service}}/{{environment}}.\n"
        f"environments = [{environments}]\n"
    )
    if draft.exists("pyproject.toml"):
        gap = "\n" if draft.text("pyproject.toml").strip() else ""
        draft.append("pyproject.toml", gap + words.format(table="[tool.palint]\n"))
    else:
        draft.put("palint.toml", words.format(table=""))
