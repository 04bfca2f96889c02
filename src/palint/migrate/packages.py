"""Rewrite manifests: replace dotenv packages by the AWS SDK, and loaders of .env files in scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from palint.migrate.javascript_code import PACKAGES
from palint.migrate.loaders import SDK
from palint.migrate.migration_plan import Rewritten
from palint.util.typing import Any

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_FILE_ARGUMENT = r"(?:[= ]\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'&|;]+))"
_FILES = re.compile(rf"\s(?:-[ef]|--env-file(?:-if-exists)?)({_FILE_ARGUMENT})")
_LOADERS = re.compile(r"(?<![\w-])(?:dotenv|env-cmd)\b")
_SCRIPT_LOADS = (
    re.compile(rf"\s--env-file(?:-if-exists)?{_FILE_ARGUMENT}"),
    re.compile(r"\s(?:-r|--require|--import)[= ]dotenv(?:-\w+)?/config\b"),
    re.compile(
        rf"(?:^|(?<=[\s;&|]))(?:npx\s+)?dotenv(?:-cli)?(?:\s+(?:-[ecv]{_FILE_ARGUMENT}|-o|--override))*\s+--\s+"
    ),
    re.compile(
        rf"(?:^|(?<=[\s;&|]))(?:npx\s+)?env-cmd(?:\s+(?:-[fex]{_FILE_ARGUMENT}|--use-shell|--silent|--))*\s+"
    ),
)
_REQUIREMENT = re.compile(
    r"(?im)^[ \t]*(?:python-dotenv|django-dotenv)(?:\[[\w,]+\])?[ \t]*(?:[=<>~!;@ ][^\n]*)?(?:\r?\n|\Z)"
)
# A key with its value, an item of a list alone on its line, an item among others.
_TOML_REQUIREMENT = re.compile(
    r"(?im)^[ \t]*(?P<quote>[\"']?)python-dotenv(?P=quote)[ \t]*=[^\n]*(?:\n|\Z)"
    r"|^[ \t]*[\"']python-dotenv(?![\w.-])[^\"'\n]*[\"'][ \t]*,?[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)"
    r"|(?<![ \t])[ \t]*[\"']python-dotenv(?![\w.-])[^\"'\n]*[\"'],?"
)


def package_json(
    text: str, *, sdk: str, removable: bool = False, stays: Callable[[str], bool] = lambda name: False
) -> Rewritten | None:
    """Rewrite package.json; None if it is not JSON.

    sdk: the versions of the AWS SDK to add, "" for none. removable: remove dotenv packages that no script
    needs. stays: whether scripts go on loading a file, by its name."""
    try:
        data: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    what: dict[str, None] = {}
    started: list[str] = []
    scripts: dict[str, str] = data.get("scripts") or {}
    for name, script in scripts.items():
        new = script
        for pattern in _SCRIPT_LOADS:
            new = pattern.sub(lambda load: load[0] if any(map(stays, _files(load[0]))) else "", new)
        if new != script:
            scripts[name] = new.strip()
            started += re.findall(r"(?<![\w./-])[\w./-]+\.(?:[cm]?[jt]s)\b", new)
            what[f"the script `{name}` loads no .env file"] = None
    removable = removable and not any(map(_LOADERS.search, scripts.values()))
    for group in _GROUPS:
        for name in list(data.get(group) or {}) if removable else ():
            if PACKAGES.fullmatch(name):
                del data[group][name]
                what[f"without `{name}`"] = None
    known = any(SDK in (data.get(group) or {}) for group in _GROUPS)
    if sdk and not known:
        dependencies = data.setdefault("dependencies", {})
        data["dependencies"] = dict(sorted({**dependencies, SDK: sdk}.items()))
        what[f"with `{SDK}`"] = None
    indent = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    new_text = json.dumps(data, indent=indent[1] if indent else None, ensure_ascii=False)
    return Rewritten(new_text + ("\n" if text.endswith("\n") else ""), tuple(what), started=tuple(started))


def _files(load: str) -> list[str]:
    """The names of the files that a load in a script reads; `.env` if it names none."""
    named = [match[1].lstrip("= ").strip("\"'").rpartition("/")[2] for match in _FILES.finditer(load)]
    return named or [".env"]


def requirements(text: str, *, removable: bool, boto3: str) -> Rewritten:
    """Rewrite requirements.txt and similar files: remove python-dotenv if no code needs it, add boto3.

    boto3: the versions to add, "" for none."""
    what: dict[str, None] = {}
    new = text
    if removable:
        new = _REQUIREMENT.sub("", new)
        if new != text:
            what["without `python-dotenv`"] = None
    if boto3 and not re.search(r"(?im)^[ \t]*boto3(?![\w.-])", new):
        new = new.rstrip("\n") + ("\n" if new.strip() else "") + f"boto3{boto3}\n"
        what["with `boto3`"] = None
    return Rewritten(new, tuple(what))


def pyproject(text: str, *, removable: bool, boto3: str) -> Rewritten:
    """Rewrite a pyproject.toml with `[project] dependencies` or `[tool.poetry.dependencies]`."""
    what: dict[str, None] = {}
    new = text
    if removable:
        new = _TOML_REQUIREMENT.sub("", new)
        if new != text:
            what["without `python-dotenv`"] = None
    if not boto3 or re.search(r"(?m)^[ \t]*boto3(?![\w.-])|[\"']boto3(?![\w.-])", new):
        return Rewritten(new, tuple(what))
    listed = re.search(r"(?ms)^\[project\]\s*$.*?^dependencies[ \t]*=[ \t]*\[", new)
    poetry = re.search(r"(?m)^\[tool\.poetry\.dependencies\][ \t]*\r?\n", new)
    if listed is not None and "\n[" not in new[listed.start() + 1 : listed.end()]:
        new = f'{new[: listed.end()]}\n    "boto3{boto3}",{new[listed.end() :]}'
        what["with `boto3`"] = None
    elif poetry is not None:
        new = f'{new[: poetry.end()]}boto3 = "{boto3}"\n{new[poetry.end() :]}'
        what["with `boto3`"] = None
    return Rewritten(new, tuple(what))
