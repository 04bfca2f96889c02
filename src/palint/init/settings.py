"""Plan settings if needed: `[tool.palint]` if there is a pyproject.toml, else palint.toml."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence

from palint.config import SETTINGS_FILES
from palint.init.plan import InitDraft
from palint.init.repo_info import DEFAULT_ENVIRONMENTS, RepoInfo
from palint.util import lazy_re

TABLE = lazy_re.compile(r"^[ \t]*(?:\[\[?[ \t]*)?tool[ \t]*\.[ \t]*palint\b", re.MULTILINE)


def add(draft: InitDraft, facts: RepoInfo) -> None:
    """Plan settings if the environments are not the default ones; existing settings are not changed."""
    if facts.environments == DEFAULT_ENVIRONMENTS:
        return
    if _own_file(draft) or TABLE.search(draft.text("pyproject.toml")):
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


def _own_file(draft: InitDraft) -> str:
    """The repository's settings file, "" without one; a pyproject.toml is none."""
    return next((name for name in SETTINGS_FILES if name != "pyproject.toml" and draft.exists(name)), "")


def add_allow(draft: InitDraft, paths: Sequence[str], rules: Sequence[str], reason: str) -> bool:
    """Plan an `[[allow]]` in the settings file; False, with a note, if it must be added by hand."""
    own = _own_file(draft)
    in_pyproject = not own and draft.exists("pyproject.toml")
    name = own or ("pyproject.toml" if in_pyproject else "palint.toml")
    values = {"paths": list(paths), "rules": list(rules), "reason": reason}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    table = "\n".join([f"[[{'tool.palint.' if in_pyproject else ''}allow]]", *lines]) + "\n"
    old = draft.text(name)
    draft.append(name, ("\n" if old.strip() else "") + table)
    if _is_toml(draft.text(name)):
        return True
    draft.put(name, old)
    draft.notes.append(f"{name}: add this by hand, `allow` is written in another form there:\n{table}")
    return False


def _is_toml(text: str) -> bool:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True
