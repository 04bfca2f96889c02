"""The public tables of packages, compared whole: formats, names, signatures, names of files, words, limits.

Most rows have a behaviour that a test checks. One alternative of a pattern or one word of a list has none of
its own, and a limit is rarely reached: they are changed here, too, and so not by accident.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import palint
from palint.secrets.formats import format as formats
from tests.snapshots import check_snapshot

FOLDER = Path(__file__).with_name("tables")
SOURCE = Path(palint.__file__).parent
PACKAGES = [
    "advice",
    "aws",
    "dotenv",
    "files",
    "github",
    "languages",
    "pipelines",
    "secrets",
    "slack",
    "text",
    "util",
]
# The model has a checksum; the others join tables that are here.
LEFT_OUT = ("classifier/trained.py", "formats/table.py", "filters/__init__.py", "candidates/__init__.py")
TESTED = ("drops", "keeps", "examples", "near_misses")  # fields of rows that are tests of their row

# What many patterns of formats have in common, by the name of its constant
COMMON = {
    getattr(formats, name): f"<{name}>"
    for name in ("NAMES_CREDENTIAL", "CREDENTIAL", "GIVEN", "LEFT64", "RIGHT64", "LEFT", "RIGHT", "UUID")
}


def shown(value: Any) -> str:
    """A value of a table: a function by its name, a pattern by its text."""
    if isinstance(value, (Enum, type)):
        return str(value)
    if hasattr(value, "finditer"):  # also one that is compiled later
        flags = re.RegexFlag(value.flags & ~re.UNICODE)
        return shown(value.pattern) + (f" {flags!r}" if flags else "")
    if hasattr(value, "_fields"):
        default = value._field_defaults
        fields = [(n, v) for n, v in zip(value._fields, value, strict=True) if n not in TESTED]
        return ", ".join(f"{n} {shown(v)}" for n, v in fields if n not in default or v != default[n])
    if isinstance(value, (list, tuple)):
        return f"({'; '.join(map(shown, value))})"
    if isinstance(value, (set, frozenset)):
        return f"{{{' '.join(sorted(map(shown, value)))}}}"
    if isinstance(value, dict):
        return f"{{{'; '.join(f'{shown(key)}: {shown(each)}' for key, each in value.items())}}}"
    if isinstance(value, str):
        for text, name in () if value in COMMON else COMMON.items():
            value = value.replace(text, name)
        value = value.replace("}+", "}")  # Python 3.10 has no possessive quantifiers
    if isinstance(value, (str, bytes, int, float, type(None))):
        return repr(value)
    return str(getattr(value, "__qualname__", type(value).__name__))


def rows(name: str, table: Any) -> Iterator[str]:
    if isinstance(table, (list, tuple)) and not hasattr(table, "_fields"):
        yield f"{name}:"
        yield from (f"  {shown(row)}" for row in table)
    elif isinstance(table, dict):
        yield f"{name}:"
        yield from (f"  {shown(key)}: {shown(value)}" for key, value in table.items())
    else:
        yield f"{name} {shown(table)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_tables_of_a_package(package: str) -> None:
    """All public ones, and the private ones that are numbers: limits and distances."""
    for path in sorted([*(SOURCE / package).rglob("*.py"), *SOURCE.glob(f"{package}.py")]):
        place = path.relative_to(SOURCE)
        if place.as_posix().endswith(LEFT_OUT):
            continue
        module = importlib.import_module(".".join(("palint", *place.with_suffix("").parts)))
        names = re.findall(r"^(_?[A-Z][A-Z0-9_]+)(?:: [^=\n]+)? = ", path.read_text("utf-8"), re.M)
        tables = [(name, getattr(module, name)) for name in names if name != "POSSESSIVE"]
        lines = [line for n, t in tables if n[0] != "_" or type(t) in (int, float) for line in rows(n, t)]
        check_snapshot(FOLDER / f"{package}.txt", place.as_posix(), "\n".join(lines))
